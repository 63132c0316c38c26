//! The conversation as this dialect wants it: turns merged, every call answered at once.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::super::wire::{Body, Part, Sent};
use super::content::{Writer, unique_id};
use crate::Fault;
use crate::chat::{Block, Content, Role, ToolCall, ToolResult, Turn};
use crate::{LossKind, Weight};

/// What a tool is said to have returned when the client says nothing.
const NO_RESULT: &str = "The tool returned no result.";
/// What a conversation begins with that would begin with the model's words, which is refused.
const OPENING: &str = "(The conversation begins.)";

/// One message.
#[derive(Debug, Serialize)]
pub(super) struct Message<'a> {
    pub(super) role: &'static str,
    #[serde(serialize_with = "body")]
    pub(super) content: Vec<Sent<'a>>,
}

fn body<S: serde::Serializer>(content: &[Sent<'_>], serializer: S) -> Result<S::Ok, S::Error> {
    super::as_body(content, serializer)
}

/// A call that waits for its result.
struct Pending<'a> {
    id: &'a str,
    sent: String,
    /// Where the turn with the call stands.
    place: String,
    answered: bool,
}

/// Where a block stands: its turn and its place in it.
type Spot = (usize, usize);

pub(super) struct Conversation<'a, 'w> {
    writer: &'w mut Writer<'w>,
    turns: &'a [Turn],
    system_anywhere: bool,
    /// Names of tools that take free text.
    free: HashSet<&'a str>,
    messages: Vec<Message<'a>>,
    pending: Vec<Pending<'a>>,
    /// Where in `pending` each id stands.
    waiting: HashMap<&'a str, usize>,
    /// Ids sent so far; each must be there once.
    used: HashSet<String>,
    /// How often each id is called in all turns.
    calls: HashMap<&'a str, usize>,
    /// Where each id's results stand.
    results: HashMap<&'a str, Vec<Spot>>,
    /// Results that were given ahead of their place.
    moved: HashSet<Spot>,
}

impl<'a, 'w> Conversation<'a, 'w> {
    pub(super) fn new(
        writer: &'w mut Writer<'w>,
        turns: &'a [Turn],
        free: HashSet<&'a str>,
        system_anywhere: bool,
    ) -> Self {
        let mut calls: HashMap<&str, usize> = HashMap::new();
        let mut results: HashMap<&str, Vec<Spot>> = HashMap::new();
        for (at, turn) in turns.iter().enumerate() {
            for (index, block) in turn.blocks.iter().enumerate() {
                match &block.content {
                    Content::ToolCall(call) => *calls.entry(&call.id).or_default() += 1,
                    Content::ToolResult(result) => {
                        results
                            .entry(&result.call_id)
                            .or_default()
                            .push((at, index));
                    }
                    Content::Text(_)
                    | Content::Image(_)
                    | Content::Document(_)
                    | Content::Audio { .. }
                    | Content::Reasoning(_)
                    | Content::Refusal(_)
                    | Content::Unknown { .. } => {}
                }
            }
        }
        Self {
            writer,
            turns,
            system_anywhere,
            free,
            messages: Vec::new(),
            pending: Vec::new(),
            waiting: HashMap::new(),
            used: HashSet::new(),
            calls,
            results,
            moved: HashSet::new(),
        }
    }

    /// Writes the turns from `first` on.
    pub(super) fn messages(mut self, first: usize) -> Result<Vec<Message<'a>>, Fault> {
        let mut at = first;
        while at < self.turns.len() {
            let begin = at;
            let assistant = self.turns[begin].role == Role::Assistant;
            while at < self.turns.len() && (self.turns[at].role == Role::Assistant) == assistant {
                at += 1;
            }
            if assistant {
                self.assistant(begin, at)?;
            } else {
                self.others(begin, at)?;
            }
        }
        if !self.pending.is_empty() {
            self.others(at, at)?;
        }
        if self.messages.is_empty() {
            let path = self.writer.place(0);
            let path = path.split('[').next().unwrap_or(&path);
            return Err(Fault::invalid(
                path,
                format!("{path} must hold something to answer"),
            ));
        }
        if self.messages[0].role != "user" {
            let path = self.writer.place(first);
            self.writer
                .approximated(&path, Weight::Semantic, "the user has to speak first");
            self.messages.insert(
                0,
                Message {
                    role: "user",
                    content: vec![Sent::text(OPENING)],
                },
            );
        }
        Ok(self.messages)
    }

    fn push(&mut self, role: &'static str, block: Sent<'a>) {
        match self.messages.last_mut() {
            Some(last) if last.role == role => last.content.push(block),
            Some(_) | None => self.messages.push(Message {
                role,
                content: vec![block],
            }),
        }
    }

    fn name(&mut self, at: usize) {
        if self.turns[at].name.is_some() {
            let path = format!("{}.name", self.writer.place(at));
            self.writer
                .dropped(&path, Weight::Cosmetic, "speakers have no names here");
        }
    }

    fn assistant(&mut self, begin: usize, end: usize) -> Result<(), Fault> {
        self.pending.clear();
        self.waiting.clear();
        let turns = self.turns;
        for (at, turn) in turns.iter().enumerate().take(end).skip(begin) {
            self.name(at);
            for (index, block) in turn.blocks.iter().enumerate() {
                let place = self.writer.block_place(at, index, &block.content);
                match &block.content {
                    Content::ToolCall(call) => self.call(block, call, at, &place),
                    Content::ToolResult(_) => {
                        self.writer
                            .dropped(&place, Weight::Semantic, "a model returns no results");
                    }
                    _ => {
                        if let Some(sent) = self.writer.block(block, Role::Assistant, &place)? {
                            self.push("assistant", sent);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn call(&mut self, block: &'a Block, call: &'a ToolCall, at: usize, place: &str) {
        if self.waiting.contains_key(call.id.as_str()) {
            self.writer
                .dropped(place, Weight::Semantic, "the call is there twice");
            return;
        }
        let sent = unique_id(&call.id, &mut self.used);
        let free = self.free.contains(call.name.as_str());
        let part = self.writer.tool_use(call, sent.clone(), free, place);
        let cache_control = block.cache.map(|hint| self.writer.breakpoint(hint, place));
        self.waiting.insert(&call.id, self.pending.len());
        self.pending.push(Pending {
            id: &call.id,
            sent,
            place: self.writer.place(at),
            answered: false,
        });
        self.push(
            "assistant",
            Sent {
                part,
                cache_control,
            },
        );
    }

    /// Everything between two turns of the model's: results first, then the rest in order.
    fn others(&mut self, begin: usize, end: usize) -> Result<(), Fault> {
        let mut rest: Vec<(&'static str, Sent<'a>)> = Vec::new();
        let turns = self.turns;
        for (at, turn) in turns.iter().enumerate().take(end).skip(begin) {
            self.name(at);
            for (index, block) in turn.blocks.iter().enumerate() {
                let place = self.writer.block_place(at, index, &block.content);
                match &block.content {
                    Content::ToolResult(_) if self.moved.contains(&(at, index)) => {}
                    Content::ToolResult(result) => {
                        self.result(block, result, &place, &mut rest)?;
                    }
                    Content::ToolCall(_) => {
                        self.writer
                            .dropped(&place, Weight::Semantic, "only a model calls tools");
                    }
                    _ => {
                        if let Some(sent) = self.writer.block(block, turn.role, &place)? {
                            rest.push(self.spoken(turn.role, sent, at));
                        }
                    }
                }
            }
        }
        self.missing(end)?;
        self.pending.clear();
        self.waiting.clear();
        for (role, sent) in rest {
            self.push(role, sent);
        }
        Ok(())
    }

    fn result(
        &mut self,
        block: &'a Block,
        result: &'a ToolResult,
        place: &str,
        rest: &mut Vec<(&'static str, Sent<'a>)>,
    ) -> Result<(), Fault> {
        let waiting = self.waiting.get(result.call_id.as_str()).copied();
        match waiting.and_then(|place| self.pending.get_mut(place)) {
            Some(pending) if !pending.answered => {
                pending.answered = true;
                let id = pending.sent.clone();
                let sent = self.writer.tool_result(block, result, id, place)?;
                self.push("user", sent);
            }
            Some(_) => self
                .writer
                .dropped(place, Weight::Semantic, "the result is there twice"),
            None => {
                let reason = "the result of a call that is not there is given as text";
                self.writer.approximated(place, Weight::Semantic, reason);
                rest.push(("user", Sent::text("[Result of an earlier tool call]")));
                for (index, block) in result.blocks.iter().enumerate() {
                    let place = format!("{place}.content[{index}]");
                    let sent = self.writer.block(block, Role::User, &place)?;
                    rest.extend(sent.map(|sent| ("user", sent)));
                }
            }
        }
        Ok(())
    }

    /// Answers the calls that are still open: with a result that comes later where that can only
    /// be theirs, else with an error that says so.
    fn missing(&mut self, end: usize) -> Result<(), Fault> {
        let open: Vec<(&'a str, String, String)> = self
            .pending
            .iter()
            .filter(|pending| !pending.answered)
            .map(|pending| (pending.id, pending.sent.clone(), pending.place.clone()))
            .collect();
        let turns = self.turns;
        for (id, sent, call) in open {
            let later = self
                .results
                .get(id)
                .filter(|_| self.calls.get(id) == Some(&1))
                .and_then(|spots| spots.iter().find(|spot| spot.0 >= end).copied());
            let found = later.map(|(at, index)| (at, index, &turns[at].blocks[index]));
            if let Some((at, index, block)) = found
                && let Content::ToolResult(result) = &block.content
            {
                let place = self.writer.block_place(at, index, &block.content);
                self.writer
                    .approximated(&place, Weight::Cosmetic, "moved behind its call");
                self.moved.insert((at, index));
                let result = self.writer.tool_result(block, result, sent, &place)?;
                self.push("user", result);
                continue;
            }
            self.writer.losses.record(
                call,
                LossKind::Emulated,
                Weight::Semantic,
                "a call without a result is answered with an error",
            );
            let part = Part::ToolResult {
                tool_use_id: sent.into(),
                content: Some(Body::Text(NO_RESULT.into())),
                is_error: true,
            };
            self.push("user", Sent::plain(part));
        }
        Ok(())
    }

    /// A block of a user's turn, or of a system's in the middle of the conversation: as such
    /// where the model knows that, else as the user's words in a fixed marker.
    fn spoken(&mut self, role: Role, mut sent: Sent<'a>, at: usize) -> (&'static str, Sent<'a>) {
        if !matches!(role, Role::System | Role::Developer) {
            return ("user", sent);
        }
        if self.system_anywhere {
            return ("system", sent);
        }
        let place = self.writer.place(at);
        let reason = "system text between other turns is given as the user's, marked";
        self.writer.approximated(&place, Weight::Semantic, reason);
        if let Part::Text { text, .. } = &mut sent.part {
            *text = format!("<system-message>\n{text}\n</system-message>").into();
        }
        ("user", sent)
    }
}
