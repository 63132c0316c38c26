//! Upstream streams, as different upstreams write them.

use super::{answer, call, read, text};
use crate::FaultKind;
use crate::chat::{Answer, ChatEvent, Citation, StopReason, Usage};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/fixtures/openai_chat/",
            $name,
            ".sse"
        ))
    };
}

const ALL: [&str; 13] = [
    fixture!("text"),
    fixture!("parallel_tools"),
    fixture!("repeated_names"),
    fixture!("same_index"),
    fixture!("no_ids"),
    fixture!("refusal"),
    fixture!("length_in_arguments"),
    fixture!("citations"),
    fixture!("parts"),
    fixture!("empty"),
    fixture!("custom"),
    fixture!("legacy_function"),
    fixture!("unknown_end"),
];

#[test]
fn a_stream_means_the_same_wherever_it_is_cut() {
    for stream in ALL {
        let bytes = stream.as_bytes();
        let (whole, result) = read(&[bytes], false);
        result.unwrap();
        for cut in 0..=bytes.len() {
            let (events, result) = read(&[&bytes[..cut], &bytes[cut..]], false);
            assert_eq!(
                (events, result),
                (whole.clone(), Ok(())),
                "cut at {cut} of {stream}"
            );
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(read(&single, false).0, whole);
        let crlf = stream.replace('\n', "\r\n");
        assert_eq!(read(&[crlf.as_bytes()], false).0, whole);
    }
}

#[test]
fn a_stream_that_ends_early_is_no_answer_wherever_it_ends() {
    for stream in ALL {
        let end = stream.rfind("data: [DONE]").unwrap();
        for cut in 0..end {
            let (_, result) = read(&[&stream.as_bytes()[..cut]], false);
            let fault = result.unwrap_err();
            let expected = [FaultKind::Truncated, FaultKind::BadGateway];
            assert!(expected.contains(&fault.kind), "cut at {cut} of {stream}");
        }
    }
}

#[test]
fn text_with_everything_around_it() {
    let stream = answer(fixture!("text"));
    assert_eq!(
        (stream.id.as_deref(), stream.model.as_deref()),
        (Some("chatcmpl-1"), Some("gpt-x"))
    );
    let words = "船を 😀 say \"usage\":{\"prompt_tokens\":7} and [DONE] \"finish_reason\":\"stop\" \"error\"";
    assert_eq!(stream.blocks, [text(words)]);
    assert_eq!(stream.finish.reason, StopReason::Natural);
    let usage = Usage {
        input: Some(20),
        cache_read: Some(12),
        cache_write: Some(3),
        output: Some(9),
        reasoning: Some(4),
        web_searches: None,
    };
    assert_eq!(stream.usage, usage);
}

#[test]
fn interleaved_calls_stay_apart_and_one_without_arguments_has_an_empty_object() {
    let stream = answer(fixture!("parallel_tools"));
    let expected = [
        text("Looking."),
        call("call_a", "weather", r#"{"city":"Lima"}"#),
        call("call_b", "weather", r#"{"city":"Oslo"}"#),
        call("call_c", "now", "{}"),
    ];
    assert_eq!(stream.blocks, expected);
    assert_eq!(stream.finish.reason, StopReason::ToolCalls);
    assert_eq!(
        (stream.usage.input, stream.usage.output),
        (Some(5), Some(6))
    );
}

#[test]
fn repeated_names_begin_no_new_call_and_text_may_follow_calls() {
    let stream = answer(fixture!("repeated_names"));
    let thought = Answer::Reasoning {
        text: "hm".to_owned(),
        seal: None,
    };
    let expected = [thought, call("call_a", "f", r#"{"a":1}"#), text("After.")];
    assert_eq!(stream.blocks, expected);
    // `stop` after a complete call: the client has to run it.
    assert_eq!(stream.finish.reason, StopReason::ToolCalls);
    assert_eq!(stream.finish.raw.as_deref(), Some("stop"));
}

#[test]
fn calls_that_share_a_number_are_told_apart_by_their_ids() {
    let stream = answer(fixture!("same_index"));
    assert_eq!(stream.blocks.len(), 3);
    assert_eq!(stream.blocks[0], call("x1", "f", r#"{"a":1}"#));
    assert_eq!(stream.blocks[1], call("x2", "f", r#"{"a":2}"#));
    let Answer::ToolCall {
        name, arguments, ..
    } = &stream.blocks[2]
    else {
        panic!()
    };
    assert_eq!((name.as_str(), arguments.as_str()), ("g", r#"{"b":3}"#));
}

#[test]
fn minted_ids_are_repeatable_and_differ_between_calls_and_answers() {
    let ids = |stream: &str| -> Vec<String> {
        let blocks = answer(stream).blocks.into_iter();
        blocks
            .filter_map(|block| match block {
                Answer::ToolCall { id, .. } => Some(id),
                _ => None,
            })
            .collect()
    };
    let first = ids(fixture!("no_ids"));
    assert_eq!(first, ids(fixture!("no_ids")));
    assert_eq!(first.len(), 2);
    assert!(
        first
            .iter()
            .all(|id| id.starts_with("call_") && id.len() == 29),
        "{first:?}"
    );
    assert_ne!(first[0], first[1]);
    let other = ids(&fixture!("no_ids").replace("\"c5\"", "\"c55\""));
    assert!(other.iter().all(|id| !first.contains(id)));
}

#[test]
fn ends_and_their_reasons() {
    let refusal = answer(fixture!("refusal"));
    assert_eq!(refusal.blocks, [Answer::Refusal("I cannot.".to_owned())]);
    assert_eq!(refusal.finish.reason, StopReason::Refusal);

    let cut = answer(fixture!("length_in_arguments"));
    assert_eq!(cut.blocks, [call("a", "f", "{\"te")]);
    assert_eq!(
        cut.finish.reason,
        StopReason::Length,
        "arguments were cut: nobody may run the call"
    );

    let empty = answer(fixture!("empty"));
    assert_eq!(
        (empty.blocks.len(), empty.finish.reason),
        (0, StopReason::Natural)
    );

    let unknown = answer(fixture!("unknown_end"));
    assert_eq!(unknown.finish.reason, StopReason::Other);
    assert_eq!(unknown.finish.raw.as_deref(), Some("tired"));
}

#[test]
fn less_common_shapes() {
    let Answer::Text { citations, .. } = &answer(fixture!("citations")).blocks[0] else {
        panic!()
    };
    let citation = Citation {
        url: "https://example.org/lima".to_owned(),
        title: Some("Lima".to_owned()),
        quote: None,
        span: Some((0, 4)),
    };
    assert_eq!(citations, &[citation]);

    let parts = answer(fixture!("parts"));
    let thought = Answer::Reasoning {
        text: "so".to_owned(),
        seal: None,
    };
    assert_eq!(parts.blocks, [thought, text("Yes.")]);
    assert_eq!(parts.finish.reason, StopReason::Length);

    let custom = answer(fixture!("custom"));
    assert_eq!(
        custom.blocks,
        [call("k", "patch", r#"{"input":"a\n\"b\\c"}"#)]
    );

    let legacy = answer(fixture!("legacy_function"));
    let Answer::ToolCall {
        name, arguments, ..
    } = &legacy.blocks[0]
    else {
        panic!()
    };
    assert_eq!((name.as_str(), arguments.as_str()), ("f", r#"{"a":1}"#));
    assert_eq!(legacy.finish.reason, StopReason::ToolCalls);
}

fn fault(stream: &str, done_optional: bool) -> (Vec<ChatEvent>, crate::Fault) {
    let (events, result) = read(&[stream.as_bytes()], done_optional);
    (events, result.unwrap_err())
}

const HALF: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}]}\n\n";

#[test]
fn an_error_in_the_stream_is_that_error_and_not_an_empty_success() {
    let cases = [
        (
            r#"{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}"#,
            FaultKind::RateLimit,
        ),
        (r#"{"error":"it broke"}"#, FaultKind::Internal),
        (
            r#"{"object":"error","message":"it broke","code":503}"#,
            FaultKind::Overloaded,
        ),
        (
            r#"{"choices":[{"index":0,"delta":{},"error":{"code":429,"message":"x"},"finish_reason":"error"}]}"#,
            FaultKind::RateLimit,
        ),
        (
            r#"{"id":"a","choices":[{"delta":{"content":""}}],"error":{"code":502,"message":"x"}}"#,
            FaultKind::BadGateway,
        ),
    ];
    for (data, kind) in cases {
        let stream = format!("{HALF}data: {data}\n\ndata: [DONE]\n\n");
        let (events, fault) = fault(&stream, false);
        assert_eq!(fault.kind, kind, "{data}");
        assert_eq!(events.len(), 3, "what came before the error stays: {data}");
    }
    let named = "event: error\ndata: {\"message\":\"over\",\"type\":\"overloaded_error\"}\n\n";
    assert_eq!(fault(named, false).1.kind, FaultKind::Overloaded);
    // Some upstreams write `"error":null` into every chunk.
    let null = HALF.replace("{\"choices\"", "{\"error\":null,\"choices\"");
    assert_eq!(fault(&null, false).1.kind, FaultKind::Truncated);
}

#[test]
fn an_end_without_its_frames() {
    let finished = HALF.replace("}}]}", "},\"finish_reason\":\"stop\"}]}");
    assert_eq!(fault(&finished, false).1.kind, FaultKind::Truncated);
    assert!(
        read(&[finished.as_bytes()], true).1.is_ok(),
        "known to leave out [DONE]"
    );
    assert_eq!(fault(HALF, true).1.kind, FaultKind::Truncated);
    assert_eq!(
        fault(&format!("{HALF}data: [DONE]\n\n"), true).1.kind,
        FaultKind::Truncated
    );
    assert_eq!(fault("", true).1.kind, FaultKind::Truncated);
    let broke = HALF.replace("}}]}", "},\"finish_reason\":\"network_error\"}]}");
    assert_eq!(
        fault(&format!("{broke}data: [DONE]\n\n"), false).1.kind,
        FaultKind::BadGateway
    );
}

#[test]
fn bytes_that_are_no_chunk_are_unreadable_and_not_repeated() {
    let html = fault("data: <html>sign in</html>\n\n", false).1;
    assert_eq!(html.kind, FaultKind::BadGateway);
    assert!(html.message.contains("web page"));
    let odd = fault("data: {\"choices\":\"secret words\"}\n\n", false).1;
    assert_eq!(odd.kind, FaultKind::BadGateway);
    assert!(!odd.message.contains("secret"), "{}", odd.message);
}

#[test]
fn calls_that_cannot_be_understood_fail() {
    let unnamed = r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"arguments":"{}"}}]},"finish_reason":"tool_calls"}]}"#;
    let stream = format!("data: {unnamed}\n\ndata: [DONE]\n\n");
    assert_eq!(fault(&stream, false).1.kind, FaultKind::BadGateway);
    // Claimed calls that never came: the client would wait for ever.
    let none = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n";
    assert_eq!(answer(none).finish.reason, StopReason::Natural);
}
