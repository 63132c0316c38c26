//! Writes a request for an upstream.

mod content;
mod names;
mod options;
mod place;
mod results;
mod tools;
mod turns;
mod wire;

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use self::content::Setting;
use self::names::Names;
use self::options::FormatOut;
use self::tools::{ChoiceOut, ToolOut};
use self::wire::Message;
use crate::chat::ChatRequest;
use crate::{Dialect, EncodedRequest, Fault, LossKind, Losses, Target, Weight};

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
    let logprobs = options::logprobs(request)?;
    options::prefill(request, target, losses)?;
    let tools = tools::tools(request, target, &names, losses)?;
    let setting = Setting {
        origin: request.origin,
        breakpoints: target.openai_additions,
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
    let limit = options::limit(request, target, losses);
    let sampling = options::sampling(request, target, losses);
    if request.candidates.is_some_and(|count| count > 1) && !own {
        let path = place::option(request.origin, "n");
        let reason = "only the first answer is translated back";
        losses.record(path, LossKind::Approximated, Weight::Semantic, reason);
    }
    let user = request
        .user
        .as_deref()
        .map(|user| options::identifier(user, "user", request.origin, losses));
    let (safety_identifier, user) = if target.openai_additions {
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
        stop: options::stop(request, losses),
        n: request.candidates,
        logprobs: logprobs.map(|_| true),
        top_logprobs: logprobs.filter(|top| *top > 0),
        reasoning_effort: options::effort(request, target, losses),
        response_format: options::format(&request.format),
        verbosity: options::verbosity(request, target, losses),
        prompt_cache_key: request
            .cache_key
            .as_deref()
            .map(|key| options::identifier(key, "prompt_cache_key", request.origin, losses)),
        safety_identifier,
        user,
        service_tier: options::tier(request, losses),
        extra: Extra(if own { &request.extra } else { &[] }),
    };
    if !own {
        options::lose_extra(request, losses);
    }
    let body = serde_json::to_vec(&body).map_err(|error| {
        Fault::invalid("", format!("the request could not be written: {error}"))
    })?;
    Ok(EncodedRequest {
        body,
        aliases: names.aliases(),
    })
}
