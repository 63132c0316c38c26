//! A clock that tests turn.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// A clock that stands still until it is told to advance; clones show the same time.
#[derive(Clone, Debug)]
pub struct FakeClock(Arc<Mutex<(Instant, SystemTime)>>);

impl FakeClock {
    /// A clock that shows the present moment.
    #[must_use]
    pub fn new() -> Self {
        Self::at(SystemTime::now())
    }

    /// A clock whose wall shows this time.
    #[must_use]
    pub fn at(wall: SystemTime) -> Self {
        Self(Arc::new(Mutex::new((Instant::now(), wall))))
    }

    /// The monotonic reading.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.read().0
    }

    /// The wall clock's reading.
    #[must_use]
    pub fn wall(&self) -> SystemTime {
        self.read().1
    }

    /// Lets this much time pass on both.
    pub fn advance(&self, time: Duration) {
        let mut readings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        readings.0 += time;
        readings.1 += time;
    }

    /// Sets the wall clock alone, as a user or a time server does, also backwards.
    pub fn set_wall(&self, wall: SystemTime) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 = wall;
    }

    fn read(&self) -> (Instant, SystemTime) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_moves_on_command_alone_and_for_every_clone() {
        let clock = FakeClock::at(SystemTime::UNIX_EPOCH);
        let (start, other) = (clock.now(), clock.clone());
        clock.advance(Duration::from_secs(9));
        assert_eq!(other.now() - start, Duration::from_secs(9));
        assert_eq!(
            other.wall(),
            SystemTime::UNIX_EPOCH + Duration::from_secs(9)
        );
        clock.set_wall(SystemTime::UNIX_EPOCH);
        assert_eq!(
            (other.wall(), other.now() - start),
            (SystemTime::UNIX_EPOCH, Duration::from_secs(9))
        );
    }
}
