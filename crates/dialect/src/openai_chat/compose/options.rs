//! Writes the options of a request, and records those that the upstream does not take.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::place;
use crate::chat::{ChatRequest, Content, Effort, Format, Role, Sampling};
use crate::{Dialect, Fault, LossKind, Losses, Target, Weight};

/// How many stop texts OpenAI takes.
const STOPS: usize = 4;

/// The form that the answer must have.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum FormatOut<'a> {
    JsonObject,
    JsonSchema { json_schema: SchemaOut<'a> },
}

#[derive(Serialize)]
pub(super) struct SchemaOut<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    schema: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

/// Probabilities cannot be translated back, so another dialect's client would never see them.
pub(super) fn logprobs(request: &ChatRequest) -> Result<Option<u32>, Fault> {
    if request.origin == Dialect::OpenAiChat || request.logprobs.is_none() {
        return Ok(request.logprobs);
    }
    let path = place::option(request.origin, "logprobs");
    let message = format!("\"{path}\" cannot be translated to this model's provider");
    Err(Fault::unsupported(path, message))
}

pub(super) fn prefill(
    request: &ChatRequest,
    target: &Target,
    losses: &mut Losses,
) -> Result<(), Fault> {
    let Some(last) = request
        .turns
        .last()
        .filter(|turn| turn.role == Role::Assistant)
    else {
        return Ok(());
    };
    let calls = last
        .blocks
        .iter()
        .any(|block| matches!(block.content, Content::ToolCall(_)));
    if calls {
        return Ok(());
    }
    let path = place::turn(request, request.turns.len() - 1);
    if !target.prefill {
        let message = format!(
            "\"{path}\" is an unfinished answer of the model, which this model does not continue"
        );
        return Err(Fault::unsupported(path, message));
    }
    if request.origin != Dialect::OpenAiChat {
        let reason = "an unfinished answer may be answered instead of continued";
        losses.record(path, LossKind::Approximated, Weight::Semantic, reason);
    }
    Ok(())
}

pub(super) fn limit(request: &ChatRequest, target: &Target, losses: &mut Losses) -> Option<u64> {
    let wanted = request.max_output_tokens?;
    let most = target.max_output_tokens.unwrap_or(u64::MAX);
    if wanted > most {
        let path = place::option(request.origin, "max_output_tokens");
        let reason = "lowered to the most that the model can answer with";
        losses.record(path, LossKind::Approximated, Weight::Cosmetic, reason);
    }
    Some(wanted.min(most))
}

pub(super) fn sampling(request: &ChatRequest, target: &Target, losses: &mut Losses) -> Sampling {
    let mut sampling = request.sampling;
    let mut lose = |name: &'static str, reason: &'static str| {
        let path = place::option(request.origin, name);
        losses.record(path, LossKind::Dropped, Weight::Semantic, reason);
    };
    if !target.sampling {
        let reason = "the model takes no sampling options";
        if sampling.temperature.take().is_some() {
            lose("temperature", reason);
        }
        if sampling.top_p.take().is_some() {
            lose("top_p", reason);
        }
        if sampling.top_k.take().is_some() {
            lose("top_k", reason);
        }
    }
    // Not OpenAI's, but a client of this dialect who sends it knows an upstream that takes it.
    if request.origin != Dialect::OpenAiChat && sampling.top_k.take().is_some() {
        lose("top_k", "not known to the provider");
    }
    sampling
}

pub(super) fn stop<'a>(request: &'a ChatRequest, losses: &mut Losses) -> &'a [String] {
    match request.stop.get(..STOPS) {
        Some(first) if request.stop.len() > STOPS => {
            let path = place::option(request.origin, "stop");
            let reason = "only the first four stop texts are sent";
            losses.record(path, LossKind::Approximated, Weight::Semantic, reason);
            first
        }
        Some(_) | None => &request.stop,
    }
}

/// How long to answer, for an upstream that knows the word.
pub(super) fn verbosity<'a>(
    request: &'a ChatRequest,
    target: &Target,
    losses: &mut Losses,
) -> Option<&'a str> {
    let verbosity = request.verbosity.as_deref()?;
    // A client of this dialect who sends it knows an upstream that takes it.
    if target.openai_additions || request.origin == Dialect::OpenAiChat {
        return Some(verbosity);
    }
    let path = place::option(request.origin, "verbosity");
    losses.record(
        path,
        LossKind::Dropped,
        Weight::Cosmetic,
        "not known to the provider",
    );
    None
}

/// The effort asked for, or the one that a budget of tokens stands for.
pub(super) fn effort(
    request: &ChatRequest,
    target: &Target,
    losses: &mut Losses,
) -> Option<&'static str> {
    let thinking = request.thinking?;
    let path = place::option(request.origin, "reasoning");
    let mut near = |kind, reason| losses.record(path, kind, Weight::Cosmetic, reason);
    let effort = match (thinking.enabled, thinking.effort, thinking.budget) {
        (Some(false), _, _) => Some(Effort::None),
        (_, Some(effort), _) => Some(effort),
        (_, None, Some(budget)) => {
            near(
                LossKind::Approximated,
                "a budget of tokens is sent as an effort",
            );
            Some(Effort::from_budget(budget))
        }
        // Thinking is the model's default; how hard is left to the provider.
        (_, None, None) => None,
    };
    if thinking.visible == Some(false) {
        near(
            LossKind::Dropped,
            "thoughts cannot be left out of the answer",
        );
    }
    if effort.is_some() && !target.adaptive_thinking {
        near(LossKind::Dropped, "the model takes no effort");
        return None;
    }
    effort.map(Effort::as_str)
}

pub(super) fn format(format: &Format) -> Option<FormatOut<'_>> {
    match format {
        Format::Text => None,
        Format::JsonObject => Some(FormatOut::JsonObject),
        Format::JsonSchema {
            name,
            description,
            schema,
            strict,
        } => {
            let json_schema = SchemaOut {
                // OpenAI requires a name; other dialects have none.
                name: name
                    .as_deref()
                    .filter(|name| !name.is_empty())
                    .unwrap_or("response"),
                description: description.as_deref(),
                schema,
                strict: *strict,
            };
            Some(FormatOut::JsonSchema { json_schema })
        }
    }
}

/// An identifier as OpenAI takes it: at most 64 characters, and no e-mail address of a person.
/// Others are hashed, so that the same one stays the same.
pub(super) fn identifier<'a>(
    text: &'a str,
    name: &'static str,
    origin: Dialect,
    losses: &mut Losses,
) -> Cow<'a, str> {
    if text.chars().count() <= 64 && !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let path = place::option(origin, name);
    let reason = "sent as a hash: too long, or an e-mail address";
    losses.record(path, LossKind::Approximated, Weight::Cosmetic, reason);
    let mut hash = String::with_capacity(64);
    for byte in Sha256::digest(text) {
        let _infallible = write!(hash, "{byte:02x}");
    }
    Cow::Owned(hash)
}

pub(super) fn tier<'a>(request: &'a ChatRequest, losses: &mut Losses) -> Option<&'a str> {
    let word = request.service_tier.as_deref()?;
    match (request.origin, word) {
        (Dialect::OpenAiChat | Dialect::OpenAiResponses, word) => Some(word),
        (Dialect::AnthropicMessages, "standard_only") | (Dialect::Gemini, "standard") => {
            Some("default")
        }
        (_, "auto" | "default" | "flex" | "priority") => Some(word),
        (_, _) => {
            let reason = "not known to the provider";
            losses.record("service_tier", LossKind::Dropped, Weight::Cosmetic, reason);
            None
        }
    }
}

/// Fields of other dialects that do not change what an answer means.
const HARMLESS: [&str; 12] = [
    "metadata",
    "context_management",
    "client_metadata",
    "store",
    "include",
    "labels",
    "keep_alive",
    "diagnostics",
    "prompt_cache_retention",
    "prompt_cache_options",
    "stream_options",
    "inference_geo",
];

pub(super) fn lose_extra(request: &ChatRequest, losses: &mut Losses) {
    for (name, _) in &request.extra {
        let weight = if HARMLESS.contains(&name.as_str()) {
            Weight::Cosmetic
        } else {
            Weight::Semantic
        };
        losses.record(
            name,
            LossKind::Dropped,
            weight,
            "not known to the provider's dialect",
        );
    }
}
