//! What is written on the wire: the blocks and the words that requests, answers and streams share.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::read::Words;
use crate::chat::{Citation, Finish, StopReason};

/// A block and its cache breakpoint.
#[derive(Debug, Serialize)]
pub(super) struct Sent<'a> {
    #[serde(flatten)]
    pub(super) part: Part<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cache_control: Option<CacheControl>,
}

impl<'a> Sent<'a> {
    pub(super) fn plain(part: Part<'a>) -> Self {
        Self {
            part,
            cache_control: None,
        }
    }

    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::plain(Part::Text {
            text: text.into(),
            citations: Vec::new(),
        })
    }
}

/// The kinds of block that are written.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Part<'a> {
    Text {
        text: Cow<'a, str>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        citations: Vec<Cited<'a>>,
    },
    Image {
        source: Place<'a>,
    },
    Document {
        source: Place<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        context: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        citations: Option<Enabled>,
    },
    Thinking {
        thinking: &'a str,
        signature: &'a str,
    },
    RedactedThinking {
        data: &'a str,
    },
    ToolUse {
        id: Cow<'a, str>,
        name: Cow<'a, str>,
        input: Input<'a>,
    },
    ToolResult {
        tool_use_id: Cow<'a, str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        content: Option<Body<'a>>,
        #[serde(skip_serializing_if = "is_false")]
        is_error: bool,
    },
}

/// `skip_serializing_if` hands over a reference.
pub(super) fn is_false(value: &bool) -> bool {
    !*value
}

#[derive(Debug, Serialize)]
pub(super) struct Enabled {
    pub(super) enabled: bool,
}

/// Where an image's or a document's content is.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Place<'a> {
    Base64 {
        media_type: Cow<'a, str>,
        data: &'a str,
    },
    Text {
        media_type: &'static str,
        data: Cow<'a, str>,
    },
    Url {
        url: &'a str,
    },
    File {
        file_id: &'a str,
    },
    Content {
        content: Vec<Sent<'a>>,
    },
}

/// Content as one text or as blocks.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Body<'a> {
    Text(Cow<'a, str>),
    Blocks(Vec<Sent<'a>>),
}

impl<'a> Body<'a> {
    /// One plain text is written as such, as every upstream can read it.
    pub(super) fn of(mut blocks: Vec<Sent<'a>>) -> Self {
        match blocks.as_mut_slice() {
            [
                Sent {
                    part: Part::Text { text, citations },
                    cache_control: None,
                },
            ] if citations.is_empty() => Self::Text(std::mem::take(text)),
            _ => Self::Blocks(blocks),
        }
    }
}

/// A tool call's arguments, which must be an object here.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Input<'a> {
    /// An object, as it was written.
    Raw(&'a RawValue),
    /// What is no JSON object.
    Broken {
        #[serde(rename = "_invalid_json")]
        raw: &'a str,
    },
    /// The text that a free-form tool takes.
    Free { input: &'a str },
    /// No arguments.
    Empty {},
}

impl<'a> Input<'a> {
    /// The arguments as an object: `Broken` when they are none.
    pub(super) fn of(arguments: &'a str) -> Self {
        let trimmed = arguments.trim();
        if trimmed.is_empty() || trimmed == "null" {
            return Self::Empty {};
        }
        match serde_json::from_str::<&RawValue>(trimmed) {
            Ok(raw) if trimmed.starts_with('{') => Self::Raw(raw),
            Ok(_) | Err(_) => Self::Broken { raw: arguments },
        }
    }
}

/// A cache breakpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct CacheControl {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ttl: Option<&'static str>,
}

impl CacheControl {
    pub(super) fn lasting(ttl: Option<&'static str>) -> Self {
        Self {
            kind: "ephemeral",
            ttl,
        }
    }
}

/// A source of a text block's words, as the web search tool reports it.
#[derive(Debug, Serialize)]
pub(super) struct Cited<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    url: &'a str,
    title: Option<&'a str>,
    cited_text: &'a str,
    encrypted_index: &'static str,
}

impl<'a> Cited<'a> {
    pub(super) fn of(citation: &'a Citation) -> Self {
        Self {
            kind: "web_search_result_location",
            url: &citation.url,
            title: citation.title.as_deref(),
            cited_text: citation.quote.as_deref().unwrap_or_default(),
            encrypted_index: "",
        }
    }
}

/// A source of a text block's words, as any of the citation kinds reports it.
#[derive(Debug, Deserialize)]
pub(super) struct Cites<'a> {
    #[serde(borrow)]
    url: Option<Words<'a>>,
    #[serde(borrow)]
    source: Option<Words<'a>>,
    #[serde(borrow)]
    title: Option<Words<'a>>,
    #[serde(borrow)]
    cited_text: Option<Words<'a>>,
}

impl Cites<'_> {
    /// The citation, when it is of a page with an address and not of a document in the request.
    pub(super) fn citation(self) -> Option<Citation> {
        let is_address = |words: &Words<'_>| words.as_str().contains("://");
        let url = self
            .url
            .or_else(|| self.source.filter(is_address))?
            .0
            .into_owned();
        let owned = |words: Option<Words<'_>>| words.map(|words| words.0.into_owned());
        Some(Citation {
            url,
            title: owned(self.title),
            quote: owned(self.cited_text).filter(|quote| !quote.is_empty()),
            span: None,
        })
    }
}

/// Why a refused answer was refused.
#[derive(Debug, Serialize)]
pub(super) struct StopDetails<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    category: Option<&'a str>,
    explanation: Option<&'a str>,
}

/// How an answer ended, as a client of this dialect reads it.
#[derive(Debug, Serialize)]
pub(super) struct Ending<'a> {
    pub(super) stop_reason: &'static str,
    pub(super) stop_sequence: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stop_details: Option<StopDetails<'a>>,
}

impl<'a> Ending<'a> {
    /// `called`: a tool was called; `refused`: the answer holds a refusal in words. Either beats
    /// an end that would otherwise look natural.
    pub(super) fn of(finish: &'a Finish, called: bool, refused: bool) -> Self {
        let reason = match finish.reason {
            StopReason::Natural if refused => StopReason::Refusal,
            StopReason::Natural if called => StopReason::ToolCalls,
            reason => reason,
        };
        let stop_details = (reason == StopReason::Refusal).then_some(StopDetails {
            kind: "refusal",
            category: None,
            explanation: finish.explanation.as_deref(),
        });
        Self {
            stop_reason: stop_word(reason),
            stop_sequence: finish.sequence.as_deref(),
            stop_details,
        }
    }
}

fn stop_word(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Natural => "end_turn",
        StopReason::StopSequence => "stop_sequence",
        // `end_turn` would tell an agent that the work is done.
        StopReason::Length | StopReason::Other => "max_tokens",
        StopReason::ContextFull => "model_context_window_exceeded",
        StopReason::ToolCalls => "tool_use",
        StopReason::Paused => "pause_turn",
        StopReason::Refusal => "refusal",
    }
}

/// The reason that an upstream's word stands for. `called`: a complete tool call came before it.
pub(super) fn stop_reason(word: Option<&str>, called: bool) -> StopReason {
    match word {
        Some("end_turn") if called => StopReason::ToolCalls,
        Some("end_turn") => StopReason::Natural,
        Some("stop_sequence") => StopReason::StopSequence,
        Some("max_tokens") => StopReason::Length,
        Some("model_context_window_exceeded") => StopReason::ContextFull,
        Some("tool_use") => StopReason::ToolCalls,
        Some("pause_turn") => StopReason::Paused,
        Some("refusal") => StopReason::Refusal,
        Some(_) | None => StopReason::Other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::Input;

    #[test]
    fn arguments_are_an_object_or_broken() {
        let json = |arguments: &str| serde_json::to_string(&Input::of(arguments)).unwrap();
        assert_eq!(json("{ \"a\": 1.0 }"), "{ \"a\": 1.0 }");
        assert_eq!(json(" "), "{}");
        assert_eq!(json("null"), "{}");
        assert_eq!(json("[1]"), "{\"_invalid_json\":\"[1]\"}");
        assert_eq!(json("{\"a\":"), "{\"_invalid_json\":\"{\\\"a\\\":\"}");
    }
}
