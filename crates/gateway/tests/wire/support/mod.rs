//! What these tests share: a gateway that listens, the two sides of a dialect, events, secrets.

mod gateway;
mod side;

use std::time::Duration;

use testkit::{Client, SseEvent};

pub(crate) use gateway::{Gateway, Setup, keys};
pub(crate) use side::{PAIRS, Side};

/// The key that every test gateway takes.
pub(crate) const KEY: &str = "pk-test";
/// Long enough for anything that is not meant to be waited for.
pub(crate) const SOON: Duration = Duration::from_secs(10);

/// Tests that measure time, and those that keep both cores busy, take turns.
pub(crate) static QUIET: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

pub(crate) fn milliseconds(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Reads a stream to its end; the second value says whether the connection broke.
pub(crate) async fn all_events(client: &mut Client) -> (Vec<SseEvent>, bool) {
    let mut events = Vec::new();
    loop {
        match client.event().await {
            Ok(Some(event)) => events.push(event),
            Ok(None) => return (events, false),
            Err(_) => return (events, true),
        }
    }
}

/// Reads the rest of a body as it is.
pub(crate) async fn rest(client: &mut Client) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(piece) = client.piece().await.unwrap() {
        all.extend_from_slice(&piece);
    }
    all
}

/// Runs something that must not hang.
pub(crate) async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON, work).await.expect("it hangs")
}
