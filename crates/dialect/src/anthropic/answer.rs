//! Whole answers, both ways.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::blocks::{Begun, Blocks, Why};
use super::read::Words;
use super::stream_encoder::{foreign_seal, note_ending, unknown_block};
use super::usage::{Counts, Reported};
use super::wire::{Cited, Ending, Input, Part, stop_reason};
use super::{fault, ids};
use crate::chat::{Answer, ChatEvent, Finish, OpaqueFormat, StopReason, Transcript, Usage};
use crate::{AnswerContext, Dialect, Fault, LossKind, Losses, Weight};

#[derive(Deserialize)]
struct Read<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Words<'a>>,
    #[serde(borrow)]
    id: Option<Words<'a>>,
    #[serde(borrow)]
    model: Option<Words<'a>>,
    #[serde(borrow)]
    content: Option<Vec<Begun<'a>>>,
    #[serde(borrow)]
    stop_reason: Option<Words<'a>>,
    #[serde(borrow)]
    stop_sequence: Option<Words<'a>>,
    #[serde(borrow)]
    stop_details: Option<Why<'a>>,
    usage: Option<Reported>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

/// Reads an upstream's answer.
pub(super) fn decode(body: &[u8]) -> Result<Vec<ChatEvent>, Fault> {
    let body = body.trim_ascii();
    let read: Read<'_> = serde_json::from_slice(body).map_err(|error| {
        Fault::unreadable(if body.starts_with(b"<") {
            "the upstream answered with a web page"
        } else if body.is_empty() {
            "the upstream answered with nothing"
        } else if error.is_data() {
            "the upstream's answer is not one of the Messages API"
        } else {
            "the upstream's answer is not JSON"
        })
    })?;
    let is_error = read
        .kind
        .as_ref()
        .is_some_and(|kind| kind.as_str() == "error");
    if is_error || read.error.is_some_and(|error| error.get() != "null") {
        return Err(fault::decode(200, body));
    }
    let Some(content) = read.content else {
        let fault = fault::decode(200, body);
        let words = "the upstream's answer has no content";
        let told = !fault.message.ends_with("no reason");
        return Err(Fault::unreadable(if told {
            fault.message
        } else {
            words.to_owned()
        }));
    };
    let owned = |words: Option<Words<'_>>| words.map(|words| words.0.into_owned());
    let id = owned(read.id);
    let answer = id.clone().unwrap_or_default();
    let mut events = vec![ChatEvent::Start {
        id,
        model: owned(read.model),
    }];
    let mut blocks = Blocks::default();
    for begun in content {
        blocks.begin(0, begun, &answer, &mut events)?;
        blocks.end(0, &mut events);
    }
    let usage = read
        .usage
        .map(|reported| reported.onto(&Usage::default()))
        .unwrap_or_default();
    if !usage.is_empty() {
        events.push(ChatEvent::Usage(usage));
    }
    let raw = owned(read.stop_reason);
    events.push(ChatEvent::Finish(Finish {
        reason: stop_reason(raw.as_deref(), blocks.called),
        raw,
        sequence: owned(read.stop_sequence),
        explanation: read.stop_details.and_then(Why::words),
    }));
    Ok(events)
}

#[derive(Serialize)]
struct Written<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    role: &'static str,
    model: &'a str,
    content: Vec<Part<'a>>,
    #[serde(flatten)]
    ending: Ending<'a>,
    usage: Counts,
}

/// Writes an answer for a client.
pub(super) fn encode(
    answer: &Transcript,
    context: &AnswerContext,
    losses: &mut Losses,
) -> Result<Vec<u8>, Fault> {
    let mut content = Vec::with_capacity(answer.blocks.len());
    let (mut called, mut refused) = (false, false);
    for block in &answer.blocks {
        called |= matches!(block, Answer::ToolCall { .. });
        refused |= matches!(block, Answer::Refusal(_));
        content.extend(part(block, answer.finish.reason, losses)?);
    }
    note_ending(&answer.finish, losses);
    let id = format!("msg_{}", context.id);
    let written = Written {
        id: &id,
        kind: "message",
        role: "assistant",
        model: &context.model,
        content,
        ending: Ending::of(&answer.finish, called, refused),
        usage: Counts::whole(&answer.usage, context.input_estimate),
    };
    serde_json::to_vec(&written).map_err(|_| Fault::unreadable("the answer cannot be written"))
}

fn part<'a>(
    block: &'a Answer,
    reason: StopReason,
    losses: &mut Losses,
) -> Result<Option<Part<'a>>, Fault> {
    Ok(match block {
        Answer::Text { text, citations } if !text.is_empty() || !citations.is_empty() => {
            let citations = citations.iter().map(Cited::of).collect();
            Some(Part::Text {
                text: Cow::Borrowed(text),
                citations,
            })
        }
        Answer::Refusal(text) if !text.is_empty() => Some(Part::Text {
            text: Cow::Borrowed(text),
            citations: Vec::new(),
        }),
        Answer::Text { .. } | Answer::Refusal(_) => None,
        Answer::Reasoning { text, seal } => {
            let own = seal
                .as_ref()
                .filter(|seal| seal.owner == Dialect::AnthropicMessages);
            if seal.is_some() && own.is_none() {
                foreign_seal(losses);
            }
            let signature = own.map_or("", |seal| seal.payload.as_str());
            (!text.is_empty() || own.is_some()).then_some(Part::Thinking {
                thinking: text,
                signature,
            })
        }
        Answer::Sealed(seal)
            if seal.owner == Dialect::AnthropicMessages && seal.format == OpaqueFormat::Sealed =>
        {
            Some(Part::RedactedThinking {
                data: &seal.payload,
            })
        }
        Answer::Sealed(_) => {
            foreign_seal(losses);
            None
        }
        Answer::ToolCall {
            id,
            name,
            arguments,
        } => {
            let input = Input::of(arguments);
            if matches!(input, Input::Broken { .. }) {
                // An answer that was cut may be cut in the middle of a call; otherwise the model
                // is at fault, and the client must not act on a guess.
                if reason != StopReason::Length && reason != StopReason::ContextFull {
                    let words = format!("the model called {name} with arguments that are no JSON");
                    return Err(Fault::unreadable(words));
                }
                let words = "the call was cut off";
                losses.record(
                    "content.input",
                    LossKind::Approximated,
                    Weight::Cosmetic,
                    words,
                );
            }
            Some(Part::ToolUse {
                id: ids::sent(id),
                name: Cow::Borrowed(name),
                input,
            })
        }
        Answer::Unknown { .. } => {
            unknown_block(losses);
            None
        }
    })
}
