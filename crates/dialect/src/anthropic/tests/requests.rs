//! Requests as clients write them, Claude Code's among them.

use super::{fixture, request_from, sent};
use crate::chat::{
    CacheHint, Content, DocumentSource, Effort, Format, OpaqueFormat, Role, Source, ToolKind,
    ToolMode,
};
use crate::{FaultKind, Target};

fn with_content(content: &str) -> String {
    format!(r#"{{"model":"m","max_tokens":5,"messages":[{{"role":"user","content":{content}}}]}}"#)
}

fn contents(content: &str) -> (Vec<Content>, String) {
    let (request, losses) = request_from(&with_content(content)).unwrap();
    let blocks = request.turns.into_iter().flat_map(|turn| turn.blocks);
    (
        blocks.map(|block| block.content).collect(),
        losses.header().unwrap_or_default(),
    )
}

#[test]
fn claude_code_s_request_is_understood() {
    let body = String::from_utf8(fixture("claude_code.request.json")).unwrap();
    let (request, losses) = request_from(&body).unwrap();
    assert!(losses.is_empty(), "{losses:?}");
    let roles: Vec<Role> = request.turns.iter().map(|turn| turn.role).collect();
    use Role::{Assistant, System, User};
    assert_eq!(roles, [System, User, Assistant, User, System]);
    assert_eq!(request.turns[0].blocks.len(), 3);
    assert_eq!(request.turns[0].blocks[0].cache, None);
    assert_eq!(
        request.turns[0].blocks[1].cache,
        Some(CacheHint { seconds: None })
    );
    let Content::ToolCall(call) = &request.turns[2].blocks[2].content else {
        panic!("no call")
    };
    assert_eq!(
        (call.id.as_str(), call.arguments.as_str()),
        ("toolu_01", "{\n      \"path\": \"a.png\"\n     }")
    );
    let Content::ToolResult(result) = &request.turns[3].blocks[0].content else {
        panic!("none")
    };
    assert_eq!(
        (
            result.call_id.as_str(),
            result.blocks.len(),
            result.is_error
        ),
        ("toolu_01", 2, false)
    );
    assert!(matches!(result.blocks[1].content, Content::Image(_)));
    assert_eq!(request.tools.len(), 3);
    let thinking = request.thinking.unwrap();
    assert_eq!(
        (thinking.enabled, thinking.effort),
        (Some(true), Some(Effort::High))
    );
    assert_eq!((request.stream, request.stream_usage), (true, true));
    assert_eq!(request.max_output_tokens, Some(32000));
    assert!(request.user.unwrap().contains("session_id"));
    let extra: Vec<&str> = request.extra.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(extra, ["context_management"]);
}

#[test]
fn claude_code_s_request_comes_back_the_same() {
    let body = String::from_utf8(fixture("claude_code.request.json")).unwrap();
    let (request, _) = request_from(&body).unwrap();
    let mut target = Target::named("mock-model");
    target.system_anywhere = true;
    let (again, lost) = sent(&request, &target).unwrap();
    let mut expected: serde_json::Value = serde_json::from_str(&body).unwrap();
    let result = &mut expected["messages"][2]["content"][0];
    result.as_object_mut().unwrap().remove("is_error");
    assert_eq!((again, lost.as_str()), (expected, ""));
}

#[test]
fn claude_code_s_title_request_is_understood() {
    let body = String::from_utf8(fixture("claude_code_title.request.json")).unwrap();
    let (request, losses) = request_from(&body).unwrap();
    assert!(losses.is_empty() && request.tools.is_empty());
    let thinking = request.thinking.unwrap();
    assert_eq!(
        (thinking.enabled, thinking.effort),
        (Some(false), Some(Effort::Low))
    );
    assert!(matches!(request.format, Format::JsonSchema { .. }));
    assert_eq!(request.sampling.temperature, Some(1.0));
}

#[test]
fn every_kind_of_block_is_read() {
    let (blocks, lost) = contents(
        r#"[{"type":"text","text":"a"},
        {"type":"image","source":{"type":"url","url":"https://example.org/a.png"}},
        {"type":"image","source":{"type":"file","file_id":"file_1"}},
        {"type":"document","title":"T","context":"C","citations":{"enabled":true},
         "source":{"type":"base64","media_type":"application/pdf","data":"JVBERg=="}},
        {"type":"document","source":{"type":"text","media_type":"text/plain","data":"words"}},
        {"type":"document","source":{"type":"content","content":[{"type":"text","text":"in"}]}},
        {"type":"thinking","thinking":"hm","signature":"c2ln"},
        {"type":"redacted_thinking","data":"ZA=="},
        {"type":"tool_result","tool_use_id":"toolu_as64_YS4x","content":"no","is_error":true},
        {"type":"server_tool_use","id":"s","name":"web_search","input":{}},
        {"type":"novelty","x":{"y":1}}]"#,
    );
    assert_eq!(lost, "");
    assert_eq!(blocks[0], Content::Text("a".to_owned()));
    let images: Vec<&Source> = blocks
        .iter()
        .filter_map(|block| match block {
            Content::Image(image) => Some(&image.source),
            _ => None,
        })
        .collect();
    assert_eq!(
        images[0],
        &Source::Url("https://example.org/a.png".to_owned())
    );
    assert_eq!(images[1], &Source::File("file_1".to_owned()));
    let Content::Document(pdf) = &blocks[3] else {
        panic!("no document")
    };
    assert_eq!((pdf.title.as_deref(), pdf.citations), (Some("T"), true));
    let Content::Document(text) = &blocks[4] else {
        panic!("no document")
    };
    assert_eq!(text.source, DocumentSource::Text("words".to_owned()));
    let Content::Reasoning(thought) = &blocks[6] else {
        panic!("no thought")
    };
    assert_eq!(
        thought.seal.as_ref().unwrap().format,
        OpaqueFormat::Signature
    );
    let Content::ToolResult(result) = &blocks[8] else {
        panic!("no result")
    };
    assert_eq!((result.call_id.as_str(), result.is_error), ("a.1", true));
    assert_eq!(
        blocks[9],
        Content::Unknown {
            kind: "server_tool_use".to_owned()
        }
    );
    assert_eq!(
        blocks[10],
        Content::Unknown {
            kind: "novelty".to_owned()
        }
    );
}

#[test]
fn search_results_become_words_and_unknown_fields_are_told() {
    let (blocks, lost) = contents(
        r#"[{"type":"search_result","source":"https://example.org","title":"T","citations":{"enabled":true},
            "content":[{"type":"text","text":"found"}]},{"type":"text","text":"a","citations":[],"mood":1}]"#,
    );
    assert_eq!(
        blocks[0],
        Content::Text("T\nSource: https://example.org\n\nfound".to_owned())
    );
    assert_eq!(
        lost,
        "messages[0].content[0]=approximated; messages[0].content[1].mood=dropped"
    );
}

#[test]
fn tools_and_choices_are_read() {
    let body = |rest: &str| {
        format!(
            r#"{{"model":"m","max_tokens":5,"messages":[{{"role":"user","content":"a"}}],{rest}}}"#
        )
    };
    let (request, losses) = request_from(&body(
        r#""tools":[{"name":"f","type":"custom","strict":true,"input_schema":{"type": "object"},"defer_loading":true,
            "cache_control":{"type":"ephemeral","ttl":"1h"}},
            {"type":"web_search_20250305","name":"web_search","max_uses":8}],
           "tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true}"#,
    ))
    .unwrap();
    let ToolKind::Function { schema } = &request.tools[0].kind else {
        panic!("no function")
    };
    assert_eq!(schema.as_ref().unwrap().get(), "{\"type\": \"object\"}");
    assert_eq!(
        request.tools[0].cache,
        Some(CacheHint {
            seconds: Some(3600)
        })
    );
    assert_eq!(request.tools[0].strict, Some(true));
    let ToolKind::Server { kind, raw } = &request.tools[1].kind else {
        panic!("no server tool")
    };
    assert_eq!(kind, "web_search_20250305");
    assert!(raw.get().contains("max_uses"));
    let choice = request.tool_choice.unwrap();
    assert_eq!(
        (choice.mode, choice.only),
        (ToolMode::Required, vec!["f".to_owned()])
    );
    assert_eq!(request.parallel_tool_calls, Some(false));
    assert_eq!(
        losses.header().as_deref(),
        Some("tools[0].defer_loading=dropped")
    );

    for (word, mode) in [
        ("auto", ToolMode::Auto),
        ("any", ToolMode::Required),
        ("none", ToolMode::None),
    ] {
        let json = body(&format!(
            r#""tool_choice":{{"type":"{word}"}},"thinking":null"#
        ));
        let (request, _) = request_from(&json).unwrap();
        assert_eq!(request.tool_choice.unwrap().mode, mode);
    }
    let json = body(r#""thinking":{"type":"between_tools","display":"omitted"}"#);
    let (request, losses) = request_from(&json).unwrap();
    assert_eq!(request.thinking.unwrap().visible, Some(false));
    assert_eq!(
        losses.header().as_deref(),
        Some("thinking.type=approximated")
    );
}

#[test]
fn what_is_wrong_is_named() {
    let body = |rest: &str| format!(r#"{{"model":"m","max_tokens":5,"messages":[],{rest}}}"#);
    for (json, param) in [
        (r#"{"max_tokens":5,"messages":[]}"#.to_owned(), "model"),
        (r#"{"model":"m","messages":[]}"#.to_owned(), "max_tokens"),
        (
            r#"{"model":"m","max_tokens":-1,"messages":[]}"#.to_owned(),
            "max_tokens",
        ),
        (r#"{"model":"m","max_tokens":5}"#.to_owned(), "messages"),
        (
            r#"{"model":"m","max_tokens":5,"messages":{}}"#.to_owned(),
            "messages",
        ),
        (
            r#"{"model":"m","max_tokens":5,"messages":[7]}"#.to_owned(),
            "messages[0]",
        ),
        (
            r#"{"model":"m","max_tokens":5,"messages":[{"role":"tool","content":"a"}]}"#.to_owned(),
            "messages[0].role",
        ),
        (
            r#"{"model":"m","max_tokens":5,"messages":[{"role":"user"}]}"#.to_owned(),
            "messages[0].content",
        ),
        (with_content("7"), "messages[0].content"),
        (with_content("[\"a\"]"), "messages[0].content[0]"),
        (
            with_content(r#"[{"text":"a"}]"#),
            "messages[0].content[0].type",
        ),
        (
            with_content(r#"[{"type":"text"}]"#),
            "messages[0].content[0].text",
        ),
        (
            with_content(r#"[{"type":"image","source":7}]"#),
            "messages[0].content[0].source",
        ),
        (
            with_content(r#"[{"type":"image","source":{"type":"x"}}]"#),
            "messages[0].content[0].source.type",
        ),
        (
            with_content(r#"[{"type":"image","source":{"type":"url"}}]"#),
            "messages[0].content[0].source.url",
        ),
        (
            with_content(r#"[{"type":"tool_use","id":"a","name":"f","input":"x"}]"#),
            "messages[0].content[0].input",
        ),
        (
            with_content(
                r#"[{"type":"tool_result","tool_use_id":"a","content":[{"type":"image"}]}]"#,
            ),
            "messages[0].content[0].content[0].source",
        ),
        (
            with_content(
                r#"[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"2d"}}]"#,
            ),
            "messages[0].content[0].cache_control.ttl",
        ),
        (
            body(r#""system":[{"type":"text","text":1}]"#),
            "system[0].text",
        ),
        (
            body(r#""tools":[{"name":"f","input_schema":[]}]"#),
            "tools[0].input_schema",
        ),
        (body(r#""tool_choice":{"type":"tool"}"#), "tool_choice.name"),
        (body(r#""tool_choice":"auto""#), "tool_choice"),
        (
            body(r#""thinking":{"type":"enabled"}"#),
            "thinking.budget_tokens",
        ),
        (body(r#""thinking":{"type":"hard"}"#), "thinking.type"),
        (
            body(r#""output_config":{"effort":"huge"}"#),
            "output_config.effort",
        ),
        (
            body(r#""output_config":{"format":{"type":"json"}}"#),
            "output_config.format.type",
        ),
        (body(r#""stop_sequences":"x""#), "stop_sequences"),
        (body(r#""temperature":"hot""#), "temperature"),
        (body(r#""stream":1"#), "stream"),
        (body(r#""metadata":{"user_id":1}"#), "metadata.user_id"),
    ] {
        let fault = request_from(&json).unwrap_err();
        assert_eq!(fault.param.as_deref(), Some(param), "{json}");
        assert_eq!(fault.kind, FaultKind::InvalidRequest);
        assert!(fault.message.contains(param), "{}", fault.message);
    }
    let fault = request_from("{\"model\":").unwrap_err();
    assert_eq!(fault.code.as_deref(), Some("invalid_json"));
}

#[test]
fn pictures_stand_at_web_addresses_or_are_bytes_of_a_type() {
    let with = |source: serde_json::Value| {
        let body = serde_json::json!({
            "model": "m", "max_tokens": 9,
            "messages": [{"role": "user", "content": [{"type": "image", "source": source}]}]
        });
        request_from(&body.to_string())
            .err()
            .and_then(|fault| fault.param)
    };
    let place = |field: &str| Some(format!("messages[0].content[0].source.{field}"));
    let url = |url: &str| with(serde_json::json!({"type": "url", "url": url}));
    assert_eq!(url("HTTPS://example.org/a.png"), None);
    for bad in [
        "file:///etc/passwd",
        "data:image/png;base64,eA==",
        "example.org",
        "",
    ] {
        assert_eq!(url(bad), place("url"), "{bad}");
    }
    let bytes = |kind: &str, data: &str| {
        with(serde_json::json!({"type": "base64", "media_type": kind, "data": data}))
    };
    assert_eq!(bytes("image/png", "eA=="), None);
    assert_eq!(bytes("image/png", ""), place("data"));
    assert_eq!(bytes("", "eA=="), place("media_type"));
    assert_eq!(bytes("image/png;base64,x", "eA=="), place("media_type"));
}
