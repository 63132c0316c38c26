//! What is nobody's language: no decoder panics on it, or takes long.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use dialect::chat::Laws;
use dialect::frame::{Frame, FrameTooLong, SseFramer};
use dialect::peek::{Limits, Peek};
use dialect::translate::AnswerReader;
use dialect::{Codec, Losses, Scan, Target};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::value::RawValue;

use crate::common::{anthropic, context, corpus, openai, streams, wholes};

/// Everything that reads bytes from outside, over these bytes.
fn read_by_all(bytes: &[u8], piece: usize) {
    let limits = Limits::default();
    if let Ok(peek) = Peek::at(bytes, limits) {
        let pieces = peek.splice(&Bytes::copy_from_slice(bytes), "another/\"model\"");
        let spliced = pieces.concat();
        let again = Peek::at(&spliced, limits).expect("a spliced body is still JSON");
        if peek.model.is_some() {
            assert_eq!(again.model.as_deref(), Some("another/\"model\""));
        }
    }
    for codec in [openai(), anthropic()] {
        request(codec, bytes);
        let _may_fail = codec.decode_answer(bytes);
        let _never_fails = codec.decode_fault(200, bytes);
        let fault = codec.decode_fault(429, bytes);
        for client in [openai(), anthropic()] {
            let told = client.encode_fault(&fault, "req_1");
            assert!(serde_json::from_slice::<serde_json::Value>(&told).is_ok());
        }
        let _may_find = codec.scan_usage(bytes);
        stream(codec, bytes, piece);
    }
}

/// A request that can be read can be written, or is refused in words.
fn request(codec: &dyn Codec, bytes: &[u8]) {
    let mut losses = Losses::default();
    let Ok(request) = codec.decode_request(bytes, &mut losses) else {
        return;
    };
    for upstream in [openai(), anthropic()] {
        match upstream.encode_request(&request, &Target::named("m"), &mut losses) {
            Ok(sent) => {
                let body: Result<&RawValue, _> = serde_json::from_slice(&sent.body);
                assert!(body.is_ok(), "{}", String::from_utf8_lossy(&sent.body));
                // What is sent can be read again; but half a surrogate pair in what is passed on
                // unread is only refused here.
                if memchr::memmem::find(bytes, b"\\ud").is_none() {
                    upstream
                        .decode_request(&sent.body, &mut losses)
                        .expect("our own request");
                }
            }
            Err(fault) => assert!(!fault.message.is_empty()),
        }
    }
    assert!(
        losses
            .header()
            .is_none_or(|header| header.len() <= 1024 && header.is_ascii())
    );
}

fn stream(codec: &'static dyn Codec, bytes: &[u8], piece: usize) {
    let mut events = Vec::new();
    let mut reader = AnswerReader::new(codec, HashMap::new(), true);
    let mut result = Ok(());
    for piece in bytes.chunks(piece.max(1)) {
        result = reader.push(piece, &mut events);
        if result.is_err() {
            break;
        }
    }
    let complete = result.is_ok() && reader.finish(&mut events).is_ok();
    let mut laws = Laws::default();
    for event in &events {
        assert_eq!(laws.check(event), Ok(()), "{event:?}");
    }
    assert!(!complete || laws.finish().is_ok());
    for client in [openai(), anthropic()] {
        let mut encoder = client.stream_encoder(context(true));
        let (mut losses, mut out) = (Losses::default(), Vec::new());
        for event in &events {
            encoder.push(event, &mut losses, &mut out);
        }
        assert!(std::str::from_utf8(&out).is_ok());
    }
    let mut scan = Scan::default();
    let mut look = |frame: Frame<'_>| {
        codec.scan(frame, &mut scan);
        Ok::<(), FrameTooLong>(())
    };
    let mut framer = SseFramer::default();
    if framer.push(bytes, &mut look).is_ok() {
        let _short = framer.finish(&mut look);
    }
}

/// Everything that was recorded or written: requests, streams, whole answers.
fn seeds() -> Vec<Vec<u8>> {
    let requests = corpus().into_iter().map(|case| case.request);
    let streams = streams().into_iter().map(|stream| stream.bytes);
    requests
        .chain(streams)
        .chain(wholes().into_iter().map(|whole| whole.2))
        .collect()
}

/// One change of some bytes.
#[derive(Clone, Debug)]
enum Change {
    Flip(Index, u8),
    Cut(Index, Index),
    Repeat(Index, Index),
    Insert(Index, &'static str),
}

const TOKENS: [&str; 16] = [
    "null",
    "[]",
    "{}",
    "\"\"",
    "-1",
    "1e999",
    "18446744073709551616",
    "\\ud83d",
    "\u{FEFF}",
    "\n\n",
    "\r",
    ",",
    ":",
    "{\"type\":",
    "\"index\":7,",
    "[[[[[[[[",
];

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Flip(at, byte)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Change::Cut(from, to)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Change::Repeat(from, to)),
        (any::<Index>(), proptest::sample::select(TOKENS.to_vec()))
            .prop_map(|(at, token)| Change::Insert(at, token)),
    ]
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        if bytes.is_empty() {
            break;
        }
        let range = |from: &Index, to: &Index, length: usize| {
            let (from, to) = (from.index(length), to.index(length));
            from.min(to)..from.max(to).min(from.min(to) + 400)
        };
        match change {
            Change::Flip(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Change::Cut(from, to) => {
                let range = range(from, to, bytes.len());
                bytes.drain(range);
            }
            Change::Repeat(from, to) => {
                let range = range(from, to, bytes.len());
                let again = bytes[range.clone()].to_vec();
                bytes.splice(range.start..range.start, again);
            }
            Change::Insert(at, token) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, token.bytes());
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(crate::cases())]

    #[test]
    fn arbitrary_bytes_break_nothing(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        piece in 1..40usize,
    ) {
        read_by_all(&bytes, piece);
    }

    #[test]
    fn arbitrary_text_breaks_nothing(
        text in "(data: |event: |\\{\"|\"type\":|\"choices\":|\\[|\\]|\\}|\"index\":|[0-9]|,|\n|\n\n|\\PC){0,60}",
        piece in 1..40usize,
    ) {
        read_by_all(text.as_bytes(), piece);
    }
}

#[test]
fn changed_fixtures_break_nothing() {
    let seeds = seeds();
    let mut runner = proptest::test_runner::TestRunner::new(proptest::test_runner::Config {
        cases: crate::cases().cases * 8,
        ..crate::cases()
    });
    let strategy = (
        any::<Index>(),
        proptest::collection::vec(change(), 1..6),
        1..200usize,
    );
    runner
        .run(&strategy, |(seed, changes, piece)| {
            read_by_all(&changed(seed.get(&seeds).clone(), &changes), piece);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

/// Bodies of about 1 MiB that look made to take long.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    const MIB: usize = 1024 * 1024;
    let fill = |head: &str, unit: &str, tail: &str| {
        format!("{head}{}{tail}", unit.repeat(MIB / unit.len())).into_bytes()
    };
    let numbered = |head: &str, tail: &str, unit: &dyn Fn(usize) -> String| {
        let mut text = head.to_owned();
        let mut number = 0;
        while text.len() < MIB {
            text.push_str(&unit(number));
            number += 1;
        }
        text.pop();
        (text + tail).into_bytes()
    };
    let head = r#"{"model":"m","max_tokens":9,"messages":["#;
    vec![
        ("depth", fill("", "[", "")),
        ("braces", fill("", "{\"a\":", "")),
        (
            "escapes",
            fill("{\"model\":\"m\",\"x\":\"", "\\u8239", "\"}"),
        ),
        ("unfinished string", fill("{\"model\":\"", "a", "")),
        ("one line", fill("data: ", "a", "")),
        ("empty lines", fill("", "\n", "")),
        ("returns", fill("", "data\r", "")),
        ("empty events", fill("", "data:\n\n", "")),
        (
            "usages",
            fill("{\"choices\":[", "{\"usage\":{}},", "null]}"),
        ),
        ("usage words", fill("", "\"usage\":", "")),
        ("errors", fill("", "data: {\"error\"\n\n", "")),
        ("same keys", fill("{\"model\":\"m\"", ",\"a\":1", "}")),
        (
            "keys",
            numbered(
                "{\"model\":\"m\",\"max_tokens\":1,\"messages\":[],",
                "}",
                &|n| format!("\"k{n}\":1,"),
            ),
        ),
        (
            "unknown fields",
            numbered(head, "]}", &|n| {
                format!("{{\"role\":\"user\",\"content\":\"{n}\",\"x{n}\":1}},")
            }),
        ),
        (
            "turns",
            numbered(head, "]}", &|n| {
                format!(
                    "{{\"role\":\"{}\",\"content\":\"x\"}},",
                    if n.is_multiple_of(2) {
                        "user"
                    } else {
                        "assistant"
                    }
                )
            }),
        ),
        (
            "systems",
            numbered(head, "]}", &|_| {
                "{\"role\":\"system\",\"content\":\"x\"},{\"role\":\"user\",\"content\":\"y\"},"
                    .to_owned()
            }),
        ),
        (
            "calls",
            numbered(head, "]}", &|n| {
                format!(
                    "{{\"role\":\"assistant\",\"tool_calls\":[{{\"id\":\"c{n}\",\"type\":\"function\",\"function\":{{\"name\":\"f\",\"arguments\":\"\"}}}}]}},"
                )
            }),
        ),
        (
            "answered calls",
            numbered(head, "]}", &|n| {
                format!(
                    "{{\"role\":\"assistant\",\"content\":[{{\"type\":\"tool_use\",\"id\":\"c{n}\",\"name\":\"f\",\"input\":{{}}}}]}},{{\"role\":\"user\",\"content\":[{{\"type\":\"tool_result\",\"tool_use_id\":\"c{n}\",\"content\":\"x\"}}]}},"
                )
            }),
        ),
        (
            "orphans",
            numbered(head, "]}", &|n| {
                format!("{{\"role\":\"tool\",\"tool_call_id\":\"c{n}\",\"content\":\"x\"}},")
            }),
        ),
        (
            "functions",
            numbered(head, "]}", &|n| {
                format!("{{\"role\":\"function\",\"name\":\"c{n}\",\"content\":\"x\"}},")
            }),
        ),
        ("one turn of calls", {
            let mut calls = numbered("", "", &|n| {
                format!("{{\"type\":\"tool_use\",\"id\":\"c{n}\",\"name\":\"f\",\"input\":{{}}}},")
            });
            let mut body = format!("{head}{{\"role\":\"assistant\",\"content\":[").into_bytes();
            body.append(&mut calls);
            body.extend_from_slice(b"]}]}");
            body
        }),
        (
            "tools",
            numbered(
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tools\":[",
                "]}",
                &|n| format!("{{\"type\":\"function\",\"function\":{{\"name\":\"f.{n}\"}}}},"),
            ),
        ),
        (
            "stream of calls",
            numbered("", " ", &|n| {
                format!(
                    "data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{{\"index\":{n},\"id\":\"c{n}\",\"function\":{{\"name\":\"f\"}}}}]}}}}]}}\n\n"
                )
            }),
        ),
        (
            "stream of open blocks",
            numbered("", " ", &|n| {
                format!(
                    "data: {{\"type\":\"content_block_start\",\"index\":{n},\"content_block\":{{\"type\":\"tool_use\",\"id\":\"t{n}\",\"name\":\"f\"}}}}\n\n"
                )
            }),
        ),
        (
            "one chunk of calls",
            numbered(
                "data: {\"choices\":[{\"delta\":{\"tool_calls\":[",
                "]}}]}\n\n",
                &|n| format!("{{\"index\":{n},\"id\":\"c{n}\",\"function\":{{\"name\":\"f\"}}}},"),
            ),
        ),
        (
            "citations",
            numbered(
                "data: {\"choices\":[{\"delta\":{\"annotations\":[",
                "]}}]}\n\n",
                &|n| format!("{{\"url_citation\":{{\"url\":\"u{n}\"}}}},"),
            ),
        ),
        (
            "starts",
            fill(
                "",
                "data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\"}}\n\n",
                "",
            ),
        ),
        (
            "unknown blocks",
            numbered("", " ", &|n| {
                format!(
                    "data: {{\"type\":\"content_block_start\",\"index\":{n},\"content_block\":{{\"type\":\"x{n}\"}}}}\n\n"
                )
            }),
        ),
    ]
}

/// What one MiB may take. A release build takes 100 ms at most on an idle machine; a debug build
/// is up to 60 times as slow. What grows with the square takes longer still.
const PATIENCE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 6000 } else { 300 });

#[test]
fn a_mebibyte_made_to_take_long_does_not() {
    let mut slow = Vec::new();
    for (name, body) in hostile() {
        for codec in [openai(), anthropic()] {
            let mut time = |what: &str, run: &mut dyn FnMut()| {
                let begin = Instant::now();
                run();
                let taken = begin.elapsed();
                if taken > PATIENCE {
                    slow.push(format!(
                        "{name}: {what} of {} took {taken:?}",
                        codec.dialect()
                    ));
                }
            };
            let mut losses = Losses::default();
            let mut request = None;
            time("decode_request", &mut || {
                request = codec.decode_request(&body, &mut losses).ok();
            });
            if let Some(request) = request {
                for upstream in [openai(), anthropic()] {
                    time(&format!("encode for {}", upstream.dialect()), &mut || {
                        let _may_fail =
                            upstream.encode_request(&request, &Target::named("m"), &mut losses);
                    });
                }
            }
            time("decode_answer", &mut || drop(codec.decode_answer(&body)));
            time("decode_fault", &mut || drop(codec.decode_fault(500, &body)));
            time("scan_usage", &mut || {
                let _may_find = codec.scan_usage(&body);
            });
            time("stream", &mut || stream(codec, &body, 1447));
        }
        let begin = Instant::now();
        let _may_fail = Peek::at(&body, Limits::default());
        if begin.elapsed() > PATIENCE {
            slow.push(format!("{name}: peek took {:?}", begin.elapsed()));
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}
