//! The simulated streams: no space after `data:`, and what else is missing.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{IflowTrouble, status};
use crate::script::Script;

/// The first tool of a request, if the model may call it.
pub(super) fn tool(body: &Value) -> Option<&str> {
    let name = body["tools"][0]["function"]["name"].as_str()?;
    (body["tool_choice"] != json!("none")).then_some(name)
}

/// A stream of this text, or of a call of the request's first tool.
pub(super) fn script(body: &Value, text: &str, trouble: Option<&IflowTrouble>) -> Script {
    let mut events: Vec<Value> = Vec::new();
    let chunk = |delta: Value, reason: Option<&str>| {
        json!({"id": "c-1", "object": "chat.completion.chunk", "created": 1,
            "model": body["model"],
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})
    };
    let mut reason = Some("stop");
    match trouble {
        Some(IflowTrouble::EmptyStream) => return Script::events([]),
        Some(IflowTrouble::StatusEvent(number, words)) => {
            return framed(&[status(*number, words)], true);
        }
        Some(IflowTrouble::NetworkError) => {
            return framed(&[chunk(json!({}), Some("network_error"))], true);
        }
        _ => {}
    }
    events.push(chunk(
        json!({"role": "assistant", "reasoning_content": "Let me think."}),
        None,
    ));
    match tool(body) {
        Some(name) => {
            let loose = trouble == Some(&IflowTrouble::LooseCalls);
            events
                .extend(calls(name, loose).map(|call| chunk(json!({"tool_calls": [call]}), None)));
            if !loose {
                reason = Some("tool_calls");
            }
        }
        None => {
            let middle = text.char_indices().nth(text.chars().count() / 2);
            let (one, two) = text.split_at(middle.map_or(0, |(at, _)| at));
            events.extend([one, two].map(|piece| chunk(json!({"content": piece}), None)));
        }
    }
    if let Some(IflowTrouble::StatusLater(number, words)) = trouble {
        events.push(status(*number, words));
        return framed(&events, false);
    }
    if trouble != Some(&IflowTrouble::NoFinish) {
        let mut last = chunk(json!({}), reason);
        match trouble {
            Some(IflowTrouble::NoUsage) => {}
            Some(IflowTrouble::EmptyUsage) => last["usage"] = json!({}),
            // It counts only where it was asked to.
            _ if body.get("stream_options").is_none() => {}
            _ => {
                last["usage"] = json!({"prompt_tokens": 11, "completion_tokens": 7,
                "total_tokens": 18, "cache_read_input_tokens": 0});
            }
        }
        events.push(last);
    }
    framed(&events, trouble != Some(&IflowTrouble::NoDone))
}

/// Two calls of a tool in pieces. Loose ones have no ids but in their first piece, and numbers that
/// say nothing.
fn calls(name: &str, loose: bool) -> impl Iterator<Item = Value> {
    let piece = move |number: u32, id: &str, first: bool, arguments: &str| {
        let mut call = json!({"index": number, "function": {"arguments": arguments}});
        if first {
            call["function"]["name"] = json!(name);
            call["type"] = json!("function");
        }
        if first || !loose {
            call["id"] = json!(id);
        }
        call
    };
    let number = |right| if loose { 0 } else { right };
    let go_on = if loose { 5 } else { 0 };
    [
        piece(0, "call-a", true, ""),
        piece(go_on, "call-a", false, "{\"city\":"),
        piece(go_on, "call-a", false, "\"Paris\"}"),
        piece(number(1), "call-b", true, "{\"city\":"),
        piece(number(1), "call-b", false, "\"Rome\"}"),
    ]
    .into_iter()
}

fn framed(events: &[Value], done: bool) -> Script {
    let lines = events.iter().map(|event| format!("data:{event}\n\n"));
    let end = done.then(|| "data:[DONE]\n\n".to_owned());
    Script::events(lines.chain(end).map(Bytes::from))
}
