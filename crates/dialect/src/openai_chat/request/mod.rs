//! Reads a client's request.

mod images;
mod messages;
mod parts;
mod reader;
mod tools;

use serde_json::value::RawValue;

pub(super) use self::images::remote as remote_images;
use self::reader::Object;
use crate::chat::{CacheHint, ChatRequest, Effort, Format, Sampling, Thinking};
use crate::{Dialect, Fault, LossKind, Losses, Weight};

/// Reads a request. Fails with `InvalidRequest` and the path of the field that is wrong.
pub(super) fn decode(body: &[u8], losses: &mut Losses) -> Result<ChatRequest, Fault> {
    let raw: &RawValue = serde_json::from_slice(body).map_err(|error| {
        Fault::invalid("", format!("the body is not JSON: {error}")).with_code("invalid_json")
    })?;
    let mut body = Object::open(raw, "")?;
    let model = body.required_text("model")?;
    if model.is_empty() {
        return Err(Fault::invalid("model", "\"model\" is empty"));
    }
    let mut request = ChatRequest::new(Dialect::OpenAiChat, model);
    request.stream = body.flag("stream")?.unwrap_or(false);
    if let Some(mut options) = body.object("stream_options")? {
        request.stream_usage = options.flag("include_usage")?.unwrap_or(false);
        // Padding against observers of an encrypted stream; it is no part of the answer.
        options.take("include_obfuscation");
        for (name, _) in options.rest() {
            let path = format!("stream_options.{name}");
            losses.record(path, LossKind::Dropped, Weight::Cosmetic, "not known here");
        }
    }
    let messages = body
        .list("messages")?
        .ok_or_else(|| body.missing("messages"))?;
    if messages.is_empty() {
        return Err(Fault::invalid("messages", "\"messages\" is empty"));
    }
    request.turns = messages::decode(messages, losses)?;
    tools::decode(&mut body, &mut request)?;
    request.sampling = sampling(&mut body)?;
    let deprecated = body.count("max_tokens")?;
    request.max_output_tokens = body.count("max_completion_tokens")?.or(deprecated);
    request.stop = stop(&mut body)?;
    request.candidates = candidates(&mut body)?;
    request.logprobs = logprobs(&mut body)?;
    request.thinking = thinking(&mut body)?;
    request.format = format(&mut body)?;
    request.verbosity = body.text("verbosity")?;
    request.cache_key = body.text("prompt_cache_key")?;
    let deprecated = body.text("user")?;
    request.user = body.text("safety_identifier")?.or(deprecated);
    request.service_tier = body.text("service_tier")?;
    // Anthropic's automatic caching, which some gateways' clients put beside the messages.
    request.cache = body.object("cache_control")?.map(hint).transpose()?;
    request.extra = body
        .rest()
        .map(|(name, raw)| (name, raw.to_owned()))
        .collect();
    Ok(request)
}

fn sampling(body: &mut Object<'_>) -> Result<Sampling, Fault> {
    Ok(Sampling {
        temperature: body.number("temperature")?,
        top_p: body.number("top_p")?,
        top_k: body.count("top_k")?,
        frequency_penalty: body.number("frequency_penalty")?,
        presence_penalty: body.number("presence_penalty")?,
        seed: body.integer("seed")?,
    })
}

fn stop(body: &mut Object<'_>) -> Result<Vec<String>, Fault> {
    let Some(raw) = body.take("stop") else {
        return Ok(Vec::new());
    };
    if raw.get().starts_with('[') {
        let items = reader::list(raw, "stop")?;
        return items
            .into_iter()
            .map(|(item, path)| reader::text(item, &path))
            .collect();
    }
    match reader::text(raw, "stop") {
        Ok(text) => Ok(vec![text]),
        Err(_) => Err(reader::wrong("stop", "a string or a list of strings", raw)),
    }
}

fn candidates(body: &mut Object<'_>) -> Result<Option<u32>, Fault> {
    match body.count("n")? {
        None => Ok(None),
        // OpenAI's own limits.
        Some(count @ 1..=128) => Ok(u32::try_from(count).ok()),
        Some(_) => Err(Fault::invalid("n", "\"n\" must be from 1 to 128")),
    }
}

fn logprobs(body: &mut Object<'_>) -> Result<Option<u32>, Fault> {
    let wanted = body.flag("logprobs")?;
    let top = match body.count("top_logprobs")? {
        None => None,
        Some(count @ 0..=20) => u32::try_from(count).ok(),
        Some(_) => {
            return Err(Fault::invalid(
                "top_logprobs",
                "\"top_logprobs\" must be from 0 to 20",
            ));
        }
    };
    Ok(match wanted {
        Some(true) => Some(top.unwrap_or(0)),
        Some(false) => None,
        None => top.filter(|top| *top > 0),
    })
}

/// How much to think, by OpenAI's field, OpenRouter's object, or the switch that several Chinese
/// services took over from Anthropic.
fn thinking(body: &mut Object<'_>) -> Result<Option<Thinking>, Fault> {
    let mut thinking = Thinking::default();
    if let Some(mut switch) = body.object("thinking")? {
        thinking.enabled = match switch.text("type")?.as_deref() {
            Some("enabled" | "adaptive") => Some(true),
            Some("disabled") => Some(false),
            Some(_) | None => None,
        };
        thinking.budget = switch.count("budget_tokens")?;
    }
    if let Some(mut reasoning) = body.object("reasoning")? {
        thinking.enabled = reasoning.flag("enabled")?.or(thinking.enabled);
        thinking.budget = reasoning.count("max_tokens")?.or(thinking.budget);
        thinking.visible = reasoning.flag("exclude")?.map(|exclude| !exclude);
        let path = reasoning.at("effort");
        if let Some(word) = reasoning.text("effort")? {
            thinking.effort = Some(effort(&word, &path)?);
        }
    }
    if let Some(word) = body.text("reasoning_effort")? {
        thinking.effort = Some(effort(&word, "reasoning_effort")?);
    }
    if let Some(effort) = thinking.effort {
        thinking.enabled = Some(effort != Effort::None);
    }
    Ok((thinking != Thinking::default()).then_some(thinking))
}

fn effort(word: &str, path: &str) -> Result<Effort, Fault> {
    Effort::from_name(word).ok_or_else(|| {
        let words = Effort::ALL.map(Effort::as_str).join(", ");
        Fault::invalid(path, format!("\"{path}\" must be one of {words}"))
    })
}

fn format(body: &mut Object<'_>) -> Result<Format, Fault> {
    let Some(mut format) = body.object("response_format")? else {
        return Ok(Format::Text);
    };
    match format.required_text("type")?.as_str() {
        "text" => Ok(Format::Text),
        "json_object" => Ok(Format::JsonObject),
        "json_schema" => {
            let mut json = format.required_object("json_schema")?;
            Ok(Format::JsonSchema {
                name: json.text("name")?,
                description: json.text("description")?,
                strict: json.flag("strict")?,
                schema: json
                    .take("schema")
                    .ok_or_else(|| json.missing("schema"))?
                    .to_owned(),
            })
        }
        _ => Err(Fault::invalid(
            "response_format.type",
            "\"response_format.type\" must be text, json_object or json_schema",
        )),
    }
}

/// A cache breakpoint: OpenAI's `prompt_cache_breakpoint` or Anthropic's `cache_control`.
fn hint(mut object: Object<'_>) -> Result<CacheHint, Fault> {
    let path = object.at("ttl");
    let Some(ttl) = object.text("ttl")? else {
        return Ok(CacheHint::default());
    };
    let seconds = match ttl.as_bytes().split_last() {
        Some((b's', _)) => Some(1),
        Some((b'm', _)) => Some(60),
        Some((b'h', _)) => Some(3600),
        Some(_) | None => None,
    };
    let number = ttl
        .get(..ttl.len().saturating_sub(1))
        .and_then(|text| text.parse::<u64>().ok());
    match number
        .zip(seconds)
        .and_then(|(number, unit)| number.checked_mul(unit))
    {
        Some(seconds) => Ok(CacheHint {
            seconds: Some(seconds),
        }),
        None => Err(Fault::invalid(
            path.clone(),
            format!("\"{path}\" must be a time such as 5m, 30m, 1h or 12h"),
        )),
    }
}
