//! How much client keys may use: changed in the settings, and counted on across a restart.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contract::{ApiError, Code, Key, KeyLimit, Topic};
use gateway::day_of;

use crate::control::Inner;
use crate::settings::{Settings, set_limits};
use crate::snapshot::limited;

/// A day, in seconds.
const DAY: u64 = 24 * 60 * 60;

impl Inner {
    /// Changes the limits that are given, in the file and at once.
    pub(crate) fn limit_key(&self, limit: &KeyLimit) -> Result<Key, ApiError> {
        let named = |keys: Vec<Key>| keys.into_iter().find(|key| key.name == limit.name);
        let keys = self.list_keys();
        let names: Vec<String> = keys.iter().map(|key| key.name.clone()).collect();
        let unknown = || {
            let names = names.iter().map(String::as_str);
            let nearest = crate::nearest::nearest(&limit.name, names).unwrap_or_default();
            ApiError::new(Code::NoSuchKey, [&limit.name.as_str(), &nearest])
        };
        let key = named(keys).ok_or_else(unknown)?;
        let limits = [
            ("requests_per_minute", limit.requests_per_minute),
            ("tokens_per_minute", limit.tokens_per_minute),
            ("concurrency", limit.concurrency),
            ("requests_per_day", limit.requests_per_day),
            ("tokens_per_day", limit.tokens_per_day),
        ];
        if limits.iter().all(|(_, given)| given.is_none()) && limit.provider_key.is_none() {
            return Ok(key);
        }
        self.rewrite(|document, _| {
            set_limits(document, &limit.name, &limits, limit.provider_key)
                .map_err(|error| self.inline(error))
        })?;
        self.emit(Topic::Keys);
        named(self.list_keys()).ok_or_else(unknown)
    }

    /// Counts what was used today before this process ran, once, where a key has a cap for the day.
    pub(crate) fn count_the_day(&self, settings: &Settings) {
        let mut keys = settings.key.iter();
        if !keys.any(|key| limited(settings, &key.name).limits.counts_days()) {
            return;
        }
        self.day_counted.call_once(|| {
            let day = day_of(self.since);
            let from = UNIX_EPOCH + Duration::from_secs(day * DAY);
            match self.ledger.used(milliseconds(from), milliseconds(self.since)) {
                Ok(used) => {
                    for one in used {
                        self.plane
                            .used_before(&one.key, day, one.requests, one.tokens);
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "what the keys used today before the start is not known");
                }
            }
        });
    }
}

fn milliseconds(at: SystemTime) -> i64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
