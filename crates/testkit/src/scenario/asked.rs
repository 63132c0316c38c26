//! What a request asks, whatever its dialect.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The parts of a request that scenarios look at.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Whether it came in Anthropic's dialect.
    pub anthropic: bool,
    /// The model's name as sent.
    pub model: String,
    /// Whether a stream is wanted.
    pub stream: bool,
    /// Whether a chat stream shall end with a usage chunk.
    pub stream_usage: bool,
    /// The tools offered.
    pub tools: Vec<Tool>,
    /// The text of the last user message that has any.
    pub text: String,
    /// Every tool result in the conversation, as text, in order.
    pub results: Vec<String>,
    /// Whether the conversation ends with a tool result.
    pub ends_with_result: bool,
    /// Every image in the conversation.
    pub images: Vec<Image>,
    /// The schema that the answer shall have.
    pub schema: Option<Value>,
}

/// A tool offered.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// The JSON Schema of its arguments.
    pub schema: Value,
}

/// An image in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Image {
    /// Media type and number of bytes.
    Inline(String, usize),
    /// Where it is to be found.
    Address(String),
}

impl Asked {
    /// The model's name after its last `/`.
    #[must_use]
    pub fn scenario(&self) -> &str {
        self.model.rsplit('/').next().unwrap_or_default()
    }

    /// Reads the body of `POST /chat/completions`.
    #[must_use]
    pub fn openai_chat(body: &Value) -> Self {
        let mut asked = Self::common(body);
        asked.stream_usage = body["stream_options"]["include_usage"] == true;
        asked.schema = body["response_format"]["json_schema"]
            .get("schema")
            .cloned();
        for tool in list(&body["tools"]) {
            asked.tool(&tool["function"]["name"], &tool["function"]["parameters"]);
        }
        for message in list(&body["messages"]) {
            match message["role"].as_str() {
                Some("tool") => {
                    asked.results.push(text_of(&message["content"]));
                    asked.ends_with_result = true;
                }
                Some("user") => asked.user(&message["content"]),
                _ => {}
            }
        }
        asked
    }

    /// Reads the body of `POST /v1/messages`.
    #[must_use]
    pub fn anthropic(body: &Value) -> Self {
        let mut asked = Self {
            anthropic: true,
            ..Self::common(body)
        };
        asked.schema = body["output_config"]["format"].get("schema").cloned();
        for tool in list(&body["tools"]) {
            asked.tool(&tool["name"], &tool["input_schema"]);
        }
        for message in list(&body["messages"]) {
            if message["role"] == "user" {
                asked.user(&message["content"]);
            }
        }
        asked
    }

    fn common(body: &Value) -> Self {
        Self {
            model: body["model"].as_str().unwrap_or_default().to_owned(),
            stream: body["stream"] == true,
            ..Self::default()
        }
    }

    fn tool(&mut self, name: &Value, schema: &Value) {
        let name = name.as_str().unwrap_or_default().to_owned();
        self.tools.push(Tool {
            name,
            schema: schema.clone(),
        });
    }

    fn user(&mut self, content: &Value) {
        let mut result_last = false;
        for part in list(content) {
            if part["type"] == "tool_result" {
                self.results.push(text_of(&part["content"]));
                result_last = true;
                list(&part["content"])
                    .iter()
                    .for_each(|inner| self.image(inner));
            }
            self.image(part);
        }
        let text = text_of(content);
        if !text.is_empty() {
            self.text = text;
        }
        self.ends_with_result = result_last;
    }

    fn image(&mut self, part: &Value) {
        let source = &part["source"];
        let image = if let Some(url) = part["image_url"]["url"].as_str() {
            match url
                .strip_prefix("data:")
                .and_then(|rest| rest.split_once(";base64,"))
            {
                Some((kind, data)) => Image::Inline(kind.to_owned(), decoded(data)),
                None => Image::Address(url.to_owned()),
            }
        } else if let Some(url) = source["url"].as_str() {
            Image::Address(url.to_owned())
        } else if let Some(data) = source["data"].as_str() {
            Image::Inline(
                source["media_type"].as_str().unwrap_or_default().to_owned(),
                decoded(data),
            )
        } else {
            return;
        };
        self.images.push(image);
    }
}

fn decoded(data: &str) -> usize {
    STANDARD.decode(data).map_or(0, |bytes| bytes.len())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The text of a content: a string, or its text parts joined.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        other => list(other)
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_dialects_are_read_alike() {
        let chat = Asked::openai_chat(&json!({"model": "a/b/tools", "stream": true,
            "tools": [{"type": "function", "function": {"name": "f", "parameters": {"x": 1}}}],
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "look"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]},
                {"role": "assistant", "tool_calls": []},
                {"role": "tool", "tool_call_id": "1", "content": "sunny"}]}));
        let messages = Asked::anthropic(&json!({"model": "tools", "stream": true,
            "tools": [{"name": "f", "input_schema": {"x": 1}}],
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "look"}, {"type": "image",
                    "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}]},
                {"role": "assistant", "content": "…"},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "1",
                    "content": [{"type": "text", "text": "sunny"}]}]},
                {"role": "system", "content": "ignored"}]}));
        for asked in [chat, messages] {
            assert_eq!(
                (asked.scenario(), asked.stream, asked.text.as_str()),
                ("tools", true, "look")
            );
            assert_eq!((asked.tools.len(), asked.tools[0].name.as_str()), (1, "f"));
            assert_eq!(
                (asked.results, asked.ends_with_result),
                (vec!["sunny".to_owned()], true)
            );
            assert_eq!(asked.images, [Image::Inline("image/png".to_owned(), 3)]);
        }
    }
}
