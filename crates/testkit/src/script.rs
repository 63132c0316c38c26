//! What a scripted upstream answers: status, headers, bytes with waits between them, and an end.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use serde_json::Value;

/// One answer of a scripted upstream.
#[derive(Clone, Debug)]
pub struct Script {
    /// The status of the answer.
    pub status: u16,
    /// Header fields, sent in this order; those of the framing are added.
    pub headers: Vec<(String, String)>,
    /// How long nothing at all is sent.
    pub delay_before_head: Duration,
    /// How the body is delimited.
    pub framing: Framing,
    /// The body, piece by piece; each piece is one write, and one chunk where chunked.
    pub steps: Vec<Step>,
    /// What happens after the last step.
    pub end: End,
    /// Sent in place of status line and headers, up to and with the empty line, whatever it is.
    pub raw_head: Option<Bytes>,
}

/// One step of an answer's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// These bytes, in one write.
    Bytes(Bytes),
    /// Nothing for so long.
    Wait(Duration),
    /// These bytes again and again, with this wait after each, until the peer leaves.
    Repeat(Bytes, Duration),
}

/// How a body is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// `Content-Length`; too large a one where the end is not [`End::Complete`].
    ContentLength,
    /// Neither: the body ends where the connection does.
    UntilClose,
}

/// What happens after an answer's last step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The body ends as its framing says.
    Complete,
    /// The connection is reset (RST).
    Reset,
    /// Nothing more comes, and the connection stays until the peer leaves.
    Stall,
    /// The connection is closed (FIN) without the final chunk, or before the announced length.
    CloseEarly,
    /// Bytes that are no chunk follow, then a close.
    Garbage,
}

impl Script {
    /// An answer with this status and an empty body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            delay_before_head: Duration::ZERO,
            framing: Framing::ContentLength,
            steps: Vec::new(),
            end: End::Complete,
            raw_head: None,
        }
    }

    /// A JSON answer.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::status(status)
            .header("content-type", "application/json")
            .bytes(body.to_string())
    }

    /// An HTML page, as captive portals and broken proxies send in place of JSON.
    #[must_use]
    pub fn html(status: u16) -> Self {
        let page =
            "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Welcome</body></html>";
        Self::status(status)
            .header("content-type", "text/html; charset=utf-8")
            .bytes(page)
    }

    /// An event stream, one write for each of `events`.
    #[must_use]
    pub fn events(events: impl IntoIterator<Item = Bytes>) -> Self {
        let mut script = Self::status(200)
            .header("content-type", "text/event-stream; charset=utf-8")
            .header("cache-control", "no-cache")
            .framing(Framing::Chunked);
        script.steps = events.into_iter().map(Step::Bytes).collect();
        script
    }

    /// Nothing at all: the request is read, and never answered.
    #[must_use]
    pub fn silence() -> Self {
        Self::status(200).raw_head("").end(End::Stall)
    }

    /// Adds a header field.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a piece to the body.
    #[must_use]
    pub fn bytes(mut self, bytes: impl Into<Bytes>) -> Self {
        self.steps.push(Step::Bytes(bytes.into()));
        self
    }

    /// Adds a wait to the body.
    #[must_use]
    pub fn wait(mut self, time: Duration) -> Self {
        self.steps.push(Step::Wait(time));
        self
    }

    /// Adds a piece that is repeated until the peer leaves.
    #[must_use]
    pub fn repeat(mut self, bytes: impl Into<Bytes>, every: Duration) -> Self {
        self.steps.push(Step::Repeat(bytes.into(), every));
        self
    }

    /// Waits before the first byte of the answer.
    #[must_use]
    pub fn delay(mut self, time: Duration) -> Self {
        self.delay_before_head = time;
        self
    }

    /// Sets how the body is delimited.
    #[must_use]
    pub fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Sets what happens after the last step.
    #[must_use]
    pub fn end(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    /// Sends these bytes in place of the status line and headers.
    #[must_use]
    pub fn raw_head(mut self, head: impl Into<Bytes>) -> Self {
        self.raw_head = Some(head.into());
        self
    }

    /// Waits `gap` between any two pieces.
    #[must_use]
    pub fn paced(mut self, gap: Duration) -> Self {
        if gap.is_zero() {
            return self;
        }
        let mut steps = Vec::with_capacity(self.steps.len() * 2);
        for step in self.steps {
            if !steps.is_empty() {
                steps.push(Step::Wait(gap));
            }
            steps.push(step);
        }
        self.steps = steps;
        self
    }

    /// Cuts the whole body into pieces of `size` bytes, wherever that falls; waits are dropped.
    #[must_use]
    pub fn sliced(mut self, size: usize) -> Self {
        let body = self.body();
        self.steps = body
            .chunks(size.max(1))
            .map(|c| Step::Bytes(Bytes::copy_from_slice(c)))
            .collect();
        self
    }

    /// Keeps the first `pieces` steps and then closes early.
    #[must_use]
    pub fn cut_after(mut self, pieces: usize) -> Self {
        self.steps.truncate(pieces);
        self.end(End::CloseEarly)
    }

    /// Keeps the first `pieces` steps and half of the one after them, and then closes early.
    #[must_use]
    pub fn cut_inside(mut self, pieces: usize) -> Self {
        self.steps.truncate(pieces + 1);
        match self.steps.last_mut() {
            Some(Step::Bytes(last)) => last.truncate(last.len() / 2),
            Some(Step::Wait(_) | Step::Repeat(..)) | None => {}
        }
        self.end(End::CloseEarly)
    }

    /// Keeps the first `size` bytes of the body and then closes early.
    #[must_use]
    pub fn cut_at(mut self, size: usize) -> Self {
        let mut body = self.body();
        body.truncate(size);
        self.steps = vec![Step::Bytes(body.into())];
        self.end(End::CloseEarly)
    }

    /// Drops the last `pieces` steps, and still ends as if all were well.
    #[must_use]
    pub fn without_last(mut self, pieces: usize) -> Self {
        self.steps.truncate(self.steps.len().saturating_sub(pieces));
        self
    }

    /// The bytes of the body that is not repeated, joined.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for step in &self.steps {
            match step {
                Step::Bytes(bytes) => body.extend_from_slice(bytes),
                Step::Wait(_) | Step::Repeat(..) => {}
            }
        }
        body
    }

    /// Status line and headers as they go on the wire.
    pub(crate) fn head(&self) -> Bytes {
        if let Some(raw) = &self.raw_head {
            return raw.clone();
        }
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        match self.framing {
            Framing::Chunked => head.push_str("transfer-encoding: chunked\r\n"),
            Framing::ContentLength => {
                let missing = if self.end == End::Complete { 0 } else { 64 };
                head.push_str(&format!(
                    "content-length: {}\r\n",
                    self.body().len() + missing
                ));
            }
            Framing::UntilClose => head.push_str("connection: close\r\n"),
        }
        head.push_str("\r\n");
        head.into()
    }

    /// One piece as it goes on the wire.
    pub(crate) fn framed(&self, piece: &Bytes) -> Bytes {
        match self.framing {
            Framing::Chunked if !piece.is_empty() => {
                let mut chunk = BytesMut::from(format!("{:x}\r\n", piece.len()).as_bytes());
                chunk.extend_from_slice(piece);
                chunk.extend_from_slice(b"\r\n");
                chunk.freeze()
            }
            Framing::Chunked | Framing::ContentLength | Framing::UntilClose => piece.clone(),
        }
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Scripted",
    }
}
