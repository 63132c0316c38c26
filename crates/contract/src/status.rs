//! The state of the whole: listeners, settings, vault, load.

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::error::ApiError;
use crate::reason::Reason;
use crate::settings::ProxyInForce;

/// The state of the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Status {
    /// This program's version.
    pub version: String,
    /// Whether a server is running and takes requests; `false` where a command opened the files
    /// itself.
    pub serving: bool,
    /// Whether a server was told to stop and lets the requests under way end; `load` counts them.
    pub stopping: bool,
    /// When the server started, in seconds since 1970.
    pub since: u64,
    /// The listeners, in the order of the settings.
    pub listeners: Vec<Listener>,
    /// The settings' file.
    pub settings: SettingsStatus,
    /// Where secrets are kept.
    pub vault: VaultStatus,
    /// The way out to providers.
    pub proxy: ProxyInForce,
    /// How many accounts there are.
    pub accounts: usize,
    /// Those of the accounts that are not ready.
    pub unready: Vec<Account>,
    /// How many client keys can be presented.
    pub keys: usize,
    /// Model servers that run on this machine and have no account yet.
    pub offered: Vec<Offered>,
    /// Programs and web sites that were refused for want of a key or of permission.
    pub refused: Vec<Refused>,
    /// What the data plane does.
    pub load: Load,
    /// How the requests since the start ended.
    pub outcomes: Outcomes,
    /// The last requests, the newest first, 100 at most.
    pub recent: Vec<Recent>,
}

/// A named listener.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Listener {
    /// Its name; `default` for the one of `[listen]`.
    pub instance: String,
    /// The host as the settings name it.
    pub host: String,
    /// The port as the settings name it; 0 takes a free one.
    pub port: u16,
    /// The addresses that accept connections now, such as `127.0.0.1:28000`.
    pub addresses: Vec<String>,
    /// Why it does not listen.
    pub fault: Option<ApiError>,
}

/// The settings' file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SettingsStatus {
    /// Its path.
    pub file: String,
    /// What is wrong with it; the last good settings are in force then.
    pub fault: Option<ApiError>,
    /// What was passed over.
    pub warnings: Vec<Warning>,
}

/// Something in the settings that was passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Warning {
    /// The line in the settings' file, from 1.
    pub line: usize,
    /// The key, such as `account[0].provider`.
    pub key: String,
    /// What about it.
    pub reason: Reason,
}

/// Where secrets are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct VaultStatus {
    /// Whether it can be used.
    pub state: VaultState,
    /// Why not.
    pub reason: Option<Reason>,
}

/// Whether the vault can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum VaultState {
    /// Secrets can be read and stored.
    Ready,
    /// Its file was replaced by an earlier one: it is read, but not written.
    Older,
    /// Its file was changed by something else; what still opens is used.
    Damaged,
    /// Its key cannot be had now.
    Locked,
    /// Nothing can be stored here.
    Unavailable,
}

/// A model server that runs on this machine and has no account yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Offered {
    /// Its provider's id, for `accounts.add`.
    pub provider: String,
    /// What people call it.
    pub name: String,
    /// Where it answered.
    pub address: String,
}

/// A program or web site that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Refused {
    /// The web origin, of a page in a browser.
    pub origin: Option<String>,
    /// What the program calls itself.
    pub agent: Option<String>,
    /// How often.
    pub count: u64,
    /// When last, in seconds since 1970.
    pub last: u64,
}

/// What the data plane does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Load {
    /// Requests answered since the start.
    pub served: u64,
    /// Requests that failed since the start.
    pub failed: u64,
    /// Requests under way.
    pub under_way: usize,
    /// Requests that are missing in the activity, since they came faster than it could be written.
    #[serde(default)]
    pub unrecorded: u64,
}

/// How the requests since the start ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Outcomes {
    /// The client got a whole answer.
    pub completed: u64,
    /// The client got an error.
    pub failed: u64,
    /// The client left first.
    pub cancelled: u64,
    /// The answer broke off.
    pub truncated: u64,
}

/// One request that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Recent {
    /// Its `x-request-id`.
    pub id: String,
    /// When it began, in seconds since 1970.
    pub began: u64,
    /// How long it took, in milliseconds.
    pub took: u64,
    /// The listener that took it.
    pub instance: String,
    /// The name of the client's key.
    pub key: Option<String>,
    /// The model as the client named it.
    pub model: Option<String>,
    /// Who answered last, as `provider/model`.
    pub upstream: Option<String>,
    /// How many upstreams were tried.
    pub attempts: usize,
    /// How it ended.
    pub outcome: Outcome,
    /// The stable word for why it failed, such as `rate_limited`.
    pub fault: Option<String>,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The client got a whole answer.
    Completed,
    /// The client got an error.
    Failed,
    /// The client left first.
    Cancelled,
    /// The answer broke off.
    Truncated,
}

/// The answer of `settings.reload`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Reloaded {
    /// What was passed over in the settings now in force.
    pub warnings: Vec<Warning>,
}
