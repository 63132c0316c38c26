//! The one place where clients for the outside are made: pools, time limits, proxies.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use catalog::Proxy;
use dialect::{Fault, FaultKind, Origin};
use url::Url;

/// How long an unused connection is kept; beyond it, sleep and network changes leave dead ones.
const REST: Duration = Duration::from_secs(30);
/// How soon a silent connection is probed, so that one that died while asleep is noticed.
const PROBE: Duration = Duration::from_secs(15);

/// What this program calls itself to providers.
const AGENT: &str = concat!("portolan/", env!("CARGO_PKG_VERSION"));

/// The clients in use, one per way out. Each keeps a pool of connections.
#[derive(Debug, Default)]
pub(crate) struct Clients(Mutex<HashMap<Way, reqwest::Client>>);

/// A way out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Way {
    proxy: Proxy,
    reach: Reach,
    connect: Duration,
}

/// What lies between this machine and an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Reach {
    /// This machine itself, without TLS: no certificate is ever looked at.
    Plain,
    /// This machine itself.
    Loopback,
    /// The network, and perhaps a proxy.
    Outside,
}

impl Reach {
    fn of(url: &Url) -> Self {
        match (is_loopback(url), url.scheme()) {
            (true, "http") => Self::Plain,
            (true, _) => Self::Loopback,
            (false, _) => Self::Outside,
        }
    }
}

/// Whether an address is this machine's own, which no proxy can reach.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl Clients {
    /// The client for an address, by the proxy that applies to it. Loopback is never proxied.
    pub(crate) fn get(
        &self,
        proxy: &Proxy,
        url: &Url,
        connect: Duration,
    ) -> Result<reqwest::Client, Fault> {
        let way = Way {
            proxy: proxy.clone(),
            reach: Reach::of(url),
            connect,
        };
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&way) {
            return Ok(client.clone());
        }
        let client = build(&way).map_err(|error| {
            let message = format!("the outbound proxy cannot be used: {}", causes(&error));
            Fault::new(Origin::Gateway, FaultKind::BadGateway, message)
        })?;
        clients.insert(way, client.clone());
        Ok(client)
    }
}

fn build(way: &Way) -> reqwest::Result<reqwest::Client> {
    // Installing twice is not an error worth telling: the first provider stays.
    let _already = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(AGENT)
        .connect_timeout(way.connect)
        // An answer that points elsewhere must not take a key there.
        .redirect(reqwest::redirect::Policy::none())
        .pool_idle_timeout(REST)
        .tcp_nodelay(true)
        .tcp_keepalive(PROBE)
        .http2_keep_alive_interval(PROBE)
        .http2_keep_alive_timeout(Duration::from_secs(10))
        .http2_keep_alive_while_idle(false);
    match way.reach {
        // The system's certificates take a megabyte, and local models have none.
        Reach::Plain => {
            let nobody = rustls::ClientConfig::builder()
                .with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth();
            return builder.no_proxy().tls_backend_preconfigured(nobody).build();
        }
        Reach::Loopback => return builder.no_proxy().build(),
        Reach::Outside => {}
    }
    builder = match &way.proxy {
        // Both are what the library looks for by itself: the environment first, then the system.
        Proxy::System | Proxy::Environment => builder,
        Proxy::Direct => builder.no_proxy(),
        Proxy::Manual(url) => builder.no_proxy().proxy(reqwest::Proxy::all(url.as_str())?),
    };
    builder.build()
}

/// An error and its causes in one line, without the address (it may hold a key).
pub(crate) fn causes(error: &reqwest::Error) -> String {
    let mut words = String::new();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if !words.contains(&text) {
            if !words.is_empty() {
                words.push_str(": ");
            }
            words.push_str(&text);
        }
        cause = error.source();
    }
    if words.is_empty() {
        "the connection failed".to_owned()
    } else {
        words
    }
}

/// What a failed call means.
pub(crate) fn fault(error: &reqwest::Error) -> Fault {
    let (kind, what) = if error.is_timeout() {
        (FaultKind::Timeout, "no connection in time")
    } else if error.is_connect() {
        (FaultKind::BadGateway, "cannot be reached")
    } else {
        (FaultKind::BadGateway, "the connection broke")
    };
    Fault::new(Origin::Gateway, kind, format!("{what} ({})", causes(error)))
}
