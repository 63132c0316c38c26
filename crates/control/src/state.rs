//! The truth as it is in force: settings, accounts, keys, and what is known of the file.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use accounts::AccountId;
use contract::{ApiError, Reason, Topic, Warning};
use gateway::Address;

use crate::configured::Configured;
use crate::file::Loaded;
use crate::keys::{ENVIRONMENT_KEY_NAME, StoredKeys};
use crate::overrides::Overrides;
use crate::settings::{Settings, warnings};

/// The truth as it is in force.
pub(crate) struct State {
    /// The settings, and the text that they were read from.
    pub(crate) loaded: Loaded,
    /// The settings' accounts.
    pub(crate) configured: Vec<Configured>,
    /// The accounts that were asked for their models since they are as they are.
    pub(crate) asked: BTreeSet<AccountId>,
    /// The client keys.
    pub(crate) keys: StoredKeys,
    /// The file's text when it was last looked at, also where it was refused.
    pub(crate) seen: Option<String>,
    /// Why the file as it is now is not in force.
    pub(crate) fault: Option<ApiError>,
    /// Why changes of the file are not noticed.
    pub(crate) blind: Option<String>,
    /// The listeners, in the order of the settings.
    pub(crate) listeners: Vec<Listening>,
    /// Whether listeners are wanted.
    pub(crate) serving: bool,
    /// Whether they were closed, and what is under way may still end.
    pub(crate) stopping: bool,
}

/// A listener, and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Listening {
    /// What was asked for.
    pub(crate) address: Address,
    /// What accepts connections.
    pub(crate) bound: Vec<SocketAddr>,
    /// Why it does not listen there.
    pub(crate) fault: Option<ApiError>,
}

impl State {
    /// The settings in force.
    pub(crate) fn settings(&self) -> &Settings {
        &self.loaded.read.settings
    }

    /// What of the settings was passed over; `more` is known elsewhere.
    pub(crate) fn warnings(&self, overrides: &Overrides, more: Vec<Warning>) -> Vec<Warning> {
        let mut keys: BTreeSet<&str> = self.keys.0.iter().map(|key| key.name.as_str()).collect();
        if overrides.client_key.is_some() {
            keys.insert(ENVIRONMENT_KEY_NAME);
        }
        let read = &self.loaded.read;
        let text = self.loaded.text.as_deref().unwrap_or_default();
        let mut all = read.warnings.clone();
        all.extend(warnings(&read.settings, text, &read.catalog, &keys));
        all.extend(more);
        all.sort_by_key(|warning| warning.line);
        if let Some(words) = &self.blind {
            let words = words.clone();
            all.insert(
                0,
                Warning {
                    line: 1,
                    key: String::new(),
                    reason: Reason::NotWatched { words },
                },
            );
        }
        all
    }

    /// How many client keys can be presented.
    pub(crate) fn presentable_keys(&self, overrides: &Overrides) -> usize {
        self.keys.0.len() + usize::from(overrides.client_key.is_some())
    }
}

/// What changes for those who watch when `old` gives way to `new`.
pub(crate) fn changed(old: &Settings, new: &Settings) -> Vec<Topic> {
    let accounts = old.account != new.account || old.provider != new.provider;
    let routes = old.route != new.route;
    let instances = old.instance != new.instance
        || old.listen != new.listen
        || old.default_model != new.default_model;
    let all = [
        (Topic::Settings, true),
        (Topic::Status, true),
        (Topic::Accounts, accounts),
        (Topic::Routes, routes),
        (Topic::Models, accounts || routes),
        (Topic::Keys, old.key != new.key),
        (Topic::Providers, accounts),
        (Topic::Instances, instances),
    ];
    all.into_iter()
        .filter(|(_, changed)| *changed)
        .map(|(topic, _)| topic)
        .collect()
}
