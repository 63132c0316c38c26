//! Clients that do not send, do not read, or only rest.

use std::time::{Duration, Instant};

use gateway::Outcome;
use testkit::{Client, End, Reply, Script, Upstream};

use crate::support::{Gateway, KEY, QUIET, SOON, Setup, Side, in_time, milliseconds};

/// Waits until the gateway closed the connection and says after how long.
async fn closed_after(mut client: Client) -> Duration {
    let began = Instant::now();
    let _ = in_time(client.closed()).await;
    began.elapsed()
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_closed_and_its_upstream_with_it() {
    let _quiet = QUIET.lock().await;
    let upstream = Upstream::start(|_| {
        let delta = format!(
            "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{}\"}}}}]}}\n\n",
            "x".repeat(60_000)
        );
        Script::events([])
            .repeat(delta, Duration::from_micros(200))
            .end(End::Stall)
    });
    let gateway = Setup::mock(Side::Chat, &upstream.url())
        .timeouts(|timeouts| timeouts.stalled_client = milliseconds(300))
        .start()
        .await;
    let mut client = gateway
        .sent("/v1/chat/completions", &[], &Side::Chat.request(true))
        .await;
    client.head().await.unwrap();
    assert!(
        upstream.wait_for_disconnect(0, SOON).await.is_some(),
        "it goes on for nobody"
    );
    assert_eq!(gateway.idle().await.under_way, 0);
    assert_eq!(gateway.exchange().await.outcome, Outcome::Cancelled);
    drop(client);
}

#[tokio::test]
async fn a_resting_connection_is_closed_and_a_working_one_is_not() {
    let _quiet = QUIET.lock().await;
    let upstream = Upstream::start(|_| {
        Side::Chat
            .reply(&Reply::text("ok"), false)
            .delay(milliseconds(700))
    });
    let gateway = short(&upstream).await;
    let mut client = gateway.client().await;
    let body = Side::Chat.request(false);
    client
        .post("/v1/chat/completions", &[("x-api-key", KEY)], &body)
        .await
        .unwrap();
    assert_eq!(in_time(client.answer()).await.unwrap().status, 200);
    // It can be used again in the meantime.
    client.request("GET", "/health", &[], b"").await.unwrap();
    assert_eq!(in_time(client.answer()).await.unwrap().status, 200);
    let rested = closed_after(client).await;
    assert!(rested > milliseconds(250), "{rested:?}");
}

async fn short(upstream: &Upstream) -> Gateway {
    Setup::mock(Side::Chat, &upstream.url())
        .timeouts(|timeouts| {
            timeouts.head = milliseconds(300);
            timeouts.body = milliseconds(300);
            timeouts.rest = milliseconds(400);
        })
        .start()
        .await
}

#[tokio::test]
async fn s44_a_head_that_does_not_end_is_not_waited_for() {
    let _quiet = QUIET.lock().await;
    let upstream = Upstream::start(|_| Script::status(200));
    let gateway = short(&upstream).await;
    for first in [
        "",
        "G",
        "GET / HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nhost: localhost\r\nx: y",
    ] {
        let mut client = gateway.client().await;
        client.send(first).await.unwrap();
        let took = closed_after(client).await;
        assert!(took > milliseconds(200), "{first:?}: {took:?}");
    }
    // A byte now and then does not buy more time, neither on a new connection …
    let mut client = gateway.client().await;
    let took = trickle(&mut client).await;
    assert!(took < milliseconds(4000), "{took:?}");
    // … nor after a request that was well.
    let mut client = gateway.client().await;
    client.request("GET", "/health", &[], b"").await.unwrap();
    client.answer().await.unwrap();
    let took = trickle(&mut client).await;
    assert!(took < milliseconds(4000), "{took:?}");
}

/// Sends a head a byte at a time until the gateway has had enough; the whole takes six seconds.
async fn trickle(client: &mut Client) -> Duration {
    let began = Instant::now();
    for byte in "GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: "
        .bytes()
        .chain([b'a'; 200])
    {
        if client.send([byte]).await.is_err() {
            break;
        }
        tokio::time::sleep(milliseconds(25)).await;
    }
    began.elapsed()
}

#[tokio::test]
async fn s44_a_body_that_does_not_come_is_408() {
    let _quiet = QUIET.lock().await;
    let upstream = Upstream::start(|_| Script::status(200));
    let gateway = short(&upstream).await;
    for side in [Side::Chat, Side::Messages] {
        let mut client = gateway.client().await;
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: localhost\r\nx-api-key: {KEY}\r\n\
             content-type: application/json\r\ncontent-length: 500\r\n\r\n{{",
            side.path()
        );
        client.send(head).await.unwrap();
        let began = Instant::now();
        let answer = in_time(client.answer()).await.unwrap();
        assert_eq!(answer.status, 408);
        side.error_words(&answer.json());
        assert!(began.elapsed() > milliseconds(250));
        in_time(client.closed()).await.unwrap();
    }
    assert_eq!(upstream.requests().len(), 0);
}

#[tokio::test]
async fn s44_many_slow_sockets_do_not_slow_the_others_and_are_all_closed() {
    let _quiet = QUIET.lock().await;
    let upstream = Upstream::start(|_| Side::Chat.reply(&Reply::text("ok"), false));
    let gateway = Setup::mock(Side::Chat, &upstream.url())
        .timeouts(|timeouts| timeouts.head = Duration::from_secs(2))
        .start()
        .await;
    let mut slow = Vec::new();
    // Both ends of each are in this process, which may have 1,024 files open.
    for _ in 0..300 {
        let mut client = gateway.client().await;
        client
            .send("POST /v1/chat/completions HTTP/1.1\r\nhost: loc")
            .await
            .unwrap();
        slow.push(client);
    }
    let mut times = Vec::new();
    for _ in 0..50 {
        let began = Instant::now();
        let answer = gateway
            .post("/v1/chat/completions", &Side::Chat.request(false))
            .await;
        assert_eq!(answer.status, 200);
        times.push(began.elapsed());
    }
    // The middle one: a busy machine makes single ones wait.
    times.sort();
    assert!(times[25] < milliseconds(500), "{times:?}");
    for client in slow {
        closed_after(client).await;
    }
    assert_eq!(gateway.get("/health", &[]).await.status, 200);
}
