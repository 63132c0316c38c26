//! A process killed while it writes: the file can be read every time, and only its end is missing.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ledger::{Entry, Ledger, Outcome, Query};

/// Tells the child which file to write.
const FILE: &str = "PORTOLAN_TEST_LEDGER_FILE";

fn entry(id: String) -> Entry {
    Entry {
        id: id.into(),
        began: i64::MAX / 2,
        took: 1,
        first_byte: None,
        instance: "default".into(),
        key: None,
        client: None,
        dialect: "openai-chat".into(),
        operation: "chat".into(),
        model: Some("m".repeat(200)),
        streamed: false,
        outcome: Outcome::Completed,
        fault: None,
        usage: None,
        attempts: Vec::new(),
        losses: Vec::new(),
    }
}

/// The child: stores until it is killed, for 30 seconds at most.
#[test]
fn write_until_killed() {
    let Some(path) = std::env::var_os(FILE) else {
        return;
    };
    let ledger = Ledger::at(PathBuf::from(path));
    ledger.begin(90, || ()).unwrap();
    let end = Instant::now() + Duration::from_secs(30);
    let mut number = 0;
    while Instant::now() < end {
        number += 1;
        ledger.store(vec![entry(format!("{}-{number}", std::process::id()))]);
        std::thread::sleep(Duration::from_micros(200));
    }
}

#[test]
fn the_file_can_be_read_after_every_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("activity.db");
    let all = Query {
        limit: usize::MAX >> 2,
        ..Query::default()
    };
    let mut before = 0;
    for round in 0..8 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "write_until_killed"])
            .env(FILE, &path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let ledger = Ledger::at(path.clone());
        let end = Instant::now() + Duration::from_secs(20);
        while ledger.page(&all).map_or(0, |page| page.entries.len()) < before + 20 {
            assert!(Instant::now() < end, "nothing is stored");
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(round * 3));
        child.kill().unwrap();
        child.wait().unwrap();
        let entries = ledger.page(&all).unwrap().entries;
        assert!(
            entries.len() >= before + 20,
            "what was read once is there again"
        );
        before = entries.len();
        // A next writer takes it as it is.
        ledger.begin(90, || ()).unwrap();
        ledger.end();
        assert_eq!(ledger.page(&all).unwrap().entries.len(), before);
        assert!(!folder.path().join("activity.damaged.db").exists());
    }
}
