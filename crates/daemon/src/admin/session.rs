//! Who is signed in: sessions that end by themselves, or at once when they are revoked.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use contract::{ApiError, SecretText};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

/// A session that was not used for this long is over.
const IDLE: Duration = Duration::from_secs(12 * 60 * 60);
/// The longest that any session lives; the cookie's age.
pub(super) const LONGEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// For how long a password that was given makes dangerous acts possible.
pub(super) const FRESH: Duration = Duration::from_secs(5 * 60);
/// How many sessions there are at most; the one that was longest unused makes room.
const MOST: usize = 32;

/// How a session's token is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    /// As a cookie; `secure`: over TLS alone.
    Cookie { secure: bool },
    /// As `Authorization: Bearer`, by a program.
    Bearer,
}

/// A session's name: the digest of its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SessionId([u8; 32]);

impl SessionId {
    fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// The start of it, for the record.
    pub(super) fn short(self) -> String {
        BASE64.encode(&self.0[..6])
    }
}

/// A session that was begun.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) token: SecretText,
    pub(super) found: Found,
}

/// A session that lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) id: SessionId,
    /// What the page must repeat with each call.
    pub(super) csrf: String,
    /// For how much longer dangerous acts need no password.
    pub(super) fresh: Duration,
}

#[derive(Debug)]
struct Session {
    carrier: Carrier,
    csrf: String,
    began: Instant,
    used: Instant,
    /// When the password was given.
    confirmed: Instant,
}

impl Session {
    fn lives(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.used) < IDLE
            && now.saturating_duration_since(self.began) < LONGEST
    }

    fn fresh(&self, now: Instant) -> Duration {
        FRESH.saturating_sub(now.saturating_duration_since(self.confirmed))
    }
}

/// The sessions there are. They live in memory alone: a restart signs everybody out.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    list: Mutex<HashMap<SessionId, Session>>,
    revoked: watch::Sender<u64>,
}

impl Sessions {
    /// Begins one for whoever gave the password at `now`.
    ///
    /// # Errors
    /// The system gives no randomness.
    pub(super) fn begin(&self, carrier: Carrier, now: Instant) -> Result<Begun, ApiError> {
        self.add(carrier, now, now)
    }

    fn add(&self, carrier: Carrier, began: Instant, now: Instant) -> Result<Begun, ApiError> {
        let token = random()?;
        let id = SessionId::of(&token);
        let csrf = random()?;
        let mut list = self.lock();
        list.retain(|_, session| session.lives(now));
        if list.len() >= MOST
            && let Some(oldest) = list.iter().min_by_key(|(_, session)| session.used)
        {
            let oldest = *oldest.0;
            list.remove(&oldest);
        }
        list.insert(
            id,
            Session {
                carrier,
                csrf: csrf.clone(),
                began,
                used: now,
                confirmed: now,
            },
        );
        Ok(Begun {
            token: SecretText::new(token),
            found: Found {
                id,
                csrf,
                fresh: FRESH,
            },
        })
    }

    /// The session of that token, which is used at `now`.
    pub(super) fn find(&self, token: &str, carrier: Carrier, now: Instant) -> Option<Found> {
        let id = SessionId::of(token);
        let mut list = self.lock();
        let session = list.get_mut(&id)?;
        if !session.lives(now) {
            list.remove(&id);
            return None;
        }
        if session.carrier != carrier {
            return None;
        }
        session.used = now;
        Some(Found {
            id,
            csrf: session.csrf.clone(),
            fresh: session.fresh(now),
        })
    }

    /// Whether it still lives; that is no use of it.
    pub(super) fn lives(&self, id: SessionId, now: Instant) -> bool {
        self.lock()
            .get(&id)
            .is_some_and(|session| session.lives(now))
    }

    /// Puts another token in the place of this one's, for whoever gave the password once more. Its
    /// age stays.
    ///
    /// # Errors
    /// The system gives no randomness.
    pub(super) fn rotate(&self, id: SessionId, now: Instant) -> Result<Option<Begun>, ApiError> {
        let Some((carrier, began)) = self
            .lock()
            .remove(&id)
            .map(|session| (session.carrier, session.began))
        else {
            return Ok(None);
        };
        let begun = self.add(carrier, began, now)?;
        self.tell();
        Ok(Some(begun))
    }

    /// Ends one.
    pub(super) fn revoke(&self, id: SessionId) {
        self.lock().remove(&id);
        self.tell();
    }

    /// Ends all.
    pub(super) fn revoke_all(&self) {
        self.lock().clear();
        self.tell();
    }

    /// Changes whenever a session was ended from outside.
    pub(super) fn revocations(&self) -> watch::Receiver<u64> {
        self.revoked.subscribe()
    }

    fn tell(&self) {
        self.revoked.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Session>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 256 random bits as text.
fn random() -> Result<String, ApiError> {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits).map_err(|error| crate::internal(&error))?;
    Ok(BASE64.encode(bits))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const COOKIE: Carrier = Carrier::Cookie { secure: false };

    fn hours(count: u64) -> Duration {
        Duration::from_secs(count * 60 * 60)
    }

    #[test]
    fn s26_a_session_ends_after_twelve_idle_hours_and_after_seven_days() {
        let sessions = Sessions::default();
        let start = Instant::now();
        let begun = sessions.begin(COOKIE, start).unwrap();
        let token = begun.token.expose();
        let found = |at| sessions.find(token, COOKIE, start + at).is_some();
        assert!(found(hours(11)));
        assert!(found(hours(22)), "use keeps it alive");
        assert!(!found(hours(34)));
        assert!(!found(hours(22)), "what is over stays over");

        let begun = sessions.begin(COOKIE, start).unwrap();
        let found = |at| {
            sessions
                .find(begun.token.expose(), COOKIE, start + at)
                .is_some()
        };
        for hour in (0..168).step_by(8) {
            assert!(found(hours(hour)), "{hour}");
        }
        assert!(!found(hours(168)), "whatever its use");
    }

    #[test]
    fn s26_a_rotated_token_and_a_revoked_one_are_nobodys() {
        let sessions = Sessions::default();
        let now = Instant::now();
        let begun = sessions.begin(COOKIE, now).unwrap();
        let other = sessions.begin(COOKIE, now).unwrap();
        let next = sessions.rotate(begun.found.id, now).unwrap().unwrap();
        assert_ne!(next.token, begun.token);
        assert_ne!(next.found.csrf, begun.found.csrf);
        assert!(sessions.find(begun.token.expose(), COOKIE, now).is_none());
        assert!(sessions.rotate(begun.found.id, now).unwrap().is_none());
        assert!(sessions.find(next.token.expose(), COOKIE, now).is_some());
        sessions.revoke(next.found.id);
        assert!(sessions.find(next.token.expose(), COOKIE, now).is_none());
        assert!(sessions.find(other.token.expose(), COOKIE, now).is_some());
        sessions.revoke_all();
        assert!(sessions.find(other.token.expose(), COOKIE, now).is_none());
    }

    #[test]
    fn s26_a_rotation_makes_nobody_younger() {
        let sessions = Sessions::default();
        let start = Instant::now();
        let mut begun = sessions.begin(COOKIE, start).unwrap();
        for hour in (8..168).step_by(8) {
            let now = start + hours(hour);
            begun = sessions.rotate(begun.found.id, now).unwrap().unwrap();
        }
        let end = start + hours(168);
        assert!(sessions.find(begun.token.expose(), COOKIE, end).is_none());
    }

    #[test]
    fn s30_a_password_is_fresh_for_five_minutes() {
        let sessions = Sessions::default();
        let start = Instant::now();
        let begun = sessions.begin(COOKIE, start).unwrap();
        let fresh = |after| {
            let now = start + Duration::from_secs(after);
            sessions
                .find(begun.token.expose(), COOKIE, now)
                .unwrap()
                .fresh
        };
        assert_eq!(fresh(0), FRESH);
        assert_eq!(fresh(299), Duration::from_secs(1));
        assert_eq!(fresh(300), Duration::ZERO);
        assert_eq!(fresh(3000), Duration::ZERO);
    }

    #[test]
    fn a_token_is_good_in_its_own_carrier_alone_and_their_number_is_bounded() {
        let sessions = Sessions::default();
        let now = Instant::now();
        let secure = Carrier::Cookie { secure: true };
        let begun = sessions.begin(secure, now).unwrap();
        for other in [COOKIE, Carrier::Bearer] {
            assert!(sessions.find(begun.token.expose(), other, now).is_none());
        }
        assert!(sessions.find(begun.token.expose(), secure, now).is_some());
        for _ in 0..100 {
            sessions.begin(COOKIE, now + hours(1)).unwrap();
        }
        assert_eq!(sessions.lock().len(), MOST);
        assert!(sessions.find(begun.token.expose(), secure, now).is_none());
    }
}
