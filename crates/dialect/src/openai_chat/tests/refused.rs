//! Requests that make no sense.

use serde_json::{Value, json};

use super::received::{read, with};
use crate::openai_chat::OpenAiChat;
use crate::{Codec, FaultKind, Losses};

#[test]
fn a_wrong_field_is_named_in_words() {
    let user = |part: Value| json!({ "messages": [{ "role": "user", "content": [part] }] });
    let cases = [
        (json!({ "model": 1 }), "model"),
        (json!({ "model": "" }), "model"),
        (json!({ "messages": [] }), "messages"),
        (json!({ "messages": "x" }), "messages"),
        (json!({ "messages": [1] }), "messages[0]"),
        (
            json!({ "messages": [{ "content": "x" }] }),
            "messages[0].role",
        ),
        (
            json!({ "messages": [{ "role": "robot", "content": "x" }] }),
            "messages[0].role",
        ),
        (
            json!({ "messages": [{ "role": "user" }] }),
            "messages[0].content",
        ),
        (
            json!({ "messages": [{ "role": "user", "content": 5 }] }),
            "messages[0].content",
        ),
        (
            user(json!({ "type": "video_url" })),
            "messages[0].content[0].type",
        ),
        (user(json!({ "text": "x" })), "messages[0].content[0].type"),
        (
            user(json!({ "type": "text" })),
            "messages[0].content[0].text",
        ),
        (
            user(json!({ "type": "image_url" })),
            "messages[0].content[0].image_url",
        ),
        (
            user(json!({ "type": "image_url", "image_url": { "url": "ftp://x/y" } })),
            "messages[0].content[0].image_url.url",
        ),
        (
            user(json!({ "type": "image_url", "image_url": { "url": "data:image/png,xx" } })),
            "messages[0].content[0].image_url.url",
        ),
        (
            user(json!({ "type": "file", "file": {} })),
            "messages[0].content[0].file",
        ),
        (
            user(json!({ "type": "text", "text": "x", "cache_control": { "ttl": "soon" } })),
            "messages[0].content[0].cache_control.ttl",
        ),
        (
            json!({ "messages": [{ "role": "tool", "content": "x" }] }),
            "messages[0].tool_call_id",
        ),
        (
            json!({ "messages": [{ "role": "assistant", "tool_calls": [{ "id": "a" }] }] }),
            "messages[0].tool_calls[0].function",
        ),
        (
            json!({ "messages": [{ "role": "assistant", "tool_calls": [{ "function": {} }] }] }),
            "messages[0].tool_calls[0].id",
        ),
        (json!({ "stream": "yes" }), "stream"),
        (
            json!({ "stream_options": { "include_usage": 1 } }),
            "stream_options.include_usage",
        ),
        (json!({ "temperature": "hot" }), "temperature"),
        (json!({ "max_tokens": 1.5 }), "max_tokens"),
        (json!({ "max_tokens": -2 }), "max_tokens"),
        (json!({ "seed": 1.5 }), "seed"),
        (json!({ "stop": [1] }), "stop[0]"),
        (json!({ "stop": {} }), "stop"),
        (json!({ "n": 0 }), "n"),
        (json!({ "top_logprobs": 21 }), "top_logprobs"),
        (json!({ "reasoning_effort": "huge" }), "reasoning_effort"),
        (
            json!({ "response_format": { "type": "xml" } }),
            "response_format.type",
        ),
        (
            json!({ "response_format": { "type": "json_schema" } }),
            "response_format.json_schema",
        ),
        (
            json!({ "response_format": { "type": "json_schema", "json_schema": {} } }),
            "response_format.json_schema.schema",
        ),
        (
            json!({ "tools": [{ "type": "function", "function": {} }] }),
            "tools[0].function.name",
        ),
        (
            json!({ "tools": [{ "type": "function", "function": { "name": "f", "parameters": 1 } }] }),
            "tools[0].function.parameters",
        ),
        (json!({ "tools": [{}] }), "tools[0].type"),
        (json!({ "tool_choice": "maybe" }), "tool_choice"),
        (
            json!({ "tool_choice": { "type": "odd" } }),
            "tool_choice.type",
        ),
        (
            json!({ "tool_choice": { "type": "function" } }),
            "tool_choice.name",
        ),
    ];
    for (fields, path) in cases {
        let fault = with(fields.clone()).unwrap_err();
        assert_eq!(fault.kind, FaultKind::InvalidRequest, "{fields}");
        assert_eq!(fault.param.as_deref(), Some(path), "{fields}");
        assert!(
            fault.message.contains(&format!("\"{path}\"")),
            "{}",
            fault.message
        );
    }
    let fault = OpenAiChat
        .decode_request(b"{\"model\":", &mut Losses::default())
        .unwrap_err();
    assert_eq!(fault.code(), "invalid_json");
}

#[test]
fn no_json_makes_it_panic() {
    // Every value of a full request replaced by every kind of value.
    let full = json!({
        "model": "m", "stream": true, "stream_options": { "include_usage": true }, "stop": ["a"],
        "messages": [{ "role": "assistant", "content": [{ "type": "file", "file": { "file_data": "x" } }],
                       "tool_calls": [{ "id": "a", "function": { "name": "f", "arguments": "" } }] },
                     { "role": "tool", "tool_call_id": "a", "content": [{ "type": "image_url", "image_url": { "url": "data:,", "detail": "" } }] }],
        "tools": [{ "type": "function", "function": { "name": "f", "parameters": {} } }],
        "tool_choice": { "type": "allowed_tools", "allowed_tools": { "mode": "auto", "tools": [] } },
        "response_format": { "type": "json_schema", "json_schema": { "schema": {} } },
        "reasoning": { "effort": "low" }, "thinking": { "type": "x" }, "cache_control": { "ttl": "h" },
    });
    fn paths(value: &Value, at: &str, out: &mut Vec<String>) {
        out.push(at.to_owned());
        match value {
            Value::Object(map) => map
                .iter()
                .for_each(|(key, inner)| paths(inner, &format!("{at}/{key}"), out)),
            Value::Array(list) => list
                .iter()
                .enumerate()
                .for_each(|(key, inner)| paths(inner, &format!("{at}/{key}"), out)),
            _ => {}
        }
    }
    let mut all = Vec::new();
    paths(&full, "", &mut all);
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!("船"),
        json!([]),
        json!([[]]),
        json!({}),
        json!({ "type": "text" }),
    ];
    for path in &all {
        for value in &values {
            let mut body = full.clone();
            *body.pointer_mut(path).unwrap() = value.clone();
            let _either = read(&body);
        }
    }
    assert!(all.len() > 40);
}
