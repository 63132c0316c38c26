//! Silence of an upstream: signs of life, the end of patience, and streams that end at once.

use std::time::{Duration, Instant};

use dialect::FaultKind;
use gateway::Outcome;
use testkit::{Client, End, Reply, Script, Step, Upstream};

use crate::support::{PAIRS, QUIET, SOON, Setup, Side, all_events, in_time, milliseconds};

/// A stream that pauses for `pause` after its first events, perhaps inside an event.
fn pausing(side: Side, inside: bool, pause: Duration) -> Script {
    let whole = side.reply(&Reply::text("Hello there"), true);
    let mut steps = Vec::new();
    for (index, step) in whole.steps.iter().enumerate() {
        let Step::Bytes(bytes) = step else { continue };
        if index == side.opening() + 1 && inside {
            let half = bytes.len() / 2;
            steps.extend([
                Step::Bytes(bytes.slice(..half)),
                Step::Wait(pause),
                Step::Bytes(bytes.slice(half..)),
            ]);
        } else if index == side.opening() + 1 {
            steps.extend([Step::Wait(pause), step.clone()]);
        } else {
            steps.push(step.clone());
        }
    }
    let mut script = whole;
    script.steps = steps;
    script
}

async fn text_of(client: &mut Client) -> String {
    String::from_utf8(in_time(crate::support::rest(client)).await).unwrap()
}

fn pings(side: Side, text: &str) -> usize {
    match side {
        Side::Chat => text.matches(": keep-alive\n\n").count(),
        Side::Messages => text.matches("event: ping\ndata: {\"type\":").count(),
    }
}

#[tokio::test]
async fn a_silent_stream_is_kept_alive_between_events_alone() {
    let _quiet = QUIET.lock().await;
    for (client, side) in PAIRS {
        for inside in [false, true] {
            let at = format!("{client:?} before {side:?}, inside {inside}");
            let script = pausing(side, inside, milliseconds(1000));
            let own = script.body();
            let upstream = Upstream::start(move |_| script.clone());
            let gateway = Setup::mock(side, &upstream.url())
                .timeouts(|timeouts| timeouts.keep_alive = milliseconds(300))
                .start()
                .await;
            let mut connection = gateway
                .sent(client.path(), &[], &client.request(true))
                .await;
            connection.head().await.unwrap();
            let text = text_of(&mut connection).await;
            // Anthropic's upstream sends one ping of its own.
            let sent = if client == side {
                pings(client, &String::from_utf8_lossy(&own))
            } else {
                0
            };
            let extra = pings(client, &text) - sent;
            assert!(
                (2..=4).contains(&extra),
                "{at}: {extra} signs of life in a second\n{text}"
            );
            for block in text.split_inclusive("\n\n") {
                let data = block
                    .lines()
                    .filter(|line| line.starts_with("data: "))
                    .count();
                assert!(data <= 1, "{at}: an event was torn apart: {block}");
            }
            assert_eq!(gateway.exchange().await.outcome, Outcome::Completed, "{at}");
        }
    }
}

#[tokio::test]
async fn a_lively_stream_gets_no_signs_of_life() {
    let _quiet = QUIET.lock().await;
    for (client, side) in PAIRS {
        let script = side
            .reply(&Reply::text("Hello there"), true)
            .paced(milliseconds(150));
        let own = String::from_utf8(script.body()).unwrap();
        let upstream = Upstream::start(move |_| script.clone());
        let gateway = Setup::mock(side, &upstream.url())
            .timeouts(|timeouts| timeouts.keep_alive = milliseconds(800))
            .start()
            .await;
        let mut connection = gateway
            .sent(client.path(), &[], &client.request(true))
            .await;
        connection.head().await.unwrap();
        let text = text_of(&mut connection).await;
        if client == side {
            assert_eq!(text, own);
        } else {
            assert!(!text.contains(": keep-alive"), "{text}");
        }
    }
}

#[tokio::test]
async fn the_patience_with_a_silent_upstream_ends_when_it_is_said_to() {
    let _quiet = QUIET.lock().await;
    for (client, side) in PAIRS {
        for reasons in [false, true] {
            let expected = milliseconds(if reasons { 600 } else { 200 });
            let upstream = Upstream::start(move |_| {
                let mut script = side
                    .reply(&Reply::text("Hello there"), true)
                    .cut_after(side.opening() + 1);
                script.end = End::Stall;
                script
            });
            let gateway = Setup::mock(side, &upstream.url())
                .timeouts(move |timeouts| {
                    // The one that does not count here would be too early, or never.
                    let other = if reasons { milliseconds(50) } else { SOON * 9 };
                    timeouts.idle = if reasons { other } else { expected };
                    timeouts.idle_reasoning = if reasons { expected } else { other };
                    timeouts.keep_alive = milliseconds(80);
                })
                .start()
                .await;
            let mut request = client.request(true);
            if reasons && client == Side::Chat {
                request["reasoning_effort"] = "low".into();
            } else if reasons {
                request["max_tokens"] = 4096.into();
                request["thinking"] = serde_json::json!({"type": "enabled", "budget_tokens": 1024});
            }
            let began = Instant::now();
            let mut connection = gateway.sent(client.path(), &[], &request).await;
            assert_eq!(connection.head().await.unwrap().status(), 200);
            let (events, broke) = in_time(all_events(&mut connection)).await;
            let took = began.elapsed();
            assert!(took >= expected, "{client:?} {side:?}: {took:?}");
            assert!(!broke);
            assert!(
                client
                    .stream_error(&events)
                    .unwrap()
                    .contains("nothing came")
            );
            let Outcome::Truncated(fault) = gateway.exchange().await.outcome else {
                panic!()
            };
            assert_eq!(fault.kind, FaultKind::Timeout);
            assert!(upstream.wait_for_disconnect(0, SOON).await.is_some());
        }
    }
}

#[tokio::test]
async fn an_upstreams_own_pings_count_as_life() {
    let ping = "event: ping\ndata: {\"type\": \"ping\"}\n\n";
    let upstream = Upstream::start(move |_| {
        let whole = Side::Messages.reply(&Reply::text("Hello"), true);
        let mut steps = whole.steps.clone();
        let tail = steps.split_off(5);
        for _ in 0..6 {
            steps.extend([Step::Wait(milliseconds(180)), Step::Bytes(ping.into())]);
        }
        steps.extend(tail);
        let mut script = whole;
        script.steps = steps;
        script
    });
    for client in [Side::Chat, Side::Messages] {
        let gateway = Setup::mock(Side::Messages, &upstream.url())
            .timeouts(|timeouts| timeouts.idle = milliseconds(900))
            .start()
            .await;
        let mut connection = gateway
            .sent(client.path(), &[], &client.request(true))
            .await;
        connection.head().await.unwrap();
        let (events, _) = in_time(all_events(&mut connection)).await;
        assert!(
            client.is_complete(&events),
            "{client:?}: {:?}",
            events.last()
        );
    }
}

#[tokio::test]
async fn a_stream_of_one_chunk_ends_when_the_upstream_does() {
    let _quiet = QUIET.lock().await;
    for (client, side) in PAIRS {
        let mut best = Duration::MAX;
        for _ in 0..5 {
            let upstream = Upstream::start(move |_| {
                let body = side.reply(&Reply::text("ok"), true).body();
                Script::events([body.into()])
            });
            let gateway = Setup::mock(side, &upstream.url()).start().await;
            let mut connection = gateway
                .sent(client.path(), &[], &client.request(true))
                .await;
            connection.head().await.unwrap();
            let (events, _) = in_time(all_events(&mut connection)).await;
            let read = Instant::now();
            assert!(client.is_complete(&events));
            let testkit::Ended::Finished(ended) = upstream.wait_for_end(0, SOON).await.unwrap()
            else {
                panic!("{client:?} {side:?}: the connection was not kept")
            };
            best = best.min(read.saturating_duration_since(ended));
        }
        assert!(best < milliseconds(500), "{client:?} {side:?}: {best:?}");
    }
}

#[tokio::test]
async fn events_are_passed_on_as_they_come() {
    let _quiet = QUIET.lock().await;
    for (client, side) in PAIRS {
        let upstream = Upstream::start(move |_| {
            side.reply(&Reply::text("abcdefghij").delta(1), true)
                .paced(milliseconds(50))
        });
        let gateway = Setup::mock(side, &upstream.url()).start().await;
        let mut connection = gateway
            .sent(client.path(), &[], &client.request(true))
            .await;
        connection.head().await.unwrap();
        let mut times = Vec::new();
        while let Some(event) = in_time(connection.event()).await.unwrap() {
            if !client.streamed_text(&[event]).is_empty() {
                times.push(Instant::now());
            }
        }
        assert_eq!(times.len(), 10, "{client:?} {side:?}");
        let together = times
            .windows(2)
            .filter(|pair| pair[1] - pair[0] < milliseconds(10))
            .count();
        assert!(
            together <= 2,
            "{client:?} {side:?}: {together} of 9 came together"
        );
    }
}
