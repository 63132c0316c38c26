//! The daemon inside this process: begins, is called, and ends.

mod log_file;
mod sign_ins;
mod updates;
mod watch;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contract::{ApiError, Code, Reason, Topic};
use daemon::{Complaint, Daemon, Elsewhere, Opened, Signals};
use face::{Action, Face, Notice, Notices, Preferences};
use l10n::Messages;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::shell::Shell;
use crate::{actions, item};
use sign_ins::SignIns;
use updates::Updates;

/// How long answers that are under way may take when the program is told to end.
const GRACE: Duration = Duration::from_secs(30);
/// How much longer everything else may take.
const WATCHDOG: Duration = Duration::from_secs(3);
/// Who answers.
#[derive(Clone)]
enum Phase {
    /// Nobody yet.
    Opening,
    Here(Arc<Daemon>),
    Elsewhere(Arc<Elsewhere>),
    /// Nothing could be opened.
    Failed(ApiError),
}

/// The desktop's state; cloning shares it.
#[derive(Clone)]
pub struct Desktop(Arc<Inner>);

struct Inner {
    shell: Arc<dyn Shell>,
    runtime: Handle,
    /// Where this build can be updated.
    updates: Option<Updates>,
    phase: Mutex<Phase>,
    /// Why the daemon could not be started.
    refused: Mutex<Option<ApiError>>,
    preferences: Mutex<Preferences>,
    messages: Mutex<Arc<Messages>>,
    face: Mutex<Face>,
    notices: Mutex<Notices>,
    sign_ins: Mutex<SignIns>,
    /// Asks for another look, or another try.
    look: Notify,
    has_tray: AtomicBool,
    ending: AtomicBool,
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn language(preferences: &Preferences) -> Arc<Messages> {
    let system = || l10n::system_locale().unwrap_or_default();
    let locale = preferences.language.clone().unwrap_or_else(system);
    Arc::new(Messages::detect(&locale))
}

impl Desktop {
    /// One that nobody has opened the daemon for yet. What it begins by itself runs in that runtime.
    #[must_use]
    pub fn new(shell: Arc<dyn Shell>, runtime: Handle) -> Self {
        Self(Arc::new(Inner {
            shell,
            runtime,
            updates: Updates::of_build(),
            phase: Mutex::new(Phase::Opening),
            refused: Mutex::default(),
            preferences: Mutex::default(),
            messages: Mutex::new(language(&Preferences::default())),
            face: Mutex::new(Face::opening()),
            notices: Mutex::default(),
            sign_ins: Mutex::default(),
            look: Notify::new(),
            has_tray: AtomicBool::new(false),
            ending: AtomicBool::new(false),
        }))
    }

    pub(crate) fn shell(&self) -> &dyn Shell {
        &*self.0.shell
    }

    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        drop(self.0.runtime.spawn(work));
    }

    /// The words of the chosen language.
    pub(crate) fn messages(&self) -> Arc<Messages> {
        Arc::clone(&held(&self.0.messages))
    }

    /// The address that is shown.
    pub(crate) fn address(&self) -> Option<String> {
        held(&self.0.face).address.clone()
    }

    fn phase(&self) -> Phase {
        held(&self.0.phase).clone()
    }

    fn enter(&self, phase: Phase) {
        *held(&self.0.phase) = phase;
    }

    /// Opens the daemon and shows its state until the program ends.
    pub async fn live(self) {
        self.show();
        let mut start = true;
        loop {
            match Daemon::of_environment().await {
                Ok(Opened::Here(daemon)) => {
                    self.enter(Phase::Here(Arc::clone(&daemon)));
                    if start {
                        drop(self.start().await);
                    }
                    return self.watch(&daemon).await;
                }
                Ok(Opened::Elsewhere(other)) => {
                    self.enter(Phase::Elsewhere(Arc::clone(&other)));
                    self.follow(&other).await;
                    // Whoever ended it may not have wanted another one in its place.
                    start = false;
                }
                Err(fault) => {
                    self.enter(Phase::Failed(fault));
                    self.refresh().await;
                    self.0.look.notified().await;
                    start = true;
                }
            }
        }
    }

    /// Serves; a home that could not be opened is tried again.
    ///
    /// # Errors
    /// Why it cannot serve. A port that is taken is a state and no failure.
    pub(crate) async fn start(&self) -> Result<(), ApiError> {
        let daemon = match self.phase() {
            Phase::Here(daemon) => daemon,
            Phase::Failed(_) => {
                self.0.look.notify_one();
                return Ok(());
            }
            Phase::Opening | Phase::Elsewhere(_) => return Ok(()),
        };
        let served = daemon.start().await;
        *held(&self.0.refused) = served.as_ref().err().cloned();
        self.0.look.notify_one();
        let first_key = served?.and_then(|served| served.first_key);
        if first_key.is_some() {
            // Kept nowhere, so that it has to be seen now.
            self.0.shell.open(None);
        }
        Ok(())
    }

    /// Closes the listeners; what is under way ends by itself.
    pub(crate) async fn stop(&self) {
        if let Phase::Here(daemon) = self.phase() {
            daemon.stop().await;
        }
    }

    /// Serves on another port from now on.
    ///
    /// # Errors
    /// The settings cannot be written, or flag or environment go before them.
    pub(crate) async fn use_port(&self, port: u16) -> Result<(), ApiError> {
        let change = json!({ "port": port });
        self.call("settings.change", change).await.map(drop)
    }

    /// Calls a method of the contract.
    ///
    /// # Errors
    /// What the method says, or why there is nobody to ask.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Result<Value, ApiError> {
        let answer = match self.phase() {
            Phase::Here(daemon) => daemon.call(method, params).await,
            Phase::Elsewhere(other) => other.call(method, params).await,
            Phase::Failed(fault) => {
                if method == "serving.start" {
                    self.0.look.notify_one();
                }
                Err(fault)
            }
            Phase::Opening => {
                Err(ApiError::new(Code::ServerUnreachable, []).because(Reason::ServerSilent {}))
            }
        };
        held(&self.0.sign_ins).note(method, &answer);
        answer
    }

    /// Calls a method of the contract, or one of those few that only a desktop has.
    ///
    /// # Errors
    /// What the method says, or why there is nobody to ask.
    pub async fn rpc(&self, method: &str, params: Value) -> Result<Value, ApiError> {
        match method {
            "desktop.get" => Ok(self.told()),
            "desktop.change" => {
                let DesktopChange { autostart } =
                    serde_json::from_value(params).map_err(|error| {
                        ApiError::new(Code::InvalidParams, [&method]).because(Reason::said(&error))
                    })?;
                self.autostart(autostart)?;
                Ok(self.told())
            }
            "desktop.save_log" => self.save_log(params).await,
            "updates.get" => Ok(self.updates_told()),
            "updates.check" => self.look(true).await.map(|_| self.updates_told()),
            _ => self.call(method, params).await,
        }
    }

    /// What only a desktop has: whether it starts with the session, null where that cannot be told;
    /// and whether this build can be updated.
    fn told(&self) -> Value {
        json!({ "autostart": self.0.shell.autostart(), "updates": self.can_be_updated() })
    }

    /// Has the program start with the session, or not any more.
    pub(crate) fn autostart(&self, on: bool) -> Result<(), ApiError> {
        let done = self.0.shell.set_autostart(on);
        // What is off already cannot be switched off again.
        if self.0.shell.autostart() != Some(on) {
            done.map_err(|error| ApiError::new(Code::Internal, []).because(Reason::said(&error)))?;
        }
        self.show();
        self.0.shell.changed(&[Topic::Settings]);
        Ok(())
    }

    /// Shows these notifications, in the person's language.
    pub(crate) fn tell(&self, notices: impl IntoIterator<Item = Notice>) {
        for notice in notices {
            let (title, body) = notice.words(&self.messages());
            self.0.shell.notify(title, body);
        }
    }

    /// Shows that something could not be done.
    pub(crate) fn complain(&self, error: &ApiError) {
        let complaint = Complaint::of_error(&self.messages(), error);
        self.0
            .shell
            .notify("Portolan".to_owned(), complaint.message);
    }

    /// Does what the entry of that name in the tray's menu stands for.
    pub fn choose(&self, entry: &str) {
        if let Some(action) = Action::of(entry) {
            actions::perform(self, action);
        }
    }

    /// Whether it was told to end.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        self.0.ending.load(Ordering::Relaxed)
    }

    /// Lets what is under way end, and then ends the program; asked a second time, at once.
    pub async fn end(&self) {
        if self.0.ending.swap(true, Ordering::Relaxed) {
            self.0.shell.exit(1);
            return;
        }
        self.0.shell.on_main(Box::new(item::remove));
        self.0.shell.close();
        let in_time = self.drain().await;
        self.0.shell.exit(i32::from(!in_time));
    }

    /// Ends the program when the system asks it to, for as long as it runs.
    pub async fn end_on_signal(self) {
        let mut signals = match Signals::new() {
            Ok(signals) => signals,
            Err(error) => {
                tracing::error!(%error, "listen to signals");
                return;
            }
        };
        loop {
            signals.next().await;
            let ending = self.clone();
            self.spawn(async move { ending.end().await });
        }
    }

    /// Whether everything has ended in time.
    pub async fn drain(&self) -> bool {
        match self.phase() {
            Phase::Here(daemon) => timeout(GRACE + WATCHDOG, daemon.end(GRACE)).await.is_ok(),
            Phase::Opening | Phase::Elsewhere(_) | Phase::Failed(_) => true,
        }
    }
}

/// Parameters of `desktop.change`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DesktopChange {
    /// Whether to start with the session.
    autostart: bool,
}
