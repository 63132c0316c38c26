//! What is inside: how deep, how much, and streams that are none.

use std::time::{Duration, Instant};

use testkit::{Client, Reply, Script, Upstream};

use crate::limits::{SIDES, answering, posted};
use crate::support::{KEY, PAIRS, QUIET, Setup, Side, all_events, in_time, milliseconds};

#[tokio::test]
async fn s46_structure_has_its_limits() {
    let _quiet = QUIET.lock().await;
    let upstream = answering();
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let deep = 1_000_000;
    let bodies: Vec<(&str, String)> = vec![
        (
            "deep arrays",
            format!(
                "{{\"model\":\"mock-model\",\"x\":{}{}}}",
                "[".repeat(deep),
                "]".repeat(deep)
            ),
        ),
        (
            "deep, not closed",
            format!("{{\"model\":\"mock-model\",\"x\":{}", "[".repeat(deep)),
        ),
        (
            "deep objects",
            format!(
                "{{\"model\":\"mock-model\",\"x\":{}1{}}}",
                "{\"a\":".repeat(deep),
                "}".repeat(deep)
            ),
        ),
        (
            "129 levels",
            format!(
                "{{\"model\":\"mock-model\",\"x\":{}{}}}",
                "[".repeat(128),
                "]".repeat(128)
            ),
        ),
        (
            "10 million elements",
            format!(
                "{{\"model\":\"mock-model\",\"x\":[{}1]}}",
                "1,".repeat(10_000_000)
            ),
        ),
        (
            "two models",
            "{\"model\":\"mock-model\",\"messages\":[],\"model\":\"other\"}".to_owned(),
        ),
        (
            "two models alike",
            "{\"model\":\"mock-model\",\"model\":\"mock-model\"}".to_owned(),
        ),
        (
            "a number of no end",
            "{\"model\":\"mock-model\",\"x\":1e}".to_owned(),
        ),
        (
            "NaN",
            "{\"model\":\"mock-model\",\"temperature\":NaN}".to_owned(),
        ),
        (
            "Infinity",
            "{\"model\":\"mock-model\",\"temperature\":-Infinity}".to_owned(),
        ),
    ];
    let patience = if cfg!(debug_assertions) {
        milliseconds(1500)
    } else {
        milliseconds(50)
    };
    for side in SIDES {
        for (name, body) in &bodies {
            // The best of three: a busy machine makes single ones wait.
            let mut best = Duration::MAX;
            for _ in 0..3 {
                let mut client = gateway.client().await;
                let fields = [("content-type", "application/json"), ("x-api-key", KEY)];
                client
                    .request("POST", side.path(), &fields, body.as_bytes())
                    .await
                    .unwrap();
                let sent = Instant::now();
                let answer = in_time(client.answer()).await.unwrap();
                best = best.min(sent.elapsed());
                assert_eq!(answer.status, 400, "{name}: {}", answer.text());
                side.error_words(&answer.json());
                if best < patience {
                    break;
                }
            }
            assert!(best < patience, "{name}: {best:?}");
        }
    }
    assert_eq!(upstream.requests().len(), 0);
    let fits = format!(
        "{{\"model\":\"mock-model\",\"messages\":[],\"x\":{}{}}}",
        "[".repeat(127),
        "]".repeat(127)
    );
    assert_eq!(
        posted(&gateway, Side::Chat, &[], fits.as_bytes())
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn s46_a_name_written_with_escapes_cannot_pass_by_the_keys_scope() {
    let upstream = answering();
    let gateway = Setup::mock(Side::Chat, &upstream.url())
        .with(|snapshot| {
            let mut key = gateway::ClientKey::unlimited("test");
            key.models = vec!["mock-model".to_owned()];
            snapshot.keys = crate::support::keys([key]);
        })
        .start()
        .await;
    // An upstream that unescapes names sees two models, the last of which would win.
    for name in [
        "mod\\u0065l",
        "\\u006Dodel",
        "\\u006d\\u006f\\u0064\\u0065\\u006c",
    ] {
        for body in [
            format!("{{\"model\":\"mock-model\",\"messages\":[],\"{name}\":\"secret-model\"}}"),
            format!("{{\"{name}\":\"secret-model\",\"model\":\"mock-model\",\"messages\":[]}}"),
        ] {
            let answer = posted(&gateway, Side::Chat, &[], body.as_bytes()).await;
            assert_eq!(answer.status, 400, "{}", answer.text());
        }
        // Elsewhere such letters mean nothing.
        let body = format!("{{\"model\":\"mock-model\",\"messages\":[],\"x\":{{\"{name}\":1}}}}");
        assert_eq!(
            posted(&gateway, Side::Chat, &[], body.as_bytes())
                .await
                .status,
            200
        );
    }
    assert_eq!(upstream.requests().len(), 3);
}

#[tokio::test]
async fn s50_an_event_without_end_is_an_error_and_not_memory() {
    let _quiet = QUIET.lock().await;
    for (client, side) in PAIRS {
        let upstream = Upstream::start(move |_| {
            let whole = side.reply(&Reply::text("Hello"), true);
            let mut script = whole;
            script.steps.truncate(side.opening() + 1);
            script
                .bytes("data: {\"x\":\"")
                .repeat(vec![b'a'; 1024 * 1024], Duration::from_micros(1))
        });
        let gateway = Setup::mock(side, &upstream.url()).start().await;
        let mut connection = gateway
            .sent(client.path(), &[], &client.request(true))
            .await;
        assert_eq!(connection.head().await.unwrap().status(), 200);
        let (events, broke) =
            tokio::time::timeout(Duration::from_secs(20), all_events(&mut connection))
                .await
                .expect("it reads for ever");
        assert!(!broke);
        let words = client.stream_error(&events).unwrap();
        assert!(words.contains("16 MiB"), "{client:?} {side:?}: {words}");
        let read: usize = events.iter().map(|event| event.data.len()).sum();
        assert!(
            read < 100_000,
            "{client:?} {side:?}: {read} bytes went through"
        );
    }
}

#[tokio::test]
async fn s50_garbage_in_a_stream_never_ends_the_gateway() {
    let mut seed = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    for (client, side) in PAIRS {
        let good = side.reply(&Reply::text("Hello there, you"), true).body();
        for _ in 0..40 {
            let mut bad = good.clone();
            for _ in 0..=next() % 8 {
                let at = usize::try_from(next()).unwrap_or_default() % bad.len();
                match next() % 3 {
                    0 => bad[at] = u8::try_from(next() % 256).unwrap(),
                    1 => drop(bad.drain(at..(at + 5).min(bad.len()))),
                    _ => bad.insert(at, b"\n{\"\xff}\r:"[usize::try_from(next() % 7).unwrap()]),
                }
            }
            let upstream = {
                let bad = bad.clone();
                Upstream::start(move |_| Script::events([bad.clone().into()]))
            };
            let gateway = Setup::mock(side, &upstream.url()).start().await;
            let mut connection: Client = gateway
                .sent(client.path(), &[], &client.request(true))
                .await;
            let head = in_time(connection.head()).await.unwrap();
            let text = String::from_utf8_lossy(&bad).into_owned();
            if head.status() == 200 {
                let (events, broke) = in_time(all_events(&mut connection)).await;
                assert!(!broke);
                let told = client.stream_error(&events).is_some();
                assert!(
                    told || client.is_complete(&events) || client == side,
                    "{text}\n{events:?}"
                );
            } else {
                assert!(head.status() >= 500, "{}", head.status());
            }
            assert_eq!(gateway.idle().await.under_way, 0);
            gateway.exchange().await;
        }
    }
}
