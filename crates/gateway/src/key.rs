//! The keys that clients present: never kept, only recognised by their SHA-256.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use dialect::ReasoningPlace;
use limits::KeyLimits;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The SHA-256 of a client key: all that is stored of one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    /// The hash of a key as a client presents it.
    #[must_use]
    pub fn of(key: &[u8]) -> Self {
        Self(Sha256::digest(key).into())
    }

    /// Reads 64 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |c: u8| {
                char::from(c)
                    .to_digit(16)
                    .and_then(|d| u8::try_from(d).ok())
            };
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(hash))
    }

    /// 64 hexadecimal digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyHash({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

/// What a key may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientKey {
    /// Its name, for people.
    pub name: Arc<str>,
    /// Models that it may ask for: names, or patterns with `*`.
    pub models: Vec<String>,
    /// How much it may use.
    pub limits: KeyLimits,
    /// Where reasoning goes in the answers; `None`: where the route or the default has it.
    pub reasoning: Option<ReasoningPlace>,
    /// Whether it may bring a provider's own key for a request.
    pub provider_key: bool,
}

impl ClientKey {
    /// A key without limits.
    #[must_use]
    pub fn unlimited(name: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            models: vec!["*".to_owned()],
            limits: KeyLimits::default(),
            reasoning: None,
            provider_key: false,
        }
    }

    /// Whether the key may ask for the model.
    #[must_use]
    pub fn allows(&self, model: &str) -> bool {
        self.models
            .iter()
            .any(|pattern| crate::route::matches(pattern, model))
    }
}

/// All keys, found by their hash.
#[derive(Clone, Debug, Default)]
pub struct ClientKeys(HashMap<KeyHash, Arc<ClientKey>>);

impl ClientKeys {
    /// Adds a key; one with the same hash is replaced.
    pub fn insert(&mut self, hash: KeyHash, key: ClientKey) {
        self.0.insert(hash, Arc::new(key));
    }

    /// The key that a client presents, if it is one of ours.
    #[must_use]
    pub fn find(&self, presented: &[u8]) -> Option<&Arc<ClientKey>> {
        let hash = KeyHash::of(presented);
        // The map finds by a hash of the hash, which tells a guesser nothing; the comparison of
        // the whole is done in constant time all the same.
        let (known, key) = self.0.get_key_value(&hash)?;
        bool::from(known.0.ct_eq(&hash.0)).then_some(key)
    }

    /// Whether there is no key at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use testkit::timing::{NOTICED, leaky, near_and_far, told_apart};

    use super::{ClientKey, ClientKeys, KeyHash};

    #[test]
    fn a_key_is_found_by_its_hash_alone() {
        let mut keys = ClientKeys::default();
        keys.insert(KeyHash::of(b"pk-one"), ClientKey::unlimited("one"));
        assert_eq!(keys.find(b"pk-one").map(|key| &*key.name), Some("one"));
        assert!(keys.find(b"pk-two").is_none() && keys.find(b"").is_none());
        assert!(!format!("{keys:?}").contains("pk-one"));
    }

    #[test]
    fn s20_a_key_that_is_nearly_right_takes_as_long_as_any_other() {
        let secret = b"pk-YzE4ODc1ZjE0NGQwYmY2NDA2OWUzNDg3ZTVkOWQ1ZTg";
        let mut keys = ClientKeys::default();
        keys.insert(KeyHash::of(secret), ClientKey::unlimited("one"));
        let [near, far] = near_and_far(secret);
        let apart = told_apart([&near, &far], |key| assert!(keys.find(key).is_none()));
        assert!(apart < NOTICED, "{apart}");
        let leaks = told_apart([&near, &far], |key| {
            let hash = KeyHash::of(key);
            assert!(!keys.0.contains_key(&hash) && !leaky(key, secret));
        });
        assert!(leaks > NOTICED, "{leaks}");
    }

    #[test]
    fn hexadecimal_there_and_back() {
        let hash = KeyHash::of(b"x");
        assert_eq!(KeyHash::from_hex(&hash.to_hex()), Some(hash));
        for wrong in ["", "zz", &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(KeyHash::from_hex(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_scope_is_names_and_patterns() {
        let key = ClientKey {
            models: vec!["gpt-*".to_owned(), "demo".to_owned()],
            ..ClientKey::unlimited("k")
        };
        assert!(key.allows("gpt-5") && key.allows("demo"));
        assert!(!key.allows("demo/echo") && !key.allows("claude"));
    }
}
