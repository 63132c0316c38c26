//! Where something stands in the client's request, in the words of the client's dialect.

use crate::Dialect;
use crate::chat::{ChatRequest, Role};

/// The path of a turn. Dialects with a field of their own for system text do not count it.
pub(super) fn turn(request: &ChatRequest, index: usize) -> String {
    let heads = request
        .turns
        .first()
        .is_some_and(|turn| turn.role == Role::System);
    let (system, list) = match request.origin {
        Dialect::OpenAiChat | Dialect::Ollama => (None, "messages"),
        Dialect::AnthropicMessages => (Some("system"), "messages"),
        Dialect::OpenAiResponses => (Some("instructions"), "input"),
        Dialect::Gemini => (Some("systemInstruction"), "contents"),
    };
    match system {
        Some(system) if heads && index == 0 => system.to_owned(),
        Some(_) if heads => format!("{list}[{}]", index - 1),
        Some(_) | None => format!("{list}[{index}]"),
    }
}

/// The path of a block of a turn.
pub(super) fn block(request: &ChatRequest, index: usize, block: usize) -> String {
    let place = turn(request, index);
    match request.origin {
        Dialect::AnthropicMessages if place == "system" => format!("{place}[{block}]"),
        Dialect::Gemini => format!("{place}.parts[{block}]"),
        Dialect::OpenAiChat
        | Dialect::OpenAiResponses
        | Dialect::AnthropicMessages
        | Dialect::Ollama => format!("{place}.content[{block}]"),
    }
}

/// The name of a top-level option that is called differently in other dialects.
pub(super) fn option(origin: Dialect, name: &'static str) -> &'static str {
    match (origin, name) {
        (Dialect::AnthropicMessages, "stop") => "stop_sequences",
        (Dialect::AnthropicMessages, "user") => "metadata.user_id",
        (Dialect::AnthropicMessages, "max_output_tokens") => "max_tokens",
        (Dialect::OpenAiChat, "max_output_tokens") => "max_completion_tokens",
        (Dialect::OpenAiChat, "reasoning") => "reasoning_effort",
        (Dialect::AnthropicMessages, "reasoning") => "thinking",
        (Dialect::Gemini, "reasoning") => "generationConfig.thinkingConfig",
        (Dialect::Ollama, "reasoning") => "think",
        (Dialect::Gemini, "top_k") => "generationConfig.topK",
        (Dialect::Gemini, "top_p") => "generationConfig.topP",
        (Dialect::Gemini, "temperature") => "generationConfig.temperature",
        (Dialect::Gemini, "stop") => "generationConfig.stopSequences",
        (Dialect::Gemini, "n") => "generationConfig.candidateCount",
        (Dialect::Gemini, "logprobs") => "generationConfig.responseLogprobs",
        (Dialect::Gemini, "max_output_tokens") => "generationConfig.maxOutputTokens",
        (Dialect::Ollama, "top_k") => "options.top_k",
        (Dialect::Ollama, "max_output_tokens") => "options.num_predict",
        (Dialect::OpenAiResponses, "logprobs") => "top_logprobs",
        (_, name) => name,
    }
}
