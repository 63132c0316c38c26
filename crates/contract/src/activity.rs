//! The requests that are over, as the window lists them.

use serde::{Deserialize, Serialize};

use crate::status::Outcome;
use crate::trial::FaultShown;

/// Parameters of `activity.list`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ActivityChoice {
    /// How many at most; 50 where none is given, never more than 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// The id of a request: those that ended before it are listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Whether only those are listed that failed or broke off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_only: Option<bool>,
    /// A part of a model, provider, account, client, key, listener, failure or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

/// A page of the activity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ActivityPage {
    /// The requests, the one that ended last first.
    pub rows: Vec<ActivityRow>,
    /// Whether there are more behind them.
    pub more: bool,
}

/// One request that is over. It holds counts and names, never what was asked or answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ActivityRow {
    /// Its `x-request-id`.
    pub id: String,
    /// When it began, as RFC 3339 in UTC.
    pub began: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// From its beginning until the upstream that answered began to, in milliseconds.
    pub first_byte_ms: Option<u64>,
    /// The listener that took it.
    pub instance: String,
    /// The name of the client's key.
    pub key: Option<String>,
    /// What the client calls itself, in short, such as `claude-cli/2.1`.
    pub client: Option<String>,
    /// The wire format that the client spoke.
    pub dialect: String,
    /// What was asked for: `chat`, `models` and so on.
    pub operation: String,
    /// The model as the client named it.
    pub model: Option<String>,
    /// Who was asked last.
    pub answered_by: Option<AnsweredBy>,
    /// Whether the answer was streamed.
    pub streamed: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it failed.
    pub fault: Option<FaultShown>,
    /// Token counts as the provider reported them.
    pub usage: Option<TokenCounts>,
}

/// Who answered a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AnsweredBy {
    /// The provider's id.
    pub provider: String,
    /// The account's id; none for the built-in demo.
    pub account: Option<String>,
    /// The model as the provider calls it.
    pub model: String,
}

/// Tokens, as the provider counted them; `None` where it said nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TokenCounts {
    /// All that were read, cached ones included.
    pub input: Option<u64>,
    /// All that were written, reasoning included.
    pub output: Option<u64>,
    /// Those of `input` that came from a cache.
    pub cached: Option<u64>,
    /// Those of `output` that were reasoning.
    pub reasoning: Option<u64>,
}

/// Parameters of `activity.get`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ActivityId {
    /// The request's id.
    pub id: String,
}

/// One request with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ActivityDetail {
    /// The request itself.
    #[serde(flatten)]
    pub row: ActivityRow,
    /// Every try at an upstream, in order.
    pub attempts: Vec<ActivityAttempt>,
    /// What a translation could not carry over, such as `temperature=dropped`.
    pub losses: Vec<String>,
}

/// One try at an upstream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ActivityAttempt {
    /// The provider's id.
    pub provider: String,
    /// The account's id; none for the built-in demo.
    pub account: Option<String>,
    /// The model as the provider calls it.
    pub model: String,
    /// The wire format in which it was spoken to.
    pub dialect: String,
    /// The upstream's HTTP status.
    pub status: Option<u16>,
    /// From the beginning of the try until the upstream began to answer, in milliseconds.
    pub first_byte_ms: Option<u64>,
    /// Why it failed.
    pub fault: Option<FaultShown>,
}
