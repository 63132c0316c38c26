//! What an agent says while it answers, as far as a client is told of it;
//! <https://agentclientprotocol.com/protocol/v1/prompt-turn>.

use catalog::ToolKind;
use dialect::chat::{StopReason, Usage};
use serde_json::Value;

/// One thing that an agent said.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Heard {
    /// Words for the user.
    Text(String),
    /// What it thinks.
    Thought(String),
    /// What one of its own questions to a model took, as Qwen Code tells it beside empty words.
    Took(Usage),
    /// What it does with a tool.
    Tool(ToolNews),
    /// What it means to do, step by step.
    Plan(Vec<Step>),
    /// It asked whether it may use a tool.
    Permission {
        /// What the tool is to do, in the agent's words.
        title: String,
        /// What kind of tool it says that is.
        kind: ToolKind,
        /// Whether it may.
        granted: bool,
    },
}

/// News of a tool's use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ToolNews {
    /// The use's id.
    pub(crate) id: String,
    /// What it does, in the agent's words; `None`: as was said before.
    pub(crate) title: Option<String>,
    /// How far it is, in the protocol's word.
    pub(crate) status: Option<String>,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// What is to be done.
    pub(crate) what: String,
    /// How far it is, in the protocol's word.
    pub(crate) status: String,
}

/// How an agent's answer ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ended {
    /// Why.
    pub(crate) reason: StopReason,
    /// Why, in the agent's own word.
    pub(crate) raw: String,
    /// What it took, where the agent says so.
    pub(crate) usage: Usage,
}

/// Reads the `update` of a notification `session/update`. `None`: nothing that a client is told of.
pub(crate) fn update(update: &Value) -> Option<Heard> {
    if let Some(took) = update.pointer("/_meta/usage") {
        return Some(Heard::Took(usage(took)));
    }
    match text(update, "sessionUpdate")? {
        "agent_message_chunk" => Some(Heard::Text(content(update.get("content")?))),
        "agent_thought_chunk" => Some(Heard::Thought(content(update.get("content")?))),
        "tool_call" | "tool_call_update" => Some(Heard::Tool(ToolNews {
            id: text(update, "toolCallId").unwrap_or_default().to_owned(),
            title: text(update, "title").map(str::to_owned),
            status: text(update, "status").map(str::to_owned),
        })),
        "plan" => {
            let entries = update.get("entries")?.as_array()?;
            let step = |entry: &Value| Step {
                what: text(entry, "content").unwrap_or_default().to_owned(),
                status: text(entry, "status").unwrap_or("pending").to_owned(),
            };
            Some(Heard::Plan(entries.iter().map(step).collect()))
        }
        // What the user said, the commands that there are, modes and titles concern nobody here.
        _ => None,
    }
}

/// The words of a block of content. What is none is named, so that it is not lost in silence.
fn content(block: &Value) -> String {
    let said = |key| text(block, key).unwrap_or_default();
    match said("type") {
        "text" => said("text").to_owned(),
        "resource_link" => said("uri").to_owned(),
        "resource" => {
            let resource = block.get("resource").unwrap_or(&Value::Null);
            let words = text(resource, "text").or_else(|| text(resource, "uri"));
            words.unwrap_or_default().to_owned()
        }
        kind => format!("[{kind} {}]", said("mimeType")),
    }
}

/// Reads the answer to `session/prompt`.
pub(crate) fn ended(result: &Value) -> Ended {
    let raw = text(result, "stopReason").unwrap_or_default().to_owned();
    let reason = match raw.as_str() {
        "end_turn" => StopReason::Natural,
        "max_tokens" | "max_turn_requests" => StopReason::Length,
        "refusal" => StopReason::Refusal,
        _ => StopReason::Other,
    };
    let usage = usage(result.get("usage").unwrap_or(&Value::Null));
    Ended { reason, raw, usage }
}

/// Counts of tokens, where the agent states them.
fn usage(stated: &Value) -> Usage {
    let count = |key| stated.get(key).and_then(Value::as_u64);
    Usage {
        input: count("inputTokens"),
        cache_read: count("cachedReadTokens"),
        cache_write: count("cachedWriteTokens"),
        output: count("outputTokens"),
        reasoning: count("thoughtTokens"),
        web_searches: None,
    }
}

/// The kind of a tool, as the agent states it.
pub(crate) fn kind(call: &Value) -> ToolKind {
    text(call, "kind")
        .and_then(|word| word.parse().ok())
        .unwrap_or(ToolKind::Other)
}

/// A text field.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "tests")]
    use serde_json::json;

    use super::*;

    #[test]
    fn words_and_thoughts_are_told_apart() {
        let chunk = |kind: &str| {
            update(&json!({"sessionUpdate": kind, "content": {"type": "text", "text": "ahoy"}}))
        };
        assert_eq!(
            chunk("agent_message_chunk"),
            Some(Heard::Text("ahoy".to_owned()))
        );
        assert_eq!(
            chunk("agent_thought_chunk"),
            Some(Heard::Thought("ahoy".to_owned()))
        );
        for kind in [
            "user_message_chunk",
            "available_commands_update",
            "of_tomorrow",
        ] {
            assert_eq!(chunk(kind), None, "{kind}");
        }
    }

    #[test]
    fn content_that_is_no_text_is_named() {
        for (block, told) in [
            (
                json!({"type": "resource_link", "uri": "file:///a"}),
                "file:///a",
            ),
            (
                json!({"type": "resource", "resource": {"text": "inside"}}),
                "inside",
            ),
            (
                json!({"type": "image", "mimeType": "image/png", "data": "AAAA"}),
                "[image image/png]",
            ),
        ] {
            let chunk = json!({"sessionUpdate": "agent_message_chunk", "content": block});
            assert_eq!(update(&chunk), Some(Heard::Text(told.to_owned())));
        }
    }

    #[test]
    fn the_use_of_a_tool_and_a_plan_are_read() {
        let call = json!({"sessionUpdate": "tool_call", "toolCallId": "1", "title": "Read a", "kind": "read"});
        let Some(Heard::Tool(news)) = update(&call) else {
            panic!("no news of a tool");
        };
        assert_eq!((news.title.as_deref(), news.status), (Some("Read a"), None));
        assert_eq!(kind(&call), ToolKind::Read);
        assert_eq!(kind(&json!({"kind": "of tomorrow"})), ToolKind::Other);
        let plan = json!({"sessionUpdate": "plan", "entries": [{"content": "look", "status": "completed"}, {"content": "do"}]});
        let Some(Heard::Plan(steps)) = update(&plan) else {
            panic!("no plan");
        };
        assert_eq!(steps[0].status, "completed");
        assert_eq!(
            (steps[1].what.as_str(), steps[1].status.as_str()),
            ("do", "pending")
        );
    }

    #[test]
    fn the_end_tells_why_and_what_it_took() {
        let end = ended(
            &json!({"stopReason": "max_tokens", "usage": {"inputTokens": 7, "outputTokens": 2}}),
        );
        assert_eq!(
            (end.reason, end.usage.total()),
            (StopReason::Length, Some(9))
        );
        assert_eq!(
            ended(&json!({"stopReason": "end_turn"})).reason,
            StopReason::Natural
        );
        assert_eq!(
            ended(&json!({"stopReason": "cancelled"})).reason,
            StopReason::Other
        );
        assert!(ended(&Value::Null).usage.is_empty());
        let told = json!({"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": ""},
            "_meta": {"usage": {"inputTokens": 11, "outputTokens": 7}}});
        let Some(Heard::Took(took)) = update(&told) else {
            panic!("no usage");
        };
        assert_eq!(took.total(), Some(18));
    }
}
