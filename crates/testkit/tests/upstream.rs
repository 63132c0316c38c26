//! The scripted upstream over real sockets: keep-alive, ends, disconnects, bad bytes.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use serde_json::json;
use testkit::{Client, End, Ended, FaultProxy, Faults, Framing, Reply, Script, Upstream};
use testkit::{anthropic, openai_chat, scenario};

const SOON: Duration = Duration::from_secs(5);

async fn ask(upstream: &Upstream) -> Client {
    let mut client = Client::connect(&upstream.url()).await.unwrap();
    client.post("/x", &[], &json!({"a": 1})).await.unwrap();
    client
}

#[tokio::test]
async fn one_connection_serves_many_requests_and_all_are_recorded() {
    let upstream = Upstream::start(|request| match request.index {
        0 => Script::json(200, &json!({"n": 0})),
        1 => openai_chat::stream(&Reply::text("hi")),
        _ => Script::status(204),
    });
    let mut client = ask(&upstream).await;
    assert_eq!(client.answer().await.unwrap().json(), json!({"n": 0}));
    client
        .post("/y?q=1", &[("X-Two", "2")], &json!([]))
        .await
        .unwrap();
    assert!(
        client
            .answer()
            .await
            .unwrap()
            .text()
            .ends_with("data: [DONE]\n\n")
    );
    // Chunked, and with the next request sent before the answer came.
    let chunked =
        "POST /z HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    client
        .send(format!("{chunked}GET /last HTTP/1.1\r\n\r\n"))
        .await
        .unwrap();
    assert_eq!(client.answer().await.unwrap().status, 204);
    assert_eq!(client.answer().await.unwrap().status, 204);
    let seen = upstream.requests();
    let targets: Vec<_> = seen
        .iter()
        .map(|r| (r.method.as_str(), r.target.as_str()))
        .collect();
    assert_eq!(
        targets,
        [
            ("POST", "/x"),
            ("POST", "/y?q=1"),
            ("POST", "/z"),
            ("GET", "/last")
        ]
    );
    assert_eq!(
        (seen[0].json(), seen[1].header("x-two"), &seen[2].body[..]),
        (json!({"a": 1}), Some("2"), &b"{}"[..])
    );
    assert!(upstream.wait_until_idle(SOON).await);
    assert_eq!((upstream.connections(), upstream.open_requests()), (1, 0));
}

#[tokio::test]
async fn a_peer_that_leaves_is_noticed_at_once_wherever_the_answer_is() {
    let upstream = Upstream::start(|request| match request.index {
        0 => Script::silence(),
        1 => Script::status(200).delay(Duration::from_secs(60)),
        2 => openai_chat::endless("m", Duration::from_millis(5)),
        3 => Script::events([]).bytes("data: 1\n\n").end(End::Stall),
        _ => Script::events([])
            .bytes("data: 1\n\n")
            .wait(Duration::from_secs(60)),
    });
    for index in 0..5 {
        let mut client = ask(&upstream).await;
        if index > 1 {
            client.head().await.unwrap();
            client.event().await.unwrap().unwrap();
        }
        assert!(upstream.wait_for_requests(index + 1, SOON).await);
        assert_eq!(upstream.open_requests(), 1);
        let left = Instant::now();
        client.hang_up();
        let noticed = upstream.wait_for_disconnect(index, SOON).await.unwrap();
        // Where it is not, the script goes on for a minute.
        assert!(noticed.saturating_duration_since(left) < Duration::from_secs(8));
    }
    let whole = Upstream::start(|_| Script::status(200));
    ask(&whole).await.answer().await.unwrap();
    assert!(whole.wait_for_disconnect(0, SOON).await.is_none());
}

#[tokio::test]
async fn each_end_looks_different_to_the_client() {
    let body = || Script::events([]).bytes("data: 1\n\n");
    let upstream = Upstream::start(move |request| match request.index {
        0 => body().end(End::CloseEarly),
        1 => body().wait(Duration::from_millis(50)).end(End::Reset),
        2 => body().end(End::Garbage),
        3 => body().framing(Framing::UntilClose),
        4 => Script::json(200, &json!({})).end(End::CloseEarly),
        _ => Script::status(200).raw_head("HTTP/9 what\r\n\r\n"),
    });
    let mut kinds = Vec::new();
    for _ in 0..5 {
        let mut client = ask(&upstream).await;
        kinds.push(
            client
                .answer()
                .await
                .map(|a| a.text())
                .map_err(|e| e.kind()),
        );
    }
    assert_eq!(
        kinds,
        [
            Err(ErrorKind::UnexpectedEof),
            Err(ErrorKind::ConnectionReset),
            Err(ErrorKind::InvalidData),
            Ok("data: 1\n\n".to_owned()),
            Err(ErrorKind::UnexpectedEof),
        ]
    );
    let mut client = ask(&upstream).await;
    assert_eq!(client.head().await.unwrap().line, "HTTP/9 what");
    assert!(matches!(upstream.requests()[0].ended, Ended::Finished(_)));
}

#[tokio::test]
async fn malformed_requests_are_counted_and_not_recorded() {
    let upstream = Upstream::start(|_| Script::status(200));
    let mut client = Client::connect(&upstream.url()).await.unwrap();
    client
        .send("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n")
        .await
        .unwrap();
    assert_eq!(client.answer().await.unwrap().status, 400);
    assert_eq!((upstream.log().broken(), upstream.requests().len()), (1, 0));
}

#[tokio::test]
async fn waits_between_pieces_are_kept() {
    let gap = Duration::from_millis(30);
    let upstream = Upstream::start(move |_| anthropic::stream(&Reply::text("four more").gap(gap)));
    let mut client = ask(&upstream).await;
    client.head().await.unwrap();
    let (start, mut events) = (Instant::now(), 0);
    while let Some(event) = client.event().await.unwrap() {
        assert_eq!(event.json()["type"], event.name.as_str());
        events += 1;
    }
    assert_eq!(events, 9);
    assert!(start.elapsed() > gap * 7, "{:?}", start.elapsed());
}

#[tokio::test]
async fn the_proxy_spoils_as_told_while_it_runs() {
    let upstream = Upstream::start(|_| Script::json(200, &json!({"text": "0123456789"})));
    let proxy = FaultProxy::start(upstream.address());
    let mut client = Client::connect(&proxy.url()).await.unwrap();
    let get = b"GET / HTTP/1.1\r\n\r\n";
    client.send(get).await.unwrap();
    assert_eq!(client.answer().await.unwrap().status, 200);

    proxy.set(Faults {
        slice: Some(3),
        gap: Duration::from_millis(1),
        ..Faults::default()
    });
    client.send(get).await.unwrap();
    assert_eq!(client.answer().await.unwrap().json()["text"], "0123456789");

    proxy.blackhole_existing();
    client.send(get).await.unwrap();
    let nothing = tokio::time::timeout(Duration::from_millis(150), client.head()).await;
    assert!(nothing.is_err());
    let mut newer = Client::connect(&proxy.url()).await.unwrap();
    newer.send(get).await.unwrap();
    assert_eq!(newer.answer().await.unwrap().status, 200);

    proxy.set(Faults {
        reset_after: Some(20),
        ..Faults::default()
    });
    let mut reset = Client::connect(&proxy.url()).await.unwrap();
    reset.send(get).await.unwrap();
    assert!(reset.answer().await.is_err());
    proxy.set(Faults {
        refuse: true,
        ..Faults::default()
    });
    let mut refused = Client::connect(&proxy.url()).await.unwrap();
    let _ = refused.send(get).await;
    assert!(refused.head().await.is_err());
}

#[tokio::test]
async fn every_scenario_answers_in_both_dialects_streamed_and_not() {
    let log = testkit::Log::default();
    let seen = log.clone();
    let upstream = Upstream::start_on(0, log, move |r| scenario::answer(r, &seen));
    let lasting = ["silent", "stall", "endless"];
    for name in scenario::NAMES
        .iter()
        .filter(|name| !lasting.contains(name))
    {
        for path in ["/v1/chat/completions", "/v1/messages"] {
            for stream in [true, false] {
                let mut client = Client::connect(&upstream.url()).await.unwrap();
                let body = json!({"model": format!("a/b/{name}"), "stream": stream,
                    "messages": [{"role": "user", "content": "say this"}]});
                client.post(path, &[], &body).await.unwrap();
                let wanted = name.strip_prefix("error-").and_then(|n| n.parse().ok());
                let status = client.head().await.unwrap().status();
                let late = !stream && ["error-first-event", "error-in-stream"].contains(name);
                assert!(
                    status == wanted.unwrap_or(200) || late,
                    "{name} {path} {status}"
                );
            }
        }
    }
    let mut client = Client::connect(&upstream.url()).await.unwrap();
    client
        .request("GET", "/__requests?contains=b/echo-slow", &[], b"")
        .await
        .unwrap();
    let told = client.answer().await.unwrap().json();
    assert_eq!(told.as_array().map(Vec::len), Some(4));
    assert_eq!(told[0]["body"]["model"], "a/b/echo-slow");
}
