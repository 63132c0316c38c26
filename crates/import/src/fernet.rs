//! Opens what Python's `cryptography` sealed as Fernet: AES-128 in CBC mode with HMAC-SHA256
//! (<https://github.com/fernet/spec/blob/master/Spec.md>).

use aes::Aes128;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What begins each sealed text.
const VERSION: u8 = 0x80;
/// Version and moment.
const HEAD: usize = 9;
const IV: usize = 16;
const TAG: usize = 32;
const HALF: usize = 16;

/// A key: one half signs, the other seals.
pub(crate) struct Key(Zeroizing<Vec<u8>>);

impl Key {
    /// Reads a key's file. A rotation of iflow2api wrote it coded once more.
    pub(crate) fn read(file: &[u8]) -> Option<Self> {
        let mut bytes = Zeroizing::new(URL_SAFE.decode(file.trim_ascii()).ok()?);
        if bytes.len() != 2 * HALF {
            bytes = Zeroizing::new(URL_SAFE.decode(bytes.trim_ascii()).ok()?);
        }
        (bytes.len() == 2 * HALF).then_some(Self(bytes))
    }

    /// The text that was sealed; `None` where it was sealed with another key, or changed since.
    pub(crate) fn open(&self, token: &str) -> Option<String> {
        let sealed = URL_SAFE.decode(token.trim()).ok()?;
        if sealed.first() != Some(&VERSION) || sealed.len() < HEAD + IV + TAG {
            return None;
        }
        let (signed, tag) = sealed.split_at(sealed.len() - TAG);
        let (signing, sealing) = self.0.split_at(HALF);
        let mut mac = Hmac::<Sha256>::new_from_slice(signing).ok()?;
        mac.update(signed);
        mac.verify_slice(tag).ok()?;
        let (_, rest) = signed.split_at(HEAD);
        let (iv, text) = rest.split_at(IV);
        let mut text = Zeroizing::new(text.to_vec());
        let decryptor = Decryptor::<Aes128>::new_from_slices(sealing, iv).ok()?;
        let plain = decryptor.decrypt_padded::<Pkcs7>(&mut text).ok()?;
        String::from_utf8(plain.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// The specification's own example (`verify.json`).
    const KEY: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
    const TOKEN: &str = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";

    #[test]
    fn the_specifications_example_opens() {
        let key = Key::read(KEY.as_bytes()).unwrap();
        assert_eq!(key.open(TOKEN).as_deref(), Some("hello"));
        let line = format!("{KEY}\n");
        assert!(Key::read(line.as_bytes()).unwrap().open(TOKEN).is_some());
        let twice = URL_SAFE.encode(KEY);
        assert!(Key::read(twice.as_bytes()).unwrap().open(TOKEN).is_some());
    }

    #[test]
    fn another_key_and_a_changed_text_do_not_open() {
        let other = URL_SAFE.encode([7; 32]);
        assert_eq!(Key::read(other.as_bytes()).unwrap().open(TOKEN), None);
        let key = Key::read(KEY.as_bytes()).unwrap();
        for at in [0, 3, 12, 30, 60, 95] {
            let mut changed = TOKEN.as_bytes().to_vec();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                key.open(std::str::from_utf8(&changed).unwrap()),
                None,
                "{at}"
            );
        }
        for wrong in ["", "enc", "gAAA", "💥"] {
            assert_eq!(key.open(wrong), None, "{wrong}");
        }
        for wrong in [&b""[..], b"short", b"\xff\xfe", b"AAAA"] {
            assert!(Key::read(wrong).is_none());
        }
    }
}
