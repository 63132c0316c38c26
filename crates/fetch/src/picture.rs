//! What came, if it is a picture.

use http::header;

use crate::Refusal;
use crate::fetcher::Bounds;

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its media type, by its first bytes.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The media types that every provider reads, and `image/jpg`, which some servers say for jpeg.
const TYPES: [&str; 5] = [
    "image/png",
    "image/jpeg",
    "image/jpg",
    "image/gif",
    "image/webp",
];

/// Reads an answer's body: of a known type by its head and by its bytes, and not too large.
pub(crate) async fn read(
    mut response: reqwest::Response,
    bounds: &Bounds,
) -> Result<Picture, Refusal> {
    let text = |name| {
        let field = response.headers().get(name)?;
        Some(field.to_str().unwrap_or("?").trim().to_ascii_lowercase())
    };
    let kind = text(header::CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim_end();
    let coding = text(header::CONTENT_ENCODING).unwrap_or_default();
    if !TYPES.contains(&kind) || !matches!(coding.as_str(), "" | "identity") {
        return Err(Refusal::Type);
    }
    let announced = response.content_length().unwrap_or_default();
    if announced > bounds.bytes as u64 {
        return Err(Refusal::TooLarge);
    }
    let mut bytes = Vec::new();
    let broken = |_| Refusal::Unreachable;
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > bounds.bytes {
            return Err(Refusal::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    let media_type = told_by(&bytes).ok_or(Refusal::Type)?;
    Ok(Picture { media_type, bytes })
}

/// The media type that the first bytes tell.
fn told_by(bytes: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 4] = [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xFF\xD8\xFF", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
    ];
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some("image/webp");
    }
    let mut known = KNOWN.iter();
    let (_, name) = known.find(|(magic, _)| bytes.starts_with(magic))?;
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::told_by;

    #[test]
    fn s38_bytes_tell_what_they_are() {
        assert_eq!(told_by(b"\x89PNG\r\n\x1a\n\0"), Some("image/png"));
        assert_eq!(told_by(b"\xFF\xD8\xFF\xE0"), Some("image/jpeg"));
        assert_eq!(told_by(b"GIF87a"), Some("image/gif"));
        assert_eq!(told_by(b"GIF89a"), Some("image/gif"));
        assert_eq!(told_by(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        for other in [
            &b""[..],
            b"<svg xmlns",
            b"RIFF\0\0\0\0WAVE",
            b"\x89PNG",
            b"{\"secret\":1}",
        ] {
            assert_eq!(told_by(other), None, "{other:?}");
        }
    }
}
