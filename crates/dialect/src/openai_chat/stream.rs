//! Reads an upstream's stream of chunks.

use super::assembly::Assembly;
use super::wire::Chunk;
use super::{fault, unreadable_body};
use crate::chat::ChatEvent;
use crate::frame::Frame;
use crate::{Fault, StreamDecoder};

/// The reader of one stream.
#[derive(Debug)]
pub(super) struct Decoder {
    done_optional: bool,
    /// Whether an end without a reason is one, where what came is whole.
    reason_optional: bool,
    assembly: Assembly,
    /// The answer ended, well or with a fault; what follows means nothing.
    over: bool,
}

impl Decoder {
    pub(super) fn new(done_optional: bool) -> Self {
        Self {
            done_optional,
            reason_optional: false,
            assembly: Assembly::default(),
            over: false,
        }
    }

    /// A reader for an upstream whose streams may lack their end, the reason for it, and the ids
    /// and numbers of their tool calls, and may hold an error in a form of the upstream's own.
    pub(super) fn lenient() -> Self {
        Self {
            done_optional: true,
            reason_optional: true,
            assembly: Assembly::lenient(),
            over: false,
        }
    }

    fn read(&mut self, frame: Frame<'_>, events: &mut Vec<ChatEvent>) -> Result<(), Fault> {
        let data = frame.data.trim_ascii();
        if data.is_empty() {
            return Ok(());
        }
        if data == b"[DONE]" {
            self.over = true;
            let reasonless = self.reason_optional && self.assembly.has_content();
            return if self.assembly.has_finish() || reasonless {
                self.assembly.end(events)
            } else {
                Err(Fault::truncated(
                    "the provider ended the answer without saying why",
                ))
            };
        }
        let chunk: Chunk<'_> = match serde_json::from_slice(data) {
            Ok(chunk) => chunk,
            Err(_) if frame.event == Some("error") => return Err(fault::decode(200, data)),
            Err(error) => return Err(unreadable_body(data, &error)),
        };
        if self.reason_optional
            && let Some(number) = chunk.status()
        {
            let fault = fault::decode(200, data);
            return Err(fault.with_code(number));
        }
        if chunk.is_error() || frame.event == Some("error") {
            return Err(fault::decode(200, data));
        }
        self.assembly.chunk(chunk, events)
    }
}

impl StreamDecoder for Decoder {
    fn push(&mut self, frame: Frame<'_>, events: &mut Vec<ChatEvent>) -> Result<(), Fault> {
        if self.over {
            return Ok(());
        }
        let read = self.read(frame, events);
        self.over |= read.is_err();
        read
    }

    fn finish(&mut self, events: &mut Vec<ChatEvent>) -> Result<(), Fault> {
        if self.over {
            return Ok(());
        }
        self.over = true;
        let called = self.reason_optional && self.assembly.has_called();
        if self.done_optional && (self.assembly.has_finish() || called) {
            return self.assembly.end(events);
        }
        Err(Fault::truncated(if self.assembly.has_started() {
            "the provider closed the connection in the middle of the answer"
        } else {
            "the provider closed the connection before it answered"
        }))
    }
}
