//! Where updates come from, and how often they are asked for.

use std::time::{Duration, Instant};

use url::Url;

/// Between two questions nobody asked for by hand.
const PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// Where updates come from.
#[derive(Clone, Debug)]
pub struct Channel {
    /// What tells of the newest version; see [`crate::Release`].
    pub endpoint: Url,
    /// Whose signatures count: minisign's public keys, in base64 as Tauri writes them. The second is
    /// the one that comes next, so that a lost or stolen first one can be given up.
    pub keys: Vec<String>,
}

impl Channel {
    /// The one with that address and those keys; `None` where the address or all keys are empty, or
    /// the address is none over https. A program for development may ask over http.
    #[must_use]
    pub fn of(endpoint: &str, keys: [&str; 2], development: bool) -> Option<Self> {
        let endpoint: Url = endpoint.parse().ok()?;
        let safe = endpoint.scheme() == "https" || development;
        let keys = keys.into_iter().filter(|key| !key.is_empty());
        let keys: Vec<String> = keys.map(str::to_owned).collect();
        (safe && !keys.is_empty()).then_some(Self { endpoint, keys })
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
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn without_an_address_and_a_key_there_are_no_updates() {
        let address = "https://example.com/latest.json";
        for keys in [["key", ""], ["", "next"], ["key", "next"]] {
            let channel = Channel::of(address, keys, false).unwrap();
            assert_eq!(channel.keys.concat(), keys.concat());
            assert!(channel.keys.iter().all(|key| !key.is_empty()));
        }
        for (endpoint, key) in [("", "key"), (address, ""), ("latest.json", "key")] {
            let channel = Channel::of(endpoint, [key, ""], true);
            assert!(channel.is_none(), "{endpoint} {key}");
        }
    }

    #[test]
    fn s64_what_people_install_asks_over_https_only() {
        let address = "http://127.0.0.1:9/latest.json";
        assert!(Channel::of(address, ["key", ""], false).is_none());
        assert!(Channel::of(address, ["key", ""], true).is_some());
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
