//! The blocks of a message, a system text or a tool's result.

use serde_json::value::RawValue;

use super::super::ids;
use super::super::read::{Fields, Path, list, text};
use super::cache;
use crate::chat::{
    Block, Content, Document, DocumentSource, Image, Opaque, OpaqueFormat, Reasoning, Source,
    ToolCall, ToolResult,
};
use crate::{Dialect, Fault, LossKind, Losses, Weight};

/// Reads content that is one text or a list of blocks.
pub(super) fn blocks(
    raw: &RawValue,
    path: &Path<'_>,
    losses: &mut Losses,
) -> Result<Vec<Block>, Fault> {
    match raw.get().as_bytes().first() {
        Some(b'"') => Ok(vec![Block::text(text(raw, path)?)]),
        Some(b'[') => list(raw, path)?
            .into_iter()
            .enumerate()
            .map(|(index, raw)| block(raw, &path.index(index), losses))
            .collect(),
        _ => Err(path.must_be("a string or a list of blocks")),
    }
}

fn block(raw: &RawValue, path: &Path<'_>, losses: &mut Losses) -> Result<Block, Fault> {
    let mut fields = Fields::of(raw, path)?;
    let kind = fields.required_text("type")?;
    let cache = cache(&mut fields, losses)?;
    let content = match kind.as_str() {
        "text" => Content::Text(fields.required_text("text")?),
        "image" => {
            let source = image_source(fields.required_raw("source")?, &path.key("source"), losses)?;
            Content::Image(Image {
                source,
                detail: None,
            })
        }
        "document" => Content::Document(document(&mut fields, losses)?),
        "thinking" => {
            let text = fields.required_text("thinking")?;
            let signature = fields
                .text("signature")?
                .filter(|signature| !signature.is_empty());
            let seal = signature.map(|payload| opaque(OpaqueFormat::Signature, payload));
            Content::Reasoning(Reasoning { text, seal })
        }
        "redacted_thinking" => {
            let seal = opaque(OpaqueFormat::Sealed, fields.required_text("data")?);
            Content::Reasoning(Reasoning {
                text: String::new(),
                seal: Some(seal),
            })
        }
        "tool_use" => {
            let input = fields.required_raw("input")?;
            if !input.get().starts_with('{') {
                return Err(path.key("input").must_be("an object"));
            }
            Content::ToolCall(ToolCall {
                id: ids::original(fields.required_text("id")?),
                name: fields.required_text("name")?,
                arguments: input.get().to_owned(),
            })
        }
        "tool_result" => Content::ToolResult(tool_result(&mut fields, losses)?),
        "search_result" => search_result(&mut fields, losses)?,
        _ => {
            return Ok(Block {
                content: Content::Unknown { kind },
                cache,
            });
        }
    };
    fields.drop_rest(losses);
    Ok(Block { content, cache })
}

fn opaque(format: OpaqueFormat, payload: String) -> Opaque {
    Opaque {
        owner: Dialect::AnthropicMessages,
        format,
        payload,
    }
}

fn tool_result(fields: &mut Fields<'_, '_>, losses: &mut Losses) -> Result<ToolResult, Fault> {
    let call_id = ids::original(fields.required_text("tool_use_id")?);
    let is_error = fields
        .optional("is_error", "true or false")?
        .unwrap_or(false);
    let blocks = match fields.take("content") {
        // An empty text says as much as no content.
        Some(raw) if raw.get() != "\"\"" => {
            self::blocks(raw, &fields.path().key("content"), losses)?
        }
        Some(_) | None => Vec::new(),
    };
    Ok(ToolResult {
        call_id,
        blocks,
        is_error,
    })
}

/// A search result as the words it is made of: its title, where it is from, what it says.
fn search_result(fields: &mut Fields<'_, '_>, losses: &mut Losses) -> Result<Content, Fault> {
    let path = fields.path();
    let source = fields.required_text("source")?;
    let mut words = fields.text("title")?.unwrap_or_default();
    words = format!("{words}\nSource: {source}\n");
    let content = path.key("content");
    for block in blocks(fields.required_raw("content")?, &content, losses)? {
        if let Content::Text(text) = block.content {
            words.push('\n');
            words.push_str(&text);
        }
    }
    fields.take("citations");
    losses.record(
        path.to_string(),
        LossKind::Approximated,
        Weight::Cosmetic,
        "a search result is given as text",
    );
    Ok(Content::Text(words))
}

fn image_source(raw: &RawValue, path: &Path<'_>, losses: &mut Losses) -> Result<Source, Fault> {
    let mut fields = Fields::of(raw, path)?;
    let kind = fields.required_text("type")?;
    let source = bytes_source(&kind, &mut fields)?
        .ok_or_else(|| path.key("type").must_be("base64, url or file"))?;
    fields.drop_rest(losses);
    Ok(source)
}

fn bytes_source(kind: &str, fields: &mut Fields<'_, '_>) -> Result<Option<Source>, Fault> {
    let path = fields.path();
    Ok(Some(match kind {
        "base64" => {
            let media_type = fields.required_text("media_type")?;
            let data = fields.required_text("data")?;
            let allowed = |c: char| c.is_ascii_alphanumeric() || "/+.-_".contains(c);
            if media_type.is_empty() || !media_type.chars().all(allowed) {
                return Err(path.key("media_type").must_be("a media type"));
            }
            if data.is_empty() {
                return Err(path.key("data").must_be("bytes in base64"));
            }
            Source::Base64 { media_type, data }
        }
        "url" => {
            let url = fields.required_text("url")?;
            let scheme = url.split_once("://").map(|(scheme, _)| scheme);
            let is_web = scheme.is_some_and(|scheme| {
                scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
            });
            if !is_web {
                return Err(path.key("url").must_be("an http(s) address"));
            }
            Source::Url(url)
        }
        "file" => Source::File(fields.required_text("file_id")?),
        _ => return Ok(None),
    }))
}

fn document(fields: &mut Fields<'_, '_>, losses: &mut Losses) -> Result<Document, Fault> {
    let outer = fields.path();
    let title = fields.text("title")?;
    let context = fields.text("context")?;
    let citations = match fields.take("citations") {
        Some(raw) => {
            let path = outer.key("citations");
            let mut fields = Fields::of(raw, &path)?;
            fields
                .optional("enabled", "true or false")?
                .unwrap_or(false)
        }
        None => false,
    };
    let path = outer.key("source");
    let mut fields = Fields::of(fields.required_raw("source")?, &path)?;
    let kind = fields.required_text("type")?;
    let source = match kind.as_str() {
        "text" => {
            fields.take("media_type");
            DocumentSource::Text(fields.required_text("data")?)
        }
        "content" => {
            let raw = fields.required_raw("content")?;
            DocumentSource::Blocks(blocks(raw, &path.key("content"), losses)?)
        }
        kind => bytes_source(kind, &mut fields)?
            .map(DocumentSource::Bytes)
            .ok_or_else(|| {
                path.key("type")
                    .must_be("base64, text, url, content or file")
            })?,
    };
    fields.drop_rest(losses);
    Ok(Document {
        source,
        title,
        context,
        citations,
    })
}
