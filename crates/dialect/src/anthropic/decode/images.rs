//! Finds the pictures of a request that are given by their addresses.

use serde_json::value::RawValue;

use super::super::read::{Fields, Path, list};
use crate::RemoteImage;
use crate::remote::Form;

/// The pictures, in the order of the messages. What is no request has none: whoever reads it says so.
pub(in crate::anthropic) fn remote(body: &[u8]) -> Vec<RemoteImage> {
    let mut found = Vec::new();
    let Ok(raw) = serde_json::from_slice::<&RawValue>(body) else {
        return found;
    };
    let Some(messages) = member(raw, "messages", &Path::ROOT) else {
        return found;
    };
    let path = Path::ROOT.key("messages");
    for (index, message) in list(messages, &path)
        .unwrap_or_default()
        .into_iter()
        .enumerate()
    {
        let path = path.index(index);
        if let Some(content) = member(message, "content", &path) {
            blocks(body, content, &path.key("content"), &mut found);
        }
    }
    found
}

fn blocks(body: &[u8], raw: &RawValue, path: &Path<'_>, found: &mut Vec<RemoteImage>) {
    for (index, raw) in list(raw, path).unwrap_or_default().into_iter().enumerate() {
        let path = path.index(index);
        let Ok(mut fields) = Fields::of(raw, &path) else {
            continue;
        };
        match fields.text("type").ok().flatten().as_deref() {
            Some("image") => {
                let path = path.key("source");
                let source = fields.take("source");
                found.extend(source.and_then(|source| image(body, source, &path)));
            }
            Some("tool_result") => {
                if let Some(content) = fields.take("content") {
                    blocks(body, content, &path.key("content"), found);
                }
            }
            Some("document") => {
                let path = path.key("source");
                let content = fields
                    .take("source")
                    .and_then(|source| member(source, "content", &path));
                if let Some(content) = content {
                    blocks(body, content, &path.key("content"), found);
                }
            }
            Some(_) | None => {}
        }
    }
}

fn image(body: &[u8], raw: &RawValue, path: &Path<'_>) -> Option<RemoteImage> {
    let mut source = Fields::of(raw, path).ok()?;
    if source.text("type").ok()?? != "url" {
        return None;
    }
    let url = source.text("url").ok()??;
    let path = path.key("url").to_string();
    RemoteImage::new(body, raw, Form::Source, url, path)
}

fn member<'a>(raw: &'a RawValue, key: &str, path: &Path<'_>) -> Option<&'a RawValue> {
    Fields::of(raw, path).ok()?.take(key)
}
