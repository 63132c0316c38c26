//! The one place where connections to the outside are kept: pools, time limits, proxies.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use catalog::Proxy;
use dialect::{Fault, FaultKind, Origin};
use futures_util::FutureExt as _;
use futures_util::future::Either;
use http::{HeaderValue, Request, Response, header};
use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls_platform_verifier::BuilderVerifierExt as _;
use url::Url;

use crate::body::{Received, Sent};
use crate::failure::Failure;
use crate::plain::Plain;
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
    /// So few that looking at each takes less than a search.
    made: Mutex<Vec<(Way, Client)>>,
    /// Whom the system trusts. A megabyte, read when it is first needed.
    trusting: OnceLock<ClientConfig>,
}

/// A pool of connections on one way out.
#[derive(Clone, Debug)]
pub struct Client(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Plain(Plain),
    Straight(Straight),
    Proxied(reqwest::Client),
}

impl Client {
    /// Sends a request to the absolute address that it names, and waits for the head of its answer. An
    /// answer that points elsewhere is not followed.
    ///
    /// # Errors
    /// Nobody was reached, not in time, or the connection broke.
    pub fn send(
        &self,
        mut request: Request<Sent>,
    ) -> impl Future<Output = Result<Response<Received>, Failure>> {
        let fields = request.headers_mut();
        let anything = HeaderValue::from_static("*/*");
        fields.entry(header::ACCEPT).or_insert(anything);
        let agent = HeaderValue::from_static(AGENT);
        fields.entry(header::USER_AGENT).or_insert(agent);
        match &self.0 {
            Kind::Plain(plain) => Either::Left(plain.send(request)),
            // On the heap: a request that goes the other way would carry the room of this one.
            Kind::Straight(straight) => Either::Right(straight.send(request).boxed()),
            Kind::Proxied(client) => Either::Right(proxied_send(client, request).boxed()),
        }
    }
}

async fn proxied_send(
    client: &reqwest::Client,
    request: Request<Sent>,
) -> Result<Response<Received>, Failure> {
    let request = reqwest::Request::try_from(request.map(reqwest::Body::wrap))?;
    let response = client.execute(request).await?;
    Ok(Response::from(response).map(Received::proxied))
}

/// A way out.
#[derive(Debug, PartialEq, Eq)]
struct Way {
    over: Over,
    connect: Duration,
}

/// What requests go over.
#[derive(Debug, PartialEq, Eq)]
enum Over {
    /// Sockets alone.
    Plain,
    /// TLS.
    Tls,
    /// This proxy.
    Proxy(Via),
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
        let via = if is_loopback(url) {
            None
        } else {
            self.outbound.way(proxy, url).await
        };
        let over = match via {
            Some(via) => Over::Proxy(via),
            None if url.scheme() == "http" => Over::Plain,
            None => Over::Tls,
        };
        let way = Way { over, connect };
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = made.iter().find(|(known, _)| *known == way) {
            return Ok(client.clone());
        }
        let client = self.build(&way)?;
        if made.len() >= MOST {
            made.clear();
        }
        made.push((way, client.clone()));
        Ok(client)
    }

    fn build(&self, way: &Way) -> Result<Client, Fault> {
        let unusable = |what: &str, why: &dyn std::fmt::Display| {
            let message = format!("{what}: {why}");
            Fault::new(Origin::Gateway, FaultKind::BadGateway, message)
        };
        let trusting = || {
            self.trusting()
                .map_err(|error| unusable("whom this machine trusts cannot be read", &error))
        };
        Ok(Client(match &way.over {
            Over::Plain => Kind::Plain(Plain::new(way.connect)),
            Over::Tls => Kind::Straight(Straight::new(trusting()?, way.connect)),
            Over::Proxy(via) => {
                let client = proxied(via, trusting()?, way.connect).map_err(|error| {
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
