//! Named listeners, as callers see, make and change them.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// A named listener of its own port, keys and default model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Instance {
    /// Its name; `default` for the one of `[listen]`.
    pub name: String,
    /// Whether it is the one of `[listen]`, which opens and closes with the whole.
    pub first: bool,
    /// The host that it listens on, which is that of `[listen]`.
    pub host: String,
    /// Its port as the settings name it; 0 takes a free one.
    pub port: u16,
    /// The names of the client keys that it takes; none: all.
    pub keys: Vec<String>,
    /// Its own default model; empty: that of the whole.
    pub default_model: String,
    /// How it stands.
    pub state: InstanceState,
    /// The addresses that accept connections now, such as `127.0.0.1:28001`.
    pub addresses: Vec<String>,
    /// Why it does not listen, of one that should.
    pub fault: Option<ApiError>,
}

/// How a named listener stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum InstanceState {
    /// It takes requests.
    Listening,
    /// It should listen, and cannot.
    Failed,
    /// It is started, and listens as soon as the whole does.
    Waiting,
    /// It was stopped, and stays so until it is started.
    Stopped,
}

/// Parameters of `instances.add`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InstanceAdd {
    /// Its name: lower-case letters, digits and single hyphens.
    pub name: String,
    /// Its port; 0 takes a free one.
    pub port: u16,
    /// The names of the client keys that it takes; none: all.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Its own default model; empty: that of the whole.
    #[serde(default)]
    pub default_model: String,
}

/// Parameters of `instances.change`: what is given is changed, all else stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InstanceChange {
    /// The name that it has.
    pub name: String,
    /// The name that it gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_name: Option<String>,
    /// Its port; 0 takes a free one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The names of the client keys that it takes; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<String>>,
    /// Its own default model; empty: that of the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_model: Option<String>,
}

/// Parameters of the methods that take one named listener.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InstanceChoice {
    /// Its name.
    pub name: String,
}
