//! Requests to upstreams, from clients of other dialects.

use std::collections::HashMap;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::chat::{
    Block, CacheHint, ChatRequest, Content, Document, DocumentSource, Effort, Format, Image,
    Opaque, OpaqueFormat, Reasoning, Role, Source, Thinking, Tool, ToolChoice, ToolKind, ToolMode,
    Turn,
};
use crate::openai_chat::OpenAiChat;
use crate::{Codec, Dialect, Fault, FaultKind, Losses, Target, Weight};

pub(super) fn encode(
    request: &ChatRequest,
    target: &Target,
) -> Result<(Value, Losses, HashMap<String, String>), Fault> {
    let mut losses = Losses::default();
    let sent = OpenAiChat.encode_request(request, target, &mut losses)?;
    Ok((
        serde_json::from_slice(&sent.body).unwrap(),
        losses,
        sent.aliases,
    ))
}

pub(super) fn messages(body: &Value) -> Vec<Value> {
    body["messages"].as_array().unwrap().clone()
}

pub(super) fn raw(value: &Value) -> Box<RawValue> {
    RawValue::from_string(value.to_string()).unwrap()
}

/// A request of an Anthropic client that says `hi`.
pub(super) fn request() -> ChatRequest {
    let mut request = ChatRequest::new(Dialect::AnthropicMessages, "claude");
    request.turns = vec![user(vec![Block::text("hi")])];
    request
}

fn user(blocks: Vec<Block>) -> Turn {
    Turn {
        role: Role::User,
        name: None,
        blocks,
    }
}

pub(super) fn function(name: &str) -> Tool {
    Tool {
        name: name.to_owned(),
        description: None,
        kind: ToolKind::Function { schema: None },
        strict: None,
        cache: None,
    }
}

pub(super) fn paths(losses: &Losses) -> Vec<&str> {
    losses.iter().map(|loss| loss.path.as_str()).collect()
}

#[test]
fn the_least_request() {
    let (body, losses, aliases) = encode(&request(), &Target::named("up")).unwrap();
    let expected = json!({ "model": "up", "stream": false, "messages": [{ "role": "user", "content": "hi" }] });
    assert_eq!(body, expected);
    assert!(losses.is_empty() && aliases.is_empty());
}

#[test]
fn scalars_and_what_the_upstream_does_not_know() {
    let mut request = request();
    request.stream = true;
    request.max_output_tokens = Some(32_000);
    request.sampling.temperature = Some(1.0);
    request.sampling.top_k = Some(5);
    request.stop = (0..6).map(|n| n.to_string()).collect();
    request.user = Some("someone@example.org".to_owned());
    request.cache_key = Some("k".to_owned());
    request.service_tier = Some("standard_only".to_owned());
    request.verbosity = Some("low".to_owned());
    request.parallel_tool_calls = Some(false);
    request.tool_choice = Some(ToolChoice {
        mode: ToolMode::Auto,
        only: Vec::new(),
    });
    request.extra = vec![
        ("metadata".to_owned(), raw(&json!({}))),
        ("container".to_owned(), raw(&json!("c"))),
    ];
    let mut target = Target::named("up");
    target.max_output_tokens = Some(8192);
    target.openai_additions = true;
    let (body, losses, _) = encode(&request, &target).unwrap();
    assert_eq!(body["stream_options"], json!({ "include_usage": true }));
    assert_eq!(body["max_completion_tokens"], 8192);
    assert!(body.get("max_tokens").is_none() && body.get("top_k").is_none());
    assert_eq!(body["stop"], json!(["0", "1", "2", "3"]));
    assert_eq!(body["service_tier"], "default");
    assert_eq!(body["safety_identifier"].as_str().unwrap().len(), 64);
    // Without tools both are refused by upstreams.
    assert!(body.get("parallel_tool_calls").is_none() && body.get("tool_choice").is_none());
    assert!(body.get("container").is_none());
    let expected = [
        "max_tokens",
        "top_k",
        "metadata.user_id",
        "stop_sequences",
        "metadata",
        "container",
    ];
    assert_eq!(paths(&losses), expected);
    let semantic: Vec<&str> = losses
        .iter()
        .filter(|loss| loss.weight == Weight::Semantic)
        .map(|loss| loss.path.as_str())
        .collect();
    assert_eq!(semantic, ["top_k", "stop_sequences", "container"]);

    target.max_completion_tokens = false;
    target.openai_additions = false;
    target.stream_usage = false;
    target.sampling = false;
    request.user = Some("short".to_owned());
    let (body, losses, _) = encode(&request, &target).unwrap();
    assert_eq!(
        (&body["max_tokens"], &body["user"]),
        (&json!(8192), &json!("short"))
    );
    for absent in [
        "max_completion_tokens",
        "stream_options",
        "temperature",
        "safety_identifier",
        "verbosity",
    ] {
        assert!(body.get(absent).is_none(), "{absent}");
    }
    assert!(paths(&losses).contains(&"temperature"));
}

#[test]
fn thinking_becomes_effort() {
    let effort = |thinking: Thinking, knows: bool| {
        let mut request = request();
        request.thinking = Some(thinking);
        let mut target = Target::named("up");
        target.adaptive_thinking = knows;
        let (body, losses, _) = encode(&request, &target).unwrap();
        (
            body["reasoning_effort"].as_str().map(str::to_owned),
            losses.is_empty(),
        )
    };
    let budget = |tokens| Thinking {
        enabled: Some(true),
        budget: Some(tokens),
        ..Thinking::default()
    };
    let buckets = [
        (1023, "minimal"),
        (2047, "low"),
        (4095, "medium"),
        (8191, "high"),
        (16_383, "xhigh"),
        (31_999, "max"),
    ];
    for (tokens, word) in buckets {
        assert_eq!(effort(budget(tokens), true), (Some(word.to_owned()), false));
    }
    let adaptive = Thinking {
        enabled: Some(true),
        ..Thinking::default()
    };
    assert_eq!(effort(adaptive, true), (None, true), "left to the provider");
    let high = Thinking {
        effort: Some(Effort::High),
        ..adaptive
    };
    assert_eq!(effort(high, true), (Some("high".to_owned()), true));
    assert_eq!(effort(high, false), (None, false));
    let off = Thinking {
        enabled: Some(false),
        ..Thinking::default()
    };
    assert_eq!(effort(off, true), (Some("none".to_owned()), true));
}

#[test]
fn documents_pictures_and_files() {
    let document = |source, title: Option<&str>| {
        let title = title.map(str::to_owned);
        Block::new(Content::Document(Document {
            source,
            title,
            context: None,
            citations: true,
        }))
    };
    let pdf = || Source::Base64 {
        media_type: "application/pdf".to_owned(),
        data: "JVBERi0x".to_owned(),
    };
    let jpeg_called_png = Source::Base64 {
        media_type: "image/png".to_owned(),
        data: "/9j/4AAQSkZJRgABAQAAAQABAAD".to_owned(),
    };
    let mut request = request();
    request.turns = vec![user(vec![
        document(DocumentSource::Bytes(pdf()), None),
        document(DocumentSource::Text("body".to_owned()), Some("T")),
        document(DocumentSource::Blocks(vec![Block::text("x")]), None),
        Block::new(Content::Image(Image {
            source: jpeg_called_png,
            detail: None,
        })),
        Block::new(Content::Audio {
            format: "mp3".to_owned(),
            data: "AAAA".to_owned(),
        }),
    ])];
    let (body, losses, _) = encode(&request, &Target::named("up")).unwrap();
    let parts = &body["messages"][0]["content"];
    let file = json!({ "type": "file", "file": {
        "filename": "document.pdf", "file_data": "data:application/pdf;base64,JVBERi0x" } });
    assert_eq!(parts[0], file);
    assert_eq!(
        parts[1],
        json!({ "type": "text", "text": "Document: T\n\nbody" })
    );
    assert_eq!(parts[2]["text"], "x");
    assert!(
        parts[3]["image_url"]["url"]
            .as_str()
            .unwrap()
            .starts_with("data:image/jpeg;base64,/9j/")
    );
    assert_eq!(parts[4]["input_audio"]["format"], "mp3");
    assert!(paths(&losses).contains(&"messages[0].content[0].citations"));
    assert!(paths(&losses).contains(&"messages[0].content[3]"));

    let refused = [
        document(
            DocumentSource::Bytes(Source::Url("https://x/y.pdf".to_owned())),
            None,
        ),
        document(
            DocumentSource::Bytes(Source::File("file_1".to_owned())),
            None,
        ),
        Block::new(Content::Image(Image {
            source: Source::File("file_1".to_owned()),
            detail: None,
        })),
    ];
    for block in refused {
        request.turns = vec![user(vec![Block::text("x"), block])];
        let fault = encode(&request, &Target::named("up")).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unsupported);
        assert_eq!(fault.param.as_deref(), Some("messages[0].content[1]"));
    }
}

#[test]
fn cache_breakpoints_keep_their_places_and_only_the_last_four() {
    let cached = |seconds| Block {
        cache: Some(CacheHint { seconds }),
        ..Block::text("x")
    };
    let mut request = request();
    request.turns = vec![
        Turn {
            role: Role::System,
            name: None,
            blocks: vec![cached(None), cached(Some(300))],
        },
        user(vec![cached(Some(3600)), cached(None), cached(Some(1800))]),
    ];
    request.tools = vec![Tool {
        cache: Some(CacheHint::default()),
        ..function("f")
    }];
    let mut target = Target::named("up");
    target.openai_additions = true;
    let (body, losses, _) = encode(&request, &target).unwrap();
    let hint = |message: usize, part: usize| {
        body["messages"][message]["content"][part]["prompt_cache_breakpoint"].clone()
    };
    assert_eq!(hint(0, 0), Value::Null);
    assert_eq!(hint(0, 1), json!({ "mode": "explicit", "ttl": "30m" }));
    assert_eq!(hint(1, 0), json!({ "mode": "explicit", "ttl": "12h" }));
    assert_eq!(hint(1, 1), json!({ "mode": "explicit" }));
    assert_eq!(
        body["messages"][0]["content"].as_array().unwrap().len(),
        2,
        "not joined"
    );
    let expected = [
        "tools[0].cache_control",
        "system[1].cache_control.ttl",
        "messages[0].content[0].cache_control.ttl",
        "cache_control",
    ];
    assert_eq!(paths(&losses), expected);
    assert!(losses.first_semantic().is_none());

    let (body, ..) = encode(&request, &Target::named("up")).unwrap();
    assert!(!body.to_string().contains("prompt_cache_breakpoint"));
}

#[test]
fn thoughts_of_another_provider_are_dropped_and_ours_come_back() {
    let thought = |owner: Option<Dialect>| {
        let seal = owner.map(|owner| Opaque {
            owner,
            format: OpaqueFormat::Signature,
            payload: "s".to_owned(),
        });
        Block::new(Content::Reasoning(Reasoning {
            text: "hm".to_owned(),
            seal,
        }))
    };
    let mut request = request();
    let mut sent = |owner| {
        let blocks = vec![thought(owner), Block::text("a")];
        request.turns.truncate(1);
        request.turns.push(Turn {
            role: Role::Assistant,
            name: None,
            blocks,
        });
        request.turns.push(user(vec![Block::text("b")]));
        let (body, losses, _) = encode(&request, &Target::named("up")).unwrap();
        (
            body["messages"][1]["reasoning_content"].clone(),
            paths(&losses).len(),
        )
    };
    assert_eq!(sent(Some(Dialect::AnthropicMessages)), (Value::Null, 1));
    assert_eq!(sent(None), (Value::Null, 1));
    assert_eq!(sent(Some(Dialect::OpenAiChat)), (json!("hm"), 0));
}

#[test]
fn forms_of_answers() {
    let mut request = request();
    request.format = Format::JsonObject;
    let (body, ..) = encode(&request, &Target::named("up")).unwrap();
    assert_eq!(body["response_format"], json!({ "type": "json_object" }));
    request.format = Format::JsonSchema {
        name: None,
        description: None,
        schema: raw(&json!({ "type": "object" })),
        strict: None,
    };
    let (body, ..) = encode(&request, &Target::named("up")).unwrap();
    let expected = json!({ "type": "json_schema",
        "json_schema": { "name": "response", "schema": { "type": "object" } } });
    assert_eq!(body["response_format"], expected, "strict is never added");
}

#[test]
fn unfinished_answers_and_empty_conversations() {
    let mut request = request();
    let blocks = vec![Block::text("The answer is")];
    request.turns.push(Turn {
        role: Role::Assistant,
        name: None,
        blocks,
    });
    let (body, losses, _) = encode(&request, &Target::named("up")).unwrap();
    assert_eq!(messages(&body).len(), 2);
    assert_eq!(paths(&losses), ["messages[1]"]);
    let mut target = Target::named("up");
    target.prefill = false;
    assert_eq!(
        encode(&request, &target).unwrap_err().kind,
        FaultKind::Unsupported
    );

    request.turns = vec![user(vec![Block::text("")])];
    assert_eq!(
        encode(&request, &target).unwrap_err().kind,
        FaultKind::InvalidRequest
    );
}

#[test]
fn roles_that_the_upstream_does_not_know_and_system_text_between_turns() {
    let mut request = request();
    let blocks = || vec![Block::text("d")];
    request.turns.push(Turn {
        role: Role::Developer,
        name: None,
        blocks: blocks(),
    });
    request.turns.push(Turn {
        role: Role::System,
        name: None,
        blocks: blocks(),
    });
    let roles = |target: &Target| -> Vec<String> {
        let (body, ..) = encode(&request, target).unwrap();
        messages(&body)
            .iter()
            .map(|m| m["role"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut target = Target::named("up");
    assert_eq!(roles(&target), ["user", "developer", "system"]);
    target.developer_role = false;
    assert_eq!(roles(&target), ["user", "system", "system"]);
}

#[test]
fn what_cannot_come_back_is_not_asked_for() {
    let mut request = request();
    request.candidates = Some(3);
    let (body, losses, _) = encode(&request, &Target::named("up")).unwrap();
    assert_eq!(body["n"], 3);
    assert!(losses.first_semantic().is_some());
    request.logprobs = Some(2);
    assert_eq!(
        encode(&request, &Target::named("up")).unwrap_err().kind,
        FaultKind::Unsupported
    );
    request.origin = Dialect::OpenAiChat;
    let (body, ..) = encode(&request, &Target::named("up")).unwrap();
    assert_eq!(
        (&body["logprobs"], &body["top_logprobs"]),
        (&json!(true), &json!(2))
    );
}
