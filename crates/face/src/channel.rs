//! Where updates come from, and how often they are asked for.

use std::time::{Duration, Instant};

use url::Url;

/// Between two questions nobody asked for by hand.
const PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// Where updates come from.
#[derive(Clone, Debug)]
pub struct Channel {
    /// What tells of the newest version; Tauri's static JSON.
    pub endpoint: Url,
    /// Whose signature counts: a minisign public key, in base64 as Tauri writes it.
    pub key: String,
}

impl Channel {
    /// The one with that address and that key; `None` where one of them is missing or empty, or the
    /// address is none over https. A program for development may ask over http.
    #[must_use]
    pub fn of(endpoint: Option<String>, key: Option<String>, development: bool) -> Option<Self> {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let endpoint: Url = given(endpoint)?.parse().ok()?;
        let safe = endpoint.scheme() == "https" || development;
        safe.then_some(Self {
            endpoint,
            key: given(key)?,
        })
    }

    /// Whether it is on this machine, where no proxy leads.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.endpoint.host_str() == Some("127.0.0.1")
    }
}

/// When it was last asked without being told to.
#[derive(Debug, Default)]
pub struct Asked(Option<Instant>);

impl Asked {
    /// Whether a day has passed since it was last asked; it counts as asked then.
    pub fn is_due(&mut self, now: Instant) -> bool {
        let due = self.0.is_none_or(|last| now.duration_since(last) >= PAUSE);
        if due {
            self.0 = Some(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(endpoint: &str, key: &str, development: bool) -> Option<Channel> {
        Channel::of(Some(endpoint.to_owned()), Some(key.to_owned()), development)
    }

    #[test]
    fn without_an_address_and_a_key_there_are_no_updates() {
        assert!(of("https://example.com/latest.json", "key", false).is_some());
        for (endpoint, key) in [
            ("", "key"),
            ("https://example.com/latest.json", ""),
            ("latest.json", "key"),
        ] {
            assert!(of(endpoint, key, true).is_none(), "{endpoint} {key}");
        }
        assert!(Channel::of(None, Some("key".to_owned()), true).is_none());
    }

    #[test]
    fn s64_what_people_install_asks_over_https_only() {
        let address = "http://127.0.0.1:9/latest.json";
        assert!(of(address, "key", false).is_none());
        assert!(of(address, "key", true).is_some_and(|channel| channel.is_here()));
    }

    #[test]
    fn it_is_asked_once_a_day() {
        let mut asked = Asked::default();
        let now = Instant::now();
        assert!(asked.is_due(now));
        assert!(!asked.is_due(now + PAUSE / 2));
        assert!(asked.is_due(now + PAUSE));
    }
}
