//! Which addresses may be called, and which need the owner's word.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Why an address is refused. The text is not repeated where it may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no `http` or `https` address.
    #[error("not an http or https address")]
    Unreadable,
    /// It holds a user name or password.
    #[error("an address may not hold a user name or password")]
    UserInfo,
    /// It holds a query.
    #[error("an address may not hold a query")]
    Query,
    /// It holds a fragment.
    #[error("an address may not hold a fragment")]
    Fragment,
    /// It is `http`, and that was not allowed.
    #[error("http:// sends keys and prompts in the clear and needs allow_private = true")]
    Plain,
    /// The host is private, and that was not allowed.
    #[error("{0} is a private address and needs allow_private = true")]
    Private(String),
    /// It is no page on the web.
    #[error("a page's address starts with https://")]
    NotAPage,
}

/// Reads a base URL that requests and keys are sent to.
pub(crate) fn base_url(text: &str, allow_private: bool) -> Result<Url, AddressError> {
    let url = read(text)?;
    if url.query().is_some() {
        return Err(AddressError::Query);
    }
    if url.fragment().is_some() {
        return Err(AddressError::Fragment);
    }
    if !allow_private {
        permitted(&url)?;
    }
    Ok(url)
}

/// Whether an address may be called without `allow_private`.
pub(crate) fn permitted(url: &Url) -> Result<(), AddressError> {
    if url.host().is_some_and(|host| is_private(&host)) {
        return Err(AddressError::Private(
            url.host_str().unwrap_or_default().to_owned(),
        ));
    }
    if url.scheme() != "https" {
        return Err(AddressError::Plain);
    }
    Ok(())
}

/// Reads the address of a web page that a person is shown.
pub(crate) fn page_url(text: &str) -> Result<Url, AddressError> {
    let url = read(text)?;
    if url.scheme() != "https" {
        return Err(AddressError::NotAPage);
    }
    Ok(url)
}

/// Whether the host is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name.trim_end_matches('.')),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => match address.to_ipv4_mapped() {
            Some(mapped) => mapped.is_loopback(),
            None => address.is_loopback(),
        },
        None => false,
    }
}

fn read(text: &str) -> Result<Url, AddressError> {
    let lower = text.to_ascii_lowercase();
    // The parser mends what is nearly an address; what a person did not write is not to be called.
    let mended = text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\');
    if mended || !(lower.starts_with("http://") || lower.starts_with("https://")) {
        return Err(AddressError::Unreadable);
    }
    let url = Url::parse(text).map_err(|_| AddressError::Unreadable)?;
    if !url.has_host() {
        return Err(AddressError::Unreadable);
    }
    if !url.username().is_empty() || url.password().is_some() || authority(text).contains('@') {
        return Err(AddressError::UserInfo);
    }
    Ok(url)
}

fn authority(text: &str) -> &str {
    let after = text.split_once("://").map_or(text, |(_, after)| after);
    after.split(['/', '?', '#']).next().unwrap_or(after)
}

fn is_private(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => is_private_name(name.trim_end_matches('.')),
        Host::Ipv4(address) => is_private_v4(*address),
        Host::Ipv6(address) => is_private_v6(*address),
    }
}

fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

/// Names that never belong to the public: special-use domains of RFC 6761, 6762 and 8375, the
/// reserved `.internal`, and names of one label, which only a local resolver answers.
fn is_private_name(name: &str) -> bool {
    const SUFFIXES: [&str; 5] = [".localhost", ".local", ".internal", ".home.arpa", ".lan"];
    !name.contains('.') || SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

/// Ranges of <https://www.iana.org/assignments/iana-ipv4-special-registry> that are not public.
fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || first == 0
        || first >= 240
        || (first == 100 && (64..128).contains(&second))
        || (first == 198 && (18..20).contains(&second))
}

/// Ranges of <https://www.iana.org/assignments/iana-ipv6-special-registry> that are not public.
fn is_private_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_private_v4(mapped);
    }
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_unique_local()
        || address.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn refusal(text: &str) -> Option<AddressError> {
        base_url(text, false).err()
    }

    #[test]
    fn public_https_addresses_are_taken_as_they_are() {
        for text in [
            "https://api.openai.com/v1",
            "https://8.8.8.8:8443/",
            "HTTPS://example.com",
        ] {
            assert_eq!(refusal(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "api.openai.com",
            "ftp://host/",
            "https:host",
            "https://",
            "https://a b/",
        ] {
            assert_eq!(refusal(text), Some(AddressError::Unreadable), "{text}");
        }
        assert_eq!(
            refusal("https:\\\\host\\v1"),
            Some(AddressError::Unreadable)
        );
    }

    #[test]
    fn what_would_travel_with_every_request_is_refused() {
        for text in [
            "https://me@api.example.com/",
            "https://me:pw@api.example.com/",
            "https://@a.example/",
        ] {
            assert_eq!(refusal(text), Some(AddressError::UserInfo), "{text}");
        }
        assert_eq!(
            refusal("https://a.example/v1?key=1"),
            Some(AddressError::Query)
        );
        assert_eq!(refusal("https://a.example/v1?"), Some(AddressError::Query));
        assert_eq!(
            refusal("https://a.example/v1#x"),
            Some(AddressError::Fragment)
        );
    }

    #[test]
    fn plain_http_needs_the_owners_word() {
        assert_eq!(
            refusal("http://api.example.com/v1"),
            Some(AddressError::Plain)
        );
        assert!(base_url("http://api.example.com/v1", true).is_ok());
    }

    #[test]
    fn private_hosts_need_the_owners_word_even_over_https() {
        let hosts = [
            "localhost",
            "api.localhost",
            "printer.local",
            "ollama",
            "box.lan",
            "svc.internal",
            "nas.home.arpa",
            "localhost.",
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fd00::1]",
            "[::ffff:127.0.0.1]",
            "[ff02::1]",
        ];
        for host in hosts {
            let text = format!("https://{host}/v1");
            assert!(
                matches!(refusal(&text), Some(AddressError::Private(_))),
                "{text}"
            );
            assert!(base_url(&text, true).is_ok(), "{text}");
        }
    }

    #[test]
    fn neighbours_of_private_ranges_are_public() {
        for host in [
            "100.128.0.1",
            "172.32.0.1",
            "198.20.0.1",
            "[2001:4860:4860::8888]",
            "mylan.com",
        ] {
            assert_eq!(refusal(&format!("https://{host}/")), None, "{host}");
        }
    }

    #[test]
    fn this_machine_is_known_by_all_its_names() {
        let here = [
            "http://localhost:1/",
            "http://127.9.9.9/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
        ];
        for text in here {
            assert!(is_loopback(&Url::parse(text).unwrap()), "{text}");
        }
        assert!(!is_loopback(&Url::parse("http://192.168.1.2/").unwrap()));
    }

    #[test]
    fn pages_are_https() {
        assert_eq!(
            page_url("http://example.com").err(),
            Some(AddressError::NotAPage)
        );
        assert!(page_url("https://example.com/keys?tab=1#new").is_ok());
    }
}
