//! The instance lock: at most one process opens the files of a home.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// The lock of a home, held until it is dropped. The operating system lets go of it when the
/// process ends, however it ends, so that none can be left behind.
#[derive(Debug)]
pub struct InstanceLock {
    _file: File,
}

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error("lock the home folder: another process is using it")]
    Taken,
    /// The file cannot be made or locked.
    #[error("lock the home folder: {0}")]
    File(#[from] io::Error),
}

impl InstanceLock {
    /// Takes the lock in that folder, which must be there, without waiting.
    ///
    /// # Errors
    /// See [`LockError`].
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(folder.join("instance.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Taken),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn one_at_a_time_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let held = InstanceLock::take(folder.path()).unwrap();
        assert!(matches!(
            InstanceLock::take(folder.path()),
            Err(LockError::Taken)
        ));
        drop(held);
        InstanceLock::take(folder.path()).unwrap();
    }

    #[test]
    fn a_folder_that_is_missing_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        assert!(matches!(
            InstanceLock::take(&missing),
            Err(LockError::File(_))
        ));
    }
}
