//! Which addresses the window shows itself, and which the system's browser may be sent to.

use contract::{Listener, SignInState, SignInTurn};
use url::{Host, Url};

/// Whether these are the window's own files: Tauri serves them under a scheme of its own, or on
/// Windows under a host of its own.
#[must_use]
pub fn is_own(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" if cfg!(windows) => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// Whether the system's browser may be sent there: web sites by name over https, and nothing that
/// could reach this machine, carry a password, or start another program.
#[must_use]
pub fn may_leave(url: &Url) -> bool {
    let named = url.domain().is_some_and(|domain| {
        domain.contains('.') && !domain.ends_with(".localhost") && !domain.ends_with(".local")
    });
    url.scheme() == "https" && named && is_bare(url) && url.port().is_none()
}

/// Whether the system's browser may be sent there for this sign-in, which waits for somebody to go
/// to just that address: over https, or on this machine, where an issuer of one's own may be, but
/// never to a port of the gateway's.
#[must_use]
pub fn may_sign_in(url: &Url, turn: &SignInTurn, listeners: &[Listener]) -> bool {
    let waits = match &turn.state {
        SignInState::Waiting => turn.seconds > 0,
        SignInState::Exchanging | SignInState::Done { .. } | SignInState::Failed { .. } => false,
    };
    let asked = waits && turn.address.parse().is_ok_and(|asked: Url| asked == *url);
    let safe = url.scheme() == "https" || url.scheme() == "http" && is_here(url);
    asked && safe && is_bare(url) && !listeners.iter().any(|each| has_port(each, url))
}

fn is_bare(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether it listens there, whatever the host is called.
fn has_port(listener: &Listener, url: &Url) -> bool {
    let Some(port) = url.port_or_known_default() else {
        return true;
    };
    let bound = |address: &String| address.rsplit_once(':').map(|(_, port)| port.to_owned());
    listener.port == port
        || listener
            .addresses
            .iter()
            .filter_map(bound)
            .any(|bound| bound == port.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use contract::FlowKind;

    use super::*;

    #[test]
    fn s62_only_its_own_pages_are_shown() {
        let own = |url: &str| is_own(&url.parse().unwrap());
        assert!(cfg!(windows) || own("tauri://localhost/index.html#/usage"));
        for url in [
            "http://localhost:28000/",
            "https://example.com/",
            "http://tauri.evil.com/",
            "https://tauri.localhost.evil.com/",
            "tauri://evil.com/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "about:blank",
        ] {
            assert!(!own(url), "{url}");
        }
    }

    #[test]
    fn s62_the_browser_gets_web_sites_over_https_only() {
        let may = |url: &str| may_leave(&url.parse().unwrap());
        assert!(may("https://openrouter.ai/keys"));
        for url in [
            "http://openrouter.ai/keys",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://localhost/",
            "https://a.localhost/",
            "https://user@example.com/",
            "https://example.com:8443/",
            "file:///bin/sh",
            "mailto:a@example.com",
            "ssh://example.com/",
            "portolan://page/home",
        ] {
            assert!(!may(url), "{url}");
        }
    }

    fn turn(address: &str) -> SignInTurn {
        SignInTurn {
            id: "1".to_owned(),
            provider: "own".to_owned(),
            flow: FlowKind::Browser,
            address: address.to_owned(),
            code: None,
            paste: true,
            seconds: 60,
            state: SignInState::Waiting,
        }
    }

    fn listeners() -> [Listener; 2] {
        let listener = |port, bound: &str| Listener {
            instance: "default".to_owned(),
            host: "localhost".to_owned(),
            port,
            addresses: vec![bound.to_owned()],
            fault: None,
        };
        [
            listener(28000, "127.0.0.1:28000"),
            listener(0, "[::1]:40123"),
        ]
    }

    #[test]
    fn s62_a_sign_in_that_waits_opens_its_own_address_alone() {
        let may =
            |url: &str, turn: &SignInTurn| may_sign_in(&url.parse().unwrap(), turn, &listeners());
        for issuer in [
            "http://127.0.0.1:9000/authorize?state=a",
            "http://[::1]:9000/authorize",
            "http://localhost:9000/authorize",
            "https://login.corp:8443/authorize",
        ] {
            assert!(may(issuer, &turn(issuer)), "{issuer}");
            assert!(!may(&format!("{issuer}&more"), &turn(issuer)), "{issuer}");
            let over = SignInTurn {
                state: SignInState::Done {
                    account: "own".to_owned(),
                },
                ..turn(issuer)
            };
            assert!(!may(issuer, &over), "{issuer}");
            let late = SignInTurn {
                seconds: 0,
                ..turn(issuer)
            };
            assert!(!may(issuer, &late), "{issuer}");
        }
    }

    #[test]
    fn s62_no_sign_in_leads_to_the_gateway_or_another_program() {
        for url in [
            "http://localhost:28000/admin",
            "http://127.0.0.1:28000/admin",
            "https://gateway.local:28000/admin",
            "http://[::1]:40123/admin",
            "http://example.com/authorize",
            "http://192.168.0.2:9000/authorize",
            "http://user@127.0.0.1:9000/authorize",
            "file:///bin/sh",
            "portolan://page/home",
        ] {
            let parsed = url.parse().unwrap();
            assert!(!may_sign_in(&parsed, &turn(url), &listeners()), "{url}");
        }
    }
}
