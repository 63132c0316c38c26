//! Which proxy somebody names for an address, with the exceptions.

use std::fmt;
use std::sync::Arc;

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use crate::way::{Pass, Via};

/// Proxies by the scheme of an address, and the addresses that need none.
#[derive(Clone, Default)]
pub struct ProxyRules {
    matcher: Option<Arc<Matcher>>,
    /// Where the list names what needs a proxy, and not what needs none: its addresses are those
    /// that this one leaves alone.
    listed: Option<Arc<Matcher>>,
}

/// Stands for any proxy: only what is left alone counts.
const ANY: &str = "http://any.invalid";

impl fmt::Debug for ProxyRules {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address may hold a password.
        let names = match (&self.matcher, &self.listed) {
            (None, _) => "none",
            (Some(_), None) => "some",
            (Some(_), Some(_)) => "some, for what is listed",
        };
        formatter.debug_tuple("ProxyRules").field(&names).finish()
    }
}

impl ProxyRules {
    /// Of addresses, each empty where there is none: for all schemes, for `http`, for `https`, and
    /// the exceptions as `NO_PROXY` lists them.
    #[must_use]
    pub fn new(all: &str, http: &str, https: &str, exceptions: &str) -> Self {
        if [all, http, https].iter().all(|text| text.trim().is_empty()) {
            return Self::default();
        }
        let matcher = Matcher::builder().all(all).http(http).https(https);
        Self {
            matcher: Some(Arc::new(matcher.no(exceptions).build())),
            listed: None,
        }
    }

    /// The same proxies, for the addresses of the list alone.
    #[must_use]
    pub fn only_for(all: &str, http: &str, https: &str, addresses: &str) -> Self {
        let listed = Matcher::builder().all(ANY).no(addresses).build();
        Self {
            listed: Some(Arc::new(listed)),
            ..Self::new(all, http, https, "")
        }
    }

    /// As curl reads the environment (<https://curl.se/docs/manpage.html#ENVIRONMENT>), capitals
    /// first.
    pub(crate) fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let value = |name: &str| {
            let found = variable(name).filter(|value| !value.is_empty());
            found
                .or_else(|| variable(&name.to_ascii_lowercase()))
                .unwrap_or_default()
        };
        Self::new(
            &value("ALL_PROXY"),
            &value("HTTP_PROXY"),
            &value("HTTPS_PROXY"),
            &value("NO_PROXY"),
        )
    }

    /// As Windows and macOS have it in their settings.
    #[cfg(any(windows, target_os = "macos"))]
    #[must_use]
    pub fn of_system() -> Self {
        Self {
            matcher: Some(Arc::new(Matcher::from_system())),
            listed: None,
        }
    }

    /// Whether there is a proxy at all.
    pub(crate) fn names_any(&self) -> bool {
        self.matcher.is_some()
    }

    /// The proxy on the way to an address.
    pub(crate) fn way(&self, url: &Url) -> Option<Via> {
        let matcher = self.matcher.as_ref()?;
        let address = url.as_str().parse().ok()?;
        if self
            .listed
            .as_ref()
            .is_some_and(|listed| listed.intercept(&address).is_some())
        {
            return None;
        }
        let found = matcher.intercept(&address)?;
        let words =
            |(name, password): (&str, &str)| Pass::Words(name.to_owned(), password.to_owned());
        let field = found.basic_auth().cloned().map(Pass::Field);
        Some(Via {
            address: found.uri().to_string(),
            pass: field.or_else(|| found.raw_auth().map(words)),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn way(rules: &ProxyRules, url: &str) -> Option<String> {
        let via = rules.way(&Url::parse(url).unwrap());
        via.map(|via| via.address.trim_end_matches('/').to_owned())
    }

    #[test]
    fn each_scheme_has_its_own_and_exceptions_have_none() {
        let exceptions = "localhost,127.0.0.0/8,::1,example.org, 10.1.0.0/16";
        let rules = ProxyRules::new("socks5h://s:3", "http://h:1", "p:2", exceptions);
        assert_eq!(way(&rules, "http://example.com/v1").unwrap(), "http://h:1");
        assert_eq!(way(&rules, "https://example.com/v1").unwrap(), "http://p:2");
        for url in [
            "https://api.example.org/",
            "https://10.1.2.3/",
            "http://127.0.0.1:1/",
        ] {
            assert_eq!(way(&rules, url), None, "{url}");
        }
        let all = ProxyRules::new("socks5h://s:3", "", "", "");
        assert_eq!(way(&all, "https://example.com").unwrap(), "socks5h://s:3");
        assert!(!ProxyRules::new("", " ", "", "*").names_any());
    }

    #[test]
    fn a_list_may_name_what_needs_the_proxy() {
        let rules = ProxyRules::only_for("", "", "http://p:2", "example.org,10.1.0.0/16");
        assert_eq!(
            way(&rules, "https://api.example.org/").unwrap(),
            "http://p:2"
        );
        assert_eq!(way(&rules, "https://10.1.2.3/").unwrap(), "http://p:2");
        for url in [
            "https://example.com/",
            "https://10.2.0.1/",
            "http://example.org/",
        ] {
            assert_eq!(way(&rules, url), None, "{url}");
        }
        let nothing = ProxyRules::only_for("", "", "http://p:2", "");
        assert_eq!(way(&nothing, "https://example.org/"), None);
        assert!(!ProxyRules::only_for("", "", "", "*").names_any());
    }

    #[test]
    fn capitals_go_first_and_an_empty_variable_is_none() {
        let variable = |name: &str| match name {
            "HTTPS_PROXY" => Some(String::new()),
            "https_proxy" => Some("http://small:1".to_owned()),
            "ALL_PROXY" => Some("http://big:2".to_owned()),
            "all_proxy" => Some("http://never:3".to_owned()),
            _ => None,
        };
        let rules = ProxyRules::of_environment(variable);
        assert_eq!(way(&rules, "https://a.com").unwrap(), "http://small:1");
        assert_eq!(way(&rules, "http://a.com").unwrap(), "http://big:2");
    }
}
