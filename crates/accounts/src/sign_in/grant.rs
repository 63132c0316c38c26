//! What a sign-in gave.

use std::time::Duration;

use serde_json::Value;

use crate::secret::Secret;

/// What a sign-in gave; to be kept in the vault under [`crate::Account::record`].
#[derive(Debug)]
pub struct Grant {
    /// The secret that requests carry.
    pub secret: Secret,
    /// How long it lives from now; `None`: until it is revoked, or not said.
    pub expires_in: Option<Duration>,
    /// What gives the next secret, where this one ends; it may be good for one time alone.
    pub refresh: Option<Secret>,
}

impl Grant {
    /// Reads a token endpoint's answer, whose secret is in `field`.
    pub(super) fn read(body: &[u8], field: &str) -> Option<Self> {
        let answer: Value = serde_json::from_slice(body).ok()?;
        let text = |name: &str| Some(answer.get(name)?.as_str()?.to_owned());
        let seconds = |name: &str| answer.get(name).and_then(seconds);
        Some(Self {
            secret: Secret::new(text(field)?).ok()?,
            // A secret called `api_key` has its time in `api_key_expires_in`, as Poe documents.
            expires_in: seconds(&format!("{field}_expires_in")).or_else(|| seconds("expires_in")),
            refresh: text("refresh_token").and_then(|text| Secret::new(text).ok()),
        })
    }
}

/// Some providers write the number as a text.
pub(super) fn seconds(value: &Value) -> Option<Duration> {
    let whole = value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))?;
    Some(Duration::from_secs(whole))
}
