//! S-43: what could mean two things means nothing here, and no second request hides in a first.

use std::time::Duration;

use testkit::{Client, End, Reply, Script, Upstream};

use crate::smuggling_cases::{
    BODY, Case, chunks, head, heads, hidden, length_against_coding, lengths,
};
use crate::support::{Gateway, SOON, Setup, Side};

/// What came back: the statuses, until the gateway closed the connection.
async fn spoken(gateway: &Gateway, bytes: &[u8]) -> Vec<u16> {
    let mut client = gateway.client().await;
    // It may close before all is sent, and rightly.
    let _ = client.send(bytes).await;
    let mut statuses = Vec::new();
    while let Ok(answer) = tokio::time::timeout(SOON, answer(&mut client))
        .await
        .expect("it neither answers nor closes")
    {
        statuses.push(answer);
    }
    statuses
}

async fn answer(client: &mut Client) -> std::io::Result<u16> {
    client.answer().await.map(|answer| answer.status)
}

#[tokio::test]
async fn s43_no_request_hides_in_another() {
    let mut cases = length_against_coding();
    cases.extend(lengths());
    cases.extend(chunks());
    cases.extend(heads());
    assert!(cases.len() >= 200, "{}", cases.len());
    // Connections that the gateway waits for are waited for side by side.
    let share = cases.len().div_ceil(8);
    futures_util::future::join_all(cases.chunks(share).map(none_is_smuggled)).await;
}

async fn none_is_smuggled(cases: &[Case]) {
    let upstream = Upstream::start(|_| Side::Chat.reply(&Reply::text("ok"), false));
    let gateway = Setup::mock(Side::Chat, &upstream.url())
        .timeouts(|timeouts| {
            timeouts.head = Duration::from_millis(200);
            timeouts.body = Duration::from_millis(200);
            timeouts.rest = Duration::from_millis(200);
        })
        .start()
        .await;
    for case in cases {
        let before = upstream.requests().len();
        let statuses = spoken(&gateway, &case.bytes).await;
        let seen = upstream.requests().split_off(before);
        let at = format!("{}: {statuses:?}", case.name);
        let smuggled = seen
            .iter()
            .filter(|request| String::from_utf8_lossy(&request.body).contains("smuggled"))
            .count();
        assert!(seen.len() <= 1, "{at}: {} requests", seen.len());
        if !case.plain {
            assert_eq!(smuggled, 0, "{at}: the hidden one was served");
            assert!(statuses.len() <= 1, "{at}: more than one answer");
        }
        if !case.served && !case.plain {
            assert_eq!(seen.len(), 0, "{at}: it was served");
            assert!(
                statuses.iter().all(|status| (400..=505).contains(status)),
                "{at}"
            );
        }
    }
    assert_eq!(upstream.log().broken(), 0);
    let answer = gateway
        .post("/v1/chat/completions", &Side::Chat.request(false))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(gateway.idle().await.under_way, 0);
}

#[tokio::test]
async fn honest_requests_in_one_connection_are_each_served() {
    let upstream = Upstream::start(|_| Side::Chat.reply(&Reply::text("ok"), false));
    let gateway = Setup::mock(Side::Chat, &upstream.url())
        .timeouts(|timeouts| timeouts.rest = Duration::from_millis(500))
        .start()
        .await;
    let mut bytes = head(&format!("content-length: {}\r\n", BODY.len()));
    bytes.extend_from_slice(BODY.as_bytes());
    bytes.extend(head("transfer-encoding: chunked\r\n"));
    bytes.extend_from_slice(
        format!("{:x};a=b\r\n{BODY}\r\n0\r\nx-late: 1\r\n\r\n", BODY.len()).as_bytes(),
    );
    bytes.extend_from_slice(hidden().as_bytes());
    assert_eq!(spoken(&gateway, &bytes).await, [200, 200, 200]);
    assert_eq!(upstream.requests().len(), 3);
}

#[tokio::test]
async fn s43_an_upstream_cannot_answer_the_next_request() {
    let evil =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 8\r\n\r\n{\"x\":66}";
    let upstream = Upstream::start(move |request| {
        let good = Side::Chat.reply(&Reply::text("ok"), false);
        if request.index % 2 == 1 {
            return good;
        }
        let body = good.body();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        Script::status(200)
            .raw_head(head)
            .bytes([body.as_slice(), evil.as_bytes()].concat())
    });
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    for index in 0..40 {
        let answer = gateway
            .post("/v1/chat/completions", &Side::Chat.request(false))
            .await;
        assert_eq!(answer.status, 200, "{index}: {}", answer.text());
        assert_eq!(Side::Chat.whole_text(&answer.json()), "ok", "{index}");
    }
    assert_eq!(upstream.requests().len(), 40);
}

#[tokio::test]
async fn s42_an_upstreams_malformed_head_is_502_and_nothing_of_it_goes_on() {
    for fields in [
        "content-length: 5\r\ncontent-length: 6\r\n",
        "content-length: -5\r\n",
        "content-length: five\r\n",
        "x-ratelimit-a: b\u{0}c\r\n",
        "x-ratelimit-a: b\rset-cookie: evil\r\n",
        "x-ratelimit-a : b\r\n",
        "x-ratelimit a: b\r\n",
        ": b\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 5\r\nx-ratelimit-a: \u{1}\r\n",
    ] {
        let upstream = Upstream::start(move |_| {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{fields}\r\n");
            Script::status(200)
                .raw_head(head)
                .bytes("{\"a\":1}")
                .end(End::CloseEarly)
        });
        let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
        for side in [Side::Chat, Side::Messages] {
            let answer = gateway.post(side.path(), &side.request(false)).await;
            assert_eq!(answer.status, 502, "{fields:?}: {}", answer.text());
            side.error_words(&answer.json());
            assert!(answer.headers.iter().all(|(name, value)| {
                !name.starts_with("x-ratelimit") && !value.contains("evil")
            }));
        }
    }
}
