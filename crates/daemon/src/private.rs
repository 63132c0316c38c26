//! Folders that belong to their owner alone.

use std::io;
use std::path::Path;

/// Makes a folder, and those above it, and takes all rights to it from everybody else.
///
/// On Windows the folders below a user's profile are already closed to other users.
///
/// # Errors
/// The folder cannot be made, or it is not ours to close.
pub(crate) fn folder(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        // `lstat`: in a folder that everybody may write to, a link could lead anywhere.
        let found = std::fs::symlink_metadata(path)?;
        let ours = rustix::process::geteuid().as_raw();
        if found.uid() != ours && ours != 0 {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "the folder belongs to another user",
            ));
        }
        if found.is_dir() && found.mode() & 0o777 != 0o700 {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn s13_a_folder_is_closed_to_others_again() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/b");
        super::folder(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o777)).unwrap();
        super::folder(&path).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_file_in_the_way_is_an_error() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        std::fs::write(&path, "").unwrap();
        super::folder(&path).unwrap_err();
    }
}
