//! Public model names, their targets, and why a name leads where it does.

use serde::{Deserialize, Serialize};

use crate::reason::Reason;

/// A public model name or pattern, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Route {
    /// A model name, in which `*` stands for any characters.
    #[serde(rename = "match")]
    pub pattern: String,
    /// The targets, each `provider/model`, in order.
    pub targets: Vec<String>,
    /// Which target goes first: `priority`, `round-robin`, `weighted` or `least-busy`.
    pub strategy: String,
}

/// Parameters of `routes.explain`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RouteQuestion {
    /// The model's name as a client would send it.
    pub model: String,
    /// The client's wire format; `openai-chat` where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<String>,
    /// The listener that would be asked; `default` where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// Where a request for a model would go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// The model that was asked about.
    pub model: String,
    /// What the name was found by.
    pub found_by: FoundBy,
    /// Who would be asked, in order.
    pub candidates: Vec<Candidate>,
    /// The default model that takes such a name where nobody offers it; only for `claude-*`.
    pub default_model: Option<String>,
    /// Similar names, where there are no candidates.
    pub nearest: Vec<String>,
}

/// What a model's name was found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FoundBy {
    /// A route of the settings.
    Route,
    /// The exact id of a model of an account.
    Model,
    /// `provider/model`.
    Provider,
    /// The default model for `claude-*`.
    Default,
    /// The built-in demo.
    Demo,
    /// Nothing.
    Nothing,
}

/// One upstream that would be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Candidate {
    /// The account; none for the built-in demo.
    pub account: Option<String>,
    /// Its provider.
    pub provider: String,
    /// The model as the provider calls it.
    pub model: String,
    /// The wire format in which it would be spoken to.
    pub dialect: String,
    /// Whether that is the client's own, so that nothing is translated.
    pub native: bool,
    /// How it would be spoken to.
    pub reason: Reason,
}
