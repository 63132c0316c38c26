//! A canonical request, written for an upstream that speaks Messages.

mod content;
mod image;
mod names;
mod rules;
mod thinking;
mod tools;
mod turns;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write as _;

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::wire::{CacheControl, Part, Sent, is_false};
use crate::chat::{ChatRequest, Content, Format, Role, ToolKind, Turn};
use crate::{Dialect, EncodedRequest, Fault, LossKind, Losses, Target, Weight};
use content::Writer;
use names::Names;
use thinking::Wanted;
use tools::{Choice, Declared, Schema};
use turns::{Conversation, Message};

/// What is asked for in words when any JSON object will do.
const ANY_OBJECT: &str = "Answer with one JSON object and nothing else.";

#[derive(serde::Serialize)]
struct Body<'a> {
    model: &'a str,
    max_tokens: u64,
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "as_body")]
    system: Vec<Sent<'a>>,
    messages: Vec<Message<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Declared<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Choice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<Wanted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_config: Option<OutputConfig<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stop_sequences: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Metadata<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<CacheControl>,
    #[serde(skip_serializing_if = "is_false")]
    stream: bool,
    #[serde(flatten)]
    extra: Extra<'a>,
}

#[derive(serde::Serialize)]
struct OutputConfig<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    effort: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Form<'a>>,
}

#[derive(serde::Serialize)]
struct Form<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    schema: Schema<'a>,
}

#[derive(serde::Serialize)]
struct Metadata<'a> {
    user_id: Cow<'a, str>,
}

/// Fields that the client wrote in this very dialect.
struct Extra<'a>(&'a [(String, Box<RawValue>)]);

impl Serialize for Extra<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, raw) in self.0 {
            map.serialize_entry(key, raw)?;
        }
        map.end()
    }
}

/// Writes content as one text where that says all, else as blocks.
fn as_body<S: Serializer>(content: &[Sent<'_>], serializer: S) -> Result<S::Ok, S::Error> {
    match content {
        [
            Sent {
                part: Part::Text { text, citations },
                cache_control: None,
            },
        ] if citations.is_empty() => text.serialize(serializer),
        blocks => blocks.serialize(serializer),
    }
}

/// Writes a whole request.
pub(super) fn request(
    request: &ChatRequest,
    target: &Target,
    losses: &mut Losses,
) -> Result<EncodedRequest, Fault> {
    refuse(request)?;
    let names = Names::of(request);
    let begins = content::begins(request.origin, &request.turns);
    let mut writer = Writer {
        origin: request.origin,
        begins: &begins,
        names: &names,
        losses,
    };
    let extra = extra(request, &mut writer)?;
    let mut settings = thinking::settle(
        request.max_output_tokens,
        request.thinking.as_ref(),
        target,
        &mut writer,
    );
    let format = format(request, &mut writer);
    let (mut system, head) = system(&request.turns, &mut writer)?;
    if matches!(request.format, Format::JsonObject) {
        system.push(Sent::text(ANY_OBJECT));
    }
    let tools = tools::tools(request, &mut writer)?;
    let tool_choice = tools::choice(request, &tools, &writer)?;
    let stop_sequences = stop(request, &mut writer);
    let metadata = metadata(request, &mut writer);
    let service_tier = service_tier(request, &mut writer);
    unspoken(request, &mut writer);
    let cache_control = request.cache.map(|hint| writer.breakpoint(hint, "request"));

    let free = request.tools.iter().filter_map(|tool| match tool.kind {
        ToolKind::Custom { .. } => Some(tool.name.as_str()),
        ToolKind::Function { .. } | ToolKind::Server { .. } => None,
    });
    let free: HashSet<&str> = free.collect();
    let mut turn_writer = Writer {
        origin: request.origin,
        begins: &begins,
        names: &names,
        losses: writer.losses,
    };
    let messages = Conversation::new(
        &mut turn_writer,
        &request.turns,
        free,
        target.system_anywhere,
    )
    .messages(head)?;
    let mut body = Body {
        model: &target.model,
        max_tokens: settings.max_tokens,
        system,
        messages,
        tools,
        tool_choice,
        thinking: None,
        output_config: None,
        stop_sequences,
        temperature: None,
        top_p: None,
        top_k: None,
        metadata,
        service_tier,
        cache_control,
        stream: request.stream,
        extra,
    };
    let mut writer = Writer {
        origin: request.origin,
        begins: &begins,
        names: &names,
        losses,
    };
    rules::prefill(&mut body, target, &mut writer)?;
    rules::contradictions(&body, &mut settings.thinking, &mut writer);
    let thinks = settings.thinking.as_ref().is_some_and(Wanted::is_on);
    let sampling = thinking::sampling(&request.sampling, thinks, target, &mut writer);
    (body.temperature, body.top_p, body.top_k) =
        (sampling.temperature, sampling.top_p, sampling.top_k);
    body.thinking = settings.thinking;
    if settings.effort.is_some() || format.is_some() {
        body.output_config = Some(OutputConfig {
            effort: settings.effort,
            format,
        });
    }
    rules::breakpoints(&mut body, &mut writer);

    let json = serde_json::to_vec(&body).map_err(|_| {
        Fault::new(
            crate::Origin::Gateway,
            crate::FaultKind::Internal,
            "the request cannot be written",
        )
    })?;
    drop(body);
    Ok(EncodedRequest {
        body: json,
        aliases: names.into_aliases(),
    })
}

/// What must not be dropped and cannot be said.
fn refuse(request: &ChatRequest) -> Result<(), Fault> {
    if request.candidates.is_some_and(|count| count > 1) {
        return Err(Fault::unsupported(
            "n",
            "the target gives one answer to a request",
        ));
    }
    if request.logprobs.is_some() {
        return Err(Fault::unsupported(
            "logprobs",
            "the target does not tell probabilities",
        ));
    }
    Ok(())
}

/// Top-level fields of the client's own dialect: kept for this one, else dropped, or refused
/// where the answer would be to another question.
fn extra<'a>(request: &'a ChatRequest, writer: &mut Writer<'_>) -> Result<Extra<'a>, Fault> {
    if request.origin == Dialect::AnthropicMessages {
        return Ok(Extra(&request.extra));
    }
    for (key, raw) in &request.extra {
        match key.as_str() {
            "previous_response_id" | "conversation" | "cachedContent" | "cached_content" => {
                let words = format!("{key} refers to what another provider keeps");
                return Err(Fault::unsupported(key.as_str(), words));
            }
            "background" if raw.get() == "true" => {
                return Err(Fault::unsupported(
                    key.as_str(),
                    "the target answers at once or never",
                ));
            }
            "modalities" | "responseModalities" if raw.get().to_lowercase().contains("audio") => {
                return Err(Fault::unsupported(
                    key.as_str(),
                    "the target does not speak aloud",
                ));
            }
            // Became a tool.
            "web_search_options" => {}
            "logit_bias" | "prediction" | "truncation" => {
                writer.dropped(key, Weight::Semantic, "not known to the upstream");
            }
            _ => writer.dropped(key, Weight::Cosmetic, "not known to the upstream"),
        }
    }
    Ok(Extra(&[]))
}

fn format<'a>(request: &'a ChatRequest, writer: &mut Writer<'_>) -> Option<Form<'a>> {
    let schema = match &request.format {
        Format::Text => return None,
        Format::JsonObject => {
            // A schema cannot say it: Anthropic refuses one that leaves an object open.
            let reason = "asked for in words";
            writer.losses.record(
                "response_format",
                LossKind::Emulated,
                Weight::Cosmetic,
                reason,
            );
            return None;
        }
        Format::JsonSchema {
            description,
            schema,
            ..
        } => {
            if description.is_some() {
                let path = "response_format.json_schema.description";
                writer.dropped(path, Weight::Cosmetic, "a form has no description here");
            }
            Schema::Borrowed(schema)
        }
    };
    Some(Form {
        kind: "json_schema",
        schema,
    })
}

/// The system text at the head, each block its own so that caches hit, and where the
/// conversation begins.
fn system<'a>(turns: &'a [Turn], writer: &mut Writer<'_>) -> Result<(Vec<Sent<'a>>, usize), Fault> {
    let is_system = |turn: &Turn| matches!(turn.role, Role::System | Role::Developer);
    let head = turns.iter().take_while(|turn| is_system(turn)).count();
    let mut system = Vec::new();
    for (at, turn) in turns.iter().enumerate().take(head) {
        for (index, block) in turn.blocks.iter().enumerate() {
            let place = writer.block_place(at, index, &block.content);
            if matches!(block.content, Content::Reasoning(_)) {
                writer.dropped(&place, Weight::Cosmetic, "only a model thinks");
                continue;
            }
            system.extend(writer.block(block, turn.role, &place)?);
        }
    }
    Ok((system, head))
}

fn stop<'a>(request: &'a ChatRequest, writer: &mut Writer<'_>) -> Vec<&'a str> {
    let mut stop = Vec::with_capacity(request.stop.len());
    for text in &request.stop {
        if text.trim().is_empty() {
            writer.dropped(
                "stop",
                Weight::Semantic,
                "a stop of nothing but space is refused",
            );
        } else {
            stop.push(text.as_str());
        }
    }
    stop
}

/// Whom the request is for: never an e-mail address, which Anthropic asks not to be sent.
fn metadata<'a>(request: &'a ChatRequest, writer: &mut Writer<'_>) -> Option<Metadata<'a>> {
    let user = request.user.as_deref()?;
    let is_address = user
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !user.contains(' '));
    if request.origin == Dialect::AnthropicMessages || !is_address {
        return Some(Metadata {
            user_id: Cow::Borrowed(user),
        });
    }
    let mut hash = String::with_capacity(64);
    for byte in Sha256::digest(user.as_bytes()) {
        let _infallible = write!(hash, "{byte:02x}");
    }
    writer.approximated(
        "user",
        Weight::Cosmetic,
        "an e-mail address is sent as its hash",
    );
    Some(Metadata {
        user_id: Cow::Owned(hash),
    })
}

fn service_tier<'a>(request: &'a ChatRequest, writer: &mut Writer<'_>) -> Option<&'a str> {
    let tier = request.service_tier.as_deref()?;
    if request.origin == Dialect::AnthropicMessages {
        return Some(tier);
    }
    match tier {
        "auto" => Some("auto"),
        "priority" | "fast" => {
            writer.approximated(
                "service_tier",
                Weight::Cosmetic,
                "the nearest class is auto",
            );
            Some("auto")
        }
        "default" | "standard" => Some("standard_only"),
        _ => {
            writer.dropped("service_tier", Weight::Cosmetic, "no such class of service");
            None
        }
    }
}

fn unspoken(request: &ChatRequest, writer: &mut Writer<'_>) {
    if request.verbosity.is_some() {
        writer.dropped("verbosity", Weight::Cosmetic, "not known to the upstream");
    }
    if request.cache_key.is_some() {
        writer.dropped(
            "prompt_cache_key",
            Weight::Cosmetic,
            "caches are found by their text",
        );
    }
}
