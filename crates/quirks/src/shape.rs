//! Rewrites the fields of a chat request as the provider's manifest wants them for its model.

use std::collections::BTreeMap;

use bytes::Bytes;
use catalog::{Provider, Quirk, Rule, SamplingField, ThinkingField};
use dialect::{Fault, LossKind, Losses, Weight};
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// The fields by which providers are told whether to think.
const THINKING: [&str; 6] = [
    "chat_template_kwargs",
    "enable_thinking",
    "reasoning",
    "reasoning_split",
    "thinking",
    "thinking_mode",
];

/// Whether a provider wants anything said otherwise.
#[must_use]
pub fn is_needed(provider: &Provider) -> bool {
    !provider.rules.is_empty() || provider.has(Quirk::MaxNewTokens) || provider.has(Quirk::NoopTool)
}

/// Rewrites a request; what it held and may not be said is noted.
///
/// # Errors
/// Where it is no JSON object.
pub fn shape(
    body: &[u8],
    provider: &Provider,
    model: &str,
    losses: &mut Losses,
) -> Result<Bytes, Fault> {
    let fields: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(body)
        .map_err(|error| Fault::invalid("", format!("the request cannot be read: {error}")))?;
    let mut request = Request { fields, losses };
    let usual = Rule::default();
    let rule = provider.rule(model).unwrap_or(&usual);
    let thinks = request.thinks();
    if let Some(ways) = &rule.thinking {
        request.think(ways, thinks);
    }
    let renamed = rule
        .rename_thinking
        .as_ref()
        .filter(|_| thinks != Thinks::No)
        .or(rule.rename.as_ref());
    request.set("model", &json!(renamed.map_or(model, String::as_str)));
    request.sample(rule);
    if rule.loose_tool_choice && thinks != Thinks::No {
        request.loosen_choice();
    }
    let streams = request.value("stream") == Some(json!(true));
    if provider.has(Quirk::NoopTool) {
        request.see_to_tools(streams);
    }
    if provider.has(Quirk::MaxTokensLegacy) {
        request.rename("max_completion_tokens", "max_tokens");
    }
    if provider.has(Quirk::MaxNewTokens) {
        let limits = provider
            .model(model)
            .and_then(|model| model.limits.as_ref());
        request.limit(limits.and_then(|limits| limits.output), rule.max_tokens);
    }
    if streams && !provider.has(Quirk::NoStreamUsage) {
        request.set("stream_options", &json!({ "include_usage": true }));
    } else {
        request.fields.remove("stream_options");
    }
    serde_json::to_vec(&request.fields)
        .map(Bytes::from)
        .map_err(|error| Fault::invalid("", format!("the request cannot be written: {error}")))
}

/// The same request without `stream_options`; `None` where it has none.
#[must_use]
pub fn without_stream_usage(body: &[u8]) -> Option<Bytes> {
    let mut fields: BTreeMap<&str, &RawValue> = serde_json::from_slice(body).ok()?;
    fields.remove("stream_options")?;
    serde_json::to_vec(&fields).ok().map(Bytes::from)
}

/// Whether the client wants the model to think; not having said so, it is left to think as the
/// provider's own program has it think.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Thinks {
    No,
    ALittle,
    Yes,
}

struct Request<'a> {
    fields: BTreeMap<String, Box<RawValue>>,
    losses: &'a mut Losses,
}

impl Request<'_> {
    fn value(&self, name: &str) -> Option<Value> {
        serde_json::from_str(self.fields.get(name)?.get()).ok()
    }

    fn set(&mut self, name: &str, value: &Value) {
        if let Ok(raw) = serde_json::value::to_raw_value(value) {
            self.fields.insert(name.to_owned(), raw);
        }
    }

    fn set_missing(&mut self, name: &str, value: &Value) {
        if !self.fields.contains_key(name) {
            self.set(name, value);
        }
    }

    fn drop_field(&mut self, name: &'static str, reason: &'static str) {
        if self.fields.remove(name).is_some() {
            let (kind, weight) = (LossKind::Dropped, Weight::Semantic);
            self.losses.record(name, kind, weight, reason);
        }
    }

    fn rename(&mut self, from: &str, to: &str) {
        if let Some(value) = self.fields.remove(from) {
            self.fields.entry(to.to_owned()).or_insert(value);
        }
    }

    fn thinks(&self) -> Thinks {
        let said = |name: &str, yes: &Value, no: &Value| match self.value(name)? {
            value if value == *yes => Some(true),
            value if value == *no => Some(false),
            _ => None,
        };
        let kind = self.value("thinking");
        let kind = kind.as_ref().and_then(|thinking| thinking["type"].as_str());
        let switch = match kind {
            Some("disabled") => Some(false),
            Some(_) => Some(true),
            None => said("enable_thinking", &json!(true), &json!(false)),
        };
        match (self.value("reasoning_effort"), switch) {
            (Some(Value::String(effort)), _) => match effort.as_str() {
                "none" => Thinks::No,
                "minimal" | "low" => Thinks::ALittle,
                _ => Thinks::Yes,
            },
            (_, Some(false)) => Thinks::No,
            (_, Some(true) | None) => Thinks::Yes,
        }
    }

    /// Says whether to think in the fields that the model knows. What a client wrote in one of
    /// them itself stays.
    fn think(&mut self, ways: &[ThinkingField], thinks: Thinks) {
        self.fields.remove("reasoning_effort");
        let on = thinks != Thinks::No;
        if ways.is_empty() {
            for name in THINKING {
                self.fields.remove(name);
            }
        }
        for way in ways {
            match way {
                ThinkingField::Template => {
                    let mut kwargs = match self.value("chat_template_kwargs") {
                        Some(Value::Object(kwargs)) => kwargs,
                        Some(_) | None => serde_json::Map::new(),
                    };
                    kwargs.entry("enable_thinking").or_insert(json!(on));
                    self.set("chat_template_kwargs", &Value::Object(kwargs));
                }
                ThinkingField::Enable => self.set_missing("enable_thinking", &json!(on)),
                ThinkingField::Type => {
                    let word = if on { "enabled" } else { "disabled" };
                    self.set("thinking", &json!({ "type": word }));
                }
                ThinkingField::Mode if on => self.set_missing("thinking_mode", &json!(true)),
                ThinkingField::Reasoning if thinks == Thinks::Yes => {
                    self.set_missing("reasoning", &json!(true));
                }
                ThinkingField::Mode | ThinkingField::Reasoning => {}
                ThinkingField::Split => self.set_missing("reasoning_split", &json!(on)),
            }
        }
    }

    fn sample(&mut self, rule: &Rule) {
        for (field, number) in &rule.usual {
            self.set_missing(field.as_str(), &plain(*number));
        }
        for (field, number) in &rule.always {
            self.set(field.as_str(), &plain(*number));
        }
        for field in &rule.never {
            self.drop_field(field.as_str(), "the model takes none");
        }
        let temperature = SamplingField::Temperature.as_str();
        if rule.one_of_sampling && self.fields.contains_key(temperature) {
            let reason = "the model takes it only without temperature";
            self.drop_field(SamplingField::TopP.as_str(), reason);
        }
    }

    /// A model that thinks is not made to call a tool.
    fn loosen_choice(&mut self) {
        let Some(choice) = self.value("tool_choice") else {
            return;
        };
        if choice != json!("auto") && choice != json!("none") {
            self.set("tool_choice", &json!("auto"));
            let reason = "the model cannot be made to call a tool while it thinks";
            let (kind, weight) = (LossKind::Approximated, Weight::Semantic);
            self.losses.record("tool_choice", kind, weight, reason);
        }
    }

    fn see_to_tools(&mut self, streams: bool) {
        if self.value("tools") != Some(json!([])) {
            return;
        }
        if streams {
            let noop = json!([{ "type": "function", "function": {
                "name": "noop",
                "description": "Does nothing. Never call it.",
                "parameters": { "type": "object", "properties": {} },
            } }]);
            self.set("tools", &noop);
            self.set("tool_choice", &json!("none"));
        } else {
            self.fields.remove("tools");
            self.fields.remove("tool_choice");
        }
    }

    /// Says how long the answer may be: as the client wants it, and no more than the model can.
    fn limit(&mut self, most: Option<u64>, is_wanted: bool) {
        let asked = self.value("max_tokens").and_then(|asked| asked.as_u64());
        let limit = match (asked, most) {
            (Some(asked), Some(most)) => Some(asked.min(most)),
            (asked, most) => asked.or(most),
        };
        let Some(limit) = limit else { return };
        self.set("max_new_tokens", &json!(limit));
        if asked.is_some() || is_wanted {
            self.set("max_tokens", &json!(limit));
        }
    }
}

/// A number as JSON; a whole one without a fraction, since `top_k` and `n` take no other.
fn plain(number: f64) -> Value {
    match format!("{number:.0}").parse::<i64>() {
        Ok(whole) if number.fract() == 0.0 => json!(whole),
        Ok(_) | Err(_) => json!(number),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn shaped(model: &str, request: Value) -> (Value, Vec<String>) {
        let catalog = catalog::Catalog::builtin().unwrap();
        let mut losses = Losses::default();
        let mut body = request;
        body["model"] = json!(model);
        let provider = catalog.provider("iflow").unwrap();
        let body = shape(body.to_string().as_bytes(), provider, model, &mut losses).unwrap();
        let lost = losses.iter().map(|loss| loss.path.to_string()).collect();
        (serde_json::from_slice(&body).unwrap(), lost)
    }

    fn sent(model: &str, request: Value) -> Value {
        shaped(model, request).0
    }

    #[test]
    fn each_model_is_told_to_think_in_its_own_fields() {
        let on = json!({ "enable_thinking": true });
        for (model, expected) in [
            (
                "glm-5",
                json!({ "chat_template_kwargs": on, "enable_thinking": true, "thinking": { "type": "enabled" } }),
            ),
            ("glm-4.7", json!({ "chat_template_kwargs": on })),
            (
                "glm-4.5",
                json!({ "chat_template_kwargs": on, "enable_thinking": true }),
            ),
            ("kimi-k2.5", json!({ "thinking": { "type": "enabled" } })),
            ("mimo-v2", json!({ "thinking": { "type": "enabled" } })),
            (
                "deepseek-v3.1",
                json!({ "thinking_mode": true, "reasoning": true }),
            ),
            ("kimi-k2-thinking", json!({ "thinking_mode": true })),
            ("claude-x", json!({ "chat_template_kwargs": on })),
            ("x-reasoning", json!({ "reasoning": true })),
            ("minimax-m2.5", json!({ "reasoning_split": true })),
            ("qwen3-4b", json!({})),
            ("qwen3-coder-plus", json!({})),
        ] {
            let body = sent(model, json!({ "messages": [] }));
            let thinking: serde_json::Map<String, Value> = body
                .as_object()
                .unwrap()
                .clone()
                .into_iter()
                .filter(|(name, _)| THINKING.contains(&name.as_str()))
                .collect();
            assert_eq!(Value::Object(thinking), expected, "{model}");
        }
    }

    #[test]
    fn effort_becomes_the_switch_and_what_a_client_set_itself_stays() {
        let effort = |model, effort: &str| sent(model, json!({ "reasoning_effort": effort }));
        let off = effort("glm-5", "none");
        assert_eq!(off["thinking"]["type"], "disabled");
        assert_eq!(off["enable_thinking"], false);
        assert_eq!(off.get("reasoning_effort"), None);
        let low = effort("deepseek-r1", "low");
        assert_eq!(
            (&low["thinking_mode"], low.get("reasoning")),
            (&json!(true), None)
        );
        assert_eq!(effort("deepseek-r1", "none").get("thinking_mode"), None);
        assert_eq!(
            effort("deepseek-v3.2-chat", "high")["model"],
            "deepseek-v3.2-reasoner"
        );
        assert_eq!(
            effort("deepseek-v3.2-chat", "none")["model"],
            "deepseek-v3.2-chat"
        );
        let own = sent(
            "glm-4.7",
            json!({ "chat_template_kwargs": { "enable_thinking": false, "x": 1 } }),
        );
        assert_eq!(
            own["chat_template_kwargs"],
            json!({ "enable_thinking": false, "x": 1 })
        );
        let disabled = sent(
            "kimi-k2.5",
            json!({ "thinking": { "type": "disabled", "budget": 1 } }),
        );
        assert_eq!(disabled["thinking"], json!({ "type": "disabled" }));
        assert_eq!(sent("glm-4.6", json!({}))["model"], "glm-4.6-exp");
        let deleted = sent(
            "qwen3-4b",
            json!({ "enable_thinking": true, "reasoning_effort": "high" }),
        );
        assert_eq!(
            deleted.as_object().unwrap().keys().collect::<Vec<_>>(),
            ["model"]
        );
    }

    #[test]
    fn each_model_gets_its_sampling() {
        let glm = sent("glm-5", json!({}));
        assert_eq!(
            (&glm["temperature"], &glm["top_p"]),
            (&json!(1), &json!(0.95))
        );
        assert_eq!(
            sent("glm-5", json!({ "temperature": 0.2 }))["temperature"],
            0.2
        );
        let (kimi, lost) = shaped(
            "kimi-k2.5",
            json!({ "temperature": 0.2, "n": 3, "top_p": 0.1 }),
        );
        assert_eq!(kimi.get("temperature"), None);
        assert_eq!((&kimi["n"], &kimi["top_p"]), (&json!(1), &json!(0.95)));
        assert_eq!(kimi["presence_penalty"], 0);
        assert_eq!(lost, ["temperature"]);
        let rome = sent("iFlow-ROME-30BA3B", json!({}));
        assert_eq!((&rome["top_k"], &rome["top_p"]), (&json!(20), &json!(0.8)));
        let (qwen, lost) = shaped(
            "qwen3-coder-plus",
            json!({ "temperature": 0.2, "top_p": 0.1 }),
        );
        assert_eq!(
            (&qwen["temperature"], qwen.get("top_p")),
            (&json!(0.2), None)
        );
        assert_eq!(lost, ["top_p"]);
        assert_eq!(
            sent("qwen3-coder-plus", json!({ "top_p": 0.1 }))["top_p"],
            0.1
        );
    }

    #[test]
    fn the_length_of_an_answer_is_always_said() {
        assert_eq!(sent("glm-5", json!({}))["max_new_tokens"], 32000);
        assert_eq!(sent("glm-5", json!({})).get("max_tokens"), None);
        let asked = sent("glm-5", json!({ "max_completion_tokens": 10 }));
        assert_eq!(
            (&asked["max_new_tokens"], &asked["max_tokens"]),
            (&json!(10), &json!(10))
        );
        assert_eq!(asked.get("max_completion_tokens"), None);
        let much = sent("glm-5", json!({ "max_tokens": 99_999 }));
        assert_eq!(
            (&much["max_new_tokens"], &much["max_tokens"]),
            (&json!(32000), &json!(32000))
        );
        assert_eq!(sent("kimi-k2.5", json!({}))["max_tokens"], 32768);
        assert_eq!(sent("nobody-knows", json!({})).get("max_new_tokens"), None);
    }

    #[test]
    fn tools_and_their_choice() {
        let tool = json!([{ "type": "function", "function": { "name": "f" } }]);
        let kept = sent("glm-5", json!({ "tools": tool, "tool_choice": "required" }));
        assert_eq!(
            (&kept["tools"], &kept["tool_choice"]),
            (&tool, &json!("required"))
        );
        let (kimi, lost) = shaped(
            "kimi-k2.5",
            json!({ "tools": tool, "tool_choice": "required" }),
        );
        assert_eq!(kimi["tool_choice"], "auto");
        assert_eq!(lost, ["tool_choice"]);
        let still = json!({ "tools": tool, "tool_choice": "required", "reasoning_effort": "none" });
        assert_eq!(sent("kimi-k2.5", still)["tool_choice"], "required");
        let empty = sent("glm-5", json!({ "tools": [], "stream": true }));
        assert_eq!(empty["tools"][0]["function"]["name"], "noop");
        assert_eq!(empty["tool_choice"], "none");
        assert_eq!(sent("glm-5", json!({ "tools": [] })).get("tools"), None);
        assert_eq!(sent("glm-5", json!({ "stream": true })).get("tools"), None);
    }

    #[test]
    fn usage_is_asked_for_in_streams_alone_and_can_be_taken_out() {
        let stream = sent("glm-5", json!({ "stream": true }));
        assert_eq!(stream["stream_options"]["include_usage"], true);
        let bare = without_stream_usage(stream.to_string().as_bytes()).unwrap();
        let bare: Value = serde_json::from_slice(&bare).unwrap();
        assert_eq!(
            (bare.get("stream_options"), &bare["stream"]),
            (None, &json!(true))
        );
        assert_eq!(without_stream_usage(bare.to_string().as_bytes()), None);
        let whole = sent(
            "glm-5",
            json!({ "stream_options": { "include_usage": true } }),
        );
        assert_eq!(whole.get("stream_options"), None);
    }

    #[test]
    fn what_is_not_spoken_of_stays_as_it_is() {
        let body =
            br#"{"model":"x","seed":12345678901234567890123,"messages":[{"content":"\u00e4"}]}"#;
        let catalog = catalog::Catalog::builtin().unwrap();
        let provider = catalog.provider("iflow").unwrap();
        let shaped = shape(body, provider, "x", &mut Losses::default()).unwrap();
        let text = std::str::from_utf8(&shaped).unwrap();
        assert!(text.contains("12345678901234567890123"), "{text}");
        assert!(text.contains(r#"[{"content":"\u00e4"}]"#), "{text}");
    }
}
