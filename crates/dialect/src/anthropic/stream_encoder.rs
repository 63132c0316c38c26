//! Canonical events as a client's stream of Messages events: one open block at a time.

use std::borrow::Cow;
use std::collections::VecDeque;

use serde::Serialize;

use super::ids;
use super::usage::Counts;
use super::wire::{Cited, Ending, Input, Part};
use crate::chat::{BlockStart, ChatEvent, Delta, Finish, StopReason, Usage};
use crate::{AnswerContext, Dialect, LossKind, Losses, StreamEncoder, Weight};

/// The bytes of a ping.
pub(super) const PING: &[u8] = b"event: ping\ndata: {\"type\":\"ping\"}\n\n";

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event<'a> {
    MessageStart {
        message: Opening<'a>,
    },
    ContentBlockStart {
        index: usize,
        content_block: Part<'a>,
    },
    ContentBlockDelta {
        index: usize,
        delta: Added<'a>,
    },
    ContentBlockStop {
        index: usize,
    },
    MessageDelta {
        delta: Ending<'a>,
        usage: Counts,
    },
    MessageStop,
}

impl Event<'_> {
    fn name(&self) -> &'static str {
        match self {
            Self::MessageStart { .. } => "message_start",
            Self::ContentBlockStart { .. } => "content_block_start",
            Self::ContentBlockDelta { .. } => "content_block_delta",
            Self::ContentBlockStop { .. } => "content_block_stop",
            Self::MessageDelta { .. } => "message_delta",
            Self::MessageStop => "message_stop",
        }
    }

    /// The clients' parsers skip an event without a name.
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"event: ");
        out.extend_from_slice(self.name().as_bytes());
        out.extend_from_slice(b"\ndata: ");
        let _infallible = serde_json::to_writer(&mut *out, self);
        out.extend_from_slice(b"\n\n");
    }
}

#[derive(Serialize)]
struct Opening<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    role: &'static str,
    model: &'a str,
    content: [(); 0],
    stop_reason: Option<()>,
    stop_sequence: Option<()>,
    usage: Counts,
}

#[derive(Serialize)]
#[serde(tag = "type")]
enum Added<'a> {
    #[serde(rename = "text_delta")]
    Text { text: &'a str },
    #[serde(rename = "input_json_delta")]
    Arguments { partial_json: &'a str },
    #[serde(rename = "thinking_delta")]
    Thinking { thinking: &'a str },
    #[serde(rename = "signature_delta")]
    Signature { signature: &'a str },
    #[serde(rename = "citations_delta")]
    Citation { citation: Cited<'a> },
}

/// A canonical block that is not written to its end yet.
struct Held {
    index: usize,
    block: BlockStart,
    /// What came for it before its turn; nothing for the block whose turn it is.
    deltas: Vec<Delta>,
    closed: bool,
    /// Its place on the wire once it is there. Words open their block when they come, as an
    /// empty text would be refused in the next request.
    wire: Option<usize>,
    signature: Option<String>,
}

/// Writes one stream.
pub(super) struct Encoder {
    context: AnswerContext,
    /// Blocks in the order in which they were opened; the first is being written.
    held: VecDeque<Held>,
    next: usize,
    called: bool,
    refused: bool,
    usage: Usage,
}

impl Encoder {
    pub(super) fn new(context: AnswerContext) -> Self {
        Self {
            context,
            held: VecDeque::new(),
            next: 0,
            called: false,
            refused: false,
            usage: Usage::default(),
        }
    }

    fn start(&self, out: &mut Vec<u8>) {
        let id = format!("msg_{}", self.context.id);
        Event::MessageStart {
            message: Opening {
                id: &id,
                kind: "message",
                role: "assistant",
                model: &self.context.model,
                content: [],
                stop_reason: None,
                stop_sequence: None,
                usage: Counts::whole(&self.usage, self.context.input_estimate),
            },
        }
        .write(out);
    }

    fn open(&mut self, index: usize, block: BlockStart, losses: &mut Losses, out: &mut Vec<u8>) {
        self.called |= matches!(block, BlockStart::ToolCall { .. });
        self.refused |= matches!(block, BlockStart::Refusal);
        self.held.push_back(Held {
            index,
            block,
            deltas: Vec::new(),
            closed: false,
            wire: None,
            signature: None,
        });
        if self.held.len() == 1 {
            self.begin(losses, out);
        }
    }

    /// Writes the beginning of the first block, where it does not wait for its words.
    fn begin(&mut self, losses: &mut Losses, out: &mut Vec<u8>) {
        let Some(first) = self.held.front_mut() else {
            return;
        };
        let part = match &first.block {
            BlockStart::Text | BlockStart::Refusal | BlockStart::Reasoning => return,
            BlockStart::ToolCall { id, name } => Part::ToolUse {
                id: ids::sent(id),
                name: Cow::Borrowed(name),
                input: Input::Empty {},
            },
            BlockStart::Sealed(seal) if seal.owner == Dialect::AnthropicMessages => {
                Part::RedactedThinking {
                    data: &seal.payload,
                }
            }
            BlockStart::Sealed(_) => {
                foreign_seal(losses);
                return;
            }
            BlockStart::Unknown { .. } => {
                unknown_block(losses);
                return;
            }
        };
        first.wire = Some(begin_block(&mut self.next, part, out));
    }

    fn delta(&mut self, index: usize, delta: &Delta, losses: &mut Losses, out: &mut Vec<u8>) {
        match self.held.front_mut() {
            Some(first) if first.index == index => {
                write_delta(first, delta, &mut self.next, losses, out);
            }
            Some(_) | None => {
                if let Some(held) = self.held.iter_mut().find(|held| held.index == index) {
                    hold(&mut held.deltas, delta);
                }
            }
        }
    }

    fn close(&mut self, index: usize, losses: &mut Losses, out: &mut Vec<u8>) {
        if let Some(held) = self.held.iter_mut().find(|held| held.index == index) {
            held.closed = true;
        }
        while self.held.front().is_some_and(|first| first.closed) {
            if let Some(first) = self.held.pop_front() {
                end_block(&first, out);
            }
            self.begin(losses, out);
            if let Some(first) = self.held.front_mut() {
                for delta in std::mem::take(&mut first.deltas) {
                    write_delta(first, &delta, &mut self.next, losses, out);
                }
            }
        }
    }

    fn finish(&mut self, finish: &Finish, losses: &mut Losses, out: &mut Vec<u8>) {
        note_ending(finish, losses);
        let delta = Ending::of(finish, self.called, self.refused);
        Event::MessageDelta {
            delta,
            usage: Counts::later(&self.usage),
        }
        .write(out);
        Event::MessageStop.write(out);
    }
}

/// Records what an ending cannot say here.
pub(super) fn note_ending(finish: &Finish, losses: &mut Losses) {
    if finish.reason == StopReason::Other {
        losses.record(
            "stop_reason",
            LossKind::Approximated,
            Weight::Semantic,
            "the upstream's reason has no word here",
        );
    }
}

pub(super) fn foreign_seal(losses: &mut Losses) {
    let reason = "sealed thoughts mean something to their provider alone";
    losses.record(
        "content.thinking",
        LossKind::Dropped,
        Weight::Cosmetic,
        reason,
    );
}

pub(super) fn unknown_block(losses: &mut Losses) {
    let reason = "a block of one dialect only";
    losses.record("content", LossKind::Dropped, Weight::Cosmetic, reason);
}

/// Keeps a delta for later, joined to the one before it where that is of the same kind.
fn hold(deltas: &mut Vec<Delta>, delta: &Delta) {
    match (deltas.last_mut(), delta) {
        (Some(Delta::Text(text)), Delta::Text(more))
        | (Some(Delta::Arguments(text)), Delta::Arguments(more)) => text.push_str(more),
        _ => deltas.push(delta.clone()),
    }
}

fn begin_block(next: &mut usize, part: Part<'_>, out: &mut Vec<u8>) -> usize {
    let index = *next;
    *next += 1;
    Event::ContentBlockStart {
        index,
        content_block: part,
    }
    .write(out);
    if index == 0 {
        out.extend_from_slice(PING);
    }
    index
}

fn write_delta(
    held: &mut Held,
    delta: &Delta,
    next: &mut usize,
    losses: &mut Losses,
    out: &mut Vec<u8>,
) {
    let added = match delta {
        Delta::Text(text) if text.is_empty() => return,
        Delta::Text(text) if held.block == BlockStart::Reasoning => {
            Added::Thinking { thinking: text }
        }
        Delta::Text(text) => Added::Text { text },
        Delta::Arguments(partial_json) => Added::Arguments { partial_json },
        Delta::Citation(citation) => Added::Citation {
            citation: Cited::of(citation),
        },
        Delta::Seal(seal) if seal.owner == Dialect::AnthropicMessages => {
            // It has to be the block's last delta.
            held.signature = Some(seal.payload.clone());
            open_words(held, next, out);
            return;
        }
        Delta::Seal(_) => return foreign_seal(losses),
    };
    open_words(held, next, out);
    if let Some(index) = held.wire {
        Event::ContentBlockDelta {
            index,
            delta: added,
        }
        .write(out);
    }
}

fn open_words(held: &mut Held, next: &mut usize, out: &mut Vec<u8>) {
    if held.wire.is_some() {
        return;
    }
    let part = match held.block {
        BlockStart::Text | BlockStart::Refusal => Part::Text {
            text: Cow::Borrowed(""),
            citations: Vec::new(),
        },
        BlockStart::Reasoning => Part::Thinking {
            thinking: "",
            signature: "",
        },
        BlockStart::ToolCall { .. } | BlockStart::Sealed(_) | BlockStart::Unknown { .. } => return,
    };
    held.wire = Some(begin_block(next, part, out));
}

fn end_block(held: &Held, out: &mut Vec<u8>) {
    let Some(index) = held.wire else { return };
    if let Some(signature) = &held.signature {
        Event::ContentBlockDelta {
            index,
            delta: Added::Signature { signature },
        }
        .write(out);
    }
    Event::ContentBlockStop { index }.write(out);
}

impl StreamEncoder for Encoder {
    fn push(&mut self, event: &ChatEvent, losses: &mut Losses, out: &mut Vec<u8>) {
        match event {
            ChatEvent::Start { .. } => self.start(out),
            ChatEvent::Open { index, block } => self.open(*index, block.clone(), losses, out),
            ChatEvent::Delta { index, delta } => self.delta(*index, delta, losses, out),
            ChatEvent::Close { index } => self.close(*index, losses, out),
            ChatEvent::Usage(usage) => self.usage.update(usage),
            ChatEvent::Finish(finish) => self.finish(finish, losses, out),
        }
    }
}
