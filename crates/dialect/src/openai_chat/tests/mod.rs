//! Tests of the whole dialect, on fixtures of our own making.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod across;
mod answers;
mod emitted;
mod faults;
mod images;
mod lenient;
mod received;
mod refused;
mod repair;
mod roundtrip;
mod scanned;
mod sent;
mod sent_tools;
mod streams;

use crate::chat::{Answer, ChatEvent, Laws, Transcript};
use crate::frame::SseFramer;
use crate::openai_chat::OpenAiChat;
use crate::{AnswerContext, Codec, Fault};

/// The events of a stream that comes in these pieces; the laws are checked.
fn read(pieces: &[&[u8]], done_optional: bool) -> (Vec<ChatEvent>, Result<(), Fault>) {
    let mut decoder = OpenAiChat.stream_decoder(done_optional);
    let mut framer = SseFramer::default();
    let mut events = Vec::new();
    let mut result = Ok(());
    for piece in pieces {
        let mut on_frame = |frame: crate::frame::Frame<'_>| decoder.push(frame, &mut events);
        result = result.and_then(|()| framer.push(piece, &mut on_frame));
    }
    result = result.and_then(|()| framer.finish(&mut |frame| decoder.push(frame, &mut events)));
    result = result.and_then(|()| decoder.finish(&mut events));
    let mut laws = Laws::default();
    for event in &events {
        laws.check(event).unwrap();
    }
    if result.is_ok() {
        laws.finish().unwrap();
    }
    (events, result)
}

/// The answer of a stream that is complete.
fn answer(stream: &str) -> Transcript {
    let (events, result) = read(&[stream.as_bytes()], false);
    result.unwrap();
    Transcript::collect(events).unwrap()
}

fn text(text: &str) -> Answer {
    Answer::Text {
        text: text.to_owned(),
        citations: Vec::new(),
    }
}

fn call(id: &str, name: &str, arguments: &str) -> Answer {
    let (id, name, arguments) = (id.to_owned(), name.to_owned(), arguments.to_owned());
    Answer::ToolCall {
        id,
        name,
        arguments,
    }
}

fn context(include_usage: bool) -> AnswerContext {
    AnswerContext {
        id: "x1".to_owned(),
        model: "alias".to_owned(),
        created: 42,
        include_usage,
        input_estimate: None,
    }
}
