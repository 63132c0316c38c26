//! What a request's messages look like on the wire; borrowed from the canonical request.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

/// One message.
#[derive(Debug, Default, Serialize)]
pub(super) struct Message<'a> {
    pub(super) role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tool_call_id: Option<&'a str>,
    #[serde(serialize_with = "content")]
    pub(super) content: Vec<Part<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reasoning_content: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refusal: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tool_calls: Vec<Call<'a>>,
}

/// Nothing is `null`, one plain text is a string, which more upstreams read than a list.
fn content<S: Serializer>(parts: &[Part<'_>], serializer: S) -> Result<S::Ok, S::Error> {
    match parts {
        [] => serializer.serialize_none(),
        [
            Part {
                content: PartContent::Text { text },
                prompt_cache_breakpoint: None,
            },
        ] => serializer.serialize_str(text),
        parts => serializer.collect_seq(parts),
    }
}

/// One part of a message's content.
#[derive(Debug, Serialize)]
pub(super) struct Part<'a> {
    #[serde(flatten)]
    pub(super) content: PartContent<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) prompt_cache_breakpoint: Option<Breakpoint>,
}

impl<'a> Part<'a> {
    /// A part without a cache breakpoint.
    pub(super) fn new(content: PartContent<'a>) -> Self {
        Self {
            content,
            prompt_cache_breakpoint: None,
        }
    }

    /// A part of words.
    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::new(PartContent::Text { text: text.into() })
    }
}

/// What a part says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum PartContent<'a> {
    Text { text: Cow<'a, str> },
    ImageUrl { image_url: ImageUrl<'a> },
    InputAudio { input_audio: InputAudio<'a> },
    File { file: File<'a> },
}

#[derive(Debug, Serialize)]
pub(super) struct ImageUrl<'a> {
    pub(super) url: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct InputAudio<'a> {
    pub(super) data: &'a str,
    pub(super) format: &'a str,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct File<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) filename: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file_data: Option<String>,
}

/// A place up to which a cache may keep the conversation.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Breakpoint {
    pub(super) mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ttl: Option<&'static str>,
}

/// A tool call of an earlier turn.
#[derive(Debug, Serialize)]
pub(super) struct Call<'a> {
    pub(super) id: &'a str,
    #[serde(flatten)]
    pub(super) content: CallContent<'a>,
}

/// What was called, with what.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum CallContent<'a> {
    Function { function: Function<'a> },
    Custom { custom: Custom<'a> },
}

#[derive(Debug, Serialize)]
pub(super) struct Function<'a> {
    pub(super) name: &'a str,
    pub(super) arguments: Cow<'a, str>,
}

#[derive(Debug, Serialize)]
pub(super) struct Custom<'a> {
    pub(super) name: &'a str,
    pub(super) input: Cow<'a, str>,
}
