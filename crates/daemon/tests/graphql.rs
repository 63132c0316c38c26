//! GraphQL with the real program: the guard before it, what a key keeps over a restart, its limits.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    unreachable_pub,
    reason = "tests; each file uses a part of the bed"
)]

#[path = "../../graphql/tests/attacks/mod.rs"]
mod attacks;
mod bed;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use bed::{Bed, Server};
use serde_json::{Value, json};

const SETTINGS: &str = "version = 1\n[listen]\nport = 0\nhost = \"127.0.0.1\"\n\n\
    [[key]]\nname = \"narrow\"\nmodels = [\"other\"]\nrequests_per_minute = 2\n";
const CHAT: &str =
    "mutation($input: ChatInput!) { getAIResponse(input: $input) { content success error } }";

/// Sends a request with these fields; status and body.
fn send(server: &Server, method: &str, fields: &[(&str, &str)], body: &str) -> (u16, Value) {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let fields: String = fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let request = format!(
        "{method} /graphql HTTP/1.1\r\nhost: localhost\r\n{fields}content-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("x-content-type-options: nosniff"), "{head}");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}

fn ask(server: &Server, key: &str, query: &str, variables: &Value) -> Value {
    let key = format!("Bearer {key}");
    let fields = [
        ("authorization", key.as_str()),
        ("content-type", "application/json"),
    ];
    let body = json!({"query": query, "variables": variables}).to_string();
    let (status, answer) = send(server, "POST", &fields, &body);
    assert_eq!(status, 200, "{answer}");
    answer
}

fn key(bed: &Bed, name: &str) -> String {
    let made = bed.run(&["keys", "create", "--name", name]);
    made.out.trim_end().to_owned()
}

fn session(server: &Server, key: &str) -> String {
    let begun = ask(
        server,
        key,
        "mutation { createSession { sessionId success } }",
        &json!({}),
    );
    let begun = &begun["data"]["createSession"];
    begun["sessionId"].as_str().unwrap().to_owned()
}

#[test]
fn s51_the_key_comes_first_and_then_json() {
    let bed = Bed::new().with_settings(SETTINGS);
    let server = bed.serve(&[]);
    let key = key(&bed, "laptop");
    let bearer = format!("Bearer {key}");
    let json = ("content-type", "application/json");
    let key = ("authorization", bearer.as_str());
    let query = r#"{"query":"{ __typename }"}"#;
    let broken = "{ not json";
    for (method, fields, body, expected) in [
        ("POST", &[json][..], query, 401),
        // Whoever has no key learns nothing of what they sent.
        ("POST", &[json], broken, 401),
        ("GET", &[], "", 401),
        ("POST", &[key], query, 415),
        ("POST", &[key, ("content-type", "text/plain")], query, 415),
        (
            "POST",
            &[key, ("content-type", "application/graphql")],
            query,
            415,
        ),
        ("GET", &[key], "", 405),
        (
            "POST",
            &[key, json, ("origin", "https://evil.example")],
            query,
            403,
        ),
        ("POST", &[key, json], broken, 400),
        ("POST", &[key, json], query, 200),
    ] {
        let (status, answer) = send(&server, method, fields, body);
        assert_eq!(status, expected, "{method} {fields:?} {answer}");
        if expected == 200 {
            assert_eq!(answer, serde_json::json!({"data": {"__typename": "Query"}}));
        } else {
            assert!(answer["errors"][0]["message"].is_string(), "{answer}");
            assert!(
                answer["errors"][0]["extensions"]["code"].is_string(),
                "{answer}"
            );
        }
    }
    server.signal("TERM");
    server.wait();
}

#[test]
fn a_hundred_messages_are_there_after_a_restart_and_nobody_elses() {
    let bed = Bed::new().with_settings(SETTINGS);
    let server = bed.serve(&[]);
    let (mine, theirs) = (key(&bed, "laptop"), key(&bed, "phone"));
    let id = session(&server, &mine);
    let mut said = Vec::new();
    for turn in 0..50 {
        let question = format!("第 {turn} question");
        let input = json!({"model": "demo/echo", "sessionId": id,
            "messages": [{"role": "user", "content": question}]});
        let answer = ask(&server, &mine, CHAT, &json!({ "input": input }));
        let answer = answer["data"]["getAIResponse"]["content"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(answer.contains(&question), "{answer}");
        said.extend([question, answer]);
    }
    server.signal("TERM");
    server.wait();

    let server = bed.serve(&[]);
    let history = "query($id: String) { chatHistory(sessionId: $id) { content isUser } }";
    let read = ask(&server, &mine, history, &json!({ "id": id }));
    let read: Vec<&str> = read["data"]["chatHistory"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["content"].as_str().unwrap())
        .collect();
    assert_eq!(read.len(), 100);
    assert_eq!(read, said);
    let foreign = ask(&server, &theirs, history, &json!({ "id": id }));
    assert_eq!(
        foreign["errors"][0]["extensions"]["code"],
        "no_such_session"
    );
    // The record of requests has all of them, and no word of what was said.
    let activity = std::fs::read(bed.path().join("activity").join("activity.db")).unwrap();
    assert!(!String::from_utf8_lossy(&activity).contains("question"));
    server.signal("TERM");
    server.wait();
}

#[test]
fn s23_a_key_may_in_graphql_what_it_may_elsewhere() {
    let bed = Bed::new().with_settings(SETTINGS);
    let server = bed.serve(&[]);
    let narrow = key(&bed, "narrow");
    let input = json!({"model": "demo", "messages": [{"role": "user", "content": "hi"}]});
    let answer = ask(&server, &narrow, CHAT, &json!({ "input": input }));
    let refused = &answer["data"]["getAIResponse"];
    assert_eq!(
        (&refused["success"], &refused["content"]),
        (&json!(false), &Value::Null)
    );
    assert!(
        refused["error"]
            .as_str()
            .unwrap()
            .contains("may not use the model"),
        "{answer}"
    );
    assert_eq!(answer["errors"][0]["extensions"]["status"], 403);
    // That was one request of the two that the key has in a minute, not two.
    ask(&server, &narrow, "{ __typename }", &json!({}));
    let key = format!("Bearer {narrow}");
    let fields = [
        ("authorization", key.as_str()),
        ("content-type", "application/json"),
    ];
    let (status, answer) = send(&server, "POST", &fields, r#"{"query":"{ __typename }"}"#);
    assert_eq!(status, 429, "{answer}");
    assert!(answer["errors"][0]["message"].is_string(), "{answer}");
    server.signal("TERM");
    server.wait();
}

#[test]
fn s51_what_means_harm_is_refused_by_the_real_program_in_no_time() {
    const MOST: Duration = Duration::from_millis(20);
    let bed = Bed::new().with_settings(SETTINGS);
    let server = bed.serve(&[]);
    let key = format!("Bearer {}", key(&bed, "laptop"));
    let fields = [
        ("authorization", key.as_str()),
        ("content-type", "application/json"),
    ];
    for (name, body) in attacks::all() {
        let mut best = Duration::MAX;
        for _ in 0..20 {
            let began = Instant::now();
            let (status, answer) = send(&server, "POST", &fields, &body);
            best = best.min(began.elapsed());
            assert_eq!(status, 400, "{name}");
            assert!(answer["errors"][0]["message"].is_string(), "{name}");
            if best < MOST {
                break;
            }
        }
        assert!(best < MOST, "{name}: {best:?}");
    }
    server.signal("TERM");
    server.wait();
}
