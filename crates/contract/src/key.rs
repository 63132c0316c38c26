//! The keys that clients present, as callers see and create them.

use serde::{Deserialize, Serialize};

use crate::secret::SecretText;

/// A client key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Key {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub origin: KeyOrigin,
    /// When it was created, in seconds since 1970; not known of one from the environment.
    pub created: Option<u64>,
    /// The models that it may ask for: names, or patterns with `*`.
    pub models: Vec<String>,
    /// Requests in a minute; 0: no limit.
    pub requests_per_minute: u32,
    /// Tokens in a minute, read and written; 0: no limit.
    pub tokens_per_minute: u32,
    /// Requests to models that are under way at once; 0: no limit.
    pub concurrency: u32,
    /// Requests to models in a day, which begins at midnight UTC; 0: no limit.
    pub requests_per_day: u32,
    /// Tokens in such a day, read and written; 0: no limit.
    pub tokens_per_day: u32,
    /// Whether it may bring a provider's own key for a request, in `x-openai-key`.
    pub provider_key: bool,
    /// Whether it can be shown again.
    pub shown_again: bool,
}

/// Where a client key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeyOrigin {
    /// It was created here, and its hash is kept.
    Created,
    /// The environment gives it to each start.
    Environment,
    /// The settings name it, but it was never created, so nothing can present it.
    Missing,
}

/// Parameters of `keys.create`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyCreate {
    /// The new key's name.
    pub name: String,
    /// A text of one's own; otherwise a random one is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<SecretText>,
}

/// Parameters of `keys.limit`: what is given is changed, all else stays; 0 takes a limit away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyLimit {
    /// The key's name.
    pub name: String,
    /// Requests in a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_minute: Option<u32>,
    /// Tokens in a minute, read and written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_per_minute: Option<u32>,
    /// Requests to models that are under way at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
    /// Requests to models in a day, which begins at midnight UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_day: Option<u32>,
    /// Tokens in such a day, read and written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_per_day: Option<u32>,
    /// Whether it may bring a provider's own key for a request, in `x-openai-key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_key: Option<bool>,
}

/// Parameters of the methods that take one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyChoice {
    /// The key's name.
    pub name: String,
}

/// A client key with its secret; the answer of `keys.create` and `keys.reveal` alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct KeyShown {
    /// The key's name.
    pub name: String,
    /// What clients present.
    pub value: SecretText,
}
