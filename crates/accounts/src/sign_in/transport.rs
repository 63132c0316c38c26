//! Which addresses a sign-in may use that a provider names at run time.

use url::{Host, Url};

/// Whether secrets may travel there, and a browser be sent there: over TLS, or within this computer.
pub(super) fn is_safe(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        // The name is this computer's own by RFC 6761, section 6.3.
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let bare = url.username().is_empty() && url.password().is_none();
    bare && url.has_host() && (url.scheme() == "https" || (url.scheme() == "http" && here))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn s58_only_tls_or_this_computer() {
        for good in [
            "https://a.example/x",
            "http://127.0.0.1:9/x",
            "http://[::1]/x",
            "http://localhost:9/x",
        ] {
            assert!(is_safe(&Url::parse(good).unwrap()), "{good}");
        }
        for bad in [
            "http://a.example/x",
            "http://localhost.a.example/x",
            "https://user@a.example/x",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "ftp://127.0.0.1/x",
        ] {
            assert!(!is_safe(&Url::parse(bad).unwrap()), "{bad}");
        }
    }
}
