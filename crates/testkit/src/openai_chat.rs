//! Ready answers as an OpenAI-compatible provider sends them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::reply::{Part, Reply, Stop, Usage};
use crate::script::{End, Script};

const CREATED: u64 = 1_700_000_000;

/// A reply as one JSON answer.
#[must_use]
pub fn answer(reply: &Reply) -> Script {
    Script::json(200, &completion(reply)).header("x-request-id", "req_scripted")
}

/// A reply as a stream, `[DONE]` at its end.
#[must_use]
pub fn stream(reply: &Reply) -> Script {
    Script::events(events(reply))
        .header("x-request-id", "req_scripted")
        .paced(reply.gap)
}

/// A stream that ends, properly for HTTP, before `[DONE]`, finish reason and usage.
#[must_use]
pub fn stream_without_end(reply: &Reply) -> Script {
    let ending = if reply.stream_usage { 3 } else { 2 };
    Script::events(events(reply))
        .without_last(ending)
        .paced(reply.gap)
}

/// A stream that says [DONE] and nothing else.
#[must_use]
pub fn empty_stream() -> Script {
    Script::events([Bytes::from_static(b"data: [DONE]\n\n")])
}

/// A stream that breaks with an error after the first `deltas` events of the reply.
#[must_use]
pub fn error_in_stream(reply: &Reply, deltas: usize) -> Script {
    let mut all = events(reply);
    all.truncate(deltas);
    all.push(event(&error_body(500)));
    Script::events(all).paced(reply.gap)
}

/// Deltas one after the other, `every` so often, until the peer leaves.
#[must_use]
pub fn endless(model: &str, every: Duration) -> Script {
    let head = chunk(model, &json!({"role": "assistant", "content": ""}), None);
    let more = chunk(model, &json!({"content": "tick "}), None);
    Script::events([event(&head)])
        .repeat(event(&more), every)
        .end(End::Stall)
}

/// An error with this status; 429 has a `retry-after` of 7 seconds.
#[must_use]
pub fn error(status: u16) -> Script {
    let script = Script::json(status, &error_body(status)).header("x-request-id", "req_scripted");
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
    Script::events([event(&error_body(500))])
}

/// The body of an error with this status.
#[must_use]
pub fn error_body(status: u16) -> Value {
    let (kind, code) = match status {
        401 => ("invalid_request_error", Some("invalid_api_key")),
        402 => ("insufficient_quota", Some("insufficient_quota")),
        403 => (
            "permission_error",
            Some("unsupported_country_region_territory"),
        ),
        404 => ("invalid_request_error", Some("model_not_found")),
        408 => ("timeout", None),
        409 => ("conflict_error", None),
        429 => ("requests", Some("rate_limit_exceeded")),
        503 | 529 => ("service_unavailable_error", Some("server_is_overloaded")),
        400..=499 => ("invalid_request_error", None),
        _ => ("server_error", None),
    };
    let message = format!("scripted error {status}");
    json!({"error": {"message": message, "type": kind, "param": null, "code": code}})
}

/// The list of these models.
#[must_use]
pub fn models(names: &[&str]) -> Value {
    json!({"object": "list", "data": names.iter().map(|name| model(name)).collect::<Vec<_>>()})
}

/// One model.
#[must_use]
pub fn model(name: &str) -> Value {
    json!({"id": name, "object": "model", "created": CREATED, "owned_by": "scripted"})
}

/// The answer of the older `POST /completions`.
#[must_use]
pub fn text_completion(model: &str, text: &str) -> Script {
    let choice = json!({"text": text, "index": 0, "logprobs": null, "finish_reason": "stop"});
    let usage = json!({"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18});
    Script::json(
        200,
        &json!({"id": "cmpl-scripted", "object": "text_completion", "created": CREATED,
            "model": model, "choices": [choice], "usage": usage}),
    )
}

/// `count` embeddings of three dimensions: the place of the input, 0.5 and -1, base64 if wanted.
#[must_use]
pub fn embeddings(model: &str, count: usize, base64: bool) -> Script {
    let one = |index: usize| {
        let vector = [index as f32, 0.5, -1.0];
        let bytes: Vec<u8> = vector
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect();
        let embedding = if base64 {
            json!(STANDARD.encode(bytes))
        } else {
            json!(vector)
        };
        json!({"object": "embedding", "index": index, "embedding": embedding})
    };
    let data: Vec<Value> = (0..count).map(one).collect();
    let usage = json!({"prompt_tokens": 5 * count, "total_tokens": 5 * count});
    Script::json(
        200,
        &json!({"object": "list", "data": data, "model": model, "usage": usage}),
    )
}

/// A generated image: a PNG of one pixel.
#[must_use]
pub fn image() -> Script {
    Script::json(
        200,
        &json!({"created": CREATED, "data": [{"b64_json": STANDARD.encode(PIXEL)}]}),
    )
}

/// A picture at this address.
#[must_use]
pub fn image_at(url: &str) -> Script {
    Script::json(200, &json!({"created": CREATED, "data": [{ "url": url }]}))
}

/// What was said in a recording.
#[must_use]
pub fn transcription(text: &str) -> Script {
    Script::json(200, &json!({ "text": text }))
}

/// A little sound: bytes that are no text.
#[must_use]
pub fn speech() -> Script {
    let sound: Vec<u8> = (0..=255).collect();
    Script::status(200)
        .header("content-type", "audio/mpeg")
        .bytes(sound)
}

/// A moderation that flags nothing.
#[must_use]
pub fn moderation(model: &str) -> Script {
    let result = json!({"flagged": false, "categories": {"violence": false},
        "category_scores": {"violence": 0.01}, "category_applied_input_types": {"violence": ["text"]}});
    Script::json(
        200,
        &json!({"id": "modr-scripted", "model": model, "results": [result]}),
    )
}

/// The events of a reply's stream, as bytes, `[DONE]` last.
#[must_use]
pub fn events(reply: &Reply) -> Vec<Bytes> {
    let mut chunks = vec![delta(reply, &json!({"role": "assistant", "content": ""}))];
    let mut calls: Vec<Vec<Value>> = Vec::new();
    for part in &reply.parts {
        let (name, text) = match part {
            Part::Text(text) => ("content", text),
            Part::Thinking(text, _) => ("reasoning_content", text),
            Part::Refusal(text) => ("refusal", text),
            Part::Redacted(_) => continue,
            Part::Tool(id, name, arguments) => {
                calls.push(call_deltas(reply, calls.len(), id, name, arguments));
                continue;
            }
        };
        chunks.extend(
            reply
                .pieces(text)
                .iter()
                .map(|piece| delta(reply, &keyed(name, json!(piece)))),
        );
    }
    let ordered = if reply.interleaved {
        in_turns(&calls)
    } else {
        calls.concat()
    };
    chunks.extend(
        ordered
            .into_iter()
            .map(|call| delta(reply, &json!({"tool_calls": [call]}))),
    );
    chunks.push(chunk(
        &reply.model,
        &json!({}),
        Some(finish_reason(&reply.stop)),
    ));
    if reply.stream_usage {
        for chunk in &mut chunks {
            chunk["usage"] = Value::Null;
        }
        let mut last = chunk(&reply.model, &json!({}), None);
        last["choices"] = json!([]);
        last["usage"] = usage(reply.usage);
        chunks.push(last);
    }
    let mut events: Vec<Bytes> = chunks.iter().map(event).collect();
    events.push(Bytes::from_static(b"data: [DONE]\n\n"));
    events
}

/// The JSON answer of a reply.
#[must_use]
pub fn completion(reply: &Reply) -> Value {
    let (mut text, mut thought, mut refusal) = (String::new(), String::new(), String::new());
    let mut calls = Vec::new();
    for part in &reply.parts {
        match part {
            Part::Text(more) => text.push_str(more),
            Part::Thinking(more, _) => thought.push_str(more),
            Part::Refusal(more) => refusal.push_str(more),
            Part::Redacted(_) => {}
            Part::Tool(id, name, arguments) => calls.push(json!({
                "id": id, "type": "function", "function": {"name": name, "arguments": arguments}})),
        }
    }
    let some = |text: String| {
        if text.is_empty() {
            Value::Null
        } else {
            Value::from(text)
        }
    };
    let mut message = json!({"role": "assistant", "content": some(text), "refusal": some(refusal)});
    if !thought.is_empty() {
        message["reasoning_content"] = json!(thought);
    }
    if !calls.is_empty() {
        message["tool_calls"] = json!(calls);
    }
    let finish = finish_reason(&reply.stop);
    json!({"id": "chatcmpl-scripted", "object": "chat.completion", "created": CREATED,
        "model": reply.model, "usage": usage(reply.usage),
        "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": finish}]})
}

fn usage(usage: Usage) -> Value {
    json!({"prompt_tokens": usage.input, "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning}})
}

fn finish_reason(stop: &Stop) -> &'static str {
    match stop {
        Stop::Natural | Stop::Sequence(_) | Stop::Refusal => "stop",
        Stop::Length => "length",
        Stop::Tools => "tool_calls",
    }
}

fn delta(reply: &Reply, delta: &Value) -> Value {
    chunk(&reply.model, delta, None)
}

fn chunk(model: &str, delta: &Value, finish: Option<&str>) -> Value {
    json!({"id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": CREATED,
        "model": model,
        "choices": [{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish}]})
}

fn call_deltas(reply: &Reply, index: usize, id: &str, name: &str, arguments: &str) -> Vec<Value> {
    let function = json!({"name": name, "arguments": ""});
    let mut deltas =
        vec![json!({"index": index, "id": id, "type": "function", "function": function})];
    let more = |piece: String| json!({"index": index, "function": {"arguments": piece}});
    deltas.extend(reply.pieces(arguments).into_iter().map(more));
    deltas
}

/// The first of each, then the second of each, and so on.
fn in_turns(calls: &[Vec<Value>]) -> Vec<Value> {
    let longest = calls.iter().map(Vec::len).max().unwrap_or(0);
    (0..longest)
        .flat_map(|turn| calls.iter().filter_map(move |call| call.get(turn).cloned()))
        .collect()
}

fn keyed(name: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}

fn event(data: &Value) -> Bytes {
    format!("data: {data}\n\n").into()
}

/// A transparent PNG of one pixel.
pub const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0,
    1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, 0x49, 0x44, 0x41, 0x54,
    0x78, 0x9c, 0x63, 0, 1, 0, 0, 5, 0, 1, 0x0d, 0x0a, 0x2d, 0xb4, 0, 0, 0, 0, 0x49, 0x45, 0x4e,
    0x44, 0xae, 0x42, 0x60, 0x82,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn data(reply: &Reply) -> Vec<Value> {
        let parse = |event: &Bytes| serde_json::from_slice(&event[6..]).unwrap_or(Value::Null);
        events(reply).iter().map(parse).collect()
    }

    #[test]
    fn text_deltas_join_and_the_order_of_the_end_is_right() {
        let chunks = data(&Reply::text("Hello, world"));
        let joined: String = chunks
            .iter()
            .filter_map(|c| c["choices"][0]["delta"]["content"].as_str())
            .collect();
        assert_eq!(joined, "Hello, world");
        let end = &chunks[chunks.len() - 3..];
        assert_eq!(end[0]["choices"][0]["finish_reason"], "stop");
        assert_eq!(
            (&end[1]["choices"], &end[1]["usage"]["total_tokens"]),
            (&json!([]), &json!(18))
        );
        assert!(end[2].is_null());
    }

    #[test]
    fn interleaved_calls_come_in_turns_and_each_joins_to_its_arguments() {
        let (a, b) = (json!({"city": "Lisbon"}), json!({"city": "Oslo"}));
        let chunks = data(&Reply::interleaved_tool_calls(&[
            ("a", "f", &a),
            ("b", "g", &b),
        ]));
        let calls: Vec<&Value> = chunks
            .iter()
            .map(|c| &c["choices"][0]["delta"]["tool_calls"][0])
            .filter(|c| c.is_object())
            .collect();
        let order: Vec<u64> = calls
            .iter()
            .take(6)
            .filter_map(|c| c["index"].as_u64())
            .collect();
        assert_eq!(order, [0, 1, 0, 1, 0, 1]);
        let joined: String = calls
            .iter()
            .filter(|c| c["index"] == 1)
            .filter_map(|c| c["function"]["arguments"].as_str())
            .collect();
        assert_eq!(joined, b.to_string());
    }

    #[test]
    fn a_stream_without_end_has_no_finish_reason() {
        let body =
            String::from_utf8_lossy(&stream_without_end(&Reply::text("Hi")).body()).into_owned();
        assert!(body.contains("\"Hi\"") && !body.contains("\"stop\"") && !body.contains("[DONE]"));
    }
}
