//! A program that runs: its sessions that wait for their next request, and its end.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use catalog::Agent;
use dialect::Fault;
use tempfile::TempDir;
use tokio::process::Child;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until, timeout};

use crate::connection::Connection;
use crate::conversation::{Place, Print};
use crate::fault;
use crate::opening::{self, Abilities, Opened, PATIENCE};
use crate::process::{Environment, Group};

/// How many conversations are remembered at once; the one that waited longest is forgotten first.
const SESSIONS: usize = 64;
/// How long a program may take to end by itself.
const FAREWELL: Duration = Duration::from_secs(2);

/// A session of an agent.
pub(crate) struct Session {
    /// The agent's name of it.
    pub(crate) id: String,
    /// Its folder, where the settings name none; gone with the session.
    pub(crate) _folder: Option<TempDir>,
}

/// A session that waits for the request that goes on with it.
struct Resting {
    session: Session,
    place: Place,
    print: Print,
}

struct State {
    /// Requests that are under way.
    busy: usize,
    /// When the last one ended.
    rested: Instant,
    /// Nothing more is asked of it.
    retired: bool,
    resting: Vec<Resting>,
}

/// A program that runs.
pub(crate) struct Running {
    pub(crate) agent: Agent,
    pub(crate) connection: Arc<Connection>,
    pub(crate) abilities: Abilities,
    state: Mutex<State>,
    /// Wakes whoever sees to its end.
    turned: Notify,
    /// Turns true once it has ended.
    ended: watch::Sender<bool>,
}

impl Running {
    /// Starts the program and greets it.
    pub(crate) async fn start(agent: Agent, environment: Environment) -> Result<Arc<Self>, Fault> {
        let failed = |error: std::io::Error| fault::not_started(&agent.command, &error);
        // Its sessions work elsewhere: this is where it is itself.
        let home = tempfile::tempdir().map_err(failed)?;
        let Opened {
            process,
            connection,
            way,
        } = opening::open(&agent, environment, home.path()).await?;
        let mut child = process.child;
        let greeting = opening::greet(&agent, &connection, way);
        // Dropped on every way out of here, the group is ended.
        let abilities = tokio::select! {
            greeted = timeout(PATIENCE, greeting) => {
                greeted.unwrap_or_else(|_| Err(fault::silent_start(&agent.line(), PATIENCE)))
            }
            _ = child.wait() => Err(fault::gone()),
        };
        let abilities = abilities.inspect_err(|_| connection.close())?;
        let state = State {
            busy: 0,
            rested: Instant::now(),
            retired: false,
            resting: Vec::new(),
        };
        let running = Arc::new(Self {
            agent,
            connection,
            abilities,
            state: Mutex::new(state),
            turned: Notify::new(),
            ended: watch::Sender::new(false),
        });
        tokio::spawn(Arc::clone(&running).live(child, process.group, home));
        Ok(running)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it can be asked for this agent.
    pub(crate) fn serves(&self, agent: &Agent) -> bool {
        !self.state().retired && !self.connection.is_closed() && self.agent == *agent
    }

    /// A request begins. `None`: it has been ended meanwhile.
    pub(crate) fn begin(self: &Arc<Self>) -> Option<Busy> {
        let mut state = self.state();
        if state.retired {
            return None;
        }
        state.busy += 1;
        drop(state);
        self.turned.notify_one();
        Some(Busy(Arc::clone(self)))
    }

    /// The session that knows exactly this history, if one waits.
    pub(crate) fn take(&self, place: &Place, print: Print) -> Option<Session> {
        let mut state = self.state();
        let mut resting = state.resting.iter();
        let at = resting.rposition(|one| one.print == print && one.place == *place)?;
        Some(state.resting.remove(at).session)
    }

    /// A session waits for the request that goes on with it.
    pub(crate) fn rest(&self, session: Session, place: Place, print: Print) {
        let mut state = self.state();
        if state.resting.len() >= SESSIONS {
            state.resting.remove(0);
        }
        state.resting.push(Resting {
            session,
            place,
            print,
        });
    }

    /// A new session in the folder, or in one of its own.
    pub(crate) async fn open(&self, folder: Option<&PathBuf>) -> Result<Session, Fault> {
        let own = match folder {
            Some(folder) if folder.is_dir() => None,
            Some(folder) => {
                let error =
                    std::io::Error::other(format!("the folder {} is not there", folder.display()));
                return Err(fault::not_started(&self.agent.command, &error));
            }
            None => Some(
                tempfile::tempdir()
                    .map_err(|error| fault::not_started(&self.agent.command, &error))?,
            ),
        };
        let path = match (&own, folder) {
            (Some(own), _) => own.path(),
            (None, Some(folder)) => folder,
            (None, None) => std::path::Path::new("/"),
        };
        let opening = opening::session(&self.agent, &self.connection, path);
        let patience = self.agent.patience.min(PATIENCE);
        let id = timeout(patience, opening)
            .await
            .unwrap_or_else(|_| Err(fault::silent(patience)))
            .inspect_err(|fault| {
                if fault.kind == dialect::FaultKind::Timeout {
                    self.retire();
                }
            })?;
        Ok(Session { id, _folder: own })
    }

    /// Nothing more is asked of it: it ends once nobody is served any more.
    pub(crate) fn retire(&self) {
        self.state().retired = true;
        self.turned.notify_one();
    }

    /// Ends it now, and waits for that.
    pub(crate) async fn end(&self) {
        let mut ended = self.ended.subscribe();
        {
            let mut state = self.state();
            state.retired = true;
            state.busy = 0;
        }
        self.turned.notify_one();
        let _sender_is_here = ended.wait_for(|ended| *ended).await;
    }

    /// When it has rested long enough; `None`: not while things are as they are.
    fn due(&self) -> Option<Instant> {
        let state = self.state();
        match (state.retired, state.busy, self.agent.idle) {
            (true, 0, _) => Some(Instant::now()),
            (false, 0, Some(idle)) => Some(state.rested + idle),
            (_, _, _) => None,
        }
    }

    /// Whether its end is decided. Whoever began in this moment is served first.
    fn is_over(&self) -> bool {
        let mut state = self.state();
        state.retired |= state.busy == 0;
        state.busy == 0
    }

    /// Sees to its end: by itself, when nobody has asked for long, or when it is no longer wanted.
    async fn live(self: Arc<Self>, mut child: Child, group: Group, home: TempDir) {
        loop {
            let due = self.due();
            let rest = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = child.wait() => break,
                () = self.turned.notified() => {}
                () = rest => {
                    if self.is_over() {
                        self.connection.hang_up();
                        let _killed_below = timeout(FAREWELL, child.wait()).await;
                        break;
                    }
                }
            }
        }
        self.state().retired = true;
        self.connection.close();
        // Ends what the agent itself had started, too.
        drop(group);
        drop(home);
        self.ended.send_replace(true);
    }
}

/// A request that is under way.
pub(crate) struct Busy(Arc<Running>);

impl Drop for Busy {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.busy = state.busy.saturating_sub(1);
        state.rested = Instant::now();
        drop(state);
        self.0.turned.notify_one();
    }
}
