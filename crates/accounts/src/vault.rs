//! Where secrets are kept: the trait, what state a vault is in, and why it refuses.

mod disk;
mod document;
mod file;
mod journal;
mod key;
mod keyring;
mod memory;
mod seal;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::secret::Secret;

pub use file::{FileVault, VaultOptions};
pub use key::MASTER_KEY_LENGTH;
pub use keyring::KeyringChoice;
pub use memory::MemoryVault;

/// A place that keeps secrets under names.
///
/// Every call may wait: for the disk, for a keyring's dialog (5 seconds at most), for another
/// process that is writing. Call it from a thread that may block, such as `spawn_blocking`'s.
pub trait Vault: Send + Sync {
    /// The secret kept under `name`, if there is one.
    ///
    /// # Errors
    /// The vault cannot be opened, or this record cannot be decrypted.
    fn get(&self, name: &str) -> Result<Option<Secret>, VaultError>;

    /// Keeps `secret` under `name`, in place of an earlier one; on return it is on the disk.
    ///
    /// # Errors
    /// The vault cannot be opened or written, or is older than it should be.
    fn put(&self, name: &str, secret: &Secret) -> Result<(), VaultError>;

    /// Forgets `name`, and says whether there was one.
    ///
    /// # Errors
    /// As [`Vault::put`].
    fn remove(&self, name: &str) -> Result<bool, VaultError>;

    /// The names in use, sorted; needs no key.
    ///
    /// # Errors
    /// The vault cannot be read.
    fn names(&self) -> Result<Vec<String>, VaultError>;

    /// Whether secrets can be read and stored now.
    fn state(&self) -> VaultState;

    /// Sets a vault that cannot be opened aside, so that the next [`Vault::put`] begins a new one;
    /// says where the old one lies. Nothing is deleted, neither the old vault nor its key.
    ///
    /// # Errors
    /// The file could not be moved.
    fn start_over(&self) -> Result<Option<PathBuf>, VaultError>;

    /// Takes a vault that is [`VaultState::Older`] as the current one, so that it can be written.
    ///
    /// # Errors
    /// The vault cannot be opened, or the keyring did not take the new number.
    fn accept_older(&self) -> Result<(), VaultError>;

    /// Makes ready to keep one secret at once, beside what is kept under `name`: whatever may wait or
    /// refuse, such as a keyring, another writer or a full disk, does so here. An earlier journal of
    /// that name is forgotten. `None` where nothing of the vault outlives the process.
    ///
    /// # Errors
    /// The vault cannot be opened, is empty, or the disk failed.
    fn journal(&self, name: &str) -> Result<Option<Box<dyn Journal>>, VaultError> {
        let _ = name;
        Ok(None)
    }

    /// The secret that the journal of `name` keeps, if there is a whole one.
    ///
    /// # Errors
    /// The vault cannot be opened.
    fn journaled(&self, name: &str) -> Result<Option<Secret>, VaultError> {
        let _ = name;
        Ok(None)
    }

    /// Forgets the journal of `name`, if there is one.
    ///
    /// # Errors
    /// The disk failed.
    fn forget_journal(&self, name: &str) -> Result<(), VaultError> {
        let _ = name;
        Ok(())
    }

    /// The names that have a journal; needs no key.
    ///
    /// # Errors
    /// The folder cannot be read.
    fn journals(&self) -> Result<Vec<String>, VaultError> {
        Ok(Vec::new())
    }
}

/// A place that waits for one secret.
pub trait Journal: Send {
    /// Keeps `secret`, sealed; on return it is on the disk. Asks nobody but the disk.
    ///
    /// # Errors
    /// The disk failed.
    fn keep(&mut self, secret: &Secret) -> Result<(), VaultError>;
}

/// Whether a vault can be used now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VaultState {
    /// Secrets can be read and stored.
    Ready,
    /// The file was replaced by an earlier one: it is read, but not written before
    /// [`Vault::accept_older`], since it may hold secrets that were revoked.
    Older {
        /// The number of writes that the file knows of.
        found: u64,
        /// The number of writes that the keyring remembers.
        expected: u64,
    },
    /// The file was changed by something else: the records that still open are usable, and the next
    /// write keeps a copy of the file as it was.
    Damaged,
    /// There is a key, but it cannot be had now, or does not fit.
    Locked {
        /// Why.
        reason: LockedReason,
    },
    /// Nothing can be stored here.
    Unavailable {
        /// Why.
        reason: UnavailableReason,
    },
}

/// What opens a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeySource {
    /// A random key that the operating system's keyring holds.
    Keyring,
    /// A key expanded from `PORTOLAN_MASTER_KEY`.
    MasterKey,
    /// A key stretched from `PORTOLAN_PASSPHRASE`.
    Passphrase,
}

impl fmt::Display for KeySource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Keyring => "the keyring",
            Self::MasterKey => "the master key",
            Self::Passphrase => "the passphrase",
        })
    }
}

/// Why a vault is locked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockedReason {
    /// The keyring is locked, or its owner refused.
    #[error("the keyring is locked or refused access")]
    KeyringLocked,
    /// The keyring did not answer in time; most often it shows a dialog.
    #[error("the keyring did not answer; it may be waiting for its password")]
    KeyringSilent,
    /// The vault exists, but the keyring no longer has its key.
    #[error("the keyring does not hold the key of this vault")]
    KeyMissing,
    /// What the keyring holds under the key's name is no key.
    #[error("what the keyring holds is not a vault's key")]
    KeyUnreadable,
    /// The key, master key or passphrase is not the one that sealed the vault.
    #[error("{given} does not fit this vault")]
    WrongKey {
        /// What was tried.
        given: KeySource,
    },
    /// The vault was sealed with something else than what is given now.
    #[error("this vault was sealed with {sealed}, not with {given}")]
    OtherKeySource {
        /// What sealed it.
        sealed: KeySource,
        /// What is given now.
        given: KeySource,
    },
}

/// Why nothing can be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnavailableReason {
    /// There is no keyring here, and neither a master key nor a passphrase.
    #[error("there is no keyring ({detail}), and neither a master key nor a passphrase is set")]
    NoKeyring {
        /// What the operating system said.
        detail: String,
    },
    /// The keyring is there but fails.
    #[error("the keyring failed: {detail}")]
    KeyringFailed {
        /// What the operating system said.
        detail: String,
    },
    /// The master key is too short to be used without stretching.
    #[error("the master key has {length} characters; it needs at least 32")]
    MasterKeyTooShort {
        /// How many characters it has.
        length: usize,
    },
    /// A newer program wrote the vault.
    #[error("the vault has format {version}, which a newer program wrote")]
    NewerFormat {
        /// The file's format.
        version: u32,
    },
    /// Neither of the file's two headers can be read.
    #[error("the vault's file is not readable as a vault")]
    NotAVault,
    /// The folder cannot be used.
    #[error("the vault's folder: {detail}")]
    Folder {
        /// What the operating system said.
        detail: String,
    },
}

/// Why a vault did not do what was asked; no variant quotes a secret.
#[derive(Debug, Clone, thiserror::Error)]
pub enum VaultError {
    /// The vault is locked.
    #[error("open the vault: {0}")]
    Locked(#[from] LockedReason),
    /// There is no usable vault.
    #[error("open the vault: {0}")]
    Unavailable(#[from] UnavailableReason),
    /// The record was changed, moved or taken from another vault.
    #[error("decrypt the record {name}: it was changed since it was stored")]
    Undecryptable {
        /// The record's name.
        name: String,
    },
    /// The file was changed, and the record may have been in the part that is lost.
    #[error("find the record {name}: the vault's file is damaged")]
    Damaged {
        /// The record's name.
        name: String,
    },
    /// The file is older than the keyring remembers.
    #[error("write the vault: it is older ({found}) than the last one seen ({expected})")]
    Older {
        /// The number of writes that the file knows of.
        found: u64,
        /// The number of writes that the keyring remembers.
        expected: u64,
    },
    /// Another process kept the vault's lock for too long.
    #[error("write the vault: another process is holding its lock")]
    Busy,
    /// The disk failed.
    #[error("{action}: {source}")]
    Disk {
        /// What was attempted.
        action: &'static str,
        /// What the operating system said.
        source: Arc<std::io::Error>,
    },
    /// No key could be derived, or no randomness was to be had.
    #[error("make the vault's key: {0}")]
    Key(String),
}
