//! Models as clients can ask for them.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// A model that clients can ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Model {
    /// The name to ask for.
    pub id: String,
    /// The id of the provider that answers.
    pub provider: String,
    /// The account that it is asked with; none for the built-in demo and for routes.
    pub account: Option<String>,
}

/// Parameters of `models.list`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ModelsChoice {
    /// The listener whose models are asked for; otherwise all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// What asking a provider for its models gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Refreshed {
    /// The account that was asked with.
    pub account: String,
    /// How many models the provider lists; `None` where it did not answer.
    pub models: Option<usize>,
    /// Why it did not answer.
    pub fault: Option<ApiError>,
}
