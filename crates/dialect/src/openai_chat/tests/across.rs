//! A client of Anthropic's dialect in front of an upstream of this one, from end to end.

use serde_json::{Value, json};

use super::answer;
use crate::chat::{Answer, StopReason, Transcript};
use crate::translate::{AnswerReader, StreamTranslator};
use crate::{AnswerContext, Codec, Dialect, FaultKind, Losses, Target, codec};

fn both() -> (&'static dyn Codec, &'static dyn Codec) {
    (
        codec(Dialect::AnthropicMessages).unwrap(),
        codec(Dialect::OpenAiChat).unwrap(),
    )
}

fn sent(body: &Value) -> Result<(Value, Losses), crate::Fault> {
    let (anthropic, chat) = both();
    let mut losses = Losses::default();
    let request = anthropic.decode_request(body.to_string().as_bytes(), &mut losses)?;
    let sent = chat.encode_request(&request, &Target::named("up"), &mut losses)?;
    Ok((serde_json::from_slice(&sent.body).unwrap(), losses))
}

/// The shape of a request of Claude Code in the middle of a loop of tool calls.
fn claude_code() -> Value {
    json!({
        "model": "claude-opus-4-8", "max_tokens": 32000, "stream": true,
        "system": [{ "type": "text", "text": "billing" },
                   { "type": "text", "text": "You are", "cache_control": { "type": "ephemeral" } }],
        "messages": [
            { "role": "user", "content": [{ "type": "text", "text": "go", "cache_control": { "type": "ephemeral" } }] },
            { "role": "system", "content": "Available agent types" },
            { "role": "assistant", "content": [
                { "type": "thinking", "thinking": "hm", "signature": "c2ln" },
                { "type": "text", "text": "Reading." },
                { "type": "tool_use", "id": "toolu_1", "name": "Read", "input": { "path": "a" } }] },
            { "role": "user", "content": [
                { "type": "tool_result", "tool_use_id": "toolu_1", "is_error": true, "content": "no such file",
                  "cache_control": { "type": "ephemeral" } }] },
        ],
        "tools": [{ "name": "Read", "description": "d", "input_schema": { "$schema": "x", "type": "object" } }],
        "metadata": { "user_id": "{\"device_id\":\"0123456789012345678901234567890123456789012345678901234567890123\"}" },
        "thinking": { "type": "adaptive" }, "output_config": { "effort": "high" },
        "context_management": { "edits": [] },
    })
}

#[test]
fn a_request_of_claude_code() {
    let (body, losses) = sent(&claude_code()).unwrap();
    let roles: Vec<&str> = body["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["system", "user", "system", "assistant", "tool"]);
    assert_eq!(
        body["messages"][3]["tool_calls"][0]["function"]["arguments"],
        "{\"path\":\"a\"}"
    );
    assert_eq!(body["messages"][4]["content"], "Error: no such file");
    assert_eq!(body["reasoning_effort"], "high");
    assert_eq!(body["stream_options"]["include_usage"], true);
    assert_eq!(body["user"].as_str().unwrap().len(), 64);
    assert_eq!(body["tools"][0]["function"]["parameters"]["$schema"], "x");
    assert!(
        losses.first_semantic().is_none(),
        "{:?}",
        losses.first_semantic()
    );
}

#[test]
fn a_search_of_the_provider_fails_clearly() {
    let mut body = claude_code();
    body["tools"] = json!([{ "type": "web_search_20250305", "name": "web_search", "max_uses": 8 }]);
    body["tool_choice"] = json!({ "type": "tool", "name": "web_search" });
    let fault = sent(&body).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unsupported);
    assert!(fault.message.contains("web_search"), "{}", fault.message);
}

#[test]
fn interleaved_calls_reach_the_client_as_blocks_of_their_own() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/openai_chat/parallel_tools.sse"
    );
    let stream = std::fs::read_to_string(path).unwrap();
    let (anthropic, chat) = both();
    let context = AnswerContext {
        id: "x".to_owned(),
        model: "alias".to_owned(),
        created: 1,
        include_usage: true,
        input_estimate: Some(3),
    };
    let reader = AnswerReader::new(chat, std::collections::HashMap::new(), false);
    let mut translator = StreamTranslator::new(reader, anthropic, context);
    let mut out = Vec::new();
    translator.push(stream.as_bytes(), &mut out).unwrap();
    translator.finish(&mut out).unwrap();

    let mut back = AnswerReader::new(anthropic, std::collections::HashMap::new(), false);
    let mut events = Vec::new();
    back.push(&out, &mut events).unwrap();
    back.finish(&mut events).unwrap();
    let back = Transcript::collect(events).unwrap();
    let direct = answer(&stream);
    let calls = |blocks: &[Answer]| -> Vec<(String, String)> {
        let calls = blocks.iter().filter_map(|block| match block {
            Answer::ToolCall {
                name, arguments, ..
            } => Some((name.clone(), arguments.clone())),
            _ => None,
        });
        calls.collect()
    };
    assert_eq!(calls(&back.blocks), calls(&direct.blocks));
    assert_eq!(back.finish.reason, StopReason::ToolCalls);
    assert_eq!(back.usage.output, Some(6));
}
