//! What control tells those who watch it.

use serde::{Deserialize, Serialize};

/// Answers of a namespace may have changed and are to be asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Changed {
    /// Which answers.
    pub topic: Topic,
}

/// The part of a method's name before the dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// Listeners, the vault, warnings, the load.
    Status,
    /// Which models can be asked for.
    Models,
    /// Accounts and where they stand.
    Accounts,
    /// Sign-ins that were begun.
    #[serde(rename = "sign_in")]
    SignIn,
    /// Client keys.
    Keys,
    /// Public model names and their targets.
    Routes,
    /// The settings' file.
    Settings,
    /// Providers and what they offer.
    Providers,
    /// The requests that are over.
    Activity,
    /// The trial under way.
    Trial,
    /// The program's own log.
    Logs,
    /// Whether listeners are open.
    Serving,
    /// Model servers on this machine.
    Local,
    /// Programs and web sites that were refused.
    Refused,
    /// The web admin and its password.
    Admin,
    /// Named listeners.
    Instances,
    /// What other programs left on this machine.
    Imports,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 17] = [
        Self::Status,
        Self::Models,
        Self::Accounts,
        Self::SignIn,
        Self::Keys,
        Self::Routes,
        Self::Settings,
        Self::Providers,
        Self::Activity,
        Self::Trial,
        Self::Logs,
        Self::Serving,
        Self::Local,
        Self::Refused,
        Self::Admin,
        Self::Instances,
        Self::Imports,
    ];

    /// The namespace as it stands in methods' names.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Models => "models",
            Self::Accounts => "accounts",
            Self::SignIn => "sign_in",
            Self::Keys => "keys",
            Self::Routes => "routes",
            Self::Settings => "settings",
            Self::Providers => "providers",
            Self::Activity => "activity",
            Self::Trial => "trial",
            Self::Logs => "logs",
            Self::Serving => "serving",
            Self::Local => "local",
            Self::Refused => "refused",
            Self::Admin => "admin",
            Self::Instances => "instances",
            Self::Imports => "imports",
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::{Changed, Topic};

    #[test]
    fn a_topic_is_written_as_its_namespace() {
        for topic in Topic::ALL {
            let json = serde_json::to_string(&Changed { topic }).unwrap();
            assert_eq!(json, format!("{{\"topic\":\"{}\"}}", topic.as_str()));
        }
    }
}
