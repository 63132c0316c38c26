//! Client streams, as strict clients want them.

use serde_json::{Value, json};

use super::{answer, context, text};
use crate::chat::{
    Answer, BlockStart, ChatEvent, Citation, Delta, Finish, Opaque, OpaqueFormat, StopReason,
    Transcript, Usage,
};
use crate::openai_chat::OpenAiChat;
use crate::{Codec, Dialect, Fault, Losses};

fn write(events: &[ChatEvent], include_usage: bool) -> (String, Losses) {
    let mut encoder = OpenAiChat.stream_encoder(context(include_usage));
    let (mut losses, mut out) = (Losses::default(), Vec::new());
    for event in events {
        encoder.push(event, &mut losses, &mut out);
    }
    (String::from_utf8(out).unwrap(), losses)
}

/// The data of each frame; the last one is `[DONE]`.
fn chunks(stream: &str) -> Vec<Value> {
    let mut frames: Vec<&str> = stream.split_terminator("\n\n").collect();
    assert_eq!(frames.pop(), Some("data: [DONE]"));
    let data = frames
        .into_iter()
        .map(|frame| frame.strip_prefix("data: ").unwrap());
    data.map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

fn open(index: usize, block: BlockStart) -> ChatEvent {
    ChatEvent::Open { index, block }
}

fn tool(index: usize, id: &str) -> ChatEvent {
    open(
        index,
        BlockStart::ToolCall {
            id: id.to_owned(),
            name: "f".to_owned(),
        },
    )
}

fn arguments(index: usize, text: &str) -> ChatEvent {
    ChatEvent::Delta {
        index,
        delta: Delta::Arguments(text.to_owned()),
    }
}

fn words(index: usize, text: &str) -> ChatEvent {
    ChatEvent::Delta {
        index,
        delta: Delta::Text(text.to_owned()),
    }
}

fn start() -> ChatEvent {
    ChatEvent::Start {
        id: Some("upstream".to_owned()),
        model: Some("other".to_owned()),
    }
}

fn finish(reason: StopReason) -> ChatEvent {
    ChatEvent::Finish(Finish::because(reason))
}

#[test]
fn every_chunk_has_the_same_identity_and_usage_comes_last_and_once() {
    let events = [
        start(),
        ChatEvent::Usage(Usage {
            input: Some(5),
            output: Some(1),
            ..Usage::default()
        }),
        open(0, BlockStart::Text),
        words(0, "Hi \"you\"\n船"),
        ChatEvent::Close { index: 0 },
        ChatEvent::Usage(Usage {
            output: Some(7),
            ..Usage::default()
        }),
        finish(StopReason::Natural),
    ];
    let (stream, losses) = write(&events, true);
    let chunks = chunks(&stream);
    for chunk in &chunks {
        assert_eq!(chunk["id"], "chatcmpl-x1");
        assert_eq!(chunk["object"], "chat.completion.chunk");
        assert_eq!(
            (&chunk["created"], &chunk["model"]),
            (&json!(42), &json!("alias"))
        );
    }
    let deltas: Vec<&Value> = chunks.iter().map(|chunk| &chunk["choices"]).collect();
    let choice = |delta: Value, finish: Value| json!([{ "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish }]);
    assert_eq!(
        deltas[0],
        &choice(json!({ "role": "assistant", "content": "" }), Value::Null)
    );
    assert_eq!(
        deltas[1],
        &choice(json!({ "content": "Hi \"you\"\n船" }), Value::Null)
    );
    assert_eq!(deltas[2], &choice(json!({}), json!("stop")));
    assert_eq!(deltas[3], &json!([]));
    assert_eq!(chunks.len(), 4);
    assert!(
        chunks[..3]
            .iter()
            .all(|chunk| chunk.get("usage") == Some(&Value::Null))
    );
    assert_eq!(chunks[3]["usage"]["total_tokens"], 12);
    assert!(losses.is_empty());

    let (stream, _) = write(&events, false);
    assert!(!stream.contains("usage"));
}

#[test]
fn unknown_usage_is_not_invented() {
    let usage = ChatEvent::Usage(Usage {
        output: Some(7),
        ..Usage::default()
    });
    let (stream, _) = write(&[start(), usage, finish(StopReason::Natural)], true);
    assert!(chunks(&stream).iter().all(|chunk| chunk["usage"].is_null()));
}

#[test]
fn tool_calls_are_numbered_among_themselves() {
    let events = [
        start(),
        open(
            0,
            BlockStart::Unknown {
                kind: "server_tool_use".to_owned(),
            },
        ),
        ChatEvent::Close { index: 0 },
        tool(1, "a"),
        tool(2, "b"),
        arguments(2, "{\"x\":"),
        arguments(1, ""),
        arguments(2, "1}"),
        ChatEvent::Close { index: 2 },
        ChatEvent::Close { index: 1 },
        finish(StopReason::ToolCalls),
    ];
    let (stream, losses) = write(&events, false);
    let calls: Vec<Value> = chunks(&stream)
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"].get("tool_calls").cloned())
        .collect();
    let first = |index: usize, id: &str| {
        json!([{ "index": index, "id": id, "type": "function",
                 "function": { "name": "f", "arguments": "" } }])
    };
    let more =
        |index: usize, text: &str| json!([{ "index": index, "function": { "arguments": text } }]);
    let expected = [
        first(0, "a"),
        first(1, "b"),
        more(1, "{\"x\":"),
        more(1, "1}"),
        more(0, "{}"),
    ];
    assert_eq!(calls, expected);
    assert!(losses.first_semantic().is_some(), "the server tool is gone");
}

#[test]
fn blocks_that_share_a_field_stay_apart_and_seals_are_recorded() {
    let seal = Opaque {
        owner: Dialect::AnthropicMessages,
        format: OpaqueFormat::Sealed,
        payload: "secret".to_owned(),
    };
    let citation = Citation {
        url: "https://example.org".to_owned(),
        title: None,
        quote: None,
        span: None,
    };
    let events = [
        start(),
        open(0, BlockStart::Reasoning),
        words(0, "hm"),
        ChatEvent::Delta {
            index: 0,
            delta: Delta::Seal(seal.clone()),
        },
        ChatEvent::Close { index: 0 },
        open(1, BlockStart::Text),
        words(1, "船"),
        ChatEvent::Close { index: 1 },
        open(2, BlockStart::Sealed(seal)),
        ChatEvent::Close { index: 2 },
        open(3, BlockStart::Text),
        words(3, "two"),
        ChatEvent::Delta {
            index: 3,
            delta: Delta::Citation(citation),
        },
        ChatEvent::Close { index: 3 },
        finish(StopReason::Natural),
    ];
    let (stream, losses) = write(&events, false);
    let back = answer(&stream);
    let [
        Answer::Reasoning { text: thought, .. },
        Answer::Text { text, citations },
    ] = &back.blocks[..]
    else {
        panic!("{:?}", back.blocks)
    };
    assert_eq!((thought.as_str(), text.as_str()), ("hm", "船\n\ntwo"));
    assert_eq!(
        citations[0].span,
        Some((3, 6)),
        "offsets count characters of the whole text"
    );
    assert!(!stream.contains("secret"));
    assert!(losses.iter().any(|loss| loss.path == "reasoning.signature"));
}

#[test]
fn a_refusal_says_why() {
    let mut end = Finish::because(StopReason::Refusal);
    end.explanation = Some("policy".to_owned());
    let (stream, _) = write(&[start(), ChatEvent::Finish(end)], false);
    let back = answer(&stream);
    assert_eq!(back.blocks, [Answer::Refusal("policy".to_owned())]);
    assert_eq!(back.finish.reason, StopReason::Refusal);
}

#[test]
fn a_stream_of_ten_megabytes_comes_back_whole() {
    let long = "船 and \\ \"quotes\" ".repeat(500_000);
    let whole = Transcript {
        id: None,
        model: None,
        blocks: vec![text(&long)],
        usage: Usage::default(),
        finish: Finish::because(StopReason::Natural),
    };
    let (stream, _) = write(&whole.into_events(), false);
    assert_eq!(answer(&stream).blocks, [text(&long)]);
}

#[test]
fn an_error_ends_the_stream_without_done() {
    let fault = Fault::truncated("the provider hung up");
    let bytes = OpenAiChat.encode_stream_fault(&fault, "r1");
    let stream = String::from_utf8(bytes).unwrap();
    assert!(stream.starts_with("data: {\"error\":{") && stream.ends_with("}\n\n"));
    assert!(!stream.contains("[DONE]"));
    let back = super::read(&[stream.as_bytes()], false).1.unwrap_err();
    assert_eq!(back.message, fault.message);
}
