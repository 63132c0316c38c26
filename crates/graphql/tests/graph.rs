//! Queries as clients send them, over a model that answers what it is asked: the README's own, what
//! is stored of them, and those that mean harm.
#![allow(clippy::unwrap_used, reason = "tests")]

mod attacks;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use graphql::{Answer, Asking, Caller, Graph, Told};
use ledger::Sessions;
use serde_json::{Value, json};
use tempfile::TempDir;

/// What was asked of models: path and body.
type Asked = Arc<Mutex<Vec<(&'static str, Value)>>>;

struct Bed {
    folder: TempDir,
    graph: Graph,
    asked: Asked,
}

fn clock() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_756_900_000_123)
}

fn model(path: &str, body: &Value) -> Told {
    let told = |status, body: Value| Told {
        status,
        body: body.to_string().into_bytes(),
    };
    if body["model"] == "broken" {
        let error = json!({"error": "Not Found", "message": "no such model", "type": "not_found", "status": 404});
        return told(404, error);
    }
    if path == "/generate-image" {
        return told(
            200,
            json!({"data": [{"url": "https://x.example/1.png"}, {"b64_json": "AAAA"}]}),
        );
    }
    let messages = body["messages"].as_array().unwrap();
    let last = messages.last().unwrap()["content"].as_str().unwrap();
    let content = format!("{} of {}", last, messages.len());
    let message = json!({"role": "assistant", "content": content});
    told(
        200,
        json!({"id": "chatcmpl-1", "choices": [{"message": message}]}),
    )
}

impl Bed {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sessions = Arc::new(Sessions::at(folder.path().join("sessions.db")));
        sessions.keep(30, 1_756_900_000_123);
        Self {
            folder,
            graph: Graph::new(sessions, clock),
            asked: Asked::default(),
        }
    }

    fn caller(&self, owner: &str, may_look: bool) -> Caller {
        let asked = Arc::clone(&self.asked);
        Caller {
            owner: owner.to_owned(),
            ask: Box::new(move |path, body| -> Asking {
                let body: Value = serde_json::from_slice(&body).unwrap();
                let told = model(path, &body);
                asked.lock().unwrap().push((path, body));
                Box::pin(async move { Some(told) })
            }),
            may_look,
        }
    }

    async fn raw(&self, body: &str) -> Answer {
        self.graph
            .answer(self.caller("one", false), body.as_bytes())
            .await
    }

    async fn as_whom(&self, owner: &str, query: &str, variables: Value) -> Value {
        let body = json!({"query": query, "variables": variables}).to_string();
        let answer = self
            .graph
            .answer(self.caller(owner, false), body.as_bytes())
            .await;
        let read: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(answer.status, 200, "{read}");
        read
    }

    async fn ask(&self, query: &str, variables: Value) -> Value {
        self.as_whom("one", query, variables).await
    }

    fn asked(&self) -> Vec<(&'static str, Value)> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

#[tokio::test]
async fn the_readmes_chat_is_answered_as_it_says() {
    let bed = Bed::new();
    let query = "mutation GetAIResponse($input: ChatInput!) { getAIResponse(input: $input) { id content isUser timestamp success error } }";
    let input = json!({"model": "gpt-3.5-turbo", "messages": [{"role": "user", "content": "Hello!"}],
        "temperature": 0.7, "max_tokens": 1000});
    let answer = bed.ask(query, json!({"input": input})).await;
    assert_eq!(
        answer,
        json!({"data": {"getAIResponse": {"id": "chatcmpl-1", "content": "Hello! of 1", "isUser": false,
            "timestamp": "2025-09-03T11:46:40.123Z", "success": true, "error": null}}})
    );
    assert_eq!(bed.asked(), [("/", input)]);
}

#[tokio::test]
async fn the_readmes_picture_is_answered_as_it_says() {
    let bed = Bed::new();
    let query = "mutation GenerateImage($input: ImageInput!) { generateImage(input: $input) { id prompt images { url b64_json } model size quality style timestamp success error } }";
    let input = json!({"prompt": "A futuristic city with flying cars", "model": "dall-e-3",
        "size": "1024x1024", "quality": "hd", "style": "vivid"});
    let answer = bed.ask(query, json!({"input": input})).await;
    let made = &answer["data"]["generateImage"];
    assert!(made["id"].as_str().unwrap().starts_with("img_"));
    assert_eq!(
        made["images"],
        json!([{"url": "https://x.example/1.png", "b64_json": null},
        {"url": null, "b64_json": "AAAA"}])
    );
    for name in ["prompt", "model", "size", "quality", "style"] {
        assert_eq!(made[name], input[name], "{name}");
    }
    assert_eq!(
        (&made["success"], &made["error"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(bed.asked(), [("/generate-image", input)]);
}

#[tokio::test]
async fn only_what_is_selected_comes_back_under_the_name_that_was_chosen() {
    let bed = Bed::new();
    let query = "mutation($n: Int, $skip: Boolean!) {
        first: getAIResponse(input: {messages: [{role: \"user\", content: \"a { b\"}], max_tokens: $n}) { said: content }
        second: getAIResponse(input: {model: \"m\", messages: [{role: \"user\", content: \"c\"}]}) { ...f success @skip(if: $skip) }
    } fragment f on ChatMessage { content __typename }";
    let answer = bed.ask(query, json!({"n": 7, "skip": true})).await;
    assert_eq!(
        answer,
        json!({"data": {"first": {"said": "a { b of 1"},
            "second": {"content": "c of 1", "__typename": "ChatMessage"}}})
    );
    let asked = bed.asked();
    assert_eq!(asked[0].1["max_tokens"], 7);
    assert_eq!(
        asked[0].1.get("model"),
        None,
        "the default is the path's own"
    );
    assert_eq!(asked[1].1["model"], "m");
}

#[tokio::test]
async fn what_fails_says_so_in_its_place_and_among_the_errors() {
    let bed = Bed::new();
    let query = "mutation($a: ChatInput!, $b: ChatInput!) { a: getAIResponse(input: $a) { content success error } b: getAIResponse(input: $b) { content } }";
    let said = json!([{"role": "user", "content": "x"}]);
    let input = |model: &str| json!({"model": model, "messages": said});
    let answer = bed
        .ask(query, json!({"a": input("broken"), "b": input("m")}))
        .await;
    assert_eq!(
        answer["data"],
        json!({"a": {"content": null, "success": false, "error": "no such model"}, "b": {"content": "x of 1"}})
    );
    let error = &answer["errors"][0];
    assert_eq!(error["message"], "no such model");
    assert_eq!(error["path"], json!(["a"]));
    assert_eq!(
        error["extensions"],
        json!({"code": "not_found", "status": 404})
    );
    let picture = "mutation { generateImage(input: {prompt: \"p\", model: \"broken\"}) { success error prompt images { url } } }";
    let answer = bed.ask(picture, Value::Null).await;
    let failed = json!({"success": false, "error": "no such model", "prompt": "p", "images": []});
    assert_eq!(answer["data"]["generateImage"], failed);
    for input in [
        json!({"messages": []}),
        json!({"messages": said, "stream": true}),
    ] {
        let answer = bed.ask(query, json!({"a": input, "b": input})).await;
        assert_eq!(answer["errors"].as_array().unwrap().len(), 2, "{answer}");
    }
}

async fn session(bed: &Bed) -> String {
    let begun = bed
        .ask(
            "mutation CreateSession { createSession { sessionId success } }",
            Value::Null,
        )
        .await;
    let begun = &begun["data"]["createSession"];
    assert_eq!(begun["success"], true);
    begun["sessionId"].as_str().unwrap().to_owned()
}

const SEND: &str = "mutation($input: MessageInput!) { sendMessage(input: $input) { id content isUser timestamp success error sessionId } }";
const CHAT: &str =
    "mutation($input: ChatInput!) { getAIResponse(input: $input) { content sessionId success } }";
const HISTORY: &str = "query ChatHistory($sessionId: String) { chatHistory(sessionId: $sessionId) { id content isUser timestamp } }";

#[tokio::test]
async fn a_session_is_a_conversation_that_is_answered_as_a_whole() {
    let bed = Bed::new();
    let id = session(&bed).await;
    let sent = bed
        .ask(SEND, json!({"input": {"sessionId": id, "content": "one"}}))
        .await;
    let sent = &sent["data"]["sendMessage"];
    assert_eq!(
        (&sent["content"], &sent["isUser"], &sent["success"]),
        (&json!("one"), &json!(true), &json!(true))
    );
    assert_eq!(sent["sessionId"], *id);
    let answer = bed.ask(CHAT, json!({"input": {"sessionId": id}})).await;
    assert_eq!(answer["data"]["getAIResponse"]["content"], "one of 1");
    let more =
        json!({"input": {"sessionId": id, "messages": [{"role": "user", "content": "two"}]}});
    let answer = bed.ask(CHAT, more).await;
    assert_eq!(answer["data"]["getAIResponse"]["content"], "two of 3");
    let history = bed.ask(HISTORY, json!({"sessionId": id})).await;
    let history = history["data"]["chatHistory"].as_array().unwrap().clone();
    let said: Vec<_> = history
        .iter()
        .map(|m| {
            (
                m["content"].as_str().unwrap(),
                m["isUser"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("one", true),
            ("one of 1", false),
            ("two", true),
            ("two of 3", false)
        ]
    );
    assert_eq!(
        bed.ask(HISTORY, json!({})).await["data"]["chatHistory"],
        json!(history)
    );
}

#[tokio::test]
async fn without_a_session_nothing_is_kept() {
    let bed = Bed::new();
    let input = json!({"messages": [{"role": "user", "content": "x"}]});
    bed.ask(CHAT, json!({"input": input})).await;
    assert_eq!(bed.folder.path().read_dir().unwrap().count(), 0);
    let sent = bed.ask(SEND, json!({"input": {"content": "y"}})).await;
    assert!(
        sent["data"]["sendMessage"]["sessionId"].is_string(),
        "one is begun for it"
    );
}

#[tokio::test]
async fn s25_another_key_sees_adds_and_asks_nothing() {
    let bed = Bed::new();
    let id = session(&bed).await;
    bed.ask(SEND, json!({"input": {"sessionId": id, "content": "mine"}}))
        .await;
    let guessed = "session_00000000000000000000000000000000";
    for id in [id.as_str(), guessed] {
        let history = bed.as_whom("two", HISTORY, json!({"sessionId": id})).await;
        assert_eq!(
            history["errors"][0]["extensions"]["code"],
            "no_such_session"
        );
        assert!(history["data"].is_null());
        let sent = bed
            .as_whom(
                "two",
                SEND,
                json!({"input": {"sessionId": id, "content": "x"}}),
            )
            .await;
        assert_eq!(sent["data"]["sendMessage"]["success"], false);
        let chat = bed
            .as_whom("two", CHAT, json!({"input": {"sessionId": id}}))
            .await;
        assert_eq!(chat["errors"][0]["extensions"]["status"], 404);
    }
    assert!(bed.asked().is_empty(), "no model heard of it");
    let none = bed.as_whom("two", HISTORY, json!({})).await;
    assert_eq!(none["data"]["chatHistory"], json!([]));
    let mine = bed.ask(HISTORY, json!({"sessionId": id})).await;
    assert_eq!(mine["data"]["chatHistory"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn s51_what_means_harm_is_refused_in_no_time() {
    const MOST: Duration = Duration::from_millis(20);
    let bed = Bed::new();
    bed.raw(r#"{"query":"{ __typename }"}"#).await;
    assert!(attacks::all().len() >= 15);
    for (name, body) in attacks::all() {
        let mut best = Duration::MAX;
        for _ in 0..20 {
            let began = Instant::now();
            let answer = bed.raw(&body).await;
            best = best.min(began.elapsed());
            let read: Value = serde_json::from_slice(&answer.body).unwrap();
            assert_eq!(answer.status, 400, "{name}: {read}");
            assert!(
                read.get("data").is_none() && read["errors"][0]["message"].is_string(),
                "{name}"
            );
            assert!(answer.body.len() < 2000, "{name}: {read}");
            assert!(!read.to_string().contains("Did you mean"), "{name}: {read}");
            if best < MOST {
                break;
            }
        }
        assert!(best < MOST, "{name}: {best:?}");
    }
    assert!(bed.asked().is_empty());
}

#[tokio::test]
async fn s51_the_schema_is_shown_to_an_admin() {
    let bed = Bed::new();
    // What GraphiQL asks first: lists of non-null lists of types.
    let nested = "kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } }";
    let query = format!(
        "{{ __schema {{ types {{ name fields {{ name args {{ name type {{ {nested} }} }} }} inputFields {{ name }} }} }} }}"
    );
    let body = json!({ "query": query }).to_string();
    let answer = bed
        .graph
        .answer(bed.caller("admin", true), body.as_bytes())
        .await;
    let read: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((answer.status, read.get("errors")), (200, None));
    let text = read.to_string();
    for name in [
        "getAIResponse",
        "generateImage",
        "createSession",
        "sendMessage",
        "chatHistory",
        "ChatInput",
        "ImageInput",
        "max_tokens",
        "b64_json",
        "isUser",
    ] {
        assert!(text.contains(&format!("\"{name}\"")), "{name}");
    }
}
