//! Answers that are forwarded unread: how far they got and what they cost.

use memchr::memmem;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::fault;
use super::read::Words;
use super::usage::Reported;
use crate::Scan;
use crate::chat::Usage;
use crate::frame::Frame;

/// How many objects named `usage` are tried in the tail of an answer, the last first.
const TRIES: usize = 16;

#[derive(Deserialize)]
struct Typed<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Words<'a>>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Start {
    message: Option<Metered>,
}

#[derive(Deserialize)]
struct Metered {
    usage: Option<Reported>,
}

#[derive(Deserialize)]
struct Later<'a> {
    usage: Option<Reported>,
    #[serde(borrow)]
    delta: Option<Stopped<'a>>,
}

#[derive(Deserialize)]
struct Stopped<'a> {
    #[serde(borrow)]
    stop_reason: Option<Words<'a>>,
}

/// What kind of event a frame is.
enum Kind {
    Start,
    Content,
    Delta,
    Stop,
    Error,
    Other,
}

fn kind_of(name: &str) -> Kind {
    match name {
        "message_start" => Kind::Start,
        "content_block_start" | "content_block_delta" | "content_block_stop" => Kind::Content,
        "message_delta" => Kind::Delta,
        "message_stop" => Kind::Stop,
        "error" => Kind::Error,
        _ => Kind::Other,
    }
}

/// The kind by the event's name, else by its data: a proxy may have left the name out.
fn kind(frame: &Frame<'_>) -> Kind {
    if let Some(name) = frame.event {
        return kind_of(name);
    }
    // Nearly always the type comes first.
    if let Some(rest) = frame.data.trim_ascii_start().strip_prefix(b"{\"type\":")
        && let [b'"', rest @ ..] = rest.trim_ascii_start()
        && let Some(end) = memchr::memchr(b'"', rest)
        && let Ok(name) = std::str::from_utf8(&rest[..end])
    {
        return kind_of(name);
    }
    match serde_json::from_slice::<Typed<'_>>(frame.data) {
        Ok(Typed {
            kind: Some(name), ..
        }) => kind_of(name.as_str()),
        Ok(Typed {
            error: Some(error), ..
        }) if error.get() != "null" => Kind::Error,
        Ok(_) | Err(_) => Kind::Other,
    }
}

/// Notes what one frame of a stream says.
pub(super) fn frame(frame: Frame<'_>, scan: &mut Scan) {
    match kind(&frame) {
        Kind::Content => scan.started = true,
        Kind::Start => {
            scan.started = true;
            if let Ok(Start {
                message:
                    Some(Metered {
                        usage: Some(reported),
                    }),
            }) = serde_json::from_slice(frame.data)
            {
                scan.usage = reported.onto(&scan.usage);
            }
        }
        Kind::Delta => {
            scan.started = true;
            if let Ok(later) = serde_json::from_slice::<Later<'_>>(frame.data) {
                scan.finished |= later.delta.is_some_and(|delta| delta.stop_reason.is_some());
                if let Some(reported) = later.usage {
                    scan.usage = reported.onto(&scan.usage);
                }
            }
        }
        Kind::Stop => {
            scan.started = true;
            scan.ended = true;
        }
        Kind::Error => {
            scan.started = true;
            if scan.fault.is_none() {
                scan.fault = Some(fault::decode(200, frame.data));
            }
        }
        Kind::Other => {}
    }
}

/// Finds the usage in the tail of a whole answer. A key inside a text cannot be mistaken for it,
/// as its quotes are escaped there; of several objects of that name the last that counts tokens
/// is meant.
pub(super) fn usage(tail: &[u8]) -> Option<Usage> {
    let mut found = None;
    let places: Vec<usize> = memmem::rfind_iter(tail, b"\"usage\"").take(TRIES).collect();
    for place in places {
        let rest = tail[place + b"\"usage\"".len()..].trim_ascii_start();
        let Some(rest) = rest.strip_prefix(b":") else {
            continue;
        };
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<Reported>();
        if let Some(Ok(reported)) = values.next() {
            let usage = reported.onto(&Usage::default());
            if !usage.is_empty() {
                found = Some(usage);
                break;
            }
        }
    }
    found
}
