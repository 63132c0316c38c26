//! Both ends speak the same dialect: the bytes go through as they are.

use serde_json::json;
use testkit::{Client, Reply, Script, Upstream, anthropic, openai_chat};

use crate::support::{Gateway, KEY, Setup, Side, in_time, rest};

/// Bodies with fields nobody knows, odd spacing, numbers that a parser would change, escapes.
const ODD: [&str; 6] = [
    r#"{"model":"MODEL","messages":[{"role":"user","content":"hi"}],"z":1,"a":{"y":[1.0,1e3,0.10]}}"#,
    "{\n  \"messages\" : [ { \"content\":\"\\u4f60\\u597d 你好 \\ud83d\\ude00\",\"role\":\"user\" } ] ,\t\"model\" : \"MODEL\"\r\n}",
    r#"{"x":12345678901234567890123,"y":-0,"z":1E-7,"messages":[],"model":"MODEL","max_tokens":64}"#,
    r#"{"tools":[{"model":"inner"}],"model":"MODEL","note":"\"model\":\"no\"","messages":[]}"#,
    r#" {"stream":false,"model":"MODEL","messages":[],"metadata":null} "#,
    r#"{"messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]}],"model":"MODEL","stream" : false}"#,
];

async fn sent(gateway: &Gateway, path: &str, fields: &[(&str, &str)], body: &str) -> Client {
    let mut client = gateway.client().await;
    let mut all = vec![("content-type", "application/json"), ("x-api-key", KEY)];
    all.extend_from_slice(fields);
    client
        .request("POST", path, &all, body.as_bytes())
        .await
        .unwrap();
    client
}

#[tokio::test]
async fn row_15_the_upstream_gets_the_clients_bytes_but_for_the_model() {
    for side in [Side::Chat, Side::Messages] {
        let upstream = Upstream::start(move |_| side.reply(&Reply::text("ok"), false));
        let gateway = Setup::mock(side, &upstream.url())
            .route("public-*", &["mock/mock-model"])
            .start()
            .await;
        for (index, body) in ODD.iter().enumerate() {
            for (asked, expected) in [
                ("mock-model", "mock-model"),
                ("public-name-that-is-longer", "mock-model"),
                ("mock/other", "other"),
                // Written with an escape; it means `mock-model` and is left as it is.
                ("mock\\u002dmodel", "mock\\u002dmodel"),
            ] {
                if asked == "mock/other" {
                    continue; // not on the provider's own list
                }
                let mut client =
                    sent(&gateway, side.path(), &[], &body.replace("MODEL", asked)).await;
                let answer = in_time(client.answer()).await.unwrap();
                assert_eq!(answer.status, 200, "{index}: {}", answer.text());
                let seen = upstream.requests().pop().unwrap();
                let expected = body.replace("MODEL", expected);
                assert_eq!(
                    String::from_utf8_lossy(&seen.body),
                    expected,
                    "{side:?} {index}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_large_body_arrives_byte_for_byte_in_pieces_or_whole() {
    let upstream = Upstream::start(|_| openai_chat::answer(&Reply::text("ok")));
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let words = "0123456789 你好 ".repeat(100_000);
    let body = json!({"messages": [{"role": "user", "content": words}], "model": "mock-model"})
        .to_string();
    let mut client = sent(&gateway, "/v1/chat/completions", &[], &body).await;
    assert_eq!(client.answer().await.unwrap().status, 200);
    assert_eq!(upstream.requests()[0].body, body);

    let mut client = gateway.client().await;
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nx-api-key: {KEY}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    client.send(head).await.unwrap();
    for chunk in body.as_bytes().chunks(50_001) {
        client.send(format!("{:x}\r\n", chunk.len())).await.unwrap();
        client.send(chunk).await.unwrap();
        client.send("\r\n").await.unwrap();
    }
    client.send("0\r\n\r\n").await.unwrap();
    assert_eq!(in_time(client.answer()).await.unwrap().status, 200);
    assert_eq!(upstream.requests()[1].body, body);
}

#[tokio::test]
async fn answers_come_back_byte_for_byte_streamed_and_whole() {
    let replies = [
        Reply::text("Hello, 世界 😀"),
        Reply::thinking("Let me see", "c2ln", "Yes"),
        Reply::interleaved_tool_calls(&[
            ("a", "f", &json!({"x": 1})),
            ("b", "g", &json!({"y": "ö"})),
        ]),
        Reply::cut_by_length("so"),
    ];
    for side in [Side::Chat, Side::Messages] {
        for reply in &replies {
            for stream in [false, true] {
                let script = side.reply(reply, stream);
                let expected = script.body();
                let upstream = Upstream::start(move |_| script.clone());
                let gateway = Setup::mock(side, &upstream.url()).start().await;
                let mut client = gateway.sent(side.path(), &[], &side.request(stream)).await;
                let head = client.head().await.unwrap();
                assert_eq!(head.status(), 200);
                let kind = if stream {
                    "text/event-stream"
                } else {
                    "application/json"
                };
                assert!(head.headers.get("content-type").unwrap().starts_with(kind));
                assert_eq!(
                    head.headers.get("x-portolan-upstream"),
                    Some("mock/mock-model")
                );
                assert_eq!(head.headers.get("x-portolan-attempts"), Some("1"));
                assert_eq!(head.headers.get("x-portolan-loss"), None);
                let got = in_time(rest(&mut client)).await;
                assert_eq!(
                    String::from_utf8_lossy(&got),
                    String::from_utf8_lossy(&expected),
                    "{side:?} {stream}"
                );
                let exchange = gateway.exchange().await;
                assert_eq!(exchange.outcome, gateway::Outcome::Completed);
                assert_eq!(exchange.usage.input, Some(11), "{side:?} {stream}");
                assert_eq!(exchange.usage.output, Some(7), "{side:?} {stream}");
                assert_eq!(exchange.streamed, stream);
            }
        }
    }
}

#[tokio::test]
async fn a_stream_in_any_pieces_comes_back_byte_for_byte() {
    for side in [Side::Chat, Side::Messages] {
        for size in [1, 2, 3, 7, 64] {
            let script = side.reply(&Reply::text("Grüße, 世界"), true).sliced(size);
            let expected = script.body();
            let upstream = Upstream::start(move |_| script.clone());
            let gateway = Setup::mock(side, &upstream.url()).start().await;
            let mut client = gateway.sent(side.path(), &[], &side.request(true)).await;
            assert_eq!(client.head().await.unwrap().status(), 200);
            assert_eq!(
                in_time(rest(&mut client)).await,
                expected,
                "{side:?} {size}"
            );
        }
    }
}

#[tokio::test]
async fn carriage_returns_comments_and_unknown_events_are_kept() {
    let body = ": welcome\r\n\r\nevent: novel\r\ndata: {\"type\":\"novel\"}\r\n\r\n\
        data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\r\n\r\n\
        data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\r\n\r\n\
        data: [DONE]\r\n\r\n";
    let upstream = Upstream::start(move |_| Script::events([body.into()]));
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let mut client = gateway
        .sent("/v1/chat/completions", &[], &Side::Chat.request(true))
        .await;
    client.head().await.unwrap();
    assert_eq!(
        String::from_utf8(in_time(rest(&mut client)).await).unwrap(),
        body
    );
}

#[tokio::test]
async fn embeddings_completions_moderations_and_images_are_forwarded() {
    let upstream = Upstream::start(|request| match request.path() {
        "/v1/embeddings" => openai_chat::embeddings("mock-model", 2, false),
        "/v1/completions" => openai_chat::text_completion("mock-model", "text"),
        "/v1/moderations" => openai_chat::moderation("mock-model"),
        "/v1/images/generations" => openai_chat::image(),
        _ => Script::status(404),
    });
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    for (path, field, script) in [
        (
            "/v1/embeddings",
            "input",
            openai_chat::embeddings("mock-model", 2, false),
        ),
        (
            "/v1/completions",
            "prompt",
            openai_chat::text_completion("mock-model", "text"),
        ),
        (
            "/v1/moderations",
            "input",
            openai_chat::moderation("mock-model"),
        ),
        ("/v1/images/generations", "prompt", openai_chat::image()),
    ] {
        let body = format!("{{ \"{field}\" : [\"a\", \"b\"], \"model\":\"mock/mock-model\" }}");
        let mut client = sent(&gateway, path, &[], &body).await;
        let answer = in_time(client.answer()).await.unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert_eq!(answer.body, script.body(), "{path}");
        assert_eq!(
            answer.headers.get("x-portolan-upstream"),
            Some("mock/mock-model")
        );
        let seen = upstream.requests().pop().unwrap();
        assert_eq!(
            seen.body,
            body.replace("mock/mock-model", "mock-model"),
            "{path}"
        );
        assert_eq!(seen.header("authorization"), Some("Bearer sk-mock"));
    }
    let usage = gateway.exchange().await.usage;
    assert_eq!(usage.input, Some(10), "embeddings report what they read");
}

#[tokio::test]
async fn an_operation_that_no_provider_has_is_refused_in_words() {
    let upstream = Upstream::start(|_| anthropic::answer(&Reply::text("no")));
    let gateway = Setup::mock(Side::Messages, &upstream.url()).start().await;
    let answer = gateway
        .post(
            "/v1/embeddings",
            &json!({"model": "mock-model", "input": "a"}),
        )
        .await;
    assert_eq!(answer.status, 400);
    let words = Side::Chat.error_words(&answer.json());
    assert!(
        words.contains("mock-model") && words.contains("embed"),
        "{words}"
    );
    assert_eq!(upstream.requests().len(), 0);
}

#[tokio::test]
async fn streamed_text_completions_are_forwarded_as_they_come() {
    let events = [
        "data: {\"object\":\"text_completion\"}\n\n",
        "data: [DONE]\n\n",
    ];
    let upstream = Upstream::start(move |_| Script::events(events.map(bytes::Bytes::from)));
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let body = json!({"model": "mock-model", "prompt": "a", "stream": true});
    let mut client = gateway.sent("/v1/completions", &[], &body).await;
    client.head().await.unwrap();
    assert_eq!(in_time(rest(&mut client)).await, events.concat().as_bytes());
    let exchange = gateway.exchange().await;
    assert_eq!(exchange.outcome, gateway::Outcome::Completed);
    assert!(exchange.streamed);
}

#[tokio::test]
async fn counting_is_forwarded_where_the_provider_counts_and_estimated_where_not() {
    let upstream = Upstream::start(|_| anthropic::count(1234));
    let body = Side::Messages.request(false);
    let gateway = Setup::mock(Side::Messages, &upstream.url()).start().await;
    for path in [
        "/v1/messages/count_tokens",
        "/v1/messages/count_tokens?beta=true",
    ] {
        let answer = gateway.post(path, &body).await;
        assert_eq!(answer.json(), json!({"input_tokens": 1234}));
        assert_eq!(answer.headers.get("x-portolan-estimated"), None);
    }
    assert_eq!(upstream.requests()[0].path(), "/v1/messages/count_tokens");

    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let answer = gateway.post("/v1/messages/count_tokens", &body).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.json()["input_tokens"]
            .as_u64()
            .is_some_and(|count| count > 0)
    );
    assert_eq!(answer.headers.get("x-portolan-estimated"), Some("1"));
    assert_eq!(upstream.requests().len(), 2, "an estimate asks nobody");
    assert_eq!(
        gateway.exchange().await.outcome,
        gateway::Outcome::Completed
    );
}

#[tokio::test]
async fn row_14_a_thousand_requests_one_after_the_other_use_few_upstream_connections() {
    let upstream = Upstream::start(|request| {
        let stream = request.index % 2 == 1;
        Side::Chat.reply(&Reply::text("ok"), stream)
    });
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let mut client = gateway.client().await;
    for index in 0..1000 {
        let body = Side::Chat.request(index % 2 == 1);
        client
            .post("/v1/chat/completions", &[("x-api-key", KEY)], &body)
            .await
            .unwrap();
        assert_eq!(in_time(client.answer()).await.unwrap().status, 200);
    }
    assert_eq!(upstream.requests().len(), 1000);
    assert!(
        upstream.connections() <= 10,
        "{} connections",
        upstream.connections()
    );
    let load = gateway.idle().await;
    assert_eq!((load.served, load.under_way, load.failed), (1000, 0, 0));
}
