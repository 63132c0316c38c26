//! Providers as callers see and add them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::sign_in::Flow;

/// A service that answers for models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Provider {
    /// Its id, for `accounts.add`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whether the settings define or change it.
    pub own: bool,
    /// The wire formats that it speaks.
    pub dialects: Vec<String>,
    /// The address of its first endpoint, or the command of an agent; empty where the gateway answers by itself.
    pub address: String,
    /// How an account of it is made.
    pub sign_in: SignIn,
    /// How a person can sign in there, the usual way first; empty: with a key alone.
    pub flows: Vec<Flow>,
    /// The environment variable that usually holds a key.
    pub key_name: Option<String>,
    /// How many models are known of it; `None` where it was not asked yet.
    pub models: Option<usize>,
    /// The day on which the service closed for good, as `2026-04-17`; `None` where it is open, or
    /// where its endpoint was set.
    pub closed: Option<String>,
    /// What is known of its rules.
    pub terms: Option<Terms>,
    /// How many accounts there are.
    pub accounts: usize,
}

/// How an account of a provider is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SignIn {
    /// It asks for nothing.
    None,
    /// By a key of the provider.
    Key,
}

/// What is known of a provider's rules; the page itself is what binds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Terms {
    /// In a few words.
    pub summary: TermsSummary,
    /// The page that was read.
    pub url: String,
    /// The day on which it was read, as `2026-11-21`.
    pub checked: String,
}

/// A provider's rules in a few words of our own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TermsSummary {
    /// In English.
    pub en: String,
    /// In simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
}

/// Parameters of `providers.add`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProviderAdd {
    /// The new provider's id: lower-case letters, digits and single hyphens.
    pub id: String,
    /// What people call it; otherwise its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The base URL of each wire format that it speaks.
    pub endpoints: BTreeMap<String, String>,
    /// Its models; otherwise it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub models: Option<Vec<String>>,
    /// Whether `http://` and private addresses may be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_private: Option<bool>,
}

/// Parameters of `providers.set`. What is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProviderSet {
    /// The provider's id.
    pub id: String,
    /// The base URL of each wire format, in place of all those in force; none: those that are built in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<BTreeMap<String, String>>,
    /// Whether `http://` and private addresses may be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_private: Option<bool>,
    /// The server at which people sign in with a client of their own; empty: the one that is built in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in_at: Option<String>,
}

/// Parameters of the methods that take one provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProviderChoice {
    /// The provider's id.
    pub id: String,
}

/// A model server that runs on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct LocalServer {
    /// Its provider's id, for `accounts.add`.
    pub provider: String,
    /// What people call it.
    pub name: String,
    /// Where it answered.
    pub address: String,
    /// How many models it lists; `None` where it did not say.
    pub models: Option<usize>,
}
