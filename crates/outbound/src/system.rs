//! What the operating system's settings say, read again when it may be another thing.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::rules::ProxyRules;

/// How long an answer holds. Nothing is looked at between requests.
const FRESH: Duration = Duration::from_millis(500);

/// The operating system's settings.
#[derive(Clone, Debug, Default)]
pub struct SystemProxy {
    /// The proxies that they name.
    pub rules: ProxyRules,
    /// They name a script that would decide. It is not run.
    pub script: bool,
}

/// Reads them; may take a while, and is called off the data plane's thread.
pub type ReadSystem = dyn Fn() -> SystemProxy + Send + Sync;

/// The settings, and when they were read.
pub(super) struct System {
    read: Arc<ReadSystem>,
    last: Mutex<Option<(Instant, SystemProxy)>>,
}

impl fmt::Debug for System {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("System").finish_non_exhaustive()
    }
}

impl System {
    pub(super) fn new(read: Arc<ReadSystem>) -> Self {
        Self {
            read,
            last: Mutex::default(),
        }
    }

    /// What they say now.
    pub(super) async fn now(&self) -> SystemProxy {
        let last = || self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((when, known)) = &*last()
            && when.elapsed() < FRESH
        {
            return known.clone();
        }
        let read = Arc::clone(&self.read);
        match tokio::task::spawn_blocking(move || read()).await {
            Ok(found) => {
                *last() = Some((Instant::now(), found.clone()));
                found
            }
            Err(error) => {
                tracing::warn!(%error, "read the system's proxy");
                SystemProxy::default()
            }
        }
    }
}
