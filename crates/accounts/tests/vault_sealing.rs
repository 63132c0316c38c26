//! What a changed, swapped or replaced byte of `vault.bin` does, and what never reaches the disk.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;

use accounts::{KeyringChoice, LockedReason, Vault, VaultError, VaultState};
use common::{MASTER, file, secret, value, with_keyring, with_master};
use tempfile::tempdir;

const NAMES: [&str; 3] = ["account/one", "account/two", "key/laptop"];

fn filled(home: &std::path::Path) -> accounts::FileVault {
    let vault = with_master(home, MASTER);
    for name in NAMES {
        vault
            .put(name, &secret(&format!("sk-canary {name}")))
            .unwrap();
    }
    vault
}

#[test]
fn s31_a_flipped_byte_costs_at_most_the_record_it_is_in() {
    let folder = tempdir().unwrap();
    let vault = filled(folder.path());
    let sound = file(folder.path());
    let (mut lost_records, mut noticed) = (0, 0);
    for position in 0..sound.len() {
        let mut bytes = sound.clone();
        bytes[position] ^= 1 << (position % 7);
        fs::write(folder.path().join("vault.bin"), &bytes).unwrap();
        let mut lost = 0;
        for name in NAMES {
            match vault.get(name) {
                Ok(Some(found)) => assert_eq!(found.expose(), format!("sk-canary {name}")),
                Err(VaultError::Undecryptable { .. } | VaultError::Damaged { .. }) => lost += 1,
                other => panic!("byte {position}, {name}: {other:?}"),
            }
        }
        assert!(lost <= 1, "byte {position} cost {lost} records");
        lost_records += lost;
        noticed += usize::from(vault.state() == VaultState::Damaged);
    }
    let in_records = sound
        .split(|byte| *byte == b'\n')
        .filter(|line| line.starts_with(b"{\"name"));
    let in_records: usize = in_records.map(<[u8]>::len).sum();
    assert!(
        lost_records >= in_records,
        "every byte of a record counts: {lost_records}"
    );
    assert!(
        noticed >= in_records,
        "and is told: {noticed} of {in_records}"
    );
}

#[test]
fn s31_swapped_records_do_not_open_and_the_third_does() {
    let folder = tempdir().unwrap();
    let vault = filled(folder.path());
    let text = String::from_utf8(file(folder.path())).unwrap();
    let swapped = text
        .replace(NAMES[0], "HOLD")
        .replace(NAMES[1], NAMES[0])
        .replace("HOLD", NAMES[1]);
    assert_ne!(text, swapped);
    fs::write(folder.path().join("vault.bin"), swapped).unwrap();
    for name in &NAMES[..2] {
        assert!(
            matches!(vault.get(name), Err(VaultError::Undecryptable { .. })),
            "{name}"
        );
    }
    assert_eq!(value(&vault, NAMES[2]).unwrap(), "sk-canary key/laptop");
    assert_eq!(vault.state(), VaultState::Damaged);
}

#[test]
fn s31_an_old_record_in_a_new_file_is_told() {
    let folder = tempdir().unwrap();
    let vault = filled(folder.path());
    let line_of = |name: &str| {
        let text = String::from_utf8(file(folder.path())).unwrap();
        text.lines()
            .find(|line| line.contains(name))
            .unwrap()
            .to_owned()
    };
    let old = line_of(NAMES[0]);
    vault.put(NAMES[0], &secret("the new one")).unwrap();
    let text = String::from_utf8(file(folder.path()))
        .unwrap()
        .replace(&line_of(NAMES[0]), &old);
    fs::write(folder.path().join("vault.bin"), text).unwrap();
    assert_eq!(vault.state(), VaultState::Damaged);
}

#[test]
fn s31_an_edited_generation_is_told() {
    let folder = tempdir().unwrap();
    let vault = filled(folder.path());
    let text = String::from_utf8(file(folder.path())).unwrap();
    let edited = text.replace(
        "\"generation\":3,\"records\"",
        "\"generation\":9,\"records\"",
    );
    assert_ne!(text, edited);
    fs::write(folder.path().join("vault.bin"), edited).unwrap();
    assert_eq!(vault.state(), VaultState::Damaged);
    assert_eq!(value(&vault, NAMES[0]).unwrap(), "sk-canary account/one");
}

#[test]
fn s31_a_record_of_another_vault_does_not_open() {
    let (here, there) = (tempdir().unwrap(), tempdir().unwrap());
    let store = common::Moody::new(common::Mood::Open);
    let vault = with_keyring(here.path(), store.choice());
    let other = with_keyring(there.path(), store.choice());
    vault.put("account/one", &secret("mine")).unwrap();
    other.put("account/one", &secret("theirs")).unwrap();
    let record = |home: &std::path::Path| {
        let text = String::from_utf8(file(home)).unwrap();
        text.lines()
            .find(|line| line.contains("\"name\""))
            .unwrap()
            .to_owned()
    };
    let text = String::from_utf8(file(here.path())).unwrap();
    let mixed = text.replace(&record(here.path()), &record(there.path()));
    fs::write(here.path().join("vault.bin"), mixed).unwrap();
    assert!(matches!(
        vault.get("account/one"),
        Err(VaultError::Undecryptable { .. })
    ));
}

#[test]
fn s31_another_profile_cannot_read_the_records() {
    let folder = tempdir().unwrap();
    filled(folder.path());
    let other = accounts::FileVault::open(accounts::VaultOptions {
        home: folder.path().to_owned(),
        profile: "work".to_owned(),
        master_key: Some(secret(MASTER)),
        passphrase: None,
        keyring: KeyringChoice::Absent,
    });
    assert_eq!(other.state(), VaultState::Damaged);
    for name in NAMES {
        assert!(
            matches!(other.get(name), Err(VaultError::Undecryptable { .. })),
            "{name}"
        );
    }
}

#[test]
fn s31_a_write_to_a_damaged_vault_keeps_a_copy_and_what_still_opens() {
    let folder = tempdir().unwrap();
    let vault = filled(folder.path());
    let damaged = String::from_utf8(file(folder.path()))
        .unwrap()
        .replacen("\"name\"", "\"nome\"", 1);
    fs::write(folder.path().join("vault.bin"), &damaged).unwrap();
    assert!(matches!(
        vault.get(NAMES[0]),
        Err(VaultError::Damaged { .. })
    ));
    vault.put("account/new", &secret("fresh")).unwrap();
    assert_eq!(vault.state(), VaultState::Ready);
    assert_eq!(value(&vault, NAMES[1]).unwrap(), "sk-canary account/two");
    assert_eq!(value(&vault, "account/new").unwrap(), "fresh");
    let copy = fs::read_to_string(folder.path().join("vault.bin.damaged-1")).unwrap();
    assert_eq!(copy, damaged);
}

#[test]
fn a_write_leaves_the_other_records_lines_as_they_are() {
    let folder = tempdir().unwrap();
    let vault = filled(folder.path());
    let lines = |needle: &str| {
        let text = String::from_utf8(file(folder.path())).unwrap();
        text.lines()
            .find(|line| line.contains(needle))
            .unwrap()
            .to_owned()
    };
    let before = lines(NAMES[1]);
    vault.put(NAMES[0], &secret("changed")).unwrap();
    assert_eq!(lines(NAMES[1]), before);
    assert!(vault.remove(NAMES[0]).unwrap());
    assert!(!vault.remove(NAMES[0]).unwrap());
    assert_eq!(lines(NAMES[1]), before);
    assert_eq!(vault.names().unwrap(), [NAMES[1], NAMES[2]]);
    assert_eq!(value(&vault, NAMES[0]), None);
}

#[test]
fn s31_a_wrong_key_is_told_from_damage() {
    let folder = tempdir().unwrap();
    filled(folder.path());
    let wrong = with_master(folder.path(), "another master key of thirty-two characters");
    let reason = LockedReason::WrongKey {
        given: accounts::KeySource::MasterKey,
    };
    assert_eq!(wrong.state(), VaultState::Locked { reason });
    let before = file(folder.path());
    assert!(matches!(
        wrong.put("x", &secret("y")),
        Err(VaultError::Locked(_))
    ));
    assert!(matches!(wrong.get(NAMES[0]), Err(VaultError::Locked(_))));
    assert_eq!(file(folder.path()), before);
}

#[test]
fn a_newer_format_and_a_strange_file_are_refused_and_left_alone() {
    let folder = tempdir().unwrap();
    let vault = filled(folder.path());
    let text = String::from_utf8(file(folder.path())).unwrap();
    let newer = text.replace(
        "\"portolan_vault\":1",
        "\"portolan_vault\":2,\"novel\":true",
    );
    for (content, words) in [
        (newer.as_str(), "format 2"),
        ("", "not readable"),
        ("\0\0", "not readable"),
    ] {
        fs::write(folder.path().join("vault.bin"), content).unwrap();
        let refused = vault.put("x", &secret("y")).unwrap_err();
        assert!(matches!(refused, VaultError::Unavailable(_)), "{refused}");
        assert!(refused.to_string().contains(words), "{refused}");
        assert!(matches!(vault.state(), VaultState::Unavailable { .. }));
        assert_eq!(
            fs::read_to_string(folder.path().join("vault.bin")).unwrap(),
            content
        );
    }
}

#[test]
fn s35_nothing_in_the_folder_holds_a_secret() {
    let folder = tempdir().unwrap();
    let store = common::Moody::new(common::Mood::Open);
    let vault = with_keyring(folder.path(), store.choice());
    let canary = secret("sk-canary-in-the-mine");
    vault.put("account/one", &canary).unwrap();
    vault.start_over().unwrap();
    vault.put("account/one", &canary).unwrap();
    let mut seen = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(9).any(|part| part == b"sk-canary"));
        seen += 1;
    }
    assert_eq!(seen, 3, "the vault, the one set aside, and the lock");
}

#[test]
fn s36_debug_shows_no_secret() {
    let folder = tempdir().unwrap();
    let vault = with_master(folder.path(), MASTER);
    vault.put("account/one", &secret("sk-canary")).unwrap();
    let shown = format!(
        "{vault:?} {:?} {:?}",
        vault.get("account/one"),
        KeyringChoice::Absent
    );
    assert!(
        !shown.contains("canary") && !shown.contains("thirty-two"),
        "{shown}"
    );
}

#[cfg(unix)]
#[test]
fn the_folder_and_the_files_are_private_even_if_they_were_not() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempdir().unwrap();
    let home = folder.path().join("a/b");
    filled(&home);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&home), mode(&home.join("vault.bin"))), (0o700, 0o600));
    assert_eq!(mode(&home.join("vault.lock")), 0o600);
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(home.join("vault.bin"), fs::Permissions::from_mode(0o644)).unwrap();
    drop(with_master(&home, MASTER));
    assert_eq!((mode(&home), mode(&home.join("vault.bin"))), (0o700, 0o600));
}
