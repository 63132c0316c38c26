//! What an upstream's answer looks like on the wire, streamed or whole; borrowed from its bytes.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::text::{Count, Text, Words};
use crate::chat::Usage;

/// A chunk of a stream, or a whole answer: they differ in `delta` and `message` alone.
#[derive(Debug, Deserialize)]
pub(super) struct Chunk<'a> {
    #[serde(borrow, default)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) model: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) object: Option<Text<'a>>,
    #[serde(default)]
    pub(super) created: Count,
    #[serde(borrow, default)]
    pub(super) choices: Option<Vec<Choice<'a>>>,
    #[serde(default)]
    pub(super) usage: Option<WireUsage>,
    #[serde(borrow, default)]
    pub(super) error: Option<&'a RawValue>,
    /// iFlow's form of an error: a number in one of these two, and words in `msg`.
    #[serde(borrow, default)]
    status: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error_code: Option<&'a RawValue>,
}

impl Chunk<'_> {
    /// The number that it holds in place of an answer.
    pub(super) fn status(&self) -> Option<&str> {
        let nothing = self.choices.as_ref().is_none_or(Vec::is_empty) && self.usage.is_none();
        let number = self.error_code.or(self.status).filter(|_| nothing)?;
        let number = number.get().trim_matches('"');
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some(number)
    }

    /// Whether the whole chunk is an error: `{"error":…}`, or vLLM's `{"object":"error",…}`.
    pub(super) fn is_error(&self) -> bool {
        let empty = ["false", "\"\"", "{}", "[]"];
        self.error
            .is_some_and(|error| !empty.contains(&error.get()))
            || self
                .object
                .as_ref()
                .is_some_and(|object| object.0 == "error")
    }
}

/// One of the answers.
#[derive(Debug, Deserialize)]
pub(super) struct Choice<'a> {
    #[serde(default)]
    pub(super) index: Count,
    #[serde(borrow, default)]
    pub(super) delta: Option<Message<'a>>,
    #[serde(borrow, default)]
    pub(super) message: Option<Message<'a>>,
    #[serde(borrow, default)]
    pub(super) finish_reason: Option<Text<'a>>,
    /// OpenRouter reports a provider's failure inside the choice.
    #[serde(borrow, default)]
    pub(super) error: Option<&'a RawValue>,
}

/// What the model says, or more of it.
#[derive(Debug, Deserialize)]
pub(super) struct Message<'a> {
    #[serde(borrow, default)]
    pub(super) content: Option<Words<'a>>,
    /// DeepSeek's field for thoughts, which most others took over.
    #[serde(borrow, default)]
    pub(super) reasoning_content: Option<Words<'a>>,
    /// OpenRouter's and newer vLLM's name for the same.
    #[serde(borrow, default)]
    pub(super) reasoning: Option<Words<'a>>,
    #[serde(borrow, default)]
    pub(super) refusal: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) tool_calls: Option<Vec<Call<'a>>>,
    #[serde(borrow, default)]
    pub(super) function_call: Option<Function<'a>>,
    #[serde(borrow, default)]
    pub(super) annotations: Option<Vec<Annotation<'a>>>,
}

/// A tool call, or a fragment of one.
#[derive(Debug, Deserialize)]
pub(super) struct Call<'a> {
    #[serde(default)]
    pub(super) index: Count,
    #[serde(borrow, default)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) function: Option<Function<'a>>,
    #[serde(borrow, default)]
    pub(super) custom: Option<Custom<'a>>,
}

/// Which function, with which arguments.
#[derive(Debug, Deserialize)]
pub(super) struct Function<'a> {
    #[serde(borrow, default)]
    pub(super) name: Option<Text<'a>>,
    /// A string of JSON; some upstreams write the object itself.
    #[serde(borrow, default)]
    pub(super) arguments: Option<&'a RawValue>,
}

/// A call whose argument is free text.
#[derive(Debug, Deserialize)]
pub(super) struct Custom<'a> {
    #[serde(borrow, default)]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) input: Option<Text<'a>>,
}

/// A note on a span of the text.
#[derive(Debug, Deserialize)]
pub(super) struct Annotation<'a> {
    #[serde(borrow, default)]
    pub(super) url_citation: Option<UrlCitation<'a>>,
}

/// Where a span of the text comes from.
#[derive(Debug, Deserialize)]
pub(super) struct UrlCitation<'a> {
    #[serde(borrow, default)]
    pub(super) url: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) title: Option<Text<'a>>,
    #[serde(default)]
    pub(super) start_index: Count,
    #[serde(default)]
    pub(super) end_index: Count,
}

/// Token counts.
#[derive(Debug, Default, Deserialize)]
pub(super) struct WireUsage {
    #[serde(default)]
    prompt_tokens: Count,
    #[serde(default)]
    completion_tokens: Count,
    #[serde(default)]
    prompt_tokens_details: Option<PromptDetails>,
    #[serde(default)]
    completion_tokens_details: Option<CompletionDetails>,
    /// DeepSeek's name for what came from its cache.
    #[serde(default)]
    prompt_cache_hit_tokens: Count,
}

#[derive(Debug, Default, Deserialize)]
struct PromptDetails {
    #[serde(default)]
    cached_tokens: Count,
    #[serde(default)]
    cache_write_tokens: Count,
}

#[derive(Debug, Default, Deserialize)]
struct CompletionDetails {
    #[serde(default)]
    reasoning_tokens: Count,
}

impl From<WireUsage> for Usage {
    fn from(wire: WireUsage) -> Self {
        let prompt = wire.prompt_tokens_details.unwrap_or_default();
        let completion = wire.completion_tokens_details.unwrap_or_default();
        Self {
            input: wire.prompt_tokens.0,
            cache_read: prompt.cached_tokens.0.or(wire.prompt_cache_hit_tokens.0),
            cache_write: prompt.cache_write_tokens.0,
            output: wire.completion_tokens.0,
            reasoning: completion.reasoning_tokens.0,
            web_searches: None,
        }
    }
}
