//! What the desktop's updates need of here: the way out, and the folder for what they remember.

use std::path::PathBuf;

use catalog::Proxy;
use contract::{ApiError, ProxyInForce, ProxySource};
use gateway::{Outbound, SystemProxy, Unread};
use url::Url;

/// The folder of what must not be lost.
///
/// # Errors
/// The environment names none.
pub fn data_folder() -> Result<PathBuf, ApiError> {
    crate::cli::home(None, None, None, None).map(|home| home.folders.data)
}

/// Reads the public document at `url` by the proxy in force; an address of this machine directly.
///
/// # Errors
/// It could not be had in time, is too large, or lies where no TLS leads.
pub async fn read_public(url: &Url, proxy: Option<&ProxyInForce>) -> Result<Vec<u8>, Unread> {
    let variable = |name: &str| std::env::var(name).ok();
    let outbound = Outbound::new(variable, std::sync::Arc::new(SystemProxy::default));
    gateway::read_public(url, outbound, &way(proxy)).await
}

fn way(proxy: Option<&ProxyInForce>) -> Proxy {
    let Some(proxy) = proxy else {
        return Proxy::Direct;
    };
    match (proxy.source, &proxy.address) {
        // There may be a password in it, which nobody is told.
        (ProxySource::Environment, _) => Proxy::Environment,
        (_, Some(address)) => address.parse().unwrap_or(Proxy::Direct),
        (_, None) => Proxy::Direct,
    }
}

#[cfg(test)]
mod tests {
    use contract::ProxyMode;

    use super::*;

    #[test]
    fn updates_go_the_way_of_everything_else() {
        let proxy = |source, address: Option<&str>| ProxyInForce {
            mode: ProxyMode::System,
            source,
            address: address.map(str::to_owned),
            script: false,
        };
        let address = "http://127.0.0.1:3128";
        let manual = proxy(ProxySource::Manual, Some(address));
        assert_eq!(Ok(way(Some(&manual))), address.parse());
        let environment = proxy(ProxySource::Environment, Some(address));
        assert_eq!(way(Some(&environment)), Proxy::Environment);
        let nobody = proxy(ProxySource::System, None);
        assert_eq!(way(Some(&nobody)), Proxy::Direct);
        assert_eq!(way(None), Proxy::Direct);
    }
}
