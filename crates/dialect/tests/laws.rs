//! Every fixture keeps the laws of events, and every answer that is written keeps its dialect's
//! grammar.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod common;

use std::collections::HashMap;

use common::grammar::{self, Said};
use common::{anthropic, context, corpus, events, openai, streams, translated, wholes};
use dialect::chat::{ChatEvent, Laws, Transcript};
use dialect::translate::{AnswerReader, StreamTranslator};
use dialect::{Codec, Dialect};
use serde_json::Value;

/// Streams whose model wrote arguments that are no JSON: they are passed on as they are.
const BROKEN_ARGUMENTS: [&str; 1] = ["anthropic_to_openai/tool_stream_broken_arguments"];

fn keep_the_laws(events: &[ChatEvent], complete: bool, name: &str) {
    let mut laws = Laws::default();
    for event in events {
        assert_eq!(laws.check(event), Ok(()), "{name}: {event:?}");
    }
    assert_eq!(laws.finish().is_ok(), complete, "{name}");
}

/// Checks a stream that a client gets.
fn said(client: &dyn Codec, out: &[u8], complete: bool, usage: bool) -> Result<Said, String> {
    match client.dialect() {
        Dialect::OpenAiChat => grammar::openai(out, complete, usage),
        Dialect::AnthropicMessages => grammar::anthropic(out, complete),
        other => panic!("no grammar of {other}"),
    }
}

#[test]
fn every_stream_keeps_the_laws() {
    for stream in streams() {
        let (events, result) = events(stream.codec, stream.done_optional, &[&stream.bytes]);
        keep_the_laws(&events, result.is_ok(), &stream.name);
    }
}

#[test]
fn every_whole_answer_keeps_the_laws() {
    for (name, codec, body) in wholes() {
        if let Ok(events) = codec.decode_answer(&body) {
            keep_the_laws(&events, true, &name);
            let transcript = Transcript::collect(events).unwrap();
            keep_the_laws(&transcript.into_events(), true, &name);
        }
    }
}

#[test]
fn every_stream_is_written_in_the_client_s_grammar() {
    for stream in streams() {
        for client in [openai(), anthropic()] {
            for usage in [false, true] {
                let reader = AnswerReader::new(stream.codec, HashMap::new(), stream.done_optional);
                let (mut out, result, translator) =
                    translated(reader, client, context(usage), &[&stream.bytes]);
                let place = format!("{} to {}", stream.name, client.dialect());
                if let Err(fault) = &result {
                    out.extend(client.encode_stream_fault(fault, "req_1"));
                }
                let said = said(client, &out, result.is_ok(), usage).unwrap_or_else(|error| {
                    panic!("{place}: {error}\n{}", String::from_utf8_lossy(&out))
                });
                if result.is_ok() && !BROKEN_ARGUMENTS.contains(&stream.name.as_str()) {
                    said.calls_are_whole()
                        .unwrap_or_else(|error| panic!("{place}: {error}"));
                }
                if let (Some(output), Some(count)) = (translator.usage().output, said.output) {
                    assert_eq!(output, count, "{place}");
                }
            }
        }
    }
}

#[test]
fn a_stream_and_a_whole_answer_say_the_same() {
    for stream in streams() {
        let (events, result) = events(stream.codec, stream.done_optional, &[&stream.bytes]);
        if result.is_err() {
            continue;
        }
        let transcript = Transcript::collect(events).unwrap();
        for client in [openai(), anthropic()] {
            let place = format!("{} to {}", stream.name, client.dialect());
            let mut losses = dialect::Losses::default();
            let whole = client.encode_answer(&transcript, &context(true), &mut losses);
            let Ok(whole) = whole else {
                assert!(BROKEN_ARGUMENTS.contains(&stream.name.as_str()), "{place}");
                continue;
            };
            // What the client reads of the whole answer, told as a stream, and the stream.
            let reader = AnswerReader::new(client, HashMap::new(), false);
            let mut translator = StreamTranslator::new(reader, client, context(true));
            let mut out = Vec::new();
            translator.whole(&whole, &mut out).unwrap();
            let from_whole = said(client, &out, true, true).unwrap();
            let reader = AnswerReader::new(stream.codec, HashMap::new(), stream.done_optional);
            let (out, ..) = translated(reader, client, context(true), &[&stream.bytes]);
            let from_stream = said(client, &out, true, true).unwrap();
            assert_eq!(from_whole.text, from_stream.text, "{place}");
            assert_eq!(from_whole.reasoning, from_stream.reasoning, "{place}");
            assert_eq!(from_whole.refusal, from_stream.refusal, "{place}");
            assert_eq!(from_whole.signatures, from_stream.signatures, "{place}");
            assert_eq!(from_whole.stop, from_stream.stop, "{place}");
            let calls = |said: &Said| -> Vec<(String, Option<Value>)> {
                let whole = said.calls_are_whole().is_ok() && said.stop.starts_with("tool");
                let read = |text: &str| serde_json::from_str(text).ok().filter(|_| whole);
                said.tools
                    .iter()
                    .map(|tool| (tool.name.clone(), read(&tool.arguments)))
                    .collect()
            };
            assert_eq!(calls(&from_whole), calls(&from_stream), "{place}");
        }
    }
}

#[test]
fn an_upstream_that_would_not_stream_is_told_as_a_stream() {
    for case in corpus() {
        let Some(body) = &case.whole else { continue };
        let mut translator = StreamTranslator::new(case.reader(), case.client, context(true));
        let mut out = Vec::new();
        if translator.whole(body, &mut out).is_ok() {
            said(case.client, &out, true, true)
                .unwrap_or_else(|error| panic!("{}: {error}", case.name));
            assert!(translator.end().is_some());
        } else {
            assert!(out.is_empty(), "{}", case.name);
        }
    }
}

#[test]
fn a_forwarded_stream_is_understood_like_a_read_one() {
    for stream in streams() {
        let (events, result) = events(stream.codec, stream.done_optional, &[&stream.bytes]);
        let mut scan = dialect::Scan::default();
        let mut framer = dialect::frame::SseFramer::default();
        let mut look = |frame: dialect::frame::Frame<'_>| {
            if scan.fault.is_none() && !scan.ended {
                stream.codec.scan(frame, &mut scan);
            }
            Ok::<(), dialect::frame::FrameTooLong>(())
        };
        framer.push(&stream.bytes, &mut look).unwrap();
        framer.finish(&mut look).unwrap();
        if result.is_ok() {
            assert_eq!(scan.fault, None, "{}", stream.name);
            assert!(
                scan.started && (scan.ended || stream.done_optional),
                "{}",
                stream.name
            );
            let usage = Transcript::collect(events).unwrap().usage;
            assert_eq!(scan.usage, usage, "{}", stream.name);
        } else {
            let broken = scan.fault.is_some() || !scan.ended || !scan.finished;
            let told_by_order = [
                "restart_in_block",
                "error_as_finish",
                "arguments_without_tool",
            ];
            let known = told_by_order.iter().any(|name| stream.name.contains(name));
            assert!(
                broken || known,
                "{} looks whole: {scan:?} {result:?}",
                stream.name
            );
        }
    }
}

/// The checkers themselves can tell right from wrong.
#[test]
fn the_checkers_find_what_is_wrong() {
    let good = anthropic_sample();
    assert!(grammar::anthropic(good.as_bytes(), true).is_ok());
    for (from, to) in [
        ("event: message_start\n", ""),
        ("event: content_block_stop", "event: ping"),
        ("\"index\":1", "\"index\":2"),
        (
            "\"signature\":\"c2lnbmF0dXJl\"}}\n\n",
            "\"signature\":\"c2lnbmF0dXJl\"}}\n\nevent: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"x\"}}\n\n",
        ),
        ("\"stop_reason\":\"end_turn\"", "\"stop_reason\":\"stop\""),
        (
            "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
            "",
        ),
        ("text_delta", "thinking_delta"),
        ("\"id\":\"msg_", "\"id\":\"x_"),
    ] {
        assert!(good.contains(from), "{from}");
        let bad = good.replacen(from, to, 1);
        assert!(
            grammar::anthropic(bad.as_bytes(), true).is_err(),
            "{from} -> {to}"
        );
    }
    let good = openai_sample();
    assert!(grammar::openai(good.as_bytes(), true, true).is_ok());
    for (from, to) in [
        ("data: [DONE]\n\n", ""),
        ("data: [DONE]\n\n", "data: [DONE]\n\ndata: [DONE]\n\n"),
        ("\"role\":\"assistant\",", ""),
        (
            "\"index\":0,\"id\":\"call_a\"",
            "\"index\":1,\"id\":\"call_a\"",
        ),
        (
            "\"finish_reason\":\"tool_calls\"",
            "\"finish_reason\":\"end_turn\"",
        ),
        ("\"finish_reason\":\"tool_calls\"", "\"finish_reason\":null"),
        ("data: {", "event: x\ndata: {"),
        ("\"total_tokens\":21", "\"total_tokens\":22"),
        ("\"created\":1763700001", "\"created\":1763700002"),
    ] {
        assert!(good.contains(from), "{from}");
        let bad = good.replacen(from, to, 1);
        assert!(
            grammar::openai(bad.as_bytes(), true, true).is_err(),
            "{from} -> {to}"
        );
    }
}

fn sample(client: &'static dyn Codec, name: &str) -> String {
    let case = corpus()
        .into_iter()
        .find(|case| case.name == name)
        .expect("the case exists");
    let stream = case.stream.clone().expect("it has a stream");
    let (out, ..) = translated(case.reader(), client, context(true), &[&stream]);
    String::from_utf8(out).unwrap()
}

fn anthropic_sample() -> String {
    sample(anthropic(), "openai_to_anthropic/thinking_signature")
}

fn openai_sample() -> String {
    sample(openai(), "anthropic_to_openai/three_tools_interleaved")
}
