//! How often a password may be tried: a few times at once, and then ever more slowly.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many tries one client has before it must wait.
const OF_ONE: u32 = 5;
/// How many all clients together have: more, so that one alone cannot keep the owner out.
const OF_ALL: u32 = 10;
/// The first wait; each further failure doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(60);
/// The longest.
const LAST_WAIT: Duration = Duration::from_secs(15 * 60);
/// After this long without a try the failures are forgotten.
const FORGOTTEN: Duration = Duration::from_secs(60 * 60);
/// How many clients are remembered.
const CLIENTS: usize = 1024;

/// The failed tries of late.
#[derive(Debug, Default)]
pub(super) struct Limits(Mutex<Failed>);

#[derive(Debug, Default)]
struct Failed {
    all: Option<Tries>,
    each: HashMap<IpAddr, Tries>,
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    count: u32,
    last: Instant,
    /// No try before it.
    next: Instant,
}

impl Tries {
    fn wait(self, now: Instant) -> Duration {
        self.next.saturating_duration_since(now)
    }

    /// One more, at `now`; the wait begins when `free` are used up.
    fn after(before: Option<Self>, free: u32, now: Instant) -> Self {
        let kept = before.filter(|tries| now.saturating_duration_since(tries.last) < FORGOTTEN);
        let count = kept.map_or(0, |tries| tries.count).saturating_add(1);
        let wait = match count.checked_sub(free) {
            None => Duration::ZERO,
            Some(over) => FIRST_WAIT.saturating_mul(1 << over.min(8)).min(LAST_WAIT),
        };
        Self {
            count,
            last: now,
            next: now + wait,
        }
    }
}

impl Limits {
    /// Takes one try of that client's at `now`. It counts as failed until [`Limits::forgive`], so
    /// that tries at the same time are counted too.
    ///
    /// # Errors
    /// How long to wait; nothing was taken.
    pub(super) fn take(&self, client: IpAddr, now: Instant) -> Result<(), Duration> {
        let client = network(client);
        let mut failed = self.lock();
        let one = failed.each.get(&client).copied();
        let waits = [one, failed.all].map(|tries| tries.map_or(Duration::ZERO, |t| t.wait(now)));
        let wait = waits[0].max(waits[1]);
        if !wait.is_zero() {
            return Err(wait);
        }
        if one.is_none() && failed.each.len() >= CLIENTS {
            let oldest = failed.each.iter().min_by_key(|(_, tries)| tries.last);
            if let Some(oldest) = oldest.map(|(client, _)| *client) {
                failed.each.remove(&oldest);
            }
        }
        failed.each.insert(client, Tries::after(one, OF_ONE, now));
        failed.all = Some(Tries::after(failed.all, OF_ALL, now));
        Ok(())
    }

    /// Forgets the failures, for that client gave the right password.
    pub(super) fn forgive(&self, client: IpAddr) {
        let mut failed = self.lock();
        failed.each.remove(&network(client));
        failed.all = None;
    }

    fn lock(&self) -> MutexGuard<'_, Failed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who has an IPv6 network has all of its addresses: the first 64 bits count.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn s20_five_tries_and_then_ever_longer_waits() {
        let limits = Limits::default();
        let start = Instant::now();
        for _ in 0..5 {
            assert_eq!(limits.take(HERE, start), Ok(()));
        }
        assert_eq!(limits.take(HERE, start), Err(seconds(60)));
        assert_eq!(limits.take(HERE, start + seconds(20)), Err(seconds(40)));
        let mut now = start + seconds(60);
        for wait in [120, 240, 480, 900, 900] {
            assert_eq!(limits.take(HERE, now), Ok(()), "before {wait}");
            assert_eq!(limits.take(HERE, now), Err(seconds(wait)));
            now += seconds(wait);
        }
    }

    #[test]
    fn s20_a_thousand_guesses_in_an_hour_are_twenty_at_most() {
        let clients: [&dyn Fn(u32) -> IpAddr; 3] = [
            &|_| HERE,
            &|guess| IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + guess)),
            &|guess| {
                IpAddr::V6(std::net::Ipv6Addr::from(
                    0x2001_0db8 << 96 | u128::from(guess),
                ))
            },
        ];
        for (kind, client) in clients.iter().enumerate() {
            let limits = Limits::default();
            let start = Instant::now();
            let evaluated = (0..1000).filter(|guess| {
                let now = start + Duration::from_millis(u64::from(*guess) * 3600);
                limits.take(client(*guess), now).is_ok()
            });
            let evaluated = evaluated.count();
            assert!((5..=20).contains(&evaluated), "{kind}: {evaluated}");
        }
    }

    #[test]
    fn one_client_alone_does_not_keep_the_others_out_and_the_right_password_forgives() {
        let limits = Limits::default();
        let now = Instant::now();
        let other = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
        while limits.take(other, now).is_ok() {}
        assert_eq!(limits.take(HERE, now), Ok(()));
        limits.forgive(HERE);
        for _ in 0..5 {
            assert_eq!(limits.take(HERE, now), Ok(()));
        }
        assert!(limits.take(other, now).is_err(), "its own failures stay");
    }

    #[test]
    fn memory_is_bounded_and_an_hour_of_peace_forgets() {
        let limits = Limits::default();
        let now = Instant::now();
        for client in 0..3000_u32 {
            limits.forgive(HERE);
            let _counted = limits.take(IpAddr::V4(Ipv4Addr::from(client)), now);
        }
        assert!(limits.lock().each.len() <= CLIENTS);
        let limits = Limits::default();
        while limits.take(HERE, now).is_ok() {}
        let later = now + FORGOTTEN;
        for _ in 0..5 {
            assert_eq!(limits.take(HERE, later), Ok(()));
        }
    }
}
