//! The surface of the small proxies that people put before OpenAI themselves: one path for chat and
//! pictures, defaults for what is left out, and errors of a title and a message.
//!
//! The defaults and titles are those that the README and the code of `openai-workers-proxy` document.

use std::collections::BTreeMap;

use bytes::Bytes;
use dialect::peek::{Limits, Peek};
use dialect::{Fault, FaultKind, Operation, Origin};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

/// Which of its paths is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// The root: the body says what is wanted.
    Root,
    /// Pictures only.
    Picture,
}

impl Surface {
    /// What is asked, as far as the path tells.
    #[must_use]
    pub fn likely(self) -> Operation {
        match self {
            Self::Root => Operation::Chat,
            Self::Picture => Operation::Image,
        }
    }

    /// What is asked, and the body with the defaults in it.
    ///
    /// # Errors
    /// The body is no JSON object, or what has no default is missing.
    pub fn complete(self, body: &[u8]) -> Result<(Operation, Bytes), Fault> {
        // What the rest of the program would refuse is refused before it is read as a whole.
        Peek::at(body, Limits::default())?;
        let given: BTreeMap<String, &RawValue> = serde_json::from_slice(body).map_err(|error| {
            Fault::invalid("", format!("the body is not JSON: {error}")).with_code(INVALID_JSON)
        })?;
        let mut fields: BTreeMap<String, Box<RawValue>> = given
            .into_iter()
            .filter(|(_, value)| value.get() != "null")
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        let action = fields.remove("action");
        let says_picture = action.is_some_and(|action| action.get() == "\"generate-image\"");
        let is_picture = match self {
            Self::Picture => true,
            Self::Root => {
                says_picture || (fields.contains_key("prompt") && !fields.contains_key("messages"))
            }
        };
        if is_picture {
            picture(&mut fields)?;
        } else {
            chat(&mut fields)?;
        }
        let body = serde_json::to_vec(&fields)
            .map_err(|error| Fault::invalid("", format!("the body cannot be written: {error}")))?;
        let operation = if is_picture {
            Operation::Image
        } else {
            Operation::Chat
        };
        Ok((operation, body.into()))
    }
}

const INVALID_JSON: &str = "invalid_json";
const INVALID_MESSAGES: &str = "invalid_messages";
const MISSING_FIELD: &str = "missing_field";

fn chat(fields: &mut BTreeMap<String, Box<RawValue>>) -> Result<(), Fault> {
    let messages = fields.get("messages");
    if !messages.is_some_and(|messages| messages.get().starts_with('[')) {
        let message = "\"messages\" is a list of messages, and is missing or something else";
        return Err(Fault::invalid("messages", message).with_code(INVALID_MESSAGES));
    }
    or_else(fields, "model", &json!("gpt-3.5-turbo"));
    or_else(fields, "temperature", &json!(0.7));
    if !fields.contains_key("max_completion_tokens") {
        or_else(fields, "max_tokens", &json!(1000));
    }
    or_else(fields, "stream", &json!(false));
    Ok(())
}

fn picture(fields: &mut BTreeMap<String, Box<RawValue>>) -> Result<(), Fault> {
    if fields
        .get("prompt")
        .is_none_or(|prompt| prompt.get() == "\"\"")
    {
        let message = "\"prompt\" is missing: say what the picture is to show";
        return Err(Fault::invalid("prompt", message).with_code(MISSING_FIELD));
    }
    or_else(fields, "model", &json!("dall-e-3"));
    or_else(fields, "n", &json!(1));
    or_else(fields, "size", &json!("1024x1024"));
    // Newer models refuse the fields that only these two know.
    let model = fields.get("model").map(|model| model.get().to_owned());
    let model = model.as_deref().unwrap_or_default();
    if model == "\"dall-e-3\"" {
        or_else(fields, "quality", &json!("standard"));
        or_else(fields, "style", &json!("vivid"));
    }
    if model.starts_with("\"dall-e-") {
        or_else(fields, "response_format", &json!("url"));
    }
    Ok(())
}

fn or_else(fields: &mut BTreeMap<String, Box<RawValue>>, name: &str, value: &Value) {
    if let Ok(value) = to_raw_value(value) {
        fields.entry(name.to_owned()).or_insert(value);
    }
}

/// An error in this surface's words.
#[must_use]
pub fn error(fault: &Fault, status: u16, is_picture: bool) -> String {
    json!({
        "error": title(fault, is_picture),
        "message": fault.message,
        "type": fault.kind.code(),
        "status": status,
    })
    .to_string()
}

fn title(fault: &Fault, is_picture: bool) -> &'static str {
    match fault.code.as_deref() {
        Some(INVALID_JSON) => return "Invalid JSON",
        Some(INVALID_MESSAGES) => return "Invalid messages format",
        Some(MISSING_FIELD) => return "Missing required field",
        Some(_) | None => {}
    }
    if fault.origin == Origin::Upstream {
        return if is_picture {
            "OpenAI Image API Error"
        } else {
            "OpenAI API Error"
        };
    }
    match fault.kind {
        FaultKind::Authentication => "Unauthorized",
        FaultKind::Permission => "Forbidden",
        FaultKind::NotFound => "Not Found",
        FaultKind::MethodNotAllowed => "Method Not Allowed",
        FaultKind::TooLarge => "Payload Too Large",
        FaultKind::UnsupportedMediaType => "Unsupported Media Type",
        FaultKind::Misdirected => "Misdirected Request",
        FaultKind::RateLimit | FaultKind::Quota => "Too Many Requests",
        FaultKind::NoAccount => "Configuration Error",
        FaultKind::InvalidRequest
        | FaultKind::Unsupported
        | FaultKind::ContextTooLong
        | FaultKind::ContentPolicy
        | FaultKind::Billing
        | FaultKind::Conflict => "Bad Request",
        FaultKind::Internal
        | FaultKind::Overloaded
        | FaultKind::BadGateway
        | FaultKind::Truncated
        | FaultKind::Timeout
        | FaultKind::Stopped
            if is_picture =>
        {
            "Image Generation Error"
        }
        FaultKind::Internal
        | FaultKind::Overloaded
        | FaultKind::BadGateway
        | FaultKind::Truncated
        | FaultKind::Timeout
        | FaultKind::Stopped => "Internal Server Error",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use dialect::Operation;
    use serde_json::{Value, json};

    use super::Surface;

    fn completed(surface: Surface, body: &Value) -> (Operation, Value) {
        let (operation, body) = surface.complete(body.to_string().as_bytes()).unwrap();
        (operation, serde_json::from_slice(&body).unwrap())
    }

    fn refused(surface: Surface, body: &str) -> Option<String> {
        surface.complete(body.as_bytes()).err()?.code
    }

    #[test]
    fn what_is_left_out_of_a_chat_has_its_default() {
        let messages = json!([{"role": "user", "content": "Hi"}]);
        let (operation, body) = completed(Surface::Root, &json!({"messages": messages}));
        assert_eq!(operation, Operation::Chat);
        assert_eq!(
            body,
            json!({"model": "gpt-3.5-turbo", "messages": messages, "temperature": 0.7,
                "max_tokens": 1000, "stream": false})
        );
        let given = json!({"model": "x", "messages": [], "temperature": 0, "max_tokens": 1,
            "stream": true, "top_p": 0.5, "prompt": "both"});
        assert_eq!(completed(Surface::Root, &given), (Operation::Chat, given));
        let body = completed(
            Surface::Root,
            &json!({"messages": [], "max_completion_tokens": 5}),
        );
        assert_eq!(body.1.get("max_tokens"), None);
    }

    #[test]
    fn a_picture_is_known_by_its_prompt_its_action_or_its_path() {
        let whole = json!({"prompt": "a cat", "model": "dall-e-3", "n": 1, "size": "1024x1024",
            "quality": "standard", "style": "vivid", "response_format": "url"});
        for (surface, given) in [
            (Surface::Root, json!({"prompt": "a cat"})),
            (
                Surface::Root,
                json!({"action": "generate-image", "prompt": "a cat"}),
            ),
            (Surface::Picture, json!({"prompt": "a cat", "n": null})),
        ] {
            assert_eq!(
                completed(surface, &given),
                (Operation::Image, whole.clone()),
                "{given}"
            );
        }
        let other = json!({"prompt": "a cat", "model": "gpt-image-1"});
        assert_eq!(
            completed(Surface::Root, &other).1,
            json!({"prompt": "a cat", "model": "gpt-image-1", "n": 1, "size": "1024x1024"})
        );
    }

    #[test]
    fn what_is_wrong_has_its_own_title() {
        for (surface, body, code) in [
            (Surface::Root, "{", "invalid_json"),
            (Surface::Root, "[]", "invalid_json"),
            (Surface::Root, "{}", "invalid_messages"),
            (Surface::Root, "{\"messages\":\"Hi\"}", "invalid_messages"),
            (
                Surface::Root,
                "{\"action\":\"generate-image\"}",
                "missing_field",
            ),
            (Surface::Picture, "{\"prompt\":\"\"}", "missing_field"),
        ] {
            assert_eq!(refused(surface, body).as_deref(), Some(code), "{body}");
        }
        let twice = "{\"messages\":[],\"model\":\"a\",\"mod\\u0065l\":\"b\"}";
        assert!(Surface::Root.complete(twice.as_bytes()).is_err());
    }
}
