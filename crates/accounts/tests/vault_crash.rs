//! Writers that are killed, and writers that meet: the vault is whole at every moment.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use accounts::{Vault, VaultState};
use common::{MASTER, secret, value, with_master};
use tempfile::tempdir;

const HOME: &str = "PORTOLAN_TEST_WRITER_HOME";
const ROUNDS: &str = "PORTOLAN_TEST_WRITER_ROUNDS";

/// Long enough to span several blocks, and whole only if all of its parts agree.
fn whole(number: u64) -> String {
    format!("{number}:").repeat(600)
}

fn is_whole(text: &str) -> bool {
    let number = text.split(':').next().and_then(|part| part.parse().ok());
    number.is_some_and(|number| text == whole(number))
}

/// Not a test of its own: the body of the child processes.
#[test]
fn writer() {
    let Some(home) = std::env::var_os(HOME).map(PathBuf::from) else {
        return;
    };
    let rounds: u64 = std::env::var(ROUNDS).unwrap().parse().unwrap();
    let vault = with_master(&home, MASTER);
    for number in 0..rounds {
        vault.put("account/one", &secret(&whole(number))).unwrap();
        vault
            .put(
                &format!("account/of-{}", std::process::id()),
                &secret(&whole(number)),
            )
            .unwrap();
    }
}

fn start_writer(home: &Path, rounds: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["writer", "--exact"])
        .env(HOME, home)
        .env(ROUNDS, rounds.to_string())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn killed_100_times_while_writing_the_vault_opens_every_time() {
    let folder = tempdir().unwrap();
    let vault = with_master(folder.path(), MASTER);
    vault.put("account/one", &secret(&whole(0))).unwrap();
    vault.put("account/still", &secret("untouched")).unwrap();
    let end = Instant::now() + Duration::from_secs(18);
    let mut writes_seen = 0;
    for round in 0..100_u64 {
        assert!(Instant::now() < end, "only {round} rounds in time");
        let before = common::file(folder.path());
        let mut writer = start_writer(folder.path(), 1_000_000);
        std::thread::sleep(Duration::from_micros(15_000 + round * 7_919 % 40_000));
        writer.kill().unwrap();
        writer.wait().unwrap();
        let fresh = with_master(folder.path(), MASTER);
        assert_eq!(fresh.state(), VaultState::Ready, "round {round}");
        for name in fresh.names().unwrap() {
            let text = value(&fresh, &name).unwrap();
            assert!(
                name == "account/still" || is_whole(&text),
                "round {round}, {name}"
            );
        }
        assert_eq!(value(&fresh, "account/still").unwrap(), "untouched");
        writes_seen += u32::from(common::file(folder.path()) != before);
        for name in fresh
            .names()
            .unwrap()
            .iter()
            .filter(|name| name.starts_with("account/of-"))
        {
            fresh.remove(name).unwrap();
        }
    }
    assert!(
        writes_seen > 50,
        "the writers were killed before they wrote: {writes_seen}"
    );
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert!(
        left.len() <= 3,
        "killed writers leave at most one file: {left:?}"
    );
}

#[test]
fn two_processes_lose_none_of_each_other_s_records() {
    let folder = tempdir().unwrap();
    let mut writers: Vec<Child> = (0..3).map(|_| start_writer(folder.path(), 20)).collect();
    let vault = with_master(folder.path(), MASTER);
    while writers
        .iter_mut()
        .any(|writer| writer.try_wait().unwrap().is_none())
    {
        let state = vault.state();
        assert_eq!(state, VaultState::Ready, "readers never see half a write");
        std::thread::sleep(Duration::from_millis(2));
    }
    for mut writer in writers {
        assert!(writer.wait().unwrap().success());
    }
    let names = vault.names().unwrap();
    assert_eq!(names.len(), 4, "{names:?}");
    for name in names {
        assert_eq!(value(&vault, &name).unwrap(), whole(19), "{name}");
    }
}
