//! Ready answers as Anthropic's Messages API sends them.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::reply::{Part, Reply, Stop, Usage};
use crate::script::{End, Script};

/// A reply as one JSON answer.
#[must_use]
pub fn answer(reply: &Reply) -> Script {
    Script::json(200, &message(reply)).header("request-id", "req_scripted")
}

/// A reply as a stream, `message_stop` at its end.
#[must_use]
pub fn stream(reply: &Reply) -> Script {
    Script::events(events(reply))
        .header("request-id", "req_scripted")
        .paced(reply.gap)
}

/// A stream that ends, properly for HTTP, before `message_delta` and `message_stop`.
#[must_use]
pub fn stream_without_end(reply: &Reply) -> Script {
    Script::events(events(reply))
        .without_last(2)
        .paced(reply.gap)
}

/// A stream with no event.
#[must_use]
pub fn empty_stream() -> Script {
    Script::events([])
}

/// A stream that breaks with an error after the first `count` events of the reply.
#[must_use]
pub fn error_in_stream(reply: &Reply, count: usize) -> Script {
    let mut all = events(reply);
    all.truncate(count);
    all.push(event(&error_body(529)));
    Script::events(all).paced(reply.gap)
}

/// Deltas one after the other, `every` so often, until the peer leaves.
#[must_use]
pub fn endless(model: &str, every: Duration) -> Script {
    let mut opening = events(&Reply::text("tick ").model(model).delta(5));
    opening.truncate(3);
    let more = json!({"type": "content_block_delta", "index": 0,
        "delta": {"type": "text_delta", "text": "tick "}});
    Script::events(opening)
        .repeat(event(&more), every)
        .end(End::Stall)
}

/// An error with this status; 429 has a `retry-after` of 7 seconds.
#[must_use]
pub fn error(status: u16) -> Script {
    let script = Script::json(status, &error_body(status)).header("request-id", "req_scripted");
    if status == 429 {
        script.header("retry-after", "7")
    } else {
        script
    }
}

/// An error inside a 200.
#[must_use]
pub fn error_in_ok() -> Script {
    Script::json(200, &error_body(500))
}

/// A stream whose first event is an error.
#[must_use]
pub fn error_as_first_event() -> Script {
    Script::events([event(&error_body(529))])
}

/// The body of an error with this status.
#[must_use]
pub fn error_body(status: u16) -> Value {
    let kind = match status {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        408 | 504 => "timeout_error",
        409 => "conflict_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 | 529 => "overloaded_error",
        400..=499 => "invalid_request_error",
        _ => "api_error",
    };
    let message = format!("scripted error {status}");
    json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_scripted"})
}

/// The list of these models.
#[must_use]
pub fn models(names: &[&str]) -> Value {
    let data: Vec<Value> = names.iter().map(|name| model(name)).collect();
    json!({"data": data, "has_more": false, "first_id": names.first(), "last_id": names.last()})
}

/// One model.
#[must_use]
pub fn model(name: &str) -> Value {
    json!({"type": "model", "id": name, "display_name": name, "created_at": "2023-11-14T00:00:00Z"})
}

/// The answer of `count_tokens`.
#[must_use]
pub fn count(input_tokens: u64) -> Script {
    Script::json(200, &json!({"input_tokens": input_tokens}))
}

/// The events of a reply's stream, as bytes, `message_stop` last.
#[must_use]
pub fn events(reply: &Reply) -> Vec<Bytes> {
    let mut start = message(reply);
    start["content"] = json!([]);
    start["stop_reason"] = Value::Null;
    start["stop_sequence"] = Value::Null;
    start["usage"]["output_tokens"] = json!(1);
    let mut all = vec![json!({"type": "message_start", "message": start})];
    for (index, part) in reply.parts.iter().enumerate() {
        let (block, deltas) = opened(reply, part);
        all.push(json!({"type": "content_block_start", "index": index, "content_block": block}));
        if index == 0 {
            all.push(json!({"type": "ping"}));
        }
        let delta = |delta| json!({"type": "content_block_delta", "index": index, "delta": delta});
        all.extend(deltas.into_iter().map(delta));
        all.push(json!({"type": "content_block_stop", "index": index}));
    }
    let (reason, sequence) = stop_reason(&reply.stop);
    all.push(json!({"type": "message_delta", "usage": usage(reply.usage),
        "delta": {"stop_reason": reason, "stop_sequence": sequence}}));
    all.push(json!({"type": "message_stop"}));
    all.iter().map(event).collect()
}

/// The JSON answer of a reply.
#[must_use]
pub fn message(reply: &Reply) -> Value {
    let (reason, sequence) = stop_reason(&reply.stop);
    json!({"id": "msg_scripted", "type": "message", "role": "assistant", "model": reply.model,
        "content": reply.parts.iter().map(block).collect::<Vec<_>>(),
        "stop_reason": reason, "stop_sequence": sequence, "usage": usage(reply.usage)})
}

fn block(part: &Part) -> Value {
    match part {
        Part::Text(text) | Part::Refusal(text) => json!({"type": "text", "text": text}),
        Part::Thinking(thought, signature) => {
            json!({"type": "thinking", "thinking": thought, "signature": signature})
        }
        Part::Redacted(data) => json!({"type": "redacted_thinking", "data": data}),
        Part::Tool(id, name, arguments) => {
            let input: Value = serde_json::from_str(arguments).unwrap_or_default();
            json!({"type": "tool_use", "id": id, "name": name, "input": input})
        }
    }
}

/// A block as it opens, and the deltas that fill it.
fn opened(reply: &Reply, part: &Part) -> (Value, Vec<Value>) {
    let filled = |kind: &str, field: &str, text: &str| -> Vec<Value> {
        reply
            .pieces(text)
            .into_iter()
            .map(|piece| json!({"type": kind, field: piece}))
            .collect()
    };
    match part {
        Part::Text(text) | Part::Refusal(text) => (
            json!({"type": "text", "text": ""}),
            filled("text_delta", "text", text),
        ),
        Part::Thinking(thought, signature) => {
            let mut deltas = filled("thinking_delta", "thinking", thought);
            deltas.push(json!({"type": "signature_delta", "signature": signature}));
            (
                json!({"type": "thinking", "thinking": "", "signature": ""}),
                deltas,
            )
        }
        Part::Redacted(_) => (block(part), Vec::new()),
        Part::Tool(id, name, arguments) => {
            let mut deltas = vec![json!({"type": "input_json_delta", "partial_json": ""})];
            if arguments != "{}" {
                deltas.extend(filled("input_json_delta", "partial_json", arguments));
            }
            (
                json!({"type": "tool_use", "id": id, "name": name, "input": {}}),
                deltas,
            )
        }
    }
}

fn stop_reason(stop: &Stop) -> (&'static str, Option<&str>) {
    match stop {
        Stop::Natural => ("end_turn", None),
        Stop::Length => ("max_tokens", None),
        Stop::Sequence(sequence) => ("stop_sequence", Some(sequence)),
        Stop::Tools => ("tool_use", None),
        Stop::Refusal => ("refusal", None),
    }
}

fn usage(usage: Usage) -> Value {
    json!({"input_tokens": usage.input.saturating_sub(usage.cached + usage.cache_written),
        "cache_creation_input_tokens": usage.cache_written,
        "cache_read_input_tokens": usage.cached, "output_tokens": usage.output,
        "output_tokens_details": {"thinking_tokens": usage.reasoning}})
}

fn event(data: &Value) -> Bytes {
    format!(
        "event: {}\ndata: {data}\n\n",
        data["type"].as_str().unwrap_or_default()
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(reply: &Reply) -> Vec<Value> {
        let parse = |event: &Bytes| {
            let text = String::from_utf8_lossy(event);
            let (name, data) = text.trim_end().split_once("\ndata: ").unwrap_or_default();
            let data: Value = serde_json::from_str(data).unwrap_or_default();
            assert_eq!(name.strip_prefix("event: "), data["type"].as_str());
            data
        };
        events(reply).iter().map(parse).collect()
    }

    #[test]
    fn blocks_are_dense_and_closed_and_the_signature_is_last() {
        let all = data(&Reply::thinking("Let me see", "c2ln", "Yes"));
        let kinds: Vec<&str> = all
            .iter()
            .map(|e| {
                e["delta"]["type"]
                    .as_str()
                    .or_else(|| e["type"].as_str())
                    .unwrap_or_default()
            })
            .filter(|kind| *kind != "ping" && *kind != "thinking_delta")
            .collect();
        assert_eq!(
            kinds,
            [
                "message_start",
                "content_block_start",
                "signature_delta",
                "content_block_stop",
                "content_block_start",
                "text_delta",
                "content_block_stop",
                "message_delta",
                "message_stop"
            ]
        );
        assert_eq!(all[all.len() - 3]["index"], 1);
    }

    #[test]
    fn input_excludes_what_was_cached() {
        let usage = Usage {
            input: 100,
            cached: 60,
            cache_written: 30,
            output: 5,
            reasoning: 2,
        };
        let message = message(&Reply::text("x").usage(usage));
        assert_eq!(message["usage"]["input_tokens"], 10);
    }

    #[test]
    fn tool_input_joins_and_a_call_without_arguments_has_none() {
        let all = data(&Reply::tool_call("t", "f", &json!({"city": "Oslo"})));
        let joined: String = all
            .iter()
            .filter_map(|e| e["delta"]["partial_json"].as_str())
            .collect();
        assert_eq!(joined, r#"{"city":"Oslo"}"#);
        let all = data(&Reply::call_without_arguments("t", "f"));
        let joined: String = all
            .iter()
            .filter_map(|e| e["delta"]["partial_json"].as_str())
            .collect();
        assert_eq!(joined, "");
    }
}
