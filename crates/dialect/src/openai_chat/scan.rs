//! Looks at answers that are forwarded unread, parsing only where something interesting stands.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde::Deserialize;

use super::fault;
use super::wire::{Chunk, WireUsage};
use crate::Scan;
use crate::chat::Usage;
use crate::frame::Frame;

static FINISH: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"finish_reason\""));
static USAGE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"usage\""));
static ERROR: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"error\""));

/// Notes what one frame says.
pub(super) fn frame(frame: Frame<'_>, scan: &mut Scan) {
    let data = frame.data.trim_ascii();
    if data == b"[DONE]" {
        scan.ended = true;
        return;
    }
    if data.first() != Some(&b'{') {
        return;
    }
    scan.started = true;
    // Inside a string the closing quote of a name would be escaped, so text cannot look like one;
    // what is found is parsed all the same, because a nested object may have the same names.
    let interesting = frame.event == Some("error")
        || holds(&FINISH, data, b"\"")
        || holds(&USAGE, data, b"{")
        || ERROR.find_iter(data).any(|start| {
            // As a name with a value, or as the value of `object`.
            value_after(&data[start + ERROR.needle().len()..])
                .is_none_or(|value| !value.starts_with(b"null"))
        });
    if !interesting {
        return;
    }
    let Ok(chunk) = serde_json::from_slice::<Chunk<'_>>(data) else {
        return;
    };
    if chunk.is_error() || frame.event == Some("error") {
        scan.fault.get_or_insert_with(|| fault::decode(200, data));
        return;
    }
    for choice in chunk.choices.iter().flatten() {
        if let Some(error) = choice.error {
            scan.fault
                .get_or_insert_with(|| fault::decode(200, error.get().as_bytes()));
        }
        scan.finished |= choice
            .finish_reason
            .as_ref()
            .is_some_and(|word| !word.0.is_empty());
    }
    if let Some(usage) = chunk.usage {
        scan.usage.update(&usage.into());
    }
}

/// The last `usage` object in the end of a whole answer.
pub(super) fn usage(tail: &[u8]) -> Option<Usage> {
    let starts: Vec<usize> = USAGE.find_iter(tail).collect();
    starts.into_iter().rev().find_map(|start| {
        let object = value_after(&tail[start + USAGE.needle().len()..])?;
        let mut reader = serde_json::Deserializer::from_slice(object);
        let usage: Usage = WireUsage::deserialize(&mut reader).ok()?.into();
        (!usage.is_empty()).then_some(usage)
    })
}

/// Whether a value that begins with one of `openings` follows the name somewhere in `data`.
fn holds(name: &Finder<'_>, data: &[u8], openings: &[u8]) -> bool {
    name.find_iter(data).any(|start| {
        value_after(&data[start + name.needle().len()..])
            .and_then(<[u8]>::first)
            .is_some_and(|first| openings.contains(first))
    })
}

/// The bytes behind a colon and blanks.
fn value_after(rest: &[u8]) -> Option<&[u8]> {
    Some(
        rest.trim_ascii_start()
            .strip_prefix(b":")?
            .trim_ascii_start(),
    )
}
