//! Bugs that other translators had, each by its name: none of them here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod common;

use common::grammar::{self, Said};
use common::{Case, anthropic, corpus, openai, translated};
use dialect::chat::{ChatRequest, StopReason, Transcript};
use dialect::translate::AnswerReader;
use dialect::{Codec, Fault, Losses, Target};
use serde_json::{Value, json};

fn case(name: &str) -> Case {
    corpus()
        .into_iter()
        .find(|case| case.name == name)
        .unwrap_or_else(|| panic!("no case {name}"))
}

fn sent(case: &Case) -> Value {
    serde_json::from_slice(&case.ask().encoded.expect("it is sent").body).unwrap()
}

fn answered(case: &Case) -> (Vec<u8>, Result<(), Fault>) {
    let stream = case.stream.clone().expect("the case has a stream");
    let (out, result, _) = translated(case.reader(), case.client, case.context(), &[&stream]);
    (out, result)
}

fn said_to_openai(name: &str) -> Said {
    let case = case(name);
    grammar::openai(&answered(&case).0, true, case.include_usage()).unwrap()
}

fn said_to_anthropic(name: &str) -> Said {
    grammar::anthropic(&answered(&case(name)).0, true).unwrap()
}

fn encoded(codec: &dyn Codec, request: &ChatRequest, target: &Target) -> Value {
    let sent = codec
        .encode_request(request, target, &mut Losses::default())
        .unwrap();
    serde_json::from_slice(&sent.body).unwrap()
}

fn decoded(codec: &dyn Codec, body: &Value) -> ChatRequest {
    codec
        .decode_request(body.to_string().as_bytes(), &mut Losses::default())
        .unwrap()
}

#[test]
fn r01_tool_indices_are_dense() {
    // The checkers refuse gaps; here blocks that are no calls stand between the calls.
    let said = said_to_openai("openai_to_anthropic/thinking_between_tools");
    assert_eq!(said.tools.len(), 1);
    let said = said_to_anthropic("anthropic_to_openai/tool_indices_from_one");
    assert_eq!(said.tools.len(), 2);
}

#[test]
fn r02_usage_comes_once() {
    for name in [
        "openai_to_anthropic/text",
        "openai_to_anthropic/usage_changes_later",
    ] {
        let (out, _) = answered(&case(name));
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out.matches("\"prompt_tokens\"").count(), 1, "{name}");
    }
    let (out, _) = answered(&case("openai_to_anthropic/text_no_usage_asked"));
    assert!(!String::from_utf8(out).unwrap().contains("usage"));
    for name in ["usage_twice", "usage_on_choice_chunk"] {
        let said = said_to_anthropic(&format!("anthropic_to_openai/{name}"));
        assert_eq!((said.input, said.output), (Some(12), Some(9)), "{name}");
    }
}

#[test]
fn r03_a_thinking_signature_survives_its_own_dialect_and_goes_to_no_other() {
    let own = sent(&case("anthropic_to_anthropic/thinking"));
    assert_eq!(
        own["messages"][1]["content"][0],
        json!({"type": "thinking", "thinking": "", "signature": "c2ln"})
    );
    assert_eq!(own["messages"][1]["content"][1]["data"], "c2Vj");
    let other = sent(&case("anthropic_to_openai/thinking_in_history")).to_string();
    assert!(
        !other.contains("c2ln") && !other.contains("c2Vj"),
        "{other}"
    );
    // Thoughts without a seal are not sent to a provider that would refuse them.
    let unsealed = sent(&case("openai_to_anthropic/thinking_signature")).to_string();
    assert!(!unsealed.contains("two and two"), "{unsealed}");
}

#[test]
fn r04_strict_is_never_added() {
    for name in [
        "openai_to_anthropic/one_tool",
        "anthropic_to_openai/one_tool",
    ] {
        assert!(!sent(&case(name)).to_string().contains("strict"), "{name}");
    }
    let sent = sent(&case("openai_to_anthropic/strict_tool"));
    let strict = |tool: usize| sent["tools"][tool].get("strict").cloned();
    assert_eq!(
        (strict(0), strict(1), strict(2)),
        (Some(json!(true)), None, None)
    );
}

#[test]
fn r05_pictures_of_tools_arrive() {
    let sent_on = sent(&case("openai_to_anthropic/tool_result_with_image"));
    assert_eq!(
        sent_on["messages"][2]["content"][0]["content"][1]["type"],
        "image"
    );
    let sent_on = sent(&case("anthropic_to_openai/tool_error_with_image"));
    let user = sent_on["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(user["content"][0]["text"], "[image from tool call toolu_1]");
    assert_eq!(user["content"][1]["type"], "image_url");
}

#[test]
fn r06_an_error_is_no_success() {
    for case in corpus() {
        let broken = [
            "error_",
            "ends_early",
            "ends_in",
            "restart",
            "done_without",
            "nothing_at",
        ];
        let name = case.name.rsplit('/').next().unwrap();
        if !broken.iter().any(|start| name.starts_with(start)) || case.stream.is_none() {
            continue;
        }
        let (mut out, result) = answered(&case);
        let fault = result.expect_err(&case.name);
        assert!(
            fault.status_for(case.client.dialect()) >= 400,
            "{}",
            case.name
        );
        out.extend(case.client.encode_stream_fault(&fault, "req_1"));
        let reader = AnswerReader::new(case.client, Default::default(), true);
        let (_, read, _) = translated(reader, case.client, case.context(), &[&out]);
        assert!(read.is_err(), "{} looks whole to its client", case.name);
    }
    // An error body in a success.
    for name in [
        "openai_to_anthropic/error_in_success",
        "anthropic_to_openai/error_in_success",
    ] {
        let case = case(name);
        assert!(
            case.upstream
                .decode_answer(case.whole.as_ref().unwrap())
                .is_err(),
            "{name}"
        );
    }
}

#[test]
fn r08_tool_names_are_restored() {
    for (from, name) in [
        (openai(), "files.read/船"),
        (anthropic(), "a tool: with odd letters"),
    ] {
        let upstream = if from.dialect() == openai().dialect() {
            anthropic()
        } else {
            openai()
        };
        let tool = match from.dialect() {
            dialect::Dialect::OpenAiChat => json!({"type": "function", "function": {"name": name}}),
            _ => json!({"name": name, "input_schema": {"type": "object"}}),
        };
        let body = json!({"model": "m", "max_tokens": 9, "tools": [tool],
            "messages": [{"role": "user", "content": "x"}]});
        let request = decoded(from, &body);
        let target = Target::named("m");
        let sent = upstream
            .encode_request(&request, &target, &mut Losses::default())
            .unwrap();
        let alias = sent
            .aliases
            .iter()
            .find(|(_, original)| *original == name)
            .unwrap()
            .0
            .clone();
        assert!(alias.len() <= 64 && alias.is_ascii());
        let answer = match upstream.dialect() {
            dialect::Dialect::OpenAiChat => json!({"choices": [{"finish_reason": "tool_calls",
                "message": {"tool_calls": [{"id": "c", "function": {"name": alias, "arguments": "{}"}}]}}]}),
            _ => json!({"content": [{"type": "tool_use", "id": "c", "name": alias, "input": {}}],
                "stop_reason": "tool_use"}),
        };
        let mut reader = AnswerReader::new(upstream, sent.aliases, false);
        let mut events = Vec::new();
        reader
            .whole(answer.to_string().as_bytes(), &mut events)
            .unwrap();
        let transcript = Transcript::collect(events).unwrap();
        let restored = matches!(&transcript.blocks[..],
            [dialect::chat::Answer::ToolCall { name: called, .. }] if called == name);
        assert!(restored, "{:?}", transcript.blocks);
    }
}

#[test]
fn r11_system_text_keeps_its_blocks_and_its_place() {
    let head = sent(&case("openai_to_anthropic/developer_role"));
    assert_eq!(head["system"].as_array().unwrap().len(), 2);
    let claude = sent(&case("anthropic_to_openai/claude_code"));
    let messages = claude["messages"].as_array().unwrap();
    assert_eq!(messages[0]["content"].as_array().unwrap().len(), 3);
    assert_eq!(messages.last().unwrap()["role"], "system");
    let middle = sent(&case("openai_to_anthropic/system_in_middle")).to_string();
    let place = |text: &str| middle.find(text).unwrap();
    assert!(place("From now on French.") < place("Salut"));
    assert!(place("Salut") < place("Last"));
}

#[test]
fn r12_a_model_that_wants_the_new_limit_gets_no_max_tokens() {
    let body =
        json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]});
    for client in [openai(), anthropic()] {
        let request = decoded(client, &body);
        let new = encoded(openai(), &request, &Target::named("m"));
        assert_eq!(
            (&new["max_completion_tokens"], &new["max_tokens"]),
            (&json!(9), &Value::Null)
        );
        let old = Target {
            max_completion_tokens: false,
            ..Target::named("m")
        };
        let old = encoded(openai(), &request, &old);
        assert_eq!(
            (&old["max_completion_tokens"], &old["max_tokens"]),
            (&Value::Null, &json!(9))
        );
    }
}

#[test]
fn r13_an_unknown_end_is_no_natural_one() {
    let said = said_to_anthropic("anthropic_to_openai/novel_reason");
    assert_eq!(said.stop, "max_tokens");
    let said = said_to_openai("openai_to_anthropic/novel_reason");
    assert_eq!(said.stop, "length");
    for (codec, answer) in [
        (
            openai(),
            json!({"choices": [{"message": {"content": "x"}, "finish_reason": "novel"}]}),
        ),
        (anthropic(), json!({"content": [], "stop_reason": "novel"})),
    ] {
        let events = codec.decode_answer(answer.to_string().as_bytes()).unwrap();
        let finish = Transcript::collect(events).unwrap().finish;
        assert_eq!(
            (finish.reason, finish.raw.as_deref()),
            (StopReason::Other, Some("novel"))
        );
    }
}

#[test]
fn a_length_within_arguments_is_no_tool_call() {
    let said = said_to_anthropic("anthropic_to_openai/length_in_arguments");
    assert_eq!(said.stop, "max_tokens");
    let said = said_to_openai("openai_to_anthropic/length_in_arguments");
    assert_eq!(said.stop, "length");
}

#[test]
fn interleaved_arguments_are_kept_apart() {
    for said in [
        said_to_anthropic("anthropic_to_openai/three_tools_interleaved"),
        said_to_openai("openai_to_anthropic/three_tools_interleaved"),
    ] {
        let arguments: Vec<Value> = said
            .tools
            .iter()
            .map(|tool| serde_json::from_str(&tool.arguments).unwrap())
            .collect();
        assert_eq!(
            arguments,
            [json!({"city": "Paris"}), json!({"city": "Rome"}), json!({})]
        );
    }
}

#[test]
fn a_stop_after_a_call_waits_for_its_result() {
    assert_eq!(
        said_to_anthropic("anthropic_to_openai/tool_finish_stop").stop,
        "tool_use"
    );
}

#[test]
fn calls_with_one_id_are_told_apart() {
    let said = said_to_anthropic("anthropic_to_openai/tools_with_one_id");
    let ids: Vec<&str> = said.tools.iter().map(|tool| tool.id.as_str()).collect();
    assert_eq!(ids, ["weather", "weather_2"]);
}
