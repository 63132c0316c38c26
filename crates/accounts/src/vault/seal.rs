//! Sealing and opening with XChaCha20-Poly1305, bound to the place the sealed bytes belong to.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::VaultError;
use super::key::{DataKey, random};

/// The bytes that a seal is bound to, each part preceded by its length so that no two lists of
/// parts give the same bytes.
pub(super) struct Binding(Vec<u8>);

impl Binding {
    /// Begins with the purpose, which keeps seals of different kinds apart.
    pub(super) fn new(purpose: &str) -> Self {
        Self(Vec::new()).part(purpose.as_bytes())
    }

    pub(super) fn part(mut self, bytes: &[u8]) -> Self {
        self.0
            .extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
        self
    }

    pub(super) fn number(self, number: u64) -> Self {
        self.part(&number.to_be_bytes())
    }
}

/// Sealed bytes with the random nonce they were sealed under.
pub(super) struct Sealed {
    pub(super) nonce: [u8; 24],
    pub(super) bytes: Vec<u8>,
}

pub(super) fn seal(key: &DataKey, plain: &[u8], binding: &Binding) -> Result<Sealed, VaultError> {
    let nonce: [u8; 24] = random()?;
    let bytes = XChaCha20Poly1305::new(key.bytes().into())
        .encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: plain,
                aad: &binding.0,
            },
        )
        .map_err(|_| VaultError::Key("the record is too long to seal".to_owned()))?;
    Ok(Sealed { nonce, bytes })
}

/// `None` if a single bit of the bytes, the nonce or the binding differs from what was sealed.
pub(super) fn open(
    key: &DataKey,
    nonce: &[u8],
    sealed: &[u8],
    binding: &Binding,
) -> Option<Zeroizing<Vec<u8>>> {
    let nonce: [u8; 24] = nonce.try_into().ok()?;
    XChaCha20Poly1305::new(key.bytes().into())
        .decrypt(
            &XNonce::from(nonce),
            Payload {
                msg: sealed,
                aad: &binding.0,
            },
        )
        .ok()
        .map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn s31_a_seal_is_bound_to_every_part() {
        let key = DataKey::draw().unwrap();
        let place = || {
            Binding::new("record")
                .part(b"default")
                .part(b"one")
                .number(1)
                .number(7)
        };
        let sealed = seal(&key, b"sk-1", &place()).unwrap();
        let opened = |binding: Binding| open(&key, &sealed.nonce, &sealed.bytes, &binding);
        assert_eq!(opened(place()).unwrap().as_slice(), b"sk-1");
        for other in [
            Binding::new("header")
                .part(b"default")
                .part(b"one")
                .number(1)
                .number(7),
            Binding::new("record")
                .part(b"work")
                .part(b"one")
                .number(1)
                .number(7),
            Binding::new("record")
                .part(b"default")
                .part(b"two")
                .number(1)
                .number(7),
            Binding::new("record")
                .part(b"default")
                .part(b"one")
                .number(2)
                .number(7),
            Binding::new("record")
                .part(b"default")
                .part(b"one")
                .number(1)
                .number(8),
            Binding::new("record")
                .part(b"defaulton")
                .part(b"e")
                .number(1)
                .number(7),
        ] {
            assert!(opened(other).is_none());
        }
        assert!(open(&key, &sealed.nonce[1..], &sealed.bytes, &place()).is_none());
        assert!(
            open(
                &DataKey::draw().unwrap(),
                &sealed.nonce,
                &sealed.bytes,
                &place()
            )
            .is_none()
        );
    }

    #[test]
    fn s31_every_seal_has_a_nonce_of_its_own() {
        let key = DataKey::draw().unwrap();
        let one = seal(&key, b"same", &Binding::new("record")).unwrap();
        let two = seal(&key, b"same", &Binding::new("record")).unwrap();
        assert_ne!(one.nonce, two.nonce);
        assert_ne!(one.bytes, two.bytes);
    }
}
