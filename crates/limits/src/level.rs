//! What of a minute's worth is used up: it drains steadily, a minute's worth in a minute.

use std::time::{Duration, Instant};

/// A minute, in seconds.
const MINUTE: f64 = 60.0;
/// What counting in fractions may be off by.
const NEARLY: f64 = 1e-6;

/// What is used up of one limit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Level {
    used: f64,
    /// Until when it was let drain.
    at: Option<Instant>,
}

impl Level {
    /// Lets drain what `limit` a minute lets go until `now`. Without a limit nothing is kept.
    pub(crate) fn settle(&mut self, limit: u32, now: Instant) {
        if limit == 0 {
            *self = Self::default();
            return;
        }
        let since = self
            .at
            .map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        let drained = since.as_secs_f64() * f64::from(limit) / MINUTE;
        self.used = (self.used - drained).max(0.0);
        self.at = Some(self.at.map_or(now, |at| at.max(now)));
    }

    /// Uses up so much. However much it is at once, one more fits a minute later, as with a count
    /// of what the last minute saw.
    pub(crate) fn add(&mut self, amount: u32, limit: u32) {
        let most = f64::from(limit) * 2.0 - 1.0;
        self.used = (self.used + f64::from(amount)).min(most.max(0.0));
    }

    /// Takes one back that was used up.
    pub(crate) fn take_back(&mut self) {
        self.used = (self.used - 1.0).max(0.0);
    }

    /// How long it takes until one more fits.
    pub(crate) fn wait_for_one(&self, limit: u32) -> Duration {
        drains(self.used + 1.0 - f64::from(limit) - NEARLY, limit)
    }

    /// How long it takes until nothing is used.
    pub(crate) fn wait_for_all(&self, limit: u32) -> Duration {
        drains(self.used, limit)
    }

    /// How many whole ones are left.
    pub(crate) fn left(&self, limit: u32) -> u64 {
        let left = f64::from(limit) - self.used + NEARLY;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to a limit of 32 bits"
        )]
        let whole = left.max(0.0) as u64;
        whole
    }
}

fn drains(amount: f64, limit: u32) -> Duration {
    Duration::try_from_secs_f64(amount.max(0.0) * MINUTE / f64::from(limit.max(1)))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Level;

    #[test]
    fn it_drains_steadily_and_a_changed_limit_keeps_what_was_used() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut level = Level::default();
        level.settle(60, at(0));
        level.add(30, 60);
        assert_eq!((level.left(60), level.left(40)), (30, 10));
        level.settle(60, at(10));
        assert_eq!(level.left(60), 40);
        assert_eq!(level.wait_for_all(60), Duration::from_secs(20));
        // Nobody's clock runs backwards here, but two threads may come in the other order.
        level.settle(60, at(5));
        assert_eq!(level.left(60), 40);
        level.settle(60, at(500));
        assert_eq!(level.left(60), 60);
        level.settle(0, at(501));
        assert_eq!(level, Level::default());
    }

    #[test]
    fn far_too_much_at_once_is_a_minute_to_wait() {
        let mut level = Level::default();
        level.settle(100, Instant::now());
        level.add(1_000_000, 100);
        let wait = level.wait_for_one(100).as_secs_f64();
        assert!((59.9..=60.1).contains(&wait), "{wait}");
        assert_eq!(level.left(100), 0);
    }
}
