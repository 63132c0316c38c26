//! Agents by a scripted one: this test's own program, started again.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bed;

use std::time::{Duration, Instant};

use bed::{Bed, ask, conversation};

/// Not a test: this program as an agent.
#[test]
#[ignore = "started by the other tests"]
fn acts_as_an_agent() {
    testkit::act_as_agent(std::env::args());
}

#[tokio::test]
async fn an_agent_is_started_when_it_is_asked_and_only_then() {
    let bed = Bed::new(&[]);
    assert_eq!(bed.agents.running(), 0);
    assert_eq!(bed.say("say ahoy there").await.unwrap().words, "ahoy there");
    assert_eq!(bed.agents.running(), 1);
    let pid = bed.say("pid").await.unwrap().words;
    assert_eq!(bed.say("pid").await.unwrap().words, pid);
    bed.agents.stop().await;
    assert_eq!(bed.agents.running(), 0);
}

#[tokio::test]
async fn thoughts_are_reasoning_and_usage_is_told() {
    let answer = Bed::new(&[]).say("think").await.unwrap();
    assert_eq!(
        (answer.words.as_str(), answer.thoughts.as_str()),
        ("Seen.", "Let me see.")
    );
    assert_eq!(answer.tokens, Some(12));
}

#[tokio::test]
async fn s28_a_tool_is_refused_unless_the_settings_allow_its_kind() {
    let bed = Bed::new(&[]);
    let answer = bed.say("tool execute").await.unwrap();
    assert_eq!(answer.words, "The tool was not used.");
    assert!(
        answer.thoughts.contains("[tool] execute things: refused"),
        "{}",
        answer.thoughts
    );
    for (kind, expected) in [
        ("read", "The tool was used."),
        ("edit", "The tool was not used."),
    ] {
        let mut asked = ask(&format!("tool {kind}"));
        asked.tools = vec!["read".to_owned(), "search".to_owned()];
        assert_eq!(bed.ask(asked).await.unwrap().words, expected, "{kind}");
    }
}

#[tokio::test]
async fn files_are_not_read_for_an_agent() {
    assert_eq!(
        Bed::new(&[]).say("file /etc/passwd").await.unwrap().words,
        "the file: -32601"
    );
}

#[tokio::test]
async fn a_conversation_goes_on_in_its_session() {
    let bed = Bed::new(&[]);
    let first = conversation(&[("user", "say one")]);
    assert_eq!(bed.ask(first).await.unwrap().words, "one");
    let second = conversation(&[
        ("user", "say one"),
        ("assistant", "one"),
        ("user", "history"),
    ]);
    // It is told what is new alone, for it remembers the rest.
    assert_eq!(
        bed.ask(second).await.unwrap().words,
        "heard: say one | history"
    );
}

#[tokio::test]
async fn a_history_that_no_session_knows_is_told_from_its_beginning() {
    let bed = Bed::new(&[]);
    let text = bed
        .ask(conversation(&[
            ("user", "a"),
            ("assistant", "b"),
            ("user", "history"),
        ]))
        .await
        .unwrap()
        .words;
    assert_eq!(
        text,
        "heard: [User]\na\n\n[Assistant]\nb\n\n[User]\nhistory"
    );
}

#[tokio::test]
async fn two_conversations_at_once_never_see_each_other() {
    let bed = Bed::new(&[]);
    let (red, blue) = tokio::join!(bed.say("say secret-red"), bed.say("say secret-blue"));
    assert_eq!(
        (red.unwrap().words, blue.unwrap().words),
        ("secret-red".into(), "secret-blue".into())
    );
    let on = |color: &str| {
        let (first, answer) = (format!("say secret-{color}"), format!("secret-{color}"));
        conversation(&[
            ("user", &first),
            ("assistant", &answer),
            ("user", "history"),
        ])
    };
    let (red, blue) = tokio::join!(bed.ask(on("red")), bed.ask(on("blue")));
    assert_eq!(red.unwrap().words, "heard: say secret-red | history");
    assert_eq!(blue.unwrap().words, "heard: say secret-blue | history");
}

#[tokio::test]
async fn the_same_words_of_another_key_or_conversation_are_another_session() {
    let bed = Bed::new(&[]);
    let turns = [
        ("user", "say one"),
        ("assistant", "one"),
        ("user", "history"),
    ];
    let whole = "heard: [User]\nsay one\n\n[Assistant]\none\n\n[User]\nhistory";
    let known = "heard: say one | history";
    for (owner, stated, expected) in [
        ("other", None, whole),
        ("laptop", Some("second"), whole),
        ("laptop", None, known),
        // Gone on with, it knows more than this history.
        ("laptop", None, whole),
    ] {
        if expected == known {
            bed.ask(conversation(&turns[..1])).await.unwrap();
        }
        let mut asked = conversation(&turns);
        asked.owner = owner;
        asked.stated = stated;
        assert_eq!(
            bed.ask(asked).await.unwrap().words,
            expected,
            "{owner} {stated:?}"
        );
    }
}

#[tokio::test]
async fn an_agent_that_dies_is_an_error_and_is_started_again() {
    let bed = Bed::new(&[]);
    let before = bed.say("pid").await.unwrap().words;
    let fault = bed.say("die").await.unwrap_err();
    assert!(fault.message.contains("the agent ended"), "{fault}");
    let after = bed.say("pid").await.unwrap().words;
    assert_ne!(before, after);
}

#[tokio::test]
async fn an_agent_that_hangs_is_an_error_in_time_and_is_started_again() {
    let bed = Bed::new(&[]).patient(5);
    let before = bed.say("pid").await.unwrap().words;
    let began = Instant::now();
    let fault = bed.say("hang hard").await.unwrap_err();
    assert_eq!(
        (fault.code(), fault.kind),
        ("agent_silent", dialect::FaultKind::Timeout)
    );
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "{:?}",
        began.elapsed()
    );
    // It is not asked again.
    let after = bed.say("pid").await.unwrap().words;
    assert_ne!(before, after);
}

#[tokio::test]
async fn an_answer_that_falls_silent_ends_in_an_error() {
    let bed = Bed::new(&[]).patient(5);
    let mut asked = ask("begin");
    // The words were on their way when it fell silent: the stream tells the end.
    asked.stream = true;
    let body = bed.open(asked).await.unwrap();
    let fault = bed::reply(body).await.unwrap_err();
    assert!(
        fault.message.contains("said nothing for 5 seconds"),
        "{fault}"
    );
}

#[tokio::test]
async fn a_client_that_leaves_cancels_the_prompt() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let bed = Bed::new(&["--log", log.to_str().unwrap()]);
    let mut asked = ask("slow 1000");
    asked.stream = true;
    let body = bed.open(asked).await.unwrap();
    drop(body);
    bed.until(|| std::fs::read_to_string(&log).is_ok_and(|log| log.contains("session/cancel")))
        .await;
    // It is not ended for that.
    assert_eq!(bed.say("say ahoy").await.unwrap().words, "ahoy");
    let starts = std::fs::read_to_string(&log)
        .unwrap()
        .matches("initialize")
        .count();
    assert_eq!(starts, 1);
}

#[tokio::test]
async fn an_error_of_the_agent_is_told_in_its_words() {
    let fault = Bed::new(&[]).say("fail").await.unwrap_err();
    assert_eq!(fault.message, "the agent failed: out of coal");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_told() {
    let mut bed = Bed::new(&[]);
    bed.agent.command = "no-such-agent-anywhere".to_owned();
    let fault = bed.say("say ahoy").await.unwrap_err();
    assert_eq!(fault.code(), "agent_not_started");
    assert!(fault.message.contains("no-such-agent-anywhere"), "{fault}");
}

#[tokio::test]
async fn one_that_wants_a_sign_in_or_speaks_otherwise_is_told() {
    let fault = Bed::new(&["--signed-out"])
        .say("say ahoy")
        .await
        .unwrap_err();
    assert_eq!(fault.code(), "agent_signed_out");
    let fault = Bed::new(&["--old"]).say("say ahoy").await.unwrap_err();
    assert_eq!(fault.code(), "agent_unreadable");
}

#[tokio::test]
async fn s36_an_agent_gets_no_secret_of_this_program() {
    let mut bed = Bed::new(&[]);
    bed.agent.environment = vec!["NAMED".to_owned()];
    bed.agent
        .variables
        .insert("SET".to_owned(), "set".to_owned());
    for (name, value) in [
        ("PORTOLAN_MASTER_KEY", "unset"),
        ("OPENAI_API_KEY", "unset"),
        ("NAMED", "value of NAMED"),
        ("SET", "set"),
        ("LANG", "value of LANG"),
    ] {
        let answer = bed.say(&format!("environment {name}")).await.unwrap();
        assert_eq!(answer.words, value, "{name}");
    }
}

#[tokio::test]
async fn each_session_has_an_empty_folder_or_the_one_that_is_set() {
    let bed = Bed::new(&[]);
    let first = bed.say("folder").await.unwrap().words;
    let second = bed.say("folder").await.unwrap().words;
    assert_ne!(first, second);
    assert_ne!(
        std::path::Path::new(&first),
        std::env::current_dir().unwrap()
    );
    let folder = tempfile::tempdir().unwrap();
    let mut asked = ask("folder");
    asked.folder = Some(folder.path().to_owned());
    assert_eq!(
        bed.ask(asked).await.unwrap().words,
        folder.path().to_str().unwrap()
    );
    let mut asked = ask("folder");
    asked.folder = Some(folder.path().join("nowhere"));
    assert!(
        bed.ask(asked)
            .await
            .unwrap_err()
            .message
            .contains("nowhere")
    );
}

#[tokio::test]
async fn one_that_nobody_asks_is_ended() {
    let mut bed = Bed::new(&[]);
    bed.agent.idle = Some(Duration::from_millis(300));
    let before = bed.say("pid").await.unwrap().words;
    bed.until(|| bed.agents.running() == 0).await;
    assert!(!bed::is_alive(&before));
    assert_ne!(bed.say("pid").await.unwrap().words, before);
}

#[tokio::test]
async fn another_setting_is_another_program() {
    let mut bed = Bed::new(&[]);
    let before = bed.say("pid").await.unwrap().words;
    bed.agent
        .variables
        .insert("SET".to_owned(), "anew".to_owned());
    assert_eq!(bed.say("environment SET").await.unwrap().words, "anew");
    bed.until(|| !bed::is_alive(&before)).await;
}

#[cfg(unix)]
#[tokio::test]
async fn what_an_agent_started_ends_with_it() {
    let bed = Bed::new(&[]);
    let (agent, child) = (
        bed.say("pid").await.unwrap().words,
        bed.say("child").await.unwrap().words,
    );
    assert!(bed::is_alive(&agent) && bed::is_alive(&child));
    bed.agents.stop().await;
    bed.until(|| !bed::is_alive(&agent) && !bed::is_alive(&child))
        .await;
}

#[tokio::test]
async fn pictures_are_passed_on() {
    let mut asked = ask("pictures");
    asked.picture = true;
    assert_eq!(Bed::new(&[]).ask(asked).await.unwrap().words, "1");
}

#[tokio::test]
async fn over_a_socket_it_is_the_same() {
    let bed = Bed::new(&["--experimental-acp", "--port", "{port}"]).socket();
    assert_eq!(bed.say("say ahoy there").await.unwrap().words, "ahoy there");
    let second = conversation(&[
        ("user", "say ahoy there"),
        ("assistant", "ahoy there"),
        ("user", "history"),
    ]);
    assert_eq!(
        bed.ask(second).await.unwrap().words,
        "heard: say ahoy there | history"
    );
    assert_eq!(
        bed.say("tool execute").await.unwrap().words,
        "The tool was not used."
    );
    assert!(
        bed.say("die")
            .await
            .unwrap_err()
            .message
            .contains("the agent ended")
    );
    let (pid, child) = (
        bed.say("pid").await.unwrap().words,
        bed.say("child").await.unwrap().words,
    );
    bed.agents.stop().await;
    bed.until(|| !bed::is_alive(&pid) && !bed::is_alive(&child))
        .await;
}

#[tokio::test]
async fn a_socket_signs_in_by_the_method_of_the_settings() {
    let mut bed = Bed::new(&["--port", "{port}", "--signed-out"]).socket();
    assert_eq!(
        bed.say("say ahoy").await.unwrap_err().code(),
        "agent_signed_out"
    );
    bed.agent.sign_in = Some("iflow".to_owned());
    assert_eq!(bed.say("say ahoy").await.unwrap().words, "ahoy");
}
