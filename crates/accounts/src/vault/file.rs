//! The vault that lies in `vault.bin`, opened with a key from the keyring, a master key or a passphrase.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use zeroize::Zeroizing;

use super::disk::{Disk, WriteLock};
use super::document::{Contents, Document, Header};
use super::journal::{self, FileJournal};
use super::key::{DataKey, MASTER_KEY_LENGTH, random};
use super::keyring::{Fault, Keyring, KeyringChoice};
use super::{Journal, KeySource, LockedReason, UnavailableReason, Vault, VaultError, VaultState};
use crate::secret::Secret;

/// What a vault is opened with. The first of master key, passphrase and keyring that is there is the
/// one that is used; there is no falling back from one to the next.
#[derive(Debug)]
pub struct VaultOptions {
    /// The folder of `vault.bin`; it is made private to its owner.
    pub home: PathBuf,
    /// The name of the keyring's entry; records are bound to it.
    pub profile: String,
    /// A text of 32 characters or more, hard to guess.
    pub master_key: Option<Secret>,
    /// A text that people remember.
    pub passphrase: Option<Secret>,
    /// Which keyring holds the key otherwise.
    pub keyring: KeyringChoice,
}

#[derive(Debug)]
enum Opener {
    MasterKey(Secret),
    Passphrase(Secret),
    Keyring(Keyring),
}

/// What was learned of the key, so that reading does not ask for it each time.
#[derive(Debug, Default)]
struct Known {
    /// The last key, and the salt of the vault that it was for.
    key: Option<(Vec<u8>, DataKey)>,
    /// The vault and the highest generation of it that was seen here or in the keyring.
    seen: Option<(Vec<u8>, u64)>,
}

/// Secrets sealed in a file.
///
/// The file is read anew for each call, so that what another process wrote is seen at once; the key is
/// kept in memory once it fitted. A write asks the keyring again: what it no longer holds could
/// never be opened later.
#[derive(Debug)]
pub struct FileVault {
    disk: Disk,
    profile: String,
    opener: Result<Opener, UnavailableReason>,
    known: Mutex<Known>,
}

impl FileVault {
    /// Takes the options, and makes the folder; whether the vault can be used is told by
    /// [`Vault::state`]. The keyring is not asked before the first call that needs it.
    #[must_use]
    pub fn open(options: VaultOptions) -> Self {
        let VaultOptions {
            home,
            profile,
            master_key,
            passphrase,
            keyring,
        } = options;
        let (disk, problem) = Disk::open(home);
        let opener = match (problem, master_key, passphrase) {
            (Some(error), _, _) => Err(UnavailableReason::Folder {
                detail: error.to_string(),
            }),
            (None, Some(master_key), _) => {
                let length = master_key.expose().chars().count();
                if length < MASTER_KEY_LENGTH {
                    Err(UnavailableReason::MasterKeyTooShort { length })
                } else {
                    Ok(Opener::MasterKey(master_key))
                }
            }
            (None, None, Some(passphrase)) => Ok(Opener::Passphrase(passphrase)),
            (None, None, None) => Keyring::new(keyring).map(Opener::Keyring),
        };
        Self {
            disk,
            profile,
            opener,
            known: Mutex::new(Known::default()),
        }
    }

    fn opener(&self) -> Result<&Opener, VaultError> {
        self.opener.as_ref().map_err(|reason| reason.clone().into())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The vault with its key; `None` if there is no vault yet.
    fn load(&self) -> Result<Option<Contents>, VaultError> {
        let opener = self.opener()?;
        let Some(file) = self.disk.read()? else {
            return Ok(None);
        };
        let given = opener.source();
        for _ in 0..2 {
            let document = Document::parse(&file)?;
            let mut from_memory = false;
            let contents = document.open(&self.profile, |header| {
                if header.source != given {
                    return Err(LockedReason::OtherKeySource {
                        sealed: header.source,
                        given,
                    }
                    .into());
                }
                from_memory |= self.remembers(header);
                self.key(opener, header)
            })?;
            match contents {
                Some(contents) => return Ok(Some(contents)),
                // The keyring's key may have been replaced since it was read here.
                None if from_memory && given == KeySource::Keyring => self.known().key = None,
                None => break,
            }
        }
        Err(LockedReason::WrongKey { given }.into())
    }

    fn remembers(&self, header: &Header) -> bool {
        self.known()
            .key
            .as_ref()
            .is_some_and(|(salt, _)| *salt == header.salt.0)
    }

    fn key(&self, opener: &Opener, header: &Header) -> Result<DataKey, VaultError> {
        if let Some((salt, key)) = &self.known().key
            && *salt == header.salt.0
        {
            return Ok(key.clone());
        }
        let salt = &header.salt.0;
        let key = match opener {
            Opener::MasterKey(text) => DataKey::from_master_key(text, salt)?,
            Opener::Passphrase(text) => DataKey::from_passphrase(text, salt)?,
            Opener::Keyring(keyring) => {
                return Ok(self.keyring_key(keyring)?.ok_or(LockedReason::KeyMissing)?);
            }
        };
        // Kept even if it will not fit: stretching a wrong passphrase again changes nothing.
        self.known().key = Some((salt.clone(), key.clone()));
        Ok(key)
    }

    fn remember(&self, contents: &Contents) {
        self.known().key = Some((contents.header.salt.0.clone(), contents.key.clone()));
    }

    fn keyring_key(&self, keyring: &Keyring) -> Result<Option<DataKey>, VaultError> {
        let Some(text) = keyring.get(&self.profile)? else {
            return Ok(None);
        };
        let bytes = BASE64.decode(text.as_bytes()).map(Zeroizing::new).ok();
        let key = bytes.and_then(|bytes| DataKey::from_slice(&bytes));
        Ok(Some(key.ok_or(LockedReason::KeyUnreadable)?))
    }

    /// The vault as it is read, with the highest generation known of it.
    fn load_checked(&self) -> Result<Option<(Contents, u64)>, VaultError> {
        let Some(mut contents) = self.load()? else {
            return Ok(None);
        };
        let mut expected = self.expected(&contents)?;
        if contents.header.generation < expected {
            // Another process may have written between the reading of the file and that of the
            // keyring, or have accepted the older file. The file is written first, so a second
            // reading is not behind.
            match self.load()? {
                Some(again) => contents = again,
                None => return Ok(None),
            }
            self.known().seen = None;
            expected = self.expected(&contents)?;
        }
        self.remember(&contents);
        Ok(Some((contents, expected)))
    }

    /// The highest generation seen of this vault; 0 where there is no keyring to remember it.
    fn expected(&self, contents: &Contents) -> Result<u64, VaultError> {
        let vault = &contents.header.vault.0;
        let Opener::Keyring(keyring) = self.opener()? else {
            return Ok(0);
        };
        let seen = self.known().seen.clone().filter(|(seen, _)| seen == vault);
        let seen = match seen {
            Some((_, generation)) => generation,
            None => {
                let text = keyring.get(&self.generation_account(vault))?;
                text.and_then(|text| text.parse().ok()).unwrap_or(0)
            }
        };
        let highest = if contents.damaged {
            seen
        } else {
            seen.max(contents.header.generation)
        };
        self.known().seen = Some((vault.clone(), highest));
        Ok(seen)
    }

    fn generation_account(&self, vault: &[u8]) -> String {
        let hex: String = vault.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}/generation/{hex}", self.profile)
    }

    /// A new vault in memory, with the keyring's key or, if it has none, a new one.
    fn create(&self) -> Result<Contents, VaultError> {
        let opener = self.opener()?;
        let (vault, salt) = (random()?, random::<16>()?);
        let key = match opener {
            Opener::MasterKey(text) => DataKey::from_master_key(text, &salt)?,
            Opener::Passphrase(text) => DataKey::from_passphrase(text, &salt)?,
            Opener::Keyring(keyring) => match self.keyring_key(keyring)? {
                Some(key) => key,
                None => {
                    let key = DataKey::draw()?;
                    keyring.set(&self.profile, Zeroizing::new(BASE64.encode(key.bytes())))?;
                    key
                }
            },
        };
        Contents::new(&self.profile, opener.source(), vault, salt, key)
    }

    /// Reads, changes and writes under the lock; `change` says whether there is anything to write.
    fn change(
        &self,
        change: impl FnOnce(&mut Contents) -> Result<bool, VaultError>,
    ) -> Result<bool, VaultError> {
        self.opener()?;
        let held = self.disk.lock()?;
        if let Ok(Opener::Keyring(_)) = &self.opener {
            *self.known() = Known::default();
        }
        let mut contents = match self.load_checked()? {
            Some((contents, expected)) if contents.header.generation < expected => {
                let found = contents.header.generation;
                return Err(VaultError::Older { found, expected });
            }
            Some((contents, _)) => contents,
            None => self.create()?,
        };
        if !change(&mut contents)? {
            return Ok(false);
        }
        if contents.damaged
            && let Some(file) = self.disk.read()?
        {
            self.disk.keep_damaged(&held, &file)?;
        }
        self.disk.write(&held, &contents.to_file()?)?;
        self.remember(&contents);
        if let Err(fault) = self.note_generation(&held, &contents) {
            tracing::warn!(
                ?fault,
                "the keyring did not take the vault's new generation"
            );
        }
        Ok(true)
    }

    fn note_generation(&self, _held: &WriteLock<'_>, contents: &Contents) -> Result<(), Fault> {
        let Header {
            vault, generation, ..
        } = &contents.header;
        if let Ok(Opener::Keyring(keyring)) = &self.opener {
            let account = self.generation_account(&vault.0);
            keyring.set(&account, Zeroizing::new(generation.to_string()))?;
            self.known().seen = Some((vault.0.clone(), *generation));
        }
        Ok(())
    }

    /// Whether a vault could be begun here, where there is none.
    fn could_create(&self) -> Result<(), VaultError> {
        match self.opener()? {
            Opener::MasterKey(_) | Opener::Passphrase(_) => Ok(()),
            Opener::Keyring(keyring) => self.keyring_key(keyring).map(drop),
        }
    }
}

impl Opener {
    fn source(&self) -> KeySource {
        match self {
            Self::MasterKey(_) => KeySource::MasterKey,
            Self::Passphrase(_) => KeySource::Passphrase,
            Self::Keyring(_) => KeySource::Keyring,
        }
    }
}

impl Vault for FileVault {
    fn get(&self, name: &str) -> Result<Option<Secret>, VaultError> {
        match self.load()? {
            Some(contents) => {
                self.remember(&contents);
                contents.get(name)
            }
            None => Ok(None),
        }
    }

    fn put(&self, name: &str, secret: &Secret) -> Result<(), VaultError> {
        self.change(|contents| contents.put(name, secret).map(|()| true))
            .map(drop)
    }

    fn remove(&self, name: &str) -> Result<bool, VaultError> {
        if self.disk.read()?.is_none() {
            return Ok(false);
        }
        self.change(|contents| contents.remove(name))
    }

    fn names(&self) -> Result<Vec<String>, VaultError> {
        match self.disk.read()? {
            Some(file) => Ok(Document::parse(&file)?.names()),
            None => Ok(Vec::new()),
        }
    }

    fn state(&self) -> VaultState {
        let state = match self.load_checked() {
            Ok(None) => self.could_create().map(|()| VaultState::Ready),
            Ok(Some((contents, expected))) if contents.header.generation < expected => {
                Ok(VaultState::Older {
                    found: contents.header.generation,
                    expected,
                })
            }
            Ok(Some((contents, _))) if contents.damaged => Ok(VaultState::Damaged),
            Ok(Some(_)) => Ok(VaultState::Ready),
            Err(error) => Err(error),
        };
        match state {
            Ok(state) => state,
            Err(VaultError::Locked(reason)) => VaultState::Locked { reason },
            Err(VaultError::Unavailable(reason)) => VaultState::Unavailable { reason },
            Err(error) => VaultState::Unavailable {
                reason: UnavailableReason::Folder {
                    detail: error.to_string(),
                },
            },
        }
    }

    fn start_over(&self) -> Result<Option<PathBuf>, VaultError> {
        let held = self.disk.lock()?;
        *self.known() = Known::default();
        self.disk.set_aside(&held)
    }

    fn accept_older(&self) -> Result<(), VaultError> {
        let held = self.disk.lock()?;
        match self.load_checked()? {
            Some((contents, _)) => Ok(self.note_generation(&held, &contents)?),
            None => Ok(()),
        }
    }

    fn journal(&self, name: &str) -> Result<Option<Box<dyn Journal>>, VaultError> {
        let Some(Contents { key, header, .. }) = self.load()? else {
            return Err(VaultError::Damaged {
                name: name.to_owned(),
            });
        };
        let binding = journal::binding(&self.profile, &header.vault.0, name);
        let file = self.disk.new_journal(name)?;
        let ready = FileJournal::begin(file, name, key, binding)?;
        Ok(Some(Box::new(ready)))
    }

    fn journaled(&self, name: &str) -> Result<Option<Secret>, VaultError> {
        let Some(file) = self.disk.read_journal(name)? else {
            return Ok(None);
        };
        Ok(self.load()?.and_then(|contents| {
            let binding = journal::binding(&self.profile, &contents.header.vault.0, name);
            journal::secret(&file, &contents.key, &binding)
        }))
    }

    fn forget_journal(&self, name: &str) -> Result<(), VaultError> {
        self.disk.forget_journal(name)
    }

    fn journals(&self) -> Result<Vec<String>, VaultError> {
        let files = self.disk.journals()?;
        Ok(files
            .iter()
            .filter_map(|file| journal::name(file))
            .collect())
    }
}
