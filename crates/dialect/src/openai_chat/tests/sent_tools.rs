//! Tools in requests to upstreams, from clients of other dialects.

use serde_json::json;

use super::sent::{encode, function, paths, raw, request};
use crate::chat::{Block, Content, Role, Tool, ToolCall, ToolChoice, ToolKind, ToolMode, Turn};
use crate::{Dialect, FaultKind, Target};

#[test]
fn names_are_aliased_everywhere_and_the_way_back_is_given() {
    let long = "n".repeat(80);
    let mut request = request();
    request.tools = vec![
        function("mcp.server/read"),
        function(&long),
        function("plain"),
    ];
    request.tool_choice = Some(ToolChoice {
        mode: ToolMode::Required,
        only: vec!["mcp.server/read".to_owned()],
    });
    let call = ToolCall {
        id: "a".to_owned(),
        name: long.clone(),
        arguments: "{}".to_owned(),
    };
    let blocks = vec![Block::new(Content::ToolCall(call))];
    request.turns.push(Turn {
        role: Role::Assistant,
        name: None,
        blocks,
    });
    let (body, _, aliases) = encode(&request, &Target::named("up")).unwrap();
    assert_eq!(aliases.len(), 2);
    let sent = |at: usize| body["tools"][at]["function"]["name"].as_str().unwrap();
    assert_eq!(aliases[sent(0)], "mcp.server/read");
    assert_eq!(aliases[sent(1)], long);
    assert_eq!(sent(1).len(), 64);
    assert_eq!(sent(2), "plain");
    assert_eq!(
        body["tool_choice"],
        json!({ "type": "function", "function": { "name": sent(0) } })
    );
    assert_eq!(
        body["messages"][1]["tool_calls"][0]["function"]["name"],
        sent(1)
    );
}

#[test]
fn choices_of_tools() {
    let mut request = request();
    request.tools = vec![function("a"), function("b"), function("c")];
    request.parallel_tool_calls = Some(false);
    let only = |names: &[&str]| {
        names
            .iter()
            .map(|&name| name.to_owned())
            .collect::<Vec<_>>()
    };
    let mut choose = |mode, names: &[&str], target: &Target| {
        request.tool_choice = Some(ToolChoice {
            mode,
            only: only(names),
        });
        let (body, losses, _) = encode(&request, target).unwrap();
        assert_eq!(body["parallel_tool_calls"], false);
        (
            body["tool_choice"].clone(),
            body["tools"].as_array().unwrap().len(),
            losses.is_empty(),
        )
    };
    let new = Target::named("up");
    assert_eq!(choose(ToolMode::Auto, &[], &new), (json!("auto"), 3, true));
    assert_eq!(
        choose(ToolMode::Required, &[], &new),
        (json!("required"), 3, true)
    );
    assert_eq!(
        choose(ToolMode::None, &["a"], &new),
        (json!("none"), 3, true)
    );
    let named = |name: &str| json!({ "type": "function", "function": { "name": name } });
    assert_eq!(
        choose(ToolMode::Required, &["b"], &new),
        (named("b"), 3, true)
    );
    let allowed = json!({ "type": "allowed_tools",
        "allowed_tools": { "mode": "required", "tools": [named("a"), named("c")] } });
    assert_eq!(
        choose(ToolMode::Required, &["a", "c"], &new),
        (allowed, 3, true)
    );
    let mut old = Target::named("up");
    old.max_completion_tokens = false;
    assert_eq!(
        choose(ToolMode::Required, &["a", "c"], &old),
        (json!("required"), 2, false)
    );
}

#[test]
fn tools_of_providers_are_refused_by_name() {
    let server = |name: &str, kind: &str| Tool {
        kind: ToolKind::Server {
            kind: kind.to_owned(),
            raw: raw(&json!({ "type": kind })),
        },
        ..function(name)
    };
    let mut request = request();
    request.tools = vec![server("web_search", "web_search_20250305")];
    let fault = encode(&request, &Target::named("up")).unwrap_err();
    assert_eq!(
        (fault.kind, fault.code()),
        (FaultKind::Unsupported, "unsupported_tool")
    );
    assert_eq!(fault.param.as_deref(), Some("tools[0]"));
    assert!(
        fault
            .message
            .contains("\"web_search\" (web_search_20250305)")
    );

    // Codex declares its search with every request and works without it.
    request.origin = Dialect::OpenAiResponses;
    request.tools = vec![function("f"), server("web_search", "web_search")];
    let (body, losses, _) = encode(&request, &Target::named("up")).unwrap();
    assert_eq!(body["tools"].as_array().unwrap().len(), 1);
    assert!(losses.first_semantic().is_some());
    request.tools.push(server("mcp", "mcp"));
    assert!(encode(&request, &Target::named("up")).is_err());
}

#[test]
fn free_text_tools_are_wrapped() {
    let mut request = request();
    request.origin = Dialect::OpenAiResponses;
    let kind = ToolKind::Custom {
        grammar: Some(raw(&json!({}))),
    };
    request.tools = vec![Tool {
        kind,
        ..function("apply_patch")
    }];
    let call = ToolCall {
        id: "a".to_owned(),
        name: "apply_patch".to_owned(),
        arguments: "*** Begin".to_owned(),
    };
    let blocks = vec![Block::new(Content::ToolCall(call))];
    request.turns.push(Turn {
        role: Role::Assistant,
        name: None,
        blocks,
    });
    let (body, losses, _) = encode(&request, &Target::named("up")).unwrap();
    let function = &body["tools"][0]["function"];
    assert_eq!(function["parameters"]["required"], json!(["input"]));
    let sent = &body["messages"][1]["tool_calls"][0]["function"]["arguments"];
    assert_eq!(sent, "{\"input\":\"*** Begin\"}");
    assert!(paths(&losses).contains(&"tools[0].format"));
}
