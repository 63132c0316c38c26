//! The version before an update, kept beside the program so that one can go back to it
//! (docs/adr/0035-one-version-is-kept.md).

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// How the names of kept files end; no desktop takes one for an application.
const ENDING: &str = ".previous";

/// A version that one can go back to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Previous {
    /// Its number.
    pub(crate) version: String,
    file: PathBuf,
}

impl Previous {
    /// The one beside `program`, other than the version that runs.
    pub(crate) fn of(program: &Path, running: &str) -> Option<Self> {
        let all = all(program).ok()?;
        all.into_iter().find(|kept| kept.version != running)
    }

    /// Keeps `program`, which is of that version, in place of what was kept before.
    ///
    /// # Errors
    /// The system's own.
    pub(crate) fn keep(program: &Path, version: &str) -> io::Result<()> {
        for earlier in all(program)? {
            std::fs::remove_file(earlier.file)?;
        }
        let file = file_of(program, version)?;
        // The updater writes a new file; where the file system has no links, it is copied.
        std::fs::hard_link(program, &file).or_else(|_| std::fs::copy(program, &file).map(drop))
    }

    /// Takes the program's place.
    ///
    /// # Errors
    /// The system's own; the program is as it was.
    pub(crate) fn take_place(&self, program: &Path) -> io::Result<()> {
        std::fs::rename(&self.file, program)
    }
}

fn name_of(program: &Path) -> io::Result<OsString> {
    let name = program.file_name().map(OsString::from);
    name.ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

fn file_of(program: &Path, version: &str) -> io::Result<PathBuf> {
    let mut name = name_of(program)?;
    name.push(format!(".{version}{ENDING}"));
    Ok(program.with_file_name(name))
}

fn all(program: &Path) -> io::Result<Vec<Previous>> {
    let own = name_of(program)?.to_string_lossy().into_owned() + ".";
    let folder = program.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let file = entry?.path();
        let name = file.file_name().and_then(|name| name.to_str());
        let version = name
            .and_then(|name| name.strip_prefix(&own))
            .and_then(|rest| rest.strip_suffix(ENDING))
            .map(str::to_owned);
        if let Some(version) = version {
            found.push(Previous { version, file });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn s64_one_version_is_kept_and_takes_its_place_again() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("Portolan.AppImage");
        assert_eq!(Previous::of(&program, "0.1.0"), None);
        for (version, next) in [("0.1.0", "0.2.0"), ("0.2.0", "0.3.0")] {
            std::fs::write(&program, version).unwrap();
            Previous::keep(&program, version).unwrap();
            assert_eq!(Previous::of(&program, version), None, "that is what runs");
            // As the updater does it.
            std::fs::remove_file(&program).unwrap();
            std::fs::write(&program, next).unwrap();
            assert_eq!(Previous::of(&program, next).unwrap().version, version);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
        let kept = Previous::of(&program, "0.3.0").unwrap();
        kept.take_place(&program).unwrap();
        assert_eq!(std::fs::read_to_string(&program).unwrap(), "0.2.0");
        assert_eq!(Previous::of(&program, "0.2.0"), None);
        assert!(kept.take_place(&program).is_err(), "only once");
    }
}
