//! KDE's settings: the file `kioslaverc`, whose kinds and keys are those of KIO's
//! `KProtocolManager`.

use gateway::{ProxyRules, SystemProxy};

/// Reads the file's text.
pub(super) fn read(text: &str) -> SystemProxy {
    let lines = text.lines().map(str::trim);
    let section: Vec<(&str, &str)> = lines
        .skip_while(|line| *line != "[Proxy Settings]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='))
        .collect();
    let value = |name: &str| {
        let pair = section.iter().find(|(key, _)| *key == name);
        pair.map_or("", |(_, value)| value.trim())
    };
    match value("ProxyType") {
        "1" => {
            // The list that the dialog can turn round: a proxy for these addresses alone.
            let rules = if is_yes(value("ReversedException")) {
                ProxyRules::only_for
            } else {
                ProxyRules::new
            };
            SystemProxy {
                rules: rules(
                    &address(value("socksProxy")),
                    &address(value("httpProxy")),
                    &address(value("httpsProxy")),
                    &list(value("NoProxyFor")),
                ),
                script: false,
            }
        }
        // a script at an address, or one that the network offers
        "2" | "3" => SystemProxy {
            rules: ProxyRules::default(),
            script: true,
        },
        // none; or the environment, which goes before all this
        _ => SystemProxy::default(),
    }
}

/// As KConfig reads a boolean.
fn is_yes(text: &str) -> bool {
    let yes = ["true", "on", "yes", "1"];
    yes.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// The addresses, which blanks part as well as commas.
fn list(text: &str) -> String {
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(",")
}

/// An address, whose port may stand behind a blank.
fn address(text: &str) -> String {
    let joined = text.replacen(' ', ":", 1);
    // SOCKS by a proxy that resolves names, as KDE's programs use it.
    match joined.strip_prefix("socks://") {
        Some(rest) => format!("socks5h://{rest}"),
        None => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_stand_behind_a_blank_or_a_colon() {
        assert_eq!(address("http://proxy 3128"), "http://proxy:3128");
        assert_eq!(address("http://proxy:3128"), "http://proxy:3128");
        assert_eq!(address("socks://proxy 1080"), "socks5h://proxy:1080");
        assert_eq!(address(""), "");
    }

    #[test]
    fn the_list_of_exceptions_can_be_turned_round() {
        let text = |reversed: &str| {
            format!(
                "[Proxy Settings]\nProxyType=1\nhttpsProxy=http://proxy 3128\n\
                 NoProxyFor=intern.example, 10.0.0.1  b.example\n{reversed}"
            )
        };
        let printed = |reversed: &str| format!("{:?}", read(&text(reversed)).rules);
        for plain in ["", "ReversedException=false\n", "ReversedException=0\n"] {
            assert!(!printed(plain).contains("listed"), "{plain}");
        }
        for reversed in ["ReversedException=true\n", "ReversedException=1\n"] {
            assert!(printed(reversed).contains("listed"), "{reversed}");
        }
        assert_eq!(list(" a, b  c,,d "), "a,b,c,d");
    }

    #[test]
    fn the_kind_decides() {
        let text = |kind: u8| {
            format!(
                "[Other]\nProxyType=9\n[Proxy Settings]\nProxyType={kind}\n\
                 httpsProxy=http://127.0.0.1 3128\n[More]\nProxyType=1\n"
            )
        };
        let printed = |kind| format!("{:?}", read(&text(kind)));
        assert!(printed(1).contains("some"), "{}", printed(1));
        assert!(printed(0).contains("none") && !read(&text(0)).script);
        assert!(printed(4).contains("none") && !read(&text(4)).script);
        assert!(read(&text(2)).script && read(&text(3)).script);
        assert!(printed(2).contains("none"));
    }
}
