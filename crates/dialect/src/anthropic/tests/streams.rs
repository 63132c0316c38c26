//! Streams, read whole and cut at every byte, and written.

use std::fmt::Write as _;

use super::{Anthropic, context, decoded, encoded, fixture};
use crate::chat::{
    BlockStart, ChatEvent, Citation, Delta, Finish, Opaque, OpaqueFormat, StopReason, Transcript,
    Usage,
};
use crate::frame::SseFramer;
use crate::{Codec as _, Dialect, FaultKind, Scan};

/// The events of a fixture in one line, so that a table can hold them.
fn told(name: &str) -> String {
    let stream = fixture(&format!("{name}.sse"));
    let (events, result) = decoded(&[&stream], false);
    for cut in 0..=stream.len() {
        let again = decoded(&[&stream[..cut], &stream[cut..]], false);
        assert_eq!(
            again,
            (events.clone(), result.clone()),
            "{name} cut at {cut}"
        );
    }
    let bytes: Vec<&[u8]> = stream.chunks(1).collect();
    assert_eq!(
        decoded(&bytes, false),
        (events.clone(), result.clone()),
        "{name} byte by byte"
    );

    let mut line = String::new();
    let mut say = |words: String| write!(line, "{words} ").unwrap();
    for event in &events {
        match event {
            ChatEvent::Start { id, .. } => say(format!("({}", id.as_deref().unwrap_or("?"))),
            ChatEvent::Open { index, block } => say(match block {
                BlockStart::Text => format!("{index}:text["),
                BlockStart::Reasoning => format!("{index}:reasoning["),
                BlockStart::Refusal => format!("{index}:refusal["),
                BlockStart::Sealed(seal) => format!("{index}:sealed {}[", seal.payload),
                BlockStart::ToolCall { id, name } => format!("{index}:{name} {id}["),
                BlockStart::Unknown { kind } => format!("{index}:?{kind}["),
            }),
            ChatEvent::Delta { index, delta } => say(match delta {
                Delta::Text(text) => format!("{index}+{text:?}"),
                Delta::Arguments(text) => format!("{index}+{text}"),
                Delta::Seal(seal) => format!("{index}+seal {}", seal.payload),
                Delta::Citation(citation) => format!("{index}+cites {}", citation.url),
            }),
            ChatEvent::Close { index } => say(format!("]{index}")),
            ChatEvent::Usage(usage) => say(format!(
                "{}/{}",
                usage.input.unwrap_or_default(),
                usage.output.unwrap_or_default()
            )),
            ChatEvent::Finish(finish) => say(format!("){:?}", finish.reason)),
        }
    }
    if let Err(fault) = result {
        say(format!("!{:?}", fault.kind));
    }
    line.trim_end().to_owned()
}

#[test]
fn every_stream_is_read_alike_however_it_is_cut() {
    let table = [
        (
            "text",
            "(msg_up1 12/1 0:text[ 0+\"Good\" 0+\" day.\" ]0 12/9 )Natural",
        ),
        (
            "unicode",
            "(msg_up1 12/1 0:text[ 0+\"船 é\" 0+\"🚢\\u{200d}⚓\" ]0 12/9 )Natural",
        ),
        (
            "one_tool",
            "(msg_up1 12/1 0:text[ 0+\"I look.\" ]0 1:read_file toolu_a[ 1+{\"path\": \"a 1+.txt\", \"n\": 1.0} ]1 12/9 )ToolCalls",
        ),
        (
            "three_tools",
            "(msg_up1 12/1 0:f toolu_a[ 0+{\"a\":1} ]0 1:g toolu_b[ 1+{\"b\": 1+2} ]1 2:f toolu_c[ 2+{\"a\":3} ]2 12/9 )ToolCalls",
        ),
        (
            "interleaved_tools",
            "(msg_up1 12/1 0:f toolu_a[ 1:g toolu_b[ 1+{\"b\": 0+{\"a\": 1+2} 0+1} ]1 ]0 12/9 )ToolCalls",
        ),
        (
            "no_arguments",
            "(msg_up1 12/1 0:now toolu_a[ 0+{} ]0 12/9 )ToolCalls",
        ),
        (
            "input_at_start",
            "(msg_up1 12/1 0:f toolu_a[ 0+{\"a\":[1,2]} ]0 12/9 )ToolCalls",
        ),
        (
            "tool_without_id",
            "(msg_up1 12/1 0:f toolu_msg_up1_0[ 0+{} ]0 12/9 )ToolCalls",
        ),
        (
            "thinking",
            "(msg_up1 12/1 0:reasoning[ 0+\"Let me\" 0+\" see.\" 0+seal c2ln ]0 1:text[ 1+\"So.\" ]1 12/30 )Natural",
        ),
        (
            "thinking_omitted",
            "(msg_up1 12/1 0:reasoning[ 0+seal c2ln ]0 1:text[ 1+\"So.\" ]1 12/9 )Natural",
        ),
        (
            "redacted",
            "(msg_up1 12/1 0:sealed ZGF0YQ==[ ]0 1:text[ 1+\"So.\" ]1 12/9 )Natural",
        ),
        ("refusal", "(msg_up1 12/1 12/9 )Refusal"),
        (
            "length_in_text",
            "(msg_up1 12/1 0:text[ 0+\"and then\" ]0 12/9 )Length",
        ),
        (
            "length_in_arguments",
            "(msg_up1 12/1 0:write toolu_a[ 0+{\"text\":\"half ]0 12/9 )Length",
        ),
        (
            "stop_sequence",
            "(msg_up1 12/1 0:text[ 0+\"one two\" ]0 12/9 )StopSequence",
        ),
        (
            "cached_usage",
            "(msg_up1 148/1 0:text[ 0+\"x\" ]0 148/3 166/9 )Natural",
        ),
        (
            "web_search",
            "(msg_up1 12/1 0:?server_tool_use[ ]0 1:?web_search_tool_result[ ]1 2:text[ 2+cites https://example.org/a 2+\"Ships sail.\" ]2 12/9 )Natural",
        ),
        (
            "error_in_stream",
            "(msg_up1 12/1 0:text[ 0+\"Good\" !Overloaded",
        ),
        ("error_first", "!RateLimit"),
        (
            "ends_early",
            "(msg_up1 12/1 0:text[ 0+\"Good\" ]0 !Truncated",
        ),
        (
            "ends_after_reason",
            "(msg_up1 12/1 0:text[ 0+\"Good\" ]0 12/9 !Truncated",
        ),
        (
            "duplicate_start",
            "(msg_up1 12/1 0:text[ 0+\"Good\" ]0 12/9 )Natural",
        ),
        (
            "restart_in_block",
            "(msg_up1 12/1 0:text[ 0+\"Goo\" !Truncated",
        ),
        ("empty", "(msg_up1 12/1 )Natural"),
        (
            "unknown_things",
            "(msg_up1 12/1 0:?compaction[ ]0 1:?fallback[ ]1 2:text[ 2+\"Good\" ]2 )Natural",
        ),
        (
            "stop_before_start",
            "(msg_up1 12/1 0:text[ 0+\"Good\" ]0 12/9 )Natural",
        ),
        (
            "unclosed",
            "(msg_up1 12/1 0:text[ 0+\"Good\" 12/9 ]0 )Natural",
        ),
        ("start_left_out", "(? 0:text[ 0+\"Good\" 0/9 ]0 )Natural"),
        (
            "without_names",
            "(msg_up1 12/1 0:text[ 0+\"Good\" ]0 12/9 )Natural",
        ),
        (
            "done_marker",
            "(msg_up1 12/1 0:text[ 0+\"Good\" ]0 12/9 )Natural",
        ),
        (
            "natural_with_call",
            "(msg_up1 12/1 0:f toolu_a[ 0+{} ]0 12/9 )ToolCalls",
        ),
        (
            "novel_reason",
            "(msg_up1 12/1 0:text[ 0+\"x\" ]0 12/9 )Other",
        ),
        ("paused", "(msg_up1 12/1 0:text[ 0+\"x\" ]0 12/9 )Paused"),
        (
            "context_full",
            "(msg_up1 12/1 0:text[ 0+\"x\" ]0 12/9 )ContextFull",
        ),
        ("arguments_without_tool", "(msg_up1 12/1 !BadGateway"),
    ];
    for (name, expected) in table {
        assert_eq!(told(name), expected, "{name}");
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/anthropic");
    let streams = std::fs::read_dir(folder).unwrap().filter(|file| {
        file.as_ref()
            .unwrap()
            .path()
            .extension()
            .is_some_and(|e| e == "sse")
    });
    assert_eq!(
        streams.count(),
        table.len(),
        "a fixture is not in the table"
    );
}

#[test]
fn an_upstream_known_to_leave_out_the_stop_may_do_so() {
    let (events, result) = decoded(&[&fixture("ends_after_reason.sse")], true);
    assert_eq!(result, Ok(()));
    assert!(matches!(events.last(), Some(ChatEvent::Finish(_))));
    let (_, result) = decoded(&[&fixture("ends_early.sse")], true);
    assert_eq!(result.unwrap_err().kind, FaultKind::Truncated);
}

#[test]
fn a_refusal_tells_why() {
    let (events, _) = decoded(&[&fixture("refusal.sse")], false);
    let Some(ChatEvent::Finish(finish)) = events.last() else {
        panic!("no end")
    };
    assert_eq!(
        finish.explanation.as_deref(),
        Some("That is not done here.")
    );
    let (out, _) = encoded(&events);
    assert!(out.contains("\"stop_reason\":\"refusal\""), "{out}");
    assert!(
        out.contains("\"explanation\":\"That is not done here.\""),
        "{out}"
    );
}

/// Whatever is read can be written, and reads the same again.
#[test]
fn written_streams_read_as_they_were_meant() {
    let names = [
        "text",
        "unicode",
        "one_tool",
        "three_tools",
        "no_arguments",
        "thinking",
        "redacted",
        "thinking_omitted",
        "refusal",
        "length_in_arguments",
        "stop_sequence",
        "cached_usage",
        "empty",
        "paused",
        "context_full",
        "interleaved_tools",
    ];
    for name in names {
        let (events, _) = decoded(&[&fixture(&format!("{name}.sse"))], false);
        let (out, losses) = encoded(&events);
        assert!(losses.is_empty(), "{name}: {losses:?}");
        let (again, result) = decoded(&[out.as_bytes()], false);
        assert_eq!(result, Ok(()), "{name}");
        let fold = |events: Vec<ChatEvent>| {
            let mut transcript = Transcript::collect(events).unwrap();
            // Both are the writer's own; and what was not known up front is filled in.
            (transcript.id, transcript.model) = (None, None);
            transcript.usage.cache_read = transcript.usage.cache_read.filter(|n| *n > 0);
            transcript.usage.cache_write = transcript.usage.cache_write.filter(|n| *n > 0);
            transcript
        };
        assert_eq!(fold(again), fold(events), "{name}");
        one_block_at_a_time(&out);
    }
}

/// Names, dense indices, one open block at a time, one ping after the first block began.
fn one_block_at_a_time(out: &str) {
    let (mut open, mut next) = (None, 0);
    for event in out.split_terminator("\n\n") {
        let (name, data) = event.split_once('\n').unwrap();
        let name = name.strip_prefix("event: ").unwrap();
        let data: serde_json::Value =
            serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        assert_eq!(data["type"], name);
        match name {
            "content_block_start" => {
                assert_eq!(open, None, "{out}");
                assert_eq!(data["index"], next);
                open = Some(next);
                next += 1;
            }
            "content_block_delta" => assert_eq!(Some(data["index"].as_u64().unwrap()), open),
            "content_block_stop" => {
                assert_eq!(Some(data["index"].as_u64().unwrap()), open);
                open = None;
            }
            "message_start" => assert_eq!(next, 0),
            "message_delta" | "message_stop" => assert_eq!(open, None),
            "ping" => assert_eq!((open, next), (Some(0), 1)),
            name => panic!("{name}"),
        }
    }
    assert!(out.ends_with("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"));
}

fn open(index: usize, block: BlockStart) -> ChatEvent {
    ChatEvent::Open { index, block }
}

fn call(id: &str) -> BlockStart {
    BlockStart::ToolCall {
        id: id.to_owned(),
        name: "f".to_owned(),
    }
}

fn arguments(index: usize, more: &str) -> ChatEvent {
    ChatEvent::Delta {
        index,
        delta: Delta::Arguments(more.to_owned()),
    }
}

fn text(index: usize, more: &str) -> ChatEvent {
    ChatEvent::Delta {
        index,
        delta: Delta::Text(more.to_owned()),
    }
}

fn close(index: usize) -> ChatEvent {
    ChatEvent::Close { index }
}

fn begin() -> ChatEvent {
    ChatEvent::Start {
        id: None,
        model: None,
    }
}

#[test]
fn calls_that_come_interleaved_are_written_one_after_the_other() {
    let events = [
        begin(),
        open(0, call("call.1")),
        open(1, call("call_2")),
        open(2, BlockStart::Text),
        arguments(1, "{\"b\":"),
        arguments(0, "{\"a\":"),
        text(2, "after"),
        arguments(1, "2}"),
        close(1),
        arguments(0, "1}"),
        text(2, "wards"),
        close(0),
        text(2, "."),
        close(2),
        ChatEvent::Finish(Finish::because(StopReason::Natural)),
    ];
    let (out, losses) = encoded(&events);
    assert!(losses.is_empty());
    one_block_at_a_time(&out);
    let (again, _) = decoded(&[out.as_bytes()], false);
    let transcript = Transcript::collect(again).unwrap();
    let json = format!("{:?}", transcript.blocks);
    assert!(
        json.contains("{\\\"a\\\":1}") && json.contains("{\\\"b\\\":2}"),
        "{json}"
    );
    assert!(json.contains("afterwards."), "{json}");
    // A call's id is given back as the other dialect had it.
    assert!(out.contains("toolu_as64_"), "{out}");
    assert_eq!(transcript.finish.raw.as_deref(), Some("tool_use"));
}

#[test]
fn what_was_read_before_a_block_s_turn_is_not_lost_when_all_close_late() {
    let events = [
        begin(),
        open(0, BlockStart::Text),
        open(1, BlockStart::Text),
        text(1, "second"),
        close(1),
        text(0, "first"),
        close(0),
        ChatEvent::Finish(Finish::because(StopReason::Natural)),
    ];
    let (out, _) = encoded(&events);
    one_block_at_a_time(&out);
    assert!(out.find("first").unwrap() < out.find("second").unwrap());
}

#[test]
fn the_seal_is_the_last_delta_and_only_ones_own_is_written() {
    let seal = |owner| Opaque {
        owner,
        format: OpaqueFormat::Signature,
        payload: "c2ln".to_owned(),
    };
    let events = |owner| {
        [
            begin(),
            open(0, BlockStart::Reasoning),
            ChatEvent::Delta {
                index: 0,
                delta: Delta::Seal(seal(owner)),
            },
            text(0, "late"),
            close(0),
            open(1, BlockStart::Sealed(seal(owner))),
            close(1),
            ChatEvent::Finish(Finish::because(StopReason::Natural)),
        ]
    };
    let (out, losses) = encoded(&events(Dialect::AnthropicMessages));
    assert!(losses.is_empty());
    assert!(out.find("late").unwrap() < out.find("signature_delta").unwrap());
    assert!(out.contains("redacted_thinking"));
    let (out, losses) = encoded(&events(Dialect::Gemini));
    assert!(!out.contains("c2ln") && out.contains("late"), "{out}");
    assert_eq!(losses.header().as_deref(), Some("content.thinking=dropped"));
}

#[test]
fn refusals_are_words_and_a_reason_and_nothing_empty_is_written() {
    let events = [
        begin(),
        open(0, BlockStart::Text),
        close(0),
        open(1, BlockStart::Refusal),
        text(1, "No."),
        close(1),
        open(
            2,
            BlockStart::Unknown {
                kind: "x".to_owned(),
            },
        ),
        close(2),
        ChatEvent::Finish(Finish::because(StopReason::Natural)),
    ];
    let (out, losses) = encoded(&events);
    one_block_at_a_time(&out);
    assert_eq!(out.matches("content_block_start\n").count(), 1);
    assert!(out.contains("\"stop_reason\":\"refusal\""));
    assert_eq!(losses.header().as_deref(), Some("content=dropped"));
}

#[test]
fn the_start_has_an_estimate_and_the_end_what_is_known() {
    let usage = Usage {
        input: Some(100),
        cache_read: Some(60),
        output: Some(7),
        reasoning: Some(3),
        ..Usage::default()
    };
    let citation = Citation {
        url: "https://example.org".to_owned(),
        title: None,
        quote: Some("q".to_owned()),
        span: None,
    };
    let events = [
        begin(),
        open(0, BlockStart::Text),
        text(0, "a"),
        ChatEvent::Delta {
            index: 0,
            delta: Delta::Citation(citation),
        },
        close(0),
        ChatEvent::Usage(usage),
        ChatEvent::Finish(Finish::because(StopReason::Other)),
    ];
    let (out, losses) = encoded(&events);
    let expected = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\
        \"id\":\"msg_x7\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"asked-for\",\
        \"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\
        \"input_tokens\":11,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\
        \"output_tokens\":0}}}\n\n";
    assert!(out.starts_with(expected), "{out}");
    let expected = "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\
        \"stop_reason\":\"max_tokens\",\"stop_sequence\":null},\"usage\":{\"input_tokens\":40,\
        \"cache_read_input_tokens\":60,\"output_tokens\":7,\
        \"output_tokens_details\":{\"thinking_tokens\":3}}}\n\n";
    assert!(out.contains(expected), "{out}");
    assert!(
        out.contains("\"citations_delta\",\"citation\":{\"type\":\"web_search_result_location\"")
    );
    assert_eq!(losses.header().as_deref(), Some("stop_reason=approximated"));
}

fn scanned(stream: &[u8]) -> Scan {
    let mut framer = SseFramer::default();
    let mut scan = Scan::default();
    framer
        .push(stream, &mut |frame| {
            Anthropic.scan(frame, &mut scan);
            Ok::<(), crate::frame::FrameTooLong>(())
        })
        .unwrap();
    scan
}

#[test]
fn a_glance_tells_what_reading_tells() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/anthropic");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "sse") {
            continue;
        }
        let stream = std::fs::read_to_string(&path).unwrap();
        let (events, result) = decoded(&[stream.as_bytes()], false);
        let mut usage = Usage::default();
        for event in &events {
            if let ChatEvent::Usage(later) = event {
                usage.update(later);
            }
        }
        let broken =
            path.ends_with("restart_in_block.sse") || path.ends_with("arguments_without_tool.sse");
        if broken {
            continue;
        }
        let nameless: String = stream
            .split_inclusive('\n')
            .filter(|line| !line.starts_with("event:"))
            .collect();
        for stream in [stream.as_str(), nameless.as_str()] {
            let scan = scanned(stream.as_bytes());
            assert_eq!(scan.usage, usage, "{path:?}");
            assert_eq!(
                scan.ended,
                matches!(events.last(), Some(ChatEvent::Finish(_))),
                "{path:?}"
            );
            let kind = scan.fault.map(|fault| fault.kind);
            let expected = result
                .as_ref()
                .err()
                .map(|f| f.kind)
                .filter(|kind| *kind != FaultKind::Truncated);
            assert_eq!(kind, expected, "{path:?}");
            assert!(scan.started);
        }
    }
    let ping = scanned(b"event: ping\ndata: {\"type\":\"ping\"}\n\ndata: {\"index\":1}\n\n");
    assert_eq!(ping, Scan::default());
    let late = scanned(
        b"data: {\"delta\":{\"type\":\"x\"},\"index\":0, \"type\":\"content_block_delta\"}\n\n",
    );
    assert!(late.started && !late.finished);
    assert!(scanned(&fixture("ends_after_reason.sse")).finished);
}

#[test]
fn ten_megabytes_of_text_come_through() {
    let piece = "ship ".repeat(2000);
    let mut events = vec![begin(), open(0, BlockStart::Text)];
    events.extend((0..1000).map(|_| text(0, &piece)));
    events.extend([
        close(0),
        ChatEvent::Finish(Finish::because(StopReason::Length)),
    ]);
    let (out, _) = encoded(&events);
    assert!(out.len() > 10_000_000);
    let pieces: Vec<&[u8]> = out.as_bytes().chunks(4096).collect();
    let (again, result) = decoded(&pieces, false);
    assert_eq!(result, Ok(()));
    assert_eq!(again.len(), events.len() + 1);
}

#[test]
fn a_stream_s_fault_is_an_event_that_reads_as_that_fault() {
    let fault = crate::Fault::truncated("it broke off");
    let bytes = Anthropic.encode_stream_fault(&fault, "req_1");
    let (_, result) = decoded(&[&bytes], false);
    assert_eq!(result.unwrap_err().message, "it broke off");
    let mut ping = context();
    ping.id.clear();
    let (events, result) = decoded(&[Anthropic.keep_alive()], false);
    assert_eq!(
        (events.len(), result.unwrap_err().kind),
        (0, FaultKind::Truncated)
    );
}
