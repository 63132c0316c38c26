//! The limits of a key, by a clock that the test sets.
#![allow(
    clippy::unwrap_used,
    clippy::mem_forget,
    reason = "tests; some requests never end"
)]

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use dialect::{Dialect, Fault, FaultKind};
use http::{HeaderMap, HeaderValue};

use crate::{Held, KeyLimits, Now, Rates, day_of};

struct ClientKey {
    name: &'static str,
    limits: KeyLimits,
}

impl ClientKey {
    fn unlimited(name: &'static str) -> Self {
        let limits = KeyLimits::default();
        Self { name, limits }
    }
}

/// A clock of its own: seconds after noon UTC of some day.
struct Bed {
    rates: Rates,
    instant: Instant,
    noon: SystemTime,
}

const DAY: u64 = 86_400;

impl Bed {
    fn new() -> Self {
        let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(20_000 * DAY + DAY / 2);
        Self {
            rates: Rates::default(),
            instant: Instant::now(),
            noon,
        }
    }

    fn at(&self, seconds: u64) -> Now {
        let since = Duration::from_secs(seconds);
        Now {
            instant: self.instant + since,
            clock: self.noon + since,
        }
    }

    fn take(&self, key: &Arc<ClientKey>, seconds: u64) -> Result<Option<Held>, Fault> {
        self.rates
            .take(key.name, key.limits, true, self.at(seconds))
    }

    /// A request that is over at once.
    fn spend(&self, key: &Arc<ClientKey>, seconds: u64, tokens: u64) -> Result<(), Fault> {
        let held = self.take(key, seconds)?;
        std::mem::forget(held);
        self.rates.give_back(key.name, tokens, self.at(seconds));
        Ok(())
    }
}

fn key(limits: KeyLimits) -> Arc<ClientKey> {
    Arc::new(ClientKey {
        limits,
        ..ClientKey::unlimited("k")
    })
}

fn hit(result: Result<(), Fault>) -> (String, u64) {
    let fault = result.unwrap_err();
    let wait = fault.retry_after.unwrap() + Duration::from_millis(500);
    (fault.code().to_owned(), wait.as_secs())
}

#[test]
fn a_minutes_worth_and_then_one_at_a_time() {
    let bed = Bed::new();
    let key = key(KeyLimits {
        requests_per_minute: 3,
        ..KeyLimits::default()
    });
    let at = |seconds| bed.spend(&key, seconds, 0);
    assert!(at(0).is_ok() && at(0).is_ok() && at(0).is_ok());
    assert_eq!(hit(at(0)), ("requests_per_minute_exceeded".to_owned(), 20));
    assert!(at(20).is_ok());
    assert!(at(21).is_err());
    assert!(at(300).is_ok() && at(300).is_ok() && at(300).is_ok() && at(300).is_err());
    // A list of models is a request too, but of the minute alone.
    assert!(
        bed.rates
            .take(key.name, key.limits, false, bed.at(300))
            .is_err()
    );
    let free = Arc::new(ClientKey::unlimited("free"));
    assert!((0..500).all(|_| bed.spend(&free, 0, 1_000_000).is_ok()));
}

#[test]
fn tokens_are_counted_when_they_are_known_and_then_the_next_one_waits() {
    let bed = Bed::new();
    let key = key(KeyLimits {
        tokens_per_minute: 100,
        ..KeyLimits::default()
    });
    // Many may begin while nobody knows what they will use.
    let first: Vec<_> = (0..3).map(|_| bed.take(&key, 0).unwrap()).collect();
    std::mem::forget(first);
    bed.rates.give_back(key.name, 60, bed.at(1));
    assert!(bed.spend(&key, 1, 0).is_ok());
    bed.rates.give_back(key.name, 70, bed.at(1));
    let (code, wait) = hit(bed.spend(&key, 1, 0));
    assert_eq!((code.as_str(), wait), ("tokens_per_minute_exceeded", 19));
    assert!(
        bed.rates
            .take(key.name, key.limits, false, bed.at(1))
            .is_ok()
    );
    assert!(bed.spend(&key, 20, 0).is_ok());
    // However much one answer was, a minute later the next one is let in.
    bed.rates.give_back(key.name, 5_000_000_000, bed.at(20));
    assert!(bed.spend(&key, 79, 0).is_err() && bed.spend(&key, 80, 0).is_ok());
}

#[test]
fn so_many_are_under_way_at_once_and_whoever_leaves_makes_room() {
    let bed = Bed::new();
    let two = KeyLimits {
        concurrency: 2,
        ..KeyLimits::default()
    };
    let key = key(two);
    let first = bed.take(&key, 0).unwrap();
    let second = bed.take(&key, 0).unwrap().unwrap();
    let (code, wait) = hit(bed.take(&key, 0).map(drop));
    assert_eq!((code.as_str(), wait), ("concurrency_exceeded", 1));
    drop(first);
    let third = bed.take(&key, 0).unwrap();
    second.end(7);
    assert!(bed.take(&key, 0).is_ok());
    drop(third);
    assert!(bed.take(&key, 0).is_ok());
}

#[test]
fn a_refusal_uses_nothing_and_names_what_lasts_longest() {
    let bed = Bed::new();
    let key = key(KeyLimits {
        requests_per_minute: 10,
        concurrency: 1,
        requests_per_day: 2,
        ..KeyLimits::default()
    });
    // What is dropped gives back by the real clock.
    std::mem::forget(bed.take(&key, 0).unwrap());
    assert!((0..20).all(|_| hit(bed.take(&key, 0).map(drop)).0 == "concurrency_exceeded"));
    bed.rates.give_back(key.name, 0, bed.at(0));
    assert!(bed.spend(&key, 0, 0).is_ok());
    let refused = bed.take(&key, 0).unwrap_err();
    assert_eq!(refused.kind, FaultKind::Quota);
    assert_eq!(refused.code(), "requests_per_day_exceeded");
    assert_eq!(refused.retry_after, Some(Duration::from_secs(DAY / 2)));
    assert!(refused.message.contains("2 requests a day"), "{refused:?}");
}

#[test]
fn a_day_ends_at_midnight_and_no_clock_that_is_set_back_begins_another() {
    let bed = Bed::new();
    let key = key(KeyLimits {
        tokens_per_day: 1000,
        ..KeyLimits::default()
    });
    bed.spend(&key, 0, 999).unwrap();
    bed.spend(&key, 0, 5000).unwrap();
    assert_eq!(hit(bed.spend(&key, 60, 0)).0, "tokens_per_day_exceeded");
    let yesterday = Now {
        instant: bed.instant,
        clock: bed.noon - Duration::from_secs(DAY),
    };
    assert!(
        bed.rates
            .take(key.name, key.limits, true, yesterday)
            .is_err()
    );
    let midnight = DAY / 2;
    let fresh = bed.rates.take(key.name, key.limits, true, bed.at(midnight));
    assert!(fresh.is_ok());
    bed.rates.give_back(key.name, 2000, bed.at(midnight + 1));
    assert!(bed.spend(&key, midnight + 2, 0).is_err());
}

#[test]
fn what_was_used_before_counts_for_its_own_day_alone() {
    let bed = Bed::new();
    let limited = key(KeyLimits {
        requests_per_day: 5,
        ..KeyLimits::default()
    });
    let today = day_of(bed.noon);
    bed.rates.used_before("k", today, 3, 100);
    bed.spend(&limited, 0, 0).unwrap();
    bed.rates.used_before("k", today - 1, 50, 0);
    bed.spend(&limited, 0, 0).unwrap();
    assert!(bed.spend(&limited, 0, 0).is_err());
    // Other limits of the same key know what was used under the old ones.
    let wider = key(KeyLimits {
        requests_per_day: 6,
        tokens_per_day: 100,
        ..KeyLimits::default()
    });
    assert_eq!(hit(bed.spend(&wider, 0, 0)).0, "tokens_per_day_exceeded");
}

#[test]
fn a_changed_limit_keeps_the_minutes_count() {
    let bed = Bed::new();
    let of = |requests_per_minute| {
        key(KeyLimits {
            requests_per_minute,
            ..KeyLimits::default()
        })
    };
    for _ in 0..4 {
        bed.spend(&of(10), 0, 0).unwrap();
    }
    assert!(bed.spend(&of(4), 0, 0).is_err());
    assert!(bed.spend(&of(5), 0, 0).is_ok());
}

#[test]
fn clients_are_told_the_limit_that_leaves_less() {
    let bed = Bed::new();
    let key = key(KeyLimits {
        requests_per_minute: 60,
        requests_per_day: 10,
        tokens_per_minute: 600,
        ..KeyLimits::default()
    });
    bed.spend(&key, 0, 6).unwrap();
    let mut fields = HeaderMap::new();
    let theirs = "x-ratelimit-remaining-requests";
    fields.insert(theirs, HeaderValue::from_static("4999"));
    bed.rates.tell(
        key.name,
        key.limits,
        Dialect::OpenAiChat,
        &mut fields,
        || bed.at(0),
    );
    for (name, value) in [
        ("x-ratelimit-limit-requests", "10"),
        ("x-ratelimit-remaining-requests", "9"),
        ("x-ratelimit-reset-requests", "12h0m0s"),
        ("x-ratelimit-limit-tokens", "600"),
        ("x-ratelimit-remaining-tokens", "594"),
        ("x-ratelimit-reset-tokens", "600ms"),
        ("x-portolan-upstream-x-ratelimit-remaining-requests", "4999"),
    ] {
        assert_eq!(fields.get(name).unwrap().to_str().unwrap(), value, "{name}");
    }
    // Whoever has no limits sees the upstream's.
    let mut fields = HeaderMap::new();
    fields.insert(theirs, HeaderValue::from_static("4999"));
    let free = ClientKey::unlimited("free");
    bed.rates.tell(
        free.name,
        free.limits,
        Dialect::OpenAiChat,
        &mut fields,
        || bed.at(0),
    );
    assert_eq!(fields.get(theirs).unwrap(), "4999");
}
