//! One dialect from both ends: what its clients send and read, and what its upstreams answer.

use dialect::Dialect;
use serde_json::{Value, json};
use testkit::{Reply, Script, SseEvent, anthropic, openai_chat};

/// One of the two dialects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Chat,
    Messages,
}

/// Who speaks to whom: the client's dialect, then the upstream's.
pub(crate) const PAIRS: [(Side, Side); 4] = [
    (Side::Chat, Side::Chat),
    (Side::Messages, Side::Messages),
    (Side::Chat, Side::Messages),
    (Side::Messages, Side::Chat),
];

impl Side {
    pub(crate) fn dialect(self) -> Dialect {
        match self {
            Self::Chat => Dialect::OpenAiChat,
            Self::Messages => Dialect::AnthropicMessages,
        }
    }

    pub(crate) fn base(self, url: &str) -> String {
        match self {
            Self::Chat => format!("{url}/v1"),
            Self::Messages => url.to_owned(),
        }
    }

    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Chat => "/v1/chat/completions",
            Self::Messages => "/v1/messages",
        }
    }

    /// A small request for `mock-model`.
    pub(crate) fn request(self, stream: bool) -> Value {
        self.request_for("mock-model", stream)
    }

    pub(crate) fn request_for(self, model: &str, stream: bool) -> Value {
        let messages = json!([{"role": "user", "content": "Hello"}]);
        match self {
            Self::Chat if stream => json!({"model": model, "messages": messages, "stream": true,
                "stream_options": {"include_usage": true}}),
            Self::Chat => json!({"model": model, "messages": messages}),
            Self::Messages => {
                json!({"model": model, "max_tokens": 64, "messages": messages, "stream": stream})
            }
        }
    }

    /// The answer of an upstream.
    pub(crate) fn reply(self, reply: &Reply, stream: bool) -> Script {
        match (self, stream) {
            (Self::Chat, true) => openai_chat::stream(reply),
            (Self::Chat, false) => openai_chat::answer(reply),
            (Self::Messages, true) => anthropic::stream(reply),
            (Self::Messages, false) => anthropic::answer(reply),
        }
    }

    pub(crate) fn error(self, status: u16) -> Script {
        match self {
            Self::Chat => openai_chat::error(status),
            Self::Messages => anthropic::error(status),
        }
    }

    pub(crate) fn error_in_ok(self) -> Script {
        match self {
            Self::Chat => openai_chat::error_in_ok(),
            Self::Messages => anthropic::error_in_ok(),
        }
    }

    pub(crate) fn error_as_first_event(self) -> Script {
        match self {
            Self::Chat => openai_chat::error_as_first_event(),
            Self::Messages => anthropic::error_as_first_event(),
        }
    }

    pub(crate) fn error_in_stream(self, reply: &Reply, events: usize) -> Script {
        match self {
            Self::Chat => openai_chat::error_in_stream(reply, events),
            Self::Messages => anthropic::error_in_stream(reply, events),
        }
    }

    pub(crate) fn without_end(self, reply: &Reply) -> Script {
        match self {
            Self::Chat => openai_chat::stream_without_end(reply),
            Self::Messages => anthropic::stream_without_end(reply),
        }
    }

    pub(crate) fn empty_stream(self) -> Script {
        match self {
            Self::Chat => openai_chat::empty_stream(),
            Self::Messages => anthropic::empty_stream(),
        }
    }

    pub(crate) fn endless(self, every: std::time::Duration) -> Script {
        match self {
            Self::Chat => openai_chat::endless("mock-model", every),
            Self::Messages => anthropic::endless("mock-model", every),
        }
    }

    /// How many events of a stream of `Reply::text` go before its first words.
    pub(crate) fn opening(self) -> usize {
        match self {
            Self::Chat => 1,
            Self::Messages => 3,
        }
    }

    /// The words of an error body in this dialect's shape; fails where it is of another shape.
    pub(crate) fn error_words(self, body: &Value) -> String {
        let error = &body["error"];
        match self {
            Self::Chat => {
                let keys: Vec<&str> = error
                    .as_object()
                    .unwrap()
                    .keys()
                    .map(String::as_str)
                    .collect();
                for key in ["message", "type", "param", "code"] {
                    assert!(keys.contains(&key), "{key} is missing: {body}");
                }
                assert_eq!(body.get("type"), None, "not chat's shape: {body}");
            }
            Self::Messages => {
                assert_eq!(body["type"], "error", "not Anthropic's shape: {body}");
                assert!(error["type"].is_string(), "{body}");
            }
        }
        error["message"]
            .as_str()
            .unwrap_or_else(|| panic!("no message: {body}"))
            .to_owned()
    }

    /// The words of a stream's events.
    pub(crate) fn streamed_text(self, events: &[SseEvent]) -> String {
        let word = |event: &SseEvent| {
            let data = event.json();
            let text = match self {
                Self::Chat => &data["choices"][0]["delta"]["content"],
                Self::Messages => &data["delta"]["text"],
            };
            text.as_str().unwrap_or_default().to_owned()
        };
        events.iter().map(word).collect()
    }

    /// The words of a whole answer.
    pub(crate) fn whole_text(self, body: &Value) -> String {
        let text = match self {
            Self::Chat => &body["choices"][0]["message"]["content"],
            Self::Messages => &body["content"][0]["text"],
        };
        text.as_str()
            .unwrap_or_else(|| panic!("no text: {body}"))
            .to_owned()
    }

    /// Whether a stream says that it is complete.
    pub(crate) fn is_complete(self, events: &[SseEvent]) -> bool {
        match self {
            Self::Chat => events.last().is_some_and(|event| event.data == "[DONE]"),
            Self::Messages => events
                .last()
                .is_some_and(|event| event.name == "message_stop"),
        }
    }

    /// The words of the error with which a stream ends; `None` where it does not.
    pub(crate) fn stream_error(self, events: &[SseEvent]) -> Option<String> {
        let last = events.last()?;
        let data = last.json();
        match self {
            Self::Chat => data.get("error")?,
            Self::Messages if last.name == "error" => data.get("error")?,
            Self::Messages => return None,
        };
        Some(self.error_words(&data))
    }
}
