//! Whole answers, read and written.

use serde_json::{Value, json};

use super::{Anthropic, context, decoded, fixture};
use crate::chat::{Answer, Finish, Laws, Opaque, OpaqueFormat, StopReason, Transcript, Usage};
use crate::{Codec as _, Dialect, FaultKind, Losses};

fn read(body: &str) -> Transcript {
    let events = Anthropic.decode_answer(body.as_bytes()).unwrap();
    let mut laws = Laws::default();
    for event in &events {
        assert_eq!(laws.check(event), Ok(()));
    }
    assert_eq!(laws.finish(), Ok(()));
    Transcript::collect(events).unwrap()
}

fn written(answer: &Transcript) -> (Value, Losses) {
    let mut losses = Losses::default();
    let body = Anthropic
        .encode_answer(answer, &context(), &mut losses)
        .unwrap();
    (serde_json::from_slice(&body).unwrap(), losses)
}

fn answer(blocks: Vec<Answer>, reason: StopReason) -> Transcript {
    let finish = Finish::because(reason);
    Transcript {
        id: None,
        model: None,
        blocks,
        usage: Usage::default(),
        finish,
    }
}

fn call(arguments: &str) -> Answer {
    Answer::ToolCall {
        id: "a.1".to_owned(),
        name: "f".to_owned(),
        arguments: arguments.to_owned(),
    }
}

#[test]
fn a_whole_answer_comes_back_as_it_was() {
    let body = String::from_utf8(fixture("whole.answer.json")).unwrap();
    let transcript = read(&body);
    assert_eq!(transcript.usage.input, Some(50));
    assert_eq!(transcript.usage.uncached_input(), Some(40));
    assert_eq!(transcript.usage.web_searches, Some(1));
    let arguments = transcript.blocks.iter().find_map(|block| match block {
        Answer::ToolCall { arguments, .. } => Some(arguments.as_str()),
        _ => None,
    });
    assert_eq!(arguments, Some("{\"path\":\"a\",\"n\":1.0}"));
    let (again, losses) = written(&transcript);
    let mut expected: Value = serde_json::from_str(&body).unwrap();
    expected["id"] = json!("msg_x7");
    expected["model"] = json!("asked-for");
    // A block of the provider's own tool and its seal on a citation stay behind.
    expected["content"].as_array_mut().unwrap().remove(3);
    expected["content"][2]["citations"][0]["encrypted_index"] = json!("");
    assert_eq!(again, expected);
    assert_eq!(losses.header().as_deref(), Some("content=dropped"));
    assert_eq!(
        Anthropic.scan_usage(body.as_bytes()),
        Some(transcript.usage)
    );
}

#[test]
fn whole_answers_and_streams_tell_the_same() {
    let body = r#"{"id":"msg_up1","type":"message","role":"assistant","model":"claude-test-1",
        "content":[{"type":"thinking","thinking":"Let me see.","signature":"c2ln"},
        {"type":"text","text":"So."}],"stop_reason":"end_turn","stop_sequence":null,
        "usage":{"input_tokens":12,"output_tokens":30,
        "output_tokens_details":{"thinking_tokens":20}}}"#;
    let (events, _) = decoded(&[&fixture("thinking.sse")], false);
    assert_eq!(read(body), Transcript::collect(events).unwrap());
}

#[test]
fn an_answer_that_is_an_error_in_disguise_fails_as_that_error() {
    for (body, kind, words) in [
        (
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            FaultKind::Overloaded,
            "Overloaded",
        ),
        (
            r#"{"error":{"message":"no money","type":"insufficient_quota"}}"#,
            FaultKind::Quota,
            "no money",
        ),
        (
            "<!doctype html><p>Sorry",
            FaultKind::BadGateway,
            "the upstream answered with a web page",
        ),
        (
            "",
            FaultKind::BadGateway,
            "the upstream answered with nothing",
        ),
        (
            "{\"id\":",
            FaultKind::BadGateway,
            "the upstream's answer is not JSON",
        ),
        (
            "[]",
            FaultKind::BadGateway,
            "the upstream's answer is not one of the Messages API",
        ),
        (
            "{}",
            FaultKind::BadGateway,
            "the upstream's answer has no content",
        ),
        (
            r#"{"code":1,"msg":"closed"}"#,
            FaultKind::BadGateway,
            "closed",
        ),
    ] {
        let fault = Anthropic.decode_answer(body.as_bytes()).unwrap_err();
        assert_eq!(
            (fault.kind, fault.message.as_str()),
            (kind, words),
            "{body}"
        );
    }
}

#[test]
fn every_reason_has_a_word_and_comes_back() {
    for reason in [
        StopReason::Natural,
        StopReason::StopSequence,
        StopReason::Length,
        StopReason::ContextFull,
        StopReason::Paused,
        StopReason::Refusal,
    ] {
        let text = Answer::Text {
            text: "a".to_owned(),
            citations: Vec::new(),
        };
        let (body, losses) = written(&answer(vec![text], reason));
        assert_eq!(read(&body.to_string()).finish.reason, reason);
        assert!(losses.is_empty());
    }
    let (body, losses) = written(&answer(Vec::new(), StopReason::Other));
    assert_eq!(body["stop_reason"], "max_tokens");
    assert_eq!(losses.header().as_deref(), Some("stop_reason=approximated"));
    assert_eq!(body["content"], json!([]));
    assert_eq!(body["usage"]["input_tokens"], 11);
    let (body, _) = written(&answer(vec![call("{}")], StopReason::Natural));
    assert_eq!(body["stop_reason"], "tool_use");
    let refused = answer(vec![Answer::Refusal("No.".to_owned())], StopReason::Natural);
    let (body, _) = written(&refused);
    assert_eq!(body["stop_reason"], "refusal");
    assert_eq!(body["content"][0], json!({"type": "text", "text": "No."}));
    assert_eq!(body["stop_details"]["type"], "refusal");
}

#[test]
fn arguments_that_are_no_json_are_the_model_s_fault_unless_it_was_cut_off() {
    let mut losses = Losses::default();
    let broken = answer(vec![call("{\"a\":")], StopReason::ToolCalls);
    let fault = Anthropic
        .encode_answer(&broken, &context(), &mut losses)
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::BadGateway);
    let (body, losses) = written(&answer(vec![call("{\"a\":")], StopReason::Length));
    assert_eq!(
        body["content"][0]["input"],
        json!({"_invalid_json": "{\"a\":"})
    );
    assert_eq!(body["stop_reason"], "max_tokens");
    assert!(!losses.is_empty());
    let (body, _) = written(&answer(vec![call("")], StopReason::ToolCalls));
    assert_eq!(body["content"][0]["input"], json!({}));
}

#[test]
fn seals_of_others_stay_behind_and_nothing_empty_is_written() {
    let seal = |format| Opaque {
        owner: Dialect::OpenAiResponses,
        format,
        payload: "p".to_owned(),
    };
    let blocks = vec![
        Answer::Reasoning {
            text: "hm".to_owned(),
            seal: Some(seal(OpaqueFormat::Sealed)),
        },
        Answer::Reasoning {
            text: String::new(),
            seal: None,
        },
        Answer::Sealed(seal(OpaqueFormat::Sealed)),
        Answer::Text {
            text: String::new(),
            citations: Vec::new(),
        },
    ];
    let (body, losses) = written(&answer(blocks, StopReason::Natural));
    assert_eq!(
        body["content"],
        json!([{"type": "thinking", "thinking": "hm", "signature": ""}])
    );
    assert_eq!(losses.header().as_deref(), Some("content.thinking=dropped"));
}

#[test]
fn usage_is_found_in_a_tail_that_begins_anywhere() {
    let find = |tail: &str| Anthropic.scan_usage(tail.as_bytes());
    let usage = find(
        r#"xt":"\"usage\":{\"input_tokens\":9}"}],"usage" : {"input_tokens":3,"output_tokens":4}}"#,
    );
    assert_eq!(
        usage.map(|usage| (usage.input, usage.output)),
        Some((Some(3), Some(4)))
    );
    assert_eq!(find(r#""usage":{"input_tokens":3"#), None);
    assert_eq!(find(r#"{"usage":{"x":1}}"#), None);
    // The last one that counts tokens is meant.
    let usage = find(r#""usage":{"input_tokens":3},"input":{"usage":"low"}"#);
    assert_eq!(usage.and_then(|usage| usage.input), Some(3));
}
