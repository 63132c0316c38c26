//! The settings that GNOME and its relatives share, as `gsettings list-recursively
//! org.gnome.system.proxy` prints them: a schema, a key and a value on each line.

use std::fmt::Write as _;

use gateway::{ProxyRules, SystemProxy};

const SCHEMA: &str = "org.gnome.system.proxy";

/// Reads what was printed.
pub(super) fn read(text: &str) -> SystemProxy {
    let values = Values(text);
    match values.text("", "mode").as_str() {
        "manual" => SystemProxy {
            rules: manual(&values),
            script: false,
        },
        "auto" => SystemProxy {
            rules: ProxyRules::default(),
            script: true,
        },
        _ => SystemProxy::default(),
    }
}

fn manual(values: &Values<'_>) -> ProxyRules {
    let http = values.address("http://", ".http");
    let mut https = values.address("http://", ".https");
    if https.is_empty() && values.raw("", "use-same-proxy") == "true" {
        https.clone_from(&http);
    }
    let socks = values.address("socks5h://", ".socks");
    ProxyRules::new(&socks, &http, &https, &values.exceptions())
}

struct Values<'a>(&'a str);

impl Values<'_> {
    /// A value as it is printed.
    fn raw(&self, part: &str, key: &str) -> &str {
        let found = self.0.lines().find_map(|line| {
            let rest = line.strip_prefix(SCHEMA)?.strip_prefix(part)?;
            rest.strip_prefix(' ')?.strip_prefix(key)?.strip_prefix(' ')
        });
        found.unwrap_or_default().trim()
    }

    /// A text without its quotes.
    fn text(&self, part: &str, key: &str) -> String {
        bare(self.raw(part, key)).to_owned()
    }

    /// The address in a part of the settings, empty where there is none.
    fn address(&self, scheme: &str, part: &str) -> String {
        let host = self.text(part, "host");
        let port = self.raw(part, "port");
        if host.is_empty() || port == "0" {
            return String::new();
        }
        let mut address = scheme.to_owned();
        if self.raw(part, "use-authentication") == "true" {
            let user = escaped(&self.text(part, "authentication-user"));
            let password = escaped(&self.text(part, "authentication-password"));
            let _infallible = write!(address, "{user}:{password}@");
        }
        let _infallible = write!(address, "{host}:{port}");
        address
    }

    /// The exceptions as `NO_PROXY` lists them.
    fn exceptions(&self) -> String {
        let list = self.raw("", "ignore-hosts");
        let list = list.trim_start_matches("@as ");
        let inside = list.trim_start_matches('[').trim_end_matches(']');
        let hosts = inside.split(',').map(|host| bare(host.trim()));
        let hosts = hosts.map(|host| host.strip_prefix("*.").unwrap_or(host));
        hosts.collect::<Vec<_>>().join(",")
    }
}

/// A text without its quotes, of either kind.
fn bare(text: &str) -> &str {
    let within = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    within('\'').or_else(|| within('"')).unwrap_or(text)
}

/// What an address cannot hold as it is.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _infallible = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "\
org.gnome.system.proxy autoconfig-url ''
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '::1', '*.example.org']
org.gnome.system.proxy mode 'manual'
org.gnome.system.proxy use-same-proxy true
org.gnome.system.proxy.http authentication-password 'p@ss'
org.gnome.system.proxy.http authentication-user 'me'
org.gnome.system.proxy.http enabled false
org.gnome.system.proxy.http host 'proxy.example'
org.gnome.system.proxy.http port 8080
org.gnome.system.proxy.http use-authentication true
org.gnome.system.proxy.https host ''
org.gnome.system.proxy.https port 0
org.gnome.system.proxy.socks host 'socks.example'
org.gnome.system.proxy.socks port 1080
";

    #[test]
    fn each_part_gives_an_address() {
        let values = Values(PRINTED);
        assert_eq!(
            values.address("http://", ".http"),
            "http://me:p%40ss@proxy.example:8080"
        );
        assert_eq!(values.address("http://", ".https"), "");
        assert_eq!(
            values.address("socks5h://", ".socks"),
            "socks5h://socks.example:1080"
        );
        assert_eq!(values.exceptions(), "localhost,127.0.0.0/8,::1,example.org");
        assert_eq!(Values(" ignore-hosts @as []").exceptions(), "");
    }

    #[test]
    fn the_mode_decides() {
        let printed = |mode: &str| format!("{:?}", read(&PRINTED.replace("'manual'", mode)));
        assert!(printed("'manual'").contains("some"));
        for mode in ["'none'", "'auto'"] {
            assert!(printed(mode).contains("none"), "{mode}");
        }
        assert!(read(&PRINTED.replace("'manual'", "'auto'")).script);
        assert!(!read("").script);
    }
}
