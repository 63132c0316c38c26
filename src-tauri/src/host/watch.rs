//! What the desktop makes of the daemon's state: follows it, and shows it in tray, notices and window.

use std::sync::atomic::Ordering;
use std::time::Duration;

use contract::{Api as _, Changed, Code, Status, Topic};
use daemon::{Complaint, Daemon, Elsewhere};
use face::{Face, Facts, Notice, Preferences, View, called, wants_sign_in};
use serde_json::Value;
use tauri::async_runtime::spawn;
use tauri::{AppHandle, Emitter as _, Manager as _};
use tauri_plugin_autostart::ManagerExt as _;
use tokio::time::{MissedTickBehavior, interval};

use super::{Desktop, Phase, held, language};
use crate::updates::{self, Updates};
use crate::{bar, notify, tray, window};

/// Between two looks at what nothing tells of: requests, a tray that was not there yet, and another
/// process that has the home.
const LOOK: Duration = Duration::from_secs(5);

impl Desktop {
    /// Takes in what the settings say of the desktop; whether that is anything new.
    async fn adopt(&self, daemon: &Daemon) -> bool {
        let Ok(settings) = daemon.control().settings_get().await else {
            return false;
        };
        let next = Preferences::of(&settings, bar::now());
        let mut preferences = held(&self.0.preferences);
        if *preferences == next {
            return false;
        }
        *held(&self.0.messages) = language(&next);
        *preferences = next;
        true
    }

    /// Shows the state of our own daemon, and hands its changes to the window.
    pub(super) async fn watch(&self, app: &AppHandle, daemon: &Daemon) {
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
    pub(super) async fn follow(&self, app: &AppHandle, other: &Elsewhere) {
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
    pub(super) async fn refresh(&self, app: &AppHandle) {
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
            let there = tray::show(&View {
                face: &face,
                autostart: handle.autolaunch().is_enabled().ok(),
                updates: handle.try_state::<Updates>().is_some(),
                bar: held(&desktop.0.preferences).bar,
                messages: &desktop.messages(),
                told: |messages, error| Complaint::of_error(messages, error).message,
            });
            desktop.0.has_tray.store(there, Ordering::Relaxed);
        });
        drop(shown);
    }
}

/// Tells the window, where there is one.
pub(super) fn emit(app: &AppHandle, topics: &[Topic]) {
    if app.get_webview_window(window::LABEL).is_none() {
        return;
    }
    for &topic in topics {
        if let Err(error) = app.emit_to(window::LABEL, "changed", Changed { topic }) {
            tracing::debug!(%error, "tell the window");
        }
    }
}
