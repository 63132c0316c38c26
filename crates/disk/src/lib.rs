//! Files replaced whole, so that after a crash at any moment the old or the new one is there; and told of
//! when they change.

mod watcher;

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

pub use watcher::{Watcher, watch};

/// How a new file's name begins until it takes its place.
const NEW: &str = ".portolan-new-";

/// How many earlier versions of a file are kept.
const KEPT: u32 = 5;

/// The file's text; `None` where there is none.
pub fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Where the file really is: a link leads to it, so that replacing it keeps the link.
pub fn behind_links(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Ok(real) => Ok(real),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(path.to_owned()),
        Err(error) => Err(error),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

/// A file's next content, already on the disk but not yet in its place.
pub struct Prepared {
    file: tempfile::NamedTempFile,
    path: PathBuf,
}

/// Writes `bytes` beside `path`, readable by the owner alone.
pub fn prepare(path: &Path, bytes: &[u8]) -> io::Result<Prepared> {
    let path = behind_links(path)?;
    // Made with O_EXCL and, on Unix, for the owner alone.
    let mut file = tempfile::Builder::new()
        .prefix(NEW)
        .tempfile_in(folder_of(&path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(Prepared { file, path })
}

impl Prepared {
    /// Puts it in its place.
    pub fn commit(self) -> io::Result<()> {
        rename(self.file, &self.path)?;
        sync_folder(folder_of(&self.path))
    }
}

/// Replaces the file as a whole.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    prepare(path, bytes)?.commit()
}

/// Keeps `text`, what `path` holds now, as `<stem>.bak.1`, and moves the earlier ones up to 5.
pub fn keep(path: &Path, text: &str) -> io::Result<()> {
    let path = behind_links(path)?;
    let name = |number: u32| path.with_extension(format!("bak.{number}"));
    for number in (1..KEPT).rev() {
        match fs::rename(name(number), name(number + 1)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    replace(&name(1), text.as_bytes())
}

/// Removes what killed writers left in the file's folder; only where no other process writes.
pub fn sweep(path: &Path) -> io::Result<()> {
    let path = behind_links(path)?;
    for entry in fs::read_dir(folder_of(&path))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(NEW) && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Takes all rights to the file from everybody but its owner, where it is there.
#[cfg(unix)]
pub fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    match fs::metadata(path) {
        Ok(found) if found.permissions().mode() & 0o077 != 0 => {
            fs::set_permissions(path, fs::Permissions::from_mode(0o600))
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// On Windows a user's own folders are private by inheritance.
#[cfg(not(unix))]
pub fn make_private(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(windows))]
fn rename(file: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// Virus scanners and readers hold files open on Windows for a moment, which makes a rename fail.
#[cfg(windows)]
fn rename(mut file: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    use std::time::{Duration, Instant};
    let began = Instant::now();
    loop {
        match file.persist(path) {
            Ok(_) => return Ok(()),
            Err(refused)
                if refused.error.kind() == ErrorKind::PermissionDenied
                    && began.elapsed() < Duration::from_secs(2) =>
            {
                file = refused.file;
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(refused) => return Err(refused.error),
        }
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// Windows has no way to flush a folder; its renames are journaled.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        assert_eq!(read(&path).unwrap(), None);
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some("two"));
        drop(prepare(&path, b"never").unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn five_earlier_versions_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        for number in 1..=7 {
            keep(&path, &number.to_string()).unwrap();
        }
        let kept = |number: u32| read(&folder.path().join(format!("config.bak.{number}"))).unwrap();
        assert_eq!(
            (kept(1).as_deref(), kept(5).as_deref()),
            (Some("7"), Some("3"))
        );
        assert_eq!(kept(6), None);
    }

    #[test]
    fn leftovers_are_swept_and_other_files_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        replace(&path, b"one").unwrap();
        fs::write(folder.path().join(format!("{NEW}x")), "left").unwrap();
        fs::write(folder.path().join(".hidden"), "other").unwrap();
        sweep(&path).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn s13_files_are_the_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        make_private(&path).unwrap();
        assert_eq!(mode(), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        replace(&path, b"x").unwrap();
        assert_eq!(mode(), 0o600);
        make_private(&folder.path().join("missing")).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (
            folder.path().join("real.toml"),
            folder.path().join("config.toml"),
        );
        fs::write(&real, "one").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        replace(&link, b"two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(read(&real).unwrap().as_deref(), Some("two"));
    }
}
