//! The vault's data key: where its 32 bytes come from, and how a wrong one is told.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::VaultError;
use crate::secret::Secret;

/// The fewest characters of a master key, which is expanded without any stretching.
pub const MASTER_KEY_LENGTH: usize = 32;
/// Argon2id's memory, in KiB: 256 MiB.
const PASSPHRASE_MEMORY: u32 = 256 * 1024;
/// Argon2id's passes over that memory.
const PASSPHRASE_PASSES: u32 = 3;
/// Argon2id's lanes.
const PASSPHRASE_LANES: u32 = 1;

/// The 32 bytes that seal every record; wiped when dropped, never printed.
#[derive(Clone)]
pub(super) struct DataKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for DataKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DataKey(redacted)")
    }
}

impl DataKey {
    /// A new random key.
    pub(super) fn draw() -> Result<Self, VaultError> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        getrandom::fill(bytes.as_mut_slice()).map_err(failed)?;
        Ok(Self(bytes))
    }

    /// Takes the 32 bytes that a keyring gave back.
    pub(super) fn from_slice(slice: &[u8]) -> Option<Self> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        if slice.len() != bytes.len() {
            return None;
        }
        bytes.copy_from_slice(slice);
        Some(Self(bytes))
    }

    /// Expands a master key, which must itself be hard to guess.
    pub(super) fn from_master_key(master: &Secret, salt: &[u8]) -> Result<Self, VaultError> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        Hkdf::<Sha256>::new(Some(salt), master.expose().as_bytes())
            .expand(b"portolan vault data key 1", bytes.as_mut_slice())
            .map_err(failed)?;
        Ok(Self(bytes))
    }

    /// Stretches a passphrase: about a second, and 256 MiB.
    pub(super) fn from_passphrase(passphrase: &Secret, salt: &[u8]) -> Result<Self, VaultError> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        let parameters = Params::new(
            PASSPHRASE_MEMORY,
            PASSPHRASE_PASSES,
            PASSPHRASE_LANES,
            Some(32),
        )
        .map_err(failed)?;
        Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
            .hash_password_into(passphrase.expose().as_bytes(), salt, bytes.as_mut_slice())
            .map_err(failed)?;
        Ok(Self(bytes))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A value that only this key gives for `vault`; it goes into the header, so that a wrong key
    /// can be told from a damaged file.
    pub(super) fn check_value(&self, vault: &[u8]) -> Result<[u8; 16], VaultError> {
        let mut value = [0_u8; 16];
        Hkdf::<Sha256>::new(Some(vault), self.0.as_slice())
            .expand(b"portolan vault key check 1", &mut value)
            .map_err(failed)?;
        Ok(value)
    }

    /// Whether `value` is this key's check value for `vault`.
    pub(super) fn fits(&self, vault: &[u8], value: &[u8]) -> Result<bool, VaultError> {
        Ok(self.check_value(vault)?.as_slice().ct_eq(value).into())
    }
}

/// Random bytes for salts, nonces and vault names.
pub(super) fn random<const LENGTH: usize>() -> Result<[u8; LENGTH], VaultError> {
    let mut bytes = [0_u8; LENGTH];
    getrandom::fill(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn failed(error: impl fmt::Display) -> VaultError {
    VaultError::Key(error.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn s33_the_passphrase_costs_what_was_promised() {
        assert_eq!(
            (PASSPHRASE_MEMORY, PASSPHRASE_PASSES, PASSPHRASE_LANES),
            (262_144, 3, 1)
        );
    }

    #[test]
    fn keys_depend_on_the_text_and_on_the_salt() {
        let one = Secret::new("a".repeat(32)).unwrap();
        let two = Secret::new("b".repeat(32)).unwrap();
        let key = DataKey::from_master_key(&one, b"salt-1").unwrap();
        assert_eq!(
            key.bytes(),
            DataKey::from_master_key(&one, b"salt-1").unwrap().bytes()
        );
        assert_ne!(
            key.bytes(),
            DataKey::from_master_key(&one, b"salt-2").unwrap().bytes()
        );
        assert_ne!(
            key.bytes(),
            DataKey::from_master_key(&two, b"salt-1").unwrap().bytes()
        );
    }

    #[test]
    fn the_check_value_tells_keys_and_vaults_apart() {
        let key = DataKey::draw().unwrap();
        let value = key.check_value(b"vault-1").unwrap();
        assert!(key.fits(b"vault-1", &value).unwrap());
        assert!(!key.fits(b"vault-2", &value).unwrap());
        assert!(!DataKey::draw().unwrap().fits(b"vault-1", &value).unwrap());
        assert_ne!(
            &value,
            &key.bytes()[..16],
            "the check value must not be a part of the key"
        );
    }

    #[test]
    fn s36_the_key_is_not_printed() {
        let key = DataKey::from_slice(&[42; 32]).unwrap();
        assert!(!format!("{key:?}").contains("42"));
        assert!(DataKey::from_slice(&[0; 31]).is_none());
    }
}
