//! The daemon as something that a process has: opened once, started and stopped as often as wanted.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::{ApiError, Changed, Code, Remote, Topic, Transport, dispatch};
use control::{Control, Served};
use serde_json::Value;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;

use crate::engine::Engine;
use crate::home::{Home, unusable};
use crate::lock::InstanceLock;
use crate::{reach, socket};

/// How many changes a slow listener to them may be behind.
const CHANGES: usize = 64;

/// Tells where a home is and what flags and environment say about it, anew for every start.
pub(crate) type Finder = dyn Fn() -> Result<Home, ApiError> + Send + Sync;

/// The daemon inside this process. It has the instance lock and answers on the control socket from
/// the moment that it is opened, whether it serves or not.
pub struct Daemon {
    inner: Arc<Inner>,
    folder: PathBuf,
    answering: Mutex<Option<JoinHandle<()>>>,
}

struct Inner {
    find: Box<Finder>,
    engine: Engine,
    /// Held by whoever starts or stops.
    turn: tokio::sync::Mutex<Turn>,
    /// The port in place of the settings' own, until this process ends.
    port: Mutex<Option<u16>>,
    changes: broadcast::Sender<Changed>,
}

/// What the next start has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// To open the listeners.
    Fresh,
    /// Nothing: it serves.
    Serving,
    /// To read everything anew, since a data plane that was stopped has ended.
    Stopped,
}

/// A daemon of the same home that another process has.
pub struct Elsewhere {
    remote: Remote<socket::Client>,
    /// That it is there, with its addresses.
    pub fault: ApiError,
}

/// Who has a home.
pub enum Opened {
    /// This process.
    Here(Arc<Daemon>),
    /// Another one, which can be asked but neither started nor stopped.
    Elsewhere(Arc<Elsewhere>),
}

impl Daemon {
    /// Opens the home that the environment names, or learns that another process has it.
    ///
    /// # Errors
    /// The home or its settings cannot be used.
    pub async fn of_environment() -> Result<Opened, ApiError> {
        let find = || crate::cli::home(None, None, None, None);
        let home = find()?;
        home.prepare()?;
        match reach::lock(&home, Duration::ZERO).await {
            Ok(lock) => {
                let daemon = Self::open(Box::new(find), lock).await?;
                Ok(Opened::Here(Arc::new(daemon)))
            }
            Err(fault) if fault.code == Code::AlreadyRunning => {
                match socket::connect(&home.folders).await? {
                    Some(client) => Ok(Opened::Elsewhere(Arc::new(Elsewhere {
                        remote: Remote::new(client),
                        fault,
                    }))),
                    // It has ended since.
                    None => Err(fault),
                }
            }
            Err(fault) => Err(fault),
        }
    }

    /// Opens a home whose lock is held, and the control socket.
    ///
    /// # Errors
    /// The settings or the overrides cannot be used, or the socket's folder cannot.
    pub(crate) async fn open(find: Box<Finder>, lock: InstanceLock) -> Result<Self, ApiError> {
        let home = find()?;
        let folders = home.folders.clone();
        let engine = Engine::open(home, lock).await?;
        let inner = Arc::new(Inner {
            find,
            engine,
            turn: tokio::sync::Mutex::new(Turn::Fresh),
            port: Mutex::new(None),
            changes: broadcast::channel(CHANGES).0,
        });
        inner.forward();
        let listener =
            socket::Listener::bind(&folders).map_err(|error| unusable(&folders.runtime, &error))?;
        let api = Arc::new(Remote::new(Present(Arc::clone(&inner))));
        Ok(Self {
            answering: Mutex::new(Some(tokio::spawn(socket::serve(listener, api)))),
            folder: folders.config,
            inner,
        })
    }

    /// Begins to serve; nothing where it does already. A port that is taken is no failure: the
    /// answer and the status tell it.
    ///
    /// # Errors
    /// Listening would be unsafe, or settings that cannot be used after a stop.
    pub async fn start(&self) -> Result<Option<Served>, ApiError> {
        let mut turn = self.inner.turn.lock().await;
        match *turn {
            Turn::Serving => return Ok(None),
            Turn::Fresh => {}
            Turn::Stopped => {
                let mut home = (self.inner.find)()?;
                if let Some(port) = *self.inner.port() {
                    home.port = Some(port);
                }
                self.inner.engine.renew(home).await?;
                self.inner.forward();
            }
        }
        let served = self.control().serve().await;
        *turn = match &served {
            Ok(_) => Turn::Serving,
            // What could not be served is begun from its files the next time.
            Err(_) => Turn::Stopped,
        };
        drop(turn);
        self.inner.changed_all();
        served.map(Some)
    }

    /// Closes the listeners at once and lets what is under way end for at most `grace`. Control
    /// goes on answering, and [`Daemon::start`] does not wait for the end.
    pub async fn stop(&self, grace: Duration) {
        let control = {
            let mut turn = self.inner.turn.lock().await;
            if *turn != Turn::Serving {
                return;
            }
            *turn = Turn::Stopped;
            self.control()
        };
        control.stop(grace).await;
        self.inner.changed_all();
    }

    /// Serves on that port, in place of the settings' own, for as long as this process lives.
    ///
    /// # Errors
    /// As for [`Daemon::start`].
    pub async fn start_on(&self, port: u16) -> Result<Option<Served>, ApiError> {
        *self.inner.port() = Some(port);
        self.stop(Duration::ZERO).await;
        {
            let mut turn = self.inner.turn.lock().await;
            *turn = Turn::Stopped;
        }
        self.start().await
    }

    /// Stops for good: what is under way may take `grace`, and then the control socket closes.
    pub async fn end(&self, grace: Duration) {
        self.inner.engine.stop(grace).await;
        let answering = {
            let answering = self.answering.lock();
            answering.unwrap_or_else(PoisonError::into_inner).take()
        };
        if let Some(answering) = answering {
            answering.abort();
            // Until the task is gone its socket is there.
            drop(answering.await);
        }
    }

    /// The folder of the settings' file.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The control of now; a start after a stop puts another one in its place.
    #[must_use]
    pub fn control(&self) -> Arc<Control> {
        self.inner.engine.api()
    }

    /// Calls a method of the contract by its name.
    ///
    /// # Errors
    /// What the method says.
    pub async fn call(&self, method: &str, params: Value) -> Result<Value, ApiError> {
        dispatch(&*self.control(), method, params).await
    }

    /// Hears of every change from now on, whichever control it comes from.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Changed> {
        self.inner.changes.subscribe()
    }

    /// Whether it was started and not stopped since; its port may be taken all the same.
    pub async fn is_started(&self) -> bool {
        *self.inner.turn.lock().await == Turn::Serving
    }

    /// How many requests are under way.
    #[must_use]
    pub fn under_way(&self) -> u64 {
        self.inner.engine.under_way()
    }

    pub(crate) fn has_environment_key(&self) -> bool {
        self.inner.engine.has_environment_key()
    }
}

impl Elsewhere {
    /// Calls a method of the contract by its name.
    ///
    /// # Errors
    /// What the method says, or `server-unreachable` where the other process has ended.
    pub async fn call(&self, method: &str, params: Value) -> Result<Value, ApiError> {
        dispatch(&self.remote, method, params).await
    }
}

impl Inner {
    fn port(&self) -> std::sync::MutexGuard<'_, Option<u16>> {
        self.port.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands on what the present control tells, until it is gone.
    fn forward(&self) {
        let mut told = self.engine.api().changes();
        let changes = self.changes.clone();
        tokio::spawn(async move {
            loop {
                match told.recv().await {
                    // Nobody may be listening.
                    Ok(changed) => drop(changes.send(changed)),
                    Err(broadcast::error::RecvError::Lagged(_)) => everything(&changes),
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        });
    }

    fn changed_all(&self) {
        everything(&self.changes);
    }
}

fn everything(changes: &broadcast::Sender<Changed>) {
    for topic in Topic::ALL {
        drop(changes.send(Changed { topic }));
    }
}

/// Whichever control is in place when it is asked.
struct Present(Arc<Inner>);

impl Transport for Present {
    async fn call(&self, method: &str, params: Value) -> Result<Value, ApiError> {
        dispatch(&*self.0.engine.api(), method, params).await
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};

    use contract::Api as _;

    use super::*;
    use crate::environment::Environment;
    use crate::folders::Folders;

    async fn open(folder: &Path, port: u16) -> Daemon {
        let folder = folder.to_owned();
        let find = move || {
            let folders = Folders {
                config: folder.clone(),
                data: folder.clone(),
                state: folder.clone(),
                runtime: folder.join("run"),
            };
            let environment = Environment {
                master_key: accounts::Secret::new("0123456789abcdef0123456789abcdef".into()).ok(),
                ..Environment::default()
            };
            let host = Some("127.0.0.1".to_owned());
            Ok(Home::new(folders, environment, None, host, Some(port)))
        };
        let home = find().unwrap();
        home.prepare().unwrap();
        let lock = reach::lock(&home, Duration::ZERO).await.unwrap();
        Daemon::open(Box::new(find), lock).await.unwrap()
    }

    fn health(port: u16) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
        let request = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    async fn is_healthy(port: u16) -> bool {
        let answer = tokio::task::spawn_blocking(move || health(port)).await;
        answer.unwrap().is_some_and(|answer| answer.contains("200"))
    }

    fn free_port() -> u16 {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        socket.local_addr().unwrap().port()
    }

    #[tokio::test]
    async fn it_starts_stops_and_starts_again() {
        let home = tempfile::tempdir().unwrap();
        let port = free_port();
        let daemon = open(home.path(), port).await;
        assert!(!is_healthy(port).await);
        let mut changes = daemon.changes();
        assert!(daemon.start().await.unwrap().is_some());
        assert!(daemon.start().await.unwrap().is_none(), "it serves already");
        assert!(is_healthy(port).await);
        assert!(changes.recv().await.is_ok());
        daemon.stop(Duration::ZERO).await;
        assert!(!is_healthy(port).await);
        let stopped = daemon.control().status_get().await.unwrap();
        assert!(!stopped.serving, "control answers while stopped");
        daemon.start().await.unwrap();
        assert!(is_healthy(port).await);
        daemon.end(Duration::ZERO).await;
        assert!(!is_healthy(port).await);
    }

    #[tokio::test]
    async fn a_busy_port_is_a_status_and_another_one_is_taken_on_request() {
        let home = tempfile::tempdir().unwrap();
        let holder = TcpListener::bind("127.0.0.1:0").unwrap();
        let busy = holder.local_addr().unwrap().port();
        let daemon = open(home.path(), busy).await;
        daemon.start().await.unwrap();
        let status = daemon.control().status_get().await.unwrap();
        let fault = status.listeners.first().unwrap().fault.clone().unwrap();
        assert_eq!(fault.code, Code::PortTaken);
        if cfg!(target_os = "linux") {
            let own = format!("({})", std::process::id());
            assert!(fault.argument("holder").ends_with(&own), "{fault}");
        }
        let other = free_port();
        daemon.start_on(other).await.unwrap();
        assert!(is_healthy(other).await);
        daemon.stop(Duration::ZERO).await;
        daemon.start().await.unwrap();
        assert!(is_healthy(other).await, "the other port stays");
        daemon.end(Duration::ZERO).await;
    }

    #[tokio::test]
    async fn the_control_socket_answers_whichever_control_there_is() {
        let home = tempfile::tempdir().unwrap();
        let daemon = open(home.path(), free_port()).await;
        let folders = (daemon.inner.find)().unwrap().folders;
        let ask = async || {
            let client = socket::connect(&folders).await.unwrap().unwrap();
            Remote::new(client).status_get().await.unwrap().serving
        };
        assert!(!ask().await);
        daemon.start().await.unwrap();
        assert!(ask().await);
        daemon.stop(Duration::ZERO).await;
        assert!(!ask().await);
        daemon.start().await.unwrap();
        assert!(ask().await);
        daemon.end(Duration::ZERO).await;
        assert!(socket::connect(&folders).await.unwrap().is_none());
    }
}
