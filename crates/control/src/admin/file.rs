//! The file `admin.json`: the hash of the web admin's password, and the link that may set it anew.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use contract::{ApiError, Code, Reason, SecretText};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::password::Hashed;

/// For how many seconds a link works.
pub(crate) const LINK_SECONDS: u64 = 15 * 60;
/// The version of the file's form.
const VERSION: u32 = 1;

/// What is kept of the web admin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// The version of the file's form; writing sets it.
    pub(crate) version: u32,
    /// The password's hash; none: nobody can sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<Hashed>,
    /// The link that sets a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<Link>,
}

/// A link's token, of which only the digest is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Link {
    sha256: String,
    /// In seconds since 1970.
    expires: u64,
}

impl Link {
    /// A new link at `now`, and its token of 256 random bits.
    pub(crate) fn draw(now: u64) -> Result<(Self, SecretText), ApiError> {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits).map_err(|error| {
            crate::control::internal(&format!("take random bits for a link: {error}"))
        })?;
        let token = SecretText::new(BASE64.encode(bits));
        let link = Self {
            sha256: digest(token.expose()),
            expires: now + LINK_SECONDS,
        };
        Ok((link, token))
    }

    /// Whether it still works at `now`. A clock that was turned back must not give it a longer life.
    pub(crate) fn lives(&self, now: u64) -> bool {
        now < self.expires && self.expires - now <= LINK_SECONDS
    }

    /// Whether it is the link of that token, and still works at `now`.
    pub(crate) fn opens(&self, token: &str, now: u64) -> bool {
        let is_it: bool = digest(token)
            .as_bytes()
            .ct_eq(self.sha256.as_bytes())
            .into();
        is_it && self.lives(now)
    }
}

fn digest(token: &str) -> String {
    BASE64.encode(Sha256::digest(token.as_bytes()))
}

/// The file.
#[derive(Clone, Debug)]
pub(crate) struct KeptFile(pub(crate) PathBuf);

impl KeptFile {
    /// What it says; nothing where there is none.
    pub(crate) fn load(&self) -> Result<Kept, ApiError> {
        disk::make_private(&self.0).map_err(|error| self.failed(&Reason::system(&error)))?;
        let text = disk::read(&self.0).map_err(|error| self.failed(&Reason::system(&error)))?;
        let Some(text) = text else {
            return Ok(Kept::default());
        };
        let kept: Kept =
            serde_json::from_str(&text).map_err(|error| self.failed(&Reason::said(&error)))?;
        if kept.version != VERSION {
            let version = kept.version.to_string();
            return Err(self.failed(&Reason::KeysNewer { version }));
        }
        Ok(kept)
    }

    /// Replaces it.
    pub(crate) fn save(&self, kept: &Kept) -> Result<(), ApiError> {
        let kept = Kept {
            version: VERSION,
            ..kept.clone()
        };
        let text = serde_json::to_string_pretty(&kept)
            .map_err(|error| self.failed(&Reason::said(&error)))?;
        disk::replace(&self.0, text.as_bytes())
            .map_err(|error| self.failed(&Reason::system(&error)))
    }

    fn failed(&self, reason: &Reason) -> ApiError {
        ApiError::new(Code::AdminFileFailed, [&self.0.display()]).because(reason.clone())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn s18_a_link_works_for_fifteen_minutes_with_its_own_token() {
        let (link, token) = Link::draw(1000).unwrap();
        assert!(link.opens(token.expose(), 1000));
        assert!(link.opens(token.expose(), 1000 + 15 * 60 - 1));
        assert!(!link.opens(token.expose(), 1000 + 15 * 60));
        assert!(
            !link.opens(token.expose(), 999),
            "the clock was turned back"
        );
        assert!(!link.opens("", 1000));
        let (_, other) = Link::draw(1000).unwrap();
        assert!(!link.opens(other.expose(), 1000));
        assert_eq!(BASE64.decode(token.expose()).unwrap().len(), 32);
    }

    #[test]
    fn the_file_holds_digests_alone_and_is_the_owners() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeptFile(folder.path().join("admin.json"));
        assert_eq!(file.load().unwrap().password, None);
        let (link, token) = Link::draw(1).unwrap();
        let kept = Kept {
            version: VERSION,
            password: Some(Hashed::of("correct horse battery").unwrap()),
            link: Some(link),
        };
        file.save(&kept).unwrap();
        assert_eq!(file.load().unwrap(), kept);
        let text = std::fs::read_to_string(&file.0).unwrap();
        assert!(!text.contains("horse") && !text.contains(token.expose()));
    }

    #[test]
    fn a_file_that_is_not_understood_lets_nobody_in() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeptFile(folder.path().join("admin.json"));
        for text in ["", "{", "{}", r#"{"version":2}"#] {
            std::fs::write(&file.0, text).unwrap();
            assert_eq!(
                file.load().unwrap_err().code,
                Code::AdminFileFailed,
                "{text}"
            );
        }
    }
}
