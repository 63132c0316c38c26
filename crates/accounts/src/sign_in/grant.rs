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

/// Some providers write the number as a text, or with a fraction, which is left out.
pub(super) fn seconds(value: &Value) -> Option<Duration> {
    let text = || value.as_str();
    let whole = value.as_u64().or_else(|| text()?.parse().ok());
    let fraction = || {
        let number = value.as_f64().or_else(|| text()?.parse().ok())?;
        Some(Duration::try_from_secs_f64(number).ok()?.as_secs())
    };
    whole.or_else(fraction).map(Duration::from_secs)
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_is_read_in_each_way_that_providers_write_it() {
        for good in [json!(3600), json!("3600"), json!(3600.0), json!("3600.9")] {
            assert_eq!(seconds(&good).unwrap().as_secs(), 3600, "{good}");
        }
        for odd in [
            json!(null),
            json!(-5),
            json!("soon"),
            json!("NaN"),
            json!(1e300),
            json!([]),
        ] {
            assert_eq!(seconds(&odd), None, "{odd}");
        }
    }
}
