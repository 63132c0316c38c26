//! The daemon inside this process, and what the desktop makes of its state.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contract::{Account, Api as _, ApiError, Changed, Code, Reason, Status, Topic};
use daemon::{Daemon, Elsewhere, Opened};
use l10n::Messages;
use serde_json::{Value, json};
use tauri::async_runtime::spawn;
use tauri::{AppHandle, Emitter as _, Manager as _};
use tauri_plugin_autostart::ManagerExt as _;
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::face::{Face, Facts, wants_sign_in};
use crate::notices::{Notice, Notices};
use crate::preferences::Preferences;
use crate::updates::{self, Updates};
use crate::{notify, tray, window};

/// How long answers that are under way may take when the program is told to end.
const GRACE: Duration = Duration::from_secs(30);
/// How much longer everything else may take.
const WATCHDOG: Duration = Duration::from_secs(3);
/// Between two looks at what nothing tells of: requests, a tray that was not there yet, and another
/// process that has the home.
const LOOK: Duration = Duration::from_secs(5);

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

    /// Takes in what the settings say of the desktop; whether that is anything new.
    async fn adopt(&self, daemon: &Daemon) -> bool {
        let Ok(settings) = daemon.control().settings_get().await else {
            return false;
        };
        let next = Preferences::of(&settings);
        let mut preferences = held(&self.0.preferences);
        if *preferences == next {
            return false;
        }
        *held(&self.0.messages) = language(&next);
        *preferences = next;
        true
    }

    /// Shows the state of our own daemon, and hands its changes to the window.
    async fn watch(&self, app: &AppHandle, daemon: &Daemon) {
        let mut changes = daemon.control().changes();
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut answered = 0;
        loop {
            tokio::select! {
                changed = changes.recv() => {
                    let first = changed.ok().into_iter();
                    let others = std::iter::from_fn(|| changes.try_recv().ok());
                    let mut topics: Vec<Topic> = first.chain(others).map(|changed| changed.topic).collect();
                    if topics.is_empty() {
                        topics.extend(Topic::ALL);
                    }
                    topics.sort_unstable();
                    topics.dedup();
                    emit(app, &topics);
                }
                () = self.0.look.notified() => {}
                _ = ticks.tick() => {
                    let load = daemon.control().plane().load();
                    if load.served != answered {
                        answered = load.served;
                        self.look_at_requests(app, daemon).await;
                    }
                    self.look_for_update(app);
                }
            }
            self.refresh(app).await;
        }
    }

    /// Shows that another process has the home, until it is gone.
    async fn follow(&self, app: &AppHandle, other: &Elsewhere) {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.refresh(app).await;
            tokio::select! {
                _ = ticks.tick() => {}
                () = self.0.look.notified() => {}
            }
            let answer = other.call("keys.list", Value::Null).await;
            if answer.is_err_and(|error| error.code == Code::ServerUnreachable) {
                return;
            }
            emit(app, &Topic::ALL);
        }
    }

    async fn look_at_requests(&self, app: &AppHandle, daemon: &Daemon) {
        let Ok(Status { recent, .. }) = daemon.control().status_get().await else {
            return;
        };
        let preferences = held(&self.0.preferences).clone();
        let notice = held(&self.0.notices).requests(&recent, &preferences);
        self.tell(app, notice);
    }

    /// Looks for a newer version, where somebody has turned that on; nobody waits for it.
    fn look_for_update(&self, app: &AppHandle) {
        if !held(&self.0.preferences).check_updates {
            return;
        }
        let (desktop, app) = (self.clone(), app.clone());
        spawn(async move {
            let found = updates::look(&app, &desktop).await;
            desktop.tell(&app, found.map(Notice::Update));
        });
    }

    fn tell(&self, app: &AppHandle, notices: impl IntoIterator<Item = Notice>) {
        for notice in notices {
            notify::tell(app, &notice, &self.messages());
        }
    }

    /// Works out what is to be seen, and shows it where it is not what is there.
    async fn refresh(&self, app: &AppHandle) {
        let mut is_new = false;
        let face = match self.phase() {
            Phase::Opening => Face::opening(),
            Phase::Failed(fault) => Face::failed(&fault),
            Phase::Elsewhere(other) => Face::elsewhere(&other.fault),
            Phase::Here(daemon) => {
                is_new = self.adopt(&daemon).await;
                let control = daemon.control();
                let accounts = control.accounts_list().await.unwrap_or_default();
                let wanting = accounts
                    .into_iter()
                    .filter(|each| wants_sign_in(&each.standing));
                let facts = Facts {
                    started: control.is_serving(),
                    refused: held(&self.0.refused).clone(),
                    listeners: control.listeners(),
                    settings: control.settings_status().fault,
                    sign_in: wanting.map(called).collect(),
                };
                let preferences = held(&self.0.preferences).clone();
                let notices = held(&self.0.notices).accounts(&facts.sign_in, &preferences);
                self.tell(app, notices);
                Face::of(&facts)
            }
        };
        {
            let mut shown = held(&self.0.face);
            is_new |= *shown != face;
            *shown = face;
        }
        if is_new || !self.0.has_tray.load(Ordering::Relaxed) {
            self.show(app);
        }
    }

    /// Shows what is known, whether or not it is there already.
    pub(crate) fn show(&self, app: &AppHandle) {
        let (desktop, handle) = (self.clone(), app.clone());
        let shown = app.run_on_main_thread(move || {
            if desktop.0.ending.load(Ordering::Relaxed) {
                return;
            }
            let face = held(&desktop.0.face).clone();
            let there = tray::show(&tray::View {
                face: &face,
                autostart: handle.autolaunch().is_enabled().ok(),
                updates: handle.try_state::<Updates>().is_some(),
                bar: held(&desktop.0.preferences).bar,
                messages: &desktop.messages(),
            });
            desktop.0.has_tray.store(there, Ordering::Relaxed);
        });
        drop(shown);
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
        match self.phase() {
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
        }
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

/// What people call an account: the provider, unless they gave a name of their own.
fn called(account: Account) -> String {
    if account.name == account.provider {
        account.provider_name
    } else {
        account.name
    }
}

/// Tells the window, where there is one.
fn emit(app: &AppHandle, topics: &[Topic]) {
    if app.get_webview_window(window::LABEL).is_none() {
        return;
    }
    for &topic in topics {
        if let Err(error) = app.emit_to(window::LABEL, "changed", Changed { topic }) {
            tracing::debug!(%error, "tell the window");
        }
    }
}
