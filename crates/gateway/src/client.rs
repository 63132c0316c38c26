//! The one place where clients for the outside are made: pools, time limits, proxies.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use catalog::Proxy;
use dialect::{Fault, FaultKind, Origin};
use url::Url;

use crate::outbound::{Outbound, Via};

/// How long an unused connection is kept; beyond it, sleep and network changes leave dead ones.
const REST: Duration = Duration::from_secs(30);
/// How soon a silent connection is probed, so that one that died while asleep is noticed.
const PROBE: Duration = Duration::from_secs(15);

/// What this program calls itself to providers.
const AGENT: &str = concat!("portolan/", env!("CARGO_PKG_VERSION"));

/// More ways out than anybody has at a time: the proxy was changed often.
const MOST: usize = 16;

/// The clients in use, one per way out. Each keeps a pool of connections.
#[derive(Debug)]
pub(crate) struct Clients {
    outbound: Arc<Outbound>,
    made: Mutex<HashMap<Way, reqwest::Client>>,
}

/// A way out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Way {
    /// The proxy on it.
    via: Option<Via>,
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
    pub(crate) fn new(outbound: Arc<Outbound>) -> Self {
        Self {
            outbound,
            made: Mutex::default(),
        }
    }

    pub(crate) fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    /// The client for an address, by the proxy that applies to it now. Loopback is never proxied.
    pub(crate) async fn get(
        &self,
        proxy: &Proxy,
        url: &Url,
        connect: Duration,
    ) -> Result<reqwest::Client, Fault> {
        let reach = Reach::of(url);
        let via = match reach {
            Reach::Plain | Reach::Loopback => None,
            Reach::Outside => self.outbound.way(proxy, url).await,
        };
        let way = Way {
            via,
            reach,
            connect,
        };
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = made.get(&way) {
            return Ok(client.clone());
        }
        let client = build(&way).map_err(|error| {
            let message = format!("the outbound proxy cannot be used: {}", causes(&error));
            Fault::new(Origin::Gateway, FaultKind::BadGateway, message)
        })?;
        if made.len() >= MOST {
            made.clear();
        }
        made.insert(way, client.clone());
        Ok(client)
    }
}

fn build(way: &Way) -> reqwest::Result<reqwest::Client> {
    // Installing twice is not an error worth telling: the first provider stays.
    let _already = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        // What the library would look for by itself is looked for in `outbound`.
        .no_proxy()
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
    // The system's certificates take a megabyte, and local models have none.
    if way.reach == Reach::Plain {
        let nobody = rustls::ClientConfig::builder()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        builder = builder.tls_backend_preconfigured(nobody);
    }
    if let Some(via) = &way.via {
        builder = builder.proxy(via.proxy()?);
    }
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
