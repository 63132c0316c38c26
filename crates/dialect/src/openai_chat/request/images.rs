//! Finds the pictures of a request that are given by their addresses.

use serde_json::value::RawValue;

use super::reader::{self, Object};
use crate::RemoteImage;
use crate::remote::Form;

/// The pictures, in the order of the messages. What is no request has none: whoever reads it says so.
pub(in crate::openai_chat) fn remote(body: &[u8]) -> Vec<RemoteImage> {
    let Some(messages) = serde_json::from_slice::<&RawValue>(body)
        .ok()
        .and_then(|raw| Object::open(raw, "").ok())
        .and_then(|mut body| body.list("messages").ok()?)
    else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (raw, path) in messages {
        let parts = Object::open(raw, path)
            .ok()
            .and_then(|mut message| message.list("content").ok()?);
        for (raw, path) in parts.unwrap_or_default() {
            found.extend(part(body, raw, path));
        }
    }
    found
}

fn part(body: &[u8], raw: &RawValue, path: String) -> Option<RemoteImage> {
    let mut part = Object::open(raw, path).ok()?;
    if part.text("type").ok()?? != "image_url" {
        return None;
    }
    let path = part.at("image_url");
    let raw = part.take("image_url")?;
    let (raw, path) = if raw.get().starts_with('"') {
        (raw, path)
    } else {
        let mut image = Object::open(raw, path).ok()?;
        (image.take("url")?, image.at("url"))
    };
    let url = reader::text(raw, &path).ok()?;
    RemoteImage::new(body, raw, Form::Address, url, path)
}
