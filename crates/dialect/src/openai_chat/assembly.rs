//! Puts deltas, or one whole message, together as events that keep the laws.

use std::borrow::Cow;
use std::collections::HashMap;

use super::calls::{self, Call};
use super::json::Progress;
use super::text::{Part, Words};
use super::wire::{Annotation, Call as WireCall, Chunk, Message};
use crate::chat::{BlockStart, ChatEvent, Citation, Delta, Finish, StopReason, Usage};
use crate::{Fault, FaultKind, Origin};

/// Zhipu's word for an answer that its own network cut off.
const BROKEN: &str = "network_error";

/// The kinds of block that hold words; at most one such block is open at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Reasoning,
    Refusal,
}

/// An answer as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    started: bool,
    blocks: usize,
    words: Option<(usize, Kind)>,
    calls: Vec<Call>,
    /// The last call of each of the upstream's numbers.
    numbered: HashMap<u64, usize>,
    /// Calls whose arguments became complete and that are still open.
    ready: Vec<usize>,
    refused: bool,
    usage: Usage,
    /// The upstream's word for why the answer ended.
    finish: Option<String>,
    /// What tells this answer from others, for ids that have to be minted.
    seed: String,
    /// Whether the numbers of tool calls are not to be trusted.
    lenient: bool,
}

impl Assembly {
    /// One of an upstream whose tool calls may lack ids and have wrong numbers.
    pub(super) fn lenient() -> Self {
        Self {
            lenient: true,
            ..Self::default()
        }
    }

    /// Whether the upstream said anything for the client.
    pub(super) fn has_content(&self) -> bool {
        self.blocks > 0
    }

    /// Whether tools were called, and every call is whole.
    pub(super) fn has_called(&self) -> bool {
        !self.calls.is_empty() && self.calls.iter().all(|call| call.progress.is_complete())
    }

    /// Whether the upstream said why the answer ended.
    pub(super) fn has_finish(&self) -> bool {
        self.finish.is_some()
    }

    /// Whether anything of an answer came.
    pub(super) fn has_started(&self) -> bool {
        self.started
    }

    /// Reads a chunk or a whole answer that is not an error as a whole.
    pub(super) fn chunk(
        &mut self,
        chunk: Chunk<'_>,
        events: &mut Vec<ChatEvent>,
    ) -> Result<(), Fault> {
        let choices = chunk.choices.unwrap_or_default();
        // Azure begins with a chunk that has neither choices nor an id: nothing began yet.
        if choices.is_empty() && chunk.usage.is_none() {
            return Ok(());
        }
        if !self.started {
            self.started = true;
            let given = |text: Option<super::text::Text<'_>>| {
                text.map(|text| text.0.into_owned())
                    .filter(|text| !text.is_empty())
            };
            let (id, model) = (given(chunk.id), given(chunk.model));
            self.seed = format!("{id:?} {model:?} {:?}", chunk.created.0);
            events.push(ChatEvent::Start { id, model });
        }
        for choice in choices {
            // Only one answer can be translated; requests for more are refused before.
            if choice.index.0.unwrap_or(0) != 0 {
                continue;
            }
            if let Some(error) = choice.error {
                return Err(super::fault::decode(200, error.get().as_bytes()));
            }
            let whole = choice.message.is_some() && choice.delta.is_none();
            if let Some(message) = choice.delta.or(choice.message) {
                self.message(message, whole, events)?;
            }
            if let Some(reason) = choice.finish_reason.filter(|reason| !reason.0.is_empty()) {
                let reason = reason.0.into_owned();
                if self.lenient && reason == BROKEN {
                    return Err(broken(FaultKind::BadGateway, BROKEN));
                }
                self.finish = Some(reason);
            }
        }
        if let Some(wire) = chunk.usage {
            let before = self.usage;
            self.usage.update(&wire.into());
            if self.usage != before {
                events.push(ChatEvent::Usage(self.usage));
            }
        }
        Ok(())
    }

    /// The answer is over: closes what is open and says why it ended.
    pub(super) fn end(&mut self, events: &mut Vec<ChatEvent>) -> Result<(), Fault> {
        self.close_words(events);
        for position in 0..self.calls.len() {
            let call = &self.calls[position];
            if call.block.is_none() && (call.progress.has_begun() || !call.early.is_empty()) {
                return Err(Fault::unreadable(
                    "the provider called a tool without naming it",
                ));
            }
            self.close_call(position, events);
        }
        let reason = self.reason()?;
        events.push(ChatEvent::Finish(Finish {
            raw: self.finish.take(),
            ..Finish::because(reason)
        }));
        Ok(())
    }

    /// Why the answer ended. An explicit word wins over what was seen, except that `stop` after a
    /// complete tool call waits for its result, and that nobody waits for calls never made.
    fn reason(&self) -> Result<StopReason, Fault> {
        let called = self.calls.iter().any(|call| call.block.is_some());
        let complete = self.calls.iter().any(|call| {
            call.block.is_some()
                && (call.progress.is_complete() || call.custom || !call.progress.has_begun())
        });
        let natural = if complete {
            StopReason::ToolCalls
        } else if self.refused {
            StopReason::Refusal
        } else {
            StopReason::Natural
        };
        Ok(match self.finish.as_deref() {
            None | Some("stop" | "eos" | "end_turn") => natural,
            Some("tool_calls" | "function_call" | "tool_use") if called => StopReason::ToolCalls,
            Some("tool_calls" | "function_call" | "tool_use") => natural,
            Some("stop_sequence") => StopReason::StopSequence,
            Some("length" | "max_tokens" | "model_length") => StopReason::Length,
            // Zhipu's word for a filtered answer is `sensitive`.
            Some("content_filter" | "sensitive" | "refusal" | "safety") => StopReason::Refusal,
            Some(word @ "error") => return Err(broken(FaultKind::Internal, word)),
            Some(word @ BROKEN) => return Err(broken(FaultKind::BadGateway, word)),
            Some(word @ "insufficient_system_resource") => {
                return Err(broken(FaultKind::Overloaded, word));
            }
            Some(_) => StopReason::Other,
        })
    }

    fn message(
        &mut self,
        message: Message<'_>,
        whole: bool,
        events: &mut Vec<ChatEvent>,
    ) -> Result<(), Fault> {
        // Some upstreams write the same thought under both names.
        let thought = message.reasoning_content.filter(|words| !is_empty(words));
        if let Some(words) = thought.or(message.reasoning) {
            self.words(words, Kind::Reasoning, events);
        }
        if let Some(words) = message.content {
            self.words(words, Kind::Text, events);
        }
        for annotation in message.annotations.into_iter().flatten() {
            self.cite(annotation, events);
        }
        if let Some(refusal) = message.refusal {
            self.add(refusal.0, Kind::Refusal, events);
        }
        for (position, mut call) in message.tool_calls.into_iter().flatten().enumerate() {
            if whole && call.index.0.is_none() {
                call.index.0 = u64::try_from(position).ok();
            }
            self.call(call, events)?;
        }
        if let Some(function) = message.function_call {
            let call = WireCall {
                index: super::text::Count(None),
                id: None,
                function: Some(function),
                custom: None,
            };
            self.call(call, events)?;
        }
        Ok(())
    }

    fn words(&mut self, words: Words<'_>, kind: Kind, events: &mut Vec<ChatEvent>) {
        match words {
            Words::Text(text) => self.add(text, kind, events),
            Words::Parts(parts) => {
                for Part {
                    text,
                    refusal,
                    thinking,
                    ..
                } in parts
                {
                    if let Some(thinking) = thinking {
                        self.words(thinking, Kind::Reasoning, events);
                    }
                    if let Some(text) = text {
                        self.add(text.0, kind, events);
                    }
                    if let Some(refusal) = refusal {
                        self.add(refusal.0, Kind::Refusal, events);
                    }
                }
            }
        }
    }

    fn add(&mut self, text: Cow<'_, str>, kind: Kind, events: &mut Vec<ChatEvent>) {
        if !text.is_empty() {
            self.refused |= kind == Kind::Refusal;
            let index = self.open_words(kind, events);
            events.push(ChatEvent::Delta {
                index,
                delta: Delta::Text(text.into_owned()),
            });
        }
    }

    fn open_words(&mut self, kind: Kind, events: &mut Vec<ChatEvent>) -> usize {
        if let Some((index, open)) = self.words
            && open == kind
        {
            return index;
        }
        self.close_words(events);
        self.close_complete_calls(events);
        let block = match kind {
            Kind::Text => BlockStart::Text,
            Kind::Reasoning => BlockStart::Reasoning,
            Kind::Refusal => BlockStart::Refusal,
        };
        let index = self.open(block, events);
        self.words = Some((index, kind));
        index
    }

    fn cite(&mut self, annotation: Annotation<'_>, events: &mut Vec<ChatEvent>) {
        let Some(citation) = annotation.url_citation else {
            return;
        };
        let Some(url) = citation.url else { return };
        let index = self.open_words(Kind::Text, events);
        let place = |count: super::text::Count| count.0.and_then(|at| usize::try_from(at).ok());
        let citation = Citation {
            url: url.0.into_owned(),
            title: citation
                .title
                .map(|title| title.0.into_owned())
                .filter(|t| !t.is_empty()),
            quote: None,
            span: place(citation.start_index).zip(place(citation.end_index)),
        };
        events.push(ChatEvent::Delta {
            index,
            delta: Delta::Citation(citation),
        });
    }

    fn call(&mut self, wire: WireCall<'_>, events: &mut Vec<ChatEvent>) -> Result<(), Fault> {
        let id = wire.id.map(|id| id.0).unwrap_or_default();
        let custom = wire.custom.is_some();
        let (name, arguments) = match (wire.function, wire.custom) {
            (Some(function), _) => {
                let text = function
                    .arguments
                    .map_or(Ok(Cow::Borrowed("")), calls::argument_text)?;
                (function.name.map(|name| name.0).unwrap_or_default(), text)
            }
            (None, Some(custom)) => (
                custom.name.map(|name| name.0).unwrap_or_default(),
                custom.input.map(|input| input.0).unwrap_or_default(),
            ),
            (None, None) => (Cow::Borrowed(""), Cow::Borrowed("")),
        };
        let number = wire.index.0;
        let found = match calls::continued(&self.calls, &self.numbered, number) {
            Some(position) if self.lenient && id.is_empty() && name.is_empty() => Some(position),
            Some(_) | None => calls::find(&self.calls, &self.numbered, number, &id, &name),
        };
        let position = match found {
            Some(position) => position,
            None => {
                self.close_words(events);
                self.close_complete_calls(events);
                if let Some(number) = number {
                    self.numbered.insert(number, self.calls.len());
                }
                self.calls.push(Call {
                    id: String::new(),
                    name: String::new(),
                    custom,
                    block: None,
                    closed: false,
                    progress: Progress::default(),
                    early: String::new(),
                });
                self.calls.len() - 1
            }
        };
        let call = &mut self.calls[position];
        if call.block.is_none() {
            if call.id.is_empty() {
                call.id = id.into_owned();
            }
            // Once open, a name or an id that comes again is the same one, repeated.
            call.name.push_str(&name);
        }
        self.open_call(position, events);
        self.argue(position, &arguments, events)
    }

    fn open_call(&mut self, position: usize, events: &mut Vec<ChatEvent>) {
        let call = &mut self.calls[position];
        if call.block.is_some() || call.name.is_empty() {
            return;
        }
        if call.id.is_empty() {
            call.id = calls::minted(&self.seed, position, &call.name);
        }
        let block = BlockStart::ToolCall {
            id: call.id.clone(),
            name: call.name.clone(),
        };
        let custom = call.custom;
        let early = std::mem::take(&mut call.early);
        let index = self.open(block, events);
        self.calls[position].block = Some(index);
        if custom {
            // Free text travels as the one string of a JSON object.
            let delta = Delta::Arguments("{\"input\":\"".to_owned());
            events.push(ChatEvent::Delta { index, delta });
        }
        if !early.is_empty() {
            let delta = Delta::Arguments(if custom {
                calls::escaped(&early)
            } else {
                early
            });
            events.push(ChatEvent::Delta { index, delta });
        }
    }

    fn argue(
        &mut self,
        position: usize,
        arguments: &str,
        events: &mut Vec<ChatEvent>,
    ) -> Result<(), Fault> {
        if arguments.is_empty() {
            return Ok(());
        }
        let call = &mut self.calls[position];
        if call.closed {
            return if arguments.trim().is_empty() {
                Ok(())
            } else {
                Err(Fault::unreadable(
                    "the provider went on with a tool call that was complete",
                ))
            };
        }
        if !call.custom {
            call.progress.feed(arguments);
            if call.progress.is_complete() {
                self.ready.push(position);
            }
        }
        match call.block {
            Some(index) => {
                let text = if call.custom {
                    calls::escaped(arguments)
                } else {
                    arguments.to_owned()
                };
                events.push(ChatEvent::Delta {
                    index,
                    delta: Delta::Arguments(text),
                });
            }
            None => call.early.push_str(arguments),
        }
        Ok(())
    }

    fn open(&mut self, block: BlockStart, events: &mut Vec<ChatEvent>) -> usize {
        let index = self.blocks;
        self.blocks += 1;
        events.push(ChatEvent::Open { index, block });
        index
    }

    fn close_words(&mut self, events: &mut Vec<ChatEvent>) {
        if let Some((index, _)) = self.words.take() {
            events.push(ChatEvent::Close { index });
        }
    }

    /// Something else begins: calls whose arguments are complete will not go on. The others may,
    /// because upstreams interleave the fragments of parallel calls.
    fn close_complete_calls(&mut self, events: &mut Vec<ChatEvent>) {
        let mut ready = std::mem::take(&mut self.ready);
        ready.sort_unstable();
        for position in ready {
            if self.calls[position].progress.is_complete() {
                self.close_call(position, events);
            }
        }
    }

    fn close_call(&mut self, position: usize, events: &mut Vec<ChatEvent>) {
        let call = &mut self.calls[position];
        let Some(index) = call.block.filter(|_| !call.closed) else {
            return;
        };
        call.closed = true;
        if call.custom {
            events.push(ChatEvent::Delta {
                index,
                delta: Delta::Arguments("\"}".to_owned()),
            });
        } else if !call.progress.has_begun() {
            events.push(ChatEvent::Delta {
                index,
                delta: Delta::Arguments("{}".to_owned()),
            });
        }
        events.push(ChatEvent::Close { index });
    }
}

fn broken(kind: FaultKind, word: &str) -> Fault {
    let message = format!("the provider broke off the answer ({word})");
    Fault::new(Origin::Upstream, kind, message).with_code(word)
}

fn is_empty(words: &Words<'_>) -> bool {
    match words {
        Words::Text(text) => text.is_empty(),
        Words::Parts(parts) => parts.is_empty(),
    }
}
