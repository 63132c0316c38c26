//! A ready-to-use account, lent for one call.

use std::sync::Arc;
use std::time::Instant;

use crate::account::AccountId;
use crate::credential::{Credential, CredentialError};
use crate::health::Outcome;
use crate::registry::Accounts;
use crate::secret::Secret;

/// Why an account cannot be lent.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LeaseError {
    /// No account has this name.
    #[error("there is no account named {id}")]
    Unknown {
        /// The name that was asked for.
        id: AccountId,
    },
    /// The account has no secret.
    #[error("the account {id} has no key: {reason}")]
    NoCredential {
        /// The account.
        id: AccountId,
        /// Why it has none.
        reason: Arc<CredentialError>,
    },
}

/// An account lent for one call: it counts as in use until it is reported or dropped.
///
/// A lease dropped without a report, as when the client leaves, changes nothing of the account's
/// health.
#[derive(Debug)]
pub struct Lease {
    accounts: Arc<Accounts>,
    id: AccountId,
    credential: Option<Arc<Credential>>,
    started: Instant,
}

impl Lease {
    pub(crate) fn new(
        accounts: Arc<Accounts>,
        id: AccountId,
        credential: Option<Arc<Credential>>,
        started: Instant,
    ) -> Self {
        Self {
            accounts,
            id,
            credential,
            started,
        }
    }

    /// Whose lease it is.
    #[must_use]
    pub fn id(&self) -> &AccountId {
        &self.id
    }

    /// The credential; `None` where the provider asks for none.
    #[must_use]
    pub fn credential(&self) -> Option<&Credential> {
        self.credential.as_deref()
    }

    /// The secret alone; `None` where the provider asks for none.
    #[must_use]
    pub fn secret(&self) -> Option<&Secret> {
        self.credential().map(|credential| &credential.secret)
    }

    /// Gives the account back and says how the call ended, at `now`.
    pub fn report(self, outcome: Outcome, now: Instant) {
        self.accounts.record(
            &self.id,
            self.credential.as_ref(),
            outcome,
            self.started,
            now,
        );
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.accounts.give_back(&self.id);
    }
}
