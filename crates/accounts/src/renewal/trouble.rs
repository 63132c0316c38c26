//! Why renewals fail, and since when.

use std::time::SystemTime;

use tokio::time::Instant;

use super::RenewalError;

/// What went wrong while a secret was renewed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenewalFailure {
    /// The provider did not answer.
    #[error("the provider did not answer in time")]
    Silent,
    /// The provider was not reached; the words are the network's.
    #[error("reach the provider: {0}")]
    Unreachable(String),
    /// The provider answered with this status, which says nothing about the sign-in.
    #[error("the provider answered with status {0}")]
    Status(u16),
    /// The provider answered that it failed; the words are its own.
    #[error("the provider answered: {0}")]
    Said(String),
    /// The provider's answer holds no secret.
    #[error("the answer holds no secret that could be read")]
    Unreadable,
    /// Something here went wrong.
    #[error("{0}")]
    Here(String),
}

impl RenewalFailure {
    /// Whether the refresh token is known to be good still: a refusal of the question spends nothing, while
    /// behind a 5xx, or silence, it may have been answered.
    pub(super) fn spends_nothing(&self) -> bool {
        matches!(self, Self::Status(400..=499) | Self::Said(_))
    }
}

/// An account whose secret is over while renewing it fails.
#[derive(Debug, Clone)]
pub struct RenewalTrouble {
    /// When it failed first, of all the times in a row.
    pub since: SystemTime,
    /// Why it failed last.
    pub error: RenewalError,
}

/// The renewals of an account that failed, one after the other.
pub(super) struct Failures {
    pub(super) in_a_row: u32,
    pub(super) since: SystemTime,
    pub(super) last: Instant,
    pub(super) error: RenewalError,
}

impl Failures {
    /// What to tell of them.
    pub(super) fn trouble(&self) -> RenewalTrouble {
        RenewalTrouble {
            since: self.since,
            error: self.error.clone(),
        }
    }
}
