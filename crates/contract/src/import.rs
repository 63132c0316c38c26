//! What other programs left on this machine, shown before it is taken over.

use serde::{Deserialize, Serialize};

use crate::reason::Reason;

/// What a program left here, and what of it can be taken over. Secrets are masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Import {
    /// Which program.
    pub source: ImportSource,
    /// Its files that are there. They are read and never changed.
    pub files: Vec<ImportFile>,
    /// What can be taken over, in the order in which it is done.
    pub takes: Vec<ImportTake>,
    /// What is left where it is.
    pub leaves: Vec<ImportLeave>,
}

/// A program whose files are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ImportSource {
    /// iFlow's command line, `~/.iflow`.
    Iflow,
    /// iflow2api, `~/.iflow2api`.
    Iflow2api,
}

/// A file that is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ImportFile {
    /// Its path.
    pub path: String,
    /// Why nothing of it can be used; null: it can.
    pub fault: Option<Reason>,
}

/// Something that can be taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ImportTake {
    /// What.
    pub what: ImportWhat,
    /// Its value; of a secret no more than its end.
    pub shown: String,
    /// Whether it is here already.
    pub standing: ImportStanding,
}

/// What can be taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ImportWhat {
    /// The address of the provider.
    Address,
    /// The provider's key, which becomes an account.
    Key,
    /// The model that was used, which becomes the default model.
    Model,
    /// The key that programs present.
    ClientKey,
    /// The port.
    Port,
    /// The language of window and pages.
    Language,
    /// The window's colours.
    Theme,
    /// The proxy to providers.
    Proxy,
}

/// Whether something is here already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ImportStanding {
    /// It is not.
    New,
    /// It takes the place of another value.
    Other,
    /// It is: there is nothing to do.
    Same,
}

/// Something that is left where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ImportLeave {
    /// Its name in the program's own file.
    pub field: String,
    /// Why.
    pub why: ImportWhy,
}

/// Why something is not taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ImportWhy {
    /// A sign-in is renewed only with the client secret of the program that made it.
    SignIn,
    /// It would let the whole network in.
    Open,
    /// It makes requests look like another program's.
    Imitation,
    /// It is sealed, and its key is not there or does not fit.
    Sealed,
    /// It cannot be what its name says.
    Unusable,
    /// It is set by hand here.
    ByHand,
}

/// Parameters of `imports.take`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportChoice {
    /// Which program's.
    pub source: ImportSource,
    /// What of it; otherwise all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Vec<ImportWhat>>,
}

/// What was taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Imported {
    /// Which program's.
    pub source: ImportSource,
    /// What was not here before.
    pub taken: Vec<ImportWhat>,
    /// The account that has the provider's key now, where one was made or changed.
    pub account: Option<String>,
}
