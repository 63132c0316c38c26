//! The vault's files: private to their owner, replaced whole, written by one process at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::VaultError;

/// How the names of journals begin.
const JOURNAL: &str = "vault.journal-";
/// How long a writer waits for another one; longer than two keyring calls may take.
const LOCK_PATIENCE: Duration = Duration::from_secs(30);
/// How often a waiting writer looks again.
const LOCK_INTERVAL: Duration = Duration::from_millis(10);

/// The folder that holds `vault.bin` and `vault.lock`.
#[derive(Debug)]
pub(super) struct Disk {
    folder: PathBuf,
    /// Threads of this process take turns here, so that patience is only lost on other processes.
    turn: Mutex<()>,
}

/// The right to write; ends when dropped, also when the process is killed.
#[derive(Debug)]
pub(super) struct WriteLock<'a> {
    _file: File,
    _turn: MutexGuard<'a, ()>,
}

impl Disk {
    /// Makes the folder if need be, and takes every right on it and on the vault from other users.
    pub(super) fn open(folder: PathBuf) -> (Self, Option<io::Error>) {
        let disk = Self {
            folder,
            turn: Mutex::new(()),
        };
        let problem = disk.make_private().err();
        (disk, problem)
    }

    fn make_private(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)?;
        restrict(&self.folder, 0o700)?;
        match restrict(&self.vault(), 0o600) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn vault(&self) -> PathBuf {
        self.folder.join("vault.bin")
    }

    /// The file's bytes; `None` if there is no vault yet.
    pub(super) fn read(&self) -> Result<Option<Vec<u8>>, VaultError> {
        match fs::read(self.vault()) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("read the vault", error)),
        }
    }

    /// Waits for the right to write.
    pub(super) fn lock(&self) -> Result<WriteLock<'_>, VaultError> {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true);
        private(&mut options);
        let file = options
            .open(self.folder.join("vault.lock"))
            .map_err(|error| failed("open the vault's lock", error))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => {
                    return Ok(WriteLock {
                        _file: file,
                        _turn: turn,
                    });
                }
                Err(TryLockError::WouldBlock) if start.elapsed() >= LOCK_PATIENCE => {
                    return Err(VaultError::Busy);
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_INTERVAL),
                Err(TryLockError::Error(error)) => {
                    return Err(failed("take the vault's lock", error));
                }
            }
        }
    }

    /// Replaces the vault as a whole: after a crash at any moment the old or the new one is there.
    pub(super) fn write(&self, _held: &WriteLock<'_>, bytes: &[u8]) -> Result<(), VaultError> {
        self.replace(bytes)
            .map_err(|error| failed("write the vault", error))
    }

    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        let new = self.folder.join("vault.bin.new");
        // Only a killed writer can have left one: the lock is held.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        let mut file = options.open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        rename(&new, &self.vault())?;
        sync_folder(&self.folder)
    }

    /// Moves the vault to a free name; `None` if there is none.
    pub(super) fn set_aside(&self, _held: &WriteLock<'_>) -> Result<Option<PathBuf>, VaultError> {
        let aside = self.free_name("aside");
        match rename(&self.vault(), &aside).and_then(|()| sync_folder(&self.folder)) {
            Ok(()) => Ok(Some(aside)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("set the vault aside", error)),
        }
    }

    /// Keeps a copy of a damaged vault before it is written anew.
    pub(super) fn keep_damaged(
        &self,
        _held: &WriteLock<'_>,
        bytes: &[u8],
    ) -> Result<(), VaultError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        options
            .open(self.free_name("damaged"))
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
            .map_err(|error| failed("keep a copy of the damaged vault", error))
    }

    /// A new, empty file for the journal of `name`, in the place of an earlier one.
    pub(super) fn new_journal(&self, name: &str) -> Result<File, VaultError> {
        self.forget_journal(name)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        let file = options.open(self.journal(name));
        file.and_then(|file| sync_folder(&self.folder).map(|()| file))
            .map_err(|error| failed("make the vault's journal ready", error))
    }

    /// The journal of `name`; `None` where there is none.
    pub(super) fn read_journal(&self, name: &str) -> Result<Option<Vec<u8>>, VaultError> {
        match fs::read(self.journal(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("read the vault's journal", error)),
        }
    }

    pub(super) fn forget_journal(&self, name: &str) -> Result<(), VaultError> {
        match fs::remove_file(self.journal(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(failed("remove the vault's journal", error))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// What lies in every journal.
    pub(super) fn journals(&self) -> Result<Vec<Vec<u8>>, VaultError> {
        let unreadable = |error| failed("list the vault's journals", error);
        let mut journals = Vec::new();
        let list = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(journals),
            list => list.map_err(unreadable)?,
        };
        for entry in list {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name();
            if name.to_string_lossy().starts_with(JOURNAL) {
                // One that is gone meanwhile was forgotten by whoever kept it.
                journals.extend(fs::read(entry.path()).ok());
            }
        }
        Ok(journals)
    }

    /// Named by a digest: a record's name has characters that no file has.
    fn journal(&self, name: &str) -> PathBuf {
        let digest = Sha256::digest(name.as_bytes());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(format!("{JOURNAL}{}", &digest[..32]))
    }

    fn free_name(&self, why: &str) -> PathBuf {
        let mut number = 1_u32;
        loop {
            let path = self.folder.join(format!("vault.bin.{why}-{number}"));
            if fs::symlink_metadata(&path).is_err() {
                return path;
            }
            number += 1;
        }
    }
}

pub(super) fn failed(action: &'static str, error: io::Error) -> VaultError {
    VaultError::Disk {
        action,
        source: Arc::new(error),
    }
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
}

/// On Windows a user's own folders are private by inheritance.
#[cfg(not(unix))]
fn private(_options: &mut OpenOptions) {}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let now = fs::metadata(path)?.permissions().mode() & 0o7777;
    if now & !mode & 0o777 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(now & mode))
}

#[cfg(not(unix))]
fn restrict(path: &Path, _mode: u32) -> io::Result<()> {
    fs::metadata(path).map(drop)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows has no way to flush a folder; its renames are journaled.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(windows))]
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// Virus scanners and readers hold files open on Windows for a moment, which makes a rename fail.
#[cfg(windows)]
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    let start = Instant::now();
    loop {
        match fs::rename(from, to) {
            Err(error)
                if error.kind() == ErrorKind::PermissionDenied
                    && start.elapsed() < Duration::from_secs(2) =>
            {
                std::thread::sleep(LOCK_INTERVAL);
            }
            other => return other,
        }
    }
}
