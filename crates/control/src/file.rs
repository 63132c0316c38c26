//! The settings' file: read, changed without losing anybody's edits, watched by its content.

use std::io;
use std::path::{Path, PathBuf};

use catalog::Catalog;
use contract::{ApiError, Code, Reason};
use toml_edit::DocumentMut;

use crate::settings::{Read, Settings, read};

/// How often a change is tried again when somebody else saved the file in between.
const TRIES: u32 = 10;

/// The settings' file.
#[derive(Clone, Debug)]
pub(crate) struct SettingsFile {
    path: PathBuf,
}

/// What the file said, and what it means.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    /// The file's text; `None` where there is no file.
    pub(crate) text: Option<String>,
    /// Its settings.
    pub(crate) read: Read,
}

impl SettingsFile {
    /// The file of that path, which need not be there.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Its path, for messages.
    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Its text as it is now; `None` where there is no file.
    pub(crate) fn text(&self) -> Result<Option<String>, ApiError> {
        disk::read(&self.path).map_err(|error| {
            ApiError::new(Code::SettingsReadFailed, [&self.name()]).because(Reason::system(&error))
        })
    }

    /// What it says now.
    pub(crate) fn load(&self, builtin: &Catalog) -> Result<Loaded, ApiError> {
        let text = self.text()?;
        let read = read(&self.name(), text.as_deref().unwrap_or_default(), builtin)?;
        Ok(Loaded { text, read })
    }

    /// Changes the file: reads it, lets `change` work on the document, checks what came out and
    /// puts it in the file's place. Where somebody saved the file meanwhile, theirs is read and
    /// changed instead. `change` sees the settings that its document stands for; nothing is written
    /// that `permit` refuses.
    pub(crate) fn change<T>(
        &self,
        builtin: &Catalog,
        permit: &dyn Fn(&Settings) -> Result<(), ApiError>,
        mut change: impl FnMut(&mut DocumentMut, &Read) -> Result<T, ApiError>,
    ) -> Result<(Loaded, T), ApiError> {
        let failed = |reason: Reason| {
            ApiError::new(Code::SettingsWriteFailed, [&self.name()]).because(reason)
        };
        for _ in 0..TRIES {
            let before = self.load(builtin)?;
            let earlier = before.text.clone().unwrap_or_default();
            let mut document: DocumentMut = earlier.parse().map_err(|error| {
                failed(Reason::NotToml {
                    words: toml_edit::TomlError::to_string(&error),
                })
            })?;
            let told = change(&mut document, &before.read)?;
            let text = document.to_string();
            let read = read(&self.name(), &text, builtin)?;
            permit(&read.settings)?;
            let written = self.write(before.text.as_deref(), &text);
            if written.map_err(|error| failed(Reason::system(&error)))? {
                return Ok((
                    Loaded {
                        text: Some(text),
                        read,
                    },
                    told,
                ));
            }
        }
        Err(failed(Reason::FileKeptChanging {}))
    }

    /// Replaces the file unless it says something else than `before` by now.
    fn write(&self, before: Option<&str>, text: &str) -> io::Result<bool> {
        if before == Some(text) {
            return Ok(true);
        }
        let prepared = disk::prepare(&self.path, text.as_bytes())?;
        let is_as_before = || disk::read(&self.path).map(|now| now.as_deref() == before);
        if !is_as_before()? {
            return Ok(false);
        }
        if let Some(before) = before {
            disk::keep(&self.path, before)?;
            if !is_as_before()? {
                return Ok(false);
            }
        }
        prepared.commit()?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::settings::{AccountSetting, add_account};

    fn account(id: &str) -> AccountSetting {
        AccountSetting {
            provider: "openai".to_owned(),
            id: Some(id.to_owned()),
            name: None,
            key_env: None,
            key_file: None,
            sign_in: false,
        }
    }

    fn file(text: &str) -> (tempfile::TempDir, SettingsFile, Catalog) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        (folder, SettingsFile::new(path), Catalog::builtin().unwrap())
    }

    #[test]
    fn a_change_keeps_the_earlier_version() {
        let (folder, file, catalog) = file("# mine\n");
        let add = |document: &mut DocumentMut, _: &Read| {
            add_account(document, &account("one")).unwrap();
            Ok(())
        };
        let (loaded, ()) = file.change(&catalog, &|_| Ok(()), add).unwrap();
        assert_eq!(loaded.read.settings.account.len(), 1);
        assert!(loaded.text.unwrap().starts_with("# mine\n"));
        let kept = folder.path().join("config.bak.1");
        assert_eq!(std::fs::read_to_string(kept).unwrap(), "# mine\n");
    }

    #[test]
    fn an_edit_made_meanwhile_is_not_lost() {
        let (_folder, file, catalog) = file("# first\n");
        let mut tries = 0;
        let change = |document: &mut DocumentMut, _: &Read| {
            tries += 1;
            if tries < 3 {
                let theirs = format!("# edit {tries}\n[listen]\nport = {tries}\n");
                std::fs::write(file.path(), theirs).unwrap();
            }
            add_account(document, &account("one")).unwrap();
            Ok(())
        };
        let (loaded, ()) = file.change(&catalog, &|_| Ok(()), change).unwrap();
        assert_eq!(loaded.read.settings.listen.port, 2);
        let text = file.text().unwrap().unwrap();
        assert!(
            text.contains("# edit 2") && text.contains("id = \"one\""),
            "{text}"
        );
    }

    #[test]
    fn somebody_who_never_stops_writing_ends_the_tries() {
        let (_folder, file, catalog) = file("");
        let mut tries = 0;
        let change = |document: &mut DocumentMut, _: &Read| {
            tries += 1;
            std::fs::write(file.path(), format!("# {tries}\n")).unwrap();
            add_account(document, &account("one")).unwrap();
            Ok(())
        };
        let error = file.change(&catalog, &|_| Ok(()), change).unwrap_err();
        assert_eq!((error.code, tries), (Code::SettingsWriteFailed, TRIES));
    }

    #[test]
    fn a_broken_file_and_a_broken_change_leave_the_file_alone() {
        let (_folder, file, catalog) = file("listen = 3\n");
        let nothing = |_: &mut DocumentMut, _: &Read| Ok(());
        let error = file.change(&catalog, &|_| Ok(()), nothing).unwrap_err();
        assert_eq!(
            (error.code, error.argument("line")),
            (Code::SettingsInvalid, "1")
        );
        std::fs::write(file.path(), "[listen]\nport = 1\n").unwrap();
        let breaks = |document: &mut DocumentMut, _: &Read| {
            document["listen"]["port"] = toml_edit::value("x");
            Ok(())
        };
        assert_eq!(
            file.change(&catalog, &|_| Ok(()), breaks).unwrap_err().code,
            Code::SettingsInvalid
        );
        assert_eq!(file.text().unwrap().unwrap(), "[listen]\nport = 1\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_cannot_be_written_is_told_and_the_old_file_stays() {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, file, catalog) = file("# mine\n");
        let mode = |mode| std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(folder.path(), mode(0o500)).unwrap();
        // Root may write everywhere.
        let is_root = std::fs::write(folder.path().join("probe"), "").is_ok();
        let add = |document: &mut DocumentMut, _: &Read| {
            add_account(document, &account("one")).unwrap();
            Ok(())
        };
        let changed = file.change(&catalog, &|_| Ok(()), add);
        std::fs::set_permissions(folder.path(), mode(0o700)).unwrap();
        if !is_root {
            assert_eq!(changed.unwrap_err().code, Code::SettingsWriteFailed);
            assert_eq!(file.text().unwrap().unwrap(), "# mine\n");
        }
    }
}
