//! The codec as a whole: fixtures, round trips and what peers got wrong.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod answers;
mod images;
mod requests;
mod round_trip;
mod sent_requests;
mod sent_turns;
mod streams;

use serde_json::Value;

use super::Anthropic;
use crate::chat::{ChatEvent, ChatRequest, Laws};
use crate::frame::SseFramer;
use crate::{AnswerContext, Codec as _, Fault, Losses, Target};

fn fixture(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/anthropic/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

/// Reads a stream that comes in these pieces, up to its end or its fault.
fn decoded(pieces: &[&[u8]], done_optional: bool) -> (Vec<ChatEvent>, Result<(), Fault>) {
    let mut framer = SseFramer::default();
    let mut decoder = Anthropic.stream_decoder(done_optional);
    let mut events = Vec::new();
    let mut result = Ok(());
    for piece in pieces {
        if result.is_ok() {
            result = framer.push(piece, &mut |frame| decoder.push(frame, &mut events));
        }
    }
    if result.is_ok() {
        result = framer.finish(&mut |frame| decoder.push(frame, &mut events));
    }
    if result.is_ok() {
        result = decoder.finish(&mut events);
    }
    let mut laws = Laws::default();
    for event in &events {
        assert_eq!(laws.check(event), Ok(()), "{events:?}");
    }
    if result.is_ok() {
        assert_eq!(laws.finish(), Ok(()));
    }
    (events, result)
}

fn context() -> AnswerContext {
    AnswerContext {
        id: "x7".to_owned(),
        model: "asked-for".to_owned(),
        created: 1_700_000_000,
        include_usage: false,
        input_estimate: Some(11),
    }
}

fn encoded(events: &[ChatEvent]) -> (String, Losses) {
    let mut encoder = Anthropic.stream_encoder(context());
    let (mut losses, mut out) = (Losses::default(), Vec::new());
    for event in events {
        encoder.push(event, &mut losses, &mut out);
    }
    (String::from_utf8(out).unwrap(), losses)
}

fn request_from(json: &str) -> Result<(ChatRequest, Losses), Fault> {
    let mut losses = Losses::default();
    let request = Anthropic.decode_request(json.as_bytes(), &mut losses)?;
    Ok((request, losses))
}

/// What is sent upstream, and the header that tells what was lost.
fn sent(request: &ChatRequest, target: &Target) -> Result<(Value, String), Fault> {
    let mut losses = Losses::default();
    let encoded = Anthropic.encode_request(request, target, &mut losses)?;
    let body = serde_json::from_slice(&encoded.body).unwrap();
    Ok((body, losses.header().unwrap_or_default()))
}
