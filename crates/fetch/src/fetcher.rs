//! Fetches one picture, by as many steps as it takes and no more than are allowed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use url::Url;

use crate::guard::{Guard, Lookup, said, system_lookup};
use crate::picture::{self, Picture};
use crate::place;
use crate::{Refusal, Rules};

/// What this program calls itself to servers of pictures.
const AGENT: &str = concat!("portolan/", env!("CARGO_PKG_VERSION"));

/// How much is put up with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// For one picture with all its redirects.
    pub time: Duration,
    /// The largest picture, in bytes.
    pub bytes: usize,
    /// How often a picture may be elsewhere.
    pub redirects: usize,
    /// How many pictures a request may name by their addresses.
    pub pictures: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(10),
            bytes: 20 * 1024 * 1024,
            redirects: 3,
            pictures: 20,
        }
    }
}

/// Fetches pictures. It has no state: no cookies, no cache, no connection that outlives its picture.
#[derive(Clone)]
pub struct Fetcher {
    rules: Arc<Rules>,
    lookup: Lookup,
    pub(crate) bounds: Bounds,
}

impl Default for Fetcher {
    /// One for pictures of the public internet, by https.
    fn default() -> Self {
        Self::by(Rules::default())
    }
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher")
            .field("rules", &self.rules)
            .field("bounds", &self.bounds)
            .finish_non_exhaustive()
    }
}

impl Fetcher {
    /// One that keeps to these rules and finds names by `lookup`.
    #[must_use]
    pub fn new(rules: Rules, lookup: Lookup, bounds: Bounds) -> Self {
        Self {
            rules: Arc::new(rules),
            lookup,
            bounds,
        }
    }

    /// One that keeps to these rules, and finds names as every program of this system does.
    #[must_use]
    pub fn by(rules: Rules) -> Self {
        Self::new(rules, system_lookup(), Bounds::default())
    }

    /// The picture at an address.
    ///
    /// # Errors
    /// Why it was not fetched.
    pub async fn get(&self, address: &str) -> Result<Picture, Refusal> {
        let fetching = tokio::time::timeout(self.bounds.time, self.follow(address));
        fetching.await.unwrap_or(Err(Refusal::TooSlow))
    }

    async fn follow(&self, address: &str) -> Result<Picture, Refusal> {
        let mut url = place::read(address, &self.rules)?;
        for _ in 0..=self.bounds.redirects {
            let response = self.ask(&url).await?;
            match response.status() {
                StatusCode::OK => return picture::read(response, &self.bounds).await,
                StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::SEE_OTHER
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT => {
                    url = place::next(&url, response.headers(), &self.rules)?;
                }
                other => return Err(Refusal::Status(other.as_u16())),
            }
        }
        Err(Refusal::Redirects)
    }

    /// Asks for what is at an address that was checked, on a connection of its own.
    async fn ask(&self, url: &Url) -> Result<reqwest::Response, Refusal> {
        let client = self.client(url).map_err(|_| Refusal::Unreachable)?;
        let mut fields = HeaderMap::new();
        let pictures = "image/png, image/jpeg, image/gif, image/webp";
        fields.insert(header::ACCEPT, HeaderValue::from_static(pictures));
        let plain = HeaderValue::from_static("identity");
        fields.insert(header::ACCEPT_ENCODING, plain);
        let asked = client.get(url.clone()).headers(fields).send().await;
        let response = asked.map_err(|error| said(&error).unwrap_or(Refusal::Unreachable))?;
        // What was connected to is what was allowed, or the client does not do what it says.
        let reached = response.remote_addr().ok_or(Refusal::Place)?;
        if !self.rules.allow(reached.ip(), reached.port()) {
            return Err(Refusal::Place);
        }
        Ok(response)
    }

    fn client(&self, url: &Url) -> Result<reqwest::Client, Refusal> {
        // Installing twice is not an error worth telling: the first provider stays.
        let _already = rustls::crypto::ring::default_provider().install_default();
        let guard = Guard {
            lookup: Arc::clone(&self.lookup),
            rules: Arc::clone(&self.rules),
            port: place::port_of(url)?,
        };
        let mut builder = reqwest::Client::builder()
            // A proxy would resolve the name again, and connect where it likes.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .user_agent(AGENT)
            .pool_max_idle_per_host(0)
            .dns_resolver(Arc::new(guard));
        // The system's certificates take a while to read, and plain http has none.
        if url.scheme() == "http" {
            let nobody = rustls::ClientConfig::builder()
                .with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth();
            builder = builder.tls_backend_preconfigured(nobody);
        }
        builder.build().map_err(|_| Refusal::Unreachable)
    }
}
