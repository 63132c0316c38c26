//! What can be called: addresses of providers, and proxies.

use url::{Host, Url};

/// The schemes of a proxy.
const PROXIES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

/// Whether two addresses are one.
#[must_use]
pub fn same_address(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

pub(crate) fn is_address(text: &str) -> bool {
    let url = text.parse::<Url>();
    url.is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    })
}

pub(crate) fn is_proxy(text: &str) -> bool {
    let url = text.parse::<Url>();
    url.is_ok_and(|url| {
        PROXIES.contains(&url.scheme())
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
    })
}

/// Whether an address is only called with permission: it is on this machine or in the user's own
/// network, or speaks plain HTTP.
#[must_use]
pub fn needs_permission(text: &str) -> bool {
    let Ok(url) = text.parse::<Url>() else {
        return false;
    };
    let by_number = matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)));
    url.scheme() == "http" || by_number || url.host_str() == Some("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_called_is_no_address() {
        for good in ["https://a.example/v1", "http://127.0.0.1:8000/v1"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "a.example",
            "ftp://a.example",
            "https://u:p@a.example",
            "https://a.example/?k=1",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
        assert!(is_proxy("socks5://127.0.0.1:1080") && !is_proxy("http://u:p@h:1"));
        assert!(needs_permission("http://a.example") && needs_permission("https://10.0.0.1/v1"));
        assert!(!needs_permission("https://a.example/v1"));
    }
}
