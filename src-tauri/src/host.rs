//! The daemon inside this process: begins, is called, and ends.

mod sign_ins;
mod watch;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contract::{ApiError, Code, Reason, Topic};
use daemon::{Daemon, Elsewhere, Opened};
use face::{Face, Notices, Preferences};
use l10n::Messages;
use serde_json::{Value, json};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_autostart::ManagerExt as _;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::{tray, window};
use sign_ins::SignIns;
use watch::emit;

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
pub(crate) struct Desktop(Arc<Inner>);

struct Inner {
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
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
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
    pub(crate) async fn live(self, app: AppHandle) {
        self.show(&app);
        let mut start = true;
        loop {
            match Daemon::of_environment().await {
                Ok(Opened::Here(daemon)) => {
                    self.enter(Phase::Here(Arc::clone(&daemon)));
                    if start {
                        drop(self.start(&app).await);
                    }
                    return self.watch(&app, &daemon).await;
                }
                Ok(Opened::Elsewhere(other)) => {
                    self.enter(Phase::Elsewhere(Arc::clone(&other)));
                    self.follow(&app, &other).await;
                    // Whoever ended it may not have wanted another one in its place.
                    start = false;
                }
                Err(fault) => {
                    self.enter(Phase::Failed(fault));
                    self.refresh(&app).await;
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
    pub(crate) async fn start(&self, app: &AppHandle) -> Result<(), ApiError> {
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
            window::open_soon(app);
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

    /// Has the program start with the session, or not any more.
    ///
    /// # Errors
    /// The system's own.
    pub(crate) fn autostart(&self, app: &AppHandle, on: bool) -> Result<(), ApiError> {
        let launch = app.autolaunch();
        let done = if on {
            launch.enable()
        } else {
            launch.disable()
        };
        // What is off already cannot be switched off again.
        if launch.is_enabled().ok() != Some(on) {
            done.map_err(|error| ApiError::new(Code::Internal, []).because(Reason::said(&error)))?;
        }
        self.show(app);
        emit(app, &[Topic::Settings]);
        Ok(())
    }

    /// Lets what is under way end, and then ends the program; asked a second time, at once.
    pub(crate) async fn end(&self, app: &AppHandle) {
        if self.0.ending.swap(true, Ordering::Relaxed) {
            app.exit(1);
            return;
        }
        drop(app.run_on_main_thread(tray::remove));
        let handle = app.clone();
        drop(app.run_on_main_thread(move || {
            if let Some(window) = handle.get_webview_window(window::LABEL) {
                drop(window.destroy());
            }
        }));
        let in_time = self.drain().await;
        app.exit(i32::from(!in_time));
    }

    /// Whether everything has ended in time.
    pub(crate) async fn drain(&self) -> bool {
        match self.phase() {
            Phase::Here(daemon) => timeout(GRACE + WATCHDOG, daemon.end(GRACE)).await.is_ok(),
            Phase::Opening | Phase::Elsewhere(_) | Phase::Failed(_) => true,
        }
    }
}
