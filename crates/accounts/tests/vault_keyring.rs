//! How the vault lives with a keyring: one thread, a time limit, and never a lost key.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use accounts::{KeyringChoice, LockedReason, Vault, VaultError, VaultState};
use common::{Mood, Moody, file, secret, value, with_keyring};
use keyring_core::api::CredentialStoreApi as _;
use keyring_core::mock;
use tempfile::tempdir;

fn locked(reason: LockedReason) -> VaultState {
    VaultState::Locked { reason }
}

#[test]
fn a_vault_is_read_by_the_next_process_with_the_keyring_s_key() {
    let folder = tempdir().unwrap();
    let store = mock::Store::new().unwrap();
    let choice = || KeyringChoice::Store(store.clone());
    with_keyring(folder.path(), choice())
        .put("account/one", &secret("sk-1"))
        .unwrap();
    let again = with_keyring(folder.path(), choice());
    assert_eq!(again.state(), VaultState::Ready);
    assert_eq!(value(&again, "account/one").unwrap(), "sk-1");
    assert_eq!(value(&again, "account/two"), None);
}

#[test]
fn s32_100_threads_are_served_one_by_one_from_one_thread() {
    let folder = tempdir().unwrap();
    let store = Moody::new(Mood::Open);
    let vault = Arc::new(with_keyring(folder.path(), store.choice()));
    let start = Instant::now();
    let threads: Vec<_> = (0..100)
        .map(|number| {
            let vault = Arc::clone(&vault);
            std::thread::spawn(move || {
                let name = format!("account/a-{number}");
                vault.put(&name, &secret(&format!("sk-{number}"))).unwrap();
                assert_eq!(value(&vault, &name).unwrap(), format!("sk-{number}"));
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert!(start.elapsed() < Duration::from_secs(60));
    assert_eq!(store.callers(), (1, 1), "one thread, one call at a time");
    let again = with_keyring(folder.path(), store.choice());
    for number in 0..100 {
        assert_eq!(
            value(&again, &format!("account/a-{number}")).unwrap(),
            format!("sk-{number}")
        );
    }
    assert_eq!(again.state(), VaultState::Ready);
}

#[test]
fn s32_a_silent_keyring_is_given_up_after_five_seconds_and_asked_again_later() {
    let folder = tempdir().unwrap();
    let store = Moody::new(Mood::Silent);
    let vault = with_keyring(folder.path(), store.choice());
    let start = Instant::now();
    assert_eq!(vault.state(), locked(LockedReason::KeyringSilent));
    let waited = start.elapsed();
    assert!(
        waited >= Duration::from_millis(4900) && waited < Duration::from_secs(8),
        "{waited:?}"
    );
    let start = Instant::now();
    let refused = vault.put("account/one", &secret("sk-1")).unwrap_err();
    assert!(
        matches!(refused, VaultError::Locked(LockedReason::KeyringSilent)),
        "{refused}"
    );
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "known to be stuck: no further wait"
    );
    store.set(Mood::Open);
    // The keyring's thread is still finishing the call that was given up.
    let end = Instant::now() + Duration::from_secs(30);
    while vault.state() != VaultState::Ready && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    vault.put("account/one", &secret("sk-1")).unwrap();
    assert_eq!(value(&vault, "account/one").unwrap(), "sk-1");
}

#[test]
fn s32_a_key_that_the_keyring_does_not_keep_is_never_used() {
    let folder = tempdir().unwrap();
    let store = Moody::new(Mood::Forgetful);
    let vault = with_keyring(folder.path(), store.choice());
    let refused = vault.put("account/one", &secret("sk-1")).unwrap_err();
    assert!(refused.to_string().contains("did not keep"), "{refused}");
    assert!(!folder.path().join("vault.bin").exists());
}

#[test]
fn s34_a_locked_keyring_locks_the_vault_and_changes_nothing() {
    let folder = tempdir().unwrap();
    let store = Moody::new(Mood::Open);
    with_keyring(folder.path(), store.choice())
        .put("account/one", &secret("sk-1"))
        .unwrap();
    let (before, key) = (file(folder.path()), store.text("default"));
    store.set(Mood::Locked);
    let vault = with_keyring(folder.path(), store.choice());
    assert_eq!(vault.state(), locked(LockedReason::KeyringLocked));
    assert!(matches!(
        vault.get("account/one"),
        Err(VaultError::Locked(_))
    ));
    assert!(matches!(
        vault.put("account/two", &secret("x")),
        Err(VaultError::Locked(_))
    ));
    assert!(matches!(
        vault.remove("account/one"),
        Err(VaultError::Locked(_))
    ));
    assert_eq!(vault.names().unwrap(), ["account/one"], "names need no key");
    store.set(Mood::Open);
    assert_eq!((file(folder.path()), store.text("default")), (before, key));
    assert_eq!(
        value(&vault, "account/one").unwrap(),
        "sk-1",
        "as soon as it is unlocked"
    );
}

#[test]
fn s34_one_refusal_of_the_real_mock_is_a_lock_and_not_a_loss() {
    let folder = tempdir().unwrap();
    let store = mock::Store::new().unwrap();
    let vault = with_keyring(folder.path(), KeyringChoice::Store(store.clone()));
    let entry = store.build("dev.portolan", "default", None).unwrap();
    let cell: &mock::Cred = entry.as_any().downcast_ref().unwrap();
    cell.set_error(keyring_core::Error::NoStorageAccess("denied".into()));
    assert_eq!(vault.state(), locked(LockedReason::KeyringLocked));
    vault.put("account/one", &secret("sk-1")).unwrap();
    let again = with_keyring(folder.path(), KeyringChoice::Store(store));
    cell.set_error(keyring_core::Error::BadEncoding(b"canary".to_vec()));
    let state = again.state();
    assert_eq!(state, locked(LockedReason::KeyUnreadable));
    assert!(
        !format!("{state:?}").contains("99"),
        "the bytes of the entry are not shown"
    );
}

#[test]
fn s34_a_wiped_keyring_never_begins_a_new_vault_by_itself() {
    let folder = tempdir().unwrap();
    let store = Moody::new(Mood::Open);
    let first = with_keyring(folder.path(), store.choice());
    first.put("account/one", &secret("sk-1")).unwrap();
    let before = file(folder.path());
    store.wipe();
    for vault in [first, with_keyring(folder.path(), store.choice())] {
        let refused = vault.put("account/two", &secret("sk-2")).unwrap_err();
        assert!(
            matches!(refused, VaultError::Locked(LockedReason::KeyMissing)),
            "{refused}"
        );
        assert_eq!(vault.state(), locked(LockedReason::KeyMissing));
    }
    assert!(store.entries().is_empty(), "no key was made");
    assert_eq!(file(folder.path()), before);

    let vault = with_keyring(folder.path(), store.choice());
    let aside = vault.start_over().unwrap().unwrap();
    assert_eq!(fs::read(&aside).unwrap(), before, "the old vault is kept");
    assert_eq!(vault.state(), VaultState::Ready);
    vault.put("account/two", &secret("sk-2")).unwrap();
    assert_eq!(vault.names().unwrap(), ["account/two"]);
    let second = vault.start_over().unwrap().unwrap();
    assert_ne!(aside, second, "a second one does not replace the first");
    assert_eq!(vault.start_over().unwrap(), None);
}

#[test]
fn s34_a_key_replaced_by_another_process_is_noticed() {
    let folder = tempdir().unwrap();
    let store = Moody::new(Mood::Open);
    let here = with_keyring(folder.path(), store.choice());
    here.put("account/one", &secret("sk-1")).unwrap();
    store.wipe();
    let there = with_keyring(folder.path(), store.choice());
    there.start_over().unwrap();
    there.put("account/one", &secret("sk-2")).unwrap();
    assert_eq!(value(&here, "account/one").unwrap(), "sk-2");
    store.overwrite("default", b"not a key");
    let refused = here.put("account/one", &secret("sk-3")).unwrap_err();
    assert!(
        matches!(refused, VaultError::Locked(LockedReason::KeyUnreadable)),
        "{refused}"
    );
    assert_eq!(store.text("default").unwrap(), b"not a key");
}

#[test]
fn s37_an_older_vault_is_reported_read_and_not_written_until_accepted() {
    let folder = tempdir().unwrap();
    let store = Moody::new(Mood::Open);
    let vault = with_keyring(folder.path(), store.choice());
    vault.put("account/one", &secret("revoked")).unwrap();
    let old = file(folder.path());
    vault.put("account/one", &secret("current")).unwrap();
    vault.remove("account/one").unwrap();
    fs::write(folder.path().join("vault.bin"), &old).unwrap();

    let older = VaultState::Older {
        found: 1,
        expected: 3,
    };
    for vault in [&vault, &with_keyring(folder.path(), store.choice())] {
        assert_eq!(vault.state(), older);
        assert_eq!(value(vault, "account/one").unwrap(), "revoked");
        let refused = vault.put("account/two", &secret("x")).unwrap_err();
        assert!(
            matches!(
                refused,
                VaultError::Older {
                    found: 1,
                    expected: 3
                }
            ),
            "{refused}"
        );
    }
    assert_eq!(file(folder.path()), old);

    with_keyring(folder.path(), store.choice())
        .accept_older()
        .unwrap();
    assert_eq!(vault.state(), VaultState::Ready, "in every process");
    vault.put("account/two", &secret("x")).unwrap();
    assert_eq!(
        with_keyring(folder.path(), store.choice()).state(),
        VaultState::Ready
    );
}

#[test]
fn s37_two_homes_under_one_key_raise_no_false_alarm() {
    let (here, there) = (tempdir().unwrap(), tempdir().unwrap());
    let store = Moody::new(Mood::Open);
    let first = with_keyring(here.path(), store.choice());
    for _ in 0..5 {
        first.put("account/one", &secret("x")).unwrap();
    }
    let second = with_keyring(there.path(), store.choice());
    second.put("account/one", &secret("y")).unwrap();
    for vault in [first, second] {
        assert_eq!(vault.state(), VaultState::Ready);
    }
    assert_eq!(
        with_keyring(here.path(), store.choice()).state(),
        VaultState::Ready
    );
    assert_eq!(
        with_keyring(there.path(), store.choice()).state(),
        VaultState::Ready
    );
}

#[test]
fn s37_a_generation_that_was_not_noted_is_no_alarm() {
    let folder = tempdir().unwrap();
    let store = Moody::new(Mood::Open);
    let vault = with_keyring(folder.path(), store.choice());
    vault.put("account/one", &secret("x")).unwrap();
    let name = store
        .entries()
        .into_iter()
        .find(|name| name.contains("generation"))
        .unwrap();
    store.overwrite(&name, b"0");
    assert_eq!(
        with_keyring(folder.path(), store.choice()).state(),
        VaultState::Ready
    );
}
