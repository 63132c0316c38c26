//! An upstream's stream of Messages events, read tolerantly.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::fault;
use super::read::Words;
use super::wire::{Cites, Reported, stop_reason};
use crate::chat::{BlockStart, ChatEvent, Delta, Finish, Opaque, OpaqueFormat, Usage};
use crate::frame::Frame;
use crate::{Dialect, Fault, StreamDecoder};

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

/// A block as it begins; also a block of a whole answer, which has the same fields.
#[derive(Deserialize)]
pub(super) struct Begun<'a> {
    #[serde(rename = "type", borrow)]
    kind: Words<'a>,
    #[serde(borrow)]
    text: Option<Words<'a>>,
    #[serde(borrow)]
    thinking: Option<Words<'a>>,
    #[serde(borrow)]
    signature: Option<Words<'a>>,
    #[serde(borrow)]
    data: Option<Words<'a>>,
    #[serde(borrow)]
    id: Option<Words<'a>>,
    #[serde(borrow)]
    name: Option<Words<'a>>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow)]
    citations: Option<Vec<Cites<'a>>>,
}

#[derive(Deserialize)]
struct Added<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Words<'a>>,
    #[serde(borrow)]
    text: Option<Words<'a>>,
    #[serde(borrow)]
    partial_json: Option<Words<'a>>,
    #[serde(borrow)]
    thinking: Option<Words<'a>>,
    #[serde(borrow)]
    signature: Option<Words<'a>>,
    #[serde(borrow)]
    citation: Option<Cites<'a>>,
    #[serde(borrow)]
    stop_reason: Option<Words<'a>>,
    #[serde(borrow)]
    stop_sequence: Option<Words<'a>>,
    #[serde(borrow)]
    stop_details: Option<Why<'a>>,
}

/// `stop_details` of a refusal.
#[derive(Deserialize)]
pub(super) struct Why<'a> {
    #[serde(borrow)]
    category: Option<Words<'a>>,
    #[serde(borrow)]
    explanation: Option<Words<'a>>,
}

impl Why<'_> {
    /// The reason in words, else by its category.
    pub(super) fn words(self) -> Option<String> {
        self.explanation.or(self.category).map(|words| words.0.into_owned())
    }
}

/// What a block that is still open is.
enum Kind {
    Text,
    Reasoning { signature: String },
    Tool { input: Option<String>, has_arguments: bool },
    Other,
}

struct Open {
    wire: u64,
    index: usize,
    kind: Kind,
}

/// Turns blocks, whole or in pieces, into events.
#[derive(Default)]
pub(super) struct Blocks {
    opened: usize,
    open: Vec<Open>,
    /// Whether a call of a tool is among the blocks.
    pub(super) called: bool,
}

impl Blocks {
    /// Begins a block, with what it already holds. `answer` makes an id for a call without one.
    pub(super) fn begin(
        &mut self,
        wire: u64,
        begun: Begun<'_>,
        answer: &str,
        events: &mut Vec<ChatEvent>,
    ) -> Result<(), Fault> {
        self.end(wire, events);
        let index = self.opened;
        let mut deltas: Vec<Delta> = Vec::new();
        let words = |words: Option<Words<'_>>| words.unwrap_or_default().0.into_owned();
        let (block, kind) = match begun.kind.as_str() {
            "text" => {
                deltas.push(Delta::Text(words(begun.text)));
                let cites = begun.citations.into_iter().flatten();
                deltas.extend(cites.filter_map(Cites::citation).map(Delta::Citation));
                (BlockStart::Text, Kind::Text)
            }
            "thinking" => {
                deltas.push(Delta::Text(words(begun.thinking)));
                (BlockStart::Reasoning, Kind::Reasoning { signature: words(begun.signature) })
            }
            "redacted_thinking" => {
                let seal = opaque(OpaqueFormat::Sealed, words(begun.data));
                (BlockStart::Sealed(seal), Kind::Other)
            }
            "tool_use" => {
                self.called = true;
                let name = words(begun.name);
                if name.is_empty() {
                    return Err(Fault::unreadable("the upstream calls a tool without a name"));
                }
                let mut id = words(begun.id);
                if id.is_empty() {
                    id = format!("toolu_{answer}_{index}");
                }
                let input = begun.input.map(RawValue::get).filter(|input| !is_empty(input));
                let input = input.map(str::to_owned);
                (BlockStart::ToolCall { id, name }, Kind::Tool { input, has_arguments: false })
            }
            kind => (BlockStart::Unknown { kind: kind.to_owned() }, Kind::Other),
        };
        self.opened += 1;
        events.push(ChatEvent::Open { index, block });
        self.open.push(Open { wire, index, kind });
        for delta in deltas {
            if !matches!(&delta, Delta::Text(text) if text.is_empty()) {
                events.push(ChatEvent::Delta { index, delta });
            }
        }
        Ok(())
    }

    /// Adds to a block. Text for a block that was never begun begins it: some proxies leave that
    /// event out.
    fn add(
        &mut self,
        wire: u64,
        added: Added<'_>,
        events: &mut Vec<ChatEvent>,
    ) -> Result<(), Fault> {
        let place = match self.open.iter().position(|open| open.wire == wire) {
            Some(place) => place,
            None => {
                let implied = match &added.kind {
                    Some(kind) if kind.as_str() == "text_delta" => (BlockStart::Text, Kind::Text),
                    Some(kind) if kind.as_str() == "thinking_delta" => {
                        (BlockStart::Reasoning, Kind::Reasoning { signature: String::new() })
                    }
                    Some(kind) if kind.as_str() == "input_json_delta" => {
                        let words = "the upstream sends arguments of a tool that it did not name";
                        return Err(Fault::unreadable(words));
                    }
                    Some(_) | None => return Ok(()),
                };
                let index = self.opened;
                self.opened += 1;
                events.push(ChatEvent::Open { index, block: implied.0 });
                self.open.push(Open { wire, index, kind: implied.1 });
                self.open.len() - 1
            }
        };
        let open = &mut self.open[place];
        let owned = |words: Option<Words<'_>>| {
            words.map(|words| words.0.into_owned()).filter(|words| !words.is_empty())
        };
        let delta = match (&mut open.kind, added.kind.as_ref().map(Words::as_str)) {
            (Kind::Text, Some("text_delta")) => owned(added.text).map(Delta::Text),
            (Kind::Text, Some("citations_delta")) => {
                added.citation.and_then(Cites::citation).map(Delta::Citation)
            }
            (Kind::Reasoning { .. }, Some("thinking_delta")) => {
                owned(added.thinking).map(Delta::Text)
            }
            (Kind::Reasoning { signature }, Some("signature_delta")) => {
                signature.push_str(&owned(added.signature).unwrap_or_default());
                None
            }
            (Kind::Tool { has_arguments, .. }, Some("input_json_delta")) => {
                let more = owned(added.partial_json);
                *has_arguments |= more.is_some();
                more.map(Delta::Arguments)
            }
            (
                Kind::Text | Kind::Reasoning { .. } | Kind::Tool { .. },
                Some("text_delta" | "thinking_delta" | "input_json_delta"),
            ) => return Err(Fault::unreadable("the upstream mixes up the blocks of its answer")),
            // Parts of blocks that only this dialect has, and kinds of delta yet unknown.
            _ => None,
        };
        events.extend(delta.map(|delta| ChatEvent::Delta { index: open.index, delta }));
        Ok(())
    }

    /// Ends a block, if it is open.
    pub(super) fn end(&mut self, wire: u64, events: &mut Vec<ChatEvent>) {
        if let Some(place) = self.open.iter().position(|open| open.wire == wire) {
            let open = self.open.remove(place);
            close(open, events);
        }
    }

    /// Ends all blocks.
    pub(super) fn end_all(&mut self, events: &mut Vec<ChatEvent>) {
        for open in self.open.drain(..) {
            close(open, events);
        }
    }
}

fn is_empty(input: &str) -> bool {
    input == "null" || input.strip_prefix('{').is_some_and(|rest| rest.trim() == "}")
}

fn opaque(format: OpaqueFormat, payload: String) -> Opaque {
    Opaque { owner: Dialect::AnthropicMessages, format, payload }
}

fn close(open: Open, events: &mut Vec<ChatEvent>) {
    let index = open.index;
    let last = match open.kind {
        Kind::Text | Kind::Other | Kind::Tool { has_arguments: true, .. } => None,
        Kind::Reasoning { signature } => {
            (!signature.is_empty()).then(|| Delta::Seal(opaque(OpaqueFormat::Signature, signature)))
        }
        Kind::Tool { input, has_arguments: false } => {
            Some(Delta::Arguments(input.unwrap_or_else(|| "{}".to_owned())))
        }
    };
    events.extend(last.map(|delta| ChatEvent::Delta { index, delta }));
    events.push(ChatEvent::Close { index });
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
            words.map(|words| words.0.into_owned()).filter(|words| !words.is_empty())
        };
        let (id, model, usage) = match message {
            Some(message) => (owned(message.id), owned(message.model), message.usage),
            None => (None, None, None),
        };
        let again = self.started && self.blocks.opened > 0;
        let other = id.as_deref().is_some_and(|id| id != self.id);
        if again && (other || !self.blocks.open.is_empty()) {
            return Err(Fault::truncated("the upstream began its answer a second time"));
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
                return Err(Fault::truncated("the upstream ended an answer that it never began"));
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
                return Err(Fault::unreadable("the upstream sent an event that cannot be read"));
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
        Err(Fault::truncated("the upstream's answer ended before it was complete"))
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
