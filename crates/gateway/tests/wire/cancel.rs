//! A client that leaves takes its upstream's connection with it, wherever the answer is.

use std::time::{Duration, Instant};

use gateway::Outcome;
use testkit::{End, Reply, Script, Upstream};

use crate::support::{KEY, PAIRS, QUIET, SOON, Setup, Side, in_time, milliseconds};

/// Where an answer stands when its client leaves.
fn places(side: Side) -> Vec<(&'static str, bool, Script)> {
    let reply = Reply::text("Hello there").gap(milliseconds(1));
    let mut half = side.reply(&reply, false);
    half.end = End::Stall;
    vec![
        ("before the head, streamed", true, Script::silence()),
        ("before the head, whole", false, Script::silence()),
        (
            "before the first event",
            true,
            Script::events([": hi\n\n".into()]).end(End::Stall),
        ),
        ("in a busy stream", true, side.endless(milliseconds(2))),
        ("in a quiet stream", true, {
            let mut script = side.reply(&reply, true).cut_after(2 * (side.opening() + 2));
            script.end = End::Stall;
            script
        }),
        ("in a whole answer", false, half),
    ]
}

#[tokio::test]
async fn the_upstream_is_left_within_200_ms_of_the_client() {
    let _quiet = QUIET.lock().await;
    for (client, side) in PAIRS {
        for (place, stream, script) in places(side) {
            for reset in [false, true] {
                let at = format!("{client:?} before {side:?}, {place}, reset {reset}");
                // The best of five: a busy machine makes single ones wait.
                let mut best = Duration::MAX;
                for _ in 0..5 {
                    let after = left_after(client, side, (place, stream, &script), reset, &at);
                    best = best.min(after.await);
                    if best < milliseconds(200) {
                        break;
                    }
                }
                assert!(best < milliseconds(200), "{at}: {best:?}");
            }
        }
    }
}

/// How long after its client the gateway leaves an upstream that is at that place.
async fn left_after(
    client: Side,
    side: Side,
    (place, stream, script): (&str, bool, &Script),
    reset: bool,
    at: &str,
) -> Duration {
    let script = script.clone();
    let upstream = Upstream::start(move |_| script.clone());
    let gateway = Setup::mock(side, &upstream.url()).start().await;
    let mut connection = gateway
        .sent(client.path(), &[], &client.request(stream))
        .await;
    assert!(upstream.wait_for_requests(1, SOON).await, "{at}");
    if place.starts_with("in a") && stream {
        assert_eq!(in_time(connection.head()).await.unwrap().status(), 200);
        in_time(connection.event()).await.unwrap();
    } else {
        tokio::time::sleep(milliseconds(20)).await;
    }
    let left = Instant::now();
    if reset {
        connection.reset().unwrap();
    } else {
        connection.hang_up();
    }
    let closed = upstream
        .wait_for_disconnect(0, SOON)
        .await
        .unwrap_or_else(|| panic!("{at}: the upstream goes on"));
    let exchange = gateway.exchange().await;
    assert_eq!(exchange.outcome, Outcome::Cancelled, "{at}");
    assert_eq!(exchange.attempts.len(), 1, "{at}");
    assert!(!gateway.has_another_exchange().await, "{at}");
    let load = gateway.idle().await;
    assert_eq!((load.under_way, load.cancelled), (0, 1), "{at}");
    closed.saturating_duration_since(left)
}

#[tokio::test]
async fn a_client_that_leaves_is_not_a_reason_to_ask_the_next_candidate() {
    let first = Upstream::start(|_| Script::silence());
    let second = Upstream::start(|_| Script::silence());
    let gateway = Setup::new()
        .provider("first", &[(Side::Chat, &first.url())], &["m"])
        .provider("second", &[(Side::Chat, &second.url())], &["m"])
        .start()
        .await;
    let client = gateway
        .sent(
            "/v1/chat/completions",
            &[],
            &Side::Chat.request_for("m", true),
        )
        .await;
    assert!(first.wait_for_requests(1, SOON).await);
    client.hang_up();
    assert!(first.wait_for_disconnect(0, SOON).await.is_some());
    tokio::time::sleep(milliseconds(50)).await;
    assert_eq!(second.requests().len(), 0);
    assert_eq!(gateway.exchange().await.outcome, Outcome::Cancelled);
    // Nor does it count against the account.
    let account = accounts::AccountId::new("first").unwrap();
    let standing = gateway
        .settings
        .borrow()
        .accounts
        .standing(&account, Instant::now());
    assert_eq!(standing, Some(accounts::Standing::Ready));
    assert_eq!(gateway.settings.borrow().accounts.in_use(&account), 0);
}

#[tokio::test]
async fn five_hundred_cancels_in_a_row_leave_nothing_behind() {
    let _quiet = QUIET.lock().await;
    let upstream = Upstream::start(|request| match request.index % 3 {
        0 => Script::silence(),
        1 => Side::Chat.endless(milliseconds(1)),
        _ => Script::events([": hi\n\n".into()]).end(End::Stall),
    });
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    for index in 0..500 {
        let side = if index % 2 == 0 {
            Side::Chat
        } else {
            Side::Messages
        };
        let mut client = gateway.sent(side.path(), &[], &side.request(true)).await;
        assert!(upstream.wait_for_requests(index + 1, SOON).await);
        if index % 3 == 1 {
            client.head().await.unwrap();
        }
        if index % 2 == 0 {
            client.reset().unwrap();
        } else {
            client.hang_up();
        }
    }
    let load = gateway.idle().await;
    assert_eq!(
        (load.under_way, load.cancelled, load.lost_records),
        (0, 500, 0)
    );
    assert!(upstream.wait_until_idle(SOON).await);
    assert_eq!(upstream.open_requests(), 0);
    for _ in 0..500 {
        assert_eq!(gateway.exchange().await.outcome, Outcome::Cancelled);
    }
    let accounts = std::sync::Arc::clone(&gateway.settings.borrow().accounts);
    assert_eq!(
        accounts.in_use(&accounts::AccountId::new("mock").unwrap()),
        0
    );
}

#[tokio::test]
async fn a_client_that_leaves_while_it_sends_reaches_nobody() {
    let upstream = Upstream::start(|_| Script::status(200));
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let mut client = gateway.client().await;
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nx-api-key: {KEY}\r\n\
         content-type: application/json\r\ncontent-length: 1000\r\n\r\n{{\"model\":"
    );
    client.send(head).await.unwrap();
    tokio::time::sleep(milliseconds(20)).await;
    client.hang_up();
    let load = gateway.idle().await;
    assert_eq!(load.under_way, 0);
    let outcome = gateway.exchange().await.outcome;
    assert!(
        matches!(outcome, Outcome::Cancelled | Outcome::Failed(_)),
        "{outcome:?}"
    );
    assert_eq!(upstream.requests().len(), 0);
}

#[tokio::test]
async fn a_stop_lets_answers_end_and_takes_no_new_ones() {
    let upstream = Upstream::start(|_| {
        Side::Chat
            .reply(&Reply::text("a slow answer that ends"), true)
            .paced(milliseconds(30))
    });
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let mut resting = gateway.client().await;
    resting.request("GET", "/health", &[], b"").await.unwrap();
    resting.answer().await.unwrap();
    let mut client = gateway
        .sent("/v1/chat/completions", &[], &Side::Chat.request(true))
        .await;
    client.head().await.unwrap();
    let plane = gateway.plane.clone();
    let stopping = tokio::spawn(async move { plane.stop(Duration::from_secs(5)).await });
    let (events, broke) = in_time(crate::support::all_events(&mut client)).await;
    assert!(!broke, "{events:?}");
    assert!(Side::Chat.is_complete(&events), "{events:?}");
    in_time(stopping).await.unwrap();
    in_time(resting.closed()).await.unwrap();
    assert!(testkit::Client::connect(&gateway.address).await.is_err());
}
