//! A text that must never be printed, logged or serialised.

use std::fmt;
use std::io::Read as _;
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroize as _;

/// The largest key file that is read, in bytes; a larger one is some other file.
pub const LARGEST_SECRET_FILE: u64 = 64 * 1024;

/// A secret text: redacted in `Debug`, wiped from memory when dropped, and readable only by asking.
///
/// ```
/// let secret = accounts::Secret::new("sk-one".to_owned())?;
/// assert_eq!(format!("{secret:?}"), "Secret(redacted)");
/// assert_eq!(secret.expose(), "sk-one");
/// # Ok::<(), accounts::SecretError>(())
/// ```
///
/// It cannot be printed:
/// ```compile_fail,E0277
/// let secret = accounts::Secret::new("sk-one".to_owned()).unwrap();
/// let _ = format!("{secret}");
/// ```
///
/// It cannot be serialised:
/// ```compile_fail,E0277
/// let secret = accounts::Secret::new("sk-one".to_owned()).unwrap();
/// let _ = serde_json::to_string(&secret);
/// ```
///
/// It cannot be copied unnoticed:
/// ```compile_fail,E0599
/// let secret = accounts::Secret::new("sk-one".to_owned()).unwrap();
/// let _: accounts::Secret = secret.clone();
/// ```
pub struct Secret(SecretString);

/// Why a text cannot be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Nothing was given.
    #[error("the secret is empty")]
    Empty,
    /// A control character would split or corrupt the header that carries the secret.
    #[error("the secret holds a line break or another control character")]
    ControlCharacter,
}

/// Why a key file gave no secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// The file could not be opened or read.
    #[error("read the key file: {0}")]
    Read(#[from] std::io::Error),
    /// The file is larger than any key.
    #[error("the key file is larger than {LARGEST_SECRET_FILE} bytes")]
    TooLarge,
    /// The file is not text.
    #[error("the key file is not UTF-8 text")]
    NotText,
    /// The text cannot be a secret.
    #[error("the key file: {0}")]
    Secret(#[from] SecretError),
}

impl Secret {
    /// Takes `text` as it is; nothing is trimmed.
    ///
    /// # Errors
    /// An empty text, or one with a line break or another control character.
    pub fn new(mut text: String) -> Result<Self, SecretError> {
        let fault = if text.is_empty() {
            Some(SecretError::Empty)
        } else if text.chars().any(char::is_control) {
            Some(SecretError::ControlCharacter)
        } else {
            None
        };
        match fault {
            Some(fault) => {
                text.zeroize();
                Err(fault)
            }
            None => Ok(Self(SecretString::from(text))),
        }
    }

    /// The JSON of what holds secrets, on one line; its texts have to be free of control characters.
    pub(crate) fn of_json(value: &impl serde::Serialize) -> Self {
        // Structures with named fields of texts and numbers always have a JSON.
        Self(SecretString::from(
            serde_json::to_string(value).unwrap_or_default(),
        ))
    }

    /// The text itself, for the one place that sends or seals it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(redacted)")
    }
}

/// Reads a secret from a file, without the one line break that editors and `echo` leave at its end.
///
/// # Errors
/// See [`SecretFileError`]; none of them quotes the file.
pub fn read_secret_file(path: &Path) -> Result<Secret, SecretFileError> {
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    let file = std::fs::File::open(path)?;
    file.take(LARGEST_SECRET_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_SECRET_FILE {
        return Err(SecretFileError::TooLarge);
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| SecretFileError::NotText)?;
    let text = text
        .strip_suffix("\r\n")
        .or_else(|| text.strip_suffix('\n'))
        .unwrap_or(text);
    Ok(Secret::new(text.to_owned())?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn debug_never_shows_the_text() {
        let secret = Secret::new("sk-canary".to_owned()).unwrap();
        assert!(!format!("{secret:?} {:#?}", Some(&secret)).contains("canary"));
    }

    #[test]
    fn control_characters_are_refused_and_spaces_kept() {
        for bad in ["a\nb", "a\n", "a\r", "a\0b", "a\tb", "a\u{7f}", "a\u{85}"] {
            assert_eq!(
                Secret::new(bad.to_owned()).unwrap_err(),
                SecretError::ControlCharacter,
                "{bad:?}"
            );
        }
        assert_eq!(Secret::new(String::new()).unwrap_err(), SecretError::Empty);
        assert_eq!(Secret::new(" a é ".to_owned()).unwrap().expose(), " a é ");
    }

    #[test]
    fn a_file_loses_exactly_one_line_break() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        for (content, expected) in [
            ("sk-1", Some("sk-1")),
            ("sk-1\n", Some("sk-1")),
            ("sk-1\r\n", Some("sk-1")),
        ] {
            std::fs::write(&path, content).unwrap();
            assert_eq!(
                read_secret_file(&path).ok().as_ref().map(Secret::expose),
                expected
            );
        }
        for bad in ["", "\n", "sk-1\n\n", "a\nb\n"] {
            std::fs::write(&path, bad).unwrap();
            assert!(
                matches!(read_secret_file(&path), Err(SecretFileError::Secret(_))),
                "{bad:?}"
            );
        }
        std::fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(matches!(
            read_secret_file(&path),
            Err(SecretFileError::NotText)
        ));
        std::fs::write(&path, vec![b'a'; 70_000]).unwrap();
        assert!(matches!(
            read_secret_file(&path),
            Err(SecretFileError::TooLarge)
        ));
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(
            read_secret_file(&path),
            Err(SecretFileError::Read(_))
        ));
    }
}
