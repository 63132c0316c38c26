//! The tools of a Messages request, and which of them must be called.

use serde_json::value::RawValue;

use super::super::read::{Fields, Path, list};
use super::cache;
use crate::chat::{ChatRequest, Tool, ToolChoice, ToolKind, ToolMode};
use crate::{Fault, Losses};

/// Reads `tools`.
pub(super) fn tools(raw: &RawValue, losses: &mut Losses) -> Result<Vec<Tool>, Fault> {
    let root = Path::ROOT;
    let path = root.key("tools");
    list(raw, &path)?
        .into_iter()
        .enumerate()
        .map(|(index, raw)| tool(raw, &path.index(index), losses))
        .collect()
}

fn tool(raw: &RawValue, path: &Path<'_>, losses: &mut Losses) -> Result<Tool, Fault> {
    let mut fields = Fields::of(raw, path)?;
    let kind = fields.text("type")?.filter(|kind| kind != "custom");
    let cache = cache(&mut fields, losses)?;
    if let Some(kind) = kind {
        // Whatever else is in it means something to the provider alone and stays in `raw`.
        let name = fields.text("name")?.unwrap_or_else(|| kind.clone());
        let kind = ToolKind::Server {
            kind,
            raw: raw.to_owned(),
        };
        return Ok(Tool {
            name,
            description: None,
            kind,
            strict: None,
            cache,
        });
    }
    let name = fields.required_text("name")?;
    let description = fields.text("description")?;
    let strict = fields.optional("strict", "true or false")?;
    let schema = fields.take("input_schema");
    if schema.is_some_and(|schema| !schema.get().starts_with('{')) {
        return Err(path.key("input_schema").must_be("a JSON schema"));
    }
    fields.drop_rest(losses);
    let kind = ToolKind::Function {
        schema: schema.map(ToOwned::to_owned),
    };
    Ok(Tool {
        name,
        description,
        kind,
        strict,
        cache,
    })
}

/// Reads `tool_choice`.
pub(super) fn choice(
    raw: &RawValue,
    request: &mut ChatRequest,
    losses: &mut Losses,
) -> Result<(), Fault> {
    let root = Path::ROOT;
    let path = root.key("tool_choice");
    let mut fields = Fields::of(raw, &path)?;
    let (mode, only) = match fields.required_text("type")?.as_str() {
        "auto" => (ToolMode::Auto, Vec::new()),
        "any" => (ToolMode::Required, Vec::new()),
        "none" => (ToolMode::None, Vec::new()),
        "tool" => (ToolMode::Required, vec![fields.required_text("name")?]),
        _ => return Err(path.key("type").must_be("auto, any, tool or none")),
    };
    request.tool_choice = Some(ToolChoice { mode, only });
    let alone: Option<bool> = fields.optional("disable_parallel_tool_use", "true or false")?;
    request.parallel_tool_calls = alone.map(|alone| !alone);
    fields.drop_rest(losses);
    Ok(())
}
