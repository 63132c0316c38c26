//! Requests that others read differently: hundreds of them, each with one hidden behind it.

pub(crate) const BODY: &str =
    r#"{"model":"mock-model","messages":[{"role":"user","content":"Hello"}]}"#;

pub(crate) fn hidden() -> String {
    let body = r#"{"model":"mock-model","messages":[],"smuggled":true}"#;
    format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nx-api-key: pk-test\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub(crate) fn head(fields: &str) -> Vec<u8> {
    let start = "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nx-api-key: pk-test\r\n\
        content-type: application/json\r\n";
    format!("{start}{fields}\r\n").into_bytes()
}

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// Whether the hidden request may be served as a second one: by the standard it is one.
    pub(crate) plain: bool,
    /// Whether the first request may be served.
    pub(crate) served: bool,
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
pub(crate) fn length_against_coding() -> Vec<Case> {
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
pub(crate) fn lengths() -> Vec<Case> {
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
pub(crate) fn chunks() -> Vec<Case> {
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
pub(crate) fn heads() -> Vec<Case> {
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
