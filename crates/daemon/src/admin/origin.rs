//! Where a request comes from, as far as its browser says: only the web admin's own page may call.

use http::{HeaderMap, header};

/// What browsers call the relation of a page to the address that it asks.
const SITE: &str = "sec-fetch-site";

/// Whether a page of another origin sent it. A program that is no browser says nothing of either
/// field; what it may do is for the session to decide.
pub(super) fn is_foreign(fields: &HeaderMap) -> bool {
    let mut sites = fields.get_all(SITE).iter();
    let same_site = match (sites.next(), sites.next()) {
        (None, _) => true,
        // Typed by the user: a page cannot make it so.
        (Some(site), None) => site == "same-origin" || site == "none",
        (Some(_), Some(_)) => false,
    };
    !same_site || own_origin(fields) == Own::Foreign
}

/// Whether the browser reached us over TLS, which somebody in front of us ends: its own `Origin`
/// says so, and no header that a client could add without being a browser that it fools.
pub(super) fn is_secure(fields: &HeaderMap) -> bool {
    own_origin(fields) == Own::Secure
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Own {
    Unsaid,
    Plain,
    Secure,
    Foreign,
}

/// Compares `Origin` with `Host`, which the listener has found to be one of ours.
fn own_origin(fields: &HeaderMap) -> Own {
    let mut origins = fields.get_all(header::ORIGIN).iter();
    let origin = match (origins.next(), origins.next()) {
        (None, _) => return Own::Unsaid,
        (Some(origin), None) => origin.to_str().unwrap_or_default(),
        (Some(_), Some(_)) => return Own::Foreign,
    };
    let host = fields.get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(host) = host.filter(|host| !host.is_empty()) else {
        return Own::Foreign;
    };
    if origin.strip_prefix("http://") == Some(host) {
        Own::Plain
    } else if origin.strip_prefix("https://") == Some(host) {
        Own::Secure
    } else {
        Own::Foreign
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use http::HeaderName;

    use super::*;

    fn fields(given: &[(&'static str, &str)]) -> HeaderMap {
        let mut fields = HeaderMap::new();
        fields.insert(header::HOST, "localhost:28000".parse().unwrap());
        for (name, value) in given {
            fields.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        fields
    }

    #[test]
    fn s06_only_the_admins_own_page_may_call() {
        for good in [
            &[][..],
            &[("origin", "http://localhost:28000")],
            &[("origin", "https://localhost:28000")],
            &[
                ("origin", "http://localhost:28000"),
                ("sec-fetch-site", "same-origin"),
            ],
            &[("sec-fetch-site", "none")],
        ] {
            assert!(!is_foreign(&fields(good)), "{good:?}");
        }
        for bad in [
            &[("origin", "http://localhost:3000")][..],
            &[("origin", "http://localhost")],
            &[("origin", "http://127.0.0.1:28000")],
            &[("origin", "https://evil.example")],
            &[("origin", "http://localhost:28000.evil.example")],
            &[("origin", "http://evil@localhost:28000")],
            &[("origin", "null")],
            &[("origin", "")],
            &[("origin", "tauri://localhost:28000")],
            &[
                ("origin", "http://localhost:28000"),
                ("origin", "http://localhost:28000"),
            ],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[
                ("origin", "http://localhost:28000"),
                ("sec-fetch-site", "same-site"),
            ],
        ] {
            assert!(is_foreign(&fields(bad)), "{bad:?}");
        }
    }

    #[test]
    fn tls_is_known_by_the_browsers_own_origin() {
        assert!(is_secure(&fields(&[("origin", "https://localhost:28000")])));
        for plain in [
            &[][..],
            &[("origin", "http://localhost:28000")],
            &[("x-forwarded-proto", "https")],
            &[("origin", "https://evil.example")],
        ] {
            assert!(!is_secure(&fields(plain)), "{plain:?}");
        }
    }
}
