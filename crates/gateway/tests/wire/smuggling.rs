//! S-43: what could mean two things means nothing here, and no second request hides in a first.

use std::time::Duration;

use testkit::{Client, End, Reply, Script, Upstream};

use crate::support::{Gateway, SOON, Setup, Side};

const BODY: &str = r#"{"model":"mock-model","messages":[{"role":"user","content":"Hello"}]}"#;

fn hidden() -> String {
    let body = r#"{"model":"mock-model","messages":[],"smuggled":true}"#;
    format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nx-api-key: pk-test\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn head(fields: &str) -> Vec<u8> {
    let start = "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nx-api-key: pk-test\r\n\
        content-type: application/json\r\n";
    format!("{start}{fields}\r\n").into_bytes()
}

struct Case {
    name: String,
    bytes: Vec<u8>,
    /// Whether the hidden request may be served as a second one: by the standard it is one.
    plain: bool,
    /// Whether the first request may be served.
    served: bool,
}

/// Ways to write the coding, and whether the standard knows them as chunked.
const CODINGS: [(&str, bool); 26] = [
    ("chunked", true),
    (" chunked", true),
    ("chunked ", true),
    ("\tchunked", true),
    ("Chunked", true),
    ("CHUNKED", true),
    ("identity, chunked", true),
    ("gzip, chunked", true),
    ("chunked, chunked", true),
    ("xchunked", false),
    ("chunkedx", false),
    ("chunked, identity", false),
    ("identity", false),
    ("\"chunked\"", false),
    ("chunked;q=1", false),
    ("chun\u{b}ked", false),
    ("\u{b}chunked", false),
    ("chunked\u{0}", false),
    ("cow", false),
    ("deflate", false),
    ("chunked gzip", false),
    ("'chunked'", false),
    ("x\r\n chunked", false),
    ("chu\r\n\tnked", false),
    ("chunked\r\n x", false),
    ("gzip", false),
];

/// Ways to write the field's name, and whether it is the field.
const NAMES: [(&str, bool); 6] = [
    ("Transfer-Encoding", true),
    ("transfer-encoding", true),
    ("Transfer-Encoding ", true),
    ("Transfer_Encoding", false),
    ("X-Transfer-Encoding", false),
    ("Transfer-Encoding\u{0}", true),
];

/// One request with a length and a coding, and another one behind the end of one of the two.
fn length_against_coding() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, is_field) in NAMES {
        for (coding, _) in CODINGS {
            let field = format!("{name}: {coding}\r\n");
            let by_coding = format!("0\r\n\r\n{}", hidden());
            let inside = format!("{:x}\r\n{}\r\n0\r\n\r\n", hidden().len(), hidden());
            let short = inside.find("\r\n").unwrap() + 2;
            for (order, length, payload) in [
                ("all by length", by_coding.len(), by_coding.as_str()),
                ("little by length", short, inside.as_str()),
            ] {
                let length = format!("content-length: {length}\r\n");
                for (which, fields) in [
                    ("length first", format!("{length}{field}")),
                    ("coding first", format!("{field}{length}")),
                ] {
                    let mut bytes = head(&fields);
                    bytes.extend_from_slice(payload.as_bytes());
                    cases.push(Case {
                        name: format!("{name:?}: {coding:?}, {order}, {which}"),
                        bytes,
                        plain: !is_field,
                        served: false,
                    });
                }
            }
        }
    }
    cases
}

/// Lengths that differ, or are none.
fn lengths() -> Vec<Case> {
    let good = BODY.len();
    let mut values: Vec<Vec<String>> = [
        "+5",
        "-1",
        "0x5",
        "5 5",
        "5,5",
        "5, 6",
        "",
        " ",
        "five",
        "5.0",
        "5e0",
        "٥",
        "18446744073709551616",
        "18446744073709551615",
        "99999999999999999999999",
        "5\u{b}",
        "5;",
        "5\r\n 0",
        "\u{0}5",
        "_5",
        "1_0",
        "0b1",
    ]
    .iter()
    .map(|value| vec![(*value).to_owned()])
    .collect();
    for (a, b) in [
        ("0", "5"),
        ("5", "0"),
        ("5", "six"),
        ("6", "+6"),
        ("1", "18446744073709551616"),
    ] {
        values.push(vec![a.to_owned(), b.to_owned()]);
    }
    values.push(vec![good.to_string(), "0".to_owned()]);
    values.push(vec!["0".to_owned(), good.to_string()]);
    values.push(vec![good.to_string(), good.to_string(), "1".to_owned()]);
    values
        .into_iter()
        .map(|values| {
            let fields: String = values
                .iter()
                .map(|value| format!("content-length: {value}\r\n"))
                .collect();
            let mut bytes = head(&fields);
            bytes.extend_from_slice(BODY.as_bytes());
            bytes.extend_from_slice(hidden().as_bytes());
            Case {
                name: format!("lengths {values:?}"),
                bytes,
                plain: false,
                served: false,
            }
        })
        .collect()
}

/// Chunks that are none.
fn chunks() -> Vec<Case> {
    let size = format!("{:x}", BODY.len());
    let more = format!("{:x}", BODY.len() + 2);
    let less = format!("{:x}", BODY.len() - 2);
    let ends: Vec<(String, String)> = vec![
        (
            "size with 0x".into(),
            format!("0x{size}\r\n{BODY}\r\n0\r\n\r\n"),
        ),
        (
            "size with +".into(),
            format!("+{size}\r\n{BODY}\r\n0\r\n\r\n"),
        ),
        (
            "size with -".into(),
            format!("-{size}\r\n{BODY}\r\n0\r\n\r\n"),
        ),
        (
            "size with _".into(),
            format!("{}_{}\r\n{BODY}\r\n0\r\n\r\n", &size[..1], &size[1..]),
        ),
        (
            "size of 17 digits".into(),
            format!("1{}\r\n{BODY}\r\n0\r\n\r\n", "0".repeat(16)),
        ),
        (
            "size that overflows".into(),
            format!("ffffffffffffffff{size}\r\n{BODY}\r\n0\r\n\r\n"),
        ),
        ("no size".into(), format!("\r\n{BODY}\r\n0\r\n\r\n")),
        ("not a size".into(), format!("xyz\r\n{BODY}\r\n0\r\n\r\n")),
        (
            "size too large".into(),
            format!("{more}\r\n{BODY}\r\n0\r\n\r\n"),
        ),
        (
            "size too small".into(),
            format!("{less}\r\n{BODY}\r\n0\r\n\r\n"),
        ),
        (
            "no end of the chunk".into(),
            format!("{size}\r\n{BODY}0\r\n\r\n"),
        ),
        (
            "another end of the chunk".into(),
            format!("{size}\r\n{BODY}XX0\r\n\r\n"),
        ),
        (
            "feed alone behind the size".into(),
            format!("{size}\n{BODY}\r\n0\r\n\r\n"),
        ),
        (
            "return alone behind the size".into(),
            format!("{size}\r{BODY}\r\n0\r\n\r\n"),
        ),
        (
            "feed alone behind the chunk".into(),
            format!("{size}\r\n{BODY}\n0\r\n\r\n"),
        ),
        (
            "feed in the extension".into(),
            format!("{size};a\nb\r\n{BODY}\r\n0\r\n\r\n"),
        ),
        (
            "nul in the size".into(),
            format!("{size}\u{0}\r\n{BODY}\r\n0\r\n\r\n"),
        ),
        (
            "two sizes".into(),
            format!("{size} {size}\r\n{BODY}\r\n0\r\n\r\n"),
        ),
        (
            "long extension".into(),
            format!("{size};{}\r\n{BODY}\r\n0\r\n\r\n", "a".repeat(70_000)),
        ),
        (
            "many extensions".into(),
            format!(
                "{}{size}\r\n{BODY}\r\n0\r\n\r\n",
                "1;x\r\n \r\n".repeat(20_000)
            ),
        ),
        (
            "trailer with a length".into(),
            format!("{size}\r\n{BODY}\r\n0\r\ncontent-length: 5\r\n\r\n"),
        ),
        (
            "trailer without a colon".into(),
            format!("{size}\r\n{BODY}\r\n0\r\nnonsense\r\n\r\n"),
        ),
        (
            "large trailers".into(),
            format!("{size}\r\n{BODY}\r\n0\r\n{}\r\n", "x: y\r\n".repeat(30_000)),
        ),
    ];
    ends.into_iter()
        .map(|(name, payload)| {
            let mut bytes = head("transfer-encoding: chunked\r\n");
            bytes.extend_from_slice(payload.as_bytes());
            let served = name.starts_with("trailer with") || name.contains("extension");
            // Behind a body that ended well the next request is one.
            if !served {
                bytes.extend_from_slice(hidden().as_bytes());
            }
            Case {
                name,
                bytes,
                plain: false,
                served,
            }
        })
        .collect()
}

/// Heads that others read differently.
fn heads() -> Vec<Case> {
    let length = format!("content-length: {}\r\n", BODY.len());
    let mut raw: Vec<(&str, Vec<u8>)> = Vec::new();
    for (name, fields) in [
        ("folded field", "x-a: b\r\n c\r\n"),
        ("folded first", " x-a: b\r\n"),
        ("blank before the colon", "x-a : b\r\n"),
        ("no colon", "x-a\r\n"),
        ("no name", ": b\r\n"),
        ("nul in a value", "x-a: b\u{0}c\r\n"),
        ("nul in a name", "x\u{0}a: b\r\n"),
        ("return in a value", "x-a: b\rc\r\n"),
        ("control in a value", "x-a: b\u{1}\r\n"),
        ("brackets in a name", "x(a): b\r\n"),
        ("a name that is not ASCII", "x-ä: b\r\n"),
        ("two hosts", "host: evil.com\r\n"),
    ] {
        let mut bytes = head(&format!("{fields}{length}"));
        bytes.extend_from_slice(BODY.as_bytes());
        raw.push((name, bytes));
    }
    for (name, line) in [
        ("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        (
            "HTTP/1.0 with a coding",
            "POST /v1/chat/completions HTTP/1.0\r\nhost: localhost\r\nx-api-key: pk-test\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        ("HTTP/0.9", "GET /v1/models\r\n"),
        (
            "HTTP/3.0",
            "GET /v1/models HTTP/3.0\r\nhost: localhost\r\n\r\n",
        ),
        (
            "version in small letters",
            "GET /v1/models http/1.1\r\nhost: localhost\r\n\r\n",
        ),
        (
            "two blanks",
            "GET  /v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n",
        ),
        (
            "tab in the line",
            "GET\t/v1/models\tHTTP/1.1\r\nhost: localhost\r\n\r\n",
        ),
        (
            "nul in the target",
            "GET /v1/\u{0}models HTTP/1.1\r\nhost: localhost\r\n\r\n",
        ),
        (
            "blank in the target",
            "GET /v1/models x HTTP/1.1\r\nhost: localhost\r\n\r\n",
        ),
        ("no target", "GET HTTP/1.1\r\nhost: localhost\r\n\r\n"),
        (
            "target without a slash",
            "GET v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n",
        ),
        (
            "a tunnel",
            "CONNECT 127.0.0.1:22 HTTP/1.1\r\nhost: localhost\r\n\r\n",
        ),
        (
            "the server itself",
            "OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n",
        ),
        ("TLS", "\u{16}\u{3}\u{1}\u{0}\u{5}hello"),
    ] {
        raw.push((name, line.as_bytes().to_vec()));
    }
    raw.into_iter()
        .map(|(name, mut bytes)| {
            let ends_as_a_request = matches!(name, "the server itself" | "a tunnel" | "two hosts");
            if !ends_as_a_request {
                bytes.extend_from_slice(hidden().as_bytes());
            }
            Case {
                name: name.to_owned(),
                bytes,
                plain: false,
                served: false,
            }
        })
        .collect()
}

/// What came back: the statuses, until the gateway closed the connection.
async fn spoken(gateway: &Gateway, bytes: &[u8]) -> Vec<u16> {
    let mut client = gateway.client().await;
    // It may close before all is sent, and rightly.
    let _ = client.send(bytes).await;
    let mut statuses = Vec::new();
    while let Ok(answer) = tokio::time::timeout(SOON, answer(&mut client))
        .await
        .expect("it neither answers nor closes")
    {
        statuses.push(answer);
    }
    statuses
}

async fn answer(client: &mut Client) -> std::io::Result<u16> {
    client.answer().await.map(|answer| answer.status)
}

#[tokio::test]
async fn s43_no_request_hides_in_another() {
    let mut cases = length_against_coding();
    cases.extend(lengths());
    cases.extend(chunks());
    cases.extend(heads());
    assert!(cases.len() >= 200, "{}", cases.len());
    // Connections that the gateway waits for are waited for side by side.
    let share = cases.len().div_ceil(8);
    futures_util::future::join_all(cases.chunks(share).map(none_is_smuggled)).await;
}

async fn none_is_smuggled(cases: &[Case]) {
    let upstream = Upstream::start(|_| Side::Chat.reply(&Reply::text("ok"), false));
    let gateway = Setup::mock(Side::Chat, &upstream.url())
        .timeouts(|timeouts| {
            timeouts.head = Duration::from_millis(200);
            timeouts.body = Duration::from_millis(200);
            timeouts.rest = Duration::from_millis(200);
        })
        .start()
        .await;
    for case in cases {
        let before = upstream.requests().len();
        let statuses = spoken(&gateway, &case.bytes).await;
        let seen = upstream.requests().split_off(before);
        let at = format!("{}: {statuses:?}", case.name);
        let smuggled = seen
            .iter()
            .filter(|request| String::from_utf8_lossy(&request.body).contains("smuggled"))
            .count();
        assert!(seen.len() <= 1, "{at}: {} requests", seen.len());
        if !case.plain {
            assert_eq!(smuggled, 0, "{at}: the hidden one was served");
            assert!(statuses.len() <= 1, "{at}: more than one answer");
        }
        if !case.served && !case.plain {
            assert_eq!(seen.len(), 0, "{at}: it was served");
            assert!(
                statuses.iter().all(|status| (400..=505).contains(status)),
                "{at}"
            );
        }
    }
    assert_eq!(upstream.log().broken(), 0);
    let answer = gateway
        .post("/v1/chat/completions", &Side::Chat.request(false))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(gateway.idle().await.under_way, 0);
}

#[tokio::test]
async fn honest_requests_in_one_connection_are_each_served() {
    let upstream = Upstream::start(|_| Side::Chat.reply(&Reply::text("ok"), false));
    let gateway = Setup::mock(Side::Chat, &upstream.url())
        .timeouts(|timeouts| timeouts.rest = Duration::from_millis(500))
        .start()
        .await;
    let mut bytes = head(&format!("content-length: {}\r\n", BODY.len()));
    bytes.extend_from_slice(BODY.as_bytes());
    bytes.extend(head("transfer-encoding: chunked\r\n"));
    bytes.extend_from_slice(
        format!("{:x};a=b\r\n{BODY}\r\n0\r\nx-late: 1\r\n\r\n", BODY.len()).as_bytes(),
    );
    bytes.extend_from_slice(hidden().as_bytes());
    assert_eq!(spoken(&gateway, &bytes).await, [200, 200, 200]);
    assert_eq!(upstream.requests().len(), 3);
}

#[tokio::test]
async fn s43_an_upstream_cannot_answer_the_next_request() {
    let evil =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 8\r\n\r\n{\"x\":66}";
    let upstream = Upstream::start(move |request| {
        let good = Side::Chat.reply(&Reply::text("ok"), false);
        if request.index % 2 == 1 {
            return good;
        }
        let body = good.body();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        Script::status(200)
            .raw_head(head)
            .bytes([body.as_slice(), evil.as_bytes()].concat())
    });
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    for index in 0..40 {
        let answer = gateway
            .post("/v1/chat/completions", &Side::Chat.request(false))
            .await;
        assert_eq!(answer.status, 200, "{index}: {}", answer.text());
        assert_eq!(Side::Chat.whole_text(&answer.json()), "ok", "{index}");
    }
    assert_eq!(upstream.requests().len(), 40);
}

#[tokio::test]
async fn s42_an_upstreams_malformed_head_is_502_and_nothing_of_it_goes_on() {
    for fields in [
        "content-length: 5\r\ncontent-length: 6\r\n",
        "content-length: -5\r\n",
        "content-length: five\r\n",
        "x-ratelimit-a: b\u{0}c\r\n",
        "x-ratelimit-a: b\rset-cookie: evil\r\n",
        "x-ratelimit-a : b\r\n",
        "x-ratelimit a: b\r\n",
        ": b\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 5\r\nx-ratelimit-a: \u{1}\r\n",
    ] {
        let upstream = Upstream::start(move |_| {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{fields}\r\n");
            Script::status(200)
                .raw_head(head)
                .bytes("{\"a\":1}")
                .end(End::CloseEarly)
        });
        let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
        for side in [Side::Chat, Side::Messages] {
            let answer = gateway.post(side.path(), &side.request(false)).await;
            assert_eq!(answer.status, 502, "{fields:?}: {}", answer.text());
            side.error_words(&answer.json());
            assert!(answer.headers.iter().all(|(name, value)| {
                !name.starts_with("x-ratelimit") && !value.contains("evil")
            }));
        }
    }
}
