//! What opens the vault when there is a master key, a passphrase, a keyring, or none of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use accounts::{
    Account, AccountId, Accounts, CredentialSource, FileVault, KeySource, KeyringChoice,
    LockedReason, MemoryVault, Resolver, UnavailableReason, Vault, VaultError, VaultOptions,
    VaultState,
};
use common::{MASTER, Mood, Moody, secret, value, with_keyring, with_master, with_passphrase};
use std::sync::Arc;
use std::time::Instant;
use tempfile::tempdir;

#[test]
fn s33_without_any_key_nothing_is_stored_and_the_rest_goes_on() {
    let folder = tempdir().unwrap();
    let vault = with_keyring(folder.path(), KeyringChoice::Absent);
    let VaultState::Unavailable { reason } = vault.state() else {
        panic!("{:?}", vault.state())
    };
    assert!(
        matches!(reason, UnavailableReason::NoKeyring { .. }),
        "{reason}"
    );
    assert!(matches!(
        vault.put("x", &secret("y")),
        Err(VaultError::Unavailable(_))
    ));
    assert!(vault.get("x").unwrap().is_none());
    assert!(
        !folder.path().join("vault.bin").exists(),
        "no plain vault, no key beside it"
    );

    let environment = Account {
        id: AccountId::new("environment").unwrap(),
        provider: "p".to_owned(),
        label: "P".to_owned(),
        source: CredentialSource::Environment {
            variable: "KEY".to_owned(),
        },
    };
    let resolver = Resolver::new(Arc::new(vault), |_| Some("sk-env".to_owned()));
    let accounts = Accounts::new(vec![environment.clone()], resolver);
    let lease = accounts.lease(&environment.id, Instant::now()).unwrap();
    assert_eq!(lease.secret().unwrap().expose(), "sk-env");
}

#[test]
fn s33_the_first_of_master_key_passphrase_keyring_is_used() {
    let store = Moody::new(Mood::Open);
    let open = |home: &std::path::Path, master: Option<&str>, passphrase: Option<&str>| {
        FileVault::open(VaultOptions {
            home: home.to_owned(),
            profile: "default".to_owned(),
            master_key: master.map(secret),
            passphrase: passphrase.map(secret),
            keyring: store.choice(),
        })
    };
    for (master, passphrase, expected) in [
        (Some(MASTER), Some("words"), "\"source\":\"master-key\""),
        (Some(MASTER), None, "\"source\":\"master-key\""),
        (None, Some("words"), "\"source\":\"passphrase\""),
        (None, None, "\"source\":\"keyring\""),
    ] {
        let folder = tempdir().unwrap();
        let vault = open(folder.path(), master, passphrase);
        assert_eq!(vault.state(), VaultState::Ready);
        vault.put("a", &secret("sk-1")).unwrap();
        let text = String::from_utf8(common::file(folder.path())).unwrap();
        assert!(text.contains(expected), "{text}");
        assert_eq!(
            store.entries().is_empty(),
            expected.contains("master") || passphrase.is_some()
        );
        assert_eq!(
            value(&open(folder.path(), master, passphrase), "a").unwrap(),
            "sk-1"
        );
    }
}

#[test]
fn s33_a_wrong_passphrase_is_told_and_costs_one_stretching() {
    let folder = tempdir().unwrap();
    with_passphrase(folder.path(), "words")
        .put("a", &secret("sk-1"))
        .unwrap();
    let wrong = with_passphrase(folder.path(), "other words");
    let reason = LockedReason::WrongKey {
        given: KeySource::Passphrase,
    };
    assert_eq!(
        wrong.state(),
        VaultState::Locked {
            reason: reason.clone()
        }
    );
    let start = Instant::now();
    for _ in 0..50 {
        assert_eq!(
            wrong.state(),
            VaultState::Locked {
                reason: reason.clone()
            }
        );
    }
    assert!(start.elapsed().as_secs() < 5, "stretched again and again");
}

#[test]
fn s33_a_short_master_key_is_refused_and_nothing_else_tried() {
    let folder = tempdir().unwrap();
    let vault = FileVault::open(VaultOptions {
        home: folder.path().to_owned(),
        profile: "default".to_owned(),
        master_key: Some(secret(&"é".repeat(31))),
        passphrase: Some(secret("words")),
        keyring: Moody::new(Mood::Open).choice(),
    });
    let reason = UnavailableReason::MasterKeyTooShort { length: 31 };
    assert_eq!(vault.state(), VaultState::Unavailable { reason });
    assert!(vault.put("a", &secret("b")).is_err());
    let long_enough = with_master(folder.path(), &"é".repeat(32));
    assert_eq!(long_enough.state(), VaultState::Ready);
}

#[test]
fn s33_another_source_than_the_sealing_one_is_told_by_name() {
    let folder = tempdir().unwrap();
    let store = Moody::new(Mood::Open);
    with_keyring(folder.path(), store.choice())
        .put("a", &secret("sk-1"))
        .unwrap();
    let vault = with_master(folder.path(), MASTER);
    let reason = LockedReason::OtherKeySource {
        sealed: KeySource::Keyring,
        given: KeySource::MasterKey,
    };
    assert_eq!(vault.state(), VaultState::Locked { reason });
    assert!(vault.put("a", &secret("b")).is_err());
    assert_eq!(
        value(&with_keyring(folder.path(), store.choice()), "a").unwrap(),
        "sk-1"
    );
}

#[test]
fn s33_a_failing_keyring_makes_the_vault_unavailable() {
    let folder = tempdir().unwrap();
    let vault = with_keyring(folder.path(), Moody::new(Mood::Broken).choice());
    let VaultState::Unavailable { reason } = vault.state() else {
        panic!("{:?}", vault.state())
    };
    assert!(reason.to_string().contains("the bus is gone"), "{reason}");
}

#[test]
fn a_folder_that_cannot_be_made_is_a_state_and_not_a_crash() {
    let folder = tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let vault = with_master(&folder.path().join("file/home"), MASTER);
    let VaultState::Unavailable { reason } = vault.state() else {
        panic!("{:?}", vault.state())
    };
    assert!(
        matches!(reason, UnavailableReason::Folder { .. }),
        "{reason}"
    );
    assert!(vault.put("a", &secret("b")).is_err());
}

#[test]
fn every_vault_keeps_replaces_lists_and_forgets() {
    let folder = tempdir().unwrap();
    let other = tempdir().unwrap();
    let store = Moody::new(Mood::Open);
    let vaults: [Box<dyn Vault>; 3] = [
        Box::new(with_master(folder.path(), MASTER)),
        Box::new(with_keyring(other.path(), store.choice())),
        Box::new(MemoryVault::new()),
    ];
    for vault in vaults {
        assert_eq!(vault.state(), VaultState::Ready);
        assert_eq!(vault.names().unwrap(), Vec::<String>::new());
        assert!(!vault.remove("b").unwrap());
        for (name, text) in [("b", "1"), ("a", "2"), ("b", "3 with é and \"quotes\"")] {
            vault.put(name, &secret(text)).unwrap();
        }
        assert_eq!(vault.names().unwrap(), ["a", "b"]);
        assert_eq!(
            vault.get("b").unwrap().unwrap().expose(),
            "3 with é and \"quotes\""
        );
        assert!(vault.remove("b").unwrap());
        assert!(vault.get("b").unwrap().is_none());
        vault.accept_older().unwrap();
        vault.start_over().unwrap();
        assert_eq!(vault.names().unwrap(), Vec::<String>::new());
    }
}
