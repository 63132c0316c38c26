//! A client's Messages request, read into the canonical chat.

mod content;
mod images;
mod tools;

use serde_json::value::RawValue;

pub(super) use self::images::remote as remote_images;
use super::read::{Fields, Path, list, text};
use crate::chat::{CacheHint, ChatRequest, Effort, Format, Role, Thinking, Turn};
use crate::{Dialect, Fault, LossKind, Losses, Weight};

/// Reads a whole request.
pub(super) fn request(body: &[u8], losses: &mut Losses) -> Result<ChatRequest, Fault> {
    let raw: &RawValue = serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Fault::invalid(
            "",
            format!("the body is not valid JSON at line {line} column {column}"),
        )
        .with_code("invalid_json")
    })?;
    let root = Path::ROOT;
    let mut fields = Fields::of(raw, &root)?;
    let model = fields.required_text("model")?;
    let mut request = ChatRequest::new(Dialect::AnthropicMessages, model);
    request.max_output_tokens = Some(fields.required("max_tokens", "a whole number of tokens")?);
    request.stream = fields.optional("stream", "true or false")?.unwrap_or(false);
    // Streams of this dialect always say what they cost.
    request.stream_usage = true;
    if let Some(raw) = fields.take("system") {
        let blocks = content::blocks(raw, &root.key("system"), losses)?;
        request.turns.push(Turn {
            role: Role::System,
            name: None,
            blocks,
        });
    }
    turns(fields.required_raw("messages")?, &mut request, losses)?;
    if let Some(raw) = fields.take("tools") {
        request.tools = tools::tools(raw, losses)?;
    }
    if let Some(raw) = fields.take("tool_choice") {
        tools::choice(raw, &mut request, losses)?;
    }
    request.stop = fields
        .optional("stop_sequences", "a list of strings")?
        .unwrap_or_default();
    request.sampling.temperature = fields.optional("temperature", "a number")?;
    request.sampling.top_p = fields.optional("top_p", "a number")?;
    request.sampling.top_k = fields.optional("top_k", "a whole number")?;
    request.service_tier = fields.text("service_tier")?;
    if let Some(raw) = fields.take("thinking") {
        request.thinking = Some(thinking(raw, losses)?);
    }
    if let Some(raw) = fields.take("output_config") {
        output_config(raw, &mut request, losses)?;
    }
    if let Some(raw) = fields.take("output_format") {
        // Where the form of the answer stood before `output_config` had it.
        request.format = format(raw, &root.key("output_format"), losses)?;
    }
    if let Some(raw) = fields.take("metadata") {
        let path = root.key("metadata");
        let mut metadata = Fields::of(raw, &path)?;
        request.user = metadata.text("user_id")?;
        metadata.drop_rest(losses);
    }
    request.cache = cache(&mut fields, losses)?;
    request.extra = fields
        .rest()
        .map(|(key, raw)| (key.0.into_owned(), raw.to_owned()))
        .collect();
    Ok(request)
}

fn turns(raw: &RawValue, request: &mut ChatRequest, losses: &mut Losses) -> Result<(), Fault> {
    let root = Path::ROOT;
    let messages = root.key("messages");
    for (index, raw) in list(raw, &messages)?.into_iter().enumerate() {
        let path = messages.index(index);
        let mut fields = Fields::of(raw, &path)?;
        let role = match fields.required_text("role")?.as_str() {
            "user" => Role::User,
            "assistant" => Role::Assistant,
            "system" => Role::System,
            _ => return Err(path.key("role").must_be("user, assistant or system")),
        };
        let content = fields.required_raw("content")?;
        let blocks = content::blocks(content, &path.key("content"), losses)?;
        fields.drop_rest(losses);
        request.turns.push(Turn {
            role,
            name: None,
            blocks,
        });
    }
    Ok(())
}

fn thinking(raw: &RawValue, losses: &mut Losses) -> Result<Thinking, Fault> {
    let root = Path::ROOT;
    let path = root.key("thinking");
    let mut fields = Fields::of(raw, &path)?;
    let budget = fields.optional("budget_tokens", "a whole number of tokens")?;
    let mut thinking = Thinking {
        budget,
        ..Thinking::default()
    };
    match fields.required_text("type")?.as_str() {
        "enabled" if budget.is_none() => {
            return Err(path
                .key("budget_tokens")
                .must_be("given with thinking enabled"));
        }
        "adaptive" | "enabled" => thinking.enabled = Some(true),
        "disabled" => thinking.enabled = Some(false),
        "between_tools" => {
            thinking.enabled = Some(true);
            losses.record(
                "thinking.type",
                LossKind::Approximated,
                Weight::Cosmetic,
                "elsewhere a model thinks or does not",
            );
        }
        _ => {
            let words = "adaptive, enabled, between_tools or disabled";
            return Err(path.key("type").must_be(words));
        }
    }
    thinking.visible = match fields.text("display")?.as_deref() {
        None => None,
        Some("summarized") => Some(true),
        Some("omitted") => Some(false),
        Some(_) => return Err(path.key("display").must_be("summarized or omitted")),
    };
    fields.drop_rest(losses);
    Ok(thinking)
}

fn output_config(
    raw: &RawValue,
    request: &mut ChatRequest,
    losses: &mut Losses,
) -> Result<(), Fault> {
    let root = Path::ROOT;
    let path = root.key("output_config");
    let mut fields = Fields::of(raw, &path)?;
    if let Some(word) = fields.text("effort")? {
        let effort = Effort::from_name(&word).ok_or_else(|| {
            path.key("effort")
                .must_be("low, medium, high, xhigh or max")
        })?;
        request.thinking.get_or_insert_default().effort = Some(effort);
    }
    if let Some(raw) = fields.take("format") {
        request.format = format(raw, &path.key("format"), losses)?;
    }
    fields.drop_rest(losses);
    Ok(())
}

fn format(raw: &RawValue, path: &Path<'_>, losses: &mut Losses) -> Result<Format, Fault> {
    let mut fields = Fields::of(raw, path)?;
    if fields.required_text("type")? != "json_schema" {
        return Err(path.key("type").must_be("json_schema"));
    }
    let schema = fields.required_raw("schema")?;
    let name = fields.text("name")?;
    fields.drop_rest(losses);
    Ok(Format::JsonSchema {
        name,
        description: None,
        schema: schema.to_owned(),
        strict: None,
    })
}

/// Takes the object's `cache_control`.
fn cache(fields: &mut Fields<'_, '_>, losses: &mut Losses) -> Result<Option<CacheHint>, Fault> {
    let Some(raw) = fields.take("cache_control") else {
        return Ok(None);
    };
    let path = fields.path().key("cache_control");
    let mut control = Fields::of(raw, &path)?;
    if text(control.required_raw("type")?, &path.key("type"))? != "ephemeral" {
        return Err(path.key("type").must_be("ephemeral"));
    }
    let seconds = match control.text("ttl")?.as_deref() {
        None => None,
        Some("5m") => Some(300),
        Some("1h") => Some(3600),
        Some(_) => return Err(path.key("ttl").must_be("5m or 1h")),
    };
    control.drop_rest(losses);
    Ok(Some(CacheHint { seconds }))
}
