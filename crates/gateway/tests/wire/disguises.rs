//! Answers that are not what they seem, and upstreams that give none.

use gateway::Outcome;
use serde_json::json;
use testkit::{Framing, Reply, Script, Upstream};

use crate::errors::{one, reply};
use crate::support::{PAIRS, Setup, Side, all_events, in_time, milliseconds};

#[tokio::test]
async fn a_chat_stream_that_only_lacks_its_done_is_cut_unless_the_provider_is_known_for_it() {
    for client in [Side::Chat, Side::Messages] {
        let script = Side::Chat.reply(&reply(), true).without_last(1);
        let upstream = Upstream::start(move |_| script.clone());
        for tolerant in [false, true] {
            let gateway = Setup::mock(Side::Chat, &upstream.url())
                .tune(|provider| {
                    provider.quirks = tolerant.then(|| vec!["done-optional".to_owned()]);
                })
                .start()
                .await;
            let mut connection = gateway
                .sent(client.path(), &[], &client.request(true))
                .await;
            connection.head().await.unwrap();
            let (events, _) = in_time(all_events(&mut connection)).await;
            let outcome = gateway.exchange().await.outcome;
            if tolerant {
                assert_eq!(outcome, Outcome::Completed, "{client:?}");
                assert_eq!(client.stream_error(&events), None);
            } else {
                assert!(
                    matches!(outcome, Outcome::Truncated(_)),
                    "{client:?}: {outcome:?}"
                );
                assert!(client.stream_error(&events).is_some(), "{client:?}");
            }
        }
    }
}

#[tokio::test]
async fn an_error_in_disguise_is_found_however_it_is_cut_into_pieces() {
    for (client, side) in PAIRS {
        for size in [1, 3, 17] {
            let (_upstream, gateway) = one(side, side.error_in_ok().sliced(size)).await;
            let answer = gateway.post(client.path(), &client.request(false)).await;
            assert_eq!(
                answer.status,
                500,
                "{client:?} {side:?} {size}: {}",
                answer.text()
            );
            assert!(
                client
                    .error_words(&answer.json())
                    .contains("scripted error")
            );
        }
    }
}

#[tokio::test]
async fn an_answer_that_talks_of_errors_is_not_one() {
    for (client, side) in PAIRS {
        for stream in [false, true] {
            let text = r#"{"error": {"message": "no"}} "error":"#;
            let script = side.reply(&Reply::text(text).delta(100), stream);
            let (_upstream, gateway) = one(side, script).await;
            let answer = gateway.post(client.path(), &client.request(stream)).await;
            assert_eq!(answer.status, 200);
            let outcome = gateway.exchange().await.outcome;
            assert_eq!(outcome, Outcome::Completed, "{client:?} {side:?} {stream}");
        }
    }
}

#[tokio::test]
async fn a_provider_that_puts_a_null_error_in_every_chunk_is_understood() {
    let mut body = testkit::openai_chat::completion(&reply());
    body["error"] = json!(null);
    let (_upstream, gateway) = one(Side::Chat, Script::json(200, &body)).await;
    for client in [Side::Chat, Side::Messages] {
        let answer = gateway.post(client.path(), &client.request(false)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

#[tokio::test]
async fn an_answer_larger_than_the_limit_is_refused() {
    for (client, side) in PAIRS {
        let upstream = Upstream::start(move |_| {
            side.reply(&Reply::text(&"x".repeat(300_000)), false)
                .framing(Framing::Chunked)
        });
        let gateway = Setup::mock(side, &upstream.url())
            .limits(|limits| limits.answer_body = 100_000)
            .start()
            .await;
        let answer = gateway.post(client.path(), &client.request(false)).await;
        assert_eq!(answer.status, 502, "{client:?} {side:?}");
        client.error_words(&answer.json());
    }
}

#[tokio::test]
async fn a_client_whose_upstream_is_not_there_is_told_so() {
    let gone = Upstream::start(|_| Script::status(200)).url();
    for (client, side) in PAIRS {
        for stream in [false, true] {
            let gateway = Setup::mock(side, &gone).start().await;
            let answer = gateway.post(client.path(), &client.request(stream)).await;
            assert_eq!(answer.status, 502, "{}", answer.text());
            let words = client.error_words(&answer.json());
            assert!(words.starts_with("mock: cannot be reached"), "{words}");
            assert!(
                !words.contains("127.0.0.1"),
                "an address may hold a key: {words}"
            );
        }
    }
}

#[tokio::test]
async fn an_account_without_its_secret_is_named() {
    let upstream = Upstream::start(|_| Script::status(500));
    let gateway = Setup::mock(Side::Chat, &upstream.url())
        .with(|snapshot| {
            let account = accounts::Account {
                source: accounts::CredentialSource::File {
                    path: "/nowhere/at-all".into(),
                },
                ..snapshot.accounts.list().remove(0)
            };
            snapshot.accounts.replace(vec![account]);
        })
        .start()
        .await;
    let answer = gateway
        .post("/v1/messages", &Side::Messages.request(false))
        .await;
    assert_eq!(answer.status, 503);
    let words = Side::Messages.error_words(&answer.json());
    assert!(words.contains("mock"), "{words}");
    assert_eq!(upstream.requests().len(), 0);
    let ready = gateway.ask("GET", "/ready", &[], b"").await;
    assert_eq!((ready.status, &ready.json()["ready"]), (503, &json!(false)));
}

#[tokio::test]
async fn silence_ends_when_it_is_said_to() {
    let (_upstream, gateway) = one(Side::Chat, Script::silence()).await;
    let began = std::time::Instant::now();
    assert_eq!(
        gateway
            .post("/v1/messages", &Side::Messages.request(true))
            .await
            .status,
        504
    );
    let took = began.elapsed();
    assert!(took >= milliseconds(150), "{took:?}");
}
