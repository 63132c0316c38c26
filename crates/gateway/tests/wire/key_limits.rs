//! What a key may use, over real sockets: the refusal in each dialect, streams, fields, new settings.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gateway::{ClientKey, KeyLimits, Outcome, Snapshot};
use testkit::{Answer, Reply, Script, Upstream};

use crate::limits::SIDES;
use crate::support::{Gateway, KEY, Setup, Side, all_events, keys, milliseconds};

fn limited(snapshot: &mut Snapshot, limits: KeyLimits) {
    snapshot.keys = keys([ClientKey {
        limits,
        ..ClientKey::unlimited("test")
    }]);
}

async fn start(side: Side, upstream: &Upstream, limits: KeyLimits) -> Gateway {
    Setup::mock(side, &upstream.url())
        .with(move |snapshot| limited(snapshot, limits))
        .start()
        .await
}

/// An answer of 30 tokens.
fn costly(side: Side, stream: bool) -> Script {
    let mut reply = Reply::text("ok");
    reply.usage.input = 20;
    reply.usage.output = 10;
    reply.stream_usage = true;
    side.reply(&reply, stream)
}

fn is_refused(answer: &Answer, side: Side, code: &str, words: &str) {
    assert_eq!(answer.status, 429, "{}", answer.text());
    let said = side.error_words(&answer.json());
    assert!(said.contains(words), "{said}");
    match side {
        Side::Chat => assert_eq!(answer.json()["error"]["code"], code),
        Side::Messages => assert_eq!(answer.json()["error"]["type"], "rate_limit_error"),
    }
    let wait: u64 = answer.headers.get("retry-after").unwrap().parse().unwrap();
    assert!((1..=86_400).contains(&wait), "{wait}");
}

fn field<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.get(name)
}

#[tokio::test]
async fn a_days_cap_is_told_in_each_dialect_and_not_worth_another_try() {
    for side in SIDES {
        let upstream = Upstream::start(move |_| costly(side, false));
        let limits = KeyLimits {
            requests_per_day: 2,
            ..KeyLimits::default()
        };
        let gateway = start(side, &upstream, limits).await;
        let (limit, left, reset, other) = match side {
            Side::Chat => (
                "x-ratelimit-limit-requests",
                "x-ratelimit-remaining-requests",
                "x-ratelimit-reset-requests",
                "x-ratelimit-limit-tokens",
            ),
            Side::Messages => (
                "anthropic-ratelimit-requests-limit",
                "anthropic-ratelimit-requests-remaining",
                "anthropic-ratelimit-requests-reset",
                "anthropic-ratelimit-tokens-limit",
            ),
        };
        for remaining in ["1", "0"] {
            let answer = gateway.post(side.path(), &side.request(false)).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert_eq!(
                (field(&answer, limit), field(&answer, left)),
                (Some("2"), Some(remaining))
            );
            assert!(field(&answer, reset).is_some() && field(&answer, other).is_none());
        }
        // A list of models is none of a day's requests.
        assert_eq!(gateway.get("/v1/models", &[]).await.status, 200);
        let answer = gateway.post(side.path(), &side.request(false)).await;
        is_refused(
            &answer,
            side,
            "requests_per_day_exceeded",
            "2 requests a day",
        );
        assert_eq!(field(&answer, "x-should-retry"), Some("false"));
        assert_eq!(field(&answer, left), Some("0"));
        let asked = upstream
            .requests()
            .iter()
            .filter(|request| request.method == "POST")
            .count();
        assert_eq!(asked, 2);
    }
}

#[tokio::test]
async fn the_tokens_of_a_stream_count_when_it_ends_and_new_settings_keep_them() {
    for side in SIDES {
        let upstream = Upstream::start(move |_| costly(side, true));
        let limits = KeyLimits {
            tokens_per_minute: 20,
            ..KeyLimits::default()
        };
        let gateway = start(side, &upstream, limits).await;
        let mut client = gateway.sent(side.path(), &[], &side.request(true)).await;
        assert_eq!(client.head().await.unwrap().status(), 200);
        assert!(side.is_complete(&all_events(&mut client).await.0));
        gateway.idle().await;
        let answer = gateway.post(side.path(), &side.request(true)).await;
        is_refused(
            &answer,
            side,
            "tokens_per_minute_exceeded",
            "20 tokens a minute",
        );
        // Under other limits what was used is known still.
        let renew = |limits| {
            let mut snapshot = Setup::mock(side, &upstream.url()).snapshot();
            limited(&mut snapshot, limits);
            gateway.settings.send_replace(Arc::new(snapshot));
        };
        renew(KeyLimits {
            tokens_per_day: 30,
            ..KeyLimits::default()
        });
        let answer = gateway.post(side.path(), &side.request(true)).await;
        is_refused(&answer, side, "tokens_per_day_exceeded", "30 tokens a day");
        renew(KeyLimits::default());
        let mut client = gateway.sent(side.path(), &[], &side.request(true)).await;
        assert_eq!(client.head().await.unwrap().status(), 200);
        assert!(side.is_complete(&all_events(&mut client).await.0));
    }
}

#[tokio::test]
async fn a_stream_holds_its_place_until_it_ends_or_its_client_leaves() {
    for side in SIDES {
        let count = AtomicUsize::new(0);
        let upstream = Upstream::start(move |_| match count.fetch_add(1, Ordering::Relaxed) {
            0 => side.endless(milliseconds(20)),
            _ => costly(side, true),
        });
        let limits = KeyLimits {
            concurrency: 1,
            ..KeyLimits::default()
        };
        let gateway = start(side, &upstream, limits).await;
        let mut first = gateway.sent(side.path(), &[], &side.request(true)).await;
        assert_eq!(first.head().await.unwrap().status(), 200);
        for _ in 0..3 {
            let answer = gateway.post(side.path(), &side.request(true)).await;
            is_refused(
                &answer,
                side,
                "concurrency_exceeded",
                "1 of its requests under way",
            );
        }
        drop(first);
        gateway.idle().await;
        let left = gateway.exchange().await;
        assert_eq!(left.outcome, Outcome::Cancelled);
        // Anthropic's streams begin with the count of what was read.
        assert_eq!(left.usage.input.is_some(), side == Side::Messages);
        for _ in 0..2 {
            let mut next = gateway.sent(side.path(), &[], &side.request(true)).await;
            assert_eq!(next.head().await.unwrap().status(), 200);
            assert!(side.is_complete(&all_events(&mut next).await.0));
            gateway.idle().await;
        }
    }
}

#[tokio::test]
async fn an_upstreams_limits_are_told_under_another_name_where_the_key_has_its_own() {
    let upstream = Upstream::start(|_| {
        costly(Side::Chat, false)
            .header("x-ratelimit-remaining-requests", "4999")
            .header("x-ratelimit-reset-tokens", "6m0s")
    });
    let limits = KeyLimits {
        requests_per_minute: 60,
        ..KeyLimits::default()
    };
    let gateway = Setup::mock(Side::Chat, &upstream.url())
        .with(move |snapshot| {
            let own = ClientKey {
                limits,
                ..ClientKey::unlimited("own")
            };
            snapshot.keys = keys([own, ClientKey::unlimited("test")]);
        })
        .start()
        .await;
    let body = Side::Chat.request(false).to_string();
    let ask = |key: &'static str| {
        let fields = [("x-api-key", key), ("content-type", "application/json")];
        let (gateway, body) = (&gateway, body.as_bytes());
        async move { gateway.ask("POST", Side::Chat.path(), &fields, body).await }
    };
    let answer = ask("pk-own").await;
    assert_eq!(field(&answer, "x-ratelimit-remaining-requests"), Some("59"));
    assert_eq!(field(&answer, "x-ratelimit-reset-tokens"), None);
    for (name, value) in [
        ("x-portolan-upstream-x-ratelimit-remaining-requests", "4999"),
        ("x-portolan-upstream-x-ratelimit-reset-tokens", "6m0s"),
    ] {
        assert_eq!(field(&answer, name), Some(value), "{name}");
    }
    let answer = ask(KEY).await;
    assert_eq!(
        field(&answer, "x-ratelimit-remaining-requests"),
        Some("4999")
    );
}

#[tokio::test]
async fn the_path_for_all_is_under_the_same_limits() {
    let upstream = Upstream::start(|_| costly(Side::Chat, false));
    let limits = KeyLimits {
        tokens_per_minute: 20,
        ..KeyLimits::default()
    };
    let gateway = start(Side::Chat, &upstream, limits).await;
    let request = Side::Chat.request(false);
    let answer = gateway.post("/", &request).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    gateway.idle().await;
    let answer = gateway.post("/", &request).await;
    assert_eq!(answer.status, 429, "{}", answer.text());
    assert!(field(&answer, "retry-after").is_some());
}
