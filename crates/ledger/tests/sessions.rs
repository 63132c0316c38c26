//! Stored conversations: whose they are, how long they last, how large they get.
#![allow(clippy::unwrap_used, reason = "tests")]

use ledger::{Message, SessionError, Sessions};
use tempfile::TempDir;

const DAY: i64 = 24 * 60 * 60 * 1000;
const NOW: i64 = 1000 * DAY;

fn bed() -> (TempDir, Sessions) {
    let folder = tempfile::tempdir().unwrap();
    let sessions = Sessions::at(folder.path().join("kept").join("sessions.db"));
    sessions.keep(30, NOW);
    (folder, sessions)
}

fn said(number: usize, content: &str) -> Message {
    Message {
        id: format!("msg_{number}"),
        role: if number.is_multiple_of(2) {
            "user"
        } else {
            "assistant"
        }
        .to_owned(),
        content: content.to_owned(),
        at: NOW + i64::try_from(number).unwrap(),
    }
}

#[test]
fn nothing_is_made_before_a_conversation_is_begun() {
    let (folder, sessions) = bed();
    assert_eq!(sessions.read("one", None, NOW).unwrap(), []);
    let missing = sessions.read("one", Some("session_x"), NOW);
    assert!(matches!(missing, Err(SessionError::NoSuch)));
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn a_hundred_messages_are_read_back_by_another_program() {
    let (folder, sessions) = bed();
    sessions.begin("one", "a", NOW).unwrap();
    let all: Vec<Message> = (0..100)
        .map(|n| said(n, &format!("第 {n} words'; --")))
        .collect();
    for pair in all.chunks(2) {
        assert_eq!(
            sessions.add("one", Some("a"), "new", pair, NOW).unwrap(),
            "a"
        );
    }
    drop(sessions);
    let again = Sessions::at(folder.path().join("kept").join("sessions.db"));
    again.keep(30, NOW);
    assert_eq!(again.read("one", Some("a"), NOW).unwrap(), all);
    assert_eq!(again.read("one", None, NOW).unwrap(), all);
}

#[test]
fn s25_nobody_sees_or_adds_to_anothers() {
    let (_folder, sessions) = bed();
    sessions.begin("one", "a", NOW).unwrap();
    sessions
        .add("one", Some("a"), "", &[said(0, "mine")], NOW)
        .unwrap();
    let read = sessions.read("two", Some("a"), NOW);
    assert!(matches!(read, Err(SessionError::NoSuch)), "{read:?}");
    let added = sessions.add("two", Some("a"), "b", &[said(1, "x")], NOW);
    assert!(matches!(added, Err(SessionError::NoSuch)), "{added:?}");
    assert_eq!(sessions.read("two", None, NOW).unwrap(), []);
    assert_eq!(sessions.read("one", None, NOW).unwrap().len(), 1);
}

#[test]
fn without_an_id_it_is_the_one_used_last_or_a_new_one() {
    let (_folder, sessions) = bed();
    assert_eq!(
        sessions
            .add("one", None, "a", &[said(0, "x")], NOW)
            .unwrap(),
        "a"
    );
    assert_eq!(
        sessions
            .add("one", None, "b", &[said(1, "y")], NOW + 1)
            .unwrap(),
        "a"
    );
    sessions.begin("one", "c", NOW + 2).unwrap();
    assert_eq!(sessions.read("one", None, NOW + 3).unwrap(), []);
    sessions
        .add("one", Some("a"), "", &[said(2, "z")], NOW + 4)
        .unwrap();
    assert_eq!(sessions.read("one", None, NOW + 5).unwrap().len(), 3);
}

#[test]
fn they_last_as_long_as_the_settings_say_after_their_last_use() {
    let (_folder, sessions) = bed();
    sessions.begin("one", "a", NOW).unwrap();
    sessions
        .add("one", Some("a"), "", &[said(0, "x")], NOW + 20 * DAY)
        .unwrap();
    assert_eq!(
        sessions
            .read("one", Some("a"), NOW + 49 * DAY)
            .unwrap()
            .len(),
        1
    );
    let gone = sessions.read("one", Some("a"), NOW + 50 * DAY);
    assert!(matches!(gone, Err(SessionError::NoSuch)));
}

#[test]
fn with_no_days_nothing_is_kept_and_what_was_is_gone_from_the_file() {
    let (folder, sessions) = bed();
    sessions
        .add("one", None, "a", &[said(0, "the canary sings")], NOW)
        .unwrap();
    sessions.keep(0, NOW + 1);
    let begun = sessions.begin("one", "b", NOW + 1);
    assert!(matches!(begun, Err(SessionError::NotKept)));
    drop(sessions);
    for file in folder.path().join("kept").read_dir().unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|word| word == b"canary"));
    }
}

#[test]
fn there_is_an_end_to_messages_conversations_and_bytes() {
    let (_folder, sessions) = bed();
    sessions.begin("one", "a", NOW).unwrap();
    let many: Vec<Message> = (0..1000).map(|n| said(n, "x")).collect();
    sessions.add("one", Some("a"), "", &many, NOW).unwrap();
    let more = sessions.add("one", Some("a"), "", &[said(1000, "x")], NOW);
    assert!(matches!(more, Err(SessionError::Full)));
    assert_eq!(
        sessions.read("one", Some("a"), NOW).unwrap().len(),
        1000,
        "nothing by halves"
    );

    sessions.begin("two", "theirs", NOW).unwrap();
    for n in 0..256 {
        sessions
            .begin("one", &format!("s{n}"), NOW + 1 + n)
            .unwrap();
    }
    assert!(matches!(
        sessions.read("one", Some("a"), NOW + 300),
        Err(SessionError::NoSuch)
    ));
    assert!(sessions.read("one", Some("s0"), NOW + 300).is_ok());
    assert!(sessions.read("two", Some("theirs"), NOW + 300).is_ok());

    let half = "x".repeat(9 * 1024 * 1024);
    sessions
        .add("one", Some("s1"), "", &[said(0, &half)], NOW + 400)
        .unwrap();
    sessions
        .add("one", Some("s2"), "", &[said(1, &half)], NOW + 401)
        .unwrap();
    let first = sessions.read("one", Some("s1"), NOW + 402);
    assert!(
        matches!(first, Err(SessionError::NoSuch)),
        "the older one made room"
    );
    let full = sessions.add("one", Some("s2"), "", &[said(2, &half)], NOW + 403);
    assert!(matches!(full, Err(SessionError::Full)));
}

#[test]
fn a_damaged_file_is_set_aside() {
    let (folder, sessions) = bed();
    sessions.begin("one", "a", NOW).unwrap();
    drop(sessions);
    let path = folder.path().join("kept").join("sessions.db");
    std::fs::write(
        &path,
        "this is no database, and it is long enough to be looked at",
    )
    .unwrap();
    let sessions = Sessions::at(path.clone());
    sessions.keep(30, NOW);
    sessions.begin("one", "b", NOW).unwrap();
    assert!(sessions.read("one", Some("b"), NOW).is_ok());
    assert!(path.with_extension("damaged.db").exists());
}
