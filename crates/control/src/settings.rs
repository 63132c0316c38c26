//! What `config.toml` says, as typed values.

mod check;
mod edit;
mod edit_instance;
mod known;
mod read;
mod shape;
mod target;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use catalog::UserProvider;
use contract::Theme;
use gateway::{OnLoss, Strategy};
use serde::{Deserialize, Deserializer};

pub(crate) use check::{
    is_host, is_key_name, is_loopback, is_variable_name, unknown_provider, warnings,
};
pub(crate) use edit::{
    NotATable, NotTables, add_account, add_provider, remove_account, remove_key, remove_provider,
    set, set_limits, set_of_provider, set_provider, unset,
};
pub(crate) use edit_instance::{add_instance, change_instance, enable_instance, remove_instance};
pub(crate) use read::{Read, read};
pub(crate) use target::Target;

/// The version of the settings that this program writes; it reads none that is newer.
pub(crate) const VERSION: u32 = 1;

/// The name of the listener of `[listen]`.
pub(crate) const DEFAULT_INSTANCE: &str = "default";

/// All settings; what the file leaves out has its default.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// The version of the settings' form.
    pub(crate) version: u32,
    /// Where `claude-*` names that nobody offers go; empty: they are refused.
    pub(crate) default_model: String,
    /// The first listener.
    pub(crate) listen: Listen,
    /// Providers of one's own, and changes to built-in ones, by id.
    pub(crate) provider: BTreeMap<String, UserProvider>,
    /// Accounts, in the order in which they are asked.
    pub(crate) account: Vec<AccountSetting>,
    /// Public model names and patterns.
    pub(crate) route: Vec<RouteSetting>,
    /// Further listeners.
    pub(crate) instance: Vec<InstanceSetting>,
    /// Limits of client keys, by the keys' names.
    pub(crate) key: Vec<KeySetting>,
    /// How providers are reached.
    pub(crate) proxy: ProxySetting,
    /// How requests are translated.
    pub(crate) translation: Translation,
    /// Which pictures are fetched for providers that fetch none.
    pub(crate) images: ImagesSetting,
    /// What is remembered of requests.
    pub(crate) activity: ActivitySetting,
    /// The window and what it tells.
    pub(crate) desktop: DesktopSetting,
}

impl Settings {
    /// The default model of a listener, if it has one.
    pub(crate) fn default_model(&self, instance: &str) -> Option<&str> {
        let own = self.instance.iter().find(|one| one.name == instance);
        let own = own.map(|one| one.default_model.as_str());
        let all = [own.unwrap_or_default(), &self.default_model];
        all.into_iter().find(|model| !model.is_empty())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: VERSION,
            default_model: String::new(),
            listen: Listen::default(),
            provider: BTreeMap::new(),
            account: Vec::new(),
            route: Vec::new(),
            instance: Vec::new(),
            key: Vec::new(),
            proxy: ProxySetting::default(),
            translation: Translation::default(),
            images: ImagesSetting::default(),
            activity: ActivitySetting::default(),
            desktop: DesktopSetting::default(),
        }
    }
}

/// `[listen]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Listen {
    /// `localhost`, which is both loopback addresses, or an IP address.
    pub(crate) host: String,
    /// The port; 0 takes a free one.
    pub(crate) port: u16,
    /// Whether clients need a key; `false` is possible on loopback only.
    pub(crate) require_key: bool,
    /// Web origins that may call, or `null`.
    pub(crate) allowed_origins: Vec<String>,
    /// Host names, beside the loopback ones, under which clients may address this gateway.
    pub(crate) allowed_hosts: Vec<String>,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            host: "localhost".to_owned(),
            port: 28000,
            require_key: true,
            allowed_origins: Vec::new(),
            allowed_hosts: Vec::new(),
        }
    }
}

/// `[[account]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountSetting {
    /// The provider's id.
    pub(crate) provider: String,
    /// Its stable name; otherwise made from the provider's id.
    pub(crate) id: Option<String>,
    /// What people call it; otherwise its id.
    pub(crate) name: Option<String>,
    /// The environment variable that holds its key.
    pub(crate) key_env: Option<String>,
    /// The file that holds its key; a relative path starts at the settings' folder.
    pub(crate) key_file: Option<PathBuf>,
    /// Whether its secret comes from a sign-in at the provider.
    #[serde(default)]
    pub(crate) sign_in: bool,
}

impl AccountSetting {
    /// Whether its secret comes from a sign-in and from nowhere else.
    pub(crate) fn is_signed_in(&self) -> bool {
        self.sign_in && self.key_env.is_none() && self.key_file.is_none()
    }
}

/// `[[route]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RouteSetting {
    /// A model name, in which `*` stands for any characters.
    #[serde(rename = "match")]
    pub(crate) pattern: String,
    /// The targets, in order.
    pub(crate) targets: Vec<Target>,
    /// Which target goes first.
    #[serde(default, deserialize_with = "strategy")]
    pub(crate) strategy: Strategy,
    /// Whether reasoning keeps its own field in the answers; `None`: as the key or the default has it.
    #[serde(default)]
    pub(crate) preserve_reasoning_content: Option<bool>,
    /// How an agent works for it.
    #[serde(default)]
    pub(crate) agent: RouteAgent,
}

/// `agent` of a route: what is not there is as the agent itself has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RouteAgent {
    /// Where it works.
    pub(crate) folder: Option<PathBuf>,
    /// The kinds of tools that it may use.
    pub(crate) tools: Option<Vec<String>>,
}

/// `[[instance]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InstanceSetting {
    /// The listener's name, in kebab-case.
    pub(crate) name: String,
    /// Its port, on the host of `[listen]`; 0 takes a free one.
    pub(crate) port: u16,
    /// The names of the keys that it takes; none: all.
    #[serde(default)]
    pub(crate) keys: Vec<String>,
    /// Its own default model; empty: that of the whole.
    #[serde(default)]
    pub(crate) default_model: String,
    /// Whether it is opened; `false` of one that was stopped.
    #[serde(default = "yes")]
    pub(crate) enabled: bool,
}

/// `[[key]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeySetting {
    /// The key's name.
    pub(crate) name: String,
    /// The models that it may ask for: names, or patterns with `*`.
    #[serde(default = "every_model")]
    pub(crate) models: Vec<String>,
    /// Requests in a minute; 0: no limit.
    #[serde(default)]
    pub(crate) requests_per_minute: u32,
    /// Tokens in a minute, read and written; 0: no limit.
    #[serde(default)]
    pub(crate) tokens_per_minute: u32,
    /// Requests to models that are under way at once; 0: no limit.
    #[serde(default)]
    pub(crate) concurrency: u32,
    /// Requests to models in a day, which begins at midnight UTC; 0: no limit.
    #[serde(default)]
    pub(crate) requests_per_day: u32,
    /// Tokens in such a day, read and written; 0: no limit.
    #[serde(default)]
    pub(crate) tokens_per_day: u32,
    /// Whether reasoning keeps its own field in the answers; `None`: as the route or the default has it.
    #[serde(default)]
    pub(crate) preserve_reasoning_content: Option<bool>,
    /// Whether it may bring a provider's own key for a request.
    #[serde(default)]
    pub(crate) provider_key: bool,
}

/// `[proxy]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ProxySetting {
    /// How providers are reached that have no proxy of their own.
    pub(crate) mode: ProxyMode,
    /// The proxy's address, of [`ProxyMode::Manual`].
    pub(crate) url: Option<String>,
}

/// How providers are reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ProxyMode {
    /// As the operating system says.
    #[default]
    System,
    /// As `HTTPS_PROXY` and its like say.
    Environment,
    /// Through the proxy at `url`.
    Manual,
    /// Without a proxy.
    Direct,
}

/// `[translation]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Translation {
    /// What happens to a request that loses something.
    #[serde(deserialize_with = "on_loss")]
    pub(crate) on_loss: OnLoss,
}

/// `[images]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ImagesSetting {
    /// Whether pictures are fetched by http too.
    pub(crate) allow_http: bool,
    /// IP addresses that are not public and from which pictures are fetched all the same.
    pub(crate) allow_addresses: Vec<String>,
}

/// `[activity]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ActivitySetting {
    /// For how many days requests are kept; 0: none is stored.
    pub(crate) retention_days: u32,
}

impl Default for ActivitySetting {
    fn default() -> Self {
        Self { retention_days: 90 }
    }
}

/// `[desktop]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DesktopSetting {
    /// A language as in `zh-CN`; empty: the system's.
    pub(crate) language: String,
    /// The colours of the window.
    pub(crate) theme: Theme,
    /// Whether it is told that an account has to be signed in again.
    pub(crate) notify_sign_in: bool,
    /// Whether it is told that another account took over.
    pub(crate) notify_failover: bool,
    /// Whether a newer version is looked for once a day.
    pub(crate) check_updates: bool,
}

impl Default for DesktopSetting {
    fn default() -> Self {
        Self {
            language: String::new(),
            theme: Theme::System,
            notify_sign_in: true,
            notify_failover: true,
            check_updates: false,
        }
    }
}

fn yes() -> bool {
    true
}

fn every_model() -> Vec<String> {
    vec!["*".to_owned()]
}

fn strategy<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Strategy, D::Error> {
    let name = String::deserialize(deserializer)?;
    Strategy::from_name(&name).ok_or_else(|| {
        let known: Vec<&str> = Strategy::ALL
            .iter()
            .map(|strategy| strategy.as_str())
            .collect();
        serde::de::Error::custom(format!(
            "unknown strategy \"{name}\"; one of {}",
            known.join(", ")
        ))
    })
}

fn on_loss<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OnLoss, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "report" => Ok(OnLoss::Report),
        "reject" => Ok(OnLoss::Reject),
        other => {
            let message = format!("unknown word \"{other}\"; report or reject");
            Err(serde::de::Error::custom(message))
        }
    }
}
