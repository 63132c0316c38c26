//! The one place where connections to the outside are kept: pools, time limits, proxies.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use catalog::Proxy;
use dialect::{Fault, FaultKind, Origin};
use http::{HeaderValue, Request, Response, header};
use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls_platform_verifier::BuilderVerifierExt as _;
use url::Url;

use crate::body::{Received, Sent};
use crate::failure::Failure;
use crate::straight::Straight;
use crate::way::{Outbound, Via};

/// How long an unused connection is kept; beyond it, sleep and network changes leave dead ones.
pub(crate) const REST: Duration = Duration::from_secs(30);
/// How soon a silent connection is probed, so that one that died while asleep is noticed.
pub(crate) const PROBE: Duration = Duration::from_secs(15);
/// How long the other end of an HTTP/2 connection may take to answer a probe.
pub(crate) const FAREWELL: Duration = Duration::from_secs(10);

/// What this program calls itself to providers.
const AGENT: &str = concat!("portolan/", env!("CARGO_PKG_VERSION"));

/// More ways out than anybody has at a time: the proxy was changed often.
const MOST: usize = 16;

/// The clients in use, one per way out. Each keeps a pool of connections.
#[derive(Debug)]
pub struct Clients {
    outbound: Arc<Outbound>,
    made: Mutex<HashMap<Way, Client>>,
    /// Whom the system trusts. A megabyte, read when it is first needed.
    trusting: OnceLock<ClientConfig>,
}

/// A pool of connections on one way out.
#[derive(Clone, Debug)]
pub struct Client(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Straight(Straight),
    Proxied(reqwest::Client),
}

impl Client {
    /// Sends a request to the absolute address that it names, and waits for the head of its answer. An
    /// answer that points elsewhere is not followed.
    ///
    /// # Errors
    /// Nobody was reached, not in time, or the connection broke.
    pub async fn send(&self, mut request: Request<Sent>) -> Result<Response<Received>, Failure> {
        let fields = request.headers_mut();
        let anything = HeaderValue::from_static("*/*");
        fields.entry(header::ACCEPT).or_insert(anything);
        let agent = HeaderValue::from_static(AGENT);
        fields.entry(header::USER_AGENT).or_insert(agent);
        match &self.0 {
            Kind::Straight(straight) => straight.send(request).await,
            Kind::Proxied(client) => {
                let request = reqwest::Request::try_from(request.map(reqwest::Body::wrap))?;
                let response = Response::from(client.execute(request).await?);
                Ok(response.map(Received::proxied))
            }
        }
    }
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
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl Clients {
    /// None yet; they will leave by what `outbound` says.
    #[must_use]
    pub fn new(outbound: Arc<Outbound>) -> Self {
        Self {
            outbound,
            made: Mutex::default(),
            trusting: OnceLock::new(),
        }
    }

    /// What the surroundings say of proxies.
    #[must_use]
    pub fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    /// The client for an address, by the proxy that applies to it now. Loopback is never proxied.
    ///
    /// # Errors
    /// The proxy that applies cannot be used, or nobody says whom this machine trusts.
    pub async fn get(&self, proxy: &Proxy, url: &Url, connect: Duration) -> Result<Client, Fault> {
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
        let client = self.build(&way)?;
        if made.len() >= MOST {
            made.clear();
        }
        made.insert(way, client.clone());
        Ok(client)
    }

    fn build(&self, way: &Way) -> Result<Client, Fault> {
        let unusable = |what: &str, why: &dyn std::fmt::Display| {
            let message = format!("{what}: {why}");
            Fault::new(Origin::Gateway, FaultKind::BadGateway, message)
        };
        let tls = match way.reach {
            // The system's certificates take a megabyte, and local models have none.
            Reach::Plain => trusting_nobody(),
            Reach::Loopback | Reach::Outside => self.trusting(),
        }
        .map_err(|error| unusable("whom this machine trusts cannot be read", &error))?;
        Ok(Client(match &way.via {
            None => Kind::Straight(Straight::new(tls, way.connect)),
            Some(via) => {
                let client = proxied(via, tls, way.connect).map_err(|error| {
                    let why = Failure::from(error);
                    unusable("the outbound proxy cannot be used", &why)
                })?;
                Kind::Proxied(client)
            }
        }))
    }

    fn trusting(&self) -> Result<ClientConfig, rustls::Error> {
        if let Some(trusting) = self.trusting.get() {
            return Ok(trusting.clone());
        }
        let trusting = ClientConfig::builder_with_provider(cryptography())
            .with_safe_default_protocol_versions()?
            .with_platform_verifier()?
            .with_no_client_auth();
        Ok(self.trusting.get_or_init(|| trusting).clone())
    }
}

fn cryptography() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn trusting_nobody() -> Result<ClientConfig, rustls::Error> {
    Ok(ClientConfig::builder_with_provider(cryptography())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}

fn proxied(
    via: &Via,
    mut tls: ClientConfig,
    connect: Duration,
) -> reqwest::Result<reqwest::Client> {
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    reqwest::Client::builder()
        .proxy(via.proxy()?)
        .tls_backend_preconfigured(tls)
        .connect_timeout(connect)
        // An answer that points elsewhere must not take a key there.
        .redirect(reqwest::redirect::Policy::none())
        .pool_idle_timeout(REST)
        .tcp_nodelay(true)
        .tcp_keepalive(PROBE)
        .http2_keep_alive_interval(PROBE)
        .http2_keep_alive_timeout(FAREWELL)
        .http2_keep_alive_while_idle(false)
        .build()
}
