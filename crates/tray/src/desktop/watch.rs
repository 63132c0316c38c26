//! What the desktop makes of the daemon's state: follows it, and shows it in tray, notices and window.

use std::sync::atomic::Ordering;
use std::time::Duration;

use contract::{Api as _, Code, Status, Topic};
use daemon::{Complaint, Daemon, Elsewhere};
use face::{Face, Facts, Preferences, Toggle, View, called, wants_sign_in};
use serde_json::Value;
use tokio::time::{MissedTickBehavior, interval};

use super::{Desktop, Phase, held, language};
use crate::{bar, item};

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
    pub(super) async fn watch(&self, daemon: &Daemon) {
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
                    self.0.shell.changed(&topics);
                }
                () = self.0.look.notified() => {}
                _ = ticks.tick() => {
                    let load = daemon.control().plane().load();
                    if load.served != answered {
                        answered = load.served;
                        self.look_at_requests(daemon).await;
                    }
                    self.look_for_update();
                }
            }
            self.refresh().await;
        }
    }

    /// Shows that another process has the home, until it is gone.
    pub(super) async fn follow(&self, other: &Elsewhere) {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.refresh().await;
            tokio::select! {
                _ = ticks.tick() => {}
                () = self.0.look.notified() => {}
            }
            let answer = other.call("keys.list", Value::Null).await;
            if answer.is_err_and(|error| error.code == Code::ServerUnreachable) {
                return;
            }
            self.0.shell.changed(&Topic::ALL);
        }
    }

    async fn look_at_requests(&self, daemon: &Daemon) {
        let Ok(Status { recent, .. }) = daemon.control().status_get().await else {
            return;
        };
        let preferences = held(&self.0.preferences).clone();
        let notice = held(&self.0.notices).requests(&recent, &preferences);
        self.tell(notice);
    }

    /// Works out what is to be seen, and shows it where it is not what is there.
    pub(super) async fn refresh(&self) {
        let mut is_new = false;
        let face = match self.phase() {
            Phase::Opening => Face::opening(),
            Phase::Failed(fault) => Face::failed(&fault),
            Phase::Elsewhere(other) => Face::elsewhere(&other.fault),
            Phase::Here(daemon) => {
                is_new = self.adopt(&daemon).await;
                let control = daemon.control();
                let accounts = control.accounts_list().await.unwrap_or_default();
                let instances = control.instances_list().await.unwrap_or_default();
                let wanting = accounts
                    .into_iter()
                    .filter(|each| wants_sign_in(&each.standing));
                let facts = Facts {
                    started: control.is_serving(),
                    refused: held(&self.0.refused).clone(),
                    listeners: control.listeners(),
                    settings: control.settings_status().fault,
                    sign_in: wanting.map(called).collect(),
                    instances: Toggle::of(&instances),
                };
                let preferences = held(&self.0.preferences).clone();
                let notices = held(&self.0.notices).accounts(&facts.sign_in, &preferences);
                self.tell(notices);
                Face::of(&facts)
            }
        };
        {
            let mut shown = held(&self.0.face);
            is_new |= *shown != face;
            *shown = face;
        }
        if is_new || !self.0.has_tray.load(Ordering::Relaxed) {
            self.show();
        }
    }

    /// Shows what is known, whether or not it is there already.
    pub(crate) fn show(&self) {
        let desktop = self.clone();
        self.0.shell.on_main(Box::new(move || {
            if desktop.is_ending() {
                return;
            }
            let face = held(&desktop.0.face).clone();
            let view = View {
                face: &face,
                autostart: desktop.0.shell.autostart(),
                updates: desktop.can_be_updated(),
                bar: held(&desktop.0.preferences).bar,
                messages: &desktop.messages(),
                told: |messages, error| Complaint::of_error(messages, error).message,
            };
            let there = item::show(&view, &desktop);
            desktop.0.has_tray.store(there, Ordering::Relaxed);
        }));
    }
}
