//! Where one Portolan's files are.

use std::path::{Path, PathBuf};

/// The files of one Portolan. The folders are there, private to their owner, and locked by the
/// caller, so that no other process writes to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The settings' file, most often `config.toml`.
    pub settings: PathBuf,
    /// The folder of what must not be lost.
    pub data: PathBuf,
}

impl Home {
    /// The file of the client keys' hashes.
    pub(crate) fn keys(&self) -> PathBuf {
        self.data.join("keys.json")
    }

    /// The file of the requests that are over. It has a folder of its own: whoever watches the one
    /// of the settings, which may be that of the data too, would be woken by every request.
    pub(crate) fn activity(&self) -> PathBuf {
        self.data.join("activity").join("activity.db")
    }

    /// The file of the conversations that clients keep; in the same folder for the same reason.
    pub(crate) fn sessions(&self) -> PathBuf {
        self.data.join("activity").join("sessions.db")
    }

    /// The folder that holds the settings.
    pub(crate) fn settings_folder(&self) -> &Path {
        match self.settings.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            Some(_) | None => Path::new("."),
        }
    }
}
