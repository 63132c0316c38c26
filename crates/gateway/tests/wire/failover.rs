//! The next candidate is tried before the first event with meaning, and never after it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dialect::FaultKind;
use gateway::Outcome;
use testkit::{End, Reply, Script, Upstream};

use crate::support::{Gateway, PAIRS, Setup, Side, all_events, in_time, milliseconds};

fn well(side: Side, stream: bool) -> Script {
    side.reply(&Reply::text("from the second"), stream)
}

/// More than any test waits: what is taken for silence or for a host that does not answer hangs.
const NEVER: Duration = Duration::from_secs(3600);

async fn two(side: Side, first: &str, second: &str) -> Gateway {
    patient(NEVER, side, first, second).await
}

async fn patient(patience: Duration, side: Side, first: &str, second: &str) -> Gateway {
    Setup::new()
        .provider("first", &[(side, first)], &["m"])
        .provider("second", &[(side, second)], &["m"])
        .timeouts(move |timeouts| {
            timeouts.first_byte = patience;
            timeouts.first_byte_reasoning = patience;
            timeouts.connect = NEVER;
        })
        .start()
        .await
}

fn failures(side: Side, stream: bool) -> Vec<(&'static str, Script)> {
    let mut all = vec![
        ("401", side.error(401)),
        ("402", side.error(402)),
        ("403", side.error(403)),
        ("404", side.error(404)),
        ("429", side.error(429)),
        ("500", side.error(500)),
        ("503", side.error(503)),
        ("529", side.error(529)),
        ("a page", Script::html(200)),
        ("a page with 502", Script::html(502)),
        (
            "closed",
            Script::status(200).raw_head("").end(End::CloseEarly),
        ),
        ("silence", Script::silence()),
        (
            "redirect",
            Script::status(307).header("location", "http://127.0.0.1:1/"),
        ),
    ];
    if stream {
        all.extend([
            ("no event", side.empty_stream()),
            ("error first", side.error_as_first_event()),
            ("cut before an event", well(side, true).cut_after(0)),
            ("silence after the head", Script::events([]).end(End::Stall)),
        ]);
    } else {
        all.extend([
            ("error inside 200", side.error_in_ok()),
            ("cut", well(side, false).cut_at(50)),
            (
                "empty",
                Script::status(200).header("content-type", "application/json"),
            ),
        ]);
    }
    all
}

#[tokio::test]
async fn the_next_candidate_answers_for_one_that_failed_before_its_first_event() {
    for (client, side) in PAIRS {
        for stream in [false, true] {
            for (name, script) in failures(side, stream) {
                let at = format!("{client:?} before {side:?}, stream {stream}, {name}");
                let first = Upstream::start(move |_| script.clone());
                let second = Upstream::start(move |_| well(side, stream));
                // The second has to answer within the same time, on a busy machine too.
                let patience = if name.starts_with("silence") {
                    milliseconds(600)
                } else {
                    NEVER
                };
                let gateway = patient(patience, side, &first.url(), &second.url()).await;
                let request = client.request_for("m", stream);
                let answer = gateway.post(client.path(), &request).await;
                assert_eq!(answer.status, 200, "{at}: {}", answer.text());
                assert!(answer.text().contains("second") || stream, "{at}");
                assert_eq!(
                    answer.headers.get("x-portolan-upstream"),
                    Some("second/m"),
                    "{at}"
                );
                assert_eq!(answer.headers.get("x-portolan-attempts"), Some("2"), "{at}");
                assert_eq!(
                    (first.requests().len(), second.requests().len()),
                    (1, 1),
                    "{at}"
                );
                let sent = (
                    first.requests().remove(0).body,
                    second.requests().remove(0).body,
                );
                assert_eq!(sent.0, sent.1, "{at}");
                let exchange = gateway.exchange().await;
                assert_eq!(exchange.outcome, Outcome::Completed, "{at}");
                let faults: Vec<bool> = exchange
                    .attempts
                    .iter()
                    .map(|attempt| attempt.fault.is_some())
                    .collect();
                assert_eq!(faults, [true, false], "{at}");
                assert_eq!(exchange.usage.output, Some(7), "{at}");
            }
        }
    }
}

#[tokio::test]
async fn a_refused_connection_goes_to_the_next_at_once() {
    let gone = Upstream::start(|_| Script::status(200)).url();
    for (client, side) in PAIRS {
        let second = Upstream::start(move |_| well(side, true));
        let gateway = two(side, &gone, &second.url()).await;
        // No patience ends here: had one of them been waited for, there would be no answer.
        let answer = gateway
            .post(client.path(), &client.request_for("m", true))
            .await;
        assert_eq!(answer.headers.get("x-portolan-attempts"), Some("2"));
        let exchange = gateway.exchange().await;
        assert_eq!(exchange.attempts[0].status, None);
        let fault = exchange.attempts[0].fault.as_ref();
        assert_eq!(fault.map(|fault| fault.kind), Some(FaultKind::BadGateway));
    }
}

#[tokio::test]
async fn a_request_that_is_wrong_in_itself_is_not_repeated() {
    for (client, side) in PAIRS {
        for status in [400, 413, 415, 422] {
            let first = Upstream::start(move |_| side.error(status));
            let second = Upstream::start(move |_| well(side, false));
            let gateway = two(side, &first.url(), &second.url()).await;
            let answer = gateway
                .post(client.path(), &client.request_for("m", false))
                .await;
            assert_eq!(answer.status, status, "{client:?} {side:?}");
            assert!(client.error_words(&answer.json()).starts_with("first: "));
            assert_eq!(second.requests().len(), 0, "{client:?} {side:?} {status}");
            assert_eq!(answer.headers.get("x-should-retry"), Some("false"));
        }
    }
}

#[tokio::test]
async fn after_the_first_event_there_is_no_second_attempt() {
    for (client, side) in PAIRS {
        for ending in ["cut", "error"] {
            let first = Upstream::start(move |_| {
                let reply = Reply::text("from the first");
                match ending {
                    "cut" => side.reply(&reply, true).cut_after(side.opening() + 1),
                    _ => side.error_in_stream(&reply, side.opening() + 1),
                }
            });
            let second = Upstream::start(move |_| well(side, true));
            let gateway = two(side, &first.url(), &second.url()).await;
            let mut connection = gateway
                .sent(client.path(), &[], &client.request_for("m", true))
                .await;
            assert_eq!(connection.head().await.unwrap().status(), 200);
            let (events, _) = in_time(all_events(&mut connection)).await;
            assert!(
                client.stream_error(&events).is_some(),
                "{client:?} {side:?} {ending}"
            );
            assert_eq!(second.requests().len(), 0, "{client:?} {side:?} {ending}");
            assert_eq!(gateway.exchange().await.attempts.len(), 1);
        }
    }
}

#[tokio::test]
async fn a_sole_candidate_is_always_tried_and_its_429_passes_its_waiting_time_on() {
    for (client, side) in PAIRS {
        let upstream = Upstream::start(move |_| side.error(429));
        let gateway = Setup::mock(side, &upstream.url()).start().await;
        for count in 1..=4 {
            let answer = gateway.post(client.path(), &client.request(false)).await;
            assert_eq!(answer.status, 429);
            assert_eq!(answer.headers.get("retry-after"), Some("7"));
            assert_eq!(answer.headers.get("retry-after-ms"), Some("7000"));
            assert_eq!(answer.headers.get("x-should-retry"), None);
            assert_eq!(
                upstream.requests().len(),
                count,
                "health orders, it forbids nothing"
            );
        }
    }
}

#[tokio::test]
async fn the_last_candidates_words_are_the_clients() {
    let first = Upstream::start(|_| Side::Chat.error(500));
    let second = Upstream::start(|_| Side::Chat.error(503));
    let gateway = two(Side::Chat, &first.url(), &second.url()).await;
    let answer = gateway
        .post("/v1/chat/completions", &Side::Chat.request_for("m", false))
        .await;
    assert_eq!(answer.status, 503);
    let words = Side::Chat.error_words(&answer.json());
    assert_eq!(words, "second: scripted error 503");
    let exchange = gateway.exchange().await;
    let statuses: Vec<_> = exchange
        .attempts
        .iter()
        .map(|attempt| attempt.status)
        .collect();
    assert_eq!(statuses, [Some(500), Some(503)]);
    assert!(matches!(exchange.outcome, Outcome::Failed(_)));
}

#[tokio::test]
async fn one_that_was_limited_or_refused_is_asked_last_the_next_time() {
    for status in [429, 401] {
        let calls = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&calls);
        let first = Upstream::start(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            Side::Chat.error(status)
        });
        let second = Upstream::start(|_| well(Side::Chat, false));
        let gateway = two(Side::Chat, &first.url(), &second.url()).await;
        let request = Side::Chat.request_for("m", false);
        for attempts in ["2", "1", "1"] {
            let answer = gateway.post("/v1/chat/completions", &request).await;
            assert_eq!(
                answer.headers.get("x-portolan-attempts"),
                Some(attempts),
                "{status}"
            );
        }
        assert_eq!(calls.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn failover_crosses_dialects_within_one_request() {
    let chat = Upstream::start(|_| Side::Chat.error(500));
    let messages = Upstream::start(|_| well(Side::Messages, true));
    let gateway = Setup::new()
        .provider("chat", &[(Side::Chat, &chat.url())], &["m"])
        .provider("messages", &[(Side::Messages, &messages.url())], &["m"])
        .start()
        .await;
    for client in [Side::Chat, Side::Messages] {
        let mut connection = gateway
            .sent(client.path(), &[], &client.request_for("m", true))
            .await;
        assert_eq!(connection.head().await.unwrap().status(), 200);
        let (events, _) = in_time(all_events(&mut connection)).await;
        assert_eq!(client.streamed_text(&events), "from the second");
        assert!(client.is_complete(&events));
    }
}

#[tokio::test]
async fn two_accounts_of_one_provider_are_two_candidates() {
    let upstream = Upstream::start(|request| {
        if request.header("authorization") == Some("Bearer sk-mock") {
            Side::Chat.error(401)
        } else {
            well(Side::Chat, false)
        }
    });
    let gateway = Setup::mock(Side::Chat, &upstream.url())
        .account("spare", "mock")
        .start()
        .await;
    let answer = gateway
        .post("/v1/chat/completions", &Side::Chat.request(false))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.headers.get("x-portolan-attempts"), Some("2"));
    let keys: Vec<_> = upstream
        .requests()
        .iter()
        .map(|request| request.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!(keys, ["Bearer sk-mock", "Bearer sk-spare"]);
}

#[tokio::test]
async fn the_order_of_a_route_is_the_order_of_the_tries() {
    let a = Upstream::start(|_| Side::Chat.error(503));
    let b = Upstream::start(|_| Side::Chat.error(503));
    let c = Upstream::start(|_| well(Side::Chat, false));
    let gateway = Setup::new()
        .provider("a", &[(Side::Chat, &a.url())], &["x"])
        .provider("b", &[(Side::Chat, &b.url())], &["y", "w"])
        .provider("c", &[(Side::Chat, &c.url())], &["z"])
        // One account stands there twice, and another one between.
        .route("best", &["b/y", "a/x", "b/w", "c/z"])
        .start()
        .await;
    let answer = gateway
        .post(
            "/v1/chat/completions",
            &Side::Chat.request_for("best", false),
        )
        .await;
    assert_eq!(answer.headers.get("x-portolan-upstream"), Some("c/z"));
    let tried: Vec<String> = gateway
        .exchange()
        .await
        .attempts
        .iter()
        .map(|attempt| format!("{}/{}", attempt.provider, attempt.model))
        .collect();
    assert_eq!(tried, ["b/y", "a/x", "b/w", "c/z"]);
    assert_eq!(b.requests()[0].json()["model"], "y");
}

#[tokio::test]
async fn a_failure_says_who_failed_last_and_how_many_were_tried() {
    let a = Upstream::start(|_| Side::Chat.error(503));
    let b = Upstream::start(|_| Side::Chat.error(500));
    let gateway = Setup::new()
        .provider("a", &[(Side::Chat, &a.url())], &["x"])
        .provider("b", &[(Side::Chat, &b.url())], &["y"])
        .route("best", &["a/x", "b/y"])
        .start()
        .await;
    let body = Side::Chat.request_for("best", true);
    let answer = gateway.post("/v1/chat/completions", &body).await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.headers.get("x-portolan-upstream"), Some("b/y"));
    assert_eq!(answer.headers.get("x-portolan-attempts"), Some("2"));
}
