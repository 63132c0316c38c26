//! What an installation remembers of updates: the newest news, and its place in every roll-out.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::release::Release;

/// What is remembered. The place is a number that was drawn here; it is told to nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    place: u64,
    #[serde(default, with = "time::serde::rfc3339::option")]
    newest: Option<OffsetDateTime>,
}

impl Seen {
    /// Reads what was written; without it, or where it cannot be read, all begins anew with `drawn`.
    #[must_use]
    pub fn read(text: Option<&str>, drawn: u64) -> Self {
        let fresh = Self {
            place: drawn,
            newest: None,
        };
        text.and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or(fresh)
    }

    /// The text to write.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Remembers that these news were told.
    pub fn note(&mut self, release: &Release) {
        self.newest = self.newest.max(Some(release.signed));
    }

    pub(crate) fn newest(&self) -> Option<OffsetDateTime> {
        self.newest
    }

    pub(crate) fn place(&self) -> u64 {
        self.place
    }
}
