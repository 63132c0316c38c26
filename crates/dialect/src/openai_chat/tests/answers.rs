//! Whole answers, read and written.

use serde_json::{Value, json};

use super::{call, context, text};
use crate::chat::{
    Answer, Citation, Finish, Laws, Opaque, OpaqueFormat, StopReason, Transcript, Usage,
};
use crate::openai_chat::OpenAiChat;
use crate::{Codec, Dialect, FaultKind, Losses, Weight};

fn read(body: &Value) -> Result<Transcript, crate::Fault> {
    let events = OpenAiChat.decode_answer(body.to_string().as_bytes())?;
    let mut laws = Laws::default();
    events.iter().for_each(|event| laws.check(event).unwrap());
    laws.finish().unwrap();
    Transcript::collect(events)
}

fn written(answer: &Transcript) -> (Value, Losses) {
    let mut losses = Losses::default();
    let body = OpenAiChat
        .encode_answer(answer, &context(false), &mut losses)
        .unwrap();
    (serde_json::from_slice(&body).unwrap(), losses)
}

fn transcript(blocks: Vec<Answer>, reason: StopReason) -> Transcript {
    let usage = Usage {
        input: Some(9),
        output: Some(3),
        ..Usage::default()
    };
    Transcript {
        id: None,
        model: None,
        blocks,
        usage,
        finish: Finish::because(reason),
    }
}

#[test]
fn an_answer_with_everything() {
    let answer = read(&json!({
        "id": "c", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{ "index": 0, "logprobs": null, "finish_reason": "stop", "message": {
            "role": "assistant", "content": "Hi.", "refusal": null, "reasoning_content": "hm",
            "annotations": [{ "type": "url_citation", "url_citation": {
                "url": "https://example.org", "title": "", "start_index": 0, "end_index": 2 } }],
            "tool_calls": [
                { "id": "a", "type": "function", "function": { "name": "f", "arguments": "{}" } },
                { "id": "", "type": "function", "function": { "name": "f", "arguments": "" } },
                { "type": "function", "function": { "name": "g", "arguments": { "x": 1 } } },
            ] } }],
        "usage": { "prompt_tokens": 5, "completion_tokens": 2.0, "total_tokens": 7,
                   "prompt_cache_hit_tokens": 4 },
    }))
    .unwrap();
    assert_eq!(
        answer.finish.reason,
        StopReason::ToolCalls,
        "complete calls wait for results"
    );
    assert_eq!(answer.blocks.len(), 5);
    assert_eq!(
        answer.blocks[0],
        Answer::Reasoning {
            text: "hm".to_owned(),
            seal: None
        }
    );
    let Answer::Text { citations, .. } = &answer.blocks[1] else {
        panic!()
    };
    assert_eq!(
        (citations[0].title.as_deref(), citations[0].span),
        (None, Some((0, 2)))
    );
    assert_eq!(answer.blocks[2], call("a", "f", "{}"));
    let Answer::ToolCall { arguments, .. } = &answer.blocks[4] else {
        panic!()
    };
    assert_eq!(arguments, "{\"x\":1}");
    let usage = answer.usage;
    assert_eq!(
        (usage.input, usage.output, usage.cache_read),
        (Some(5), Some(2), Some(4))
    );
}

#[test]
fn bodies_that_are_no_answer() {
    let cases: [(&str, FaultKind, &str); 8] = [
        (
            "<html><body>Log in</body></html>",
            FaultKind::BadGateway,
            "captive portal",
        ),
        ("", FaultKind::BadGateway, "nothing"),
        ("{\"choices\":[", FaultKind::BadGateway, "not JSON"),
        ("{\"choices\":[]}", FaultKind::BadGateway, "no choices"),
        (
            r#"{"status":"449","msg":"limit reached","body":null}"#,
            FaultKind::BadGateway,
            "limit reached",
        ),
        (
            r#"{"error":{"message":"too many","code":429}}"#,
            FaultKind::RateLimit,
            "too many",
        ),
        (
            r#"[{"error":{"message":"no","status":"NOT_FOUND","code":404}}]"#,
            FaultKind::NotFound,
            "no",
        ),
        (
            r#"{"choices":[{"message":{"content":""},"finish_reason":"error"}]}"#,
            FaultKind::Internal,
            "broke off",
        ),
    ];
    for (body, kind, words) in cases {
        let fault = OpenAiChat.decode_answer(body.as_bytes()).unwrap_err();
        assert_eq!(fault.kind, kind, "{body}");
        assert!(fault.message.contains(words), "{body}: {}", fault.message);
    }
}

#[test]
fn strict_clients_find_every_field() {
    let blocks = vec![text("Hi."), call("a", "f", "")];
    let (body, losses) = written(&transcript(blocks, StopReason::ToolCalls));
    let expected = json!({
        "id": "chatcmpl-x1", "object": "chat.completion", "created": 42, "model": "alias",
        "choices": [{ "index": 0, "logprobs": null, "finish_reason": "tool_calls", "message": {
            "role": "assistant", "content": "Hi.", "refusal": null,
            "tool_calls": [{ "id": "a", "type": "function",
                             "function": { "name": "f", "arguments": "{}" } }] } }],
        "usage": { "prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12 },
    });
    assert_eq!(body, expected);
    assert!(losses.is_empty());
}

#[test]
fn content_is_null_beside_calls_and_empty_when_nothing_was_said() {
    let (body, _) = written(&transcript(
        vec![call("a", "f", "{}")],
        StopReason::ToolCalls,
    ));
    assert_eq!(body["choices"][0]["message"]["content"], Value::Null);
    let mut silent = transcript(Vec::new(), StopReason::Natural);
    silent.usage = Usage {
        input: Some(1),
        ..Usage::default()
    };
    let (body, _) = written(&silent);
    assert_eq!(body["choices"][0]["message"]["content"], "");
    assert!(body.get("usage").is_none(), "half a count is no usage");
}

#[test]
fn each_end_has_its_word_and_an_unknown_one_is_never_stop() {
    use StopReason::{
        ContextFull, Length, Natural, Other, Paused, Refusal, StopSequence, ToolCalls,
    };
    let words = [
        (Natural, "stop"),
        (StopSequence, "stop"),
        (Length, "length"),
        (ContextFull, "length"),
        (ToolCalls, "tool_calls"),
        (Refusal, "content_filter"),
        (Paused, "length"),
        (Other, "length"),
    ];
    for (reason, word) in words {
        let (body, losses) = written(&transcript(vec![text("x")], reason));
        assert_eq!(body["choices"][0]["finish_reason"], word);
        assert_eq!(
            losses.first_semantic().is_some(),
            matches!(reason, Paused | Other)
        );
    }
}

#[test]
fn what_has_no_field_is_recorded() {
    let seal = Opaque {
        owner: Dialect::AnthropicMessages,
        format: OpaqueFormat::Signature,
        payload: "s".to_owned(),
    };
    let citation = |span| Citation {
        url: "https://example.org".to_owned(),
        title: None,
        quote: Some("q".to_owned()),
        span,
    };
    let blocks = vec![
        Answer::Reasoning {
            text: "a".to_owned(),
            seal: Some(seal.clone()),
        },
        Answer::Sealed(seal),
        text("船."),
        Answer::Unknown {
            kind: "server_tool_use".to_owned(),
        },
        Answer::Text {
            text: "two".to_owned(),
            citations: vec![citation(None), citation(Some((1, 2)))],
        },
    ];
    let mut answer = transcript(blocks, StopReason::Refusal);
    answer.finish.explanation = Some("because".to_owned());
    answer.finish.sequence = Some("END".to_owned());
    let (body, losses) = written(&answer);
    let message = &body["choices"][0]["message"];
    assert_eq!(
        message["content"], "船.\n\ntwo",
        "blocks that were apart stay apart"
    );
    assert_eq!(message["reasoning_content"], "a");
    assert_eq!(message["refusal"], "because");
    // Offsets count characters, not bytes.
    assert_eq!(message["annotations"][0]["url_citation"]["start_index"], 4);
    assert_eq!(message["annotations"][0]["url_citation"]["end_index"], 7);
    assert_eq!(message["annotations"][1]["url_citation"]["start_index"], 1);
    let paths: Vec<&str> = losses.iter().map(|loss| loss.path.as_str()).collect();
    let expected = [
        "reasoning.signature",
        "content.server_tool_use",
        "annotations.quote",
        "annotations.span",
        "stop_sequence",
    ];
    assert_eq!(paths, expected);
    let semantic = losses
        .iter()
        .filter(|loss| loss.weight == Weight::Semantic)
        .count();
    assert_eq!(semantic, 1);
}

#[test]
fn counts_are_written_where_known() {
    let mut answer = transcript(vec![text("x")], StopReason::Natural);
    answer.usage.cache_read = Some(4);
    answer.usage.reasoning = Some(2);
    let (body, _) = written(&answer);
    assert_eq!(
        body["usage"]["prompt_tokens_details"],
        json!({ "cached_tokens": 4 })
    );
    assert_eq!(
        body["usage"]["completion_tokens_details"],
        json!({ "reasoning_tokens": 2 })
    );
}
