//! A door on the listener: what goes through it, what does not, and what stays when all else rests.

use bytes::Bytes;
use gateway::{Door, Knock, Said};
use http::Response;
use serde_json::json;
use tokio::sync::mpsc;

use crate::support::{Gateway, KEY, Setup, Side, in_time};

/// A gateway with a door, and who comes to it.
async fn with_door() -> (Gateway, mpsc::Receiver<Knock>) {
    let gateway = Setup::new().start().await;
    let (knocks, inbox) = mpsc::channel(2);
    gateway.plane.open_door(Door {
        path: "/admin",
        others: &[],
        instance: "default",
        knocks,
    });
    (gateway, inbox)
}

/// Answers everybody with what they asked.
fn echo(mut inbox: mpsc::Receiver<Knock>) {
    tokio::spawn(async move {
        while let Some(knock) = inbox.recv().await {
            let path = knock.request.uri().path().to_owned();
            let body = [path.as_bytes(), b" ", knock.request.body()].concat();
            drop(knock.reply.send(Response::new(Said::Whole(body.into()))));
        }
    });
}

#[tokio::test]
async fn a_request_goes_through_whole_and_no_key_is_asked_for() {
    let (gateway, inbox) = with_door().await;
    echo(inbox);
    let answer = gateway.ask("POST", "/admin/api/x", &[], b"hello").await;
    assert_eq!(
        (answer.status, answer.text()),
        (200, "/admin/api/x hello".to_owned())
    );
    let answer = gateway.ask("GET", "/administrator", &[], b"").await;
    assert_eq!(answer.status, 401, "that is not behind the door");
    // None of it is a request that is answered by a model.
    assert!(!gateway.has_another_exchange().await);
}

#[tokio::test]
async fn s02_the_host_is_checked_before_the_door() {
    let (gateway, mut inbox) = with_door().await;
    let mut client = gateway.client().await;
    client
        .send("GET /admin/ HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(in_time(client.answer()).await.unwrap().status, 421);
    assert!(inbox.try_recv().is_err());
}

#[tokio::test]
async fn s05_no_other_origin_is_told_that_it_may_read() {
    let (gateway, inbox) = with_door().await;
    echo(inbox);
    for origin in [
        "http://localhost:3000",
        "https://evil.example",
        "null",
        "tauri://localhost",
    ] {
        let fields = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
        ];
        for method in ["GET", "POST", "OPTIONS"] {
            let answer = gateway.ask(method, "/admin/api/x", &fields, b"").await;
            let told = answer.headers.get("access-control-allow-origin");
            assert_eq!(told, None, "{method} {origin}");
        }
    }
}

#[tokio::test]
async fn too_much_is_not_handed_over_and_nobody_there_is_told() {
    let (gateway, inbox) = with_door().await;
    let large = vec![b'x'; 64 * 1024 + 1];
    let answer = gateway.ask("POST", "/admin/api/x", &[], &large).await;
    assert_eq!(answer.status, 413);
    drop(inbox);
    let answer = gateway.ask("GET", "/admin/", &[], b"").await;
    assert_eq!(answer.status, 503);
}

#[tokio::test]
async fn pieces_come_as_they_are_said_until_either_side_ends() {
    let (gateway, mut inbox) = with_door().await;
    let mut client = gateway.client().await;
    client
        .request("GET", "/admin/events", &[], b"")
        .await
        .unwrap();
    let knock = in_time(inbox.recv()).await.unwrap();
    let (tell, pieces) = mpsc::channel(1);
    knock
        .reply
        .send(Response::new(Said::Pieces(pieces)))
        .unwrap();
    assert_eq!(in_time(client.head()).await.unwrap().status(), 200);
    for word in ["one", "two"] {
        tell.send(Bytes::from_static(word.as_bytes()))
            .await
            .unwrap();
        let piece = in_time(client.piece()).await.unwrap();
        assert_eq!(piece.as_deref(), Some(word.as_bytes()));
    }
    client.hang_up();
    in_time(tell.closed()).await;
}

#[tokio::test]
async fn at_rest_only_the_door_is_open_and_what_is_under_way_goes_on() {
    let (gateway, inbox) = with_door().await;
    echo(inbox);
    let slow = json!({ "model": "demo/slow", "stream": true,
        "messages": [{ "role": "user", "content": "Ahoy" }] });
    let mut under_way = gateway.sent("/v1/chat/completions", &[], &slow).await;
    assert_eq!(in_time(under_way.head()).await.unwrap().status(), 200);
    gateway.plane.rest(true);
    for path in [
        "/",
        "/health",
        "/ready",
        "/v1/models",
        "/v1beta/models",
        "/nowhere",
    ] {
        let answer = gateway.ask("GET", path, &[("x-api-key", KEY)], b"").await;
        assert_eq!(answer.status, 503, "{path}");
        assert!(
            answer.text().contains("stopped"),
            "{path}: {}",
            answer.text()
        );
    }
    gateway.plane.wait_for_owner();
    for side in [Side::Chat, Side::Messages] {
        let answer = gateway.post(side.path(), &side.request(true)).await;
        assert_eq!(answer.status, 423, "{}", answer.text());
        assert!(side.error_words(&answer.json()).contains("its owner"));
        assert!(answer.text().contains("unclaimed"), "{}", answer.text());
    }
    let answer = gateway.ask("GET", "/admin", &[], b"").await;
    assert_eq!(answer.status, 200);
    assert!(in_time(under_way.event()).await.unwrap().is_some());
    gateway.plane.rest(false);
    let answer = gateway.ask("GET", "/health", &[], b"").await;
    assert_eq!(answer.status, 200);
}
