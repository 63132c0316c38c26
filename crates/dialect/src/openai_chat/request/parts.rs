//! Reads the parts of a message's content.

use serde_json::value::RawValue;

use super::reader::{self, Object};
use crate::Fault;
use crate::chat::{Block, CacheHint, Content, Document, DocumentSource, Image, Source};

/// Reads `content`: a string, or a list of parts. An empty string is no block.
pub(super) fn decode(raw: &RawValue, path: &str) -> Result<Vec<Block>, Fault> {
    match raw.get().bytes().next() {
        Some(b'"') => {
            let text = reader::text(raw, path)?;
            Ok(if text.is_empty() {
                Vec::new()
            } else {
                vec![Block::text(text)]
            })
        }
        Some(b'[') => {
            let parts = reader::list(raw, path)?;
            parts
                .into_iter()
                .map(|(raw, path)| part(raw, path))
                .collect()
        }
        Some(_) | None => Err(reader::wrong(path, "a string or a list of parts", raw)),
    }
}

fn part(raw: &RawValue, path: String) -> Result<Block, Fault> {
    // Some clients put bare strings into the list.
    if raw.get().starts_with('"') {
        return Ok(Block::text(reader::text(raw, &path)?));
    }
    let mut part = Object::open(raw, path)?;
    let cache = cache(&mut part)?;
    let kind = part.required_text("type")?;
    let content = match kind.as_str() {
        "text" => Content::Text(part.required_text("text")?),
        "refusal" => Content::Refusal(part.required_text("refusal")?),
        "image_url" => Content::Image(image(&mut part)?),
        "input_audio" => {
            let mut audio = part.required_object("input_audio")?;
            Content::Audio {
                format: audio.required_text("format")?,
                data: audio.required_text("data")?,
            }
        }
        "file" => Content::Document(file(&mut part)?),
        _ => {
            let path = part.at("type");
            let message = format!(
                "\"{path}\" is not a known kind of content; known are text, image_url, \
                 input_audio, file and refusal"
            );
            return Err(Fault::invalid(path, message));
        }
    };
    Ok(Block { content, cache })
}

/// The cache breakpoint of a part, a message or a tool, in OpenAI's or Anthropic's words.
pub(super) fn cache(object: &mut Object<'_>) -> Result<Option<CacheHint>, Fault> {
    let anthropic = object.object("cache_control")?;
    let own = object.object("prompt_cache_breakpoint")?;
    own.or(anthropic).map(super::hint).transpose()
}

fn image(part: &mut Object<'_>) -> Result<Image, Fault> {
    let path = part.at("image_url");
    let raw = part
        .take("image_url")
        .ok_or_else(|| part.missing("image_url"))?;
    let (url, detail, path) = if raw.get().starts_with('"') {
        (reader::text(raw, &path)?, part.text("detail")?, path)
    } else {
        let mut image = Object::open(raw, path)?;
        (
            image.required_text("url")?,
            image.text("detail")?,
            image.at("url"),
        )
    };
    Ok(Image {
        source: source(&url, &path)?,
        detail,
    })
}

fn source(url: &str, path: &str) -> Result<Source, Fault> {
    if let Some((media_type, data)) = data_url(url, path)? {
        return Ok(Source::Base64 { media_type, data });
    }
    let scheme = url
        .split_once("://")
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("http" | "https") => Ok(Source::Url(url.to_owned())),
        Some(_) | None => Err(Fault::invalid(
            path,
            format!("\"{path}\" must be an http(s) address or a data: URL with base64"),
        )),
    }
}

/// The media type and bytes of a `data:` URL; `None` for another URL.
fn data_url(url: &str, path: &str) -> Result<Option<(String, String)>, Fault> {
    let scheme = url
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    if !scheme {
        return Ok(None);
    }
    let base64 = url[5..].split_once(',').and_then(|(head, data)| {
        let media_type = head.strip_suffix(";base64")?;
        // Parameters such as `;charset=utf-8` say nothing about a picture.
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        Some((media_type.to_ascii_lowercase(), data.to_owned()))
    });
    match base64 {
        Some((media_type, data)) if !media_type.is_empty() && !data.is_empty() => {
            Ok(Some((media_type, data)))
        }
        Some(_) | None => Err(Fault::invalid(
            path,
            format!("\"{path}\" must be of the form data:image/png;base64,…"),
        )),
    }
}

fn file(part: &mut Object<'_>) -> Result<Document, Fault> {
    let mut file = part.required_object("file")?;
    let title = file.text("filename")?;
    let id = file.text("file_id")?;
    let path = file.at("file_data");
    let source = match file.text("file_data")? {
        Some(data) => match data_url(&data, &path)? {
            Some((media_type, data)) => Source::Base64 { media_type, data },
            None => Source::Base64 {
                media_type: guessed(&data, title.as_deref()),
                data,
            },
        },
        None => Source::File(id.ok_or_else(|| {
            let path = file.path();
            Fault::invalid(
                path,
                format!("\"{path}\" needs \"file_data\" or \"file_id\""),
            )
        })?),
    };
    let source = DocumentSource::Bytes(source);
    Ok(Document {
        source,
        title,
        context: None,
        citations: false,
    })
}

/// The media type of bare base64, by its first bytes (`%PDF-`) or its name.
fn guessed(data: &str, name: Option<&str>) -> String {
    let pdf = data.starts_with("JVBERi0")
        || name.is_some_and(|name| name.to_ascii_lowercase().ends_with(".pdf"));
    if pdf {
        "application/pdf"
    } else {
        "application/octet-stream"
    }
    .to_owned()
}
