//! The web admin: the window in a browser, behind a sign-in of its own.

mod answer;
mod call;
mod desk;
mod events;
mod graphql;
mod limit;
mod oauth;
mod origin;
mod pages;
mod session;
mod sign_in;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use ::graphql::Graph;
use control::Control;
use gateway::Door;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use desk::Desk;

/// Where it is, on the first listener.
const PATH: &str = "/admin";
/// The first listener's name.
const LISTENER: &str = "default";
/// How many requests may wait.
const WAITING: usize = 64;

/// The web admin of one daemon.
pub(crate) struct Admin {
    desk: Arc<Desk>,
    answering: JoinHandle<()>,
}

/// Opens the door and answers behind it from now on.
pub(crate) fn open(control: Arc<Control>, graph: Arc<Graph>) -> Admin {
    let (knocks, mut inbox) = mpsc::channel(WAITING);
    control.plane().open_door(Door {
        path: PATH,
        others: oauth::OUTSIDE,
        instance: LISTENER,
        knocks,
    });
    let desk = Arc::new(Desk::new(control, graph, Box::new(Instant::now)));
    let here = Arc::clone(&desk);
    let answering = tokio::spawn(async move {
        while let Some(knock) = inbox.recv().await {
            let here = Arc::clone(&here);
            tokio::spawn(async move {
                let answer = here.answer(knock.request, knock.remote.ip()).await;
                // A client that has gone needs none.
                drop(knock.reply.send(answer));
            });
        }
    });
    Admin { desk, answering }
}

impl Admin {
    /// Answers no more, and ends every stream of events.
    pub(crate) fn end(&self) {
        self.answering.abort();
        self.desk.sessions.revoke_all();
    }
}
