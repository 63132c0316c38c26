//! The client keys that were created here: their names and hashes, in `keys.json`.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use contract::{ApiError, Code, Reason, SecretText};
use gateway::KeyHash;
use serde::{Deserialize, Serialize};

/// The name under which the vault keeps the first client key.
pub(crate) const FIRST_KEY_RECORD: &str = "client-key/first";
/// The name of the first client key.
pub(crate) const FIRST_KEY_NAME: &str = "default";
/// The name of the client key that the environment gives.
pub(crate) const ENVIRONMENT_KEY_NAME: &str = "environment";
/// The variable that gives it.
pub(crate) const ENVIRONMENT_KEY_VARIABLE: &str = "PORTOLAN_CLIENT_KEY";

/// The longest client key, in characters.
const LONGEST: usize = 512;

/// A client key that was created here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredKey {
    /// Its name.
    pub(crate) name: String,
    /// The SHA-256 of what clients present.
    pub(crate) hash: KeyHash,
    /// When it was created, in seconds since 1970.
    pub(crate) created: u64,
    /// Whether the vault holds it too, under [`FIRST_KEY_RECORD`].
    pub(crate) sealed: bool,
}

/// All client keys that were created here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StoredKeys(pub(crate) Vec<StoredKey>);

#[derive(Serialize, Deserialize)]
struct Document {
    version: u32,
    keys: Vec<Row>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    name: String,
    sha256: String,
    created: u64,
    #[serde(default)]
    sealed: bool,
}

/// The version of the file's form.
const VERSION: u32 = 1;

impl StoredKeys {
    /// The key of that name.
    pub(crate) fn named(&self, name: &str) -> Option<&StoredKey> {
        self.0.iter().find(|key| key.name == name)
    }

    /// The key with that hash.
    pub(crate) fn hashed(&self, hash: KeyHash) -> Option<&StoredKey> {
        self.0.iter().find(|key| key.hash == hash)
    }

    fn parse(text: &str) -> Result<Self, Reason> {
        let document: Document =
            serde_json::from_str(text).map_err(|error| Reason::KeysUnreadable {
                words: error.to_string(),
            })?;
        if document.version != VERSION {
            return Err(Reason::KeysNewer {
                version: document.version.to_string(),
            });
        }
        let keys = document.keys.into_iter().map(|row| {
            let hash = KeyHash::from_hex(&row.sha256).ok_or_else(|| Reason::KeysHash {
                name: row.name.clone(),
            })?;
            let Row {
                name,
                created,
                sealed,
                ..
            } = row;
            Ok(StoredKey {
                name,
                hash,
                created,
                sealed,
            })
        });
        keys.collect::<Result<_, Reason>>().map(Self)
    }

    fn write(&self) -> Result<String, serde_json::Error> {
        let keys = self.0.iter().map(|key| Row {
            name: key.name.clone(),
            sha256: key.hash.to_hex(),
            created: key.created,
            sealed: key.sealed,
        });
        serde_json::to_string_pretty(&Document {
            version: VERSION,
            keys: keys.collect(),
        })
    }
}

/// The file of the client keys' hashes.
#[derive(Clone, Debug)]
pub(crate) struct KeysFile(pub(crate) PathBuf);

impl KeysFile {
    /// The keys; `None` where no key was ever created.
    pub(crate) fn load(&self) -> Result<Option<StoredKeys>, ApiError> {
        disk::make_private(&self.0).map_err(|error| self.failed(Reason::system(&error)))?;
        let text = disk::read(&self.0).map_err(|error| self.failed(Reason::system(&error)))?;
        text.map(|text| StoredKeys::parse(&text))
            .transpose()
            .map_err(|reason| self.failed(reason))
    }

    /// Replaces the file.
    pub(crate) fn save(&self, keys: &StoredKeys) -> Result<(), ApiError> {
        let text = keys
            .write()
            .map_err(|error| self.failed(Reason::said(&error)))?;
        disk::replace(&self.0, text.as_bytes()).map_err(|error| self.failed(Reason::system(&error)))
    }

    fn failed(&self, reason: Reason) -> ApiError {
        ApiError::new(Code::KeysFileFailed, [&self.0.display()]).because(reason)
    }
}

/// A new client key: `pk-` and 256 random bits.
pub(crate) fn generate() -> Result<SecretText, ApiError> {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits).map_err(|error| {
        crate::control::internal(&format!("take random bits for a client key: {error}"))
    })?;
    Ok(SecretText::new(format!("pk-{}", BASE64.encode(bits))))
}

/// Whether a text can be a client key: headers carry it, and strip what stands around it.
pub(crate) fn is_key_value(text: &str) -> bool {
    (1..=LONGEST).contains(&text.chars().count())
        && text.trim() == text
        && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn stored(name: &str) -> StoredKey {
        let hash = KeyHash::of(name.as_bytes());
        StoredKey {
            name: name.to_owned(),
            hash,
            created: 5,
            sealed: false,
        }
    }

    #[test]
    fn s21_the_file_holds_hashes_and_never_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeysFile(folder.path().join("keys.json"));
        assert_eq!(file.load().unwrap(), None);
        let keys = StoredKeys(vec![stored("pk-canary")]);
        let named = StoredKeys(vec![StoredKey {
            name: "laptop".to_owned(),
            ..keys.0[0].clone()
        }]);
        file.save(&named).unwrap();
        assert_eq!(file.load().unwrap(), Some(named.clone()));
        assert!(!std::fs::read_to_string(&file.0).unwrap().contains("canary"));
        assert!(named.hashed(KeyHash::of(b"pk-canary")).is_some());
    }

    #[test]
    fn a_file_that_is_not_understood_is_told_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeysFile(folder.path().join("keys.json"));
        for text in [
            "",
            "{",
            r#"{"version":2,"keys":[]}"#,
            r#"{"version":1,"keys":[{"name":"a","sha256":"zz","created":1}]}"#,
        ] {
            std::fs::write(&file.0, text).unwrap();
            assert_eq!(
                file.load().unwrap_err().code,
                Code::KeysFileFailed,
                "{text}"
            );
            assert_eq!(std::fs::read_to_string(&file.0).unwrap(), text);
        }
    }

    #[test]
    fn new_keys_have_256_bits_and_are_told_apart() {
        let (one, two) = (generate().unwrap(), generate().unwrap());
        assert_ne!(one, two);
        let bits = BASE64
            .decode(one.expose().strip_prefix("pk-").unwrap())
            .unwrap();
        assert_eq!(bits.len(), 32);
        assert!(is_key_value(one.expose()));
    }

    #[test]
    fn a_key_of_ones_own_is_any_printable_text() {
        for good in ["x", "sk-1234", "two words", "ключ"] {
            assert!(is_key_value(good), "{good}");
        }
        for bad in ["", " x", "x ", "a\nb", "a\0", &"x".repeat(513)] {
            assert!(!is_key_value(bad), "{bad:?}");
        }
    }
}
