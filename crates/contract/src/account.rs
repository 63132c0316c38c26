//! Accounts as callers see and add them.

use serde::{Deserialize, Serialize};

use crate::reason::Reason;
use crate::secret::SecretText;

/// An account at a provider, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Account {
    /// Its stable name, such as `openai-2`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The id of its provider.
    pub provider: String,
    /// What people call the provider; its id where it is not known.
    pub provider_name: String,
    /// Where its secret is.
    pub source: Source,
    /// How it stands now.
    pub standing: Standing,
    /// How many requests it serves right now.
    pub in_use: usize,
}

/// Where an account's secret is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Source {
    /// In an environment variable.
    Environment {
        /// The variable's name.
        variable: String,
    },
    /// In a file of its own.
    File {
        /// The file's path.
        path: String,
    },
    /// Sealed in the vault.
    Vault,
    /// Sealed in the vault, from a sign-in at the provider.
    SignIn {
        /// When it runs out and a person has to sign in again, in seconds since 1970; `None`: it
        /// is renewed by itself, or that is not known.
        expires: Option<u64>,
    },
    /// The provider asks for none.
    None,
}

/// How an account stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Standing {
    /// Nothing is known against it.
    Ready,
    /// Better left alone for a while.
    Cooling {
        /// How much longer, in seconds, rounded up.
        seconds: u64,
    },
    /// Its sign-in's secret is over, and renewing it fails for now; it is tried again.
    RenewalFails {
        /// When it failed first, in seconds since 1970.
        since: u64,
        /// Why it failed last.
        reason: Reason,
    },
    /// Its provider refused its key.
    Rejected,
    /// It has no key.
    NoKey {
        /// Why.
        reason: Reason,
    },
    /// Its sign-in ran out or was refused: it has to be signed in again.
    SignedOut {
        /// Why.
        reason: Reason,
    },
    /// No provider has the id that it names.
    UnknownProvider,
}

/// Parameters of `accounts.add`. At most one of `key`, `key_env` and `key_file` is given; none for
/// a provider that asks for no key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountAdd {
    /// The provider's id.
    pub provider: String,
    /// A name of one's own, in kebab-case; otherwise it is made from the provider's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The key itself, for the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<SecretText>,
    /// The environment variable that holds the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_env: Option<String>,
    /// The file that holds the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_file: Option<String>,
}

/// Parameters of `accounts.set_key`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountKey {
    /// The account's id.
    pub id: String,
    /// The new key, for the vault.
    pub key: SecretText,
}

/// Parameters of the methods that take one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountChoice {
    /// The account's id.
    pub id: String,
}

/// What the removal of an account came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AccountRemoved {
    /// The id of the account that is gone.
    pub id: String,
    /// What became of its sign-in at the provider.
    pub sign_in: Revocation,
}

/// What became of a sign-in at its provider, once the account is gone here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Revocation {
    /// There was none: the account had a key, or nothing.
    None,
    /// The provider took it back.
    Revoked,
    /// The provider has no address for that: what it gave stays good until it ends by itself.
    Unsupported,
    /// It was not taken back, and may stay good until it ends by itself.
    Failed {
        /// Why.
        reason: Reason,
    },
}

/// What a provider answered to an account's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AccountTested {
    /// The account's id.
    pub id: String,
    /// How many models the provider lists.
    pub models: usize,
}
