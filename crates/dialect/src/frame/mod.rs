//! Bytes into frames: where one event of a stream ends and the next begins.

mod sse;

pub use sse::{FrameTooLong, SseFramer};

/// One event of a stream, before anyone has read what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The event's name, where the framing has names.
    pub event: Option<&'a str>,
    /// What it carries; several `data:` lines joined by a line feed.
    pub data: &'a [u8],
}
