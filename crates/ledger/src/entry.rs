//! One request that is over, as it is stored: counts and names, never what was asked or answered.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// One request that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id, unlike any other's.
    pub id: Arc<str>,
    /// When it began, in milliseconds since 1970.
    pub began: i64,
    /// How long it took, in milliseconds.
    pub took: i64,
    /// From its beginning until the upstream that answered began to, in milliseconds.
    pub first_byte: Option<i64>,
    /// The listener that took it.
    pub instance: Arc<str>,
    /// The name of the client's key.
    pub key: Option<Arc<str>>,
    /// What the client calls itself, in short.
    pub client: Option<String>,
    /// The wire format that the client spoke.
    pub dialect: Cow<'static, str>,
    /// What was asked for.
    pub operation: Cow<'static, str>,
    /// The model as the client named it.
    pub model: Option<String>,
    /// Whether the answer was streamed.
    pub streamed: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// The stable word for why it failed.
    pub fault: Option<Cow<'static, str>>,
    /// Token counts, where the provider reported any.
    pub usage: Option<Usage>,
    /// Every try at an upstream, in order.
    pub attempts: Vec<Attempt>,
    /// What a translation could not carry over.
    pub losses: Vec<String>,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The client got a whole answer.
    Completed,
    /// The client got an error.
    Failed,
    /// The client left first.
    Cancelled,
    /// The answer broke off.
    Truncated,
}

impl Outcome {
    const ALL: [Self; 4] = [
        Self::Completed,
        Self::Failed,
        Self::Cancelled,
        Self::Truncated,
    ];

    /// The word that is stored.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Truncated => "truncated",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|outcome| outcome.as_str() == word)
    }
}

/// Tokens, as the provider counted them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// All that were read.
    pub input: Option<i64>,
    /// All that were written.
    pub output: Option<i64>,
    /// Those of `input` that came from a cache.
    pub cached: Option<i64>,
    /// Those of `output` that were reasoning.
    pub reasoning: Option<i64>,
}

/// One try at an upstream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The provider's id.
    pub provider: String,
    /// The account's id; none where the gateway answers by itself.
    pub account: Option<String>,
    /// The model as the provider calls it.
    pub model: String,
    /// The wire format in which it was spoken to.
    pub dialect: Cow<'static, str>,
    /// The upstream's HTTP status.
    pub status: Option<u16>,
    /// Until the upstream began to answer, in milliseconds.
    pub first_byte: Option<i64>,
    /// The stable word for why it failed.
    pub fault: Option<Cow<'static, str>>,
}
