//! A secret on its way between a caller and control: redacted in `Debug`, wiped when dropped.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A secret text. It is written out only by `Serialize`, for the transport, and by
/// [`SecretText::expose`].
#[derive(Clone)]
pub struct SecretText(SecretString);

impl SecretText {
    /// Takes the text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// The text itself, for the one place that prints, seals or sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(redacted)")
    }
}

impl PartialEq for SecretText {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for SecretText {}

impl Serialize for SecretText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The reader's own message would quote what it found.
        let text = String::deserialize(deserializer);
        text.map(Self::new)
            .map_err(|_| serde::de::Error::custom("a secret is a text"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::SecretText;

    #[test]
    fn it_travels_but_is_not_shown() {
        let secret: SecretText = serde_json::from_str("\"sk-canary\"").unwrap();
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"sk-canary\"");
        assert!(!format!("{secret:?} {:#?}", Some(&secret)).contains("canary"));
        let error = serde_json::from_str::<SecretText>("20261121").unwrap_err();
        assert!(!error.to_string().contains("2026"), "{error}");
    }
}
