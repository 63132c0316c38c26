//! How much of anything is read: lines, fields, bodies, compressed bodies, structure, events.

use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{Answer, Client, Reply, Script, Upstream};

use crate::support::{Gateway, KEY, PAIRS, QUIET, Setup, Side, all_events, in_time, milliseconds};

const SIDES: [Side; 2] = [Side::Chat, Side::Messages];

fn answering() -> Upstream {
    Upstream::start(|_| Side::Chat.reply(&Reply::text("ok"), false))
}

async fn raw(gateway: &Gateway, bytes: impl AsRef<[u8]>) -> std::io::Result<Answer> {
    let mut client = gateway.client().await;
    let _ = client.send(bytes).await;
    in_time(client.answer()).await
}

async fn posted(gateway: &Gateway, side: Side, fields: &[(&str, &str)], body: &[u8]) -> Answer {
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

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

fn zstd(data: &[u8]) -> Vec<u8> {
    zstd::encode_all(data, 3).unwrap()
}

#[tokio::test]
async fn s45_compressed_bodies_reach_the_upstream_unfolded() {
    let upstream = answering();
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let plain = Side::Chat.request(false).to_string();
    for (name, body) in [
        ("gzip", gzip(plain.as_bytes())),
        ("x-gzip", gzip(plain.as_bytes())),
        ("deflate", zlib(plain.as_bytes())),
        ("deflate", deflate(plain.as_bytes())),
        ("zstd", zstd(plain.as_bytes())),
        ("identity", plain.clone().into_bytes()),
    ] {
        for side in SIDES {
            let mut request = side.request(false).to_string().into_bytes();
            if name != "identity" {
                request.clone_from(&body);
            }
            if side == Side::Messages && name != "identity" {
                continue;
            }
            let answer = posted(&gateway, side, &[("content-encoding", name)], &request).await;
            assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        }
        let seen = upstream.requests();
        assert!(seen.iter().any(|request| request.body == plain), "{name}");
        assert!(
            seen.iter()
                .all(|request| request.header("content-encoding").is_none())
        );
    }
}

#[tokio::test]
async fn s45_bombs_are_413_at_once() {
    let _quiet = QUIET.lock().await;
    let upstream = answering();
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let megabyte = vec![0_u8; 1024 * 1024];
    // Ten gibibytes, a mebibyte in each part.
    let many = gzip(&megabyte).repeat(10 * 1024);
    let bombs = [
        ("gzip", gzip(&megabyte.repeat(20))),
        ("gzip", many),
        ("deflate", zlib(&megabyte.repeat(20))),
        ("zstd", zstd(&megabyte.repeat(100))),
    ];
    // Without optimisation the decoders are an order of magnitude slower.
    let patience = if cfg!(debug_assertions) {
        milliseconds(4000)
    } else {
        milliseconds(150)
    };
    for (name, bomb) in bombs {
        for side in SIDES {
            let began = Instant::now();
            let answer = posted(&gateway, side, &[("content-encoding", name)], &bomb).await;
            assert_eq!(
                answer.status,
                413,
                "{name} of {} bytes: {}",
                bomb.len(),
                answer.text()
            );
            side.error_words(&answer.json());
            let took = began.elapsed();
            assert!(took < patience, "{name} of {} bytes: {took:?}", bomb.len());
        }
    }
    assert_eq!(upstream.requests().len(), 0);
}

#[tokio::test]
async fn s45_one_layer_of_a_known_coding_only() {
    let upstream = answering();
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let plain = Side::Chat.request(false).to_string();
    let twice = gzip(&gzip(plain.as_bytes()));
    for side in SIDES {
        for fields in [
            &[("content-encoding", "gzip, gzip")][..],
            &[("content-encoding", "gzip"), ("content-encoding", "gzip")],
            &[("content-encoding", "compress")],
            &[("content-encoding", "lzma")],
            &[("content-encoding", "identity, gzip")],
        ] {
            let answer = posted(&gateway, side, fields, &twice).await;
            assert_eq!(answer.status, 415, "{fields:?}");
            side.error_words(&answer.json());
        }
        // What is inside the one layer is not JSON.
        let answer = posted(&gateway, side, &[("content-encoding", "gzip")], &twice).await;
        assert_eq!(answer.status, 400);
        for (name, body) in [
            ("gzip", plain.as_bytes()),
            ("gzip", &gzip(plain.as_bytes())[..20]),
            ("deflate", b"\xff\xff\xff\xff"),
            ("br", b"\xff\xff\xff\xff"),
            ("zstd", plain.as_bytes()),
            ("zstd", b""),
        ] {
            let answer = posted(&gateway, side, &[("content-encoding", name)], body).await;
            assert_eq!(answer.status, 400, "{name}: {}", answer.text());
            side.error_words(&answer.json());
        }
    }
    // A window larger than 8 MiB is not given memory.
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(27).unwrap();
    encoder.write_all(plain.as_bytes()).unwrap();
    let wide = encoder.finish().unwrap();
    let answer = posted(&gateway, Side::Chat, &[("content-encoding", "zstd")], &wide).await;
    assert_eq!(answer.status, 400);
    assert_eq!(upstream.requests().len(), 0);
}

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
            let mut client = gateway.client().await;
            let fields = [("content-type", "application/json"), ("x-api-key", KEY)];
            client
                .request("POST", side.path(), &fields, body.as_bytes())
                .await
                .unwrap();
            let sent = Instant::now();
            let answer = in_time(client.answer()).await.unwrap();
            let took = sent.elapsed();
            assert_eq!(answer.status, 400, "{name}: {}", answer.text());
            side.error_words(&answer.json());
            assert!(took < patience, "{name}: {took:?}");
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
