//! The daemon as something that a process has: opened once, started and stopped as often as wanted.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::{ApiError, Code, Transport as _};
use control::{Control, Served};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::admin::{self, Admin};
use crate::annex;
use crate::engine::Engine;
use crate::here::{Here, ask};
use crate::home::{Home, unusable};
use crate::lock::InstanceLock;
use crate::{reach, socket};

/// The daemon inside this process. It has the instance lock and answers on the control socket from
/// the moment that it is opened, whether it serves or not.
pub struct Daemon {
    engine: Engine,
    admin: Admin,
    annex: JoinHandle<()>,
    answering: Mutex<Option<JoinHandle<()>>>,
}

/// A daemon of the same home that another process has.
pub struct Elsewhere {
    client: socket::Client,
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
        let home = crate::cli::home(None, None, None, None)?;
        home.prepare()?;
        match reach::lock(&home, Duration::ZERO).await {
            Ok(lock) => {
                let daemon = Self::open(home, lock).await?;
                Ok(Opened::Here(Arc::new(daemon)))
            }
            Err(fault) if fault.code == Code::AlreadyRunning => {
                match socket::connect(&home.folders).await? {
                    Some(client) => Ok(Opened::Elsewhere(Arc::new(Elsewhere { client, fault }))),
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
    pub(crate) async fn open(home: Home, lock: InstanceLock) -> Result<Self, ApiError> {
        let folders = home.folders.clone();
        let engine = Engine::open(home, lock).await?;
        let listener =
            socket::Listener::bind(&folders).map_err(|error| unusable(&folders.runtime, &error))?;
        let graph = annex::graph(&engine.api());
        let annex = annex::open(&engine.api(), Arc::clone(&graph));
        let admin = admin::open(engine.api(), graph);
        let answering = tokio::spawn(socket::serve(listener, Here(engine.api())));
        Ok(Self {
            engine,
            admin,
            annex,
            answering: Mutex::new(Some(answering)),
        })
    }

    /// Begins to serve; nothing where it does already. A port that is taken is no failure: the
    /// answer and the status tell it.
    ///
    /// # Errors
    /// Listening would be unsafe, or files that cannot be written.
    pub async fn start(&self) -> Result<Option<Served>, ApiError> {
        let control = self.control();
        if control.is_serving() {
            return Ok(None);
        }
        control.serve().await.map(Some)
    }

    /// Closes the listeners and nothing else: what is under way is answered to its end, control
    /// goes on answering, and [`Daemon::start`] opens them again. Where somebody can sign in to the
    /// web admin, that stays.
    pub async fn stop(&self) {
        self.control().pause().await;
    }

    /// Stops for good: what is under way may take `grace`, and then the control socket closes.
    pub async fn end(&self, grace: Duration) {
        // A stream of events would be waited for.
        self.admin.end();
        self.engine.stop(grace).await;
        self.annex.abort();
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

    /// The control plane.
    #[must_use]
    pub fn control(&self) -> Arc<Control> {
        self.engine.api()
    }

    /// Calls a method of the contract by its name.
    ///
    /// # Errors
    /// What the method says.
    pub async fn call(&self, method: &str, params: Value) -> Result<Value, ApiError> {
        ask(&self.control(), method, params).await
    }

    /// How many requests are under way.
    #[must_use]
    pub fn under_way(&self) -> u64 {
        self.engine.under_way()
    }

    pub(crate) fn has_environment_key(&self) -> bool {
        self.engine.has_environment_key()
    }
}

impl Elsewhere {
    /// Calls a method of the contract by its name.
    ///
    /// # Errors
    /// What the method says, or `server-unreachable` where the other process has ended.
    pub async fn call(&self, method: &str, params: Value) -> Result<Value, ApiError> {
        self.client.call(method, params).await
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};

    use std::path::Path;

    use contract::{Api as _, Remote};

    use super::*;
    use crate::environment::Environment;
    use crate::folders::Folders;

    async fn open(folder: &Path, port: u16) -> Daemon {
        let folder = folder.to_owned();
        let home = {
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
            Home::new(folders, environment, None, host, Some(port))
        };
        home.prepare().unwrap();
        let lock = reach::lock(&home, Duration::ZERO).await.unwrap();
        Daemon::open(home, lock).await.unwrap()
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
        let mut changes = daemon.control().changes();
        assert!(daemon.start().await.unwrap().is_some());
        assert!(daemon.start().await.unwrap().is_none(), "it serves already");
        assert!(is_healthy(port).await);
        assert!(changes.recv().await.is_ok());
        daemon.stop().await;
        assert!(!is_healthy(port).await);
        let stopped = daemon.control().status_get().await.unwrap();
        assert!(!stopped.serving, "control answers while stopped");
        daemon.start().await.unwrap();
        assert!(is_healthy(port).await);
        daemon.end(Duration::ZERO).await;
        assert!(!is_healthy(port).await);
    }

    #[tokio::test]
    async fn stopped_a_link_opens_the_port_for_the_web_admin_alone() {
        let home = tempfile::tempdir().unwrap();
        let port = free_port();
        let daemon = open(home.path(), port).await;
        daemon.start().await.unwrap();
        daemon.stop().await;
        let ask = || async move {
            let asked = tokio::task::spawn_blocking(move || health(port)).await;
            asked.unwrap()
        };
        assert_eq!(ask().await, None, "nobody could sign in, so nobody listens");
        let link = daemon.control().admin_bootstrap().await.unwrap();
        assert!(link.listening);
        let start = format!("http://127.0.0.1:{port}/admin/#bootstrap=");
        assert!(link.address.expose().starts_with(&start));
        let answer = ask().await.unwrap_or_default();
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        daemon.start().await.unwrap();
        assert!(is_healthy(port).await);
        daemon.stop().await;
        let answer = ask().await.unwrap_or_default();
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        daemon.end(Duration::ZERO).await;
        assert_eq!(ask().await, None);
    }

    #[tokio::test]
    async fn a_busy_port_is_a_status_and_no_failure() {
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
        drop(holder);
        daemon.stop().await;
        daemon.start().await.unwrap();
        assert!(is_healthy(busy).await, "it is free again");
        daemon.end(Duration::ZERO).await;
    }

    #[tokio::test]
    async fn the_control_socket_answers_whether_it_serves_or_not() {
        let home = tempfile::tempdir().unwrap();
        let daemon = open(home.path(), free_port()).await;
        let folder = home.path().to_owned();
        let folders = Folders {
            config: folder.clone(),
            data: folder.clone(),
            state: folder.clone(),
            runtime: folder.join("run"),
        };
        let ask = async || {
            let client = socket::connect(&folders).await.unwrap().unwrap();
            Remote::new(client).status_get().await.unwrap().serving
        };
        assert!(!ask().await);
        daemon.start().await.unwrap();
        assert!(ask().await);
        daemon.stop().await;
        assert!(!ask().await);
        daemon.start().await.unwrap();
        assert!(ask().await);
        daemon.end(Duration::ZERO).await;
        assert!(socket::connect(&folders).await.unwrap().is_none());
    }
}
