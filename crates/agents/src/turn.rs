//! One prompt and its answer: what is heard becomes bytes for the client, until the agent is done, the
//! client has left, or the agent has been silent for too long.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use dialect::{Fault, FaultKind};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

use crate::answer::Writer;
use crate::connection::{Inbox, Said};
use crate::conversation::{Place, Print};
use crate::fault;
use crate::heard::Ended;
use crate::running::{Busy, Running, Session};

/// How long an agent may take to stop what it was asked to stop.
const STOPPING: Duration = Duration::from_secs(5);
/// Silence after which the stream gets a sign of life: an agent's tools take their time.
const ALIVE: Duration = Duration::from_secs(15);
/// The longest answer that is held as a whole, in bytes.
const LONGEST: usize = 32 * 1024 * 1024;

/// One prompt that was sent.
pub(crate) struct Turn {
    pub(crate) running: Arc<Running>,
    pub(crate) busy: Busy,
    pub(crate) session: Session,
    pub(crate) place: Place,
    pub(crate) inbox: Inbox,
    pub(crate) writer: Writer,
    /// Where the answer's bytes go.
    pub(crate) out: mpsc::Sender<Bytes>,
    /// Whether the answer is wanted in one piece: what breaks off is an error then, and no answer.
    pub(crate) whole: bool,
    /// Told once the answer has begun to mean something, or why it did not.
    pub(crate) begun: Option<oneshot::Sender<Result<(), Fault>>>,
}

/// How a prompt came to its end.
enum End {
    Done(Ended),
    Failed(Fault),
    /// The client has left.
    Left,
}

impl Turn {
    /// Carries the answer. `known` makes the fingerprint of the conversation with this answer.
    pub(crate) async fn carry(mut self, first: Vec<u8>, known: impl FnOnce(&str) -> Print) {
        let mut opening = first;
        match self.listen(&mut opening).await {
            End::Done(ended) => {
                let mut bytes = std::mem::take(&mut opening);
                bytes.extend(self.writer.end(ended));
                self.begin(Ok(()));
                let _client_left = self.out.send(bytes.into()).await;
                // An answer without words cannot be told from another one.
                if !self.writer.said().trim().is_empty() {
                    let print = known(self.writer.said());
                    self.running.rest(self.session, self.place, print);
                }
            }
            End::Failed(fault) => {
                let bytes = self.writer.fault(&fault);
                match fault.kind {
                    // Whoever asks next is not to wait for it, too.
                    FaultKind::Timeout => {
                        self.running.connection.cancel(&self.session.id);
                        self.running.retire();
                    }
                    _ => self.running.connection.forget(&self.session.id),
                }
                if !self.begin(Err(fault)) {
                    let _client_left = self.out.send(bytes.into()).await;
                }
            }
            End::Left => self.stop().await,
        }
        drop(self.busy);
    }

    /// Tells that the answer has begun, once. Whether that was told here and now.
    fn begin(&mut self, begun: Result<(), Fault>) -> bool {
        match self.begun.take() {
            Some(sender) => {
                let _client_left = sender.send(begun);
                true
            }
            None => false,
        }
    }

    async fn listen(&mut self, opening: &mut Vec<u8>) -> End {
        let patience = self.running.agent.patience;
        let mut heard = Instant::now();
        let mut alive = heard;
        loop {
            let give_up = heard + patience;
            tokio::select! {
                said = self.inbox.next() => match said {
                    Some(Said::Heard(news)) => {
                        heard = Instant::now();
                        alive = heard;
                        let bytes = self.writer.heard(news);
                        if bytes.is_empty() {
                            continue;
                        }
                        opening.extend(bytes);
                        if opening.len() > LONGEST {
                            return End::Failed(fault::overrun());
                        }
                        if self.whole {
                            continue;
                        }
                        self.begin(Ok(()));
                        let piece = std::mem::take(opening);
                        if self.out.send(piece.into()).await.is_err() {
                            return End::Left;
                        }
                    }
                    Some(Said::Ended(Ok(ended))) => return End::Done(ended),
                    Some(Said::Ended(Err(fault))) => return End::Failed(fault),
                    None => return End::Failed(fault::gone()),
                },
                () = self.out.closed() => return End::Left,
                () = sleep_until(give_up.min(alive + ALIVE)) => {
                    if Instant::now() >= give_up {
                        return End::Failed(fault::silent(patience));
                    }
                    alive = Instant::now();
                    if self.begun.is_none() && self.out.send(self.writer.alive()).await.is_err() {
                        return End::Left;
                    }
                }
            }
        }
    }

    /// Asks the agent to stop. One that does not is not asked again, and ends with what it still does.
    async fn stop(&mut self) {
        let connection = &self.running.connection;
        connection.cancel(&self.session.id);
        let stopped = timeout(STOPPING, async {
            while let Some(Said::Heard(_)) = self.inbox.next().await {}
        });
        if stopped.await.is_err() {
            connection.forget(&self.session.id);
            self.running.retire();
        }
    }
}
