//! The built-in demo: a model that needs no account and no network, and answers the same every
//! time, so that every path through this program can be tried by hand.

use std::time::Duration;

use dialect::chat::{
    BlockStart, ChatEvent, ChatRequest, Content, Delta, Finish, Role, StopReason, Usage,
};
use dialect::{Fault, FaultKind, Origin};

/// The names of the demo's models.
pub const DEMO: [&str; 5] = ["demo", "demo/echo", "demo/slow", "demo/tool", "demo/error"];

/// What the demo does with a request: the events of its answer, and the pause before each.
#[derive(Clone, Debug)]
pub struct Script {
    /// In order.
    pub events: Vec<ChatEvent>,
    /// Before each.
    pub pause: Duration,
}

/// The pause between two words of `demo/slow`.
const SLOW: Duration = Duration::from_millis(250);

/// Answers a request.
///
/// `demo` and `demo/echo` say the last message back; `demo/slow` does so a word at a time;
/// `demo/tool` calls the first tool that was offered and then tells what it returned;
/// `demo/error` fails as an overloaded provider would.
///
/// # Errors
/// The failure of `demo/error`.
pub fn answer(model: &str, request: &ChatRequest) -> Result<Script, Fault> {
    let said = last_words(request);
    match model {
        "demo/error" => {
            let mut fault = Fault::new(
                Origin::Upstream,
                FaultKind::Overloaded,
                "Demo: this model always fails, so that you can see how an error looks",
            );
            fault.retry_after = Some(Duration::from_secs(1));
            Err(fault)
        }
        "demo/tool" => Ok(Script {
            events: tool(request, &said),
            pause: Duration::ZERO,
        }),
        "demo/slow" => Ok(Script {
            events: words(model, request, &said),
            pause: SLOW,
        }),
        _ => Ok(Script {
            events: words(model, request, &said),
            pause: Duration::ZERO,
        }),
    }
}

fn words(model: &str, request: &ChatRequest, said: &str) -> Vec<ChatEvent> {
    let text = if said.is_empty() {
        "This is Portolan's demo. Say something, and it comes back.".to_owned()
    } else {
        said.to_owned()
    };
    let mut events = vec![start(model), open(0, BlockStart::Text)];
    events.extend(pieces(&text).map(|piece| delta(0, Delta::Text(piece.to_owned()))));
    events.push(ChatEvent::Close { index: 0 });
    finish(events, request, &text, StopReason::Natural)
}

fn tool(request: &ChatRequest, said: &str) -> Vec<ChatEvent> {
    let results: Vec<String> = request.turns.last().map(tool_results).unwrap_or_default();
    if !results.is_empty() {
        return words(
            "demo/tool",
            request,
            &format!("The tool returned: {}", results.join(", ")),
        );
    }
    let Some(tool) = request.tools.first() else {
        let advice = "Offer a tool, and this model calls it.";
        return words("demo/tool", request, advice);
    };
    let arguments = serde_json::json!({ "input": said }).to_string();
    let call = BlockStart::ToolCall {
        id: "call_demo_1".to_owned(),
        name: tool.name.clone(),
    };
    let events = vec![
        start("demo/tool"),
        open(0, call),
        delta(0, Delta::Arguments(arguments.clone())),
        ChatEvent::Close { index: 0 },
    ];
    finish(events, request, &arguments, StopReason::ToolCalls)
}

fn finish(
    mut events: Vec<ChatEvent>,
    request: &ChatRequest,
    text: &str,
    reason: StopReason,
) -> Vec<ChatEvent> {
    let count = |text: &str| pieces(text).count() as u64;
    let read: u64 = request
        .turns
        .iter()
        .flat_map(|turn| &turn.blocks)
        .map(|block| match &block.content {
            Content::Text(text) => count(text),
            _ => 1,
        })
        .sum();
    events.push(ChatEvent::Usage(Usage {
        input: Some(read),
        output: Some(count(text)),
        ..Usage::default()
    }));
    events.push(ChatEvent::Finish(Finish::because(reason)));
    events
}

fn start(model: &str) -> ChatEvent {
    ChatEvent::Start {
        id: None,
        model: Some(model.to_owned()),
    }
}

fn open(index: usize, block: BlockStart) -> ChatEvent {
    ChatEvent::Open { index, block }
}

fn delta(index: usize, delta: Delta) -> ChatEvent {
    ChatEvent::Delta { index, delta }
}

/// The text's words, each with the space behind it; they count as the demo's tokens.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(char::is_whitespace)
}

fn last_words(request: &ChatRequest) -> String {
    let Some(turn) = request
        .turns
        .iter()
        .rev()
        .find(|turn| turn.role == Role::User)
    else {
        return String::new();
    };
    let mut texts = turn.blocks.iter().filter_map(|block| match &block.content {
        Content::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.next_back().unwrap_or_default().to_owned()
}

fn tool_results(turn: &dialect::chat::Turn) -> Vec<String> {
    turn.blocks
        .iter()
        .filter_map(|block| match &block.content {
            Content::ToolResult(result) => Some(&result.blocks),
            _ => None,
        })
        .flatten()
        .filter_map(|block| match &block.content {
            Content::Text(text) => Some(text.clone()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use dialect::chat::{Answer, Block, ChatRequest, Laws, Role, StopReason, Transcript, Turn};
    use dialect::{Dialect, FaultKind};

    use super::{DEMO, answer};

    fn asking(text: &str) -> ChatRequest {
        let mut request = ChatRequest::new(Dialect::OpenAiChat, "demo");
        request.turns = vec![Turn {
            role: Role::User,
            name: None,
            blocks: vec![Block::text(text)],
        }];
        request
    }

    #[test]
    fn every_demo_answers_by_the_laws_or_fails_on_purpose() {
        for model in DEMO {
            match answer(model, &asking("ahoy 船 there")) {
                Ok(script) => {
                    let mut laws = Laws::default();
                    script
                        .events
                        .iter()
                        .for_each(|event| laws.check(event).unwrap());
                    laws.finish().unwrap();
                }
                Err(fault) => {
                    assert_eq!((model, fault.kind), ("demo/error", FaultKind::Overloaded));
                }
            }
        }
    }

    #[test]
    fn the_echo_is_the_last_message() {
        let script = answer("demo", &asking("ahoy 船 there")).unwrap();
        let transcript = Transcript::collect(script.events).unwrap();
        assert_eq!(
            transcript.blocks,
            [Answer::Text {
                text: "ahoy 船 there".to_owned(),
                citations: Vec::new()
            }]
        );
        assert_eq!(transcript.usage.output, Some(3));
        assert_eq!(transcript.finish.reason, StopReason::Natural);
    }
}
