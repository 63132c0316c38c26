//! What a person chose for the desktop alone: kept beside the settings, and read when it starts.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The file's name.
const NAME: &str = "desktop.json";

/// How bright the bar is that the tray's icon stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Bar {
    /// As on most desktops.
    #[default]
    Dark,
    Light,
}

/// The choices. What is missing in the file is as it is without a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case")]
pub(crate) struct Preferences {
    /// Whether to tell that an account wants to be signed in to again.
    pub(crate) notify_sign_in: bool,
    /// Whether to tell that another account stepped in.
    pub(crate) notify_failover: bool,
    /// The bar that the icon stands in.
    pub(crate) bar: Bar,
    /// The language; the system's where none was chosen.
    pub(crate) language: Option<String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            notify_sign_in: true,
            notify_failover: true,
            bar: Bar::default(),
            language: None,
        }
    }
}

/// A change to some of the choices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub(crate) struct Change {
    pub(crate) notify_sign_in: Option<bool>,
    pub(crate) notify_failover: Option<bool>,
    pub(crate) bar: Option<Bar>,
    /// An empty text stands for the system's language.
    pub(crate) language: Option<String>,
    /// Whether to start with the session; the system keeps this one.
    pub(crate) autostart: Option<bool>,
}

impl Preferences {
    /// Reads the file of that folder. One that is missing or cannot be read is as if nothing had
    /// ever been chosen: none of this is worth refusing to start.
    pub(crate) fn read(folder: &Path) -> Self {
        let Ok(text) = std::fs::read_to_string(folder.join(NAME)) else {
            return Self::default();
        };
        serde_json::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!(%error, "read {NAME}");
            Self::default()
        })
    }

    /// These choices with that change.
    pub(crate) fn with(&self, change: &Change) -> Self {
        let language = match change.language.as_deref() {
            None => self.language.clone(),
            Some("") => None,
            Some(language) => Some(language.to_owned()),
        };
        Self {
            notify_sign_in: change.notify_sign_in.unwrap_or(self.notify_sign_in),
            notify_failover: change.notify_failover.unwrap_or(self.notify_failover),
            bar: change.bar.unwrap_or(self.bar),
            language,
        }
    }

    /// Writes the file of that folder, whole or not at all.
    ///
    /// # Errors
    /// The system's own.
    pub(crate) fn write(&self, folder: &Path) -> std::io::Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        let next: PathBuf = folder.join(format!("{NAME}.next"));
        std::fs::write(&next, text + "\n")?;
        std::fs::rename(&next, folder.join(NAME))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_change_is_kept_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let before = Preferences::read(folder.path());
        assert_eq!(before, Preferences::default());
        let change = r#"{"notify_failover": false, "language": "zh-CN", "bar": "light"}"#;
        let after = before.with(&serde_json::from_str(change).unwrap());
        after.write(folder.path()).unwrap();
        let read = Preferences::read(folder.path());
        assert_eq!(read, after);
        assert!(read.notify_sign_in && !read.notify_failover);
        let back = Change {
            language: Some(String::new()),
            ..Change::default()
        };
        assert_eq!(read.with(&back).language, None);
    }

    #[test]
    fn a_broken_file_is_as_none() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(NAME), "{").unwrap();
        assert_eq!(Preferences::read(folder.path()), Preferences::default());
        serde_json::from_str::<Change>(r#"{"shell": "sh"}"#).unwrap_err();
    }
}
