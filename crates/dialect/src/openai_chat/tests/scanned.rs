//! Answers that are forwarded unread.

use crate::chat::Usage;
use crate::frame::{Frame, SseFramer};
use crate::openai_chat::OpenAiChat;
use crate::{Codec, Fault, FaultKind, Scan};

fn scan(stream: &str) -> Scan {
    let mut scan = Scan::default();
    let mut framer = SseFramer::default();
    let mut on_frame = |frame: Frame<'_>| {
        OpenAiChat.scan(frame, &mut scan);
        Ok::<(), Fault>(())
    };
    framer.push(stream.as_bytes(), &mut on_frame).unwrap();
    scan
}

#[test]
fn what_matters_is_seen_and_words_that_look_like_it_are_not() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/openai_chat/text.sse");
    let stream = std::fs::read_to_string(path).unwrap();
    let seen = scan(&stream);
    assert!(seen.started && seen.finished && seen.ended);
    assert_eq!(
        (seen.usage.input, seen.usage.cache_read),
        (Some(20), Some(12))
    );
    assert_eq!(seen.fault, None);

    let tricky = stream
        .split("\n\n")
        .find(|frame| frame.contains("say"))
        .unwrap();
    let seen = scan(&format!("{tricky}\n\n"));
    assert_eq!(
        seen,
        Scan {
            started: true,
            ..Scan::default()
        }
    );
    // Names that are real, but not in their place.
    let nested = r#"data: {"x":{"usage":{"prompt_tokens":1},"finish_reason":"stop","error":{"a":1}},"choices":[]}"#;
    assert_eq!(
        scan(&format!("{nested}\n\n")),
        Scan {
            started: true,
            ..Scan::default()
        }
    );
}

#[test]
fn blanks_between_names_and_values_do_not_hide_them() {
    let seen = scan(
        "data: {\"choices\": [{\"finish_reason\" : \"length\"}], \"usage\" : {\"prompt_tokens\": 3}}\n\n",
    );
    assert!(seen.finished && !seen.ended);
    assert_eq!(
        seen.usage,
        Usage {
            input: Some(3),
            ..Usage::default()
        }
    );
}

#[test]
fn errors_are_seen_in_every_shape() {
    let cases = [
        (
            r#"data: {"error":{"message":"m","code":"rate_limit_exceeded"}}"#,
            FaultKind::RateLimit,
        ),
        (r#"data: {"error": "m"}"#, FaultKind::Internal),
        (
            r#"data: {"object":"error","message":"m","code":503}"#,
            FaultKind::Overloaded,
        ),
        (
            r#"data: {"choices":[{"error":{"code":429,"message":"m"}}]}"#,
            FaultKind::RateLimit,
        ),
    ];
    for (data, kind) in cases {
        assert_eq!(
            scan(&format!("{data}\n\n")).fault.unwrap().kind,
            kind,
            "{data}"
        );
    }
    assert_eq!(
        scan("data: {\"error\":null,\"choices\":[]}\n\n").fault,
        None
    );
    assert!(!scan(": ping\n\ndata: \n\n").started);
}

#[test]
fn usage_is_found_in_a_tail_that_begins_anywhere() {
    let body = r#"{"choices":[{"message":{"content":"船 \"usage\":{\"prompt_tokens\":99} \"usage\""}}], "usage": {"prompt_tokens":7,"completion_tokens":2,"x":{"usage":1}},"system_fingerprint":"}"}"#;
    let end = body.find(", \"usage\": {").unwrap();
    for start in 0..end {
        let usage = OpenAiChat.scan_usage(&body.as_bytes()[start..]).unwrap();
        assert_eq!(
            (usage.input, usage.output),
            (Some(7), Some(2)),
            "from {start}"
        );
    }
    assert_eq!(OpenAiChat.scan_usage(&body.as_bytes()[end + 20..]), None);
    assert_eq!(OpenAiChat.scan_usage(b"{\"usage\":null}"), None);
    assert_eq!(
        OpenAiChat.scan_usage(b"{\"usage\":{\"prompt_tokens\":7"),
        None
    );
}
