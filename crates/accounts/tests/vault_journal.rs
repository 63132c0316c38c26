//! The journal beside the vault: sealed, of one name, whole or nothing, and written with nobody to ask.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::path::{Path, PathBuf};

use accounts::{FileVault, Vault, VaultError};
use common::{MASTER, Mood, Moody, secret, with_keyring, with_master};
use tempfile::tempdir;

const WORK: &str = "account/work";

fn keep(vault: &FileVault, name: &str, text: &str) {
    let mut journal = vault.journal(name).unwrap().unwrap();
    journal.keep(&secret(text)).unwrap();
}

fn journaled(vault: &FileVault, name: &str) -> Option<String> {
    let kept = vault.journaled(name).unwrap();
    kept.map(|secret| secret.expose().to_owned())
}

fn files(home: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(home).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let is_journal = |path: &PathBuf| path.to_string_lossy().contains("vault.journal-");
    paths.filter(is_journal).collect()
}

#[test]
fn what_is_kept_is_read_by_another_process_until_it_is_forgotten() {
    let home = tempdir().unwrap();
    let vault = with_master(home.path(), MASTER);
    vault.put(WORK, &secret("old")).unwrap();
    assert_eq!(journaled(&vault, WORK), None);
    assert!(vault.journals().unwrap().is_empty());
    let mut ready = vault.journal(WORK).unwrap().unwrap();
    assert_eq!(journaled(&vault, WORK), None, "ready, and nothing kept");
    ready.keep(&secret("new")).unwrap();
    let other = with_master(home.path(), MASTER);
    assert_eq!(journaled(&other, WORK).as_deref(), Some("new"));
    assert_eq!(other.journals().unwrap(), [WORK]);
    assert_eq!(other.names().unwrap(), [WORK], "it is no record");
    assert_eq!(other.get(WORK).unwrap().unwrap().expose(), "old");
    // The next one takes its place, also where it is shorter.
    keep(&vault, WORK, &"long ".repeat(20_000));
    keep(&vault, WORK, "short");
    assert_eq!(journaled(&other, WORK).as_deref(), Some("short"));
    other.forget_journal(WORK).unwrap();
    other.forget_journal(WORK).unwrap();
    assert_eq!(journaled(&vault, WORK), None);
    assert!(files(home.path()).is_empty());
}

#[test]
fn s31_it_is_sealed_and_bound_to_its_name_and_its_vault() {
    let (home, elsewhere) = (tempdir().unwrap(), tempdir().unwrap());
    let vault = with_master(home.path(), MASTER);
    vault.put(WORK, &secret("old")).unwrap();
    keep(&vault, WORK, "sk-canary");
    keep(&vault, "account/home", "sk-home");
    let other = with_master(elsewhere.path(), MASTER);
    other.put(WORK, &secret("old")).unwrap();
    keep(&other, WORK, "sk-elsewhere");
    for file in files(home.path()) {
        let bytes = std::fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("canary") && !text.contains("sk-home"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
    let work = vault.journals().unwrap().len();
    assert_eq!(work, 2);
    let named = |name: &str| {
        let of = |path: &PathBuf| std::fs::read_to_string(path).unwrap().contains(name);
        files(home.path()).into_iter().find(of).unwrap()
    };
    let (work, own) = (named(WORK), std::fs::read(named(WORK)).unwrap());
    let foreign = [named("account/home"), files(elsewhere.path()).remove(0)];
    for other in foreign {
        std::fs::copy(other, &work).unwrap();
        assert_eq!(journaled(&vault, WORK), None);
    }
    // Half a line, and a line of which one byte differs.
    let end = own.iter().position(|byte| *byte == b'\n').unwrap();
    std::fs::write(&work, &own[..end / 2]).unwrap();
    assert_eq!(journaled(&vault, WORK), None);
    let mut spoiled = own.clone();
    spoiled[end - 8] ^= 1;
    std::fs::write(&work, &spoiled).unwrap();
    assert_eq!(journaled(&vault, WORK), None);
    std::fs::write(&work, own).unwrap();
    assert_eq!(journaled(&vault, WORK).as_deref(), Some("sk-canary"));
}

#[test]
fn a_keyring_that_locks_between_keeps_the_vault_shut_and_not_the_journal() {
    let home = tempdir().unwrap();
    let keyring = Moody::new(Mood::Open);
    let vault = with_keyring(home.path(), keyring.choice());
    vault.put(WORK, &secret("old")).unwrap();
    let mut ready = vault.journal(WORK).unwrap().unwrap();
    keyring.set(Mood::Locked);
    assert!(vault.put(WORK, &secret("new")).is_err());
    ready.keep(&secret("new")).unwrap();
    let next = with_keyring(home.path(), keyring.choice());
    // Nothing is known of it while the key is not to be had, so nothing may be spent.
    assert!(matches!(next.journaled(WORK), Err(VaultError::Locked(_))));
    keyring.set(Mood::Open);
    assert_eq!(journaled(&next, WORK).as_deref(), Some("new"));
}

#[test]
fn without_a_vault_there_is_nothing_to_keep_beside() {
    let home = tempdir().unwrap();
    let vault = with_master(home.path(), MASTER);
    assert!(vault.journal(WORK).is_err());
    assert_eq!(journaled(&vault, WORK), None);
    assert!(files(home.path()).is_empty());
}
