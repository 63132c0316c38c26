//! The simulated chat: keys, signatures, models, and errors that come with status 200.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{IFLOW_SIGNED_MODELS, IflowTrouble, State, status, stream};
use crate::recorded::Recorded;
use crate::script::Script;

const BLOCKED: &str = "access to the current AK has been blocked due to unauthorized requests";
/// What it serves, by the names that it wants to hear.
const MODELS: [&str; 12] = [
    "glm-4.7",
    "glm-5",
    "glm-4.6-exp",
    "iFlow-ROME-30BA3B",
    "deepseek-v3.2-chat",
    "deepseek-v3.2-reasoner",
    "qwen3-coder-plus",
    "kimi-k2.5",
    "kimi-k2-thinking",
    "minimax-m2.5",
    "qwen3-vl-plus",
    "of-the-list",
];

impl State {
    pub(super) fn chat(&mut self, request: &Recorded) -> Script {
        let body = request.json();
        let streams = body["stream"] == json!(true);
        let key = request
            .header("authorization")
            .and_then(|value| value.strip_prefix("Bearer "))
            .unwrap_or_default();
        let is_signed = match self.signature(request, key) {
            // What does not fit is not answered at all.
            Some(false) => return refused(),
            Some(true) => true,
            None => false,
        };
        if let Some(refusal) = self.refusal(request, key, &body, is_signed) {
            return refusal;
        }
        let model = body["model"].as_str().unwrap_or_default();
        for trouble in &self.troubles {
            match trouble {
                IflowTrouble::StatusOf(of, number, words) if *of == model => {
                    return Script::json(200, &status(*number, words));
                }
                IflowTrouble::SilenceOf(of) if *of == model => return Script::silence(),
                _ => {}
            }
        }
        match self.troubles.first() {
            Some(IflowTrouble::MuteOf(of)) if *of == model => {
                let mut mute = whole(&body, None);
                mute["choices"][0]["message"]["content"] = json!(" ");
                Script::json(200, &mute)
            }
            Some(IflowTrouble::Status(number, words)) => Script::json(200, &status(*number, words)),
            Some(IflowTrouble::NoChoices) => Script::json(200, &json!({"msg": "upstream timeout"})),
            Some(IflowTrouble::WholeAnswer) => Script::json(200, &whole(&body, None)),
            trouble if streams => stream::script(&body, &answer(&body), trouble),
            trouble => Script::json(200, &whole(&body, trouble)),
        }
    }

    fn refusal(&self, request: &Recorded, key: &str, body: &Value, signed: bool) -> Option<Script> {
        if self.has(&IflowTrouble::RefusesSignatures) && signed {
            return Some(refused());
        }
        let has_options = body.get("stream_options").is_some();
        if self.has(&IflowTrouble::RefusesStreamOptions) && has_options {
            return Some(refused());
        }
        if request.header("user-agent") != Some("iFlow-Cli") {
            return Some(refused());
        }
        let failed = |number, words| Some(Script::json(200, &status(number, words)));
        if self.over.contains(key) {
            return failed(439, "Your API Token has expired");
        }
        if self.has(&IflowTrouble::Banned) {
            return failed(434, BLOCKED);
        }
        if !self.keys.contains(key) {
            return failed(434, "Invalid apiKey");
        }
        let model = body["model"].as_str().unwrap_or_default();
        let only_signed = IFLOW_SIGNED_MODELS.contains(&model) && !signed;
        if !MODELS.contains(&model) || only_signed {
            return failed(435, "Model not support");
        }
        // What its own program sends for these models, always.
        let misses = match model {
            "glm-5" => !body["thinking"]["type"].is_string(),
            "kimi-k2.5" => body.get("temperature").is_some() || body.get("max_tokens").is_none(),
            _ => false,
        };
        let stream_of_nothing = body["tools"] == json!([]);
        if misses || stream_of_nothing {
            return failed(514, "model error");
        }
        None
    }

    /// Whether the signature is the right one; `None` where there is none.
    fn signature(&self, request: &Recorded, key: &str) -> Option<bool> {
        let field = |name| request.header(name).unwrap_or_default();
        let found = request.header("x-iflow-signature")?;
        let session = field("session-id");
        let time = field("x-iflow-timestamp");
        let message = format!("{}:{session}:{time}", field("user-agent"));
        let secret = match self.has(&IflowTrouble::OtherSecret) {
            true => "sk-another-one",
            false => key,
        };
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
        mac.update(message.as_bytes());
        let digest = mac.finalize().into_bytes();
        let expected: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let ahead = self.troubles.iter().find_map(|trouble| match trouble {
            IflowTrouble::ClockAhead(seconds) => Some(u128::from(*seconds) * 1000),
            _ => None,
        });
        let now = request
            .arrived_wall
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default()
            .as_millis()
            + ahead.unwrap_or_default();
        let is_now = time
            .parse::<u128>()
            .is_ok_and(|time| time.abs_diff(now) < 600_000);
        let named = session.strip_prefix("session-").is_some_and(is_uuid);
        Some(found == expected && is_now && named && is_uuid(field("conversation-id")))
    }
}

fn is_uuid(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && text.as_bytes().get(14) == Some(&b'4')
}

fn refused() -> Script {
    Script::status(406)
}

/// What the model says: to a picture what is on it, else the last words that it heard.
fn answer(body: &Value) -> String {
    let last = &body["messages"]
        .as_array()
        .and_then(|all| all.last().cloned());
    let content = last.as_ref().map(|last| last["content"].clone());
    let shown: Vec<&str> = body["messages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|message| message["content"].as_array())
        .flatten()
        .filter_map(|part| part["image_url"]["url"].as_str())
        .collect();
    if let Some(last) = shown.last() {
        // What it is given tells which picture was meant; a model that does not see says so.
        let sees = body["model"]
            .as_str()
            .is_some_and(|model| model.contains("-vl-"));
        let end = last.get(last.len().saturating_sub(8)..).unwrap_or_default();
        return match sees {
            true => format!("a red square on a white ground, {end}"),
            false => "I see nothing".to_owned(),
        };
    }
    match content {
        Some(Value::String(text)) => format!("You said: {text}"),
        Some(Value::Array(parts)) => {
            let words = parts.iter().filter_map(|part| part["text"].as_str());
            format!("You said: {}", words.collect::<Vec<_>>().join(" "))
        }
        _ => "You said nothing".to_owned(),
    }
}

fn whole(body: &Value, trouble: Option<&IflowTrouble>) -> Value {
    let mut message = json!({"role": "assistant", "content": answer(body),
        "reasoning_content": "Let me think."});
    let mut reason = "stop";
    if let Some(name) = stream::tool(body) {
        message["content"] = Value::Null;
        message["tool_calls"] = json!([{"type": "function", "id": "call-a",
            "function": {"name": name, "arguments": "{\"city\":\"Paris\"}"}}]);
        if trouble != Some(&IflowTrouble::LooseCalls) {
            reason = "tool_calls";
        }
    }
    let mut answer = json!({"id": "c-1", "object": "chat.completion", "created": 1,
        "model": body["model"], "choices": [{"index": 0, "message": message,
        "finish_reason": reason}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}});
    match trouble {
        Some(IflowTrouble::NoUsage) => answer["usage"] = Value::Null,
        Some(IflowTrouble::EmptyUsage) => answer["usage"] = json!({}),
        Some(IflowTrouble::NoFinish) => answer["choices"][0]["finish_reason"] = Value::Null,
        Some(IflowTrouble::NetworkError) => {
            answer["choices"][0]["finish_reason"] = json!("network_error");
        }
        _ => {}
    }
    answer
}
