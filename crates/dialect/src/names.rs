//! What a wire format is called and what can be asked in one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A wire format: the grammar of requests, answers, streams and errors on one API surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// OpenAI's `POST /chat/completions` and the paths around it.
    #[serde(rename = "openai-chat")]
    OpenAiChat,
    /// OpenAI's `POST /responses`.
    #[serde(rename = "openai-responses")]
    OpenAiResponses,
    /// Anthropic's `POST /v1/messages`.
    AnthropicMessages,
    /// Google's `models/{model}:generateContent`.
    Gemini,
    /// Ollama's `/api/chat`.
    Ollama,
}

impl Dialect {
    /// Every dialect, in the order in which an endpoint is preferred when none speaks the client's.
    pub const ALL: [Self; 5] = [
        Self::OpenAiChat,
        Self::AnthropicMessages,
        Self::OpenAiResponses,
        Self::Gemini,
        Self::Ollama,
    ];

    /// The name used in configuration, manifests and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenAiChat => "openai-chat",
            Self::OpenAiResponses => "openai-responses",
            Self::AnthropicMessages => "anthropic-messages",
            Self::Gemini => "gemini",
            Self::Ollama => "ollama",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.as_str() == name)
            .ok_or_else(|| UnknownName(name.to_owned()))
    }
}

/// What a client asks for, apart from the grammar it asks in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// A conversation's next turn.
    Chat,
    /// Text that goes on where a prompt ends (OpenAI's legacy `/completions`).
    Complete,
    /// Vectors for texts.
    Embed,
    /// A verdict on whether a text breaks a policy.
    Moderate,
    /// A picture made from words.
    Image,
    /// A picture made from other pictures and words.
    EditImage,
    /// Words said aloud.
    Speech,
    /// What is said in a recording, in its own language.
    Transcribe,
    /// What is said in a recording, in English.
    TranslateSpeech,
    /// How many tokens a request would take.
    Count,
    /// Which models there are.
    Models,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 11] = [
        Self::Chat,
        Self::Complete,
        Self::Embed,
        Self::Moderate,
        Self::Image,
        Self::EditImage,
        Self::Speech,
        Self::Transcribe,
        Self::TranslateSpeech,
        Self::Count,
        Self::Models,
    ];

    /// Whether a recording or a picture comes with it, so that clients send it as a form of several
    /// parts.
    #[must_use]
    pub fn takes_files(self) -> bool {
        match self {
            Self::EditImage | Self::Transcribe | Self::TranslateSpeech => true,
            Self::Chat
            | Self::Complete
            | Self::Embed
            | Self::Moderate
            | Self::Image
            | Self::Speech
            | Self::Count
            | Self::Models => false,
        }
    }

    /// The name used in manifests and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Complete => "complete",
            Self::Embed => "embed",
            Self::Moderate => "moderate",
            Self::Image => "image",
            Self::EditImage => "edit-image",
            Self::Speech => "speech",
            Self::Transcribe => "transcribe",
            Self::TranslateSpeech => "translate-speech",
            Self::Count => "count",
            Self::Models => "models",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is none of the dialects.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown dialect \"{0}\"; one of openai-chat, openai-responses, anthropic-messages, gemini, ollama"
)]
pub struct UnknownName(pub String);
