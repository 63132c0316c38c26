//! What the vault's tests share: options, secrets, and a keyring that can be locked, silent or wiped.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(unreachable_pub, reason = "a module of tests")]

use std::any::Any;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::ThreadId;
use std::time::Duration;

use accounts::{FileVault, KeyringChoice, Secret, Vault, VaultOptions};
use keyring_core::api::{CredentialApi, CredentialStoreApi};
use keyring_core::{Credential, Entry, Error, Result};

pub const MASTER: &str = "a master key of thirty-two characters or more";

pub fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned()).unwrap()
}

pub fn with_master(home: &Path, master: &str) -> FileVault {
    FileVault::open(VaultOptions {
        home: home.to_owned(),
        profile: "default".to_owned(),
        master_key: Some(secret(master)),
        passphrase: None,
        keyring: KeyringChoice::Absent,
    })
}

pub fn with_passphrase(home: &Path, passphrase: &str) -> FileVault {
    FileVault::open(VaultOptions {
        home: home.to_owned(),
        profile: "default".to_owned(),
        master_key: None,
        passphrase: Some(secret(passphrase)),
        keyring: KeyringChoice::Absent,
    })
}

pub fn with_keyring(home: &Path, keyring: KeyringChoice) -> FileVault {
    FileVault::open(VaultOptions {
        home: home.to_owned(),
        profile: "default".to_owned(),
        master_key: None,
        passphrase: None,
        keyring,
    })
}

/// The value under `name`, or `None`; panics on any refusal.
pub fn value(vault: &FileVault, name: &str) -> Option<String> {
    vault
        .get(name)
        .unwrap()
        .map(|secret| secret.expose().to_owned())
}

pub fn file(home: &Path) -> Vec<u8> {
    std::fs::read(home.join("vault.bin")).unwrap()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Open,
    Locked,
    Silent,
    Broken,
    Forgetful,
}

#[derive(Debug)]
struct State {
    mood: Mood,
    texts: HashMap<String, Vec<u8>>,
    calls: Vec<ThreadId>,
    running: usize,
    most_running: usize,
}

/// A keyring with moods.
#[derive(Debug, Clone)]
pub struct Moody(Arc<(Mutex<State>, Condvar)>);

#[derive(Debug)]
struct Cell {
    store: Moody,
    user: String,
}

impl Moody {
    pub fn new(mood: Mood) -> Self {
        let state = State {
            mood,
            texts: HashMap::new(),
            calls: Vec::new(),
            running: 0,
            most_running: 0,
        };
        Self(Arc::new((Mutex::new(state), Condvar::new())))
    }

    pub fn choice(&self) -> KeyringChoice {
        KeyringChoice::Store(Arc::new(self.clone()))
    }

    pub fn set(&self, mood: Mood) {
        self.0.0.lock().unwrap().mood = mood;
        self.0.1.notify_all();
    }

    pub fn wipe(&self) {
        self.0.0.lock().unwrap().texts.clear();
    }

    pub fn entries(&self) -> Vec<String> {
        let mut names: Vec<String> = self.0.0.lock().unwrap().texts.keys().cloned().collect();
        names.sort();
        names
    }

    pub fn text(&self, user: &str) -> Option<Vec<u8>> {
        self.0.0.lock().unwrap().texts.get(user).cloned()
    }

    pub fn overwrite(&self, user: &str, text: &[u8]) {
        self.0
            .0
            .lock()
            .unwrap()
            .texts
            .insert(user.to_owned(), text.to_vec());
    }

    /// How many threads called, and how many calls ran at once at most.
    pub fn callers(&self) -> (usize, usize) {
        let state = self.0.0.lock().unwrap();
        let threads: std::collections::HashSet<_> = state.calls.iter().collect();
        (threads.len(), state.most_running)
    }

    fn call<T>(&self, act: impl FnOnce(&mut State) -> Result<T>) -> Result<T> {
        let (lock, changed) = &*self.0;
        let mut state = lock.lock().unwrap();
        state.calls.push(std::thread::current().id());
        state.running += 1;
        state.most_running = state.most_running.max(state.running);
        drop(state);
        std::thread::sleep(Duration::from_millis(1));
        let mut state = changed
            .wait_while(lock.lock().unwrap(), |state| state.mood == Mood::Silent)
            .unwrap();
        state.running -= 1;
        match state.mood {
            Mood::Locked => Err(Error::NoStorageAccess("Prompt".into())),
            Mood::Broken => Err(Error::PlatformFailure("the bus is gone".into())),
            Mood::Open | Mood::Silent | Mood::Forgetful => act(&mut state),
        }
    }
}

impl CredentialStoreApi for Moody {
    fn vendor(&self) -> String {
        "moody".to_owned()
    }

    fn id(&self) -> String {
        "moody".to_owned()
    }

    fn build(&self, _: &str, user: &str, _: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        let cell = Cell {
            store: self.clone(),
            user: user.to_owned(),
        };
        Ok(Entry::new_with_credential(Arc::new(cell)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl CredentialApi for Cell {
    fn set_secret(&self, text: &[u8]) -> Result<()> {
        self.store.call(|state| {
            if state.mood != Mood::Forgetful {
                state.texts.insert(self.user.clone(), text.to_vec());
            }
            Ok(())
        })
    }

    fn get_secret(&self) -> Result<Vec<u8>> {
        self.store
            .call(|state| state.texts.get(&self.user).cloned().ok_or(Error::NoEntry))
    }

    fn delete_credential(&self) -> Result<()> {
        panic!("the vault deleted {} from the keyring", self.user)
    }

    fn get_credential(&self) -> Result<Option<Arc<Credential>>> {
        Ok(None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        Some(("dev.portolan".to_owned(), self.user.clone()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
