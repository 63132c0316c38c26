//! The lock that lets one process at a time renew an account.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long is waited for another process; a renewal takes less.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often is looked again.
const INTERVAL: Duration = Duration::from_millis(20);

/// Waits for the lock, which ends when the file is dropped, also when the process is killed; `None`
/// where it was not to be had in time, or where the folder has no locks. Blocks.
pub(super) fn take(folder: &Path, name: &str) -> Option<File> {
    let file = open(folder, name)?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Some(file),
            Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                std::thread::sleep(INTERVAL);
            }
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => return None,
        }
    }
}

/// Takes the lock where nobody holds it.
pub(super) fn try_take(folder: &Path, name: &str) -> Option<File> {
    let file = open(folder, name)?;
    file.try_lock().is_ok().then_some(file)
}

fn open(folder: &Path, name: &str) -> Option<File> {
    std::fs::create_dir_all(folder).ok()?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(folder.join(name)).ok()
}
