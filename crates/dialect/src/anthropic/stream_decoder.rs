//! An upstream's stream of Messages events, read tolerantly.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::blocks::{Added, Begun, Blocks, Why};
use super::fault;
use super::read::Words;
use super::usage::Reported;
use super::wire::stop_reason;
use crate::chat::{ChatEvent, Finish, Usage};
use crate::frame::Frame;
use crate::{Fault, StreamDecoder};

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Words<'a>>,
    index: Option<u64>,
    #[serde(borrow)]
    message: Option<Opening<'a>>,
    #[serde(borrow)]
    content_block: Option<Begun<'a>>,
    #[serde(borrow)]
    delta: Option<Added<'a>>,
    usage: Option<Reported>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Opening<'a> {
    #[serde(borrow)]
    id: Option<Words<'a>>,
    #[serde(borrow)]
    model: Option<Words<'a>>,
    usage: Option<Reported>,
}

/// Reads one stream.
pub(super) struct Decoder {
    done_optional: bool,
    started: bool,
    done: bool,
    id: String,
    blocks: Blocks,
    usage: Usage,
    /// The reason for the end, once told.
    reason: Option<String>,
    sequence: Option<String>,
    explanation: Option<String>,
}

impl Decoder {
    pub(super) fn new(done_optional: bool) -> Self {
        Self {
            done_optional,
            started: false,
            done: false,
            id: String::new(),
            blocks: Blocks::default(),
            usage: Usage::default(),
            reason: None,
            sequence: None,
            explanation: None,
        }
    }

    fn start(&mut self, id: Option<String>, model: Option<String>, events: &mut Vec<ChatEvent>) {
        if !self.started {
            self.started = true;
            self.id = id.clone().unwrap_or_default();
            events.push(ChatEvent::Start { id, model });
        }
    }

    fn message_start(
        &mut self,
        message: Option<Opening<'_>>,
        events: &mut Vec<ChatEvent>,
    ) -> Result<(), Fault> {
        let owned = |words: Option<Words<'_>>| {
            words
                .map(|words| words.0.into_owned())
                .filter(|words| !words.is_empty())
        };
        let (id, model, usage) = match message {
            Some(message) => (owned(message.id), owned(message.model), message.usage),
            None => (None, None, None),
        };
        let again = self.started && self.blocks.opened > 0;
        let other = id.as_deref().is_some_and(|id| id != self.id);
        if again && (other || self.blocks.is_open()) {
            return Err(Fault::truncated(
                "the upstream began its answer a second time",
            ));
        }
        self.start(id, model, events);
        self.report(usage, events);
        Ok(())
    }

    fn report(&mut self, usage: Option<Reported>, events: &mut Vec<ChatEvent>) {
        let Some(reported) = usage else { return };
        let usage = reported.onto(&self.usage);
        if usage != self.usage {
            self.usage = usage;
            events.push(ChatEvent::Usage(usage));
        }
    }

    fn end(&mut self, events: &mut Vec<ChatEvent>) {
        self.blocks.end_all(events);
        let reason = stop_reason(self.reason.as_deref(), self.blocks.called);
        events.push(ChatEvent::Finish(Finish {
            reason,
            raw: self.reason.take(),
            sequence: self.sequence.take(),
            explanation: self.explanation.take(),
        }));
        self.done = true;
    }

    fn read(
        &mut self,
        kind: &str,
        event: Event<'_>,
        data: &[u8],
        events: &mut Vec<ChatEvent>,
    ) -> Result<(), Fault> {
        let wire = event.index.unwrap_or(0);
        match kind {
            "error" => return Err(fault::decode(200, data)),
            "message_start" => self.message_start(event.message, events)?,
            "content_block_start" => {
                if let Some(begun) = event.content_block {
                    self.start(None, None, events);
                    self.blocks.begin(wire, begun, &self.id, events)?;
                }
            }
            "content_block_delta" => {
                if let Some(added) = event.delta {
                    self.start(None, None, events);
                    self.blocks.add(wire, added, events)?;
                }
            }
            "content_block_stop" => self.blocks.end(wire, events),
            "message_delta" => {
                self.start(None, None, events);
                if let Some(delta) = event.delta {
                    let owned = |words: Option<Words<'_>>| words.map(|words| words.0.into_owned());
                    self.reason = owned(delta.stop_reason).or(self.reason.take());
                    self.sequence = owned(delta.stop_sequence).or(self.sequence.take());
                    let explanation = delta.stop_details.and_then(Why::words);
                    self.explanation = explanation.or(self.explanation.take());
                }
                self.report(event.usage, events);
            }
            "message_stop" if self.started => self.end(events),
            "message_stop" => {
                return Err(Fault::truncated(
                    "the upstream ended an answer that it never began",
                ));
            }
            _ if event.error.is_some_and(|error| error.get() != "null") => {
                return Err(fault::decode(200, data));
            }
            // Pings, and events that are newer than this program.
            _ => {}
        }
        Ok(())
    }
}

impl StreamDecoder for Decoder {
    fn push(&mut self, frame: Frame<'_>, events: &mut Vec<ChatEvent>) -> Result<(), Fault> {
        let data = frame.data.trim_ascii();
        if self.done || data.is_empty() || data == b"[DONE]" {
            return Ok(());
        }
        let event: Event<'_> = match serde_json::from_slice(data) {
            Ok(event) => event,
            // Whatever stands in an event that nobody knows is of no concern.
            Err(error) if error.is_data() && !is_known(&named(&frame, data)) => return Ok(()),
            Err(_) if frame.event == Some("error") => return Err(fault::decode(200, data)),
            Err(_) => {
                return Err(Fault::unreadable(
                    "the upstream sent an event that cannot be read",
                ));
            }
        };
        let kind: Cow<'_, str> = match (&event.kind, frame.event) {
            (Some(kind), _) => kind.0.clone(),
            (None, Some(name)) => Cow::Borrowed(name),
            (None, None) => Cow::Borrowed(""),
        };
        self.read(&kind, event, data, events)
    }

    fn finish(&mut self, events: &mut Vec<ChatEvent>) -> Result<(), Fault> {
        if self.done {
            return Ok(());
        }
        if self.done_optional && self.started && self.reason.is_some() {
            self.end(events);
            return Ok(());
        }
        Err(Fault::truncated(
            "the upstream's answer ended before it was complete",
        ))
    }
}

/// The kind of an event that could not be read as a whole.
fn named(frame: &Frame<'_>, data: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Typed {
        #[serde(rename = "type")]
        kind: String,
    }
    match serde_json::from_slice(data) {
        Ok(Typed { kind }) => kind,
        Err(_) => frame.event.unwrap_or_default().to_owned(),
    }
}

fn is_known(name: &str) -> bool {
    matches!(
        name,
        "message_start"
            | "content_block_start"
            | "content_block_delta"
            | "content_block_stop"
            | "message_delta"
            | "message_stop"
            | "error"
    )
}
