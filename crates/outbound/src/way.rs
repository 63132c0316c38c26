//! The way out to a provider: which proxy applies to an address, now.

use std::fmt;
use std::sync::Arc;

use catalog::Proxy;
use http::HeaderValue;
use url::Url;

use crate::rules::ProxyRules;
use crate::system::{ReadSystem, System, SystemProxy};

/// What the surroundings say of proxies. The environment of a process does not change; the
/// system's settings are looked at again, so that a change there holds for the next request.
#[derive(Debug)]
pub struct Outbound {
    environment: ProxyRules,
    system: System,
}

/// A proxy on the way.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Via {
    /// Its address, without user name and password.
    pub(crate) address: String,
    pub(crate) pass: Option<Pass>,
}

/// What a proxy asks for.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Pass {
    /// The field that HTTP proxies take.
    Field(HeaderValue),
    /// The user name and password that SOCKS proxies take.
    Words(String, String),
}

impl fmt::Debug for Via {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Via").field(&self.address).finish()
    }
}

/// Who decided about the way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyOrigin {
    /// The settings of the operating system.
    System,
    /// An environment variable.
    Environment,
    /// The settings of this program.
    Settings,
    /// Nobody names a proxy.
    Nobody,
}

/// The way out as people are told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyInForce {
    /// Who decided.
    pub origin: ProxyOrigin,
    /// The proxy's address, without user name and password; `None`: providers are reached
    /// directly.
    pub address: Option<String>,
    /// The system names a script that would decide. It is not run.
    pub script: bool,
}

impl Outbound {
    /// Of these variables, and of what `system` reads whenever something may have changed there.
    pub fn new(variable: impl Fn(&str) -> Option<String>, system: Arc<ReadSystem>) -> Self {
        Self {
            environment: ProxyRules::of_environment(variable),
            system: System::new(system),
        }
    }

    /// Without a proxy in the surroundings.
    #[must_use]
    pub fn bare() -> Self {
        Self::new(|_| None, Arc::new(SystemProxy::default))
    }

    /// The proxy on the way to an address, if there is one. Nobody asks for loopback addresses.
    pub(crate) async fn way(&self, proxy: &Proxy, url: &Url) -> Option<Via> {
        match proxy {
            Proxy::Direct => None,
            Proxy::Manual(address) => Some(Via {
                address: String::from(address.clone()),
                pass: None,
            }),
            Proxy::Environment => self.environment.way(url),
            Proxy::System if self.environment.names_any() => self.environment.way(url),
            Proxy::System => self.system.now().await.rules.way(url),
        }
    }

    /// The way out to a provider of no name in particular, as it is now.
    pub async fn in_force(&self, proxy: &Proxy) -> ProxyInForce {
        let (origin, script) = match proxy {
            Proxy::Direct => (ProxyOrigin::Nobody, false),
            Proxy::Manual(_) => (ProxyOrigin::Settings, false),
            Proxy::Environment => (ProxyOrigin::Environment, false),
            Proxy::System if self.environment.names_any() => (ProxyOrigin::Environment, false),
            Proxy::System => (ProxyOrigin::System, self.system.now().await.script),
        };
        // A name that is reserved, so that no exception of anybody's names it.
        let anywhere = Url::parse("https://provider.invalid/").ok();
        let via = match &anywhere {
            Some(url) => self.way(proxy, url).await,
            None => None,
        };
        ProxyInForce {
            origin: match (&via, script) {
                (None, false) => ProxyOrigin::Nobody,
                (Some(_), _) | (None, true) => origin,
            },
            address: via.map(|via| via.address.trim_end_matches('/').to_owned()),
            script,
        }
    }
}

impl Via {
    /// The same for the library that calls providers.
    pub(crate) fn proxy(&self) -> reqwest::Result<reqwest::Proxy> {
        let proxy = reqwest::Proxy::all(&self.address)?;
        Ok(match &self.pass {
            None => proxy,
            Some(Pass::Field(field)) => proxy.custom_http_auth(field.clone()),
            Some(Pass::Words(name, password)) => proxy.basic_auth(name, password),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn outbound(variables: &'static [(&str, &str)], system: &'static str) -> Outbound {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let read = move || SystemProxy {
            rules: ProxyRules::new(system, "", "", ""),
            script: false,
        };
        Outbound::new(variable, Arc::new(read))
    }

    #[tokio::test]
    async fn the_environment_goes_before_the_system() {
        let both = outbound(&[("HTTPS_PROXY", "http://a:1")], "http://b:2");
        let told = both.in_force(&Proxy::System).await;
        assert_eq!(told.origin, ProxyOrigin::Environment);
        assert_eq!(told.address.as_deref(), Some("http://a:1"));
        let one = outbound(&[], "http://b:2");
        let told = one.in_force(&Proxy::System).await;
        assert_eq!(told.origin, ProxyOrigin::System);
        assert_eq!(told.address.as_deref(), Some("http://b:2"));
        let told = one.in_force(&Proxy::Environment).await;
        assert_eq!((told.origin, told.address), (ProxyOrigin::Nobody, None));
        let told = both.in_force(&Proxy::Direct).await;
        assert_eq!((told.origin, told.address), (ProxyOrigin::Nobody, None));
    }

    #[tokio::test]
    async fn a_password_is_neither_told_nor_printed() {
        let secret = outbound(&[("ALL_PROXY", "http://me:hush@a:1")], "");
        let told = secret.in_force(&Proxy::Environment).await;
        assert_eq!(told.address.as_deref(), Some("http://a:1"));
        let url = Url::parse("https://example.com").unwrap();
        let via = secret.way(&Proxy::Environment, &url).await.unwrap();
        assert!(via.pass.is_some());
        for printed in [format!("{via:?}"), format!("{secret:?}")] {
            assert!(!printed.contains("hush"), "{printed}");
            assert!(!printed.contains("bWU6aHVzaA"), "{printed}");
        }
    }

    #[tokio::test]
    async fn a_script_of_the_systems_is_told_and_not_run() {
        let read = || SystemProxy {
            rules: ProxyRules::default(),
            script: true,
        };
        let told = Outbound::new(|_| None, Arc::new(read))
            .in_force(&Proxy::System)
            .await;
        assert_eq!(
            (told.origin, told.address, told.script),
            (ProxyOrigin::System, None, true)
        );
    }
}
