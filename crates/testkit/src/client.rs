//! A raw HTTP/1.1 client that can send any bytes, read step by step, and hang up at any point.

use std::io;

use bytes::{Bytes, BytesMut};
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::wire::{Head, Headers, Incoming, Remaining};

/// One connection; dropping it closes it.
pub struct Client {
    incoming: Incoming<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    host: String,
    left: Remaining,
    to_head: bool,
    unread: BytesMut,
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The header fields, in order.
    pub headers: Headers,
    /// The body, with its transfer coding undone.
    pub body: Bytes,
}

/// One server-sent event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SseEvent {
    /// What follows `event:`; empty where there is none.
    pub name: String,
    /// What follows `data:`, lines joined.
    pub data: String,
}

impl Answer {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

impl SseEvent {
    /// The data as JSON; null where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or(Value::Null)
    }
}

impl Client {
    /// Connects to `127.0.0.1:1234` or `http://127.0.0.1:1234`.
    ///
    /// # Errors
    /// Where nothing accepts there.
    pub async fn connect(address: &str) -> io::Result<Self> {
        let host = address
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .to_owned();
        let stream = TcpStream::connect(&host).await?;
        stream.set_nodelay(true)?;
        let (reader, writer) = stream.into_split();
        Ok(Self {
            incoming: Incoming::new(reader),
            writer,
            host,
            left: Remaining::Done,
            to_head: false,
            unread: BytesMut::new(),
        })
    }

    /// Sends exactly these bytes.
    ///
    /// # Errors
    /// Where the peer is gone.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.writer.write_all(bytes.as_ref()).await
    }

    /// Sends a request, with `host` and, where there is a body, `content-length` added.
    ///
    /// # Errors
    /// Where the peer is gone.
    pub async fn request(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<()> {
        let mut bytes = format!("{method} {target} HTTP/1.1\r\nhost: {}\r\n", self.host);
        for (name, value) in headers {
            bytes.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() || method == "POST" {
            bytes.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        bytes.push_str("\r\n");
        self.to_head = method == "HEAD";
        let mut bytes = bytes.into_bytes();
        bytes.extend_from_slice(body);
        self.send(bytes).await
    }

    /// Sends a request with a JSON body.
    ///
    /// # Errors
    /// Where the peer is gone.
    pub async fn post(
        &mut self,
        target: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> io::Result<()> {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        self.request("POST", target, &all, body.to_string().as_bytes())
            .await
    }

    /// Reads the head of an answer; its body can then be read.
    ///
    /// # Errors
    /// Where the connection ends first, or what comes is no head.
    pub async fn head(&mut self) -> io::Result<Head> {
        loop {
            let Some(head) = self.incoming.head().await? else {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "closed before an answer",
                ));
            };
            if head.status() == 100 {
                continue;
            }
            self.left = head.answer_body(self.to_head);
            self.unread.clear();
            return Ok(head);
        }
    }

    /// Reads the next piece of the body as it comes; `None` at its end.
    ///
    /// # Errors
    /// Where the body is cut, or its framing is broken.
    pub async fn piece(&mut self) -> io::Result<Option<Bytes>> {
        self.incoming.piece(&mut self.left).await
    }

    /// Reads the next server-sent event; comments are skipped; `None` at the end of the body.
    ///
    /// # Errors
    /// Where the body is cut, or its framing is broken.
    pub async fn event(&mut self) -> io::Result<Option<SseEvent>> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|w| w == b"\n\n") {
                let block = self.unread.split_to(end + 2);
                if let Some(event) = parse_event(&String::from_utf8_lossy(&block)) {
                    return Ok(Some(event));
                }
                continue;
            }
            let Some(piece) = self.piece().await? else {
                return Ok(None);
            };
            self.unread.extend_from_slice(&piece);
        }
    }

    /// Reads a whole answer.
    ///
    /// # Errors
    /// Where it is cut or malformed.
    pub async fn answer(&mut self) -> io::Result<Answer> {
        let head = self.head().await?;
        let body = self.incoming.body(self.left).await?;
        self.left = Remaining::Done;
        Ok(Answer {
            status: head.status(),
            headers: head.headers,
            body,
        })
    }

    /// Waits until the peer closes; anything it sends before is dropped.
    ///
    /// # Errors
    /// Where the connection is reset.
    pub async fn closed(&mut self) -> io::Result<()> {
        while self.incoming.fill().await? > 0 {}
        Ok(())
    }

    /// Says that nothing more will be sent, and can still read.
    ///
    /// # Errors
    /// Where the peer is gone.
    pub async fn half_close(&mut self) -> io::Result<()> {
        self.writer.shutdown().await
    }

    /// Closes the connection.
    pub fn hang_up(self) {}

    /// Resets the connection (RST).
    ///
    /// # Errors
    /// Where the system refuses the option.
    pub fn reset(self) -> io::Result<()> {
        match self.incoming.into_inner().reunite(self.writer) {
            Ok(stream) => stream.set_zero_linger(),
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

fn parse_event(block: &str) -> Option<SseEvent> {
    let (mut name, mut data) = (String::new(), Vec::new());
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut name),
            "data" => data.push(value),
            _ => {}
        }
    }
    let some = !data.is_empty() || !name.is_empty();
    some.then(|| SseEvent {
        name,
        data: data.join("\n"),
    })
}
