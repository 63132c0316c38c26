//! Resolves names, and lets only addresses through that may be connected to.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{Refusal, Rules};

/// The answer to a name, once it is there.
pub type LookingUp = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Finds the addresses of a name.
pub type Lookup = Arc<dyn Fn(String) -> LookingUp + Send + Sync>;

/// Looks names up as every program of this system does.
#[must_use]
pub fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// The resolver of one connection. The client connects to what it returns and asks nobody else, so
/// that a name cannot mean one thing here and another there.
pub(crate) struct Guard {
    pub(crate) lookup: Lookup,
    pub(crate) rules: Arc<Rules>,
    /// The port that is connected to.
    pub(crate) port: u16,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let looking = (self.lookup)(name.as_str().to_owned());
        let (rules, port) = (Arc::clone(&self.rules), self.port);
        Box::pin(async move {
            let found = looking.await.map_err(|_| Refusal::Unreachable)?;
            if found.is_empty() {
                return Err(Refusal::Unreachable.into());
            }
            let allowed: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| rules.allow(*address, port))
                .map(|address| SocketAddr::new(address, port))
                .collect();
            if allowed.is_empty() {
                return Err(Refusal::Place.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// What the guard said, if an error comes from it.
pub(crate) fn said(error: &(dyn std::error::Error + 'static)) -> Option<Refusal> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(refusal) = error.downcast_ref::<Refusal>() {
            return Some(*refusal);
        }
        cause = error.source();
    }
    None
}
