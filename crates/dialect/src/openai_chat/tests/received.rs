//! Requests of clients.

use serde_json::{Value, json};

use crate::chat::{
    Block, CacheHint, ChatRequest, Content, Document, DocumentSource, Effort, Format, Image, Role,
    Source, Thinking, ToolChoice, ToolKind, ToolMode,
};
use crate::openai_chat::OpenAiChat;
use crate::{Codec, Fault, Losses};

pub(super) fn read(body: &Value) -> Result<(ChatRequest, Losses), Fault> {
    let mut losses = Losses::default();
    let request = OpenAiChat.decode_request(body.to_string().as_bytes(), &mut losses)?;
    Ok((request, losses))
}

pub(super) fn with(mut fields: Value) -> Result<(ChatRequest, Losses), Fault> {
    let object = fields.as_object_mut().unwrap();
    object.entry("model").or_insert(json!("m"));
    object
        .entry("messages")
        .or_insert(json!([{ "role": "user", "content": "hi" }]));
    read(&fields)
}

#[allow(clippy::needless_pass_by_value, reason = "tests hand over literals")]
fn said(messages: Value) -> ChatRequest {
    with(json!({ "messages": messages })).unwrap().0
}

#[test]
fn every_scalar_finds_its_place() {
    let (request, losses) = with(json!({
        "stream": true, "stream_options": { "include_usage": true, "include_obfuscation": false },
        "max_tokens": 5, "max_completion_tokens": 6, "temperature": 0.5, "top_p": 1, "top_k": 4,
        "frequency_penalty": -1, "presence_penalty": 2, "seed": -3, "stop": "END", "n": 2,
        "logprobs": true, "top_logprobs": 3, "reasoning_effort": "xhigh", "verbosity": "low",
        "prompt_cache_key": "k", "user": "old", "safety_identifier": "new",
        "service_tier": "flex", "parallel_tool_calls": false, "logit_bias": { "1": 2 },
        "metadata": null, "store": true,
    }))
    .unwrap();
    assert!(request.stream && request.stream_usage && losses.is_empty());
    assert_eq!(request.max_output_tokens, Some(6));
    let sampling = request.sampling;
    assert_eq!(
        (sampling.temperature, sampling.top_p, sampling.top_k),
        (Some(0.5), Some(1.0), Some(4))
    );
    assert_eq!(
        (sampling.frequency_penalty, sampling.presence_penalty),
        (Some(-1.0), Some(2.0))
    );
    assert_eq!(
        (sampling.seed, request.candidates, request.logprobs),
        (Some(-3), Some(2), Some(3))
    );
    assert_eq!(request.stop, ["END"]);
    let thinking = Thinking {
        enabled: Some(true),
        effort: Some(Effort::ExtraHigh),
        ..Thinking::default()
    };
    assert_eq!(request.thinking, Some(thinking));
    assert_eq!(request.verbosity.as_deref(), Some("low"));
    assert_eq!(request.cache_key.as_deref(), Some("k"));
    assert_eq!(request.user.as_deref(), Some("new"));
    assert_eq!(request.service_tier.as_deref(), Some("flex"));
    assert_eq!(request.parallel_tool_calls, Some(false));
    let extra: Vec<(&str, &str)> = request
        .extra
        .iter()
        .map(|(name, raw)| (name.as_str(), raw.get()))
        .collect();
    assert_eq!(extra, [("logit_bias", "{\"1\":2}"), ("store", "true")]);
}

#[test]
fn limits_and_thinking_in_other_spellings() {
    let limit = |fields| with(fields).unwrap().0.max_output_tokens;
    assert_eq!(limit(json!({ "max_tokens": 5 })), Some(5));
    assert_eq!(limit(json!({ "max_tokens": -1 })), None);
    assert_eq!(limit(json!({ "max_tokens": null })), None);
    let thinking = |fields| with(fields).unwrap().0.thinking;
    assert_eq!(thinking(json!({})), None);
    let off = thinking(json!({ "reasoning_effort": "none" })).unwrap();
    assert_eq!((off.enabled, off.effort), (Some(false), Some(Effort::None)));
    let budget = thinking(json!({ "reasoning": { "max_tokens": 2000, "exclude": true } })).unwrap();
    assert_eq!((budget.budget, budget.visible), (Some(2000), Some(false)));
    let switch = thinking(json!({ "thinking": { "type": "disabled" } })).unwrap();
    assert_eq!(switch.enabled, Some(false));
    let effort = thinking(json!({ "reasoning": { "effort": "low" } })).unwrap();
    assert_eq!(effort.effort, Some(Effort::Low));
}

#[test]
fn roles_and_parts() {
    let request = said(json!([
        { "role": "system", "content": "s", "cache_control": { "type": "ephemeral", "ttl": "1h" } },
        { "role": "developer", "content": [{ "type": "text", "text": "d" }] },
        { "role": "user", "name": "ann", "content": [
            { "type": "text", "text": "a", "prompt_cache_breakpoint": { "mode": "explicit", "ttl": "30m" } },
            { "type": "text", "text": "b", "cache_control": { "type": "ephemeral" } },
            { "type": "image_url", "image_url": { "url": "data:image/PNG;base64,AAAA", "detail": "low" } },
            { "type": "image_url", "image_url": "https://example.org/a.png" },
            { "type": "input_audio", "input_audio": { "data": "AAAA", "format": "wav" } },
            { "type": "file", "file": { "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0x" } },
            { "type": "file", "file": { "file_id": "file-1" } },
        ] },
        { "role": "assistant", "reasoning_content": "hm", "content": "c", "refusal": "no" },
        { "role": "assistant", "content": [{ "type": "refusal", "refusal": "never" }] },
    ]));
    let roles: Vec<Role> = request.turns.iter().map(|turn| turn.role).collect();
    let expected = [
        Role::System,
        Role::Developer,
        Role::User,
        Role::Assistant,
        Role::Assistant,
    ];
    assert_eq!(roles, expected);
    assert_eq!(
        request.turns[0].blocks[0].cache,
        Some(CacheHint {
            seconds: Some(3600)
        })
    );
    let user = &request.turns[2];
    assert_eq!(user.name.as_deref(), Some("ann"));
    assert_eq!(
        user.blocks[0].cache,
        Some(CacheHint {
            seconds: Some(1800)
        })
    );
    assert_eq!(user.blocks[1].cache, Some(CacheHint { seconds: None }));
    let png = Source::Base64 {
        media_type: "image/png".to_owned(),
        data: "AAAA".to_owned(),
    };
    let image = |source, detail: Option<&str>| {
        Content::Image(Image {
            source,
            detail: detail.map(str::to_owned),
        })
    };
    assert_eq!(user.blocks[2].content, image(png, Some("low")));
    assert_eq!(
        user.blocks[3].content,
        image(Source::Url("https://example.org/a.png".to_owned()), None)
    );
    assert!(matches!(&user.blocks[4].content, Content::Audio { format, .. } if format == "wav"));
    let Content::Document(Document { source, title, .. }) = &user.blocks[5].content else {
        panic!()
    };
    assert_eq!(title.as_deref(), Some("a.pdf"));
    assert!(
        matches!(source, DocumentSource::Bytes(Source::Base64 { data, .. }) if data == "JVBERi0x")
    );
    assert!(
        matches!(&user.blocks[6].content, Content::Document(Document {
        source: DocumentSource::Bytes(Source::File(id)), .. }) if id == "file-1")
    );
    let said: Vec<&Content> = request.turns[3]
        .blocks
        .iter()
        .map(|block| &block.content)
        .collect();
    assert!(matches!(
        said[..],
        [Content::Reasoning(_), Content::Text(_), Content::Refusal(_)]
    ));
}

#[test]
fn results_of_tools_become_one_user_turn() {
    let request = said(json!([
        { "role": "user", "content": "go" },
        { "role": "assistant", "content": null, "tool_calls": [
            { "id": "a", "type": "function", "function": { "name": "f", "arguments": "" } },
            { "id": "b", "type": "function", "function": { "name": "f", "arguments": "{broken" } },
            { "id": "c", "type": "custom", "custom": { "name": "p", "input": "x\"y" } },
        ] },
        { "role": "tool", "tool_call_id": "a", "content": "1" },
        { "role": "tool", "tool_call_id": "b", "content": [
            { "type": "text", "text": "2", "cache_control": { "type": "ephemeral" } }] },
        { "role": "tool", "tool_call_id": "c", "content": null },
        { "role": "user", "content": "thanks" },
    ]));
    assert_eq!(request.turns.len(), 4);
    let arguments: Vec<&str> = request.turns[1]
        .blocks
        .iter()
        .map(|block| match &block.content {
            Content::ToolCall(call) => call.arguments.as_str(),
            _ => panic!(),
        })
        .collect();
    assert_eq!(arguments, ["{}", "{broken", "{\"input\":\"x\\\"y\"}"]);
    let results = &request.turns[2];
    assert_eq!((results.role, results.blocks.len()), (Role::User, 3));
    assert_eq!(results.blocks[1].cache, Some(CacheHint::default()));
    let Content::ToolResult(result) = &results.blocks[1].content else {
        panic!()
    };
    assert_eq!(
        (result.call_id.as_str(), result.blocks.as_slice()),
        ("b", [Block::text("2")].as_slice())
    );
}

#[test]
fn legacy_functions_find_their_calls() {
    let (request, _) = with(json!({
        "functions": [{ "name": "f", "parameters": { "type": "object" } }],
        "function_call": { "name": "f" },
        "messages": [
            { "role": "assistant", "content": null, "function_call": { "name": "f", "arguments": "{}" } },
            { "role": "function", "name": "f", "content": "1" },
        ],
    }))
    .unwrap();
    let Content::ToolCall(call) = &request.turns[0].blocks[0].content else {
        panic!()
    };
    let Content::ToolResult(result) = &request.turns[1].blocks[0].content else {
        panic!()
    };
    assert_eq!(call.id, result.call_id);
    assert_eq!(request.tools[0].name, "f");
    let forced = ToolChoice {
        mode: ToolMode::Required,
        only: vec!["f".to_owned()],
    };
    assert_eq!(request.tool_choice, Some(forced));
}

#[test]
fn tools_keep_their_schemas_byte_for_byte() {
    let schema = r#"{"$schema":"x","type":"object","z":1.50,"a":[ ]}"#;
    let body = format!(
        r#"{{"model":"m","messages":[{{"role":"user","content":"x"}}],"tools":[
        {{"type":"function","function":{{"name":"f","description":"d","parameters":{schema},"strict":true}},"cache_control":{{"type":"ephemeral"}}}},
        {{"type":"custom","custom":{{"name":"p","format":{{"type":"text"}}}}}},
        {{"type":"function","name":"flat"}},
        {{"type":"openrouter:web_search"}}]}}"#
    );
    let request = OpenAiChat
        .decode_request(body.as_bytes(), &mut Losses::default())
        .unwrap();
    let names: Vec<&str> = request
        .tools
        .iter()
        .map(|tool| tool.name.as_str())
        .collect();
    assert_eq!(names, ["f", "p", "flat", "openrouter:web_search"]);
    let ToolKind::Function { schema: Some(raw) } = &request.tools[0].kind else {
        panic!()
    };
    assert_eq!(raw.get(), schema);
    assert_eq!(
        (request.tools[0].strict, request.tools[1].strict),
        (Some(true), None)
    );
    assert!(request.tools[0].cache.is_some());
    assert!(matches!(
        &request.tools[1].kind,
        ToolKind::Custom { grammar: Some(_) }
    ));
    assert!(matches!(
        &request.tools[2].kind,
        ToolKind::Function { schema: None }
    ));
    assert!(
        matches!(&request.tools[3].kind, ToolKind::Server { kind, .. } if kind.ends_with("search"))
    );
}

#[test]
fn choices_of_tools() {
    let choice = |value: Value| {
        with(json!({ "tool_choice": value }))
            .unwrap()
            .0
            .tool_choice
            .unwrap()
    };
    let only = |mode, names: &[&str]| ToolChoice {
        mode,
        only: names.iter().map(|&name| name.to_owned()).collect(),
    };
    assert_eq!(choice(json!("auto")), only(ToolMode::Auto, &[]));
    assert_eq!(choice(json!("none")), only(ToolMode::None, &[]));
    assert_eq!(choice(json!("required")), only(ToolMode::Required, &[]));
    assert_eq!(choice(json!("any")), only(ToolMode::Required, &[]));
    let named = json!({ "type": "function", "function": { "name": "f" } });
    assert_eq!(choice(named.clone()), only(ToolMode::Required, &["f"]));
    let allowed =
        json!({ "type": "allowed_tools", "allowed_tools": { "mode": "auto", "tools": [named] } });
    assert_eq!(choice(allowed), only(ToolMode::Auto, &["f"]));
}

#[test]
fn forms_of_answers() {
    let format = |value: Value| with(json!({ "response_format": value })).unwrap().0.format;
    assert!(matches!(format(json!({ "type": "text" })), Format::Text));
    assert!(matches!(
        format(json!({ "type": "json_object" })),
        Format::JsonObject
    ));
    let schema = json!({ "type": "json_schema", "json_schema": { "name": "n", "strict": true, "schema": { "type": "object" } } });
    let Format::JsonSchema {
        name,
        schema,
        strict,
        ..
    } = format(schema)
    else {
        panic!()
    };
    assert_eq!(
        (name.as_deref(), strict, schema.get()),
        (Some("n"), Some(true), "{\"type\":\"object\"}")
    );
}

#[test]
fn unknown_fields_of_messages_are_recorded() {
    let (_, losses) = with(json!({ "messages": [
        { "role": "assistant", "content": "x", "prefix": true, "audio": { "id": "a" }, "annotations": [] }] }))
    .unwrap();
    let paths: Vec<&str> = losses.iter().map(|loss| loss.path.as_str()).collect();
    assert_eq!(paths, ["messages[0].audio", "messages[0].prefix"]);
}
