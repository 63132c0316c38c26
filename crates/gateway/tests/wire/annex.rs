//! What the guard lets in and somebody else answers: who is let in, as whom models are asked, and what
//! that counts.

use gateway::{ClientKey, Guest, KeyHash, Outcome, Said};
use http::Response;
use serde_json::json;
use tokio::sync::mpsc;

use crate::support::{Gateway, KEY, Setup, in_time};

async fn with_annex(setup: Setup) -> (Gateway, mpsc::Receiver<Guest>) {
    let gateway = setup.start().await;
    let (guests, inbox) = mpsc::channel(2);
    gateway.plane.open_annex(guests);
    (gateway, inbox)
}

#[tokio::test]
async fn s01_only_documents_are_for_everybody() {
    let (gateway, mut inbox) = with_annex(Setup::new()).await;
    let json = ("content-type", "application/json");
    let answer = gateway.ask("POST", "/graphql", &[json], b"{}").await;
    assert_eq!(answer.status, 401);
    assert!(
        answer.text().starts_with("{\"errors\":[{"),
        "{}",
        answer.text()
    );
    let answer = gateway.ask("POST", "/docs", &[], b"").await;
    assert_eq!(answer.status, 401, "they are read, and nothing else");
    assert!(inbox.try_recv().is_err(), "nobody heard of it");
    tokio::spawn(async move {
        while let Some(guest) = inbox.recv().await {
            let body = format!("{} {:?}", guest.request.uri(), guest.visitor.key());
            drop(guest.reply.send(Response::new(Said::Whole(body.into()))));
        }
    });
    for path in ["/docs", "/docs/", "/docs/a.js", "/redoc", "/openapi.json"] {
        let answer = gateway.ask("GET", path, &[], b"").await;
        assert_eq!(
            (answer.status, answer.text()),
            (200, format!("{path} None"))
        );
        assert_eq!(
            answer.headers.get("x-content-type-options"),
            Some("nosniff")
        );
    }
    let known = [json, ("x-api-key", KEY)];
    let answer = gateway.ask("POST", "/graphql", &known, b"{}").await;
    let hash = KeyHash::of(KEY.as_bytes());
    assert_eq!(answer.text(), format!("/graphql Some({hash:?})"));
}

#[tokio::test]
async fn without_anybody_there_it_is_told() {
    let gateway = Setup::new().start().await;
    let answer = gateway.ask("GET", "/docs", &[], b"").await;
    assert_eq!(answer.status, 503);
}

#[tokio::test]
async fn models_are_asked_as_the_client_that_came() {
    let setup = Setup::new().with(|snapshot| {
        let mut key = ClientKey::unlimited("limited");
        key.limits.requests_per_minute = 1;
        key.limits.requests_per_day = 1;
        snapshot.keys.insert(KeyHash::of(b"pk-limited"), key);
    });
    let (gateway, mut inbox) = with_annex(setup).await;
    let plane = gateway.plane.clone();
    tokio::spawn(async move {
        let guest = inbox.recv().await.unwrap();
        let body = json!({"model": "demo", "messages": [{"role": "user", "content": "Ahoy"}]});
        let body = serde_json::to_vec(&body).unwrap();
        let mut statuses = Vec::new();
        for _ in 0..2 {
            let answer = plane.ask_for(&guest.visitor, "/", body.clone()).await;
            statuses.push(answer.unwrap().status);
        }
        let told = format!("{statuses:?}");
        drop(guest.reply.send(Response::new(Said::Whole(told.into()))));
    });
    let fields = [
        ("content-type", "application/json"),
        ("user-agent", "page/1.2.3"),
    ];
    let answer = gateway
        .ask("POST", "/graphql?key=pk-limited", &fields, b"{}")
        .await;
    // The visit and its first question are one request; the next is one more than the key has.
    assert_eq!(answer.text(), "[200, 429]");
    let exchange = gateway.exchange().await;
    assert_eq!(exchange.outcome, Outcome::Completed);
    assert_eq!(exchange.key.as_deref(), Some("limited"));
    assert_eq!(exchange.client.as_deref(), Some("page/1.2"));
}

#[tokio::test]
async fn who_leaves_is_noticed() {
    let (gateway, mut inbox) = with_annex(Setup::new()).await;
    let mut client = gateway.client().await;
    let request = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: {KEY}\r\nContent-Type: application/json\r\n\
         Content-Length: 2\r\n\r\n{{}}"
    );
    client.send(&request).await.unwrap();
    let mut guest = in_time(inbox.recv()).await.unwrap();
    assert!(!guest.reply.is_closed());
    drop(client);
    in_time(guest.reply.closed()).await;
}
