//! What a sign-in gave.

use std::fmt;
use std::time::{Duration, SystemTime};

use catalog::{Flow, FlowQuirk, UserQuestion};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use zeroize::Zeroize as _;

use super::{Http, SignInError, id_token, user};
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
    /// What the exchange gave, where another secret is asked for with it.
    pub(crate) access: Option<Secret>,
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
    pub(crate) beside: Option<Beside>,
}

/// What a renewal needs beside what the standards say.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Beside {
    client_secret: Option<String>,
    pub(crate) user: Option<UserQuestion>,
    quirks: Vec<FlowQuirk>,
    /// How long before its end the secret is renewed, in hours.
    ahead: Option<u64>,
}

impl Beside {
    /// What the flow says; `None` where it keeps to the standards.
    pub(super) fn of(flow: &Flow, client_secret: Option<&Secret>) -> Option<Self> {
        let beside = Self {
            client_secret: client_secret.map(|secret| secret.expose().to_owned()),
            user: flow.user.clone(),
            quirks: flow.quirks.clone(),
            ahead: flow.ahead,
        };
        let is_something = beside.client_secret.is_some()
            || beside.user.is_some()
            || !beside.quirks.is_empty()
            || beside.ahead.is_some();
        is_something.then_some(beside)
    }

    pub(crate) fn client_secret(&self) -> Option<&str> {
        self.client_secret.as_deref()
    }

    pub(crate) fn has(&self, quirk: FlowQuirk) -> bool {
        self.quirks.contains(&quirk)
    }

    pub(crate) fn ahead(&self) -> Option<Duration> {
        Some(Duration::from_secs(self.ahead?.saturating_mul(3600)))
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.client_secret.zeroize();
    }
}

impl fmt::Debug for Beside {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Beside").finish_non_exhaustive()
    }
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
            access: None,
            origin,
        })
    }

    /// Holds back what the exchange gave, which no request carries: the secret until now stays, till the
    /// next one was asked for.
    pub(crate) fn holding_back(mut self, until_now: Secret) -> Self {
        self.access = Some(std::mem::replace(&mut self.secret, until_now));
        self
    }

    /// Asks for the secret that requests carry. Where it is not to be had now, the one until now stays.
    pub(crate) async fn completed(mut self, http: &dyn Http) -> Self {
        let beside = self.origin.beside.as_ref();
        let user = beside.and_then(|beside| beside.user.as_ref());
        if let (Some(user), Some(access)) = (user, &self.access) {
            match user::ask(user, access, http).await {
                Ok(secret) => self.secret = secret,
                Err(error) => tracing::warn!(%error, "the key was not asked for anew"),
            }
        }
        self
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
