//! A stream means the same in whatever pieces it comes, and a long one is read in bounded time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod common;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use common::{Recorded, anthropic, context, events, openai, streams, translated};
use dialect::translate::AnswerReader;
use dialect::{Codec, Dialect};

fn reader(recorded: &Recorded) -> AnswerReader {
    AnswerReader::new(recorded.codec, HashMap::new(), recorded.done_optional)
}

fn clients() -> [&'static dyn Codec; 2] {
    [openai(), anthropic()]
}

#[test]
fn every_cut_gives_the_same_events() {
    let recorded = streams();
    assert!(recorded.len() > 150, "{}", recorded.len());
    for stream in recorded {
        let bytes = stream.bytes.as_slice();
        let whole = events(stream.codec, stream.done_optional, &[bytes]);
        for cut in 0..=bytes.len() {
            let pieces = [&bytes[..cut], &bytes[cut..]];
            let cut_up = events(stream.codec, stream.done_optional, &pieces);
            assert_eq!(cut_up, whole, "{} cut at byte {cut}", stream.name);
        }
    }
}

#[test]
fn every_cut_gives_the_same_bytes() {
    for stream in streams() {
        let bytes = stream.bytes.as_slice();
        // The other dialect; the stream's own one is written byte by byte below.
        let client = if stream.codec.dialect() == Dialect::OpenAiChat {
            anthropic()
        } else {
            openai()
        };
        let (whole, result, translator) =
            translated(reader(&stream), client, context(true), &[bytes]);
        for cut in 0..=bytes.len() {
            let pieces = [&bytes[..cut], &bytes[cut..]];
            let (out, cut_result, cut_translator) =
                translated(reader(&stream), client, context(true), &pieces);
            let same = (out, cut_result) == (whole.clone(), result.clone())
                && cut_translator.usage() == translator.usage()
                && cut_translator.end() == translator.end()
                && cut_translator.losses() == translator.losses();
            assert!(same, "{} to {} cut at {cut}", stream.name, client.dialect());
        }
    }
}

#[test]
fn byte_by_byte_gives_the_same() {
    for stream in streams() {
        let whole = events(stream.codec, stream.done_optional, &[&stream.bytes]);
        let single: Vec<&[u8]> = stream.bytes.chunks(1).collect();
        assert_eq!(
            events(stream.codec, stream.done_optional, &single),
            whole,
            "{}",
            stream.name
        );
        for client in clients() {
            let (whole, result, _) =
                translated(reader(&stream), client, context(false), &[&stream.bytes]);
            let (out, single_result, _) =
                translated(reader(&stream), client, context(false), &single);
            assert_eq!((out, single_result), (whole, result), "{}", stream.name);
        }
    }
}

/// A chat stream whose text is `pieces` times `text`, its JSON string.
fn chat_stream(text: &str, pieces: usize) -> Vec<u8> {
    let chunk =
        format!("data: {{\"id\":\"x\",\"choices\":[{{\"delta\":{{\"content\":{text}}}}}]}}\n\n");
    let mut stream = chunk.repeat(pieces).into_bytes();
    stream.extend_from_slice(
        b"data: {\"id\":\"x\",\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
    );
    stream
}

fn messages_stream(text: &str, pieces: usize) -> Vec<u8> {
    let mut stream = b"data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\"}}\n\ndata: {\"type\":\
        \"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
        .to_vec();
    let chunk = format!(
        "data: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{\"type\":\"text_delta\",\"text\":{text}}}}}\n\n"
    );
    stream.extend(chunk.repeat(pieces).into_bytes());
    stream.extend_from_slice(
        b"data: {\"type\":\"content_block_stop\",\"index\":0}\n\ndata: {\"type\":\"message_delta\",\
        \"delta\":{\"stop_reason\":\"end_turn\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n",
    );
    stream
}

/// Debug builds take some 60 times as long as the aim of 1 µs an event; quadratic time would take
/// minutes.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn ten_megabytes_of_text_pass_in_bounded_time() {
    let words = serde_json::Value::from("船 \"\\ ".repeat(9)).to_string();
    let long = serde_json::Value::from("x".repeat(10 * 1024 * 1024)).to_string();
    let many = 10 * 1024 * 1024 / 72;
    for (from, to, streams) in [
        (
            openai(),
            anthropic(),
            [chat_stream(&words, many), chat_stream(&long, 1)],
        ),
        (
            anthropic(),
            openai(),
            [messages_stream(&words, many), messages_stream(&long, 1)],
        ),
    ] {
        for stream in streams {
            let begin = Instant::now();
            // As they come from the network, and not at the ends of events.
            let pieces: Vec<&[u8]> = stream.chunks(1447).collect();
            let reader = AnswerReader::new(from, HashMap::new(), false);
            let (out, result, _) = translated(reader, to, context(false), &pieces);
            assert_eq!(result, Ok(()));
            assert!(out.len() > 10 * 1024 * 1024);
            assert!(begin.elapsed() < PATIENCE, "took {:?}", begin.elapsed());
        }
    }
}

#[test]
fn many_calls_pass_in_bounded_time() {
    let mut stream = Vec::new();
    for index in 0..8000 {
        let call = format!(
            "data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{{\"index\":{index},\"id\":\"c{index}\",\
             \"function\":{{\"name\":\"f\",\"arguments\":\"{{}}\"}}}}]}}}}]}}\n\n"
        );
        stream.extend(call.into_bytes());
    }
    stream.extend_from_slice(
        b"data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n",
    );
    for client in clients() {
        let begin = Instant::now();
        let reader = AnswerReader::new(openai(), HashMap::new(), false);
        let (_, result, _) = translated(reader, client, context(false), &[&stream]);
        assert_eq!(result, Ok(()));
        assert!(begin.elapsed() < PATIENCE, "took {:?}", begin.elapsed());
    }
}
