//! The instance lock: at most one process opens the files of a home.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// The file that is locked.
const NAME: &str = "instance.lock";

/// The lock of a home, held until it is dropped. The operating system lets go of it when the
/// process ends, however it ends, so that none can be left behind.
#[derive(Debug)]
pub(crate) struct InstanceLock {
    _file: File,
}

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LockError {
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
    pub(crate) fn take(folder: &Path) -> Result<Self, LockError> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(folder.join(NAME))?;
        match file.try_lock() {
            Ok(()) => {
                // For the one who finds it taken; the lock itself does not need it.
                file.set_len(0)?;
                (&file).write_all(std::process::id().to_string().as_bytes())?;
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => Err(LockError::Taken),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// The number of the process that has the lock of that folder; empty where it cannot be read,
    /// as on Windows, where a locked file is closed to others.
    pub(crate) fn holder(folder: &Path) -> String {
        let mut text = String::new();
        let file = File::open(folder.join(NAME)).map(|file| file.take(16));
        let read = file.and_then(|mut file| file.read_to_string(&mut text));
        if read.is_ok() && text.parse::<u32>().is_ok() {
            text
        } else {
            String::new()
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
        let own = std::process::id().to_string();
        assert!(cfg!(windows) || InstanceLock::holder(folder.path()) == own);
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
