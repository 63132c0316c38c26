//! A thousand bad requests, the same every time: none ends the gateway, each gets an error in its
//! dialect with the right status, and the next good request works.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{Answer, Client, Reply, Upstream, anthropic, openai_chat};

use crate::support::{Gateway, KEY, QUIET, Setup, Side, in_time};

/// A generator of numbers that is the same every time (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.roll(from.len())]
    }
}

/// One bad request and what is expected of its answer.
struct Bad {
    class: &'static str,
    side: Side,
    method: String,
    target: String,
    fields: Vec<(String, String)>,
    body: Vec<u8>,
    status: &'static [u16],
    /// Whether the answer comes from below HTTP, where no dialect is known.
    raw: bool,
}

/// The kinds of badness, and the status that each of them gets.
const CLASSES: [(&str, &[u16]); 16] = [
    ("not JSON", &[400]),
    ("not an object", &[400]),
    ("no model", &[400]),
    ("a model of another type", &[400]),
    ("a stream of another type", &[400]),
    ("wrong types", &[400]),
    ("huge", &[413]),
    ("deep", &[400]),
    ("wrong method", &[405]),
    ("wrong path", &[404]),
    ("wrong host", &[421]),
    ("foreign origin", &[403]),
    ("no key", &[401]),
    ("bad encoding", &[400, 415]),
    ("bad content type", &[415]),
    ("bad fields", &[400, 431]),
];

fn bad(index: usize, dice: &mut Dice) -> Bad {
    let side = if dice.roll(2) == 0 {
        Side::Chat
    } else {
        Side::Messages
    };
    let (class, status) = CLASSES[index % CLASSES.len()];
    let stream = dice.roll(2) == 0;
    let mut request = Bad {
        class,
        side,
        method: "POST".to_owned(),
        target: side.path().to_owned(),
        fields: [
            ("host", "localhost"),
            ("x-api-key", KEY),
            ("content-type", "application/json"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into(),
        body: side.request(stream).to_string().into(),
        status,
        raw: false,
    };
    let text = String::from_utf8(request.body.clone()).unwrap();
    match class {
        "not JSON" => request.body = spoiled(&text, dice),
        "not an object" => {
            let other = [
                "",
                " ",
                "null",
                "[]",
                "[{}]",
                "\"model\"",
                "1",
                "true",
                "{}{}",
                "\u{feff}{}",
            ];
            request.body = dice.pick(&other).into();
        }
        "no model" => {
            let mut body: Value = serde_json::from_str(&text).unwrap();
            body.as_object_mut().unwrap().remove("model");
            if dice.roll(2) == 0 {
                body["model"] = json!("");
            }
            request.body = body.to_string().into();
        }
        "a model of another type" => {
            let values = [
                "null",
                "1",
                "[]",
                "{}",
                "true",
                "\"\\ud800\"",
                "[\"mock-model\"]",
            ];
            request.body = text.replace("\"mock-model\"", dice.pick(&values)).into();
        }
        "a stream of another type" => {
            let values = ["\"true\"", "1", "[]", "{}", "0.5"];
            let mut body: Value = serde_json::from_str(&text).unwrap();
            body.as_object_mut().unwrap().remove("stream");
            let body = body.to_string();
            request.body = format!(
                "{},\"stream\":{}}}",
                &body[..body.len() - 1],
                dice.pick(&values)
            )
            .into();
        }
        "wrong types" => request.body = mistyped(side, &text, dice),
        "huge" => request.body.resize(300_000 + dice.roll(300_000), b' '),
        "deep" => {
            let depth = 129 + dice.roll(20_000);
            let (open, close) = if dice.roll(2) == 0 {
                ("[", "]")
            } else {
                ("{\"a\":[", "]}")
            };
            let nested = format!("{}{}", open.repeat(depth), close.repeat(depth));
            request.body = format!("{},\"x\":{nested}}}", &text[..text.len() - 1]).into();
        }
        "wrong method" => {
            request.method = dice
                .pick(&[
                    "GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "MKCOL", "X",
                ])
                .to_owned();
        }
        "wrong path" => {
            let tail = dice.pick(&["x", "/x/y", "%00", "/../admin", "s", "/%2e%2e", ";a", "//"]);
            request.target.push_str(tail);
        }
        "wrong host" => {
            let host = dice.pick(&[
                "evil.com",
                "localhost.evil.com",
                "0.0.0.0",
                "127.0.0.1.nip.io",
                "localhost.",
            ]);
            host.clone_into(&mut request.fields[0].1);
        }
        "foreign origin" => {
            let origin = dice.pick(&[
                "https://evil.com",
                "null",
                "http://localhost.evil.com",
                "http://192.168.0.1",
            ]);
            request
                .fields
                .push(("origin".to_owned(), origin.to_owned()));
        }
        "no key" => {
            let key = dice.pick(&[
                "",
                "sk-ant-api03",
                "pk-",
                "Bearer pk-test",
                "pk-test pk-test",
            ]);
            key.clone_into(&mut request.fields[1].1);
            if dice.roll(2) == 0 {
                request.fields.remove(1);
            }
        }
        "bad encoding" => {
            let coding = dice.pick(&["gzip", "deflate", "br", "zstd", "compress", "gzip, br", "x"]);
            request
                .fields
                .push(("content-encoding".to_owned(), coding.to_owned()));
            if dice.roll(2) == 0 {
                request.body = (0..200)
                    .map(|_| u8::try_from(dice.roll(256)).unwrap())
                    .collect();
            }
        }
        "bad content type" => {
            let kind = dice.pick(&[
                "text/plain",
                "",
                "multipart/form-data",
                "application/xml",
                "\u{e9}",
            ]);
            kind.clone_into(&mut request.fields[2].1);
        }
        _ => bad_fields(&mut request, dice),
    }
    request
}

/// A text that is no JSON any more.
fn spoiled(text: &str, dice: &mut Dice) -> Vec<u8> {
    let mut body = text.as_bytes().to_vec();
    match dice.roll(6) {
        0 => body.truncate(1 + dice.roll(body.len() - 2)),
        1 => body.extend_from_slice(dice.pick(&["}", ",", "x", "{}", "]"]).as_bytes()),
        2 => body[0] = b"[(x,"[dice.roll(4)],
        3 => {
            // Never inside a string: there nearly everything goes.
            let colon = text.find(':').unwrap();
            body[colon] = b"=;,x"[dice.roll(4)];
        }
        4 => body.extend([0xff, 0xfe, 0x00]),
        _ => return b"model=mock-model&stream=true".to_vec(),
    }
    body
}

/// A body with a value of another type at one of many paths.
fn mistyped(side: Side, text: &str, dice: &mut Dice) -> Vec<u8> {
    let mut body: Value = serde_json::from_str(text).unwrap();
    let number_or_object = [json!(5), json!({"a": 1}), json!(true)];
    let wrong = number_or_object[dice.roll(3)].clone();
    let paths: &[&str] = match side {
        Side::Chat => &[
            "/messages",
            "/messages/0",
            "/messages/0/role",
            "/tools",
            "/max_tokens",
            "/temperature",
        ],
        Side::Messages => &[
            "/messages",
            "/messages/0",
            "/messages/0/role",
            "/tools",
            "/max_tokens",
            "/temperature",
        ],
    };
    let path = dice.pick(paths);
    let value = match path {
        "/max_tokens" | "/temperature" => {
            [json!("many"), json!([1]), json!({"a": 1})][dice.roll(3)].clone()
        }
        _ => wrong,
    };
    let (parent, name) = path.rsplit_once('/').unwrap();
    let parent = if parent.is_empty() {
        &mut body
    } else {
        body.pointer_mut(parent).unwrap()
    };
    match parent {
        Value::Array(items) => items[0] = value,
        other => other[name] = value,
    }
    // This provider speaks the other dialect, so that the body has to be understood.
    body["model"] = json!("crossed");
    body.to_string().into()
}

/// A head that is none, or one that is too large.
fn bad_fields(request: &mut Bad, dice: &mut Dice) {
    request.raw = true;
    let (name, value) = match dice.roll(7) {
        0 => ("x a", "b".to_owned()),
        1 => ("x-a", "b\u{0}".to_owned()),
        2 => ("x-a", "a".repeat(70_000)),
        3 => ("x(a)", "b".to_owned()),
        4 => ("content-length", "abc".to_owned()),
        5 => ("transfer-encoding", "xchunked".to_owned()),
        _ => {
            for index in 0..110 {
                request.fields.push((format!("x-{index}"), "b".to_owned()));
            }
            ("x-last", "b".to_owned())
        }
    };
    request.fields.push((name.to_owned(), value));
}

async fn sent(gateway: &Gateway, request: &Bad) -> std::io::Result<Answer> {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
    for (name, value) in &request.fields {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", request.body.len()));
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&request.body);
    let mut client: Client = gateway.client().await;
    let _ = client.send(&bytes).await;
    if request.method == "HEAD" {
        let head = in_time(client.head()).await?;
        return Ok(Answer {
            status: head.status(),
            headers: head.headers,
            body: bytes::Bytes::new(),
        });
    }
    in_time(client.answer()).await
}

#[tokio::test]
async fn a_thousand_bad_requests() {
    let _quiet = QUIET.lock().await;
    let began = Instant::now();
    let upstream = Upstream::start(|request| match request.path() {
        "/v1/messages" => anthropic::answer(&Reply::text("ok")),
        _ => openai_chat::answer(&Reply::text("ok")),
    });
    let url = upstream.url();
    let ends = [(Side::Chat, url.as_str()), (Side::Messages, url.as_str())];
    let gateway = Setup::new()
        .provider("mock", &ends, &["mock-model"])
        .provider("chat", &[(Side::Chat, &url)], &["to-chat"])
        .provider("messages", &[(Side::Messages, &url)], &["to-messages"])
        .limits(|limits| limits.request_body = 256 * 1024)
        .start()
        .await;
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut good = 0;
    for index in 0..1000 {
        let mut request = bad(index, &mut dice);
        if request.class == "wrong types" {
            let crossed = match request.side {
                Side::Chat => "to-messages",
                Side::Messages => "to-chat",
            };
            let body = String::from_utf8(request.body)
                .unwrap()
                .replace("crossed", crossed);
            request.body = body.into();
        }
        let what = String::from_utf8_lossy(&request.body)
            .chars()
            .take(300)
            .collect::<String>();
        let at = format!(
            "{index}, {}: {} {} {what}",
            request.class, request.method, request.target
        );
        let answer = sent(&gateway, &request)
            .await
            .unwrap_or_else(|error| panic!("{at}: {error}"));
        assert!(
            request.status.contains(&answer.status),
            "{at}: {} {}",
            answer.status,
            answer.text()
        );
        if !request.raw {
            assert!(answer.headers.get("x-request-id").is_some(), "{at}");
            assert_eq!(
                answer.headers.get("x-content-type-options"),
                Some("nosniff"),
                "{at}"
            );
            if request.method != "HEAD" {
                let words = request.side.error_words(&answer.json());
                assert!(words.len() > 10, "{at}: {words}");
            }
            assert_eq!(answer.headers.get("x-should-retry"), Some("false"), "{at}");
        }
        *seen.entry(request.class).or_default() += 1;
        if index % 10 == 0 {
            let side = request.side;
            let answer = gateway.post(side.path(), &side.request(false)).await;
            assert_eq!(
                (answer.status, side.whole_text(&answer.json())),
                (200, "ok".to_owned()),
                "after {at}"
            );
            good += 1;
        }
    }
    assert_eq!(seen.len(), CLASSES.len());
    assert!(seen.values().all(|&count| count >= 62), "{seen:?}");
    let load = gateway.idle().await;
    assert_eq!((load.under_way, load.served), (0, good));
    assert_eq!(
        u64::try_from(upstream.requests().len()).unwrap(),
        good,
        "a bad one went on"
    );
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "{:?}",
        began.elapsed()
    );
}
