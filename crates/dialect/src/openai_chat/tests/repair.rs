//! Conversations whose tool results are not where this dialect wants them.

use serde_json::{Value, json};

use super::sent::{encode, messages};
use crate::chat::{Block, ChatRequest, Content, Image, Role, Source, ToolCall, ToolResult, Turn};
use crate::{Dialect, Target};

fn turn(role: Role, blocks: Vec<Block>) -> Turn {
    Turn {
        role,
        name: None,
        blocks,
    }
}

fn call(id: &str) -> Block {
    let arguments = "{}".to_owned();
    Block::new(Content::ToolCall(ToolCall {
        id: id.to_owned(),
        name: "f".to_owned(),
        arguments,
    }))
}

fn result(id: &str, blocks: Vec<Block>) -> Block {
    Block::new(Content::ToolResult(ToolResult {
        call_id: id.to_owned(),
        blocks,
        is_error: false,
    }))
}

fn words(id: &str, text: &str) -> Block {
    result(id, vec![Block::text(text)])
}

fn sent(turns: Vec<Turn>) -> (Vec<Value>, Vec<String>) {
    let mut request = ChatRequest::new(Dialect::AnthropicMessages, "m");
    request.turns = turns;
    let (body, losses, _) = encode(&request, &Target::named("up")).unwrap();
    (
        messages(&body),
        losses.iter().map(|loss| loss.path.clone()).collect(),
    )
}

/// The messages as `role:what`, short enough to compare.
fn outline(messages: &[Value]) -> Vec<String> {
    let short = |message: &Value| {
        let role = message["role"].as_str().unwrap();
        let content = match &message["content"] {
            Value::String(text) => text.clone(),
            Value::Null => "-".to_owned(),
            other => other
                .as_array()
                .unwrap()
                .iter()
                .map(|part| match part["text"].as_str() {
                    Some(text) => text.to_owned(),
                    None => part["type"].as_str().unwrap().to_owned(),
                })
                .collect::<Vec<_>>()
                .join("|"),
        };
        match message["tool_call_id"].as_str() {
            Some(id) => format!("{role}:{id}={content}"),
            None => format!("{role}:{content}"),
        }
    };
    messages.iter().map(short).collect()
}

#[test]
fn results_are_put_in_the_order_of_their_calls_before_other_words() {
    let (sent, losses) = sent(vec![
        turn(Role::Assistant, vec![call("a"), call("b")]),
        turn(
            Role::User,
            vec![words("b", "2"), Block::text("and then"), words("a", "1")],
        ),
    ]);
    assert_eq!(
        outline(&sent),
        ["assistant:-", "tool:a=1", "tool:b=2", "user:and then"]
    );
    assert!(losses.is_empty(), "{losses:?}");
}

#[test]
fn an_unanswered_call_is_answered_with_an_error() {
    let error = "Error: this tool call was interrupted and has no result";
    let (sent, losses) = sent(vec![
        turn(Role::System, vec![Block::text("s")]),
        turn(Role::Assistant, vec![call("a"), call("b")]),
        turn(Role::User, vec![words("b", "2")]),
        turn(Role::Assistant, vec![call("c")]),
    ]);
    let expected = [
        "system:s".to_owned(),
        "assistant:-".to_owned(),
        format!("tool:a={error}"),
        "tool:b=2".to_owned(),
        "assistant:-".to_owned(),
        format!("tool:c={error}"),
    ];
    assert_eq!(outline(&sent), expected);
    // Anthropic's `system` is no message.
    assert_eq!(losses, ["messages[0]", "messages[2]"]);
}

#[test]
fn results_without_calls_become_words_and_late_ones_find_their_call() {
    let (sent, losses) = sent(vec![
        turn(Role::User, vec![words("z", "lost"), Block::text("hi")]),
        turn(Role::Assistant, vec![call("a")]),
        turn(Role::User, vec![Block::text("wait")]),
        turn(Role::Assistant, vec![Block::text("ok")]),
        turn(Role::User, vec![words("a", "late")]),
    ]);
    let expected = [
        "user:[result of tool call z]|lost|hi",
        "assistant:-",
        "tool:a=late",
        "user:wait",
        "assistant:ok",
    ];
    assert_eq!(outline(&sent), expected);
    assert_eq!(losses, ["messages[0].content[0]"]);
}

#[test]
fn ids_that_come_again_in_later_turns_do_not_mix() {
    let (sent, _) = sent(vec![
        turn(Role::Assistant, vec![call("a")]),
        turn(
            Role::User,
            vec![
                words("a", "first"),
                words("a", "first"),
                words("a", "other"),
            ],
        ),
        turn(Role::Assistant, vec![call("a")]),
        turn(Role::User, vec![words("a", "second")]),
    ]);
    let expected = [
        "assistant:-",
        "tool:a=first",
        "user:[result of tool call a]|other",
        "assistant:-",
        "tool:a=second",
    ];
    assert_eq!(outline(&sent), expected);
}

#[test]
fn pictures_of_tools_move_into_the_next_user_message() {
    let png = || {
        let source = Source::Base64 {
            media_type: "image/png".to_owned(),
            data: "AAAA".to_owned(),
        };
        Block::new(Content::Image(Image {
            source,
            detail: None,
        }))
    };
    let mut failed = result("b", vec![png()]);
    if let Content::ToolResult(result) = &mut failed.content {
        result.is_error = true;
    }
    let turns = vec![
        turn(Role::Assistant, vec![call("a"), call("b")]),
        turn(
            Role::User,
            vec![
                result("a", vec![Block::text("see"), png()]),
                failed,
                Block::text("so?"),
            ],
        ),
    ];
    let (first, losses) = sent(turns.clone());
    let moved = "[image from tool call a]|image_url|[image from tool call b]|image_url";
    let expected = [
        "assistant:-".to_owned(),
        "tool:a=see".to_owned(),
        "tool:b=Error: [image from tool call b]".to_owned(),
        format!("user:{moved}|so?"),
    ];
    assert_eq!(outline(&first), expected);
    assert!(
        losses.contains(&"messages[1].content[0].content[1]".to_owned()),
        "{losses:?}"
    );
    assert!(losses.contains(&"messages[1].content[1].is_error".to_owned()));
    // A message that is not the user's does not take them in.
    let mut turns = turns;
    turns[1].blocks.pop();
    turns.push(turn(Role::System, vec![Block::text("s")]));
    let (second, _) = sent(turns);
    assert_eq!(
        outline(&second)[3..],
        [format!("user:{moved}"), "system:s".to_owned()]
    );
}

#[test]
fn a_result_without_words_is_an_empty_text() {
    let (sent, _) = sent(vec![
        turn(Role::Assistant, vec![call("a")]),
        turn(Role::User, vec![result("a", Vec::new())]),
    ]);
    assert_eq!(
        sent[1],
        json!({ "role": "tool", "tool_call_id": "a", "content": "" })
    );
}
