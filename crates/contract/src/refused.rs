//! What is said to a web page that was refused.

use serde::{Deserialize, Serialize};

/// Parameters of `refused.allow`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OriginChoice {
    /// The page's web origin, such as `https://example.com`.
    pub origin: String,
}
