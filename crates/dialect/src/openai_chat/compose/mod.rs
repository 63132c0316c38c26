//! Writes a request for an upstream.

mod content;
mod names;
mod place;
mod tools;
mod turns;
mod wire;

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use self::content::Setting;
use self::names::Names;
use self::tools::{ChoiceOut, ToolOut};
use self::wire::Message;
use crate::chat::{ChatRequest, Effort, Format, Role};
use crate::{Dialect, EncodedRequest, Fault, LossKind, Losses, Target, Weight};

/// How many stop texts OpenAI takes.
const STOPS: usize = 4;

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<ToolOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<ChoiceOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel_tool_calls: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_logprobs: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<FormatOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verbosity: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_key: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    safety_identifier: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<&'a str>,
    #[serde(flatten)]
    extra: Extra<'a>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum FormatOut<'a> {
    JsonObject,
    JsonSchema { json_schema: SchemaOut<'a> },
}

#[derive(Serialize)]
struct SchemaOut<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    schema: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

/// Fields of the same dialect that mean nothing here, as the client wrote them.
struct Extra<'a>(&'a [(String, Box<RawValue>)]);

impl Serialize for Extra<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, raw)| (name, raw)))
    }
}

/// Writes a request.
pub(super) fn encode(
    request: &ChatRequest,
    target: &Target,
    losses: &mut Losses,
) -> Result<EncodedRequest, Fault> {
    let own = request.origin == Dialect::OpenAiChat;
    let names = Names::of(request);
    let logprobs = logprobs(request)?;
    prefill(request, target, losses)?;
    let tools = tools::tools(request, target, &names, losses)?;
    let setting = Setting {
        origin: request.origin,
        // Upstreams that only know the older fields refuse the newest ones.
        breakpoints: target.max_completion_tokens,
        losses: &mut *losses,
    };
    let messages = turns::compose(request, &names, target.developer_role, setting)?;
    if messages.is_empty() {
        return Err(Fault::invalid(
            "messages",
            "nothing of the conversation is left to send",
        ));
    }
    // Without tools both of these are refused.
    let tool_choice = (!tools.is_empty())
        .then(|| tools::choice(request, target, &names, losses))
        .flatten();
    let parallel_tool_calls = request.parallel_tool_calls.filter(|_| !tools.is_empty());
    let limit = limit(request, target, losses);
    let sampling = sampling(request, target, losses);
    if request.candidates.is_some_and(|count| count > 1) && !own {
        let path = place::option(request.origin, "n");
        let reason = "only the first answer is translated back";
        losses.record(path, LossKind::Approximated, Weight::Semantic, reason);
    }
    let user = request
        .user
        .as_deref()
        .map(|user| identifier(user, "user", request.origin, losses));
    let (safety_identifier, user) = if target.max_completion_tokens {
        (user, None)
    } else {
        (None, user)
    };
    let body = Body {
        model: &target.model,
        messages,
        stream: request.stream,
        stream_options: (request.stream && target.stream_usage).then_some(StreamOptions {
            include_usage: true,
        }),
        tools,
        tool_choice,
        parallel_tool_calls,
        max_completion_tokens: limit.filter(|_| target.max_completion_tokens),
        max_tokens: limit.filter(|_| !target.max_completion_tokens),
        temperature: sampling.temperature,
        top_p: sampling.top_p,
        top_k: sampling.top_k,
        frequency_penalty: sampling.frequency_penalty,
        presence_penalty: sampling.presence_penalty,
        seed: sampling.seed,
        stop: stop(request, losses),
        n: request.candidates,
        logprobs: logprobs.map(|_| true),
        top_logprobs: logprobs.filter(|top| *top > 0),
        reasoning_effort: effort(request, target, losses),
        response_format: format(&request.format),
        verbosity: request.verbosity.as_deref(),
        prompt_cache_key: request
            .cache_key
            .as_deref()
            .map(|key| identifier(key, "prompt_cache_key", request.origin, losses)),
        safety_identifier,
        user,
        service_tier: tier(request, losses),
        extra: Extra(if own { &request.extra } else { &[] }),
    };
    if !own {
        lose_extra(request, losses);
    }
    let body = serde_json::to_vec(&body).map_err(|error| {
        Fault::invalid("", format!("the request could not be written: {error}"))
    })?;
    Ok(EncodedRequest {
        body,
        aliases: names.aliases(),
    })
}

/// Probabilities cannot be translated back, so another dialect's client would never see them.
fn logprobs(request: &ChatRequest) -> Result<Option<u32>, Fault> {
    if request.origin == Dialect::OpenAiChat || request.logprobs.is_none() {
        return Ok(request.logprobs);
    }
    let path = place::option(request.origin, "logprobs");
    let message = format!("\"{path}\" cannot be translated to this model's provider");
    Err(Fault::unsupported(path, message))
}

fn prefill(request: &ChatRequest, target: &Target, losses: &mut Losses) -> Result<(), Fault> {
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
        .any(|block| matches!(block.content, crate::chat::Content::ToolCall(_)));
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

fn limit(request: &ChatRequest, target: &Target, losses: &mut Losses) -> Option<u64> {
    let wanted = request.max_output_tokens?;
    let most = target.max_output_tokens.unwrap_or(u64::MAX);
    if wanted > most {
        let path = place::option(request.origin, "max_output_tokens");
        let reason = "lowered to the most that the model can answer with";
        losses.record(path, LossKind::Approximated, Weight::Cosmetic, reason);
    }
    Some(wanted.min(most))
}

fn sampling(request: &ChatRequest, target: &Target, losses: &mut Losses) -> crate::chat::Sampling {
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

fn stop<'a>(request: &'a ChatRequest, losses: &mut Losses) -> &'a [String] {
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

/// The effort asked for, or the one that a budget of tokens stands for.
fn effort(request: &ChatRequest, target: &Target, losses: &mut Losses) -> Option<&'static str> {
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

fn format(format: &Format) -> Option<FormatOut<'_>> {
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
fn identifier<'a>(
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

fn tier<'a>(request: &'a ChatRequest, losses: &mut Losses) -> Option<&'a str> {
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

fn lose_extra(request: &ChatRequest, losses: &mut Losses) {
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
