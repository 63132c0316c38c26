//! What a picture's bytes are, whatever the client called them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The media type that the first bytes tell, of those that Anthropic takes (jpeg, png, gif, webp).
pub(super) fn media_type(data: &str) -> Option<&'static str> {
    // 16 characters are 12 bytes: enough for the longest signature, WebP's.
    let head = STANDARD.decode(data.get(..16)?).ok()?;
    match head.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => None,
    }
}

/// Whether the bytes are a PDF.
pub(super) fn is_pdf(data: &str) -> bool {
    data.get(..8)
        .and_then(|head| STANDARD.decode(head).ok())
        .is_some_and(|head| head.starts_with(b"%PDF"))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::{is_pdf, media_type};

    #[test]
    fn bytes_tell_what_they_are() {
        let of = |bytes: &[u8]| media_type(&STANDARD.encode(bytes));
        assert_eq!(of(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some("image/png"));
        assert_eq!(of(b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01"), Some("image/jpeg"));
        assert_eq!(of(b"GIF89a\x01\0\x01\0\0\0"), Some("image/gif"));
        assert_eq!(of(b"RIFF\x24\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(of(b"RIFF\x24\0\0\0WAVEfmt "), None);
        assert_eq!(of(b"short"), None);
        assert_eq!(media_type("????????????????"), None);
        assert!(is_pdf(&STANDARD.encode(b"%PDF-1.7\n")));
        assert!(!is_pdf("eA=="));
    }
}
