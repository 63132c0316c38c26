//! Saves the log where people find it: in the folder of their downloads, for a window has no files.

use std::path::{Path, PathBuf};

use contract::{ApiError, Code, LogLine, Reason};
use serde_json::{Value, json};

use super::Desktop;

impl Desktop {
    /// Saves the lines that `logs.list` has for these parameters, the oldest first, and tells the file.
    pub(super) async fn save_log(&self, params: Value) -> Result<Value, ApiError> {
        let lines = self.call("logs.list", params).await?;
        let unreadable = |error| ApiError::new(Code::Internal, []).because(Reason::said(&error));
        let mut lines: Vec<LogLine> = serde_json::from_value(lines).map_err(unreadable)?;
        lines.reverse();
        let folder = folder();
        let saved = daemon::save_log(&folder, &lines).map_err(|error| {
            let folder = folder.display();
            ApiError::new(Code::LogNotSaved, [&folder]).because(Reason::system(&error))
        })?;
        Ok(json!({ "file": saved.display().to_string() }))
    }
}

fn folder() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let home = variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    let home = home.unwrap_or_else(std::env::temp_dir);
    let settings = variable("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
    let named = std::fs::read_to_string(settings.join("user-dirs.dirs")).unwrap_or_default();
    let downloads = downloads(&home, &named);
    if downloads.is_dir() { downloads } else { home }
}

/// The folder of downloads as `user-dirs.dirs` names it, where there is such a file; the format is that of
/// <https://www.freedesktop.org/wiki/Software/xdg-user-dirs/>.
fn downloads(home: &Path, named: &str) -> PathBuf {
    let line = named
        .lines()
        .filter_map(|line| line.trim().strip_prefix("XDG_DOWNLOAD_DIR="))
        .next_back();
    let path = line.map(|path| path.trim_matches('"'));
    match path {
        Some(path) if path.starts_with('/') => PathBuf::from(path),
        Some(path) => match path.strip_prefix("$HOME/") {
            Some(below) => home.join(below),
            None => home.join("Downloads"),
        },
        None => home.join("Downloads"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn downloads_are_where_the_session_says() {
        let home = Path::new("/home/ann");
        for (named, expected) in [
            ("", "/home/ann/Downloads"),
            ("# XDG_DOWNLOAD_DIR=\"/no\"", "/home/ann/Downloads"),
            (
                "XDG_DOWNLOAD_DIR=\"$HOME/\u{4e0b}\u{8f7d}\"\n",
                "/home/ann/\u{4e0b}\u{8f7d}",
            ),
            ("A=b\n XDG_DOWNLOAD_DIR=\"/data/new\"", "/data/new"),
            ("XDG_DOWNLOAD_DIR=\"odd\"", "/home/ann/Downloads"),
        ] {
            assert_eq!(downloads(home, named), Path::new(expected), "{named}");
        }
    }
}
