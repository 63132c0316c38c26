//! Tells those who watch what happens by itself: stored requests, refusals, accounts, lines of the log.

use std::sync::{Arc, Weak};
use std::time::Duration;

use contract::Topic;
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

use crate::control::Inner;

/// How long news gather before more are told: each is a question asked again.
const GATHERING: Duration = Duration::from_millis(300);

/// Tells until the control plane is gone. `stored` wakes it after requests were stored.
pub(crate) async fn tell(
    inner: Weak<Inner>,
    stored: Arc<Notify>,
    mut refusals: watch::Receiver<u64>,
    mut standings: watch::Receiver<u64>,
) {
    let mut lines = journal::logs().changes();
    loop {
        let topics: &[Topic] = tokio::select! {
            () = stored.notified() => &[Topic::Activity],
            changed = refusals.changed() => match changed {
                Ok(()) => &[Topic::Refused, Topic::Status],
                // The data plane is gone, and with it everything else.
                Err(_) => return,
            },
            changed = standings.changed() => match changed {
                Ok(()) => &[Topic::Accounts, Topic::Status],
                Err(_) => return,
            },
            // The log is never gone.
            _ = lines.changed() => &[Topic::Logs],
        };
        let Some(here) = inner.upgrade() else { return };
        for topic in topics {
            here.emit(*topic);
        }
        drop(here);
        sleep(GATHERING).await;
    }
}
