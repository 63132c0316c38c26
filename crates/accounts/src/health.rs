//! How an account has answered of late: a pure state that orders candidates and forbids none.

use std::time::{Duration, Instant};

/// The first pause after a 429 that names no time; each further one doubles it.
const LIMITED_FIRST: Duration = Duration::from_secs(5);
/// The longest pause after a 429 that names no time.
const LIMITED_LONGEST: Duration = Duration::from_secs(300);
/// The shortest pause after a 429, whatever it names.
const LIMITED_SHORTEST: Duration = Duration::from_secs(1);
/// The longest pause that a provider can ask for: the longest of their windows is a week.
const ASKED_LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);
/// How many failures in a row make an account pause.
const FAILURES_BEFORE_PAUSE: u32 = 5;
/// The pause after the fifth failure; each further one adds as much.
const FAILED_STEP: Duration = Duration::from_secs(30);
/// The longest pause after failures.
const FAILED_LONGEST: Duration = Duration::from_secs(300);
/// The pause after an account turned out to be out of credit.
const UNPAID_PAUSE: Duration = Duration::from_secs(6 * 3600);

/// How one call with an account ended, as far as it tells something about the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The provider accepted the request.
    Success,
    /// Too many requests (429), with the provider's own waiting time where it named one.
    RateLimited {
        /// What `Retry-After` or the provider's own header asked for.
        retry_after: Option<Duration>,
    },
    /// The secret was not accepted (401, 403).
    Rejected,
    /// The account is out of credit (402).
    Unpaid,
    /// A server error (5xx), a time-out or a broken connection.
    Failed,
    /// Anything that says nothing about the account: a model's 404, a bad request, a client that left.
    Unrelated,
}

impl Outcome {
    /// What an answer's HTTP status says about the account that asked.
    #[must_use]
    pub fn of_status(status: u16, retry_after: Option<Duration>) -> Self {
        match status {
            200..=399 => Self::Success,
            401 | 403 => Self::Rejected,
            402 => Self::Unpaid,
            408 | 500..=599 => Self::Failed,
            429 => Self::RateLimited { retry_after },
            _ => Self::Unrelated,
        }
    }
}

/// Where an account stands now; the order of the variants is the order of preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is known against it.
    Ready,
    /// Better left alone until then.
    Cooling {
        /// When it may be preferred again.
        until: Instant,
    },
    /// Its sign-in's secret is over, and renewing it fails for now.
    Unrenewed,
    /// Its secret was refused, and nothing has succeeded since.
    Rejected,
    /// It has no secret, and so it cannot be leased.
    NoCredential,
}

impl Standing {
    /// The place in that order, from 0.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Ready => 0,
            Self::Cooling { .. } => 1,
            Self::Unrenewed => 2,
            Self::Rejected => 3,
            Self::NoCredential => 4,
        }
    }
}

/// What is remembered of an account's answers.
#[derive(Debug, Clone, Default)]
pub struct Health {
    cooling_until: Option<Instant>,
    rejected: bool,
    limits_in_a_row: u32,
    failures_in_a_row: u32,
    /// When it last took a turn for the worse; older calls tell nothing about the time since.
    worsened: Option<Instant>,
}

impl Health {
    /// Takes in how a call ended that was started at `started` and ended at `now`.
    ///
    /// Calls run side by side: one that started before the last turn for the worse neither clears
    /// it (its request was accepted earlier) nor makes it count twice.
    pub fn record(&mut self, outcome: Outcome, started: Instant, now: Instant) {
        let old_news = self.worsened.is_some_and(|worsened| started < worsened);
        match outcome {
            Outcome::Unrelated => {}
            Outcome::Success if old_news => {}
            Outcome::Success => *self = Self::default(),
            Outcome::Rejected => {
                self.rejected = true;
                self.worsened = Some(now);
            }
            Outcome::Unpaid => self.cool(UNPAID_PAUSE, now),
            Outcome::RateLimited { retry_after } => {
                if !old_news || self.limits_in_a_row == 0 {
                    self.limits_in_a_row = self.limits_in_a_row.saturating_add(1);
                }
                let doublings = self.limits_in_a_row.saturating_sub(1).min(16);
                let own = LIMITED_FIRST
                    .saturating_mul(1 << doublings)
                    .min(LIMITED_LONGEST);
                let pause = retry_after.map_or(own, |asked| asked.max(LIMITED_SHORTEST));
                self.cool(pause.min(ASKED_LONGEST), now);
            }
            Outcome::Failed if old_news && self.failures_in_a_row >= FAILURES_BEFORE_PAUSE => {}
            Outcome::Failed => {
                self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
                if self.failures_in_a_row >= FAILURES_BEFORE_PAUSE {
                    let times = self.failures_in_a_row - FAILURES_BEFORE_PAUSE + 1;
                    self.cool(FAILED_STEP.saturating_mul(times).min(FAILED_LONGEST), now);
                }
            }
        }
    }

    /// Where the account stands at `now`, given that it has its secret.
    #[must_use]
    pub fn standing(&self, now: Instant) -> Standing {
        match self.cooling_until {
            _ if self.rejected => Standing::Rejected,
            Some(until) if until > now => Standing::Cooling { until },
            _ => Standing::Ready,
        }
    }

    fn cool(&mut self, pause: Duration, now: Instant) {
        let until = now.checked_add(pause).unwrap_or(now);
        self.cooling_until = Some(
            self.cooling_until
                .map_or(until, |earlier| earlier.max(until)),
        );
        self.worsened = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITED: Outcome = Outcome::RateLimited { retry_after: None };

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    fn pause(health: &Health, now: Instant) -> u64 {
        match health.standing(now) {
            Standing::Cooling { until } => (until - now).as_secs(),
            Standing::Ready | Standing::Unrenewed | Standing::Rejected | Standing::NoCredential => {
                0
            }
        }
    }

    #[test]
    fn limits_double_from_five_seconds_to_five_minutes() {
        let mut now = Instant::now();
        let mut health = Health::default();
        for expected in [5, 10, 20, 40, 80, 160, 300, 300] {
            health.record(LIMITED, now, now);
            assert_eq!(pause(&health, now), expected);
            now += seconds(expected);
            assert_eq!(
                health.standing(now),
                Standing::Ready,
                "over exactly at its end"
            );
        }
        health.record(Outcome::Success, now, now);
        health.record(LIMITED, now, now);
        assert_eq!(pause(&health, now), 5, "a success starts the count anew");
    }

    #[test]
    fn a_provider_s_own_waiting_time_is_kept() {
        let now = Instant::now();
        for (asked, expected) in [(0, 1), (7, 7), (86_400, 86_400), (u64::MAX, 604_800)] {
            let mut health = Health::default();
            let outcome = Outcome::RateLimited {
                retry_after: Some(seconds(asked)),
            };
            health.record(outcome, now, now);
            assert_eq!(pause(&health, now), expected);
        }
    }

    #[test]
    fn a_shorter_pause_never_cuts_a_longer_one() {
        let now = Instant::now();
        let mut health = Health::default();
        let long = Outcome::RateLimited {
            retry_after: Some(seconds(600)),
        };
        health.record(long, now, now);
        health.record(LIMITED, now, now + seconds(1));
        assert_eq!(pause(&health, now), 600);
    }

    #[test]
    fn five_failures_in_a_row_cool_and_four_do_not() {
        let mut now = Instant::now();
        let mut health = Health::default();
        for _ in 0..4 {
            health.record(Outcome::Failed, now, now);
            assert_eq!(health.standing(now), Standing::Ready);
        }
        health.record(Outcome::Success, now, now);
        for _ in 0..5 {
            health.record(Outcome::Failed, now, now);
        }
        assert_eq!(pause(&health, now), 30);
        for expected in [60, 90, 120, 150, 180, 210, 240, 270, 300, 300] {
            now += seconds(400);
            health.record(Outcome::Failed, now, now);
            assert_eq!(pause(&health, now), expected);
        }
    }

    #[test]
    fn a_rejected_account_stays_so_until_a_success() {
        let now = Instant::now();
        let mut health = Health::default();
        health.record(Outcome::Rejected, now, now);
        assert_eq!(health.standing(now + seconds(999_999)), Standing::Rejected);
        health.record(Outcome::Success, now + seconds(1), now + seconds(2));
        assert_eq!(health.standing(now + seconds(2)), Standing::Ready);
    }

    #[test]
    fn calls_side_by_side_count_once_and_old_successes_clear_nothing() {
        let start = Instant::now();
        let mut health = Health::default();
        for call in 1..=10 {
            health.record(LIMITED, start, start + Duration::from_millis(call));
        }
        let now = start + seconds(1);
        assert_eq!(
            pause(&health, now),
            4,
            "ten answers to one burst are one limit"
        );
        health.record(Outcome::Success, start, now);
        assert_eq!(pause(&health, now), 4, "accepted before the limit");
        for call in 1..=10 {
            health.record(Outcome::Failed, start, start + Duration::from_millis(call));
        }
        assert!(
            pause(&health, now) <= 30,
            "a burst of failures is one pause"
        );
    }

    #[test]
    fn what_a_status_says_about_an_account() {
        let now = Instant::now();
        for status in [400, 404, 405, 409, 413, 415, 422] {
            let mut health = Health::default();
            for _ in 0..50 {
                health.record(Outcome::of_status(status, None), now, now);
            }
            assert_eq!(
                health.standing(now),
                Standing::Ready,
                "{status} never cools"
            );
        }
        assert_eq!(Outcome::of_status(401, None), Outcome::Rejected);
        assert_eq!(Outcome::of_status(403, None), Outcome::Rejected);
        assert_eq!(Outcome::of_status(402, None), Outcome::Unpaid);
        assert_eq!(Outcome::of_status(429, None), LIMITED);
        assert_eq!(Outcome::of_status(529, None), Outcome::Failed);
        assert_eq!(Outcome::of_status(200, None), Outcome::Success);
        let mut health = Health::default();
        health.record(Outcome::Unpaid, now, now);
        assert_eq!(pause(&health, now), 6 * 3600);
    }
}
