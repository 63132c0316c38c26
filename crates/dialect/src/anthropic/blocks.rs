//! The blocks of an answer, whole or in pieces, as events.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::read::Words;
use super::wire::Cites;
use crate::chat::{BlockStart, ChatEvent, Delta, Opaque, OpaqueFormat};
use crate::{Dialect, Fault};

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
pub(super) struct Added<'a> {
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
    pub(super) stop_reason: Option<Words<'a>>,
    #[serde(borrow)]
    pub(super) stop_sequence: Option<Words<'a>>,
    #[serde(borrow)]
    pub(super) stop_details: Option<Why<'a>>,
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
        self.explanation
            .or(self.category)
            .map(|words| words.0.into_owned())
    }
}

/// What a block that is still open is.
enum Kind {
    Text,
    Reasoning {
        signature: String,
    },
    Tool {
        input: Option<String>,
        has_arguments: bool,
    },
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
    pub(super) opened: usize,
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
                (
                    BlockStart::Reasoning,
                    Kind::Reasoning {
                        signature: words(begun.signature),
                    },
                )
            }
            "redacted_thinking" => {
                let seal = opaque(OpaqueFormat::Sealed, words(begun.data));
                (BlockStart::Sealed(seal), Kind::Other)
            }
            "tool_use" => {
                self.called = true;
                let name = words(begun.name);
                if name.is_empty() {
                    return Err(Fault::unreadable(
                        "the upstream calls a tool without a name",
                    ));
                }
                let mut id = words(begun.id);
                if id.is_empty() {
                    id = format!("toolu_{answer}_{index}");
                }
                let input = begun
                    .input
                    .map(RawValue::get)
                    .filter(|input| !is_empty(input));
                let input = input.map(str::to_owned);
                (
                    BlockStart::ToolCall { id, name },
                    Kind::Tool {
                        input,
                        has_arguments: false,
                    },
                )
            }
            kind => (
                BlockStart::Unknown {
                    kind: kind.to_owned(),
                },
                Kind::Other,
            ),
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
    pub(super) fn add(
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
                    Some(kind) if kind.as_str() == "thinking_delta" => (
                        BlockStart::Reasoning,
                        Kind::Reasoning {
                            signature: String::new(),
                        },
                    ),
                    Some(kind) if kind.as_str() == "input_json_delta" => {
                        let words = "the upstream sends arguments of a tool that it did not name";
                        return Err(Fault::unreadable(words));
                    }
                    Some(_) | None => return Ok(()),
                };
                let index = self.opened;
                self.opened += 1;
                events.push(ChatEvent::Open {
                    index,
                    block: implied.0,
                });
                self.open.push(Open {
                    wire,
                    index,
                    kind: implied.1,
                });
                self.open.len() - 1
            }
        };
        let open = &mut self.open[place];
        let owned = |words: Option<Words<'_>>| {
            words
                .map(|words| words.0.into_owned())
                .filter(|words| !words.is_empty())
        };
        let delta = match (&mut open.kind, added.kind.as_ref().map(Words::as_str)) {
            (Kind::Text, Some("text_delta")) => owned(added.text).map(Delta::Text),
            (Kind::Text, Some("citations_delta")) => added
                .citation
                .and_then(Cites::citation)
                .map(Delta::Citation),
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
            ) => {
                return Err(Fault::unreadable(
                    "the upstream mixes up the blocks of its answer",
                ));
            }
            // Parts of blocks that only this dialect has, and kinds of delta yet unknown.
            _ => None,
        };
        events.extend(delta.map(|delta| ChatEvent::Delta {
            index: open.index,
            delta,
        }));
        Ok(())
    }

    /// Whether a block is open.
    pub(super) fn is_open(&self) -> bool {
        !self.open.is_empty()
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
    input == "null"
        || input
            .strip_prefix('{')
            .is_some_and(|rest| rest.trim() == "}")
}

fn opaque(format: OpaqueFormat, payload: String) -> Opaque {
    Opaque {
        owner: Dialect::AnthropicMessages,
        format,
        payload,
    }
}

fn close(open: Open, events: &mut Vec<ChatEvent>) {
    let index = open.index;
    let last = match open.kind {
        Kind::Text
        | Kind::Other
        | Kind::Tool {
            has_arguments: true,
            ..
        } => None,
        Kind::Reasoning { signature } => {
            (!signature.is_empty()).then(|| Delta::Seal(opaque(OpaqueFormat::Signature, signature)))
        }
        Kind::Tool {
            input,
            has_arguments: false,
        } => Some(Delta::Arguments(input.unwrap_or_else(|| "{}".to_owned()))),
    };
    events.extend(last.map(|delta| ChatEvent::Delta { index, delta }));
    events.push(ChatEvent::Close { index });
}
