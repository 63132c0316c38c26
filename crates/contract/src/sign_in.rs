//! Signing in at a provider, in the person's own browser: begun, watched, answered, given up.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::secret::SecretText;

/// Parameters of `sign_in.start`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SignInStart {
    /// The provider's id.
    pub provider: String,
    /// How; otherwise by the first of the provider's flows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<FlowKind>,
    /// The account's name, in kebab-case. An account of this name that was signed in before is
    /// signed in anew. Without a name, so is the first of the provider's accounts whose sign-in has
    /// run out; otherwise the name is made from the provider's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The client id to use; it is kept in the settings once the sign-in is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// A file that holds the secret of that client, where the provider wants one; its path is kept in
    /// the settings once the sign-in is done, and the secret is sealed with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_file: Option<String>,
    /// The address of an `OpenID` Connect issuer; it is kept in the settings once the sign-in is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// Which sign-in: parameters of `sign_in.get` and `sign_in.cancel`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SignInChoice {
    /// Its id.
    pub id: String,
}

/// Parameters of `sign_in.answer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SignInAnswer {
    /// The sign-in's id.
    pub id: String,
    /// What the browser shows in the end: the code, or the whole address that it was led to.
    pub answer: SecretText,
}

/// A sign-in, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SignInTurn {
    /// Its id.
    pub id: String,
    /// The provider's id.
    pub provider: String,
    /// How it goes.
    pub flow: FlowKind,
    /// The address that whoever asked opens in the system's browser.
    pub address: String,
    /// What to type there, where the provider asks for it.
    pub code: Option<String>,
    /// Whether `sign_in.answer` is taken.
    pub paste: bool,
    /// How much time is left, in seconds.
    pub seconds: u64,
    /// How it stands.
    pub state: SignInState,
}

/// How a sign-in stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum SignInState {
    /// The person has not answered yet.
    Waiting,
    /// The answer is there and is exchanged for the secret.
    Exchanging,
    /// The account has its secret.
    Done {
        /// The account's id.
        account: String,
    },
    /// It came to nothing.
    Failed {
        /// Why.
        error: ApiError,
    },
}

/// How a person signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FlowKind {
    /// A browser on this machine brings the answer back by itself.
    Browser,
    /// A browser anywhere, where the person confirms a code.
    Device,
}

/// A way of signing in that a provider offers to programs like this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Flow {
    /// How.
    pub kind: FlowKind,
    /// Whether a client id is needed, which somebody has to register at the provider.
    pub client: ClientNeed,
    /// Whether a file with that client's secret is needed.
    pub client_secret: ClientNeed,
    /// Whether the address of an issuer is missing.
    pub issuer_needed: bool,
}

/// Whether something of a client of the user's own is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ClientNeed {
    /// The provider asks for none.
    None,
    /// It is set.
    Set,
    /// It is needed and not set.
    Missing,
}
