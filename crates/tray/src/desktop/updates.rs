//! Newer versions: what the makers say of them, and what is known.

use std::env::consts::{ARCH, OS};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Mutex;
use std::time::{Instant, SystemTime};

use contract::{ApiError, Code, Reason, Status};
use face::{Asked, Channel, Notice, Offer, Release, Seen};
use serde_json::{Value, json};

use super::{Desktop, held};
use crate::channel::channel;

/// This version.
const THIS: &str = env!("CARGO_PKG_VERSION");
/// What an installation remembers, in the folder of what must not be lost.
const MEMORY: &str = "updates.json";

/// Where updates come from, and what is known of them.
pub(super) struct Updates {
    channel: Channel,
    asked: Mutex<Asked>,
    known: Mutex<Known>,
}

/// What is known.
#[derive(Debug, Default)]
enum Known {
    /// Nobody has asked yet.
    #[default]
    Unasked,
    /// This version is the newest.
    Current,
    /// A newer one is there.
    Found(Box<Release>),
}

impl Known {
    /// What the window shows.
    fn told(&self) -> Value {
        match self {
            Self::Unasked => json!({ "state": "unasked" }),
            Self::Current => json!({ "state": "current" }),
            Self::Found(release) => json!({
                "state": "found",
                "version": release.version.to_string(),
                "notes": release.news.get("notes"),
            }),
        }
    }
}

impl Updates {
    /// Those of this build, where it has any.
    pub(super) fn of_build() -> Option<Self> {
        channel().map(|channel| Self {
            channel,
            asked: Mutex::default(),
            known: Mutex::default(),
        })
    }
}

impl Desktop {
    pub(super) fn can_be_updated(&self) -> bool {
        self.0.updates.is_some()
    }

    /// What the window shows; null where this build has no updates.
    pub(super) fn updates_told(&self) -> Value {
        let updates = self.0.updates.as_ref();
        updates.map_or(Value::Null, |updates| held(&updates.known).told())
    }

    /// The newer version that is known of, for the updater.
    #[must_use]
    pub fn offer(&self) -> Option<Offer> {
        let updates = self.0.updates.as_ref()?;
        match &*held(&updates.known) {
            Known::Found(release) => Some(release.offer(&updates.channel.endpoint)),
            Known::Unasked | Known::Current => None,
        }
    }

    /// Asks for the newest version; the one to install, if it is newer than this one. Where nobody
    /// asked `by_hand`, it has to be this installation's turn, too.
    ///
    /// # Errors
    /// Why it could not be asked, or what it was answered does not count.
    pub(crate) async fn look(&self, by_hand: bool) -> Result<Option<String>, ApiError> {
        let Some(updates) = &self.0.updates else {
            return Ok(None);
        };
        let status: Option<Status> = self.ask("status.get", Value::Null).await;
        let proxy = status.map(|status| status.proxy);
        let answer = daemon::read_public(&updates.channel.endpoint, proxy.as_ref()).await;
        let answer = answer.map_err(|error| failed(&error))?;
        let memory = daemon::data_folder()?.join(MEMORY);
        let text = std::fs::read_to_string(&memory).ok();
        let mut seen = Seen::read(text.as_deref(), RandomState::new().hash_one(0));
        let now = SystemTime::now();
        let release = Release::read(&answer, &updates.channel.keys, &seen, now);
        let release = release.map_err(|why| why.error())?;
        seen.note(&release);
        if let Err(error) = std::fs::write(&memory, seen.text()) {
            tracing::warn!(%error, "remember what was told of updates");
        }
        let is_newer = release.is_newer(THIS);
        if is_newer && !release.is_for(OS, ARCH) {
            let words = format!("the release has no package for the platform {OS} on {ARCH}");
            return Err(failed(&words));
        }
        if !by_hand && !release.is_turn(&seen, now) {
            return Ok(None);
        }
        let version = is_newer.then(|| release.version.to_string());
        *held(&updates.known) = if is_newer {
            Known::Found(Box::new(release))
        } else {
            Known::Current
        };
        Ok(version)
    }

    /// Looks for a newer version once a day, where somebody has turned that on; nobody waits for it.
    pub(super) fn look_for_update(&self) {
        let Some(updates) = &self.0.updates else {
            return;
        };
        let wanted = held(&self.0.preferences).check_updates;
        if !wanted || !held(&updates.asked).is_due(Instant::now()) {
            return;
        }
        let desktop = self.clone();
        self.spawn(async move {
            match desktop.look(false).await {
                Ok(found) => desktop.tell(found.map(Notice::Update)),
                Err(error) => tracing::info!(reason = ?error, "look for a newer version"),
            }
        });
    }
}

fn failed(words: &dyn std::fmt::Display) -> ApiError {
    ApiError::new(Code::UpdateFailed, []).because(Reason::said(words))
}
