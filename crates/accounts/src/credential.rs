//! The secret of an account, and how it is fetched from where it is kept.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::account::{Account, CredentialSource};
use crate::record::{Kept, Record, SignedOut};
use crate::secret::{Secret, SecretError, SecretFileError, read_secret_file};
use crate::vault::{Vault, VaultError};

/// What kind of secret it is, and so how a request carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// A key that stays the same until its owner replaces it.
    ApiKey,
    /// What a sign-in gave, which may end and be renewed.
    SignIn,
}

/// The secret of an account.
#[derive(Debug)]
pub struct Credential {
    /// What kind of secret it is.
    pub kind: CredentialKind,
    /// The secret itself.
    pub secret: Secret,
    /// When it was given, where it comes from a sign-in.
    pub issued: Option<SystemTime>,
    /// When it ends; `None`: when its owner ends it, or not said.
    pub expires: Option<SystemTime>,
    /// Whether it is renewed before it ends, without a person.
    pub renewable: bool,
    /// How long before its end, where that is longer than usual.
    pub ahead: Option<Duration>,
}

/// Why an account has no secret; no variant quotes one.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// The environment lacks the variable.
    #[error("the environment variable {variable} is not set")]
    EnvironmentUnset {
        /// The variable's name.
        variable: String,
    },
    /// The variable's text cannot be a secret.
    #[error("the environment variable {variable}: {source}")]
    Environment {
        /// The variable's name.
        variable: String,
        /// What is wrong with its text.
        source: SecretError,
    },
    /// The key file gave no secret.
    #[error("{}: {source}", path.display())]
    File {
        /// The file's path.
        path: PathBuf,
        /// What went wrong.
        source: SecretFileError,
    },
    /// The vault has no record of this account.
    #[error("no key is stored for this account")]
    NotStored,
    /// The sign-in is over: a person has to sign in again.
    #[error("sign in again: {0}")]
    SignedOut(SignedOut),
    /// A newer program stored it.
    #[error("read the stored sign-in: it has format {0}, which a newer program wrote")]
    NewerFormat(u32),
    /// The vault could not give it.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

type Environment = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Fetches secrets from the environment, files and the vault, as each account says.
#[derive(Clone)]
pub struct Resolver {
    vault: Arc<dyn Vault>,
    environment: Arc<Environment>,
}

impl Resolver {
    /// Reads variables through `environment` and sealed secrets through `vault`.
    pub fn new(
        vault: Arc<dyn Vault>,
        environment: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            vault,
            environment: Arc::new(environment),
        }
    }

    /// The credential of `account`; `None` where its provider asks for none.
    /// May wait for the vault and for the disk.
    ///
    /// # Errors
    /// Why there is no secret, though the account needs one.
    pub fn resolve(&self, account: &Account) -> Result<Option<Credential>, CredentialError> {
        let secret = match &account.source {
            CredentialSource::None => return Ok(None),
            CredentialSource::Environment { variable } => {
                let text = (self.environment)(variable).ok_or_else(|| {
                    CredentialError::EnvironmentUnset {
                        variable: variable.clone(),
                    }
                })?;
                Secret::new(text).map_err(|source| CredentialError::Environment {
                    variable: variable.clone(),
                    source,
                })?
            }
            CredentialSource::File { path } => {
                read_secret_file(path).map_err(|source| CredentialError::File {
                    path: path.clone(),
                    source,
                })?
            }
            CredentialSource::Vault => {
                let kept = self.vault.get(&account.record())?;
                return Credential::of_kept(kept.ok_or(CredentialError::NotStored)?).map(Some);
            }
        };
        Ok(Some(Credential::key(secret)))
    }
}

impl Credential {
    /// A key that stays the same until its owner replaces it.
    #[must_use]
    pub fn key(secret: Secret) -> Self {
        Self {
            kind: CredentialKind::ApiKey,
            secret,
            issued: None,
            expires: None,
            renewable: false,
            ahead: None,
        }
    }

    fn of_kept(kept: Secret) -> Result<Self, CredentialError> {
        match Record::read(&kept) {
            Kept::Key => Ok(Self::key(kept)),
            Kept::SignIn(record) => Self::of_record(&record),
            Kept::Newer(version) => Err(CredentialError::NewerFormat(version)),
        }
    }

    /// The credential that a sign-in's record holds.
    pub(crate) fn of_record(record: &Record) -> Result<Self, CredentialError> {
        if let Some(why) = record.ended {
            return Err(CredentialError::SignedOut(why));
        }
        Ok(Self {
            kind: CredentialKind::SignIn,
            secret: record.secret().ok_or(CredentialError::NotStored)?,
            issued: Some(record.issued()),
            expires: record.expires(),
            renewable: record.renewal().is_some(),
            ahead: record.ahead(),
        })
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Resolver").finish_non_exhaustive()
    }
}
