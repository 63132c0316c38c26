//! Writes the conversation, so that every tool call is answered right after it was made.

use std::borrow::Cow;

use super::content::Setting;
use super::names::Names;
use super::place;
use super::results::{Loose, Results};
use super::wire::{Call, CallContent, Custom, Function, Message, Part, PartContent};
use crate::chat::{CacheHint, ChatRequest, Content, Reasoning, Role, ToolCall, ToolResult, Turn};
use crate::{Dialect, Fault, Weight};

/// How many cache breakpoints a request may have (Anthropic's limit, kept for all).
const BREAKPOINTS: usize = 4;

/// Writes the messages of a request.
pub(super) fn compose<'a>(
    request: &'a ChatRequest,
    names: &'a Names<'a>,
    developer_role: bool,
    setting: Setting<'_>,
) -> Result<Vec<Message<'a>>, Fault> {
    let mut composer = Composer {
        request,
        names,
        developer_role,
        setting,
        found: Results::of(request),
        moved: Vec::new(),
        messages: Vec::new(),
    };
    for (index, turn) in request.turns.iter().enumerate() {
        match turn.role {
            Role::Assistant => composer.assistant(index, turn)?,
            Role::System | Role::Developer | Role::User => composer.spoken(index, turn)?,
        }
    }
    composer.flush();
    composer.limit_breakpoints();
    Ok(composer.messages)
}

struct Composer<'a, 'l> {
    request: &'a ChatRequest,
    names: &'a Names<'a>,
    developer_role: bool,
    setting: Setting<'l>,
    found: Results<'a>,
    /// Pictures and files from tool results, on their way into the next user message.
    moved: Vec<Part<'a>>,
    messages: Vec<Message<'a>>,
}

impl<'a> Composer<'a, '_> {
    fn spoken(&mut self, index: usize, turn: &'a Turn) -> Result<(), Fault> {
        let mut parts = Vec::new();
        for (position, block) in turn.blocks.iter().enumerate() {
            let path = place::block(self.request, index, position);
            match &block.content {
                Content::ToolResult(result) => {
                    if !self.found.is_used(index, position) {
                        parts.extend(self.orphan(result, block.cache, &path)?);
                    }
                }
                _ => parts.extend(self.setting.parts(block, &path)?),
            }
        }
        let role = match turn.role {
            Role::Developer if self.developer_role => "developer",
            Role::System | Role::Developer => "system",
            Role::User | Role::Assistant => "user",
        };
        if role != "user" || turn.name.is_some() {
            self.flush();
        }
        if !self.moved.is_empty() {
            parts.splice(0..0, self.moved.drain(..));
        }
        if !parts.is_empty() {
            let name = turn.name.as_deref();
            self.messages.push(Message {
                role,
                name,
                content: parts,
                ..Message::default()
            });
        }
        Ok(())
    }

    /// A result whose call is nowhere before it: its words are kept as the user's.
    fn orphan(
        &mut self,
        result: &'a ToolResult,
        cache: Option<CacheHint>,
        path: &str,
    ) -> Result<Vec<Part<'a>>, Fault> {
        self.setting.near(
            path,
            Weight::Cosmetic,
            "a result without its call is sent as text",
        );
        let mut parts = vec![Part::text(format!(
            "[result of tool call {}]",
            result.call_id
        ))];
        for (index, block) in result.blocks.iter().enumerate() {
            parts.extend(
                self.setting
                    .parts(block, &format!("{path}.content[{index}]"))?,
            );
        }
        self.setting.cache(cache, parts.last_mut(), path);
        Ok(parts)
    }

    fn assistant(&mut self, index: usize, turn: &'a Turn) -> Result<(), Fault> {
        self.flush();
        let name = turn.name.as_deref();
        let mut message = Message {
            role: "assistant",
            name,
            ..Message::default()
        };
        let mut calls = Vec::new();
        for (position, block) in turn.blocks.iter().enumerate() {
            let path = place::block(self.request, index, position);
            match &block.content {
                Content::Text(_) => {
                    if !calls.is_empty() {
                        let reason = "text stands before the tool calls of its turn";
                        self.setting.near(&path, Weight::Cosmetic, reason);
                    }
                    message.content.extend(self.setting.parts(block, &path)?);
                    continue;
                }
                Content::Refusal(text) if self.is_own() => append(&mut message.refusal, text),
                Content::Reasoning(reasoning) if self.keeps(reasoning) => {
                    append(&mut message.reasoning_content, &reasoning.text);
                }
                Content::ToolCall(call) => {
                    calls.push(call.id.as_str());
                    message.tool_calls.push(self.call(call, &path));
                }
                Content::Image(_) | Content::Document(_) | Content::Audio { .. } => {
                    let reason = "the model's own pictures, files and speech cannot be sent back";
                    self.setting.lose(&path, Weight::Semantic, reason);
                    continue;
                }
                Content::Refusal(_)
                | Content::Reasoning(_)
                | Content::ToolResult(_)
                | Content::Unknown { .. } => {
                    message.content.extend(self.setting.parts(block, &path)?);
                    continue;
                }
            }
            // What is no part of the content has no place for a breakpoint.
            self.setting.cache(block.cache, None, &path);
        }
        let is_empty = message.content.is_empty() && message.refusal.is_none() && calls.is_empty();
        if is_empty {
            let path = place::turn(self.request, index);
            self.setting.lose(
                &path,
                Weight::Cosmetic,
                "nothing of the turn is left to send",
            );
            return Ok(());
        }
        self.messages.push(message);
        self.answer(index, &calls)
    }

    fn is_own(&self) -> bool {
        self.request.origin == Dialect::OpenAiChat
    }

    /// Reasoning is sent back where it came from this dialect: DeepSeek wants its thoughts back
    /// within a loop of tool calls. Another provider's thoughts mean nothing to this one.
    fn keeps(&self, reasoning: &Reasoning) -> bool {
        let owner = reasoning.seal.as_ref().map(|seal| seal.owner);
        !reasoning.text.is_empty()
            && (owner == Some(Dialect::OpenAiChat) || (self.is_own() && owner.is_none()))
    }

    fn call(&mut self, call: &'a ToolCall, path: &str) -> Call<'a> {
        let name = self.names.sent(&call.name);
        let content = if self.names.is_custom(&call.name) && self.is_own() {
            let input = input(&call.arguments).map_or(Cow::Borrowed(&*call.arguments), Cow::Owned);
            CallContent::Custom {
                custom: Custom { name, input },
            }
        } else {
            let arguments = self.arguments(call, path);
            CallContent::Function {
                function: Function { name, arguments },
            }
        };
        Call {
            id: &call.id,
            content,
        }
    }

    fn arguments(&mut self, call: &'a ToolCall, path: &str) -> Cow<'a, str> {
        let text = call.arguments.trim();
        if text.is_empty() {
            Cow::Borrowed("{}")
        } else if self.names.is_custom(&call.name) && input(text).is_none() {
            // A wrapped tool's earlier calls have to look like its declaration.
            self.setting
                .near(path, Weight::Cosmetic, "free text is sent as an object");
            Cow::Owned(serde_json::json!({ "input": call.arguments }).to_string())
        } else {
            Cow::Borrowed(&call.arguments)
        }
    }

    /// Writes the results of the calls just made, in their order.
    fn answer(&mut self, index: usize, calls: &[&'a str]) -> Result<(), Fault> {
        for id in calls {
            let next = self.next(index);
            let Some(found) = self.found.find(index, next, id) else {
                let path = place::turn(self.request, index);
                let reason = "a tool call without a result is answered with an error";
                self.setting.near(&path, Weight::Semantic, reason);
                let text = "Error: this tool call was interrupted and has no result";
                self.messages.push(Message {
                    role: "tool",
                    tool_call_id: Some(id),
                    content: vec![Part::text(text)],
                    ..Message::default()
                });
                continue;
            };
            self.found.all[found].used = true;
            let Loose {
                turn,
                block,
                result,
                cache,
                ..
            } = self.found.all[found];
            let again: Vec<usize> = self.found.around(index, next, id).0.to_vec();
            for place in again {
                let other = &mut self.found.all[place];
                if !other.used && other.result == result {
                    other.used = true;
                    let path = place::block(self.request, other.turn, other.block);
                    self.setting
                        .lose(&path, Weight::Cosmetic, "the same result came twice");
                }
            }
            let path = place::block(self.request, turn, block);
            self.result(result, cache, &path)?;
        }
        Ok(())
    }

    /// The next turn of the model after `index`, or the end.
    fn next(&self, index: usize) -> usize {
        let turns = self.request.turns.iter().enumerate().skip(index + 1);
        let mut later = turns.filter(|(_, turn)| turn.role == Role::Assistant);
        later
            .next()
            .map_or(self.request.turns.len(), |(next, _)| next)
    }

    fn result(
        &mut self,
        result: &'a ToolResult,
        cache: Option<CacheHint>,
        path: &str,
    ) -> Result<(), Fault> {
        let mut texts = Vec::new();
        for (index, block) in result.blocks.iter().enumerate() {
            let path = format!("{path}.content[{index}]");
            for part in self.setting.parts(block, &path)? {
                let marker = match part.content {
                    PartContent::Text { .. } => {
                        texts.push(part);
                        continue;
                    }
                    PartContent::ImageUrl { .. } => "image",
                    PartContent::InputAudio { .. } => "audio",
                    PartContent::File { .. } => "file",
                };
                let reason = "a tool's result is text only; the rest follows as the user's";
                self.setting.near(&path, Weight::Cosmetic, reason);
                let marker = format!("[{marker} from tool call {}]", result.call_id);
                if texts.is_empty() {
                    texts.push(Part::text(marker.clone()));
                }
                self.moved.push(Part::text(marker));
                self.moved.push(part);
            }
        }
        if result.is_error {
            let path = format!("{path}.is_error");
            self.setting
                .near(&path, Weight::Cosmetic, "a failure is told by the text");
            match texts.first_mut().map(|part| &mut part.content) {
                Some(PartContent::Text { text }) => *text = Cow::Owned(format!("Error: {text}")),
                Some(_) | None => texts.push(Part::text("Error: the tool failed")),
            }
        }
        if texts.is_empty() {
            texts.push(Part::text(""));
        }
        self.setting.cache(cache, texts.last_mut(), path);
        self.messages.push(Message {
            role: "tool",
            tool_call_id: Some(&result.call_id),
            content: texts,
            ..Message::default()
        });
        Ok(())
    }

    /// What tools returned besides text, as a message of its own.
    fn flush(&mut self) {
        if !self.moved.is_empty() {
            let content = std::mem::take(&mut self.moved);
            self.messages.push(Message {
                role: "user",
                content,
                ..Message::default()
            });
        }
    }

    fn limit_breakpoints(&mut self) {
        let parts = self
            .messages
            .iter_mut()
            .rev()
            .flat_map(|message| message.content.iter_mut().rev());
        let surplus = parts
            .filter(|part| part.prompt_cache_breakpoint.is_some())
            .skip(BREAKPOINTS);
        let mut dropped = false;
        for part in surplus {
            part.prompt_cache_breakpoint = None;
            dropped = true;
        }
        if dropped {
            let reason = "only the last four cache breakpoints are kept";
            self.setting.lose("cache_control", Weight::Cosmetic, reason);
        }
    }
}

fn append<'a>(whole: &mut Option<Cow<'a, str>>, more: &'a str) {
    match whole {
        Some(text) => text.to_mut().push_str(more),
        None => *whole = Some(Cow::Borrowed(more)),
    }
}

/// The free text in the arguments of a call to a tool that takes it.
fn input(arguments: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Wrapped {
        input: String,
    }
    serde_json::from_str::<Wrapped>(arguments)
        .ok()
        .map(|wrapped| wrapped.input)
}
