//! The Host allow-list: a web page whose name was re-bound to this machine speaks to us under its
//! own name, and that name is not on the list.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, Uri, header};

/// What is said of a request's host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostVerdict {
    /// It is one of ours.
    Ours,
    /// It is a name for another server: 421.
    NotOurs,
    /// It is missing, doubled, or no host at all: 400.
    Malformed,
}

/// Judges a request's `Host` field, and the host of an absolute target if it has one.
///
/// The port is only checked for being one: it is another behind a tunnel or a container's mapping,
/// and a re-bound page cannot change the name it is under.
#[must_use]
pub fn check_host(
    headers: &HeaderMap,
    target: &Uri,
    local: SocketAddr,
    allowed: &[String],
) -> HostVerdict {
    let mut fields = headers.get_all(header::HOST).iter();
    let (Some(field), None) = (fields.next(), fields.next()) else {
        return HostVerdict::Malformed;
    };
    let Some(name) = field.to_str().ok().and_then(split) else {
        return HostVerdict::Malformed;
    };
    if let Some(authority) = target.authority()
        && field.as_bytes() != authority.as_str().as_bytes()
    {
        return HostVerdict::Malformed;
    }
    if is_ours(name, local, allowed) {
        HostVerdict::Ours
    } else {
        HostVerdict::NotOurs
    }
}

/// The name in `name[:port]`; brackets of an IPv6 address are kept.
fn split(host: &str) -> Option<&str> {
    let end = match host.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => host.find(':').unwrap_or(host.len()),
    };
    let (name, port) = host.split_at(end);
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || b".-_[]:".contains(&c));
    let is_port = match port.strip_prefix(':') {
        Some(digits) => {
            !digits.is_empty()
                && digits.bytes().all(|c| c.is_ascii_digit())
                && digits.parse::<u16>().is_ok_and(|port| port > 0)
        }
        None => port.is_empty(),
    };
    (is_name && is_port).then_some(name)
}

fn is_ours(name: &str, local: SocketAddr, allowed: &[String]) -> bool {
    if matches!(name, "localhost" | "127.0.0.1" | "[::1]") {
        return true;
    }
    if allowed.iter().any(|ours| ours == name) {
        return true;
    }
    // A page cannot be re-bound to an address: only names can. Off loopback, where a key and a
    // password are required anyway, every literal address is taken.
    let literal = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .map_or_else(
            || name.parse::<IpAddr>(),
            |v6| v6.parse::<std::net::Ipv6Addr>().map(Into::into),
        );
    !local.ip().is_loopback() && literal.is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::net::SocketAddr;

    use http::{HeaderMap, HeaderValue, Uri, header};

    use super::{HostVerdict, check_host};

    fn verdict(host: &str, local: &str, allowed: &[&str]) -> HostVerdict {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::HOST,
            HeaderValue::from_bytes(host.as_bytes()).unwrap(),
        );
        let allowed: Vec<String> = allowed.iter().map(|&name| name.to_owned()).collect();
        let local: SocketAddr = local.parse().unwrap();
        check_host(&headers, &Uri::from_static("/v1/models"), local, &allowed)
    }

    #[test]
    fn s02_only_our_own_names_pass() {
        use HostVerdict::{Malformed, NotOurs, Ours};
        let here = "127.0.0.1:28000";
        for host in [
            "localhost",
            "localhost:28000",
            "127.0.0.1:28000",
            "[::1]:28000",
            "[::1]",
            "localhost:8080",
        ] {
            assert_eq!(verdict(host, here, &[]), Ours, "{host}");
        }
        for host in [
            "127.0.0.1.nip.io",
            "localhost.evil.com",
            "evil.com",
            "evil.com:28000",
            "LOCALHOST",
            "Localhost:28000",
            "localhost.",
            "localhost.:28000",
            "127.0.0.1.",
            "127.1",
            "127.0.0.2",
            "0.0.0.0",
            "0.0.0.0:28000",
            "0",
            "2130706433",
            "0x7f000001",
            "017700000001",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[0:0:0:0:0:0:0:1]",
            "[::]",
            "[::2]:28000",
            "192.168.1.5",
            "10.0.0.1:28000",
            "169.254.169.254",
            "local",
            "localhost6",
            "ip6-localhost",
            "localhost.localdomain",
            "app.localhost",
            "xlocalhost",
            "localhostx",
            "portolan",
            "metadata.google.internal",
            "host.docker.internal",
            "a.local",
            "-",
            ".",
            "..",
            "_",
            "rebind.network",
            "1.0.0.127.in-addr.arpa",
            "127.0.0.1.localhost",
        ] {
            assert_eq!(verdict(host, here, &[]), NotOurs, "{host}");
        }
        for host in [
            "",
            " ",
            ":28000",
            "localhost:",
            "localhost:0",
            "localhost:99999",
            "localhost:28000@evil.com",
            "evil.com@localhost",
            "localhost:28000/v1",
            "localhost/",
            "localhost?x",
            "localhost#x",
            "localhost:28000:1",
            "localhost, evil.com",
            "localhost evil.com",
            "[::1",
            "::1]",
            "[]x",
            "localhost\\",
            "local%68ost",
            "local\thost",
            "http://localhost",
            "[::1]28000",
            "localhost:+1",
        ] {
            let verdict = verdict(host, here, &[]);
            assert!(matches!(verdict, Malformed), "{host:?} {verdict:?}");
        }
    }

    #[test]
    fn s02_one_host_field_that_agrees_with_the_target() {
        let local: SocketAddr = "127.0.0.1:28000".parse().unwrap();
        let mut headers = HeaderMap::new();
        let at = |headers: &HeaderMap, target| {
            check_host(headers, &Uri::from_static(target), local, &[])
        };
        assert_eq!(at(&headers, "/"), HostVerdict::Malformed);
        headers.append(header::HOST, HeaderValue::from_static("localhost"));
        assert_eq!(at(&headers, "/"), HostVerdict::Ours);
        assert_eq!(at(&headers, "http://localhost/v1"), HostVerdict::Ours);
        assert_eq!(at(&headers, "http://evil.com/v1"), HostVerdict::Malformed);
        headers.append(header::HOST, HeaderValue::from_static("localhost"));
        assert_eq!(at(&headers, "/"), HostVerdict::Malformed);
    }

    #[test]
    fn names_of_ones_own_and_addresses_off_loopback() {
        assert_eq!(
            verdict("portolan:28000", "127.0.0.1:28000", &["portolan"]),
            HostVerdict::Ours
        );
        assert_eq!(
            verdict("192.168.1.5:28000", "192.168.1.5:28000", &[]),
            HostVerdict::Ours
        );
        assert_eq!(
            verdict("evil.com", "192.168.1.5:28000", &[]),
            HostVerdict::NotOurs
        );
    }
}
