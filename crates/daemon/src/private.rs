//! Folders that belong to their owner alone.

use std::io;
use std::path::Path;

use contract::Reason;

/// A file, folder or socket is another user's.
#[cfg(unix)]
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("it belongs to another user")]
pub(crate) struct OtherUser;

/// Why a file, folder or socket cannot be used.
pub(crate) fn reason(error: &io::Error) -> Reason {
    #[cfg(unix)]
    if error.get_ref().is_some_and(|inner| inner.is::<OtherUser>()) {
        return Reason::OtherUser {};
    }
    Reason::system(error)
}

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
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, OtherUser));
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
    fn another_users_folder_is_told_as_such() {
        let error = std::io::Error::new(std::io::ErrorKind::PermissionDenied, super::OtherUser);
        assert_eq!(super::reason(&error).code(), "other-user");
        let error = std::io::Error::from_raw_os_error(13);
        assert_eq!(super::reason(&error).code(), "system-said");
    }

    #[test]
    fn a_file_in_the_way_is_an_error() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        std::fs::write(&path, "").unwrap();
        super::folder(&path).unwrap_err();
    }
}
