//! A process killed while it writes: the settings are whole every time.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of the home"
)]

mod home;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use contract::{AccountAdd, AccountChoice, Api};
use home::TestHome;

/// Tells the child which folder to write in.
const FOLDER: &str = "PORTOLAN_TEST_KILLED_FOLDER";

/// The child: adds and removes an account until it is killed, for 30 seconds at most.
#[test]
fn write_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let control = control::Control::start(control::Options {
            home: control::Home {
                settings: std::path::Path::new(&folder).join("config.toml"),
                data: folder.clone().into(),
            },
            overrides: control::Overrides::default(),
            vault: std::sync::Arc::new(accounts::MemoryVault::new()),
            environment: std::sync::Arc::new(|_| None),
            system_proxy: std::sync::Arc::new(gateway::SystemProxy::default),
            holder: std::sync::Arc::new(|_| None),
            pages: std::sync::Arc::new(|_| accounts::Pages {
                taken: String::new(),
                refused: String::new(),
            }),
        })
        .await
        .unwrap();
        let end = Instant::now() + Duration::from_secs(30);
        while Instant::now() < end {
            let add = AccountAdd {
                provider: "ollama".to_owned(),
                name: Some("written".to_owned()),
                ..AccountAdd::default()
            };
            // The process before may have been killed between the two.
            let _ = control.accounts_add(add).await;
            control
                .accounts_remove(AccountChoice {
                    id: "written".to_owned(),
                })
                .await
                .unwrap();
        }
    });
}

/// Whether a file is there that has not taken its place yet.
fn is_writing(home: &TestHome) -> bool {
    let names = std::fs::read_dir(home.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    names
        .into_iter()
        .any(|name| name.to_string_lossy().starts_with(".portolan-new-"))
}

#[tokio::test]
async fn the_settings_are_whole_after_every_kill() {
    // Long enough for a write to take a while.
    let mine = format!(
        "{}[listen]\nport = 28009 # ours\n",
        "# mine\n".repeat(2_000)
    );
    let home = TestHome::new(&mine);
    for round in 0..30_u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["write_until_killed", "--exact", "--test-threads=1"])
            .env(FOLDER, home.path(""))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let began = Instant::now();
        while !is_writing(&home) {
            assert!(began.elapsed() < home::LONG, "the child does not write");
        }
        // What a reader sees now is what a kill would leave now.
        let moment = Instant::now() + Duration::from_micros(round * 7_919 % 100_000);
        while Instant::now() < moment {
            assert!(
                home.settings().starts_with(&mine),
                "round {round}: half a file"
            );
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let text = home.settings();
        assert!(
            text.starts_with(&mine),
            "round {round}: {} bytes",
            text.len()
        );
        let control = home.start().await;
        assert!(
            control.accounts_list().await.unwrap().len() <= 1,
            "round {round}"
        );
        drop(control);
    }
    let leftovers = std::fs::read_dir(home.path("")).unwrap();
    let names: Vec<String> = leftovers
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(
        names.iter().all(|name| name.starts_with("config.")),
        "{names:?}"
    );
}
