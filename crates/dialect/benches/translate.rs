//! How long the data plane's own work takes, in nanoseconds: `cargo bench -p dialect`.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a program for people, not part of the product"
)]

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Instant;

use bytes::Bytes;
use dialect::frame::{Frame, FrameTooLong, SseFramer};
use dialect::peek::{Limits, Peek};
use dialect::translate::{AnswerReader, StreamTranslator};
use dialect::{AnswerContext, Codec, Dialect, Losses, Scan, Target, codec};

/// How many events a measured stream has.
const EVENTS: usize = 20_000;
/// How often each is measured; the best counts, as everything else is other programs' doing.
const ROUNDS: usize = 15;

fn of(dialect: Dialect) -> &'static dyn Codec {
    codec(dialect).expect("both dialects have a codec")
}

/// The least time of one round, in nanoseconds for each of `units`.
fn best(units: usize, mut round: impl FnMut()) -> f64 {
    let nanoseconds = (0..ROUNDS).map(|_| {
        let begin = Instant::now();
        round();
        begin.elapsed().as_nanos()
    });
    nanoseconds.min().unwrap_or(0) as f64 / units as f64
}

/// A chunk as OpenAI writes it, 314 bytes with the empty line.
fn chunk() -> String {
    let head = "data: {\"id\":\"chatcmpl-BxQmZ7dTq3vN1kEwYh5RjLc8Uo2Fs\",\"object\":\"chat.completion.chunk\",\
        \"created\":1763700000,\"model\":\"gpt-5.5-2026-10-01\",\"service_tier\":\"default\",\
        \"system_fingerprint\":\"fp_9b0a3c2d1e\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" ship\"},\
        \"logprobs\":null,\"finish_reason\":null}]";
    let tail = "}\n\n";
    let padding = 314 - head.len() - tail.len() - ",\"obfuscation\":\"\"".len();
    format!("{head},\"obfuscation\":\"{}\"{tail}", "x".repeat(padding))
}

fn chat_stream() -> Vec<u8> {
    let mut stream = chunk().repeat(EVENTS);
    stream.push_str("data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
    stream.push_str("data: [DONE]\n\n");
    stream.into_bytes()
}

fn messages_stream() -> Vec<u8> {
    let event =
        |name: &str, rest: &str| format!("event: {name}\ndata: {{\"type\":\"{name}\"{rest}}}\n\n");
    let delta = ",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\" ship\"}";
    let mut stream = event(
        "message_start",
        ",\"message\":{\"id\":\"msg_1\",\"usage\":{\"input_tokens\":9}}",
    );
    stream += &event(
        "content_block_start",
        ",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}",
    );
    stream += &event("content_block_delta", delta).repeat(EVENTS);
    stream += &event("content_block_stop", ",\"index\":0");
    stream += &event(
        "message_delta",
        ",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":9}",
    );
    stream += &event("message_stop", "");
    stream.into_bytes()
}

fn context() -> AnswerContext {
    AnswerContext {
        id: "0123456789abcdef".to_owned(),
        model: "claude-opus-4-8".to_owned(),
        created: 1_763_700_001,
        include_usage: true,
        input_estimate: Some(42),
    }
}

fn scan(codec: &dyn Codec, stream: &[u8]) -> f64 {
    best(EVENTS, || {
        let mut framer = SseFramer::default();
        let mut scan = Scan::default();
        let mut look = |frame: Frame<'_>| {
            codec.scan(frame, &mut scan);
            Ok::<(), FrameTooLong>(())
        };
        for piece in stream.chunks(8 * 1024) {
            framer.push(piece, &mut look).expect("events are short");
        }
        assert!(black_box(&scan).ended);
    })
}

fn translate(from: &'static dyn Codec, to: &'static dyn Codec, stream: &[u8]) -> f64 {
    let mut out = Vec::new();
    best(EVENTS, || {
        let reader = AnswerReader::new(from, HashMap::new(), false);
        let mut translator = StreamTranslator::new(reader, to, context());
        for piece in stream.chunks(8 * 1024) {
            out.clear();
            translator
                .push(piece, &mut out)
                .expect("the stream is whole");
        }
        assert!(translator.end().is_some());
        black_box(&out);
    })
}

/// A conversation of 222 kB, its model at the end as some clients write it.
fn request() -> Bytes {
    let message = |number: usize| {
        let role = if number.is_multiple_of(2) {
            "user"
        } else {
            "assistant"
        };
        format!(
            "{{\"role\":\"{role}\",\"content\":\"{}\"}}",
            "Some \\\"words\\\" of text.\\n".repeat(80)
        )
    };
    let mut body = "{\"messages\":[".to_owned();
    for number in 0.. {
        body.push_str(&message(number));
        if body.len() > 220_000 {
            break;
        }
        body.push(',');
    }
    body.push_str("],\"max_tokens\":1024,\"stream\":true,\"model\":\"a-model\"}");
    Bytes::from(body)
}

fn main() {
    let (openai, anthropic) = (of(Dialect::OpenAiChat), of(Dialect::AnthropicMessages));
    let (chat, messages) = (chat_stream(), messages_stream());
    println!(
        "scan of a {}-byte OpenAI chunk    {:8.0} ns",
        chunk().len(),
        scan(openai, &chat)
    );
    println!(
        "scan of an Anthropic event        {:8.0} ns",
        scan(anthropic, &messages)
    );
    println!(
        "OpenAI -> Anthropic, each event   {:8.0} ns",
        translate(openai, anthropic, &chat)
    );
    println!(
        "Anthropic -> OpenAI, each event   {:8.0} ns",
        translate(anthropic, openai, &messages)
    );

    let body = request();
    let kilobytes = body.len() / 1000;
    let peek = best(1, || {
        let peek = Peek::at(&body, Limits::default()).expect("the body is JSON");
        black_box(peek.splice(&body, "another-model"));
    });
    println!("peek and splice, {kilobytes} kB           {peek:8.0} ns");
    for (from, to) in [(openai, anthropic), (anthropic, openai)] {
        let time = best(1, || {
            let mut losses = Losses::default();
            let request = from.decode_request(&body, &mut losses).expect("a request");
            let sent = to.encode_request(&request, &Target::named("m"), &mut losses);
            black_box(sent.expect("it can be said"));
        });
        println!(
            "request for {:18} {kilobytes} kB {time:8.0} ns",
            to.dialect().to_string()
        );
    }
}
