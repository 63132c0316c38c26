//! Compressed request bodies, taken apart within limits: a bomb is noticed while it unfolds.

use std::io::Read;

use bytes::Bytes;
use dialect::{Fault, FaultKind, Origin};
use http::{HeaderMap, header};

/// Up to here any ratio is fine.
const FREE: usize = 1024 * 1024;
/// Beyond [`FREE`], the most that one byte may unfold to.
const RATIO: usize = 100;
/// The largest window that a zstd body may ask for, as a power of two: 8 MiB.
const ZSTD_WINDOW: u32 = 23;

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    Identity,
    /// As RFC 1952 has it.
    Gzip,
    /// As RFC 1950 has it, or bare.
    Deflate,
    /// As RFC 7932 has it.
    Brotli,
    /// As RFC 8878 has it.
    Zstd,
}

/// Reads `Content-Encoding`; one layer at most.
///
/// # Errors
/// More layers, or one of an unknown kind.
pub fn encoding(headers: &HeaderMap) -> Result<Encoding, Fault> {
    let mut fields = headers.get_all(header::CONTENT_ENCODING).iter();
    let (Some(field), None) = (fields.next(), fields.next()) else {
        return if headers.contains_key(header::CONTENT_ENCODING) {
            Err(unsupported("the body is compressed more than once"))
        } else {
            Ok(Encoding::Identity)
        };
    };
    match field.as_bytes().trim_ascii() {
        b"" | b"identity" => Ok(Encoding::Identity),
        b"gzip" | b"x-gzip" => Ok(Encoding::Gzip),
        b"deflate" => Ok(Encoding::Deflate),
        b"br" => Ok(Encoding::Brotli),
        b"zstd" => Ok(Encoding::Zstd),
        _ => Err(unsupported(
            "the body's compression is none of gzip, deflate, br, zstd",
        )),
    }
}

fn unsupported(message: &str) -> Fault {
    Fault::new(Origin::Client, FaultKind::UnsupportedMediaType, message)
        .with_code("unsupported_content_encoding")
}

/// Unfolds a body to at most `limit` bytes.
///
/// # Errors
/// It is larger, unfolds out of all proportion, or is not what it says.
pub fn decompress(encoding: Encoding, body: &[u8], limit: usize) -> Result<Bytes, Fault> {
    match encoding {
        Encoding::Identity => Ok(Bytes::copy_from_slice(body)),
        Encoding::Gzip => unfold(flate2::read::MultiGzDecoder::new(body), body.len(), limit),
        // "deflate" means zlib's wrapping of it; some clients send it bare.
        Encoding::Deflate if is_zlib(body) => {
            unfold(flate2::read::ZlibDecoder::new(body), body.len(), limit)
        }
        Encoding::Deflate => unfold(flate2::read::DeflateDecoder::new(body), body.len(), limit),
        Encoding::Brotli => unfold(
            brotli_decompressor::Decompressor::new(body, 16 * 1024),
            body.len(),
            limit,
        ),
        Encoding::Zstd => {
            let mut decoder =
                zstd::stream::read::Decoder::with_buffer(body).map_err(|error| broken(&error))?;
            decoder
                .window_log_max(ZSTD_WINDOW)
                .map_err(|error| broken(&error))?;
            unfold(decoder, body.len(), limit)
        }
    }
}

/// A zlib header's two bytes are a multiple of 31 and name method 8 (RFC 1950).
fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [cmf, flg, ..] if cmf & 0x0f == 8 && (u16::from(*cmf) << 8 | u16::from(*flg)) % 31 == 0)
}

fn unfold(mut from: impl Read, packed: usize, limit: usize) -> Result<Bytes, Fault> {
    let most = limit.min(FREE.max(packed.saturating_mul(RATIO)));
    let mut unfolded = Vec::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut piece).map_err(|error| broken(&error))?;
        if read == 0 {
            return Ok(unfolded.into());
        }
        if unfolded.len() + read > most {
            return Err(too_large(limit));
        }
        unfolded.extend_from_slice(&piece[..read]);
    }
}

/// The refusal of a body that is larger than `limit` bytes.
#[must_use]
pub fn too_large(limit: usize) -> Fault {
    let size = match limit >> 20 {
        0 => format!("{} KiB", limit >> 10),
        whole => format!("{whole} MiB"),
    };
    let message = format!("the request's body is larger than {size}");
    Fault::new(Origin::Client, FaultKind::TooLarge, message)
}

fn broken(error: &std::io::Error) -> Fault {
    Fault::invalid(
        "",
        format!("the compressed body could not be read: {error}"),
    )
    .with_code("invalid_content_encoding")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::io::Write;
    use std::time::{Duration, Instant};

    use dialect::FaultKind;
    use http::{HeaderMap, HeaderValue, header};

    use super::{Encoding, decompress, encoding};

    const LIMIT: usize = 32 * 1024 * 1024;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn s45_each_encoding_is_read() {
        let text = br#"{"model":"demo"}"#;
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(text).unwrap();
        let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        bare.write_all(text).unwrap();
        // An uncompressed meta-block, as RFC 7932 writes it: the crate in use only reads.
        let mut brotli = vec![0x8b, 0x07, 0x80];
        brotli.extend_from_slice(text);
        brotli.push(0x03);
        for (encoding, packed) in [
            (Encoding::Gzip, gzip(text)),
            (Encoding::Deflate, zlib.finish().unwrap()),
            (Encoding::Deflate, bare.finish().unwrap()),
            (Encoding::Zstd, zstd::encode_all(&text[..], 3).unwrap()),
            (Encoding::Brotli, brotli),
        ] {
            assert_eq!(
                decompress(encoding, &packed, LIMIT).unwrap(),
                &text[..],
                "{encoding:?}"
            );
        }
    }

    #[test]
    fn s45_bombs_are_refused_early() {
        let zeros = vec![0_u8; 256 * 1024 * 1024];
        for (encoding, packed) in [
            (Encoding::Gzip, gzip(&zeros)),
            (Encoding::Zstd, zstd::encode_all(&zeros[..], 1).unwrap()),
        ] {
            let began = Instant::now();
            let fault = decompress(encoding, &packed, LIMIT).unwrap_err();
            assert_eq!(fault.kind, FaultKind::TooLarge, "{encoding:?}");
            assert!(
                began.elapsed() < Duration::from_secs(2),
                "{encoding:?} took {:?}",
                began.elapsed()
            );
        }
        // Within the ratio, but over the limit.
        let noise: Vec<u8> = (0..200_000_u32)
            .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
            .collect();
        assert_eq!(
            decompress(Encoding::Gzip, &gzip(&noise), 500_000)
                .unwrap_err()
                .kind,
            FaultKind::TooLarge
        );
    }

    #[test]
    fn s45_a_window_of_a_gigabyte_is_not_reserved() {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 19).unwrap();
        encoder.long_distance_matching(true).unwrap();
        encoder.window_log(27).unwrap();
        encoder.write_all(&vec![1_u8; 1024]).unwrap();
        let packed = encoder.finish().unwrap();
        assert!(decompress(Encoding::Zstd, &packed, LIMIT).is_err());
    }

    #[test]
    fn s45_one_layer_of_a_known_kind() {
        let named = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(value));
            encoding(&headers).map_err(|fault| fault.kind)
        };
        assert_eq!(named("gzip"), Ok(Encoding::Gzip));
        assert_eq!(named("identity"), Ok(Encoding::Identity));
        assert_eq!(named("gzip, gzip"), Err(FaultKind::UnsupportedMediaType));
        assert_eq!(named("compress"), Err(FaultKind::UnsupportedMediaType));
        let garbage = decompress(Encoding::Gzip, b"not gzip", LIMIT).unwrap_err();
        assert_eq!(garbage.kind, FaultKind::InvalidRequest);
    }
}
