//! A vault that forgets everything when it is dropped, for tests and for a process that must not touch the disk.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use secrecy::{ExposeSecret as _, SecretString};

use super::{Vault, VaultError, VaultState};
use crate::secret::Secret;

/// Secrets in memory alone.
#[derive(Default)]
pub struct MemoryVault {
    records: Mutex<BTreeMap<String, SecretString>>,
}

impl MemoryVault {
    /// An empty vault.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn records(&self) -> MutexGuard<'_, BTreeMap<String, SecretString>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryVault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MemoryVault")
            .finish_non_exhaustive()
    }
}

impl Vault for MemoryVault {
    fn get(&self, name: &str) -> Result<Option<Secret>, VaultError> {
        Ok(self
            .records()
            .get(name)
            .and_then(|text| Secret::new(text.expose_secret().to_owned()).ok()))
    }

    fn put(&self, name: &str, secret: &Secret) -> Result<(), VaultError> {
        self.records()
            .insert(name.to_owned(), SecretString::from(secret.expose()));
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<bool, VaultError> {
        Ok(self.records().remove(name).is_some())
    }

    fn names(&self) -> Result<Vec<String>, VaultError> {
        Ok(self.records().keys().cloned().collect())
    }

    fn state(&self) -> VaultState {
        VaultState::Ready
    }

    fn start_over(&self) -> Result<Option<PathBuf>, VaultError> {
        self.records().clear();
        Ok(None)
    }

    fn accept_older(&self) -> Result<(), VaultError> {
        Ok(())
    }
}
