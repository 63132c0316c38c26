//! A manifest as it is written, before it is checked.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::value::Datetime;

use crate::agent::AgentSetting;
use crate::auth::AuthSetting;
use crate::flow::RawFlows;
use crate::rule::Rule;
use crate::terms::SignIn;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawManifest {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) website: Option<String>,
    #[serde(default)]
    pub(crate) local: bool,
    #[serde(default)]
    pub(crate) allow_private: bool,
    pub(crate) builtin: Option<String>,
    pub(crate) probe: Option<String>,
    #[serde(default)]
    pub(crate) list_models: bool,
    #[serde(default)]
    pub(crate) quirks: Vec<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) agent: Option<AgentSetting>,
    pub(crate) closed: Option<Datetime>,
    pub(crate) pictures_by: Option<String>,
    #[serde(default, rename = "rule")]
    pub(crate) rules: Vec<Rule>,
    pub(crate) auth: Option<AuthSetting>,
    pub(crate) key: Option<RawKey>,
    #[serde(default)]
    pub(crate) endpoints: BTreeMap<String, RawEndpoint>,
    #[serde(default, rename = "model")]
    pub(crate) models: Vec<RawModel>,
    pub(crate) terms: Option<RawTerms>,
    pub(crate) sign_in: Option<RawFlows>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawKey {
    pub(crate) env: Vec<String>,
    pub(crate) page: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawEndpoint {
    pub(crate) base_url: String,
    #[serde(default)]
    pub(crate) operations: Vec<String>,
    #[serde(default)]
    pub(crate) versions: Vec<String>,
    #[serde(default)]
    pub(crate) forward_version: bool,
    pub(crate) auth: Option<AuthSetting>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawModel {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) limits: Option<RawLimits>,
    #[serde(default)]
    pub(crate) abilities: RawAbilities,
    pub(crate) price: Option<RawPrice>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawLimits {
    pub(crate) context: Option<u64>,
    pub(crate) output: Option<u64>,
    pub(crate) images: Option<u64>,
    pub(crate) source: String,
    pub(crate) date: Datetime,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawAbilities {
    pub(crate) tools: Option<bool>,
    pub(crate) images: Option<bool>,
    pub(crate) documents: Option<bool>,
    pub(crate) reasoning: Option<bool>,
    pub(crate) structured_output: Option<bool>,
    pub(crate) sampling: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPrice {
    pub(crate) input: Option<f64>,
    pub(crate) cached_read: Option<f64>,
    pub(crate) cache_write: Option<f64>,
    pub(crate) output: Option<f64>,
    pub(crate) source: String,
    pub(crate) date: Datetime,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTerms {
    pub(crate) en: String,
    #[serde(rename = "zh-CN")]
    pub(crate) zh_cn: String,
    pub(crate) url: String,
    pub(crate) checked: Datetime,
    pub(crate) sign_in: SignIn,
}
