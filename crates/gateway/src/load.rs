//! How much there is to do: three counters, read by whoever asks.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::exchange::Outcome;

/// Counts since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Requests answered in full.
    pub served: u64,
    /// Requests that failed or broke off.
    pub failed: u64,
    /// Requests whose client left first.
    pub cancelled: u64,
    /// Requests being answered now.
    pub under_way: u64,
    /// Records that were thrown away because nobody took them in time.
    pub lost_records: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    begun: AtomicU64,
    served: AtomicU64,
    failed: AtomicU64,
    cancelled: AtomicU64,
    lost: AtomicU64,
}

impl Counters {
    pub(crate) fn begin(&self) {
        self.begun.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn end(&self, outcome: &Outcome) {
        let counter = match outcome {
            Outcome::Completed => &self.served,
            Outcome::Failed(_) | Outcome::Truncated(_) => &self.failed,
            Outcome::Cancelled => &self.cancelled,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn lost(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> Load {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (served, failed, cancelled) =
            (get(&self.served), get(&self.failed), get(&self.cancelled));
        Load {
            served,
            failed,
            cancelled,
            under_way: get(&self.begun).saturating_sub(served + failed + cancelled),
            lost_records: get(&self.lost),
        }
    }
}
