//! How much of anything is read: lines, fields, bodies.

use serde_json::{Value, json};
use testkit::{Answer, Reply, Upstream};

use crate::support::{Gateway, KEY, QUIET, Setup, Side, in_time};

pub(crate) const SIDES: [Side; 2] = [Side::Chat, Side::Messages];

pub(crate) fn answering() -> Upstream {
    Upstream::start(|_| Side::Chat.reply(&Reply::text("ok"), false))
}

async fn raw(gateway: &Gateway, bytes: impl AsRef<[u8]>) -> std::io::Result<Answer> {
    let mut client = gateway.client().await;
    let _ = client.send(bytes).await;
    in_time(client.answer()).await
}

pub(crate) async fn posted(
    gateway: &Gateway,
    side: Side,
    fields: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let mut client = gateway.client().await;
    let mut all = vec![("content-type", "application/json"), ("x-api-key", KEY)];
    all.extend_from_slice(fields);
    client
        .request("POST", side.path(), &all, body)
        .await
        .unwrap();
    in_time(client.answer()).await.unwrap()
}

#[tokio::test]
async fn s44_a_long_target_is_414_in_the_callers_dialect() {
    let upstream = answering();
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    for side in SIDES {
        let fits = format!(
            "{}?x={}",
            side.path(),
            "a".repeat(8 * 1024 - side.path().len() - 3)
        );
        assert_eq!(gateway.post(&fits, &side.request(false)).await.status, 200);
        let answer = gateway
            .post(&format!("{fits}a"), &side.request(false))
            .await;
        assert_eq!(answer.status, 414);
        side.error_words(&answer.json());
    }
    // Longer than any buffer: refused before it is a request at all.
    for length in [70_000, 1_000_000] {
        let line = format!(
            "GET /{} HTTP/1.1\r\nhost: localhost\r\n\r\n",
            "a".repeat(length)
        );
        if let Ok(answer) = raw(&gateway, line).await {
            assert!(
                matches!(answer.status, 414 | 431 | 400),
                "{}",
                answer.status
            );
        }
    }
    assert_eq!(gateway.get("/health", &[]).await.status, 200);
}

#[tokio::test]
async fn s44_a_head_has_at_most_100_fields_and_64_kib() {
    let gateway = Setup::new().start().await;
    let with = |count: usize, size: usize| {
        let fields: String = (1..count)
            .map(|index| format!("x-{index}: {}\r\n", "a".repeat(size)))
            .collect();
        format!("GET /health HTTP/1.1\r\nhost: localhost\r\n{fields}\r\n")
    };
    assert_eq!(raw(&gateway, with(100, 10)).await.unwrap().status, 200);
    assert_eq!(raw(&gateway, with(101, 10)).await.unwrap().status, 431);
    assert_eq!(raw(&gateway, with(5_000, 1)).await.unwrap().status, 431);
    assert_eq!(raw(&gateway, with(60, 1_000)).await.unwrap().status, 200);
    for size in [70_000, 10_000_000] {
        if let Ok(answer) = raw(&gateway, with(2, size)).await {
            assert_eq!(answer.status, 431, "{size}");
        }
    }
    assert_eq!(gateway.get("/health", &[]).await.status, 200);
}

#[tokio::test]
async fn s44_a_large_body_is_413_and_the_client_can_read_that() {
    let _quiet = QUIET.lock().await;
    let upstream = answering();
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let large = vec![b' '; 33 * 1024 * 1024];
    for side in SIDES {
        // Announced: refused before it is sent.
        let mut client = gateway.client().await;
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: localhost\r\nx-api-key: {KEY}\r\ncontent-type: application/json\r\n",
            side.path()
        );
        client
            .send(format!("{head}content-length: {}\r\n\r\n", large.len()))
            .await
            .unwrap();
        let answer = in_time(client.answer()).await.unwrap();
        assert_eq!(answer.status, 413);
        assert!(side.error_words(&answer.json()).contains("32 MiB"));
        // Asked for first, as curl does: it is not asked to go on.
        let mut client = gateway.client().await;
        let expect = format!(
            "{head}expect: 100-continue\r\ncontent-length: {}\r\n\r\n",
            large.len()
        );
        client.send(expect).await.unwrap();
        assert_eq!(in_time(client.answer()).await.unwrap().status, 413);
        // In pieces: refused where the limit is.
        let mut client = gateway.client().await;
        client
            .send(format!("{head}transfer-encoding: chunked\r\n\r\n"))
            .await
            .unwrap();
        let piece = vec![b' '; 1024 * 1024];
        for _ in 0..40 {
            let sent = async {
                client.send("100000\r\n").await?;
                client.send(&piece).await?;
                client.send("\r\n").await
            };
            if in_time(sent).await.is_err() {
                break;
            }
        }
        if let Ok(answer) = in_time(client.answer()).await {
            assert_eq!(answer.status, 413);
        }
    }
    assert_eq!(upstream.requests().len(), 0);
    // What just fits is read.
    let mut body = Side::Chat.request(false).to_string().into_bytes();
    body.resize(32 * 1024 * 1024, b' ');
    assert_eq!(posted(&gateway, Side::Chat, &[], &body).await.status, 200);
    assert_eq!(upstream.requests()[0].body.len(), body.len());
}

#[tokio::test]
async fn s44_a_client_that_sends_all_of_a_large_body_first_still_reads_its_413() {
    let upstream = answering();
    let gateway = Setup::mock(Side::Chat, &upstream.url())
        .limits(|limits| limits.request_body = 100_000)
        .start()
        .await;
    let mut read = 0;
    for side in SIDES {
        for size in [200_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000] {
            let body = vec![b' '; size];
            let mut client = gateway.client().await;
            let fields = [("content-type", "application/json"), ("x-api-key", KEY)];
            // Like the SDKs: they write the whole body and only then look for an answer.
            if in_time(client.request("POST", side.path(), &fields, &body))
                .await
                .is_err()
            {
                continue;
            }
            if let Ok(answer) = in_time(client.answer()).await {
                assert_eq!(answer.status, 413);
                side.error_words(&answer.json());
                read += 1;
            }
        }
    }
    assert_eq!(read, 10, "the others only saw a broken connection");
    assert_eq!(upstream.requests().len(), 0);
}

#[tokio::test]
async fn a_refusal_is_read_whatever_it_is_for_and_however_much_was_sent() {
    let upstream = answering();
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let body = vec![b' '; 20_000_000];
    for side in SIDES {
        for (fields, status) in [
            (
                [
                    ("content-type", "application/json"),
                    ("x-api-key", "pk-wrong"),
                ],
                401,
            ),
            ([("content-type", "text/plain"), ("x-api-key", KEY)], 415),
            ([("origin", "https://evil.com"), ("x-api-key", KEY)], 403),
        ] {
            let mut client = gateway.client().await;
            in_time(client.request("POST", side.path(), &fields, &body))
                .await
                .expect("the rest of the request was not taken");
            let answer = in_time(client.answer()).await.expect("the answer was lost");
            assert_eq!(answer.status, status);
            side.error_words(&answer.json());
        }
    }
}

#[tokio::test]
async fn a_body_that_is_not_said_to_be_json_is_415() {
    let upstream = answering();
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    for side in SIDES {
        let body = side.request(false).to_string();
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "",
            "text/json",
            "application/jsonp",
            "json",
            "*/*",
            "text/plain; application/json",
        ] {
            let fields = [("content-type", kind), ("x-api-key", KEY)];
            let answer = gateway
                .ask("POST", side.path(), &fields, body.as_bytes())
                .await;
            assert_eq!(answer.status, 415, "{kind:?}");
            side.error_words(&answer.json());
        }
        let answer = gateway
            .ask("POST", side.path(), &[("x-api-key", KEY)], body.as_bytes())
            .await;
        assert_eq!(answer.status, 415, "none at all");
        for kind in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/vnd.api+json",
        ] {
            let fields = [("content-type", kind), ("x-api-key", KEY)];
            let answer = gateway
                .ask("POST", side.path(), &fields, body.as_bytes())
                .await;
            assert_eq!(answer.status, 200, "{kind:?}");
        }
    }
    let value: Value = json!({"model": "mock-model"});
    assert_eq!(gateway.post("/v1/embeddings", &value).await.status, 200);
}
