//! The tools of a canonical request in this dialect, and which of them must be called.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use super::super::wire::{CacheControl, is_false};
use super::content::Writer;
use crate::chat::{ChatRequest, Tool, ToolKind, ToolMode};
use crate::{Dialect, Fault, LossKind, Weight};

/// A schema that takes nothing.
const NOTHING: &str = r#"{"type":"object","properties":{}}"#;
/// The schema that stands in for free text.
const FREE: &str = r#"{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}"#;
/// The oldest version of the provider's own web search, which every model with search knows.
const WEB_SEARCH: &str = r#"{"type":"web_search_20250305","name":"web_search"}"#;

/// One declaration.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Declared<'a> {
    Function {
        name: Cow<'a, str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<&'a str>,
        input_schema: Schema<'a>,
        #[serde(skip_serializing_if = "is_false")]
        strict: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        cache_control: Option<CacheControl>,
    },
    Raw(Schema<'a>),
}

/// JSON that was written by someone else.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Schema<'a> {
    Borrowed(&'a RawValue),
    Owned(Box<RawValue>),
}

impl Schema<'static> {
    pub(super) fn fixed(json: &'static str) -> Self {
        // The texts are this module's own and valid.
        Self::Borrowed(serde_json::from_str(json).unwrap_or(RawValue::NULL))
    }
}

/// `tool_choice`.
#[derive(Debug, Serialize)]
pub(super) struct Choice<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "is_false")]
    disable_parallel_tool_use: bool,
}

impl Choice<'_> {
    /// Whether the model must call a tool.
    pub(super) fn is_forced(&self) -> bool {
        matches!(self.kind, "any" | "tool")
    }
}

/// Writes the tools that may be called.
pub(super) fn tools<'a>(
    request: &'a ChatRequest,
    writer: &mut Writer<'_>,
) -> Result<Vec<Declared<'a>>, Fault> {
    let only: &[String] = match &request.tool_choice {
        Some(choice) if forced(request).is_none() => &choice.only,
        Some(_) | None => &[],
    };
    if !only.is_empty() {
        writer.losses.record(
            "tool_choice",
            LossKind::Emulated,
            Weight::Cosmetic,
            "only the allowed tools are sent",
        );
    }
    let mut declared = Vec::with_capacity(request.tools.len());
    for (index, tool) in request.tools.iter().enumerate() {
        if only.is_empty() || only.contains(&tool.name) {
            declared.extend(declare(tool, index, writer)?);
        }
    }
    if request
        .extra
        .iter()
        .any(|(key, _)| key == "web_search_options")
    {
        writer.approximated(
            "web_search_options",
            Weight::Semantic,
            "the provider's own web search is used, with its defaults",
        );
        declared.push(Declared::Raw(Schema::fixed(WEB_SEARCH)));
    }
    Ok(declared)
}

fn declare<'a>(
    tool: &'a Tool,
    index: usize,
    writer: &mut Writer<'_>,
) -> Result<Option<Declared<'a>>, Fault> {
    let place = format!("tools[{index}]");
    let input_schema = match &tool.kind {
        ToolKind::Function { schema: None } => Schema::fixed(NOTHING),
        ToolKind::Function {
            schema: Some(schema),
        } => object_schema(schema, &place)?,
        ToolKind::Custom { grammar } => {
            let reason = "a tool for free text is offered as one that takes {\"input\": string}";
            writer
                .losses
                .record(place.as_str(), LossKind::Emulated, Weight::Cosmetic, reason);
            if grammar.is_some() {
                let path = format!("{place}.format");
                writer.dropped(&path, Weight::Semantic, "tools have no grammars here");
            }
            Schema::fixed(FREE)
        }
        ToolKind::Server { raw, .. } if writer.origin == Dialect::AnthropicMessages => {
            return Ok(Some(Declared::Raw(Schema::Borrowed(raw))));
        }
        ToolKind::Server { kind, .. } => return server(kind, &place, writer),
    };
    let cache_control = tool.cache.map(|hint| writer.breakpoint(hint, &place));
    Ok(Some(Declared::Function {
        name: writer.names.sent(&tool.name),
        description: tool.description.as_deref(),
        input_schema,
        strict: tool.strict == Some(true),
        cache_control,
    }))
}

/// A tool that another provider would run itself: web search exists here too; a tool for finding
/// tools can be missed, as all tools are there; anything else cannot.
fn server<'a>(
    kind: &str,
    place: &str,
    writer: &mut Writer<'_>,
) -> Result<Option<Declared<'a>>, Fault> {
    match kind {
        "googleSearch" | "google_search" => {}
        kind if kind.starts_with("web_search") => {}
        "tool_search" => {
            writer.dropped(
                place,
                Weight::Semantic,
                "there is no tool for finding tools",
            );
            return Ok(None);
        }
        kind => {
            let words = format!("the target has no tool like \"{kind}\"");
            return Err(Fault::unsupported(place, words).with_code("unsupported_tool"));
        }
    }
    let reason = "the provider's own web search is used, with its defaults";
    writer.approximated(place, Weight::Semantic, reason);
    Ok(Some(Declared::Raw(Schema::fixed(WEB_SEARCH))))
}

/// The schema, which here must say itself that it is one of an object.
fn object_schema<'a>(schema: &'a RawValue, place: &str) -> Result<Schema<'a>, Fault> {
    #[derive(serde::Deserialize)]
    struct Head<'a> {
        #[serde(rename = "type", borrow)]
        kind: Option<&'a RawValue>,
    }
    let text = schema.get();
    let wrong = || {
        Fault::invalid(
            place,
            format!("the parameters of {place} must be a JSON schema"),
        )
    };
    if !text.starts_with('{') {
        return Err(wrong());
    }
    let head: Head<'_> = serde_json::from_str(text).map_err(|_| wrong())?;
    if head.kind.is_some() {
        return Ok(Schema::Borrowed(schema));
    }
    let rest = text[1..].trim_start();
    let comma = if rest.starts_with('}') { "" } else { "," };
    let with_type = format!("{{\"type\":\"object\"{comma}{rest}");
    RawValue::from_string(with_type)
        .map(Schema::Owned)
        .map_err(|_| wrong())
}

/// The one tool that must be called.
fn forced(request: &ChatRequest) -> Option<&String> {
    let choice = request.tool_choice.as_ref()?;
    match (choice.mode, choice.only.as_slice()) {
        (ToolMode::Required, [name]) => Some(name),
        (ToolMode::Auto | ToolMode::None | ToolMode::Required, _) => None,
    }
}

/// Writes `tool_choice`, which may only be there together with tools.
pub(super) fn choice<'a>(
    request: &'a ChatRequest,
    declared: &[Declared<'a>],
    writer: &Writer<'_>,
) -> Result<Option<Choice<'a>>, Fault> {
    let alone = request.parallel_tool_calls == Some(false);
    let mode = request.tool_choice.as_ref().map(|choice| choice.mode);
    if declared.is_empty() {
        return match mode {
            Some(ToolMode::Required) => Err(Fault::invalid(
                "tool_choice",
                "tool_choice asks for a tool, but there is none",
            )),
            Some(ToolMode::Auto | ToolMode::None) | None => Ok(None),
        };
    }
    let name = forced(request);
    if let Some(name) = name
        && !request.tools.iter().any(|tool| tool.name == *name)
    {
        return Err(Fault::invalid(
            "tool_choice",
            "tool_choice names a tool that is not there",
        ));
    }
    let (kind, alone) = match mode {
        None if !alone => return Ok(None),
        None | Some(ToolMode::Auto) => ("auto", alone),
        Some(ToolMode::None) => ("none", false),
        Some(ToolMode::Required) if name.is_some() => ("tool", alone),
        Some(ToolMode::Required) => ("any", alone),
    };
    let name = name.map(|name| writer.names.sent(name));
    Ok(Some(Choice {
        kind,
        name,
        disable_parallel_tool_use: alone,
    }))
}
