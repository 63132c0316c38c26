//! Requests in a minute, per key: a bucket that refills steadily.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use dialect::{Fault, FaultKind, Origin};

use crate::key::ClientKey;

/// The buckets of all keys that have a limit.
#[derive(Debug, Default)]
pub(crate) struct Rates(Mutex<HashMap<String, Bucket>>);

#[derive(Debug)]
struct Bucket {
    /// When the bucket will be full again, if nothing more is taken.
    full_at: Instant,
}

impl Rates {
    /// Takes one request from the key's bucket at `now`, or fails with the time to wait.
    pub(crate) fn take(&self, key: &ClientKey, now: Instant) -> Result<(), Fault> {
        if key.requests_per_minute == 0 {
            return Ok(());
        }
        let minute = Duration::from_secs(60);
        let each = minute / key.requests_per_minute;
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets
            .entry(key.name.clone())
            .or_insert(Bucket { full_at: now });
        let full_at = bucket.full_at.max(now) + each;
        // The bucket holds one minute's worth.
        let wait = full_at
            .saturating_duration_since(now)
            .saturating_sub(minute);
        if wait.is_zero() {
            bucket.full_at = full_at;
            return Ok(());
        }
        let message = format!(
            "the client key \"{}\" may send {} requests a minute",
            key.name, key.requests_per_minute
        );
        let mut fault = Fault::new(Origin::Gateway, FaultKind::RateLimit, message);
        fault.retry_after = Some(wait);
        Err(fault)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Rates;
    use crate::key::ClientKey;

    #[test]
    fn a_minutes_worth_and_then_one_at_a_time() {
        let rates = Rates::default();
        let key = ClientKey {
            requests_per_minute: 3,
            ..ClientKey::unlimited("k")
        };
        let start = Instant::now();
        let at = |seconds| rates.take(&key, start + Duration::from_secs(seconds));
        assert!(at(0).is_ok() && at(0).is_ok() && at(0).is_ok());
        let wait = at(0).err().and_then(|fault| fault.retry_after);
        assert_eq!(wait, Some(Duration::from_secs(20)));
        assert!(at(20).is_ok());
        assert!(at(21).is_err());
        assert!(at(300).is_ok() && at(300).is_ok() && at(300).is_ok() && at(300).is_err());
        assert!(rates.take(&ClientKey::unlimited("free"), start).is_ok());
    }
}
