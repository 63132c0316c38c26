//! A trial: one real request, sent from the window itself.

use serde::{Deserialize, Serialize};

/// Parameters of `trial.send`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TrialSend {
    /// The model's name as a client would send it.
    pub model: String,
    /// What is asked.
    pub prompt: String,
}

/// Which trial: the answer of `trial.send`, and the parameters of `trial.get`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TrialChoice {
    /// Its id.
    pub id: String,
}

/// How a trial stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Trial {
    /// What was answered so far, 256 KiB at most.
    pub text: String,
    /// Whether it is over.
    pub done: bool,
    /// Why it failed.
    pub fault: Option<FaultShown>,
    /// Who answers, as `provider/model`.
    pub upstream: Option<String>,
    /// From the sending to the first of the text, in milliseconds.
    pub first_ms: Option<u64>,
}

/// The words that a request's failure may have for its code.
pub const FAULT_CODES: [&str; 22] = [
    "invalid_request",
    "unsupported",
    "context_length_exceeded",
    "invalid_api_key",
    "permission_denied",
    "billing",
    "not_found",
    "method_not_allowed",
    "conflict",
    "request_too_large",
    "unsupported_media_type",
    "misdirected_request",
    "rate_limit_exceeded",
    "insufficient_quota",
    "content_policy",
    "internal_error",
    "overloaded",
    "bad_gateway",
    "truncated",
    "timeout",
    "no_account",
    "stopped",
];

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FaultShown {
    /// A stable word, a `FaultCode`, such as `rate_limit_exceeded`.
    pub code: String,
    /// A sentence in English.
    pub message: String,
}
