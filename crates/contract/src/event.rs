//! What control tells those who watch it.

use serde::{Deserialize, Serialize};

/// Answers of a namespace may have changed and are to be asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Which answers.
    pub topic: Topic,
}

/// The part of a method's name before the dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// Listeners, the vault, warnings, the load.
    Status,
    /// Which models can be asked for.
    Models,
    /// Accounts and where they stand.
    Accounts,
    /// Client keys.
    Keys,
    /// Public model names and their targets.
    Routes,
    /// The settings' file.
    Settings,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 6] = [
        Self::Status,
        Self::Models,
        Self::Accounts,
        Self::Keys,
        Self::Routes,
        Self::Settings,
    ];

    /// The namespace as it stands in methods' names.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Models => "models",
            Self::Accounts => "accounts",
            Self::Keys => "keys",
            Self::Routes => "routes",
            Self::Settings => "settings",
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
