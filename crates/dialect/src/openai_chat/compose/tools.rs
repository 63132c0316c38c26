//! Writes the tools, and whether they must be called.

use serde::Serialize;
use serde_json::value::RawValue;

use super::names::Names;
use crate::chat::{ChatRequest, Tool, ToolKind, ToolMode};
use crate::{Dialect, Fault, LossKind, Losses, Target, Weight};

/// A tool's declaration.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum ToolOut<'a> {
    Typed(TypedTool<'a>),
    /// A tool of the same dialect that is not understood here.
    Raw(&'a RawValue),
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum TypedTool<'a> {
    Function { function: FunctionOut<'a> },
    Custom { custom: CustomOut<'a> },
}

#[derive(Debug, Serialize)]
pub(super) struct FunctionOut<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Schema<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Schema<'a> {
    Given(&'a RawValue),
    Wrapper(Wrapper),
}

/// The schema of an object with one string, for tools that take free text.
#[derive(Debug, Default)]
struct Wrapper;

impl Serialize for Wrapper {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::json!({
            "type": "object",
            "properties": { "input": { "type": "string" } },
            "required": ["input"],
            "additionalProperties": false,
        })
        .serialize(serializer)
    }
}

#[derive(Debug, Serialize)]
pub(super) struct CustomOut<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'a RawValue>,
}

/// Whether and which tools must be called.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum ChoiceOut<'a> {
    Word(&'static str),
    Named(NamedTool<'a>),
    Allowed {
        #[serde(rename = "type")]
        kind: &'static str,
        allowed_tools: Allowed<'a>,
    },
}

#[derive(Debug, Serialize)]
pub(super) struct Allowed<'a> {
    mode: &'static str,
    tools: Vec<NamedTool<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum NamedTool<'a> {
    Function { function: Name<'a> },
    Custom { custom: Name<'a> },
}

#[derive(Debug, Serialize)]
pub(super) struct Name<'a> {
    name: &'a str,
}

/// Writes the tools. Fails with `Unsupported` for a tool that only another provider runs.
pub(super) fn tools<'a>(
    request: &'a ChatRequest,
    target: &Target,
    names: &'a Names<'a>,
    losses: &mut Losses,
) -> Result<Vec<ToolOut<'a>>, Fault> {
    let allowed = |tool: &Tool| match &request.tool_choice {
        Some(choice) if filters(request, target) => choice.only.contains(&tool.name),
        Some(_) | None => true,
    };
    let mut out = Vec::with_capacity(request.tools.len());
    for (index, tool) in request
        .tools
        .iter()
        .enumerate()
        .filter(|(_, tool)| allowed(tool))
    {
        let path = format!("tools[{index}]");
        if tool.cache.is_some() {
            let reason = "no cache breakpoint can stand on a tool";
            let path = format!("{path}.cache_control");
            losses.record(path, LossKind::Dropped, Weight::Cosmetic, reason);
        }
        out.extend(declaration(request, tool, names, &path, losses)?);
    }
    Ok(out)
}

/// Whether the choice among some tools has to be made by sending only those.
fn filters(request: &ChatRequest, target: &Target) -> bool {
    let choice = request.tool_choice.as_ref();
    !target.max_completion_tokens
        && choice.is_some_and(|choice| is_subset(choice.mode, &choice.only))
}

fn is_subset(mode: ToolMode, only: &[String]) -> bool {
    match mode {
        ToolMode::None => false,
        ToolMode::Auto => !only.is_empty(),
        ToolMode::Required => only.len() > 1,
    }
}

fn declaration<'a>(
    request: &ChatRequest,
    tool: &'a Tool,
    names: &'a Names<'a>,
    path: &str,
    losses: &mut Losses,
) -> Result<Option<ToolOut<'a>>, Fault> {
    let name = names.sent(&tool.name);
    let description = tool.description.as_deref();
    let own = request.origin == Dialect::OpenAiChat;
    let typed = match &tool.kind {
        ToolKind::Function { schema } => {
            let parameters = schema.as_deref().map(Schema::Given);
            let function = FunctionOut {
                name,
                description,
                parameters,
                strict: tool.strict,
            };
            TypedTool::Function { function }
        }
        ToolKind::Custom { grammar } if own => {
            let custom = CustomOut {
                name,
                description,
                format: grammar.as_deref(),
            };
            TypedTool::Custom { custom }
        }
        // Of the upstreams that speak this dialect, only OpenAI itself knows custom tools.
        ToolKind::Custom { grammar } => {
            let reason = "free text is sent as an object with one string";
            losses.record(path, LossKind::Emulated, Weight::Cosmetic, reason);
            if grammar.is_some() {
                let path = format!("{path}.format");
                losses.record(
                    path,
                    LossKind::Dropped,
                    Weight::Semantic,
                    "no grammars here",
                );
            }
            let parameters = Some(Schema::Wrapper(Wrapper));
            let function = FunctionOut {
                name,
                description,
                parameters,
                strict: None,
            };
            TypedTool::Function { function }
        }
        ToolKind::Server { raw, .. } if own => return Ok(Some(ToolOut::Raw(raw))),
        // Codex declares these with every request; it works without them.
        ToolKind::Server { kind, .. }
            if request.origin == Dialect::OpenAiResponses
                && (kind.starts_with("web_search") || kind == "tool_search")
                && request.tools.len() > 1 =>
        {
            let reason = "the provider has no such tool of its own";
            losses.record(
                format!("{path}.{kind}"),
                LossKind::Dropped,
                Weight::Semantic,
                reason,
            );
            return Ok(None);
        }
        ToolKind::Server { kind, .. } => {
            let message = format!(
                "the tool \"{}\" ({kind}) is run by the provider it was made for, and the provider \
                 of \"{}\" has no such tool; choose a model whose provider has it, or leave the \
                 tool out",
                tool.name, request.model
            );
            return Err(Fault::unsupported(path, message).with_code("unsupported_tool"));
        }
    };
    Ok(Some(ToolOut::Typed(typed)))
}

/// Writes the choice.
pub(super) fn choice<'a>(
    request: &'a ChatRequest,
    target: &Target,
    names: &'a Names<'a>,
    losses: &mut Losses,
) -> Option<ChoiceOut<'a>> {
    let choice = request.tool_choice.as_ref()?;
    let named = |name: &'a String| {
        let sent = Name {
            name: names.sent(name),
        };
        if names.is_custom(name) && request.origin == Dialect::OpenAiChat {
            NamedTool::Custom { custom: sent }
        } else {
            NamedTool::Function { function: sent }
        }
    };
    let mode = match choice.mode {
        ToolMode::Auto => "auto",
        ToolMode::None => "none",
        ToolMode::Required => "required",
    };
    if filters(request, target) {
        let reason = "only the allowed tools are sent";
        losses.record("tool_choice", LossKind::Emulated, Weight::Cosmetic, reason);
        return Some(ChoiceOut::Word(mode));
    }
    Some(match (choice.mode, choice.only.as_slice()) {
        (ToolMode::Required, [name]) => ChoiceOut::Named(named(name)),
        (ToolMode::Auto | ToolMode::Required, only) if is_subset(choice.mode, only) => {
            let tools = only.iter().map(named).collect();
            ChoiceOut::Allowed {
                kind: "allowed_tools",
                allowed_tools: Allowed { mode, tools },
            }
        }
        (ToolMode::Auto | ToolMode::None | ToolMode::Required, _) => ChoiceOut::Word(mode),
    })
}
