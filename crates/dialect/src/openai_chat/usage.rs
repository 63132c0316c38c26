//! Token counts as this dialect writes them.

use serde::Serialize;

use crate::chat::Usage;

/// The `usage` object. Only made of known counts: a client takes a zero for a fact.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct UsageOut {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_tokens_details: Option<PromptOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completion_tokens_details: Option<CompletionOut>,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct PromptOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    cached_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_write_tokens: Option<u64>,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct CompletionOut {
    reasoning_tokens: u64,
}

impl UsageOut {
    /// The object, or `None` where input or output is unknown, which clients require.
    pub(super) fn of(usage: &Usage) -> Option<Self> {
        let (prompt_tokens, completion_tokens) = usage.input.zip(usage.output)?;
        let cached = usage.cache_read.or(usage.cache_write).is_some();
        Some(Self {
            prompt_tokens,
            completion_tokens,
            total_tokens: prompt_tokens.saturating_add(completion_tokens),
            prompt_tokens_details: cached.then_some(PromptOut {
                cached_tokens: usage.cache_read,
                cache_write_tokens: usage.cache_write,
            }),
            completion_tokens_details: usage
                .reasoning
                .map(|reasoning_tokens| CompletionOut { reasoning_tokens }),
        })
    }
}
