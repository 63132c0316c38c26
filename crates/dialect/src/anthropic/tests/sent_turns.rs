//! Requests written for an upstream: the conversation.

use serde_json::{Value, json};

use super::sent;
use super::sent_requests::{body, call, chat, fault, result, says, target, turn};
use crate::chat::{
    Block, ChatRequest, Content, Document, DocumentSource, Image, Opaque, OpaqueFormat, Reasoning,
    Role, Source,
};
use crate::{Dialect, FaultKind, Target};

#[test]
fn system_text_keeps_its_boundaries_at_the_head_and_its_place_later() {
    let request = chat(vec![
        says(Role::System, "one"),
        says(Role::Developer, "two"),
        says(Role::User, "a"),
        says(Role::System, "later"),
        says(Role::User, "b"),
    ]);
    let (sent_body, lost) = body(&request);
    let text = |text: &str| json!({"type": "text", "text": text});
    assert_eq!(sent_body["system"], json!([text("one"), text("two")]));
    let marked = text("<system-message>\nlater\n</system-message>");
    assert_eq!(
        sent_body["messages"],
        json!([{"role": "user", "content": [text("a"), marked, text("b")]}])
    );
    assert_eq!(lost, "messages[3]=approximated");
    let (sent_body, lost) = sent(
        &request,
        &Target {
            system_anywhere: true,
            ..target()
        },
    )
    .unwrap();
    assert_eq!(
        sent_body["messages"][1],
        json!({"role": "system", "content": "later"})
    );
    assert_eq!(lost, "");
}

#[test]
fn results_follow_their_calls_whatever_the_client_did() {
    let request = chat(vec![
        says(Role::User, "go"),
        turn(Role::Assistant, vec![call("a", "{}"), call("a", "{}")]),
        turn(
            Role::Assistant,
            vec![call("b", "{\"x\": 1.0}"), call("c", ""), call("d", "{}")],
        ),
        says(Role::System, "hurry"),
        result("c", "C"),
        says(Role::User, "and?"),
        result("zz", "orphan"),
        result("a", "A"),
        result("a", "A again"),
        says(Role::Assistant, "so"),
        result("d", "late"),
        says(Role::User, "go on"),
    ]);
    let (sent_body, lost) = body(&request);
    let messages = &sent_body["messages"];
    let uses =
        |id: &str, input: Value| json!({"type": "tool_use", "id": id, "name": "f", "input": input});
    assert_eq!(
        messages[1]["content"],
        json!([
            uses("a", json!({})),
            uses("b", json!({"x": 1.0})),
            uses("c", json!({})),
            uses("d", json!({}))
        ])
    );
    let user = messages[2]["content"].as_array().unwrap();
    let ids: Vec<&str> = user
        .iter()
        .filter_map(|block| block["tool_use_id"].as_str())
        .collect();
    assert_eq!(ids, ["c", "a", "b", "d"]);
    assert_eq!(
        (&user[2]["is_error"], &user[3]["content"]),
        (&json!(true), &json!("late"))
    );
    assert_eq!(user[5]["text"], "and?");
    assert_eq!(user[7]["text"], "orphan");
    assert_eq!(messages[4], json!({"role": "user", "content": "go on"}));
    assert_eq!(messages.as_array().unwrap().len(), 5);
    for part in [
        "messages[1].tool_calls=dropped",
        "messages[3]=approximated",
        "messages[6]=approximated",
        "messages[8]=dropped",
        "messages[10]=approximated",
        "messages[2]=emulated",
    ] {
        assert!(lost.contains(part), "{part} in {lost}");
    }
}

#[test]
fn ids_are_unique_and_in_the_alphabet() {
    let request = chat(vec![
        says(Role::User, "go"),
        turn(Role::Assistant, vec![call("f:0", "{}")]),
        result("f:0", "1"),
        turn(Role::Assistant, vec![call("f:0", "{}")]),
        result("f:0", "2"),
    ]);
    let (sent_body, _) = body(&request);
    let messages = &sent_body["messages"];
    let id = |at: usize| {
        messages[at]["content"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_ne!(id(1), id(3));
    assert_eq!(messages[2]["content"][0]["tool_use_id"], id(1));
    assert_eq!(messages[4]["content"][0]["tool_use_id"], id(3));
    assert_eq!(messages[4]["content"][0]["content"], "2");
    assert!(
        id(3)
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    );
}

#[test]
fn a_conversation_ends_and_begins_well() {
    let waiting = chat(vec![
        says(Role::User, "go"),
        turn(Role::Assistant, vec![call("a", "{}")]),
    ]);
    let (sent_body, lost) = body(&waiting);
    assert_eq!(sent_body["messages"][2]["content"][0]["is_error"], true);
    assert_eq!(lost, "messages[1]=emulated");

    let prefilled = chat(vec![
        says(Role::User, "go"),
        says(Role::Assistant, "It is \n"),
    ]);
    let (sent_body, _) = body(&prefilled);
    assert_eq!(sent_body["messages"][1]["content"], "It is");
    let refused = sent(
        &prefilled,
        &Target {
            prefill: false,
            ..target()
        },
    )
    .unwrap_err();
    assert_eq!(refused.kind, FaultKind::InvalidRequest);

    let (sent_body, lost) = body(&chat(vec![
        says(Role::Assistant, "Hi!"),
        says(Role::User, "Hi"),
    ]));
    assert_eq!(sent_body["messages"][0]["role"], "user");
    assert_eq!(lost, "messages[0]=approximated");

    let empty = chat(vec![
        says(Role::System, "x"),
        says(Role::User, ""),
        says(Role::User, " "),
    ]);
    assert_eq!(
        fault(&empty),
        (FaultKind::InvalidRequest, "messages".to_owned())
    );
    let (sent_body, lost) = body(&chat(vec![says(Role::User, ""), says(Role::User, "a")]));
    assert_eq!(
        (&sent_body["messages"][0]["content"], lost.as_str()),
        (&json!("a"), "")
    );
}

#[test]
fn broken_arguments_in_history_are_wrapped() {
    for (arguments, input) in [
        ("{\"a\":", json!({"_invalid_json": "{\"a\":"})),
        ("[1]", json!({"_invalid_json": "[1]"})),
        ("", json!({})),
    ] {
        let turns = vec![
            says(Role::User, "go"),
            turn(Role::Assistant, vec![call("a", arguments)]),
            result("a", ""),
        ];
        let (sent_body, _) = body(&chat(turns));
        assert_eq!(sent_body["messages"][1]["content"][0]["input"], input);
        assert_eq!(sent_body["messages"][2]["content"][0].get("content"), None);
    }
}

#[test]
fn thoughts_go_back_to_their_owner_only() {
    let thought = |owner, format| {
        let seal = Some(Opaque {
            owner,
            format,
            payload: "s".to_owned(),
        });
        Block::new(Content::Reasoning(Reasoning {
            text: "hm".to_owned(),
            seal,
        }))
    };
    let own = Dialect::AnthropicMessages;
    let unsealed = Reasoning {
        text: "hm".to_owned(),
        seal: None,
    };
    let request = chat(vec![
        says(Role::User, "go"),
        turn(
            Role::Assistant,
            vec![
                thought(own, OpaqueFormat::Signature),
                thought(own, OpaqueFormat::Sealed),
                thought(Dialect::Gemini, OpaqueFormat::Signature),
                Block::new(Content::Reasoning(unsealed)),
                Block::new(Content::Refusal("No.".to_owned())),
            ],
        ),
        says(Role::User, "why"),
    ]);
    let (sent_body, lost) = body(&request);
    assert_eq!(
        sent_body["messages"][1]["content"],
        json!([
            {"type": "thinking", "thinking": "hm", "signature": "s"},
            {"type": "redacted_thinking", "data": "s"},
            {"type": "text", "text": "No."}
        ])
    );
    assert_eq!(lost, "messages[1].reasoning_content=dropped");
}

#[test]
fn pictures_are_called_what_they_are() {
    let with = |source, detail: Option<&str>| {
        let image = Image {
            source,
            detail: detail.map(str::to_owned),
        };
        chat(vec![turn(
            Role::User,
            vec![Block::new(Content::Image(image))],
        )])
    };
    let data = |media_type: &str, data: &str| Source::Base64 {
        media_type: media_type.to_owned(),
        data: data.to_owned(),
    };
    let png = "iVBORw0KGgoAAAANSUhEUg==";
    let (sent_body, lost) = body(&with(data("image/jpeg", png), Some("high")));
    let source = json!({"type": "base64", "media_type": "image/png", "data": png});
    assert_eq!(
        sent_body["messages"][0]["content"][0],
        json!({"type": "image", "source": source})
    );
    assert_eq!(
        lost,
        "messages[0].content[0].detail=dropped; messages[0].content[0].media_type=approximated"
    );
    let (kind, param) = fault(&with(data("image/png", "AAAAAAAAAAAAAAAAAAAA"), None));
    assert_eq!(
        (kind, param.as_str()),
        (FaultKind::InvalidRequest, "messages[0].content[0]")
    );
    let (sent_body, _) = body(&with(Source::Url("https://example.org/a".to_owned()), None));
    assert_eq!(
        sent_body["messages"][0]["content"][0]["source"]["type"],
        "url"
    );
    let (kind, _) = fault(&with(Source::File("file_1".to_owned()), None));
    assert_eq!(kind, FaultKind::Unsupported);
}

#[test]
fn files_are_read_as_what_they_are() {
    let with = |media_type: &str, data: &str| {
        let source = Source::Base64 {
            media_type: media_type.to_owned(),
            data: data.to_owned(),
        };
        let document = Document {
            source: DocumentSource::Bytes(source),
            title: Some("t.txt".to_owned()),
            context: None,
            citations: false,
        };
        chat(vec![turn(
            Role::User,
            vec![Block::new(Content::Document(document))],
        )])
    };
    let source = |request: &ChatRequest| body(request).0["messages"][0]["content"][0].take();
    let pdf = source(&with("application/octet-stream", "JVBERi0xLjcK"));
    assert_eq!(pdf["source"]["media_type"], "application/pdf");
    assert_eq!(pdf["title"], "t.txt");
    let text = source(&with("text/markdown", "d29yZHM="));
    assert_eq!(
        text["source"],
        json!({"type": "text", "media_type": "text/plain", "data": "words"})
    );
    assert_eq!(
        source(&with("x", "iVBORw0KGgoAAAANSUhEUg=="))["type"],
        "image"
    );
    assert_eq!(
        fault(&with("application/zip", "UEsDBAAA")).0,
        FaultKind::Unsupported
    );
}

#[test]
fn losses_are_named_by_the_messages_that_the_client_wrote() {
    let answers = |id: &str, text: &str| {
        let [block] = <[Block; 1]>::try_from(result(id, text).blocks).unwrap();
        block
    };
    let thought = Content::Reasoning(Reasoning {
        text: "hm".to_owned(),
        seal: None,
    });
    // Two results are two messages and one turn.
    let request = chat(vec![
        says(Role::User, "go"),
        turn(Role::Assistant, vec![call("a", "{}"), call("b", "[1]")]),
        turn(Role::User, vec![answers("a", "A"), answers("zz", "orphan")]),
        turn(Role::Assistant, vec![Block::new(thought)]),
        says(Role::System, "later"),
    ]);
    let (_, lost) = body(&request);
    assert_eq!(
        lost,
        "messages[1].tool_calls=approximated; messages[3]=approximated; messages[1]=emulated; \
         messages[4].reasoning_content=dropped; messages[5]=approximated"
    );
}
