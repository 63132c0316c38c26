//! What clients require of a stream, checked over its bytes alone: written from the grammars of
//! the two dialects, and knowing nothing of how this crate writes them.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a stream said, in the order in which it said it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    pub text: String,
    pub reasoning: String,
    pub signatures: Vec<String>,
    pub refusal: String,
    pub tools: Vec<Tool>,
    pub stop: String,
    pub input: Option<u64>,
    pub output: Option<u64>,
}

impl Said {
    /// Whether every call can be made, where the client is told to make them.
    pub fn calls_are_whole(&self) -> Result<(), String> {
        if !matches!(self.stop.as_str(), "tool_use" | "tool_calls") {
            return Ok(());
        }
        for tool in &self.tools {
            let whole = serde_json::from_str::<Value>(&tool.arguments).is_ok_and(|v| v.is_object());
            is(
                whole,
                format!("the arguments of {} are {:?}", tool.name, tool.arguments),
            )?;
        }
        Ok(())
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tool {
    pub id: String,
    pub name: String,
    pub arguments: String,
}

fn frames(stream: &[u8]) -> Result<Vec<(Option<String>, String)>, String> {
    let text = std::str::from_utf8(stream).map_err(|error| format!("not UTF-8: {error}"))?;
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let text = text
        .strip_suffix("\n\n")
        .ok_or("the last frame does not end")?;
    text.split("\n\n")
        .map(|frame| {
            let (event, data) = match frame.strip_prefix("event: ") {
                Some(rest) => {
                    let (name, data) = rest.split_once('\n').ok_or("an event without data")?;
                    (Some(name.to_owned()), data)
                }
                None => (None, frame),
            };
            let data = data
                .strip_prefix("data: ")
                .ok_or_else(|| format!("no data: {frame}"))?;
            if data.contains(['\n', '\r']) {
                return Err(format!("data over several lines: {data}"));
            }
            Ok((event, data.to_owned()))
        })
        .collect()
}

fn word<'a>(value: &'a Value, path: &str) -> Result<&'a str, String> {
    value
        .pointer(path)
        .and_then(Value::as_str)
        .ok_or_else(|| format!("no {path} in {value}"))
}

fn count(value: &Value, path: &str) -> Result<u64, String> {
    value
        .pointer(path)
        .and_then(Value::as_u64)
        .ok_or_else(|| format!("no {path} in {value}"))
}

fn is(holds: bool, otherwise: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}

/// Checks a stream for an Anthropic client. `complete`: it has to end with `message_stop`.
pub fn anthropic(stream: &[u8], complete: bool) -> Result<Said, String> {
    let mut said = Said::default();
    let mut started = false;
    let mut next = 0;
    // The open block: its kind, whether its signature came, whether anything came.
    let mut open: Option<(String, bool, bool)> = None;
    let (mut told, mut stopped, mut failed) = (false, false, false);
    for (event, data) in frames(stream)? {
        let value: Value =
            serde_json::from_str(&data).map_err(|error| format!("{error}: {data}"))?;
        let kind = word(&value, "/type")?;
        is(
            event.as_deref() == Some(kind),
            format!("event {event:?} says {kind}"),
        )?;
        is(!stopped && !failed, format!("{kind} after the end"))?;
        is(
            started || matches!(kind, "message_start" | "error"),
            format!("{kind} comes first"),
        )?;
        if told {
            is(
                matches!(kind, "message_stop" | "message_delta" | "ping" | "error"),
                "late block",
            )?;
        }
        match kind {
            "ping" => {}
            "error" => {
                word(&value, "/error/type")?;
                word(&value, "/error/message")?;
                failed = true;
            }
            "message_start" => {
                is(!started, "message_start twice")?;
                started = true;
                is(
                    word(&value, "/message/id")?.starts_with("msg_"),
                    "the id is no msg_",
                )?;
                is(word(&value, "/message/role")? == "assistant", "the role")?;
                word(&value, "/message/model")?;
                let empty = value["message"]["content"]
                    .as_array()
                    .is_some_and(Vec::is_empty);
                is(empty, "message_start has content")?;
                count(&value, "/message/usage/input_tokens")?;
                count(&value, "/message/usage/output_tokens")?;
            }
            "content_block_start" => {
                is(open.is_none(), "a second open block")?;
                is(
                    count(&value, "/index")? == next,
                    format!("index is not {next}: {data}"),
                )?;
                let block = word(&value, "/content_block/type")?.to_owned();
                match block.as_str() {
                    "text" => is(
                        word(&value, "/content_block/text")?.is_empty(),
                        "early text",
                    )?,
                    "thinking" => {
                        is(
                            word(&value, "/content_block/thinking")?.is_empty(),
                            "early thought",
                        )?;
                    }
                    "redacted_thinking" => {
                        said.signatures
                            .push(word(&value, "/content_block/data")?.to_owned());
                    }
                    "tool_use" => {
                        let id = word(&value, "/content_block/id")?.to_owned();
                        let allowed = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
                        is(
                            !id.is_empty() && id.chars().all(allowed),
                            format!("call id {id:?}"),
                        )?;
                        is(
                            said.tools.iter().all(|tool| tool.id != id),
                            format!("{id} twice"),
                        )?;
                        let name = word(&value, "/content_block/name")?.to_owned();
                        is(!name.is_empty(), "a tool without a name")?;
                        let input = value.pointer("/content_block/input");
                        is(input == Some(&serde_json::json!({})), "early input")?;
                        said.tools.push(Tool {
                            id,
                            name,
                            arguments: String::new(),
                        });
                    }
                    other => return Err(format!("a block of kind {other}")),
                }
                open = Some((block, false, false));
            }
            "content_block_delta" => {
                is(
                    count(&value, "/index")? == next,
                    format!("delta of another block: {data}"),
                )?;
                let (block, sealed, any) = open.as_mut().ok_or("a delta without a block")?;
                is(!*sealed, "something follows the signature")?;
                *any = true;
                match (block.as_str(), word(&value, "/delta/type")?) {
                    ("text", "text_delta") => said.text.push_str(word(&value, "/delta/text")?),
                    ("text", "citations_delta") => {
                        word(&value, "/delta/citation/type")?;
                    }
                    ("thinking", "thinking_delta") => {
                        said.reasoning.push_str(word(&value, "/delta/thinking")?);
                    }
                    ("thinking", "signature_delta") => {
                        said.signatures
                            .push(word(&value, "/delta/signature")?.to_owned());
                        *sealed = true;
                    }
                    ("tool_use", "input_json_delta") => {
                        let tool = said.tools.last_mut().ok_or("no tool")?;
                        tool.arguments
                            .push_str(word(&value, "/delta/partial_json")?);
                    }
                    (block, delta) => return Err(format!("{delta} in a block of {block}")),
                }
            }
            "content_block_stop" => {
                is(
                    count(&value, "/index")? == next,
                    format!("another block ends: {data}"),
                )?;
                let (block, _, any) = open.take().ok_or("no block to end")?;
                is(
                    any || block == "redacted_thinking",
                    format!("an empty block of {block}"),
                )?;
                next += 1;
            }
            "message_delta" => {
                is(open.is_none(), "message_delta within a block")?;
                said.stop = word(&value, "/delta/stop_reason")?.to_owned();
                let known = [
                    "end_turn",
                    "max_tokens",
                    "stop_sequence",
                    "tool_use",
                    "pause_turn",
                    "refusal",
                    "model_context_window_exceeded",
                ];
                is(
                    known.contains(&said.stop.as_str()),
                    format!("stop_reason {}", said.stop),
                )?;
                let sequence = &value["delta"]["stop_sequence"];
                is(sequence.is_null() || sequence.is_string(), "stop_sequence")?;
                said.output = Some(count(&value, "/usage/output_tokens")?);
                said.input = value["usage"]["input_tokens"].as_u64();
                told = true;
            }
            "message_stop" => {
                is(told, "message_stop without a reason")?;
                stopped = true;
            }
            other => return Err(format!("an event {other}")),
        }
    }
    if complete {
        is(stopped, "no message_stop")?;
        if said.stop == "tool_use" {
            is(!said.tools.is_empty(), "tool_use without a call")?;
        }
    } else {
        is(!stopped, "message_stop after a fault")?;
    }
    Ok(said)
}

/// Checks a stream for a client of chat completions. `complete`: it has to end with `[DONE]`.
pub fn openai(stream: &[u8], complete: bool, include_usage: bool) -> Result<Said, String> {
    let mut said = Said::default();
    let mut identity: Option<(Value, Value, Value)> = None;
    let mut places: BTreeMap<u64, usize> = BTreeMap::new();
    let (mut done, mut failed, mut counted) = (false, false, false);
    for (event, data) in frames(stream)? {
        is(event.is_none(), format!("a named event {event:?}"))?;
        is(!done && !failed, format!("after the end: {data}"))?;
        if data == "[DONE]" {
            done = true;
            continue;
        }
        let value: Value =
            serde_json::from_str(&data).map_err(|error| format!("{error}: {data}"))?;
        if value.get("error").is_some() {
            word(&value, "/error/message")?;
            word(&value, "/error/type")?;
            failed = true;
            continue;
        }
        is(!counted, "a chunk after the usage")?;
        is(
            word(&value, "/object")? == "chat.completion.chunk",
            "the object",
        )?;
        is(
            word(&value, "/id")?.starts_with("chatcmpl-"),
            "the id is no chatcmpl-",
        )?;
        let own = (
            value["id"].clone(),
            value["created"].clone(),
            value["model"].clone(),
        );
        is(own.1.is_u64() && own.2.is_string(), "created and model")?;
        let first = identity.is_none();
        is(
            *identity.get_or_insert_with(|| own.clone()) == own,
            "the identity changed",
        )?;
        let choices = value["choices"].as_array().ok_or("no choices")?;
        if choices.is_empty() {
            is(include_usage, "usage that nobody asked for")?;
            is(!said.stop.is_empty(), "usage before the reason")?;
            counted = true;
            said.input = Some(count(&value, "/usage/prompt_tokens")?);
            said.output = Some(count(&value, "/usage/completion_tokens")?);
            let total = said.input.unwrap_or(0) + said.output.unwrap_or(0);
            is(count(&value, "/usage/total_tokens")? == total, "the total")?;
            continue;
        }
        is(
            value.get("usage").is_some() == include_usage,
            "usage on a chunk",
        )?;
        is(value["usage"].is_null(), "usage on a chunk with choices")?;
        is(
            choices.len() == 1 && choices[0]["index"] == 0,
            "one choice, number 0",
        )?;
        is(said.stop.is_empty(), "a chunk after the reason")?;
        let delta = choices[0]["delta"].as_object().ok_or("no delta")?;
        if first {
            let role = delta.get("role").and_then(Value::as_str);
            let content = delta.get("content").and_then(Value::as_str);
            is(
                (role, content) == (Some("assistant"), Some("")),
                "the first chunk",
            )?;
            continue;
        }
        is(!delta.contains_key("role"), "a second role")?;
        let text = |name: &str| delta.get(name).and_then(Value::as_str).unwrap_or_default();
        said.text.push_str(text("content"));
        said.reasoning.push_str(text("reasoning_content"));
        said.refusal.push_str(text("refusal"));
        for call in delta
            .get("tool_calls")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let index = count(call, "/index")?;
            let arguments = word(call, "/function/arguments")?;
            let dense = places.len() as u64;
            match places.get(&index) {
                Some(place) => {
                    is(
                        call.get("id").is_none() && call["function"].get("name").is_none(),
                        "name",
                    )?;
                    said.tools[*place].arguments.push_str(arguments);
                }
                None => {
                    is(
                        index == dense,
                        format!("call {index} where {dense} is next"),
                    )?;
                    is(
                        word(call, "/type")? == "function" && arguments.is_empty(),
                        "first delta",
                    )?;
                    let id = word(call, "/id")?.to_owned();
                    let name = word(call, "/function/name")?.to_owned();
                    is(
                        !id.is_empty() && !name.is_empty(),
                        "a call without id or name",
                    )?;
                    is(
                        said.tools.iter().all(|tool| tool.id != id),
                        format!("{id} twice"),
                    )?;
                    places.insert(index, said.tools.len());
                    said.tools.push(Tool {
                        id,
                        name,
                        arguments: String::new(),
                    });
                }
            }
        }
        if let Some(reason) = choices[0]["finish_reason"].as_str() {
            let known = [
                "stop",
                "length",
                "tool_calls",
                "content_filter",
                "function_call",
            ];
            is(known.contains(&reason), format!("finish_reason {reason}"))?;
            said.stop = reason.to_owned();
        }
    }
    if complete {
        is(done, "no [DONE]")?;
        is(!said.stop.is_empty(), "no reason")?;
        if said.stop == "tool_calls" {
            is(!said.tools.is_empty(), "tool_calls without a call")?;
        }
    } else {
        is(!done, "[DONE] after a fault")?;
    }
    Ok(said)
}
