//! The proxy through which a provider is reached, where it has one of its own.

use std::str::FromStr;

use url::Url;

/// How to reach a provider, overriding the proxy settings of the whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Proxy {
    /// `direct`: no proxy.
    Direct,
    /// `system`: as the operating system says.
    System,
    /// `environment`: as `HTTPS_PROXY` and its like say.
    Environment,
    /// An address of an HTTP or SOCKS proxy.
    Manual(Url),
}

impl FromStr for Proxy {
    type Err = NotAProxy;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "direct" => return Ok(Self::Direct),
            "system" => return Ok(Self::System),
            "environment" => return Ok(Self::Environment),
            _ => {}
        }
        let url = Url::parse(text).map_err(|_| NotAProxy::Unknown)?;
        if !matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") || !url.has_host() {
            return Err(NotAProxy::Unknown);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotAProxy::Secret);
        }
        Ok(Self::Manual(url))
    }
}

/// Why a text names no proxy. The text is not repeated: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAProxy {
    /// Neither a word nor an address.
    #[error("a proxy is direct, system, environment or an http, https, socks5 or socks5h address")]
    Unknown,
    /// A user name or password inside.
    #[error("a proxy's user name and password do not belong in settings; use environment")]
    Secret,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_addresses_are_taken() {
        assert_eq!("direct".parse(), Ok(Proxy::Direct));
        assert_eq!("system".parse(), Ok(Proxy::System));
        assert_eq!("environment".parse(), Ok(Proxy::Environment));
        assert!(matches!(
            "socks5h://127.0.0.1:1080".parse(),
            Ok(Proxy::Manual(_))
        ));
    }

    #[test]
    fn other_texts_and_passwords_are_refused() {
        assert_eq!("none".parse::<Proxy>(), Err(NotAProxy::Unknown));
        assert_eq!("ftp://proxy:21".parse::<Proxy>(), Err(NotAProxy::Unknown));
        assert_eq!(
            "http://me:secret@proxy:3128".parse::<Proxy>(),
            Err(NotAProxy::Secret)
        );
    }
}
