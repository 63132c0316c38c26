//! Whole answers: forwarded or translated, with what they say of themselves.

use gateway::Outcome;
use serde_json::json;
use testkit::{Framing, Reply, Script, Upstream, openai_chat};

use crate::support::{PAIRS, Setup, Side};

#[tokio::test]
async fn a_whole_answer_arrives_however_it_is_framed_and_cut() {
    for (client, side) in PAIRS {
        for framing in [
            Framing::ContentLength,
            Framing::Chunked,
            Framing::UntilClose,
        ] {
            for size in [5, 1 << 20] {
                let upstream = Upstream::start(move |_| {
                    side.reply(&Reply::text(&"Grüße ".repeat(500)), false)
                        .framing(framing)
                        .sliced(size)
                });
                let gateway = Setup::mock(side, &upstream.url()).start().await;
                let answer = gateway.post(client.path(), &client.request(false)).await;
                assert_eq!(answer.status, 200);
                assert_eq!(client.whole_text(&answer.json()), "Grüße ".repeat(500));
                let length = answer.headers.get("content-length").unwrap();
                assert_eq!(length, answer.body.len().to_string());
                let exchange = gateway.exchange().await;
                assert_eq!(exchange.outcome, Outcome::Completed);
                assert_eq!(
                    exchange.usage.total(),
                    Some(18),
                    "{client:?} {side:?} {size}"
                );
            }
        }
    }
}

#[tokio::test]
async fn the_record_names_everything_and_the_answer_carries_its_id() {
    for (client, side) in PAIRS {
        let upstream = Upstream::start(move |_| side.reply(&Reply::text("ok"), false));
        let gateway = Setup::mock(side, &upstream.url()).start().await;
        let answer = gateway
            .post(client.path(), &client.request_for("mock/mock-model", false))
            .await;
        let id = answer.headers.get("x-request-id").unwrap().to_owned();
        let theirs = answer.headers.get("request-id").map(str::to_owned);
        assert_eq!(theirs, (client == Side::Messages).then(|| id.clone()));
        let exchange = gateway.exchange().await;
        assert_eq!(*exchange.id, *id);
        assert_eq!(exchange.key.as_deref(), Some("test"));
        assert_eq!(&*exchange.instance, "default");
        assert_eq!(exchange.model.as_deref(), Some("mock/mock-model"));
        assert_eq!(exchange.attempts[0].model, "mock-model");
        assert_eq!(exchange.attempts[0].provider, "mock");
        assert_eq!(
            exchange.attempts[0].account.as_ref().unwrap().as_str(),
            "mock"
        );
        assert!(exchange.attempts[0].first_byte.is_some());
        assert!(exchange.took >= exchange.attempts[0].first_byte.unwrap());
    }
}

#[tokio::test]
async fn numbers_of_tokens_are_found_at_the_end_of_a_large_answer() {
    let upstream = Upstream::start(|_| {
        let mut body = openai_chat::completion(&Reply::text(&"\"usage\" ".repeat(100_000)));
        body["usage"]["prompt_tokens"] = json!(987);
        Script::json(200, &body).sliced(10_000)
    });
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let answer = gateway
        .post("/v1/chat/completions", &Side::Chat.request(false))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(gateway.exchange().await.usage.input, Some(987));
}

#[tokio::test]
async fn ids_are_never_the_same() {
    let upstream = Upstream::start(|_| openai_chat::answer(&Reply::text("ok")));
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let mut ids = std::collections::HashSet::new();
    for _ in 0..50 {
        let answer = gateway
            .post("/v1/chat/completions", &Side::Chat.request(false))
            .await;
        assert!(ids.insert(answer.headers.get("x-request-id").unwrap().to_owned()));
    }
}

#[tokio::test]
async fn blanks_around_an_answer_are_not_its_end() {
    for side in [Side::Chat, Side::Messages] {
        for size in [1, 1 << 20] {
            let upstream = Upstream::start(move |_| {
                let body = side.reply(&Reply::text("ok"), false).body();
                let padded = [b"\n \n".as_slice(), &body, b" \r\n\n"].concat();
                Script::status(200)
                    .header("content-type", "application/json")
                    .framing(Framing::Chunked)
                    .bytes(padded)
                    .sliced(size)
                    // Apart on the wire as well.
                    .paced(std::time::Duration::from_micros(10))
            });
            let gateway = Setup::mock(side, &upstream.url()).start().await;
            let answer = gateway.post(side.path(), &side.request(false)).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert_eq!(gateway.exchange().await.usage.output, Some(7));
        }
    }
}
