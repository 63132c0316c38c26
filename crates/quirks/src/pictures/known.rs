//! What was on the last pictures: a conversation shows them again with each of its turns.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What words are kept under.
pub type Mark = [u8; 32];

/// How many are kept; the one that was not asked for the longest goes first.
const MOST: usize = 128;
/// The longest words that are kept, in bytes.
const LONGEST: usize = 32 * 1024;
/// How long they are kept after they were asked for last.
const LIFE: Duration = Duration::from_secs(3600);

/// Words by their marks, in memory alone.
#[derive(Debug, Default)]
pub struct Known {
    /// The one asked for last is at the end.
    kept: Mutex<VecDeque<(Mark, Instant, Arc<str>)>>,
}

impl Known {
    /// What is known under a mark.
    #[must_use]
    pub fn get(&self, mark: &Mark, now: Instant) -> Option<Arc<str>> {
        let mut kept = self.lock(now);
        let at = kept.iter().position(|(known, ..)| known == mark)?;
        let (mark, _, words) = kept.remove(at)?;
        let found = Arc::clone(&words);
        kept.push_back((mark, now, words));
        Some(found)
    }

    /// Keeps what was said.
    pub fn keep(&self, mark: Mark, words: &str, now: Instant) {
        if words.len() > LONGEST {
            return;
        }
        let mut kept = self.lock(now);
        kept.retain(|(known, ..)| *known != mark);
        if kept.len() == MOST {
            kept.pop_front();
        }
        kept.push_back((mark, now, words.into()));
    }

    fn lock(&self, now: Instant) -> MutexGuard<'_, VecDeque<(Mark, Instant, Arc<str>)>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, asked, _)| now.saturating_duration_since(*asked) < LIFE);
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(number: usize) -> Mark {
        let mut mark = [0; 32];
        mark[..8].copy_from_slice(&number.to_be_bytes());
        mark
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes_in_its_turn() {
        let (known, now) = (Known::default(), Instant::now());
        for number in 0..MOST {
            known.keep(mark(number), &number.to_string(), now);
        }
        assert_eq!(known.get(&mark(0), now).as_deref(), Some("0"));
        known.keep(mark(MOST), "new", now);
        assert_eq!(known.get(&mark(0), now).as_deref(), Some("0"));
        assert_eq!(known.get(&mark(1), now), None);
        assert_eq!(known.get(&mark(MOST), now).as_deref(), Some("new"));
    }

    #[test]
    fn an_hour_after_it_was_asked_for_last_it_is_forgotten() {
        let (known, now) = (Known::default(), Instant::now());
        known.keep(mark(1), "a", now);
        known.keep(mark(2), "b", now);
        let later = now + LIFE / 2;
        assert!(known.get(&mark(1), later).is_some());
        assert_eq!(known.get(&mark(2), now + LIFE), None);
        assert!(known.get(&mark(1), now + LIFE).is_some());
        known.keep(mark(3), &"x".repeat(LONGEST + 1), now);
        assert_eq!(known.get(&mark(3), now), None);
    }
}
