//! A whole answer: `chat.completion` objects, read and written.

use serde::Serialize;

use super::assembly::Assembly;
use super::finish::{self, AnnotationOut};
use super::usage::UsageOut;
use super::wire::Chunk;
use super::{fault, unreadable_body};
use crate::chat::{Answer, ChatEvent, Transcript};
use crate::{AnswerContext, Fault, Losses};

/// Reads an upstream's whole answer.
pub(super) fn decode(body: &[u8]) -> Result<Vec<ChatEvent>, Fault> {
    let chunk: Chunk<'_> = match serde_json::from_slice(body) {
        Ok(chunk) => chunk,
        // A list is how Google's surface wraps an error.
        Err(_) if fault::is_error(body) => return Err(fault::decode(200, body)),
        Err(error) => return Err(unreadable_body(body, &error)),
    };
    if chunk.is_error() {
        return Err(fault::decode(200, body));
    }
    if chunk.choices.as_ref().is_none_or(Vec::is_empty) {
        let explained = fault::words(body);
        return Err(Fault::unreadable(match explained {
            Some(words) => format!("the provider answered without an answer: {words}"),
            None => "the provider answered without an answer (no choices)".to_owned(),
        }));
    }
    let mut events = Vec::new();
    let mut assembly = Assembly::default();
    assembly.chunk(chunk, &mut events)?;
    assembly.end(&mut events)?;
    Ok(events)
}

#[derive(Debug, Serialize)]
struct Completion<'a> {
    id: String,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: [ChoiceOut<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<UsageOut>,
}

#[derive(Debug, Serialize)]
struct ChoiceOut<'a> {
    index: u64,
    message: MessageOut<'a>,
    logprobs: Option<()>,
    finish_reason: &'static str,
}

#[derive(Debug, Serialize)]
struct MessageOut<'a> {
    role: &'static str,
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<String>,
    refusal: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    annotations: Vec<AnnotationOut<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<CallOut<'a>>,
}

/// A tool call with all its arguments.
#[derive(Debug, Serialize)]
struct CallOut<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    function: FunctionOut<'a>,
}

#[derive(Debug, Serialize)]
struct FunctionOut<'a> {
    name: &'a str,
    arguments: &'a str,
}

/// Writes a whole answer.
pub(super) fn encode(
    answer: &Transcript,
    context: &AnswerContext,
    losses: &mut Losses,
) -> Result<Vec<u8>, Fault> {
    let mut message = fold(&answer.blocks, losses);
    if message.refusal.is_none() {
        message.refusal.clone_from(&answer.finish.explanation);
    }
    if message.content.is_none() && message.refusal.is_none() && message.tool_calls.is_empty() {
        message.content = Some(String::new());
    }
    let finish_reason = finish::word(&answer.finish, losses);
    let completion = Completion {
        id: format!("chatcmpl-{}", context.id),
        object: "chat.completion",
        created: context.created,
        model: &context.model,
        choices: [ChoiceOut {
            index: 0,
            message,
            logprobs: None,
            finish_reason,
        }],
        usage: UsageOut::of(&answer.usage),
    };
    serde_json::to_vec(&completion)
        .map_err(|error| Fault::unreadable(format!("the answer could not be written: {error}")))
}

fn fold<'a>(blocks: &'a [Answer], losses: &mut Losses) -> MessageOut<'a> {
    let mut message = MessageOut {
        role: "assistant",
        content: None,
        reasoning_content: None,
        refusal: None,
        annotations: Vec::new(),
        tool_calls: Vec::new(),
    };
    let mut after_other = false;
    for block in blocks {
        match block {
            Answer::Text { text, citations } => {
                let content = message.content.get_or_insert_default();
                if after_other && !text.is_empty() && needs_gap(content) {
                    content.push_str("\n\n");
                }
                let start = content.chars().count();
                content.push_str(text);
                let span = (start, start + text.chars().count());
                message.annotations.extend(
                    citations
                        .iter()
                        .map(|source| AnnotationOut::of(source, span, losses)),
                );
            }
            Answer::Reasoning { text, seal } => {
                if seal.is_some() {
                    finish::lose_seal(losses);
                }
                if !text.is_empty() {
                    message
                        .reasoning_content
                        .get_or_insert_default()
                        .push_str(text);
                }
            }
            Answer::Sealed(_) => finish::lose_seal(losses),
            Answer::Refusal(text) => message.refusal.get_or_insert_default().push_str(text),
            Answer::ToolCall {
                id,
                name,
                arguments,
            } => {
                let arguments = if arguments.trim().is_empty() {
                    "{}"
                } else {
                    arguments
                };
                let function = FunctionOut { name, arguments };
                message.tool_calls.push(CallOut {
                    id,
                    kind: "function",
                    function,
                });
            }
            Answer::Unknown { kind } => finish::lose_block(kind, losses),
        }
        after_other = !matches!(block, Answer::Text { .. });
    }
    message
}

/// Whether text that goes on after another block has to be set apart from the text before it:
/// this dialect has one string where others have blocks.
pub(super) fn needs_gap(content: &str) -> bool {
    !content.is_empty() && !content.ends_with('\n')
}
