//! The news of a release: signed by the makers, good for a time, never older than what was told before.
//!
//! A server, or whoever stands between, can withhold news, repeat old ones and mix up files; it cannot
//! sign. So nothing of an answer is believed before its signature is checked.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use contract::{ApiError, Code, Reason};
use minisign_verify::{PublicKey, Signature};
use semver::Version;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;

use crate::offer::Offer;
use crate::seen::Seen;

/// Why news are not believed, or do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// They are no news at all.
    Unreadable(String),
    /// None of the keys that this program knows signed them.
    Unsigned,
    /// They were good until then: newer ones are held back, or this machine's clock is wrong.
    Expired(String),
    /// They are older than others that were told here before.
    Replayed {
        /// When these were signed.
        signed: String,
        /// When the newest of the others were.
        newest: String,
    },
}

/// What the server answers: a text and who signed it, in one piece so that the two always fit.
#[derive(Deserialize)]
struct Answer {
    /// The news, exactly as they were signed.
    signed: String,
    /// A minisign signature, in base64 as Tauri writes it.
    signature: String,
}

/// Tauri's static JSON with what it does not have.
#[derive(Deserialize)]
struct News {
    version: Version,
    #[serde(with = "time::serde::rfc3339")]
    pub_date: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    expires: OffsetDateTime,
    /// How long it takes until all are offered it; none: at once.
    #[serde(default)]
    rollout_hours: u32,
}

/// A release that the makers signed.
#[derive(Debug, Clone)]
pub struct Release {
    /// Its version.
    pub version: Version,
    /// The key that signed the news, and that has to have signed the package.
    pub key: String,
    /// The news, for Tauri's updater.
    pub news: Value,
    pub(crate) signed: OffsetDateTime,
    rollout: Duration,
}

impl Release {
    /// Reads an answer.
    ///
    /// # Errors
    /// It is not believed, or does not count.
    pub fn read(
        answer: &[u8],
        keys: &[String],
        seen: &Seen,
        now: SystemTime,
    ) -> Result<Self, Refused> {
        let unreadable = |error: &dyn std::fmt::Display| Refused::Unreadable(error.to_string());
        let answer: Answer = serde_json::from_slice(answer).map_err(|error| unreadable(&error))?;
        let signed = |key: &&String| is_signed(&answer, key).is_some();
        let key = keys.iter().find(signed).ok_or(Refused::Unsigned)?;
        let read = |error: serde_json::Error| unreadable(&error);
        let news: News = serde_json::from_str(&answer.signed).map_err(read)?;
        if news.expires <= OffsetDateTime::from(now) {
            return Err(Refused::Expired(date(news.expires)));
        }
        if let Some(newest) = seen.newest().filter(|newest| news.pub_date < *newest) {
            return Err(Refused::Replayed {
                signed: date(news.pub_date),
                newest: date(newest),
            });
        }
        Ok(Self {
            version: news.version,
            key: key.clone(),
            news: serde_json::from_str(&answer.signed).map_err(read)?,
            signed: news.pub_date,
            rollout: Duration::from_secs(u64::from(news.rollout_hours) * 60 * 60),
        })
    }

    /// Whether it is newer than the version `current`; there is no way back to an older one, for it has
    /// holes that were mended since.
    #[must_use]
    pub fn is_newer(&self, current: &str) -> bool {
        Version::parse(current).is_ok_and(|current| self.version > current)
    }

    /// Whether it has a package for that system and machine, in the names of [`std::env::consts`]. Of
    /// which kind that is, the updater says.
    ///
    /// The names in the news are those of Tauri's updater: <https://v2.tauri.app/plugin/updater/>.
    #[must_use]
    pub fn is_for(&self, system: &str, machine: &str) -> bool {
        let system = if system == "macos" { "darwin" } else { system };
        let machine = match machine {
            "x86" => "i686",
            "arm" => "armv7",
            other => other,
        };
        let name = format!("{system}-{machine}");
        let platforms = self.news.get("platforms").and_then(Value::as_object);
        platforms.is_some_and(|platforms| {
            let mut names = platforms.keys().filter_map(|each| each.strip_prefix(&name));
            names.any(|kind| kind.is_empty() || kind.starts_with('-'))
        })
    }

    /// The same for the updater; `endpoint` is where the news came from.
    #[must_use]
    pub fn offer(&self, endpoint: &Url) -> Offer {
        Offer {
            endpoint: endpoint.clone(),
            key: self.key.clone(),
            news: self.news.clone(),
        }
    }

    /// Whether it is this installation's turn. The order is another one for each release, and a
    /// person who asks does not wait for it.
    #[must_use]
    pub fn is_turn(&self, seen: &Seen, now: SystemTime) -> bool {
        let digest = Sha256::digest(format!("{}/{}", seen.place(), self.version));
        let place = digest
            .iter()
            .take(4)
            .fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
        let place = f64::from(place) / f64::from(u32::MAX);
        let since = now.duration_since(SystemTime::from(self.signed));
        since.unwrap_or_default() >= self.rollout.mul_f64(place)
    }
}

/// A signature without its hash is of a kind that nobody makes any more.
fn is_signed(answer: &Answer, key: &str) -> Option<()> {
    let text = |base64: &str| String::from_utf8(BASE64.decode(base64).ok()?).ok();
    let key = PublicKey::decode(&text(key)?).ok()?;
    let signature = Signature::decode(&text(&answer.signature)?).ok()?;
    key.verify(answer.signed.as_bytes(), &signature, false).ok()
}

fn date(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

impl Refused {
    /// The same as a failure that people are told.
    #[must_use]
    pub fn error(&self) -> ApiError {
        match self {
            Self::Unreadable(words) => {
                ApiError::new(Code::UpdateFailed, []).because(Reason::said(words))
            }
            Self::Unsigned => {
                let words = "none of the known keys signed the news";
                ApiError::new(Code::UpdateUnsigned, []).because(Reason::said(&words))
            }
            Self::Expired(until) => ApiError::new(Code::UpdateExpired, [until]),
            Self::Replayed { signed, newest } => {
                ApiError::new(Code::UpdateReplayed, [signed, newest])
            }
        }
    }
}
