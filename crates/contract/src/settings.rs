//! The settings as the window shows and changes them.

use serde::{Deserialize, Deserializer, Serialize};

/// The settings that a window shows, as they are in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Settings {
    /// The language of window, tray and pages, such as `zh-CN`; none: the system's.
    pub language: Option<String>,
    /// The colours of the window.
    pub theme: Theme,
    /// Where `claude-*` names that nobody offers go; empty: they are refused.
    pub default_model: String,
    /// The host of the first listener.
    pub host: String,
    /// The port of the first listener; 0 takes a free one.
    pub port: u16,
    /// Whether clients need a key.
    pub require_key: bool,
    /// Web origins that may call.
    pub allowed_origins: Vec<String>,
    /// How providers are reached that have no proxy of their own.
    pub proxy: Proxy,
    /// For how many days requests stay in the activity; 0: none is stored.
    pub retention_days: u32,
    /// Whether the desktop tells when an account has to be signed in again.
    pub notify_sign_in: bool,
    /// Whether the desktop tells when another account took over.
    pub notify_failover: bool,
    /// Whether the desktop looks for a newer version once a day, where its build has an address
    /// for that.
    pub check_updates: bool,
    /// The path of the settings' file.
    pub path: String,
}

/// The colours of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

/// How providers are reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Proxy {
    /// What decides.
    pub mode: ProxyMode,
    /// The proxy's address, of `manual`.
    #[serde(default)]
    pub url: Option<String>,
}

/// What decides how providers are reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProxyMode {
    /// The operating system.
    #[default]
    System,
    /// `HTTPS_PROXY` and its like.
    Environment,
    /// The address in the settings.
    Manual,
    /// Nothing: no proxy is used.
    Direct,
}

/// The way out to providers that have no proxy of their own, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ProxyInForce {
    /// What the settings say decides.
    pub mode: ProxyMode,
    /// Where the proxy comes from.
    pub source: ProxySource,
    /// The proxy's address, without user name and password; null: providers are reached directly.
    pub address: Option<String>,
    /// The system names a script (PAC) that would decide. It is not run: providers are reached
    /// directly.
    pub script: bool,
}

/// Where the proxy that is in force comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProxySource {
    /// The operating system's settings.
    System,
    /// An environment variable.
    Environment,
    /// These settings.
    Manual,
    /// There is none.
    Direct,
}

/// Parameters of `settings.change`: what is given is changed, all else stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    /// The language; null: the system's.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "typescript", ts(optional, type = "string | null"))]
    pub language: Option<Option<String>>,
    /// The colours of the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
    /// Where `claude-*` names that nobody offers go; empty: they are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_model: Option<String>,
    /// The host of the first listener.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The port of the first listener.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Whether clients need a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_key: Option<bool>,
    /// Web origins that may call, in place of those there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_origins: Option<Vec<String>>,
    /// How providers are reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Proxy>,
    /// For how many days requests stay in the activity; 0: none is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
    /// Whether the desktop tells when an account has to be signed in again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify_sign_in: Option<bool>,
    /// Whether the desktop tells when another account took over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify_failover: Option<bool>,
    /// Whether the desktop looks for a newer version once a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_updates: Option<bool>,
}

/// Tells null from what is left out.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::SettingsChange;

    #[test]
    fn null_is_told_from_what_is_left_out() {
        let read = |text: &str| serde_json::from_str::<SettingsChange>(text).unwrap();
        assert_eq!(read("{}").language, None);
        assert_eq!(read(r#"{"language":null}"#).language, Some(None));
        let chinese = read(r#"{"language":"zh-CN"}"#);
        assert_eq!(chinese.language, Some(Some("zh-CN".to_owned())));
        for change in [read(r#"{"language":null}"#), chinese, read(r#"{"port":1}"#)] {
            let text = serde_json::to_string(&change).unwrap();
            assert_eq!(read(&text), change);
        }
        assert!(serde_json::from_str::<SettingsChange>(r#"{"prot":1}"#).is_err());
    }
}
