//! What a sign-in gave.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use url::Url;

use super::{SignInError, id_token};
use crate::record::Record;
use crate::secret::Secret;

/// What a sign-in gave; [`Grant::record`] is kept in the vault under [`crate::Account::record`].
pub struct Grant {
    /// The secret that requests carry.
    pub secret: Secret,
    /// How long it lives from now; `None`: until it is revoked, or not said.
    pub expires_in: Option<Duration>,
    /// What gives the next secret, where this one ends; it may be good for one time alone.
    pub refresh: Option<Secret>,
    pub(crate) origin: Origin,
    id_token: Option<Secret>,
}

/// Where a grant comes from, and so where it is renewed and given up: at the same provider for the
/// same client, whatever the settings say later.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) token: Option<Url>,
    pub(crate) revoke: Option<Url>,
    pub(crate) client: Option<String>,
    /// The field of an answer that holds the secret.
    pub(crate) field: String,
}

impl Grant {
    /// Reads a token endpoint's answer.
    pub(crate) fn read(body: &[u8], origin: Origin) -> Option<Self> {
        let answer: Value = serde_json::from_slice(body).ok()?;
        let secret = |name: &str| Secret::new(answer.get(name)?.as_str()?.to_owned()).ok();
        let time = |name: &str| answer.get(name).and_then(seconds);
        let field = &origin.field;
        Some(Self {
            secret: secret(field)?,
            // A secret called `api_key` has its time in `api_key_expires_in`, as Poe documents.
            expires_in: time(&format!("{field}_expires_in")).or_else(|| time("expires_in")),
            refresh: secret("refresh_token"),
            id_token: secret("id_token"),
            origin,
        })
    }

    /// Checks the id token, where the issuer is known and one was given.
    pub(super) fn check(
        &self,
        issuer: Option<&str>,
        client: Option<&str>,
        nonce: Option<&str>,
        now: SystemTime,
    ) -> Result<(), SignInError> {
        match (issuer, client, &self.id_token) {
            (Some(issuer), Some(client), Some(token)) => {
                id_token::check(token.expose(), issuer, client, nonce, now)
            }
            _ => Ok(()),
        }
    }

    /// The text to keep in the vault, with all that a renewal needs; `now` is the wall clock.
    #[must_use]
    pub fn record(&self, now: SystemTime) -> Secret {
        Record::of_grant(self, now).text()
    }
}

/// Some providers write the number as a text.
pub(super) fn seconds(value: &Value) -> Option<Duration> {
    let whole = value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))?;
    Some(Duration::from_secs(whole))
}

impl fmt::Debug for Grant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Grant")
            .field("expires_in", &self.expires_in)
            .field("renewable", &self.refresh.is_some())
            .finish_non_exhaustive()
    }
}
