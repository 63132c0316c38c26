//! What can be wrong with a manifest or a setting: a closed list for the settings, words for the rest.

use dialect::Dialect;

use crate::address::AddressError;
use crate::date::NotADay;
use crate::proxy::NotAProxy;
use crate::quirk::{Quirk, UnknownQuirk};

/// What is wrong at a key. The texts are in lower case, without a full stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProblemKind {
    /// A provider's id is not one.
    #[error("an id is made of at most 64 lower case letters, digits and inner hyphens")]
    Id,
    /// The gateway answers for this id itself.
    #[error("\"{0}\" is answered by the gateway itself; take another id")]
    BuiltIn(String),
    /// A text that people are shown has nothing to show, or would steer a terminal.
    #[error("a text that is shown may not be empty or hold control characters")]
    Shown,
    /// A model's id is not one.
    #[error("a model's id is made of 1 to 256 characters without spaces")]
    ModelId,
    /// An entry of a list is there twice.
    #[error("\"{0}\" is listed twice")]
    Twice(String),
    /// The word is none of those that there are.
    #[error("\"{found}\" is none of {}", choices.join(", "))]
    Choice {
        /// The word.
        found: String,
        /// Those that there are.
        choices: Vec<&'static str>,
    },
    /// The header cannot carry a key.
    #[error("\"{0}\" is no header that can carry a key")]
    Header(String),
    /// What stands before a key is more than printable ASCII.
    #[error("a prefix is made of printable ASCII characters")]
    Prefix,
    /// A provider of one's own has no endpoints.
    #[error("a provider of one's own needs endpoints, as in {{ openai-chat = \"https://…/v1\" }}")]
    NoEndpoints,
    /// The address may not be called.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The text names no proxy.
    #[error(transparent)]
    Proxy(#[from] NotAProxy),
    /// A client id is not one.
    #[error("a client id is made of 1 to 512 visible ASCII characters")]
    ClientId,
    /// A scope is not one.
    #[error("a scope is one word of visible ASCII characters")]
    Scope,
    /// The setting is of use only together with a sign-in, and the provider has none.
    #[error("this provider has no sign-in; set `issuer` to that of an OpenID Connect provider")]
    NoSignIn,
    /// A built-in sign-in keeps its own addresses, so that its tokens go nowhere else.
    #[error("\"{0}\" has a sign-in of its own; set an issuer together with endpoints of your own")]
    OwnSignIn(String),
    /// A program that is to answer has no command.
    #[error("an agent needs a command, as in {{ command = \"qwen\", arguments = [\"--acp\"] }}")]
    NoCommand,
    /// A program cannot be given this.
    #[error("what a program is started with may not hold control characters")]
    Argument,
    /// A provider is either called at an address or started.
    #[error("a provider is either an agent or has endpoints; take another id for the agent")]
    AgentAndEndpoints,
    /// The path depends on where this program was started.
    #[error("a path from the root is meant here")]
    NotAbsolute,
    /// It cannot be the name of an environment variable.
    #[error("not the name of an environment variable")]
    Variable,
    /// The variable is this program's own, and may hold what opens its vault.
    #[error("{0} is Portolan's own and is passed on to nobody")]
    OwnVariable(String),
    /// A length of time is zero.
    #[error("it may not be 0")]
    Zero,
    /// What only the maker of a built-in manifest can do wrong, in English.
    #[error("{0}")]
    Manifest(String),
}

impl ProblemKind {
    /// The name is none of the dialects.
    pub(crate) fn dialect(found: &str) -> Self {
        Self::Choice {
            found: found.to_owned(),
            choices: Dialect::ALL.map(Dialect::as_str).to_vec(),
        }
    }
}

impl From<UnknownQuirk> for ProblemKind {
    fn from(UnknownQuirk(found): UnknownQuirk) -> Self {
        Self::Choice {
            found,
            choices: Quirk::ALL.map(Quirk::as_str).to_vec(),
        }
    }
}

impl From<NotADay> for ProblemKind {
    fn from(error: NotADay) -> Self {
        Self::Manifest(error.to_string())
    }
}

impl From<&str> for ProblemKind {
    fn from(words: &str) -> Self {
        Self::Manifest(words.to_owned())
    }
}

impl From<String> for ProblemKind {
    fn from(words: String) -> Self {
        Self::Manifest(words)
    }
}
