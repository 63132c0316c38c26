//! When a secret is renewed, and what a renewal does once it holds the lock: decisions without effects.

use std::time::{Duration, SystemTime};

use crate::record::{Record, SignedOut};
use crate::secret::Secret;

/// The most that a secret is renewed ahead of its end.
const AHEAD: Duration = Duration::from_secs(300);
/// The most that chance adds to that.
const CHANCE: Duration = Duration::from_secs(60);
/// A secret that ends so soon could end on its way.
const ON_ITS_WAY: Duration = Duration::from_secs(10);
/// A secret so young that was refused is refused for another reason than its age.
const YOUNG: Duration = Duration::from_secs(60);
/// The pause after a failed renewal, which doubles with each further one.
const PAUSE: Duration = Duration::from_secs(5);
/// The longest pause while the old secret lives.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// The longest pause where requests wait for a secret.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// How urgent a renewal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Not at all.
    None,
    /// The secret is still good, and soon no more.
    Soon,
    /// The secret is good no more.
    Now,
}

/// Why a renewal was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// By the clock.
    Time,
    /// The provider refused the secret before its time.
    Refused,
}

/// What a renewal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The record is good as it is: somebody else renewed it.
    Take,
    /// A person has to sign in again.
    SignedOut(SignedOut),
    /// The refresh token is redeemed.
    Redeem,
}

/// How urgent it is to renew a secret of this time; `ahead`: how long before its end, where the
/// provider wants that longer than usual; `jitter` is from 0 to 1.
pub(crate) fn needed(
    issued: Option<SystemTime>,
    expires: Option<SystemTime>,
    ahead: Option<Duration>,
    now: SystemTime,
    jitter: f64,
) -> Need {
    let Some(expires) = expires else {
        return Need::None;
    };
    let left = expires.duration_since(now).unwrap_or_default();
    // A lifetime that makes no sense, as after a change of the clock, is taken as a short one.
    let lifetime = issued.and_then(|issued| expires.duration_since(issued).ok());
    let lifetime = lifetime.unwrap_or_default();
    let chance = (lifetime / 20).min(CHANCE).mul_f64(jitter.clamp(0.0, 1.0));
    let ahead = match ahead {
        None => (lifetime / 10).min(AHEAD),
        // One that lives no longer than that would never rest.
        Some(ahead) => ahead.min(lifetime / 2),
    } + chance;
    if left <= ON_ITS_WAY.min(lifetime / 10) {
        Need::Now
    } else if left <= ahead {
        Need::Soon
    } else {
        Need::None
    }
}

/// What is to be done with a record that was read under the lock, by somebody who used `used`.
pub(super) fn step(record: &Record, used: &Secret, why: Why, now: SystemTime, jitter: f64) -> Step {
    if let Some(why) = record.ended {
        return Step::SignedOut(why);
    }
    let (issued, expires, ahead) = (record.issued(), record.expires(), record.ahead());
    let need = needed(Some(issued), expires, ahead, now, jitter);
    if !record.has(used) && need != Need::Now {
        return Step::Take;
    }
    if record.renewal().is_none() {
        return match need {
            Need::None | Need::Soon => Step::Take,
            Need::Now => Step::SignedOut(SignedOut::Expired),
        };
    }
    // What comes from a clock that was ahead has an age that nobody knows, and is not young for ever.
    let age = now.duration_since(record.issued());
    let is_young = age.is_ok_and(|age| age < YOUNG);
    match (why, need) {
        (Why::Time, Need::None) => Step::Take,
        (Why::Refused, Need::None | Need::Soon) if is_young => Step::Take,
        (Why::Time | Why::Refused, _) => Step::Redeem,
    }
}

/// How long is waited after so many failures in a row.
pub(super) fn pause(in_a_row: u32, need: Need) -> Duration {
    let doubled = PAUSE.saturating_mul(1 << in_a_row.saturating_sub(1).min(10));
    match need {
        Need::None | Need::Soon => doubled.min(LONGEST_PAUSE),
        Need::Now => doubled.min(LONGEST_WAIT),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde_json::json;

    use super::*;
    use crate::record::Kept;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn record(expires: Option<u64>, refresh: Option<&str>, ended: Option<&str>) -> Record {
        let text = json!({
            "portolan": "sign-in", "version": 1, "secret": "new", "refresh": refresh, "issued": 1000,
            "expires": expires, "generation": 2, "token": "https://id.example/t", "revoke": null,
            "client": "me", "field": "access_token", "ended": ended,
        });
        match Record::read(&Secret::new(text.to_string()).unwrap()) {
            Kept::SignIn(record) => *record,
            Kept::Key | Kept::Newer(_) => unreachable!(),
        }
    }

    #[test]
    fn a_secret_is_renewed_ahead_of_its_end_and_not_by_all_at_once() {
        let hour = |now, jitter| needed(Some(at(0)), Some(at(3600)), None, at(now), jitter);
        for (now, jitter, expected) in [
            (3299, 0.0, Need::None),
            (3300, 0.0, Need::Soon),
            (3239, 1.0, Need::None),
            (3240, 1.0, Need::Soon),
            (3589, 0.0, Need::Soon),
            (3590, 0.0, Need::Now),
            (9999, 0.0, Need::Now),
        ] {
            assert_eq!(hour(now, jitter), expected, "{now} {jitter}");
        }
        let minute = |now| needed(Some(at(0)), Some(at(60)), None, at(now), 0.0);
        assert_eq!([minute(53), minute(54)], [Need::None, Need::Now]);
        assert_eq!(needed(None, None, None, at(9), 0.5), Need::None);
        assert_eq!(
            needed(Some(at(99)), Some(at(50)), None, at(10), 0.5),
            Need::None
        );
        assert_eq!(
            needed(Some(at(99)), Some(at(50)), None, at(50), 0.5),
            Need::Now
        );
    }

    #[test]
    fn a_provider_may_want_a_day_ahead() {
        const HOUR: u64 = 3600;
        let day = Some(Duration::from_secs(24 * HOUR));
        let of = |lives, now| needed(Some(at(0)), Some(at(lives * HOUR)), day, at(now), 0.0);
        assert_eq!(of(72, 48 * HOUR - 1), Need::None);
        assert_eq!(of(72, 48 * HOUR), Need::Soon);
        assert_eq!(of(72, 72 * HOUR), Need::Now);
        // One that lives for ten hours is not renewed without end.
        assert_eq!(
            [of(10, 5 * HOUR - 1), of(10, 5 * HOUR)],
            [Need::None, Need::Soon]
        );
    }

    #[test]
    fn a_renewal_takes_what_somebody_else_renewed() {
        let (old, new) = ("old".to_owned(), "new".to_owned());
        let (old, new) = (Secret::new(old).unwrap(), Secret::new(new).unwrap());
        let fresh = record(Some(4600), Some("r"), None);
        for why in [Why::Time, Why::Refused] {
            assert_eq!(step(&fresh, &old, why, at(2000), 0.0), Step::Take);
        }
        assert_eq!(step(&fresh, &new, Why::Time, at(2000), 0.0), Step::Take);
        assert_eq!(step(&fresh, &new, Why::Time, at(4400), 0.0), Step::Redeem);
        assert_eq!(step(&fresh, &old, Why::Time, at(4600), 0.0), Step::Redeem);
        assert_eq!(
            step(&fresh, &new, Why::Refused, at(2000), 0.0),
            Step::Redeem
        );
        assert_eq!(step(&fresh, &new, Why::Refused, at(1030), 0.0), Step::Take);
    }

    #[test]
    fn a_secret_from_a_clock_that_was_ahead_is_renewed_once_it_is_refused() {
        let used = Secret::new("new".to_owned()).unwrap();
        let ahead = record(Some(4600), Some("r"), None);
        assert_eq!(step(&ahead, &used, Why::Time, at(500), 0.0), Step::Take);
        let refused = step(&ahead, &used, Why::Refused, at(500), 0.0);
        assert_eq!(refused, Step::Redeem);
    }

    #[test]
    fn without_a_refresh_token_a_person_signs_in_again() {
        let used = Secret::new("new".to_owned()).unwrap();
        let bare = record(Some(4600), None, None);
        assert_eq!(step(&bare, &used, Why::Time, at(4000), 0.0), Step::Take);
        let over = Step::SignedOut(SignedOut::Expired);
        assert_eq!(step(&bare, &used, Why::Time, at(4600), 0.0), over);
        let refused = record(Some(4600), Some("r"), Some("refused"));
        let over = Step::SignedOut(SignedOut::Refused);
        assert_eq!(step(&refused, &used, Why::Time, at(2000), 0.0), over);
    }

    #[test]
    fn pauses_double_and_are_short_where_requests_wait() {
        let seconds = |need| [1, 2, 3, 9, 99].map(|row| pause(row, need).as_secs());
        assert_eq!(seconds(Need::Soon), [5, 10, 20, 300, 300]);
        assert_eq!(seconds(Need::Now), [5, 10, 10, 10, 10]);
    }
}
