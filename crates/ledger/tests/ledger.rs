//! What goes in comes out; what is old, damaged or too much does no harm.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use ledger::{Attempt, Entry, Ledger, Outcome, Query, Usage};

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

fn entry(id: &str, outcome: Outcome) -> Entry {
    Entry {
        id: id.into(),
        began: now(),
        took: 12,
        first_byte: Some(7),
        instance: "default".into(),
        key: Some("laptop".into()),
        client: Some("curl/8.5".to_owned()),
        dialect: "openai-chat".into(),
        operation: "chat".into(),
        model: Some("claude-x".to_owned()),
        streamed: true,
        outcome,
        fault: (outcome == Outcome::Failed).then(|| "timeout".into()),
        usage: Some(Usage {
            input: Some(3),
            output: Some(0),
            ..Usage::default()
        }),
        attempts: vec![Attempt {
            provider: "mock".to_owned(),
            account: Some("mock-2".to_owned()),
            model: "100%_real".to_owned(),
            dialect: "openai-chat".into(),
            status: Some(200),
            first_byte: Some(5),
            fault: None,
        }],
        losses: vec!["temperature=dropped".to_owned()],
    }
}

fn begun(path: &Path, days: u32) -> Ledger {
    let ledger = Ledger::at(path.to_owned());
    ledger.begin(days, || ()).unwrap();
    ledger
}

fn ids(ledger: &Ledger, query: &Query) -> Vec<String> {
    let page = ledger.page(query).unwrap();
    page.entries
        .into_iter()
        .map(|entry| entry.id.to_string())
        .collect()
}

fn all() -> Query {
    Query {
        limit: 1000,
        ..Query::default()
    }
}

#[test]
fn an_entry_comes_back_as_it_was_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("activity.db");
    let changes = Arc::new(AtomicUsize::new(0));
    let ledger = Ledger::at(path.clone());
    assert_eq!(ledger.page(&all()).unwrap().entries, []);
    assert!(!path.exists(), "who only reads makes no file");
    let count = Arc::clone(&changes);
    ledger
        .begin(90, move || {
            count.fetch_add(1, Ordering::Relaxed);
        })
        .unwrap();
    let one = Entry {
        usage: None,
        client: None,
        ..entry("one", Outcome::Cancelled)
    };
    ledger.store(vec![one.clone(), entry("two", Outcome::Failed)]);
    // The same again is the same request.
    ledger.store(vec![one.clone()]);
    ledger.end();
    assert_eq!(changes.load(Ordering::Relaxed), 2);
    let later = begun(&path, 90);
    assert_eq!(later.find("one").unwrap(), Some(one));
    assert_eq!(
        later.find("two").unwrap().unwrap().fault.as_deref(),
        Some("timeout")
    );
    assert_eq!(later.find("three").unwrap(), None);
    later.end();
    assert_eq!(ids(&later, &all()), ["two", "one"]);
    assert_eq!(later.dropped(), 0);
}

#[test]
fn every_try_comes_back_however_many_there_were() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = begun(&folder.path().join("activity.db"), 90);
    let refused = Attempt {
        provider: "other".to_owned(),
        account: None,
        status: Some(429),
        first_byte: None,
        fault: Some("rate_limit".into()),
        ..entry("", Outcome::Completed).attempts.remove(0)
    };
    let with = |id: &str, attempts| Entry {
        attempts,
        ..entry(id, Outcome::Failed)
    };
    let last = entry("", Outcome::Completed).attempts.remove(0);
    let entries = [
        with("none", vec![]),
        with("failed", vec![refused.clone()]),
        with("three", vec![refused.clone(), refused, last]),
    ];
    ledger.store(entries.to_vec());
    ledger.end();
    for entry in entries {
        let found = ledger.find(&entry.id).unwrap();
        assert_eq!(found, Some(entry));
    }
}

#[test]
fn a_file_of_the_first_version_is_read_and_continued() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("activity.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    let schema = include_str!("version-1.sql");
    connection.execute_batch(schema).unwrap();
    drop(connection);
    let old = Entry {
        id: "old".into(),
        began: 9_000_000_000_000,
        ..entry("", Outcome::Completed)
    };
    // one that only reads may come first
    let reader = Ledger::at(path.clone());
    assert_eq!(reader.find("old").unwrap(), Some(old.clone()));
    let ledger = begun(&path, 90);
    ledger.store(vec![entry("new", Outcome::Completed)]);
    ledger.end();
    assert_eq!(ids(&ledger, &all()), ["new", "old"]);
    assert_eq!(ledger.find("old").unwrap(), Some(old));
}

#[test]
fn pages_follow_each_other_and_choose() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = begun(&folder.path().join("activity.db"), 90);
    let outcomes = [
        Outcome::Completed,
        Outcome::Failed,
        Outcome::Truncated,
        Outcome::Cancelled,
    ];
    let number = |number: usize| entry(&format!("r{number}"), outcomes[number % 4]);
    ledger.store((0..10).map(number).collect::<Vec<_>>());
    ledger.end();
    let first = ledger
        .page(&Query {
            limit: 4,
            ..Query::default()
        })
        .unwrap();
    assert!(first.more);
    assert_eq!(first.entries.last().unwrap().id.as_ref(), "r6");
    let rest = Query {
        before: Some("r6".to_owned()),
        ..all()
    };
    assert_eq!(ids(&ledger, &rest), ["r5", "r4", "r3", "r2", "r1", "r0"]);
    assert!(!ledger.page(&rest).unwrap().more);
    let failed = Query {
        failed_only: true,
        ..all()
    };
    assert_eq!(ids(&ledger, &failed), ["r9", "r6", "r5", "r2", "r1"]);
    let search = |text: &str| {
        let search = Some(text.to_owned());
        ids(&ledger, &Query { search, ..all() }).len()
    };
    assert_eq!(search("CLAUDE"), 10);
    assert_eq!(
        search("0%_R"),
        10,
        "signs of a pattern stand for themselves"
    );
    assert_eq!(
        (
            search("0_%r"),
            search("timeout"),
            search("r7"),
            search("';--")
        ),
        (0, 3, 1, 0)
    );
}

#[test]
fn s70_what_is_old_is_taken_out_and_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("activity.db");
    let day = 24 * 60 * 60 * 1000;
    let old = Entry {
        began: now() - 31 * day,
        key: Some("canary-of-old".repeat(20).into()),
        ..entry("old", Outcome::Completed)
    };
    let ledger = begun(&path, 90);
    ledger.store(vec![old, entry("new", Outcome::Completed)]);
    ledger.end();
    assert_eq!(ids(&ledger, &all()).len(), 2);
    let holds = || {
        let bytes = fs::read(&path).unwrap();
        bytes.windows(13).any(|part| part == b"canary-of-old")
    };
    assert!(holds());
    begun(&path, 30).end();
    assert_eq!(ids(&ledger, &all()), ["new"]);
    assert!(!holds(), "what is deleted is overwritten");
    let none = begun(&path, 30);
    none.keep(0);
    none.store(vec![entry("more", Outcome::Completed)]);
    none.end();
    assert_eq!(ids(&ledger, &all()), Vec::<String>::new());
    assert_eq!(none.dropped(), 0, "what nobody wants stored is not missing");
}

/// Changes one thing of an entry.
type Change = fn(&mut Entry);

#[test]
fn those_that_come_together_come_back_each_with_what_was_its_own() {
    let changes: [(&str, Change); 18] = [
        ("nothing", |_| ()),
        ("instance", |entry| entry.instance = "other".into()),
        ("key", |entry| entry.key = None),
        ("client", |entry| entry.client = None),
        ("dialect", |entry| entry.dialect = "gemini".into()),
        ("operation", |entry| entry.operation = "embed".into()),
        ("model", |entry| entry.model = None),
        ("streamed", |entry| entry.streamed = false),
        ("outcome", |entry| entry.outcome = Outcome::Truncated),
        ("fault", |entry| entry.fault = Some("quota".into())),
        ("usage", |entry| entry.usage = None),
        ("losses", |entry| entry.losses.clear()),
        ("no attempt", |entry| entry.attempts.clear()),
        ("two attempts", |entry| {
            entry.attempts.push(entry.attempts[0].clone());
            entry.attempts[0].first_byte = Some(99);
        }),
        ("provider", |entry| entry.attempts[0].provider.push('s')),
        ("account", |entry| entry.attempts[0].account = None),
        ("upstream's model", |entry| {
            entry.attempts[0].model.push('s');
        }),
        ("status", |entry| entry.attempts[0].status = Some(201)),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (number, (what, change)) in changes.into_iter().enumerate() {
        let ledger = begun(&folder.path().join(format!("{number}.db")), 90);
        // two whole groups and a rest
        let entries: Vec<Entry> = (0..40)
            .map(|number: i64| {
                let mut entry = entry(&number.to_string(), Outcome::Completed);
                entry.took = number;
                entry.first_byte = (number % 3 > 0).then_some(number);
                entry.attempts[0].first_byte = (number % 4 > 0).then_some(number);
                entry.usage = Some(Usage {
                    input: Some(number),
                    output: (number % 2 > 0).then_some(number),
                    cached: (number % 5 > 0).then_some(number),
                    reasoning: (number % 7 > 0).then_some(number),
                });
                if number == 20 {
                    change(&mut entry);
                }
                entry
            })
            .collect();
        ledger.store(entries.clone());
        ledger.end();
        let mut found = ledger.page(&all()).unwrap().entries;
        found.reverse();
        assert_eq!(found, entries, "{what}");
    }
}

#[test]
fn a_damaged_file_is_set_aside_and_a_new_one_begun() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("activity.db");
    fs::write(
        &path,
        "this is no database, and much longer than a header".repeat(100),
    )
    .unwrap();
    let ledger = begun(&path, 90);
    ledger.store(vec![entry("one", Outcome::Completed)]);
    ledger.end();
    assert_eq!(ids(&ledger, &all()), ["one"]);
    assert!(folder.path().join("activity.damaged.db").exists());

    // Pages in the middle overwritten.
    let many = (0..500).map(|number| entry(&number.to_string(), Outcome::Completed));
    let ledger = begun(&path, 90);
    ledger.store(many.collect::<Vec<_>>());
    ledger.end();
    let mut bytes = fs::read(&path).unwrap();
    assert!(bytes.len() > 20_000);
    bytes[4096..16384].fill(0xAA);
    fs::write(&path, bytes).unwrap();
    let ledger = begun(&path, 90);
    ledger.store(vec![entry("two", Outcome::Completed)]);
    ledger.end();
    assert_eq!(ids(&ledger, &all()), ["two"]);
}

#[test]
fn a_newer_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("activity.db");
    begun(&path, 90).end();
    let mut bytes = fs::read(&path).unwrap();
    // The user version: https://sqlite.org/fileformat.html#the_database_header.
    bytes[60..64].copy_from_slice(&7_u32.to_be_bytes());
    fs::write(&path, &bytes).unwrap();
    let ledger = begun(&path, 90);
    ledger.store(vec![entry("one", Outcome::Completed)]);
    ledger.end();
    assert_eq!(ledger.dropped(), 1);
    assert!(
        ledger
            .page(&all())
            .unwrap_err()
            .to_string()
            .contains("version 7")
    );
}

#[test]
fn too_much_is_counted_and_nobody_waits() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::at(folder.path().join("activity.db"));
    ledger.store(vec![entry("nobody-writes", Outcome::Completed)]);
    assert_eq!(ledger.dropped(), 1);
    ledger.begin(90, || ()).unwrap();
    let many: Vec<Entry> = (0..9000)
        .map(|number| entry(&number.to_string(), Outcome::Completed))
        .collect();
    ledger.store(many);
    assert_eq!(ledger.dropped(), 9001);
    ledger.store(vec![entry("there-is-room-again", Outcome::Completed)]);
    ledger.end();
    assert_eq!(ids(&ledger, &all()), ["there-is-room-again"]);
}

#[test]
fn a_folder_that_is_not_there_costs_the_entries_alone() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = begun(&folder.path().join("gone/activity/activity.db"), 90);
    ledger.store(vec![entry("one", Outcome::Completed)]);
    ledger.end();
    assert_eq!(ledger.dropped(), 1);
}

#[test]
fn what_could_not_be_stored_is_kept_until_it_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = begun(&folder.path().join("later/activity/activity.db"), 90);
    ledger.store(vec![entry("one", Outcome::Completed)]);
    ledger.store(vec![entry("two", Outcome::Completed)]);
    // The writer has tried by then.
    std::thread::sleep(std::time::Duration::from_millis(200));
    fs::create_dir(folder.path().join("later")).unwrap();
    ledger.end();
    assert_eq!(
        (ids(&ledger, &all()), ledger.dropped()),
        (vec!["two".into(), "one".into()], 0)
    );
}

#[cfg(unix)]
#[test]
fn s13_the_files_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("activity.db");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    let ledger = Ledger::at(path);
    ledger.begin(90, move || tell.send(()).unwrap()).unwrap();
    ledger.store(vec![entry("one", Outcome::Completed)]);
    told.recv().unwrap();
    let mut names = 0;
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.file_name());
        names += 1;
    }
    assert_eq!(names, 3, "the file, its log and the log's index");
    ledger.end();
}

#[test]
fn what_a_key_used_is_counted_from_a_moment_on_and_up_to_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("activity.db");
    let midnight = now() / 1000 * 1000 - 60_000;
    let at = |id: &str, key: Option<&str>, began: i64, took: i64| Entry {
        key: key.map(Into::into),
        began: midnight + began,
        took,
        ..entry(id, Outcome::Completed)
    };
    let ledger = begun(&path, 90);
    assert_eq!(ledger.used(midnight, now()).unwrap(), []);
    ledger.store(vec![
        at("long before", Some("a"), -5_000, 10),
        // Its tokens are of this day, it itself is not.
        at("across", Some("a"), -5_000, 9_000),
        at("first", Some("a"), 0, 10),
        at("other", Some("b"), 7, 10),
        at("nobody's", None, 7, 10),
        Entry {
            usage: None,
            ..at("refused", Some("a"), 9, 10)
        },
        at("later", Some("a"), 30_000, 10),
    ]);
    ledger.end();
    let mut used = ledger.used(midnight, midnight + 30_000).unwrap();
    used.sort_by(|one, other| one.key.cmp(&other.key));
    let shown: Vec<_> = used
        .iter()
        .map(|one| (one.key.as_str(), one.requests, one.tokens))
        .collect();
    assert_eq!(shown, [("a", 2, 6), ("b", 1, 3)]);
}
