//! Reads HTTP/1.1 heads and bodies, for both ends of a test's connection.

use std::io;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

const LARGEST_HEAD: usize = 256 * 1024;

/// Header fields in the order in which they came, with the case they came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// The value of the first field of this name, in any case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The values of every field of this name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter()
            .filter(move |(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Every field, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn says(&self, name: &str, word: &str) -> bool {
        self.all(name)
            .flat_map(|value| value.split(','))
            .any(|w| w.trim().eq_ignore_ascii_case(word))
    }
}

impl FromIterator<(String, String)> for Headers {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(fields: T) -> Self {
        Self(fields.into_iter().collect())
    }
}

/// The first line of a message, and its header fields.
#[derive(Clone, Debug)]
pub struct Head {
    /// The request line or the status line, without its line end.
    pub line: String,
    /// The header fields.
    pub headers: Headers,
}

impl Head {
    /// The status of an answer; 0 where the line has none.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.line
            .split(' ')
            .nth(1)
            .and_then(|word| word.parse().ok())
            .unwrap_or(0)
    }

    pub(crate) fn closes(&self) -> bool {
        self.headers.says("connection", "close")
            || (self.line.contains("HTTP/1.0") && !self.headers.says("connection", "keep-alive"))
    }

    pub(crate) fn expects_continue(&self) -> bool {
        self.headers.says("expect", "100-continue")
    }

    /// How the body of a request is delimited: one without length or coding has none.
    pub(crate) fn request_body(&self) -> Remaining {
        match self.delimited() {
            Some(remaining) => remaining,
            None => Remaining::Done,
        }
    }

    /// How the body of an answer is delimited: without length or coding it lasts until the close.
    pub(crate) fn answer_body(&self, to_head: bool) -> Remaining {
        match self.status() {
            _ if to_head => Remaining::Done,
            100..=199 | 204 | 304 => Remaining::Done,
            _ => self.delimited().unwrap_or(Remaining::UntilClose),
        }
    }

    fn delimited(&self) -> Option<Remaining> {
        if self.headers.says("transfer-encoding", "chunked") {
            return Some(Remaining::Chunks(0));
        }
        let length = self.headers.get("content-length")?.trim().parse().ok()?;
        Some(if length == 0 {
            Remaining::Done
        } else {
            Remaining::Length(length)
        })
    }
}

/// What is left of the body being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remaining {
    Done,
    Length(u64),
    /// Chunked; the number is what is left of the present chunk.
    Chunks(u64),
    UntilClose,
}

/// A connection's reading half, with what was read ahead.
pub(crate) struct Incoming<R> {
    reader: R,
    buffer: BytesMut,
}

impl<R: AsyncRead + Unpin> Incoming<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: BytesMut::with_capacity(16 * 1024),
        }
    }

    /// Gives the reading half back; what was read ahead is lost.
    pub(crate) fn into_inner(self) -> R {
        self.reader
    }

    /// Waits for more bytes and keeps them; 0 means that the peer closed. Safe to cancel.
    pub(crate) async fn fill(&mut self) -> io::Result<usize> {
        self.reader.read_buf(&mut self.buffer).await
    }

    /// Reads a head; `None` where the peer closed before its first byte.
    pub(crate) async fn head(&mut self) -> io::Result<Option<Head>> {
        loop {
            if let Some(end) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                let bytes = self.buffer.split_to(end + 4);
                return parse_head(&bytes).map(Some);
            }
            if self.buffer.len() > LARGEST_HEAD {
                return Err(malformed("a head that does not end"));
            }
            if self.fill().await? == 0 {
                return if self.buffer.is_empty() {
                    Ok(None)
                } else {
                    Err(cut())
                };
            }
        }
    }

    /// Reads the next piece of a body as it comes; `None` at its end, an error where it is cut.
    pub(crate) async fn piece(&mut self, left: &mut Remaining) -> io::Result<Option<Bytes>> {
        loop {
            match *left {
                Remaining::Done => return Ok(None),
                Remaining::Chunks(0) => *left = self.chunk_size().await?,
                Remaining::Length(size) | Remaining::Chunks(size) => {
                    if self.buffer.is_empty() && self.fill().await? == 0 {
                        return Err(cut());
                    }
                    let taken = size.min(self.buffer.len() as u64);
                    let piece = self.buffer.split_to(taken as usize).freeze();
                    let rest = size - taken;
                    *left = match *left {
                        Remaining::Length(_) if rest == 0 => Remaining::Done,
                        Remaining::Length(_) => Remaining::Length(rest),
                        _ if rest == 0 => self.chunk_end().await?,
                        _ => Remaining::Chunks(rest),
                    };
                    return Ok(Some(piece));
                }
                Remaining::UntilClose => {
                    if self.buffer.is_empty() && self.fill().await? == 0 {
                        *left = Remaining::Done;
                        return Ok(None);
                    }
                    return Ok(Some(self.buffer.split().freeze()));
                }
            }
        }
    }

    /// Reads the rest of a body.
    pub(crate) async fn body(&mut self, mut left: Remaining) -> io::Result<Bytes> {
        let mut whole = BytesMut::new();
        while let Some(piece) = self.piece(&mut left).await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    async fn chunk_size(&mut self) -> io::Result<Remaining> {
        let line = self.line().await?;
        let digits = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(digits, 16).map_err(|_| malformed("a chunk size"))?;
        if size > 0 {
            return Ok(Remaining::Chunks(size));
        }
        while !self.line().await?.is_empty() {}
        Ok(Remaining::Done)
    }

    async fn chunk_end(&mut self) -> io::Result<Remaining> {
        if self.line().await?.is_empty() {
            Ok(Remaining::Chunks(0))
        } else {
            Err(malformed("the end of a chunk"))
        }
    }

    async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|w| w == b"\r\n") {
                let line = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
                self.buffer.advance(end + 2);
                return Ok(line);
            }
            if self.buffer.len() > LARGEST_HEAD {
                return Err(malformed("a line that does not end"));
            }
            if self.fill().await? == 0 {
                return Err(cut());
            }
        }
    }
}

fn parse_head(bytes: &[u8]) -> io::Result<Head> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.trim_end_matches("\r\n").split("\r\n");
    let line = lines.next().unwrap_or_default().to_owned();
    let fields: Option<Headers> = lines
        .map(|field| {
            let (name, value) = field.split_once(':')?;
            Some((name.to_owned(), value.trim().to_owned()))
        })
        .collect();
    Ok(Head {
        line,
        headers: fields.ok_or_else(|| malformed("a header field"))?,
    })
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("could not read {what}"))
}

fn cut() -> io::Error {
    io::Error::new(
        io::ErrorKind::UnexpectedEof,
        "the peer closed in the middle of a message",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    async fn read(bytes: &[u8]) -> io::Result<(Head, Bytes)> {
        let mut incoming = Incoming::new(bytes);
        let head = incoming.head().await?.unwrap();
        let body = incoming.body(head.request_body()).await?;
        Ok((head, body))
    }

    #[tokio::test]
    async fn lengths_and_chunks_give_the_same_body() {
        let (_, plain) = read(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello")
            .await
            .unwrap();
        let chunked = b"POST / HTTP/1.1\r\ntransfer-encoding: Chunked\r\n\r\n\
                        3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\ntrailer: 1\r\n\r\n";
        let (_, joined) = read(chunked).await.unwrap();
        assert_eq!((&plain[..], &joined[..]), (&b"hello"[..], &b"hello"[..]));
    }

    #[tokio::test]
    async fn a_cut_body_is_an_error() {
        let cut = read(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhello")
            .await
            .unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::UnexpectedEof);
        let cut =
            read(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n").await;
        assert_eq!(cut.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn headers_keep_order_case_and_repeats() {
        let (head, _) = read(b"GET / HTTP/1.1\r\nX-A: 1\r\nx-b: 2\r\nx-a: 3\r\n\r\n")
            .await
            .unwrap();
        assert_eq!(head.headers.all("X-a").collect::<Vec<_>>(), ["1", "3"]);
        assert_eq!(head.headers.iter().next(), Some(("X-A", "1")));
    }
}
