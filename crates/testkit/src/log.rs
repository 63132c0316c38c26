//! The requests that a scripted upstream saw, shared between it and the test.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::recorded::{Ended, Recorded};

/// What arrived so far; clones show the same.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    seen: Mutex<Seen>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Seen {
    requests: Vec<Recorded>,
    connections: usize,
    broken: usize,
}

impl Log {
    /// Every request that arrived whole, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.seen().requests.clone()
    }

    /// How many connections were accepted.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.seen().connections
    }

    /// How many requests were malformed or cut.
    #[must_use]
    pub fn broken(&self) -> usize {
        self.seen().broken
    }

    /// How many requests have an answer that has not ended.
    #[must_use]
    pub fn open(&self) -> usize {
        self.seen()
            .requests
            .iter()
            .filter(|r| r.ended == Ended::Open)
            .count()
    }

    /// Waits until the requests are as wanted; false when `timeout` of real time passed first.
    pub async fn wait(&self, timeout: Duration, wanted: impl Fn(&[Recorded]) -> bool) -> bool {
        let mut changed = self.0.changed.subscribe();
        let met = async {
            while !wanted(&self.seen().requests) {
                if changed.changed().await.is_err() {
                    return;
                }
            }
        };
        tokio::time::timeout(timeout, met).await.is_ok()
    }

    pub(crate) fn connected(&self) -> usize {
        let mut seen = self.seen();
        seen.connections += 1;
        seen.connections - 1
    }

    pub(crate) fn broke(&self) {
        self.seen().broken += 1;
    }

    /// Adds a request and returns it with its index.
    pub(crate) fn arrived(&self, mut request: Recorded) -> Recorded {
        let mut seen = self.seen();
        request.index = seen.requests.len();
        seen.requests.push(request.clone());
        drop(seen);
        self.0.changed.send_replace(());
        request
    }

    pub(crate) fn ended(&self, index: usize, ended: Ended) {
        if let Some(request) = self.seen().requests.get_mut(index) {
            request.ended = ended;
        }
        self.0.changed.send_replace(());
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
