//! What changes, told to signed-in pages as server-sent events, for as long as they are signed in.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use contract::{ApiError, Changed, Code, Topic};
use gateway::Said;
use http::{HeaderValue, Response, header};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

use super::answer::{Answer, failure};
use super::desk::{Desk, Visit};
use super::session::SessionId;

/// A sign of life, and the next look at the session's age.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
/// How many events may wait for a slow page; it then begins anew.
const WAITING: usize = 64;
/// A page whose stream ended asks again after half a second, and then sends the id.
const FIRST: &str = "retry: 500\nid: 1\n\n";
/// What it sends it in.
const AGAIN: &str = "last-event-id";

impl Desk {
    /// `GET /admin/api/events`.
    pub(super) fn events(self: &Arc<Self>, visit: &Visit<'_>) -> Answer {
        let Some(found) = self.session(visit) else {
            return failure(&ApiError::new(Code::AdminSignedOut, []));
        };
        let Ok(place) = Arc::clone(&self.streams).try_acquire_owned() else {
            return failure(&ApiError::new(Code::AdminTooManyTries, [&5]));
        };
        let (tell, pieces) = mpsc::channel(WAITING);
        let missed = visit.fields.contains_key(AGAIN);
        let here = Arc::clone(self);
        tokio::spawn(async move {
            here.tell(found.id, missed, &tell).await;
            drop(place);
        });
        let mut answer = Response::new(Said::Pieces(pieces));
        let kind = HeaderValue::from_static("text/event-stream");
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
        answer
    }

    /// Tells until the session or the page is gone; first of everything, if the page was away.
    async fn tell(&self, id: SessionId, missed: bool, page: &mpsc::Sender<Bytes>) {
        let mut revocations = self.sessions.revocations();
        let mut changes = self.control.changes();
        let mut alive = tokio::time::interval(SIGN_OF_LIFE);
        let mut text = FIRST.to_owned();
        if missed {
            text += &everything();
        }
        loop {
            // S-07: whoever is signed out hears nothing more.
            if !self.sessions.lives(id, self.now()) {
                return;
            }
            if !text.is_empty() && page.try_send(text.into()).is_err() {
                return;
            }
            text = tokio::select! {
                changed = changes.recv() => match changed {
                    Ok(changed) => event(changed),
                    // Too much at once: everything may have changed.
                    Err(RecvError::Lagged(_)) => everything(),
                    Err(RecvError::Closed) => return,
                },
                _ = revocations.changed() => String::new(),
                _ = alive.tick() => ":\n\n".to_owned(),
                () = page.closed() => return,
            };
        }
    }
}

fn everything() -> String {
    Topic::ALL.map(|topic| event(Changed { topic })).concat()
}

fn event(changed: Changed) -> String {
    let topic = changed.topic.as_str();
    format!("data: {{\"topic\":\"{topic}\"}}\n\n")
}
