//! A request's body, read whole within its limits.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use dialect::peek::Peek;
use dialect::{Fault, FaultKind, Origin};
use http::HeaderMap;
use http_body::Body;
use http_body_util::BodyExt;
use intake::decompress::{self, Encoding, too_large};
use intake::form::{Form, Taking};

use crate::headers::{content_type, is_json};
use crate::patience::within;

/// Checks that the body is said to be JSON. A browser can send anything else without asking first.
pub(crate) fn check_type(headers: &HeaderMap, takes_files: bool) -> Result<(), Fault> {
    if is_json(content_type(headers)) {
        return Ok(());
    }
    Err(Fault::new(
        Origin::Client,
        FaultKind::UnsupportedMediaType,
        if takes_files {
            "send the body as \"Content-Type: multipart/form-data\", or as application/json"
        } else {
            "send the body as \"Content-Type: application/json\""
        },
    ))
}

/// Reads a body of at most `limit` bytes, before and after decompression. `patience` is how long
/// to wait for each piece.
pub(crate) async fn read<B>(
    headers: &HeaderMap,
    body: B,
    limit: usize,
    patience: Duration,
) -> Result<Bytes, Fault>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let encoding = decompress::encoding(headers)?;
    let raw = collect(body, limit, patience).await?;
    match encoding {
        Encoding::Identity => Ok(raw),
        // Millions of bytes can come out of a few; the one thread of the data plane must not wait.
        encoding @ (Encoding::Gzip | Encoding::Deflate | Encoding::Brotli | Encoding::Zstd) => {
            tokio::task::spawn_blocking(move || decompress::decompress(encoding, &raw, limit))
                .await
                .map_err(|_| {
                    Fault::new(
                        Origin::Gateway,
                        FaultKind::Internal,
                        "the body was not read",
                    )
                })?
        }
    }
}

/// Checks that a body of several parts, which is never held whole, is not compressed.
pub(crate) fn check_plain(headers: &HeaderMap) -> Result<(), Fault> {
    match decompress::encoding(headers)? {
        Encoding::Identity => Ok(()),
        Encoding::Gzip | Encoding::Deflate | Encoding::Brotli | Encoding::Zstd => Err(Fault::new(
            Origin::Client,
            FaultKind::UnsupportedMediaType,
            "send a body of several parts without compression",
        )
        .with_code("unsupported_content_encoding")),
    }
}

/// Reads a body of several parts, at most `limit` bytes of it.
pub(crate) async fn form<B>(
    mut body: B,
    boundary: &str,
    limit: usize,
    patience: Duration,
) -> Result<(Form, Peek), Fault>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large(limit));
    }
    let mut taking = Taking::begin(boundary).await?;
    let mut read = 0;
    while let Some(frame) = next(&mut body, patience).await? {
        let Ok(data) = frame.into_data() else {
            continue;
        };
        read += data.len();
        if read > limit {
            return Err(too_large(limit));
        }
        taking.push(&data).await?;
    }
    taking.finish().await
}

/// Reads a body of at most `limit` bytes as it is.
pub(crate) async fn collect<B>(
    mut body: B,
    limit: usize,
    patience: Duration,
) -> Result<Bytes, Fault>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let hint = body.size_hint();
    if hint.lower() > limit as u64 {
        return Err(too_large(limit));
    }
    let mut first: Option<Bytes> = None;
    let mut rest = BytesMut::new();
    while let Some(frame) = next(&mut body, patience).await? {
        let Ok(data) = frame.into_data() else {
            continue;
        };
        let so_far = first.as_ref().map_or(0, Bytes::len).max(rest.len());
        if so_far + data.len() > limit {
            return Err(too_large(limit));
        }
        match (first.take(), rest.is_empty()) {
            // A body that comes in one piece is never copied.
            (None, true) => first = Some(data),
            (Some(start), _) => {
                let whole = usize::try_from(hint.lower()).unwrap_or(limit).min(limit);
                rest.reserve(whole.max(start.len() + data.len()));
                rest.extend_from_slice(&start);
                rest.extend_from_slice(&data);
            }
            (None, false) => rest.extend_from_slice(&data),
        }
    }
    Ok(first.unwrap_or_else(|| rest.freeze()))
}

async fn next<B>(body: &mut B, patience: Duration) -> Result<Option<http_body::Frame<Bytes>>, Fault>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let frame = within(patience, body.frame()).await.map_err(|_| {
        let mut fault = Fault::new(
            Origin::Client,
            FaultKind::Timeout,
            "the rest of the request's body did not come in time",
        );
        fault.status = Some(408);
        fault
    })?;
    frame.transpose().map_err(|error| {
        Fault::invalid("", format!("the request's body could not be read: {error}"))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::time::Duration;

    use bytes::Bytes;
    use dialect::FaultKind;
    use http::{HeaderMap, HeaderValue, header};
    use http_body_util::{Full, StreamBody};

    use super::{check_type, read};

    fn typed(value: &'static str) -> Result<(), FaultKind> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(value));
        check_type(&headers, false).map_err(|fault| fault.kind)
    }

    #[test]
    fn only_json_is_read() {
        for value in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/vnd.x+json",
        ] {
            assert_eq!(typed(value), Ok(()), "{value}");
        }
        for value in [
            "text/plain",
            "text/plain; application/json",
            "application/x-www-form-urlencoded",
            "json",
            "",
        ] {
            assert_eq!(
                typed(value),
                Err(FaultKind::UnsupportedMediaType),
                "{value}"
            );
        }
        assert!(check_type(&HeaderMap::new(), true).is_err());
    }

    fn pieces(
        pieces: &[&'static [u8]],
    ) -> impl http_body::Body<Data = Bytes, Error = std::convert::Infallible> + Unpin {
        let frames: Vec<_> = pieces
            .iter()
            .map(|&piece| Ok(http_body::Frame::data(Bytes::from_static(piece))))
            .collect();
        StreamBody::new(futures_util::stream::iter(frames))
    }

    #[tokio::test]
    async fn s44_a_body_is_whole_or_too_large() {
        let read = |body, limit| async move {
            read(&HeaderMap::new(), body, limit, Duration::from_secs(1))
                .await
                .map_err(|fault| fault.kind)
        };
        assert_eq!(
            read(pieces(&[b"ab", b"c", b"", b"def"]), 6).await.unwrap(),
            "abcdef"
        );
        assert_eq!(read(pieces(&[]), 6).await.unwrap(), "");
        assert_eq!(
            read(pieces(&[b"ab", b"c", b"def"]), 5).await,
            Err(FaultKind::TooLarge)
        );
        assert_eq!(
            read(pieces(&[b"abcdef"]), 5).await,
            Err(FaultKind::TooLarge)
        );
    }

    #[test]
    fn the_limit_is_told_in_the_unit_that_fits_it() {
        for (limit, told) in [
            (64 << 10, "64 KiB"),
            (1 << 20, "1 MiB"),
            (32 << 20, "32 MiB"),
        ] {
            let fault = super::too_large(limit);
            assert!(fault.message.ends_with(told), "{}", fault.message);
        }
    }

    #[tokio::test]
    async fn s44_a_known_length_is_refused_before_it_is_read() {
        let body = Full::new(Bytes::from_static(b"abcdef"));
        let result = read(&HeaderMap::new(), body, 5, Duration::from_secs(1)).await;
        assert_eq!(result.map_err(|fault| fault.kind), Err(FaultKind::TooLarge));
    }

    #[tokio::test]
    async fn s44_a_body_that_stops_is_given_up() {
        let body = StreamBody::new(futures_util::stream::pending::<
            Result<_, std::convert::Infallible>,
        >());
        let result = read(&HeaderMap::new(), body, 5, Duration::from_millis(20)).await;
        assert_eq!(result.map_err(|fault| fault.status), Err(Some(408)));
    }
}
