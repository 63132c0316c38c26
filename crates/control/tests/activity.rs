//! Requests that are over: stored, listed, told, and never with a word of what was asked.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of the home"
)]

mod home;

use std::time::Duration;

use contract::{
    ActivityChoice, ActivityId, ActivityRow, Api, Code, Outcome, SettingsChange, Topic, Trial,
    TrialChoice, TrialSend,
};
use control::Control;
use home::{FREE_PORT, LONG, TestHome, client_key, told};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

const CANARY: &str = "canary-of-a-prompt-7261";

async fn post(control: &Control, model: &str) -> String {
    let listeners = control.listeners();
    let body = format!(
        "{{\"model\":\"{model}\",\"messages\":[{{\"role\":\"user\",\"content\":\"{CANARY}\"}}]}}"
    );
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         x-api-key: pk-mine\r\nuser-agent: curl/8.5.0\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(&listeners[0].addresses[0])
        .await
        .unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// An upstream that quotes what it was asked in its refusal; it takes one request.
async fn echoing_upstream() -> (u16, tokio::task::JoinHandle<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !String::from_utf8_lossy(&request).contains(CANARY) {
            assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
        }
        let body = format!("{{\"error\":{{\"message\":\"bad: {CANARY}\",\"code\":\"{CANARY}\"}}}}");
        let answer = format!(
            "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
    });
    (port, serving)
}

async fn rows(control: &Control, count: usize) -> Vec<ActivityRow> {
    let end = Instant::now() + LONG;
    loop {
        let page = control
            .activity_list(ActivityChoice::default())
            .await
            .unwrap();
        if page.rows.len() >= count {
            return page.rows;
        }
        assert!(Instant::now() < end, "{count} rows are not there: {page:?}");
        sleep(Duration::from_millis(10)).await;
    }
}

async fn trial(control: &Control, model: &str) -> TrialChoice {
    let (model, prompt) = (model.to_owned(), CANARY.to_owned());
    control
        .trial_send(TrialSend { model, prompt })
        .await
        .unwrap()
}

async fn ended(control: &Control, choice: &TrialChoice) -> Trial {
    let wait = async {
        loop {
            let trial = control.trial_get(choice.clone()).await.unwrap();
            if trial.done {
                return trial;
            }
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(LONG, wait).await.unwrap()
}

#[tokio::test]
async fn a_request_is_stored_told_and_there_after_a_restart() {
    let home = TestHome::new(FREE_PORT);
    let control = home.try_start(client_key("pk-mine")).await.unwrap();
    control.serve().await.unwrap();
    let mut changes = control.changes();
    assert!(post(&control, "demo").await.contains(CANARY));
    told(&mut changes, Topic::Activity).await;
    assert!(
        post(&control, "demo/error")
            .await
            .starts_with("HTTP/1.1 503")
    );
    let rows = rows(&control, 2).await;
    let (failed, good) = (&rows[0], &rows[1]);
    assert_eq!(
        (good.outcome, good.client.as_deref()),
        (Outcome::Completed, Some("curl/8.5"))
    );
    assert_eq!(
        (good.model.as_deref(), good.dialect.as_str()),
        (Some("demo"), "openai-chat")
    );
    assert_eq!(good.answered_by.as_ref().unwrap().provider, "demo");
    assert!(good.usage.unwrap().output.is_some() && good.first_byte_ms.is_some());
    assert!(
        good.began.starts_with("20") && good.began.ends_with('Z'),
        "{}",
        good.began
    );
    assert_eq!(failed.outcome, Outcome::Failed);
    let fault = failed.fault.as_ref().unwrap();
    assert_eq!(fault.code, "overloaded");
    assert_eq!(fault.message, "The provider is overloaded.");
    let failed_only = Some(true);
    let page = control
        .activity_list(ActivityChoice {
            failed_only,
            ..ActivityChoice::default()
        })
        .await
        .unwrap();
    assert_eq!(page.rows, std::slice::from_ref(failed));
    let id = good.id.clone();
    let shown = control.activity_get(ActivityId { id }).await.unwrap();
    assert_eq!((&shown.row, shown.attempts.len()), (good, 1));
    let none = control
        .activity_get(ActivityId { id: "x".to_owned() })
        .await
        .unwrap_err();
    assert_eq!(none.code, Code::NoSuchRequest);
    let status = control.status_get().await.unwrap();
    let recent: Vec<&str> = status
        .recent
        .iter()
        .map(|recent| recent.id.as_str())
        .collect();
    let listed: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(recent, listed, "both tell of the same requests");
    assert_eq!(status.load.unrecorded, 0);

    // The last one is stored although it ends just before the stop.
    post(&control, "demo").await;
    control.stop(Duration::from_secs(1)).await;
    drop(control);
    let control = home.start().await;
    let page = control
        .activity_list(ActivityChoice::default())
        .await
        .unwrap();
    assert_eq!(page.rows.len(), 3);
}

#[tokio::test]
async fn s67_no_word_of_a_prompt_reaches_a_file() {
    let (port, upstream) = echoing_upstream().await;
    let home = TestHome::new(&format!(
        "{FREE_PORT}[provider.echo]\nendpoints = {{ openai-chat = \"http://127.0.0.1:{port}/v1\" }}\n\
         models = [\"echo\"]\nallow_private = true\nauth = \"none\"\n\
         [[account]]\nprovider = \"echo\"\n"
    ));
    let control = home.try_start(client_key("pk-mine")).await.unwrap();
    control.serve().await.unwrap();
    for model in ["demo", "demo/error", "demo/tool", "nowhere"] {
        post(&control, model).await;
    }
    let refused = post(&control, "echo").await;
    assert!(refused.contains(CANARY), "the client hears it: {refused}");
    upstream.await.unwrap();
    ended(&control, &trial(&control, "demo").await).await;
    let all = rows(&control, 6).await;
    let echoed = all.iter().find(|row| row.model.as_deref() == Some("echo"));
    assert_eq!(
        echoed.unwrap().fault.as_ref().unwrap().code,
        "invalid_request"
    );
    let look = || {
        let mut files = 0;
        let folders = ["", "activity"].map(|name| std::fs::read_dir(home.path(name)).unwrap());
        for file in folders.into_iter().flatten() {
            let file = file.unwrap().path();
            if file.is_file() {
                let bytes = std::fs::read(&file).unwrap();
                let held = bytes
                    .windows(CANARY.len())
                    .any(|part| part == CANARY.as_bytes());
                assert!(!held, "{}", file.display());
                files += usize::from(file.to_string_lossy().contains("activity.db"));
            }
        }
        files
    };
    assert_eq!(look(), 3, "the file, its log and the log's index");
    control.stop(Duration::from_secs(1)).await;
    assert_eq!(look(), 1);
}

#[tokio::test]
async fn nothing_is_stored_for_who_wants_nothing_stored() {
    let home = TestHome::new(FREE_PORT);
    let control = home.try_start(client_key("pk-mine")).await.unwrap();
    control.serve().await.unwrap();
    post(&control, "demo").await;
    rows(&control, 1).await;
    let retention_days = Some(0);
    let change = SettingsChange {
        retention_days,
        ..SettingsChange::default()
    };
    control.settings_change(change).await.unwrap();
    post(&control, "demo").await;
    control.stop(Duration::from_secs(1)).await;
    let page = control
        .activity_list(ActivityChoice::default())
        .await
        .unwrap();
    assert_eq!(page.rows, []);
    assert_eq!(control.status_get().await.unwrap().outcomes.completed, 2);
}

#[tokio::test]
async fn a_trial_is_a_real_request() {
    let home = TestHome::new(&format!(
        "{FREE_PORT}[provider.mine]\nendpoints = {{ openai-chat = \"http://127.0.0.1:9/v1\" }}\n\
         models = [\"mine-1\"]\nallow_private = true\n\
         [[account]]\nprovider = \"mine\"\nkey_env = \"UNSET\"\n"
    ));
    let control = home.start().await;
    control.serve().await.unwrap();
    let mut changes = control.changes();
    let choice = trial(&control, "demo").await;
    told(&mut changes, Topic::Trial).await;
    let done = ended(&control, &choice).await;
    assert_eq!((done.text.as_str(), done.fault.as_ref()), (CANARY, None));
    assert_eq!(done.upstream.as_deref(), Some("demo/demo"));
    assert!(done.first_ms.is_some());
    let row = &rows(&control, 1).await[0];
    assert!(row.streamed && row.client.as_deref().unwrap().starts_with("portolan/"));

    let failed = ended(&control, &trial(&control, "demo/error").await).await;
    let fault = failed.fault.unwrap();
    assert_eq!(
        (fault.code.as_str(), failed.text.as_str()),
        ("overloaded", "")
    );
    assert!(fault.message.contains("always fails"), "{}", fault.message);
    let gone = control.trial_get(choice).await.unwrap_err();
    assert_eq!(gone.code, Code::NoSuchTrial);
    let nowhere = ended(&control, &trial(&control, "nowhere").await).await;
    assert_eq!(nowhere.fault.unwrap().code, "not_found");
    let keyless = ended(&control, &trial(&control, "mine-1").await).await;
    assert_eq!(keyless.fault.unwrap().code, "no_account");
}

#[tokio::test]
async fn one_trial_at_a_time_and_its_words_come_as_they_are_said() {
    let home = TestHome::new(FREE_PORT);
    let control = home.start().await;
    control.serve().await.unwrap();
    let send = |prompt: &str| TrialSend {
        model: "demo/slow".to_owned(),
        prompt: prompt.to_owned(),
    };
    let choice = control.trial_send(send("one two three")).await.unwrap();
    let error = control.trial_send(send("again")).await.unwrap_err();
    assert_eq!(error.code, Code::TrialUnderWay);
    let mut changes = control.changes();
    let mut seen = Vec::new();
    loop {
        told(&mut changes, Topic::Trial).await;
        let trial = control.trial_get(choice.clone()).await.unwrap();
        seen.push(trial.text);
        if trial.done {
            break;
        }
    }
    assert_eq!(seen.last().unwrap(), "one two three");
    assert!(seen.len() >= 3, "{seen:?}");
    for (prompt, model) in [("", "demo"), (" \n", "demo"), ("x", "")] {
        let (prompt, model) = (prompt.to_owned(), model.to_owned());
        let error = control
            .trial_send(TrialSend { model, prompt })
            .await
            .unwrap_err();
        assert_eq!(error.code, Code::InvalidParams);
    }
    let long = control
        .trial_send(send(&"x".repeat(70_000)))
        .await
        .unwrap_err();
    assert_eq!(long.reason.unwrap().code(), "too-long");
}
