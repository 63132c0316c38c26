//! Reads the conversation.

use serde_json::value::RawValue;

use super::parts;
use super::reader::{self, Object};
use crate::chat::{Block, Content, Reasoning, Role, ToolCall, ToolResult, Turn};
use crate::{Fault, LossKind, Losses, Weight};

/// Reads `messages`. The results of tools become blocks of a user turn, consecutive ones of one.
pub(super) fn decode(
    messages: Vec<(&RawValue, String)>,
    losses: &mut Losses,
) -> Result<Vec<Turn>, Fault> {
    let mut turns: Vec<Turn> = Vec::with_capacity(messages.len());
    let mut results_open = false;
    // The legacy `function_call` has no id; its result is found by the name.
    let mut functions: Vec<(String, String)> = Vec::new();
    for (position, (raw, path)) in messages.into_iter().enumerate() {
        let mut message = Object::open(raw, path)?;
        let role = message.required_text("role")?;
        let turn = match role.as_str() {
            "system" => spoken(Role::System, &mut message)?,
            "developer" => spoken(Role::Developer, &mut message)?,
            "user" => spoken(Role::User, &mut message)?,
            "assistant" => {
                let turn = assistant(&mut message, position, losses)?;
                functions.extend(legacy_call(&turn, position));
                turn
            }
            "tool" | "function" => {
                let call_id = if role == "tool" {
                    message.required_text("tool_call_id")?
                } else {
                    let name = message.required_text("name")?;
                    match functions.iter().rposition(|(_, called)| *called == name) {
                        Some(position) => functions.swap_remove(position).0,
                        None => name,
                    }
                };
                let result = tool_result(&mut message, call_id)?;
                match turns.last_mut().filter(|_| results_open) {
                    Some(turn) => turn.blocks.push(result),
                    None => turns.push(Turn {
                        role: Role::User,
                        name: None,
                        blocks: vec![result],
                    }),
                }
                results_open = true;
                // The tool's name; its call says it already.
                message.take("name");
                note_rest(message, losses);
                continue;
            }
            _ => {
                let path = message.at("role");
                let message = format!(
                    "\"{path}\" must be system, developer, user, assistant, tool or function"
                );
                return Err(Fault::invalid(path, message));
            }
        };
        note_rest(message, losses);
        turns.push(turn);
        results_open = false;
    }
    Ok(turns)
}

fn note_rest(message: Object<'_>, losses: &mut Losses) {
    let path = message.path().to_owned();
    for (name, _) in message.rest() {
        let path = format!("{path}.{name}");
        losses.record(path, LossKind::Dropped, Weight::Cosmetic, "not known here");
    }
}

fn spoken(role: Role, message: &mut Object<'_>) -> Result<Turn, Fault> {
    let name = message.text("name")?;
    let content = message
        .take("content")
        .ok_or_else(|| message.missing("content"))?;
    let mut blocks = parts::decode(content, &message.at("content"))?;
    cache_last(message, &mut blocks)?;
    Ok(Turn { role, name, blocks })
}

/// A cache breakpoint on a whole message, as some clients write it, is one after its last part.
fn cache_last(message: &mut Object<'_>, blocks: &mut [Block]) -> Result<(), Fault> {
    if let (Some(hint), Some(last)) = (parts::cache(message)?, blocks.last_mut()) {
        last.cache = Some(last.cache.unwrap_or(hint));
    }
    Ok(())
}

fn assistant(
    message: &mut Object<'_>,
    position: usize,
    losses: &mut Losses,
) -> Result<Turn, Fault> {
    let name = message.text("name")?;
    let mut blocks = Vec::new();
    let other = message.text("reasoning")?;
    if let Some(text) = message
        .text("reasoning_content")?
        .or(other)
        .filter(|t| !t.is_empty())
    {
        blocks.push(Block::new(Content::Reasoning(Reasoning {
            text,
            seal: None,
        })));
    }
    if let Some(content) = message.take("content") {
        blocks.extend(parts::decode(content, &message.at("content"))?);
    }
    if let Some(text) = message.text("refusal")?.filter(|text| !text.is_empty()) {
        blocks.push(Block::new(Content::Refusal(text)));
    }
    for (raw, path) in message.list("tool_calls")?.unwrap_or_default() {
        blocks.push(Block::new(Content::ToolCall(tool_call(Object::open(
            raw, path,
        )?)?)));
    }
    if let Some(mut function) = message.object("function_call")? {
        let call = called(legacy_id(position), &mut function)?;
        blocks.push(Block::new(Content::ToolCall(call)));
    }
    if message.take("audio").is_some() {
        let reason = "speech of an earlier answer is known to its provider alone";
        losses.record(
            message.at("audio"),
            LossKind::Dropped,
            Weight::Semantic,
            reason,
        );
    }
    // Only an answer has it; clients that send answers back send it along.
    message.take("annotations");
    cache_last(message, &mut blocks)?;
    Ok(Turn {
        role: Role::Assistant,
        name,
        blocks,
    })
}

fn tool_call(mut call: Object<'_>) -> Result<ToolCall, Fault> {
    let id = call.required_text("id")?;
    call.take("type");
    if let Some(mut custom) = call.object("custom")? {
        // Free text travels as the one string of a JSON object.
        let name = custom.required_text("name")?;
        let input = serde_json::Value::from(custom.required_text("input")?);
        return Ok(ToolCall {
            id,
            name,
            arguments: format!("{{\"input\":{input}}}"),
        });
    }
    called(id, &mut call.required_object("function")?)
}

fn called(id: String, function: &mut Object<'_>) -> Result<ToolCall, Fault> {
    let name = function.required_text("name")?;
    let arguments = match function.take("arguments") {
        None => String::new(),
        Some(raw) if raw.get().starts_with('"') => reader::text(raw, &function.at("arguments"))?,
        // The object itself, where a string with its text belongs.
        Some(raw) => raw.get().to_owned(),
    };
    let arguments = if arguments.trim().is_empty() {
        "{}".to_owned()
    } else {
        arguments
    };
    Ok(ToolCall {
        id,
        name,
        arguments,
    })
}

fn legacy_id(position: usize) -> String {
    format!("call_function_{position}")
}

/// The id and name of a turn's legacy function call.
fn legacy_call(turn: &Turn, position: usize) -> Option<(String, String)> {
    turn.blocks.iter().find_map(|block| match &block.content {
        Content::ToolCall(call) if call.id == legacy_id(position) => {
            Some((call.id.clone(), call.name.clone()))
        }
        _ => None,
    })
}

fn tool_result(message: &mut Object<'_>, call_id: String) -> Result<Block, Fault> {
    let cache = parts::cache(message)?;
    let mut blocks = match message.take("content") {
        Some(content) => parts::decode(content, &message.at("content"))?,
        // Some clients send `null` for a tool that returned nothing.
        None => Vec::new(),
    };
    // A breakpoint after the last part is one after the whole result.
    let last = blocks.last_mut().and_then(|block| block.cache.take());
    let result = ToolResult {
        call_id,
        blocks,
        is_error: false,
    };
    Ok(Block {
        content: Content::ToolResult(result),
        cache: cache.or(last),
    })
}
