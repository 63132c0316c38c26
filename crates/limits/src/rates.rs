//! What each key has used of its limits, and who has to wait.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use dialect::{Dialect, Fault, FaultKind, Origin};
use http::HeaderMap;

use crate::fields::{self, Standing, What};
use crate::level::Level;

/// How much a key may use; 0: no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyLimits {
    /// Requests in a minute, of every kind.
    pub requests_per_minute: u32,
    /// Tokens in a minute, read and written.
    pub tokens_per_minute: u32,
    /// Requests to models that are under way at once.
    pub concurrency: u32,
    /// Requests to models in a day, which begins at midnight UTC.
    pub requests_per_day: u32,
    /// Tokens in such a day, read and written.
    pub tokens_per_day: u32,
}

impl KeyLimits {
    /// Whether a day's use matters.
    #[must_use]
    pub fn counts_days(&self) -> bool {
        self.requests_per_day > 0 || self.tokens_per_day > 0
    }
}

/// A day, in seconds.
const DAY: u64 = 24 * 60 * 60;
/// When to ask again where only the end of another request makes room.
const SOON: Duration = Duration::from_secs(1);

/// What time it is: minutes go by the clock that nobody sets, days by the one on the wall.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// By the clock that nobody sets.
    pub instant: Instant,
    /// By the one on the wall.
    pub clock: SystemTime,
}

impl Now {
    /// What the system says.
    #[must_use]
    pub fn read() -> Self {
        Self {
            instant: Instant::now(),
            clock: SystemTime::now(),
        }
    }
}

/// The number of the day of that moment, counted from 1970; days begin at midnight UTC.
#[must_use]
pub fn day_of(clock: SystemTime) -> u64 {
    since_1970(clock).as_secs() / DAY
}

/// What all keys have used.
#[derive(Clone, Debug, Default)]
pub struct Rates(Arc<Mutex<BTreeMap<String, Used>>>);

/// What one key has used. Days are counted for every key, so that a cap set at noon knows the
/// morning.
#[derive(Debug, Default)]
struct Used {
    /// Those of the latest request, as settings may change.
    limits: KeyLimits,
    requests: Level,
    tokens: Level,
    under_way: u32,
    day: u64,
    requests_today: u64,
    tokens_today: u64,
}

/// A request's place among those of its key that are under way.
#[derive(Debug)]
pub struct Held {
    rates: Rates,
    name: String,
    tokens: u64,
}

impl Held {
    /// The request is over, and has used so many tokens.
    pub fn end(mut self, tokens: u64) {
        self.tokens = tokens;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.rates.give_back(&self.name, self.tokens, Now::read());
    }
}

/// A limit that was hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hit {
    RequestsPerMinute,
    TokensPerMinute,
    Concurrency,
    RequestsPerDay,
    TokensPerDay,
}

impl Rates {
    /// Lets a request of the key in. One that is refused uses nothing. Only a request to a model holds
    /// a place, and only that is held to more than its rate.
    ///
    /// # Errors
    /// The limit that was hit, and how long to wait.
    pub fn take(
        &self,
        name: &str,
        limits: KeyLimits,
        is_model: bool,
        now: Now,
    ) -> Result<Option<Held>, Fault> {
        let hit = self.of(name, |used| {
            used.settle(limits, now);
            let hit = used.hit(is_model, now);
            if hit.is_none() {
                used.requests.add(1, limits.requests_per_minute);
                used.under_way += u32::from(is_model);
                used.requests_today += u64::from(is_model);
            }
            hit
        });
        match hit {
            Some((hit, wait)) => Err(refusal(name, limits, hit, wait)),
            None => Ok(is_model.then(|| Held {
                rates: self.clone(),
                name: name.to_owned(),
                tokens: 0,
            })),
        }
    }

    /// Counts a request no more that was let in, for another one stands for it.
    pub fn take_back(&self, name: &str) {
        self.of(name, |used| used.requests.take_back());
    }

    pub(crate) fn give_back(&self, name: &str, tokens: u64, now: Now) {
        self.of(name, |used| {
            used.settle(used.limits, now);
            used.under_way = used.under_way.saturating_sub(1);
            let counted = u32::try_from(tokens).unwrap_or(u32::MAX);
            used.tokens.add(counted, used.limits.tokens_per_minute);
            used.tokens_today = used.tokens_today.saturating_add(tokens);
        });
    }

    /// Counts what was used on that day before there was anybody here to count.
    pub fn used_before(&self, key: &str, day: u64, requests: u64, tokens: u64) {
        self.of(key, |used| {
            if used.day <= day {
                used.turn_to(day);
                used.requests_today = used.requests_today.saturating_add(requests);
                used.tokens_today = used.tokens_today.saturating_add(tokens);
            }
        });
    }

    /// Tells a client of the dialect how its key's limits stand. What an upstream said of its own
    /// is told under another name then.
    pub fn tell(
        &self,
        name: &str,
        limits: KeyLimits,
        dialect: Dialect,
        headers: &mut HeaderMap,
        now: impl FnOnce() -> Now,
    ) {
        if limits == KeyLimits::default() {
            return;
        }
        let now = now();
        fields::set_aside(headers);
        let (requests, tokens) = self.of(name, |used| {
            used.settle(limits, now);
            used.standings(now)
        });
        for (what, standing) in [(What::Requests, requests), (What::Tokens, tokens)] {
            if let Some(standing) = standing {
                fields::tell(headers, dialect, what, standing, now.clock);
            }
        }
    }

    /// Works on what the key of that name has used.
    fn of<T>(&self, name: &str, work: impl FnOnce(&mut Used) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(used) = all.get_mut(name) {
            return work(used);
        }
        work(all.entry(name.to_owned()).or_default())
    }
}

impl Used {
    fn settle(&mut self, limits: KeyLimits, now: Now) {
        self.limits = limits;
        self.requests
            .settle(limits.requests_per_minute, now.instant);
        self.tokens.settle(limits.tokens_per_minute, now.instant);
        self.turn_to(day_of(now.clock));
    }

    /// A later day begins anew. A clock that is set back gives nobody a new day.
    fn turn_to(&mut self, day: u64) {
        if day > self.day {
            self.requests_today = 0;
            self.tokens_today = 0;
        }
        self.day = day;
    }

    /// The limit that lets the next request wait longest.
    fn hit(&self, is_model: bool, now: Now) -> Option<(Hit, Duration)> {
        let limits = self.limits;
        let minute = |level: &Level, limit| match limit {
            0 => Duration::ZERO,
            limit => level.wait_for_one(limit),
        };
        let day = |spent: u64, limit: u32| match limit {
            limit if limit > 0 && spent >= u64::from(limit) => until_midnight(now.clock),
            _ => Duration::ZERO,
        };
        let is_full = limits.concurrency > 0 && self.under_way >= limits.concurrency;
        let requests = minute(&self.requests, limits.requests_per_minute);
        let waits = [
            (
                Hit::TokensPerMinute,
                minute(&self.tokens, limits.tokens_per_minute),
            ),
            (
                Hit::Concurrency,
                if is_full { SOON } else { Duration::ZERO },
            ),
            (
                Hit::RequestsPerDay,
                day(self.requests_today, limits.requests_per_day),
            ),
            (
                Hit::TokensPerDay,
                day(self.tokens_today, limits.tokens_per_day),
            ),
        ];
        let waits = waits.into_iter().filter(|_| is_model);
        std::iter::once((Hit::RequestsPerMinute, requests))
            .chain(waits)
            .filter(|(_, wait)| !wait.is_zero())
            .max_by_key(|(_, wait)| *wait)
    }

    /// How requests and tokens stand: by the minute or by the day, whichever leaves less.
    fn standings(&self, now: Now) -> (Option<Standing>, Option<Standing>) {
        let minute = |level: &Level, limit: u32| {
            (limit > 0).then(|| Standing {
                limit: u64::from(limit),
                left: level.left(limit),
                reset: level.wait_for_all(limit),
            })
        };
        let day = |spent: u64, limit: u32| {
            (limit > 0).then(|| Standing {
                limit: u64::from(limit),
                left: u64::from(limit).saturating_sub(spent),
                reset: until_midnight(now.clock),
            })
        };
        let tighter = |minute: Option<Standing>, day: Option<Standing>| {
            let both = minute.into_iter().chain(day);
            both.min_by_key(|standing| (standing.left, std::cmp::Reverse(standing.reset)))
        };
        let limits = self.limits;
        (
            tighter(
                minute(&self.requests, limits.requests_per_minute),
                day(self.requests_today, limits.requests_per_day),
            ),
            tighter(
                minute(&self.tokens, limits.tokens_per_minute),
                day(self.tokens_today, limits.tokens_per_day),
            ),
        )
    }
}

fn since_1970(clock: SystemTime) -> Duration {
    clock
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}

fn until_midnight(clock: SystemTime) -> Duration {
    let midnight = Duration::from_secs((day_of(clock) + 1) * DAY);
    midnight.saturating_sub(since_1970(clock))
}

fn refusal(name: &str, limits: KeyLimits, hit: Hit, wait: Duration) -> Fault {
    let KeyLimits {
        requests_per_minute,
        tokens_per_minute,
        concurrency,
        requests_per_day,
        tokens_per_day,
    } = limits;
    // What a day brings is not worth another try in a moment, as an exceeded minute is.
    let (kind, code, may) = match hit {
        Hit::RequestsPerMinute => (
            FaultKind::RateLimit,
            "requests_per_minute_exceeded",
            format!("may send {requests_per_minute} requests a minute"),
        ),
        Hit::TokensPerMinute => (
            FaultKind::RateLimit,
            "tokens_per_minute_exceeded",
            format!("may use {tokens_per_minute} tokens a minute"),
        ),
        Hit::Concurrency => (
            FaultKind::RateLimit,
            "concurrency_exceeded",
            format!("may have {concurrency} of its requests under way at once"),
        ),
        Hit::RequestsPerDay => (
            FaultKind::Quota,
            "requests_per_day_exceeded",
            format!("may send {requests_per_day} requests a day; the day ends at midnight UTC"),
        ),
        Hit::TokensPerDay => (
            FaultKind::Quota,
            "tokens_per_day_exceeded",
            format!("may use {tokens_per_day} tokens a day; the day ends at midnight UTC"),
        ),
    };
    let message = format!("the client key \"{name}\" {may}");
    let mut fault = Fault::new(Origin::Gateway, kind, message).with_code(code);
    fault.retry_after = Some(wait);
    fault
}
