//! The web admin: whether a password guards it, and the link that sets one.

use serde::{Deserialize, Serialize};

use crate::secret::SecretText;

/// How a browser stands with the web admin: the answer of `GET /admin/api/session` and of the
/// sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AdminSession {
    /// Where the password comes from.
    pub password: AdminPassword,
    /// Whether somebody is signed in.
    pub signed_in: bool,
    /// What each call repeats in `x-portolan-csrf`; of a cookie's session.
    pub csrf: Option<String>,
    /// For how many seconds dangerous acts need no password.
    pub fresh: u64,
    /// The token to be sent as `Authorization: Bearer`, where one was asked for.
    pub token: Option<SecretText>,
}

/// How the web admin stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Admin {
    /// Where its password comes from.
    pub password: AdminPassword,
}

/// Where the web admin's password comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AdminPassword {
    /// There is none, so nobody can sign in.
    None,
    /// It was set here; its hash is kept.
    Set,
    /// `PORTOLAN_ADMIN_PASSWORD` gives it to each start.
    Environment,
}

/// The answer of `admin.bootstrap`: whoever opens the link sets the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AdminLink {
    /// The link, with its token; it works once.
    pub address: SecretText,
    /// For how many seconds it works.
    pub seconds: u64,
    /// Whether somebody listens there now.
    pub listening: bool,
}
