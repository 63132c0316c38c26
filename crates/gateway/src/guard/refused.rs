//! Who was turned away, so that the user can be asked about them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use tokio::sync::watch;

/// The most that are remembered; the one that was longest silent makes room.
const MOST: usize = 32;
/// The longest name that is kept, in characters.
const LONGEST: usize = 200;

/// A page or program that was turned away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The page's origin; `None` for a program that came without a valid key.
    pub origin: Option<String>,
    /// What the program calls itself.
    pub agent: Option<String>,
    /// How often it was turned away.
    pub count: u64,
    /// When it came last.
    pub last: SystemTime,
}

/// Those turned away of late.
#[derive(Debug, Default)]
pub(crate) struct RefusedList {
    list: Mutex<Vec<Refused>>,
    /// How often somebody was turned away.
    count: watch::Sender<u64>,
}

impl RefusedList {
    /// Remembers one.
    pub(crate) fn note(&self, origin: Option<&str>, agent: Option<&str>, now: SystemTime) {
        let short = |text: &str| text.chars().take(LONGEST).collect::<String>();
        let (origin, agent) = (origin.map(short), agent.map(short));
        self.add(origin, agent, now);
        self.count.send_modify(|count| *count += 1);
    }

    fn add(&self, origin: Option<String>, agent: Option<String>, now: SystemTime) {
        let mut list = self.lock();
        let known = list
            .iter_mut()
            .find(|refused| refused.origin == origin && refused.agent == agent);
        if let Some(known) = known {
            known.count += 1;
            known.last = now;
            return;
        }
        if list.len() == MOST
            && let Some(oldest) = (0..list.len()).min_by_key(|&index| list[index].last)
        {
            list.swap_remove(oldest);
        }
        list.push(Refused {
            origin,
            agent,
            count: 1,
            last: now,
        });
    }

    /// Those remembered, the latest first.
    pub(crate) fn list(&self) -> Vec<Refused> {
        let mut list = self.lock().clone();
        list.sort_by_key(|refused| std::cmp::Reverse(refused.last));
        list
    }

    /// Forgets the pages of an origin, or all.
    pub(crate) fn forget(&self, origin: Option<&str>) {
        match origin {
            Some(origin) => self
                .lock()
                .retain(|refused| refused.origin.as_deref() != Some(origin)),
            None => self.lock().clear(),
        }
    }

    /// Changes whenever somebody is turned away.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Refused>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::{MOST, RefusedList};

    #[test]
    fn the_same_one_is_counted_and_the_oldest_makes_room() {
        let list = RefusedList::default();
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        list.note(Some("https://a.example"), Some("x"), at(1));
        list.note(Some("https://a.example"), Some("x"), at(2));
        assert_eq!(list.list().first().map(|refused| refused.count), Some(2));
        for index in 0..40 {
            list.note(None, Some(&format!("agent {index}")), at(10 + index));
        }
        let all = list.list();
        assert_eq!(all.len(), MOST);
        assert!(all.iter().all(|refused| refused.origin.is_none()));
        assert_eq!(
            all.first()
                .and_then(|refused| refused.agent.clone())
                .as_deref(),
            Some("agent 39")
        );
    }

    #[test]
    fn they_are_told_and_forgotten() {
        let list = RefusedList::default();
        let changes = list.changes();
        let now = SystemTime::UNIX_EPOCH;
        list.note(Some("https://a.example"), None, now);
        list.note(None, Some("curl"), now);
        assert!(changes.has_changed().is_ok_and(|changed| changed));
        list.forget(Some("https://a.example"));
        assert_eq!(list.list().len(), 1);
        list.forget(None);
        assert!(list.list().is_empty());
    }
}
