//! Whether an agent may use a tool: what the settings allow, and nothing else;
//! <https://agentclientprotocol.com/protocol/v1/tool-calls>.

use catalog::Tools;
use serde_json::{Value, json};

use crate::heard::{Heard, kind, text};

/// The answer to `session/request_permission`, and what a client is told of it. Leave is given for
/// this once only: what is allowed always would outlive the settings.
pub(crate) fn judge(parameters: &Value, tools: &Tools) -> (Value, Heard) {
    let call = parameters.get("toolCall").unwrap_or(&Value::Null);
    let kind = kind(call);
    let options = parameters.get("options").and_then(Value::as_array);
    let option = |wanted: &str| {
        let mut options = options.into_iter().flatten();
        let found = options.find(|option| text(option, "kind") == Some(wanted))?;
        text(found, "optionId")
    };
    let granted = tools.allow(kind).then(|| option("allow_once")).flatten();
    let chosen = granted.or_else(|| option("reject_once"));
    let outcome = match chosen {
        Some(id) => json!({"outcome": "selected", "optionId": id}),
        None => json!({"outcome": "cancelled"}),
    };
    let title = text(call, "title").or_else(|| text(call, "toolCallId"));
    let told = Heard::Permission {
        title: title.unwrap_or("a tool").to_owned(),
        kind,
        granted: granted.is_some(),
    };
    (json!({ "outcome": outcome }), told)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(kind: &str, options: &[&str]) -> Value {
        let options: Vec<Value> = options
            .iter()
            .map(|kind| json!({"optionId": format!("id-{kind}"), "name": kind, "kind": kind}))
            .collect();
        json!({"toolCall": {"toolCallId": "1", "title": "rm -rf", "kind": kind}, "options": options})
    }

    fn outcome(asked: &Value, words: &[&str]) -> Value {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        judge(asked, &Tools::of(&words)).0
    }

    const USUAL: [&str; 4] = ["allow_always", "allow_once", "reject_always", "reject_once"];

    #[test]
    fn s28_nothing_is_allowed_unless_the_settings_name_its_kind() {
        let refused = json!({"outcome": {"outcome": "selected", "optionId": "id-reject_once"}});
        assert_eq!(outcome(&asked("execute", &USUAL), &[]), refused);
        assert_eq!(outcome(&asked("execute", &USUAL), &["read"]), refused);
        // A kind that nobody knows is no kind that was allowed.
        assert_eq!(outcome(&asked("of tomorrow", &USUAL), &["read"]), refused);
    }

    #[test]
    fn leave_is_given_for_once() {
        let granted = json!({"outcome": {"outcome": "selected", "optionId": "id-allow_once"}});
        assert_eq!(outcome(&asked("read", &USUAL), &["read"]), granted);
        let only_always = asked("read", &["allow_always"]);
        let cancelled = json!({"outcome": {"outcome": "cancelled"}});
        assert_eq!(outcome(&only_always, &["read"]), cancelled);
        assert_eq!(outcome(&Value::Null, &["read"]), cancelled);
    }
}
