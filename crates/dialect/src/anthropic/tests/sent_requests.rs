//! Requests written for an upstream: scalars, tools and thinking.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{Anthropic, sent};
use crate::chat::{
    Block, CacheHint, ChatRequest, Content, Effort, Format, Role, Thinking, Tool, ToolCall,
    ToolChoice, ToolKind, ToolMode, ToolResult, Turn,
};
use crate::{Codec as _, Dialect, FaultKind, Losses, Target};

pub(super) fn turn(role: Role, blocks: Vec<Block>) -> Turn {
    Turn {
        role,
        name: None,
        blocks,
    }
}

pub(super) fn says(role: Role, text: &str) -> Turn {
    turn(role, vec![Block::text(text)])
}

pub(super) fn call(id: &str, arguments: &str) -> Block {
    Block::new(Content::ToolCall(ToolCall {
        id: id.to_owned(),
        name: "f".to_owned(),
        arguments: arguments.to_owned(),
    }))
}

pub(super) fn result(id: &str, text: &str) -> Turn {
    let result = ToolResult {
        call_id: id.to_owned(),
        blocks: vec![Block::text(text)],
        is_error: false,
    };
    turn(Role::User, vec![Block::new(Content::ToolResult(result))])
}

pub(super) fn chat(turns: Vec<Turn>) -> ChatRequest {
    let mut request = ChatRequest::new(Dialect::OpenAiChat, "m");
    request.turns = turns;
    request
}

fn simple() -> ChatRequest {
    chat(vec![says(Role::User, "a")])
}

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

fn function(name: &str) -> Tool {
    let kind = ToolKind::Function { schema: None };
    Tool {
        name: name.to_owned(),
        description: None,
        kind,
        strict: None,
        cache: None,
    }
}

pub(super) fn target() -> Target {
    Target::named("claude")
}

/// What is sent, and what was lost.
pub(super) fn body(request: &ChatRequest) -> (Value, String) {
    sent(request, &target()).unwrap()
}

pub(super) fn fault(request: &ChatRequest) -> (FaultKind, String) {
    let fault = sent(request, &target()).unwrap_err();
    (fault.kind, fault.param.unwrap_or_default())
}

#[test]
fn odd_tool_names_are_changed_everywhere_and_can_be_restored() {
    let mut request = simple();
    request.tools = vec![function("mcp.a/b")];
    request.tool_choice = Some(ToolChoice {
        mode: ToolMode::Required,
        only: vec!["mcp.a/b".to_owned()],
    });
    let mut losses = Losses::default();
    let encoded = Anthropic
        .encode_request(&request, &target(), &mut losses)
        .unwrap();
    let sent_body: Value = serde_json::from_slice(&encoded.body).unwrap();
    let name = sent_body["tools"][0]["name"].as_str().unwrap();
    assert_eq!(
        sent_body["tool_choice"],
        json!({"type": "tool", "name": name})
    );
    assert_eq!(
        encoded.aliases.get(name).map(String::as_str),
        Some("mcp.a/b")
    );
    assert!(losses.is_empty());
}

#[test]
fn tools_are_declared_as_objects() {
    let mut request = simple();
    let with = |schema: &str| ToolKind::Function {
        schema: Some(raw(schema)),
    };
    request.tools = vec![
        function("none"),
        Tool {
            kind: with(r#"{"properties":{"b":{},"a":{}}}"#),
            ..function("typeless")
        },
        Tool {
            kind: with("{ }"),
            strict: Some(false),
            ..function("empty")
        },
        Tool {
            kind: with(r#"{"type":"object"}"#),
            strict: Some(true),
            ..function("strict")
        },
        Tool {
            kind: ToolKind::Custom {
                grammar: Some(raw("{}")),
            },
            ..function("free")
        },
    ];
    let mut losses = Losses::default();
    let encoded = Anthropic
        .encode_request(&request, &target(), &mut losses)
        .unwrap();
    let text = String::from_utf8(encoded.body).unwrap();
    for part in [
        r#"{"name":"none","input_schema":{"type":"object","properties":{}}}"#,
        r#"{"name":"typeless","input_schema":{"type":"object","properties":{"b":{},"a":{}}}}"#,
        r#"{"name":"empty","input_schema":{"type":"object"}}"#,
        r#"{"name":"strict","input_schema":{"type":"object"},"strict":true}"#,
        r#""properties":{"input":{"type":"string"}}"#,
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(
        losses.header().as_deref(),
        Some("tools[4]=emulated; tools[4].format=dropped")
    );

    request.turns = vec![
        says(Role::User, "go"),
        turn(
            Role::Assistant,
            vec![Block::new(Content::ToolCall(ToolCall {
                id: "a".to_owned(),
                name: "free".to_owned(),
                arguments: "*** patch".to_owned(),
            }))],
        ),
        result("a", "ok"),
    ];
    let (sent_body, _) = body(&request);
    assert_eq!(
        sent_body["messages"][1]["content"][0]["input"],
        json!({"input": "*** patch"})
    );
    request.tools = vec![Tool {
        kind: with("[]"),
        ..function("f")
    }];
    assert_eq!(
        fault(&request),
        (FaultKind::InvalidRequest, "tools[0]".to_owned())
    );
}

#[test]
fn server_tools_of_others_are_mapped_dropped_or_refused() {
    let with = |kind: &str| {
        let mut request = simple();
        let kind = ToolKind::Server {
            kind: kind.to_owned(),
            raw: raw("{\"type\":\"x\"}"),
        };
        request.tools = vec![Tool {
            kind,
            ..function("t")
        }];
        request
    };
    let (sent_body, lost) = body(&with("web_search_preview"));
    assert_eq!(
        sent_body["tools"],
        json!([{"type": "web_search_20250305", "name": "web_search"}])
    );
    assert_eq!(lost, "tools[0]=approximated");
    assert_eq!(body(&with("tool_search")).1, "tools[0]=dropped");
    let refused = sent(&with("code_interpreter"), &target()).unwrap_err();
    assert_eq!(refused.code.as_deref(), Some("unsupported_tool"));
    assert!(refused.message.contains("code_interpreter"));
    let mut own = with("code_execution_20250825");
    own.origin = Dialect::AnthropicMessages;
    assert_eq!(body(&own).0["tools"], json!([{"type": "x"}]));
    let mut options = simple();
    options
        .extra
        .push(("web_search_options".to_owned(), raw("{}")));
    assert_eq!(body(&options).0["tools"][0]["name"], "web_search");
}

#[test]
fn choices_of_tools_are_kept() {
    let with = |mode: Option<ToolMode>, only: &[&str], parallel| {
        let mut request = simple();
        request.tools = vec![function("f"), function("g")];
        let only = only.iter().map(|name| (*name).to_owned()).collect();
        request.tool_choice = mode.map(|mode| ToolChoice { mode, only });
        request.parallel_tool_calls = parallel;
        request
    };
    let choice = |request: &ChatRequest| body(request).0["tool_choice"].take();
    assert_eq!(choice(&with(None, &[], None)), Value::Null);
    assert_eq!(
        choice(&with(None, &[], Some(false))),
        json!({"type": "auto", "disable_parallel_tool_use": true})
    );
    assert_eq!(
        choice(&with(Some(ToolMode::None), &[], Some(false))),
        json!({"type": "none"})
    );
    assert_eq!(
        choice(&with(Some(ToolMode::Required), &[], Some(false))),
        json!({"type": "any", "disable_parallel_tool_use": true})
    );
    assert_eq!(
        choice(&with(Some(ToolMode::Required), &["g"], None)),
        json!({"type": "tool", "name": "g"})
    );
    let (sent_body, lost) = body(&with(Some(ToolMode::Auto), &["g"], None));
    assert_eq!(sent_body["tools"].as_array().unwrap().len(), 1);
    assert_eq!(lost, "tool_choice=emulated");
    assert_eq!(
        fault(&with(Some(ToolMode::Required), &["x"], None)).1,
        "tool_choice"
    );
    let mut none = simple();
    none.tool_choice = Some(ToolChoice {
        mode: ToolMode::Auto,
        only: Vec::new(),
    });
    assert_eq!(choice(&none), Value::Null);
    none.tool_choice = Some(ToolChoice {
        mode: ToolMode::Required,
        only: Vec::new(),
    });
    assert_eq!(fault(&none).1, "tool_choice");
}

#[test]
fn the_limit_is_the_client_s_else_the_model_s() {
    let limit = |given, most| {
        let mut request = simple();
        request.max_output_tokens = given;
        let target = Target {
            max_output_tokens: most,
            ..target()
        };
        sent(&request, &target).unwrap().0["max_tokens"]
            .as_u64()
            .unwrap()
    };
    assert_eq!(limit(None, None), 8192);
    assert_eq!(limit(None, Some(64000)), 64000);
    assert_eq!(limit(Some(100), Some(64000)), 100);
    assert_eq!(limit(Some(100_000), Some(64000)), 64000);
}

fn thinking(thinking: Thinking, given: Option<u64>, target: &Target) -> (Value, String) {
    let mut request = simple();
    request.thinking = Some(thinking);
    request.max_output_tokens = given;
    sent(&request, target).unwrap()
}

#[test]
fn effort_becomes_adaptive_thinking() {
    for (effort, word) in [
        (Effort::Minimal, "low"),
        (Effort::Low, "low"),
        (Effort::Medium, "medium"),
        (Effort::High, "high"),
        (Effort::ExtraHigh, "xhigh"),
        (Effort::Max, "max"),
    ] {
        let wanted = Thinking {
            effort: Some(effort),
            ..Thinking::default()
        };
        let (body, _) = thinking(wanted, None, &target());
        assert_eq!(body["thinking"], json!({"type": "adaptive"}));
        assert_eq!(body["output_config"], json!({"effort": word}));
    }
    let none = Thinking {
        effort: Some(Effort::None),
        ..Thinking::default()
    };
    let (body, _) = thinking(none, None, &target());
    assert_eq!(
        (&body["thinking"], body.get("output_config")),
        (&json!({"type": "disabled"}), None)
    );
    let budget = Thinking {
        budget: Some(5000),
        visible: Some(false),
        enabled: Some(true),
        ..none
    };
    let (body, lost) = thinking(
        Thinking {
            effort: None,
            ..budget
        },
        None,
        &target(),
    );
    assert_eq!(
        body["thinking"],
        json!({"type": "adaptive", "display": "omitted"})
    );
    assert_eq!(body["output_config"], json!({"effort": "high"}));
    assert_eq!(lost, "thinking.budget_tokens=approximated");
    let open = Thinking {
        enabled: Some(true),
        ..Thinking::default()
    };
    assert_eq!(thinking(open, None, &target()).0.get("output_config"), None);
}

#[test]
fn effort_becomes_a_budget_for_older_models() {
    let target = Target {
        adaptive_thinking: false,
        ..target()
    };
    let by = |effort| Thinking {
        effort: Some(effort),
        ..Thinking::default()
    };
    let budget = |body: &Value| body["thinking"]["budget_tokens"].as_u64();
    for effort in [Effort::Low, Effort::Medium, Effort::High, Effort::ExtraHigh] {
        let (body, lost) = thinking(by(effort), Some(32000), &target);
        assert_eq!(Effort::from_budget(budget(&body).unwrap()), effort);
        assert_eq!(lost, "reasoning_effort=approximated");
        assert_eq!(body.get("output_config"), None);
    }
    let (body, _) = thinking(by(Effort::Max), Some(32000), &target);
    assert_eq!(budget(&body), Some(30976));
    // The limit grows by the budget, up to what the model can.
    let (body, lost) = thinking(by(Effort::High), Some(1000), &target);
    assert_eq!(
        (budget(&body), &body["max_tokens"]),
        (Some(4096), &json!(5096))
    );
    assert!(lost.contains("max_tokens=approximated"), "{lost}");
    let small = Target {
        max_output_tokens: Some(4096),
        ..target.clone()
    };
    let (body, _) = thinking(by(Effort::High), Some(1000), &small);
    assert_eq!(
        (budget(&body), &body["max_tokens"]),
        (Some(4095), &json!(4096))
    );
    let tiny = Target {
        max_output_tokens: Some(1024),
        ..target.clone()
    };
    let (body, lost) = thinking(by(Effort::High), None, &tiny);
    assert_eq!(body.get("thinking"), None);
    assert!(lost.contains("thinking=dropped"), "{lost}");
    let given = Thinking {
        enabled: Some(true),
        budget: Some(10),
        ..Thinking::default()
    };
    let (body, lost) = thinking(given, Some(9000), &target);
    assert_eq!(budget(&body), Some(1024));
    assert_eq!(lost, "thinking.budget_tokens=approximated");
    let off = Thinking {
        budget: Some(0),
        ..Thinking::default()
    };
    assert_eq!(
        thinking(off, None, &target).0["thinking"],
        json!({"type": "disabled"})
    );
}

#[test]
fn thinking_gives_way_to_what_is_refused_beside_it() {
    let mut request = simple();
    request.thinking = Some(Thinking {
        effort: Some(Effort::High),
        ..Thinking::default()
    });
    request.tools = vec![function("f")];
    request.tool_choice = Some(ToolChoice {
        mode: ToolMode::Required,
        only: Vec::new(),
    });
    let (sent_body, lost) = body(&request);
    assert_eq!(sent_body.get("thinking"), None);
    assert_eq!(sent_body["output_config"]["effort"], "high");
    assert_eq!(
        (&sent_body["tool_choice"]["type"], lost.as_str()),
        (&json!("any"), "thinking=dropped")
    );

    request.tool_choice = None;
    request
        .turns
        .push(turn(Role::Assistant, vec![call("a", "{}")]));
    request.turns.push(result("a", "done"));
    assert_eq!(body(&request).0["thinking"]["type"], "adaptive");
    let old = Target {
        adaptive_thinking: false,
        ..target()
    };
    let (sent_body, lost) = sent(&request, &old).unwrap();
    assert_eq!(sent_body.get("thinking"), None);
    assert!(lost.contains("thinking=dropped"), "{lost}");
}

#[test]
fn sampling_is_clamped_or_dropped_and_told() {
    let mut request = simple();
    request.sampling.temperature = Some(1.7);
    request.sampling.top_p = Some(0.5);
    request.sampling.top_k = Some(4);
    request.sampling.seed = Some(7);
    request.sampling.frequency_penalty = Some(0.0);
    request.sampling.presence_penalty = Some(0.5);
    request.stop = vec!["\n".to_owned(), "END".to_owned()];
    let (sent_body, lost) = body(&request);
    assert_eq!(
        (&sent_body["temperature"], &sent_body["top_k"]),
        (&json!(1.0), &json!(4))
    );
    assert_eq!(sent_body.get("top_p"), None);
    assert_eq!(sent_body["stop_sequences"], json!(["END"]));
    assert_eq!(
        lost,
        "stop=dropped; presence_penalty=dropped; seed=dropped; top_p=dropped; temperature=approximated"
    );
    let (sent_body, lost) = sent(
        &request,
        &Target {
            sampling: false,
            ..target()
        },
    )
    .unwrap();
    assert_eq!(
        (sent_body.get("temperature"), sent_body.get("top_k")),
        (None, None)
    );
    assert!(
        lost.contains("temperature=dropped") && lost.contains("top_k=dropped"),
        "{lost}"
    );
    request.thinking = Some(Thinking {
        effort: Some(Effort::Low),
        ..Thinking::default()
    });
    request.sampling.top_p = Some(0.97);
    let (sent_body, _) = body(&request);
    assert_eq!(
        (sent_body.get("temperature"), &sent_body["top_p"]),
        (None, &json!(0.97))
    );
}

#[test]
fn forms_of_answers_are_asked_for() {
    let mut request = simple();
    let schema = r#"{"type":"object","properties":{"z":{},"a":{}},"additionalProperties":false}"#;
    request.format = Format::JsonSchema {
        name: Some("n".to_owned()),
        description: None,
        schema: raw(schema),
        strict: Some(true),
    };
    let mut losses = Losses::default();
    let encoded = Anthropic
        .encode_request(&request, &target(), &mut losses)
        .unwrap();
    let text = String::from_utf8(encoded.body).unwrap();
    let expected =
        format!(r#""output_config":{{"format":{{"type":"json_schema","schema":{schema}}}}}"#);
    assert!(text.contains(&expected) && losses.is_empty(), "{text}");
    request.format = Format::JsonObject;
    let (sent_body, lost) = body(&request);
    assert!(sent_body.get("output_config").is_none());
    assert!(sent_body["system"].as_str().unwrap().contains("JSON"));
    assert_eq!(lost, "response_format=emulated");
}

#[test]
fn the_last_four_breakpoints_stay_and_long_ones_come_first() {
    let hint = |seconds| Some(CacheHint { seconds });
    let block = |text: &str, seconds| Block {
        cache: hint(seconds),
        ..Block::text(text)
    };
    let mut request = chat(vec![
        turn(Role::System, vec![block("s", Some(3600))]),
        turn(
            Role::User,
            vec![
                block("a", Some(43200)),
                block("b", Some(300)),
                block("c", Some(1800)),
                block("d", None),
            ],
        ),
    ]);
    request.tools = vec![Tool {
        cache: hint(None),
        ..function("f")
    }];
    let (sent_body, lost) = body(&request);
    assert_eq!(sent_body["tools"][0].get("cache_control"), None);
    assert_eq!(sent_body["system"], "s");
    let content = &sent_body["messages"][0]["content"];
    let control = |ttl: Option<&str>| match ttl {
        Some(ttl) => json!({"type": "ephemeral", "ttl": ttl}),
        None => json!({"type": "ephemeral"}),
    };
    let expected = [Some("1h"), Some("5m"), Some("5m"), None].map(control);
    let given: Vec<&Value> = (0..4).map(|at| &content[at]["cache_control"]).collect();
    assert_eq!(given, expected.iter().collect::<Vec<_>>());
    assert!(lost.contains("cache_control=dropped"), "{lost}");
    request.cache = hint(None);
    let (sent_body, _) = body(&request);
    assert_eq!(sent_body["cache_control"], control(None));
    assert_eq!(
        sent_body["messages"][0]["content"][0].get("cache_control"),
        None
    );
}

#[test]
fn users_tiers_and_foreign_fields() {
    let mut request = simple();
    request.user = Some("jane@example.org".to_owned());
    request.service_tier = Some("default".to_owned());
    request.verbosity = Some("low".to_owned());
    request.cache_key = Some("k".to_owned());
    request.stream = true;
    request.extra.push(("logit_bias".to_owned(), raw("{}")));
    let (sent_body, lost) = body(&request);
    let user = sent_body["metadata"]["user_id"].as_str().unwrap();
    assert!(user.len() == 64 && !user.contains('@'));
    assert_eq!(
        (&sent_body["service_tier"], &sent_body["stream"]),
        (&json!("standard_only"), &json!(true))
    );
    assert_eq!(
        lost,
        "logit_bias=dropped; user=approximated; verbosity=dropped; prompt_cache_key=dropped"
    );
    for (tier, expected) in [("priority", json!("auto")), ("flex", Value::Null)] {
        request.service_tier = Some(tier.to_owned());
        assert_eq!(body(&request).0["service_tier"], expected);
    }
    request.user = Some("u-1".to_owned());
    assert_eq!(body(&request).0["metadata"]["user_id"], "u-1");
}

#[test]
fn what_must_not_be_dropped_is_refused() {
    let refused = |change: fn(&mut ChatRequest)| {
        let mut request = simple();
        change(&mut request);
        let (kind, param) = fault(&request);
        assert_eq!(kind, FaultKind::Unsupported);
        param
    };
    assert_eq!(refused(|request| request.candidates = Some(2)), "n");
    assert_eq!(refused(|request| request.logprobs = Some(0)), "logprobs");
    let audio = refused(|request| {
        let sound = Content::Audio {
            format: "wav".to_owned(),
            data: "UklGRg==".to_owned(),
        };
        request.turns[0].blocks.push(Block::new(sound));
    });
    assert_eq!(audio, "messages[0].content[1]");
    let aloud = refused(|request| {
        request
            .extra
            .push(("modalities".to_owned(), raw(r#"["text","audio"]"#)));
    });
    assert_eq!(aloud, "modalities");
    let state = refused(|request| {
        request
            .extra
            .push(("previous_response_id".to_owned(), raw("\"resp_1\"")));
    });
    assert_eq!(state, "previous_response_id");
}
