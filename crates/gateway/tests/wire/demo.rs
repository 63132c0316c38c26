//! The demo: an answer with no account and no network, and never in place of anything else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gateway::Outcome;
use serde_json::{Value, json};
use testkit::{Script, Upstream};

use crate::support::{QUIET, Setup, Side, all_events, in_time, milliseconds};

const SIDES: [Side; 2] = [Side::Chat, Side::Messages];

#[tokio::test]
async fn it_says_what_was_said_streamed_and_whole() {
    let gateway = Setup::new().start().await;
    for side in SIDES {
        for model in ["demo", "demo/echo"] {
            let answer = gateway
                .post(side.path(), &side.request_for(model, false))
                .await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert_eq!(side.whole_text(&answer.json()), "Hello");
            let upstream = format!("demo/{model}");
            assert_eq!(
                answer.headers.get("x-portolan-upstream"),
                Some(upstream.as_str())
            );
            assert_eq!(answer.headers.get("x-portolan-attempts"), Some("1"));
            let mut client = gateway
                .sent(side.path(), &[], &side.request_for(model, true))
                .await;
            let head = client.head().await.unwrap();
            assert_eq!(head.headers.get("content-type"), Some("text/event-stream"));
            let (events, broke) = in_time(all_events(&mut client)).await;
            assert!(!broke && side.is_complete(&events));
            assert_eq!(side.streamed_text(&events), "Hello");
            for _ in 0..2 {
                let exchange = gateway.exchange().await;
                assert_eq!(exchange.outcome, Outcome::Completed);
                assert_eq!(exchange.attempts[0].account, None);
                assert!(exchange.usage.output.is_some());
            }
        }
    }
}

#[tokio::test]
async fn it_answers_the_same_every_time() {
    let gateway = Setup::new().start().await;
    for side in SIDES {
        let mut bodies = Vec::new();
        for _ in 0..2 {
            let mut body = gateway
                .post(side.path(), &side.request_for("demo", false))
                .await
                .json();
            body["id"] = Value::Null;
            body["created"] = Value::Null;
            bodies.push(body);
        }
        assert_eq!(bodies[0], bodies[1]);
    }
}

#[tokio::test]
async fn the_slow_one_says_a_word_at_a_time() {
    let _quiet = QUIET.lock().await;
    let gateway = Setup::new().start().await;
    let mut request = Side::Chat.request_for("demo/slow", true);
    request["messages"][0]["content"] = json!("one two three four five six seven eight");
    let began = Instant::now();
    let mut client = gateway.sent("/v1/chat/completions", &[], &request).await;
    client.head().await.unwrap();
    let mut times = Vec::new();
    while let Some(event) = in_time(client.event()).await.unwrap() {
        if !Side::Chat.streamed_text(&[event]).is_empty() {
            times.push(began.elapsed());
        }
    }
    assert_eq!(times.len(), 8);
    for (word, time) in times.iter().enumerate() {
        let earliest = milliseconds(200) * u32::try_from(word).unwrap();
        assert!(*time > earliest, "{times:?}");
    }
    // The first did not wait for the last, however late it was read.
    assert!(times[7] - times[0] > milliseconds(500), "{times:?}");
    // Who leaves in the middle is noticed here too.
    let mut client = gateway.sent("/v1/chat/completions", &[], &request).await;
    client.head().await.unwrap();
    client.event().await.unwrap();
    client.hang_up();
    assert_eq!(gateway.exchange().await.outcome, Outcome::Completed);
    assert_eq!(gateway.exchange().await.outcome, Outcome::Cancelled);
}

#[tokio::test]
async fn the_tool_is_called_and_its_result_told() {
    let gateway = Setup::new().start().await;
    let chat = json!({"model": "demo/tool", "messages": [{"role": "user", "content": "Oslo"}],
        "tools": [{"type": "function", "function": {"name": "weather",
            "parameters": {"type": "object"}}}]});
    let body = gateway.post("/v1/chat/completions", &chat).await.json();
    let call = &body["choices"][0]["message"]["tool_calls"][0];
    assert_eq!(call["function"]["name"], "weather");
    assert_eq!(body["choices"][0]["finish_reason"], "tool_calls");
    let messages = json!({"model": "demo/tool", "max_tokens": 9, "stream": true,
        "messages": [{"role": "user", "content": "Oslo"}],
        "tools": [{"name": "weather", "input_schema": {"type": "object"}}]});
    let text = gateway.post("/v1/messages", &messages).await.text();
    assert!(
        text.contains("\"tool_use\"") && text.contains("message_stop"),
        "{text}"
    );
    let told = json!({"model": "demo/tool", "max_tokens": 9, "messages": [
        {"role": "user", "content": "Oslo"},
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "call_demo_1", "name": "weather", "input": {}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "call_demo_1", "content": "12 degrees"}]}],
        "tools": [{"name": "weather", "input_schema": {"type": "object"}}]});
    let body = gateway.post("/v1/messages", &told).await.json();
    assert!(Side::Messages.whole_text(&body).contains("12 degrees"));
}

#[tokio::test]
async fn the_error_looks_like_a_real_one() {
    let gateway = Setup::new().start().await;
    for (side, status) in [(Side::Chat, 503), (Side::Messages, 529)] {
        for stream in [false, true] {
            let answer = gateway
                .post(side.path(), &side.request_for("demo/error", stream))
                .await;
            assert_eq!(answer.status, status);
            assert!(side.error_words(&answer.json()).contains("Demo"));
            assert_eq!(answer.headers.get("retry-after"), Some("1"));
            assert!(matches!(
                gateway.exchange().await.outcome,
                Outcome::Failed(_)
            ));
        }
    }
}

#[tokio::test]
async fn it_only_chats_and_estimates() {
    let gateway = Setup::new().start().await;
    let answer = gateway
        .post("/v1/embeddings", &json!({"model": "demo", "input": "x"}))
        .await;
    assert_eq!(answer.status, 400);
    Side::Chat.error_words(&answer.json());
    let body = Side::Messages.request_for("demo", false);
    let answer = gateway.post("/v1/messages/count_tokens", &body).await;
    assert_eq!(answer.headers.get("x-portolan-estimated"), Some("1"));
    assert!(
        answer.json()["input_tokens"]
            .as_u64()
            .is_some_and(|count| count > 0)
    );
}

#[tokio::test]
async fn it_leaves_the_list_once_there_is_an_account_but_still_answers_to_its_name() {
    let gateway = Setup::new().start().await;
    let names = |body: &Value| -> Vec<String> {
        let data = body["data"].as_array().unwrap();
        data.iter()
            .map(|model| model["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let listed = names(&gateway.get("/v1/models", &[]).await.json());
    assert_eq!(
        listed,
        ["demo", "demo/echo", "demo/slow", "demo/tool", "demo/error"]
    );
    let upstream = Upstream::start(|_| Script::status(500));
    let later = Setup::mock(Side::Chat, &upstream.url()).snapshot();
    gateway.settings.send_replace(Arc::new(later));
    assert_eq!(
        names(&gateway.get("/v1/models", &[]).await.json()),
        ["mock-model"]
    );
    let answer = gateway
        .post(
            "/v1/chat/completions",
            &Side::Chat.request_for("demo", false),
        )
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn it_is_never_a_fallback_or_a_default() {
    let gateway = Setup::new()
        .with(|snapshot| snapshot.default_model = Some("demo".to_owned()))
        .start()
        .await;
    for side in SIDES {
        for model in ["gpt-5", "claude-sonnet-4-5", "demo/other", "DEMO", "demo "] {
            let answer = gateway
                .post(side.path(), &side.request_for(model, false))
                .await;
            assert_eq!(answer.status, 404, "{model}: {}", answer.text());
            let words = side.error_words(&answer.json());
            assert!(words.contains("portolan accounts add"), "{words}");
        }
    }
    let upstream = Upstream::start(|_| Side::Chat.error(500));
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let answer = gateway
        .post("/v1/chat/completions", &Side::Chat.request(false))
        .await;
    assert_eq!(answer.status, 500, "a failure is told, not played over");
    assert!(gateway.idle().await.served == 0);
}

#[tokio::test]
async fn settings_change_between_requests_and_never_within_one() {
    let upstream = Upstream::start(|_| {
        Side::Chat
            .reply(&testkit::Reply::text("slow"), true)
            .paced(milliseconds(40))
    });
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let mut client = gateway
        .sent("/v1/chat/completions", &[], &Side::Chat.request(true))
        .await;
    client.head().await.unwrap();
    gateway
        .settings
        .send_replace(Arc::new(Setup::new().snapshot()));
    let answer = gateway
        .post("/v1/chat/completions", &Side::Chat.request(false))
        .await;
    assert_eq!(answer.status, 404, "the account is gone");
    let (events, _) = tokio::time::timeout(Duration::from_secs(5), all_events(&mut client))
        .await
        .unwrap();
    assert!(Side::Chat.is_complete(&events), "what had begun goes on");
}
