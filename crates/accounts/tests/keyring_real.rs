//! The vault with a real GNOME keyring on a message bus of its own: unlocked, locked, and none.
//!
//! Needs the Debian packages `dbus` (or `dbus-daemon`) and `gnome-keyring`; says so where they are missing.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests"
)]

mod common;

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use accounts::{KeyringChoice, LockedReason, UnavailableReason, Vault, VaultError, VaultState};
use common::{secret, value, with_keyring};
use tempfile::tempdir;

const ACT: &str = "PORTOLAN_TEST_KEYRING_ACT";
const HOME: &str = "PORTOLAN_TEST_KEYRING_HOME";
/// An empty password would make no collection.
const UNLOCK: &str = "printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null";
/// Runs without unlocking; requests to open the collection fail, as there is no display to ask on.
const LOCKED: &str = "gnome-keyring-daemon --start --components=secrets >/dev/null";

const BUS_WITHOUT_SERVICES: &str = r#"<busconfig><type>session</type>
<listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"#;

/// Not a test of its own: what runs in a process beside the keyring.
#[test]
fn beside() {
    let Some(act) = std::env::var_os(ACT) else {
        return;
    };
    let home = std::env::var_os(HOME).unwrap();
    let vault = with_keyring(Path::new(&home), KeyringChoice::System);
    let start = Instant::now();
    match act.to_str().unwrap() {
        "store" => {
            assert_eq!(vault.state(), VaultState::Ready);
            vault.put("account/one", &secret("sk-real")).unwrap();
            assert_eq!(value(&vault, "account/one").unwrap(), "sk-real");
        }
        "read" => {
            assert_eq!(vault.state(), VaultState::Ready);
            assert_eq!(value(&vault, "account/one").unwrap(), "sk-real");
            vault.put("account/two", &secret("sk-more")).unwrap();
        }
        "locked" => {
            let state = vault.state();
            let reason = LockedReason::KeyringLocked;
            assert_eq!(state, VaultState::Locked { reason }, "{state:?}");
            assert!(vault.get("account/one").is_err());
            assert!(vault.put("account/one", &secret("x")).is_err());
        }
        "locked-and-new" => {
            let error = vault.put("account/one", &secret("x")).unwrap_err();
            let reason = LockedReason::KeyringLocked;
            assert!(
                matches!(&error, VaultError::Locked(found) if *found == reason),
                "{error}"
            );
            assert!(!Path::new(&home).join("vault.bin").exists());
        }
        "none" => {
            let state = vault.state();
            let VaultState::Unavailable { reason } = &state else {
                panic!("{state:?}")
            };
            assert!(
                matches!(reason, UnavailableReason::NoKeyring { .. }),
                "{reason}"
            );
            assert!(vault.put("account/one", &secret("x")).is_err());
        }
        other => panic!("unknown act {other}"),
    }
    assert!(start.elapsed() < Duration::from_secs(20), "no call hangs");
    eprintln!("acted");
}

/// A session bus of its own, with the folders of a user who has nothing else.
fn session(folder: &Path, script: &str) -> Output {
    let mut command = Command::new("timeout");
    command.args(["60", "dbus-run-session", "--", "sh", "-ec", script]);
    prepare(&mut command, folder).output().unwrap()
}

fn prepare<'a>(command: &'a mut Command, folder: &Path) -> &'a mut Command {
    let run = folder.join("run");
    std::fs::create_dir_all(&run).unwrap();
    std::fs::set_permissions(&run, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    command
        .env("HOME", folder)
        .env("XDG_DATA_HOME", folder.join("data"))
        .env("XDG_RUNTIME_DIR", &run)
        .env(HOME, folder.join("portolan"))
        .env("BESIDE", std::env::current_exe().unwrap())
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
}

fn act(name: &str) -> String {
    format!("{ACT}={name} \"$BESIDE\" beside --exact --nocapture")
}

fn assert_acted(output: &Output, times: usize) {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{out}");
    assert_eq!(text.matches("acted").count(), times, "{text}\n{out}");
    eprintln!("{text}");
}

fn tools_are_there() -> bool {
    let missing: Vec<&str> = ["dbus-run-session", "gnome-keyring-daemon"]
        .into_iter()
        .filter(|tool| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            !std::env::split_paths(&path).any(|folder| folder.join(tool).exists())
        })
        .collect();
    if !missing.is_empty() {
        eprintln!(
            "skipped: {} not installed (packages dbus, gnome-keyring)",
            missing.join(", ")
        );
    }
    missing.is_empty()
}

#[test]
fn s34_a_real_keyring_keeps_the_key_for_the_next_process_and_can_be_locked() {
    if !tools_are_there() {
        return;
    }
    let folder = tempdir().unwrap();
    let script = format!("{UNLOCK}; {}; {}", act("store"), act("read"));
    assert_acted(&session(folder.path(), &script), 2);
    let script = format!("{LOCKED}; {}", act("locked"));
    assert_acted(&session(folder.path(), &script), 1);
    let script = format!("{UNLOCK}; {}", act("read"));
    assert_acted(&session(folder.path(), &script), 1);
}

#[test]
fn s34_a_new_vault_is_not_begun_beside_a_locked_real_keyring() {
    if !tools_are_there() {
        return;
    }
    let folder = tempdir().unwrap();
    // The collection is made, and nothing of ours is in it.
    assert_acted(&session(folder.path(), &format!("{UNLOCK}; sleep 0.5")), 0);
    let script = format!("{LOCKED}; {}", act("locked-and-new"));
    assert_acted(&session(folder.path(), &script), 1);
}

#[test]
fn s33_a_bus_without_a_keyring_is_unavailable() {
    if !tools_are_there() {
        return;
    }
    let folder = tempdir().unwrap();
    let configuration = folder.path().join("bus.conf");
    std::fs::write(&configuration, BUS_WITHOUT_SERVICES).unwrap();
    let mut command = Command::new("timeout");
    let option = format!("--config-file={}", configuration.display());
    command.args([
        "60",
        "dbus-run-session",
        &option,
        "--",
        "sh",
        "-ec",
        &act("none"),
    ]);
    assert_acted(&prepare(&mut command, folder.path()).output().unwrap(), 1);
}

#[test]
fn s33_no_bus_is_unavailable() {
    let folder = tempdir().unwrap();
    let mut alone = Command::new(std::env::current_exe().unwrap());
    alone
        .args(["beside", "--exact", "--nocapture"])
        .env(ACT, "none");
    assert_acted(&prepare(&mut alone, folder.path()).output().unwrap(), 1);
}
