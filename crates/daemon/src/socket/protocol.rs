//! One line with a request, one line with its answer, both JSON, both bounded.

use std::io;
use std::time::Duration;

use contract::ApiError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _,
};

/// The longest request, in bytes: a provider's key with its surroundings is far below.
pub(super) const LONGEST_REQUEST: u64 = 64 * 1024;
/// The longest answer, in bytes: the models of many providers.
pub(super) const LONGEST_ANSWER: u64 = 16 * 1024 * 1024;
/// For a request to arrive, and for an answer to be taken.
pub(super) const TRANSFER: Duration = Duration::from_secs(5);
/// For the server to work on a request; some ask a provider.
pub(super) const WORK: Duration = Duration::from_secs(120);

/// What is asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    /// The method's name.
    pub(super) method: String,
    /// Its parameters; null where it takes none.
    #[serde(default)]
    pub(super) params: Value,
}

/// What is answered.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Answer {
    /// The method's answer.
    Result(Value),
    /// Why it failed.
    Error(ApiError),
}

/// Reads one line of at most `limit` bytes; the line break is left out.
pub(super) async fn read_line(
    from: &mut (impl AsyncBufRead + Unpin),
    limit: u64,
) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    from.take(limit + 1).read_until(b'\n', &mut line).await?;
    if line.pop() == Some(b'\n') {
        return Ok(line);
    }
    let kind = if line.len() as u64 >= limit {
        io::ErrorKind::FileTooLarge
    } else {
        io::ErrorKind::UnexpectedEof
    };
    Err(kind.into())
}

/// Writes a value as one line.
pub(super) async fn write_line(
    to: &mut (impl AsyncWrite + Unpin),
    value: &impl Serialize,
) -> io::Result<()> {
    let mut line = zeroize::Zeroizing::new(serde_json::to_vec(value)?);
    line.push(b'\n');
    to.write_all(&line).await?;
    to.flush().await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[tokio::test]
    async fn a_line_is_bounded_and_must_end() {
        let read = async |bytes: &[u8], limit| read_line(&mut &*bytes, limit).await;
        assert_eq!(read(b"abc\nrest", 10).await.unwrap(), b"abc");
        assert_eq!(read(b"abc\n", 3).await.unwrap(), b"abc");
        let kind = |error: io::Error| error.kind();
        assert_eq!(
            read(b"abcd\n", 3).await.map_err(kind),
            Err(io::ErrorKind::FileTooLarge)
        );
        assert_eq!(
            read(b"abc", 10).await.map_err(kind),
            Err(io::ErrorKind::UnexpectedEof)
        );
        assert_eq!(
            read(b"", 10).await.map_err(kind),
            Err(io::ErrorKind::UnexpectedEof)
        );
    }

    #[tokio::test]
    async fn what_is_written_is_one_line() {
        let mut line = Vec::new();
        let request = Request {
            method: "a\nb".to_owned(),
            params: Value::Null,
        };
        write_line(&mut line, &request).await.unwrap();
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        let read: Request = serde_json::from_slice(&line).unwrap();
        assert_eq!(read.method, "a\nb");
    }
}
