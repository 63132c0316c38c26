//! Reads the tools, and whether they must be called.

use serde_json::value::RawValue;

use super::parts;
use super::reader::{self, Object};
use crate::Fault;
use crate::chat::{ChatRequest, Tool, ToolChoice, ToolKind, ToolMode};

/// Reads `tools`, `tool_choice`, `parallel_tool_calls`, and the legacy `functions` and
/// `function_call`.
pub(super) fn decode(body: &mut Object<'_>, request: &mut ChatRequest) -> Result<(), Fault> {
    for (raw, path) in body.list("tools")?.unwrap_or_default() {
        request.tools.push(tool(raw, path)?);
    }
    for (raw, path) in body.list("functions")?.unwrap_or_default() {
        request.tools.push(function(Object::open(raw, path)?)?);
    }
    if let Some(raw) = body.take("function_call") {
        request.tool_choice = Some(if raw.get().starts_with('"') {
            word(raw, "function_call")?
        } else {
            let mut named = Object::open(raw, "function_call")?;
            forced(named.required_text("name")?)
        });
    }
    if let Some(raw) = body.take("tool_choice") {
        request.tool_choice = Some(choice(raw)?);
    }
    request.parallel_tool_calls = body.flag("parallel_tool_calls")?;
    Ok(())
}

fn tool(raw: &RawValue, path: String) -> Result<Tool, Fault> {
    let mut object = Object::open(raw, path)?;
    let kind = object.text("type")?;
    let cache = parts::cache(&mut object)?;
    let mut tool = match kind.as_deref() {
        Some("function") | None => match object.object("function")? {
            Some(inner) => function(inner)?,
            // The flat shape of the Responses surface, which some clients send here.
            None if kind.is_some() => function(object)?,
            None => return Err(object.missing("type")),
        },
        Some("custom") => {
            let mut custom = object.required_object("custom")?;
            Tool {
                name: required_name(&mut custom)?,
                description: custom.text("description")?,
                kind: ToolKind::Custom {
                    grammar: custom.take("format").map(ToOwned::to_owned),
                },
                strict: None,
                cache: None,
            }
        }
        Some(other) => Tool {
            name: object.text("name")?.unwrap_or_else(|| other.to_owned()),
            description: None,
            kind: ToolKind::Server {
                kind: other.to_owned(),
                raw: raw.to_owned(),
            },
            strict: None,
            cache: None,
        },
    };
    tool.cache = tool.cache.or(cache);
    Ok(tool)
}

fn function(mut function: Object<'_>) -> Result<Tool, Fault> {
    let schema = function.take("parameters");
    if let Some(raw) = schema.filter(|raw| !raw.get().starts_with('{')) {
        return Err(reader::wrong(&function.at("parameters"), "an object", raw));
    }
    Ok(Tool {
        name: required_name(&mut function)?,
        description: function.text("description")?,
        kind: ToolKind::Function {
            schema: schema.map(ToOwned::to_owned),
        },
        strict: function.flag("strict")?,
        cache: parts::cache(&mut function)?,
    })
}

fn required_name(object: &mut Object<'_>) -> Result<String, Fault> {
    let name = object.required_text("name")?;
    if name.is_empty() {
        let path = object.at("name");
        return Err(Fault::invalid(path.clone(), format!("\"{path}\" is empty")));
    }
    Ok(name)
}

fn forced(name: String) -> ToolChoice {
    ToolChoice {
        mode: ToolMode::Required,
        only: vec![name],
    }
}

fn word(raw: &RawValue, path: &str) -> Result<ToolChoice, Fault> {
    let mode = match reader::text(raw, path)?.as_str() {
        "auto" => ToolMode::Auto,
        "none" => ToolMode::None,
        // `any` is Mistral's word.
        "required" | "any" => ToolMode::Required,
        _ => {
            let message = format!("\"{path}\" must be auto, none, required or an object");
            return Err(Fault::invalid(path, message));
        }
    };
    Ok(ToolChoice {
        mode,
        only: Vec::new(),
    })
}

fn choice(raw: &RawValue) -> Result<ToolChoice, Fault> {
    if raw.get().starts_with('"') {
        return word(raw, "tool_choice");
    }
    let mut choice = Object::open(raw, "tool_choice")?;
    let kind = choice.required_text("type")?;
    match kind.as_str() {
        "function" | "custom" => match choice.object(&kind)? {
            Some(mut named) => Ok(forced(required_name(&mut named)?)),
            None => Ok(forced(required_name(&mut choice)?)),
        },
        "allowed_tools" => {
            let mut allowed = match choice.object("allowed_tools")? {
                Some(allowed) => allowed,
                None => choice,
            };
            let path = allowed.at("mode");
            let mode = match allowed.text("mode")?.as_deref() {
                Some("auto") | None => ToolMode::Auto,
                Some("required") => ToolMode::Required,
                Some(_) => {
                    let message = format!("\"{path}\" must be auto or required");
                    return Err(Fault::invalid(path, message));
                }
            };
            let tools = allowed
                .list("tools")?
                .ok_or_else(|| allowed.missing("tools"))?;
            let only = tools.into_iter().map(|(raw, path)| allowed_name(raw, path));
            Ok(ToolChoice {
                mode,
                only: only.collect::<Result<_, _>>()?,
            })
        }
        "auto" | "none" | "required" | "any" => {
            let mode = match kind.as_str() {
                "auto" => ToolMode::Auto,
                "none" => ToolMode::None,
                _ => ToolMode::Required,
            };
            Ok(ToolChoice {
                mode,
                only: Vec::new(),
            })
        }
        _ => Err(Fault::invalid(
            "tool_choice.type",
            "\"tool_choice.type\" must be function, custom or allowed_tools",
        )),
    }
}

fn allowed_name(raw: &RawValue, path: String) -> Result<String, Fault> {
    let mut tool = Object::open(raw, path)?;
    for kind in ["function", "custom"] {
        if let Some(mut named) = tool.object(kind)? {
            return required_name(&mut named);
        }
    }
    required_name(&mut tool)
}
