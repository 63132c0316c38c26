//! Lists the named listeners, and adds, changes, removes, starts and stops them one by one.

use accounts::AccountId;
use contract::{ApiError, Code, Instance, InstanceAdd, InstanceChange, InstanceState};
use toml_edit::DocumentMut;

use crate::control::{Control, Inner};
use crate::keys::ENVIRONMENT_KEY_NAME;
use crate::nearest::nearest;
use crate::overrides::Overrides;
use crate::settings::{
    DEFAULT_INSTANCE, InstanceSetting, Settings, add_instance, change_instance, enable_instance,
    remove_instance,
};
use crate::state::State;

impl Control {
    /// Does work on the settings of a named listener, and tells what became of the one of that `name`.
    pub(crate) async fn with_instance(
        &self,
        name: String,
        work: impl FnOnce(&Inner) -> Result<(), ApiError> + Send + 'static,
    ) -> Result<Instance, ApiError> {
        self.exclusive(work).await?;
        self.settle().await;
        self.0.instance(&name)
    }
}

impl Inner {
    pub(crate) fn instances(&self) -> Vec<Instance> {
        listed(&self.state(), &self.overrides)
    }

    fn instance(&self, name: &str) -> Result<Instance, ApiError> {
        let mut all = self.instances().into_iter();
        all.find(|one| one.name == name)
            .ok_or_else(|| unknown(self.state().settings(), name))
    }

    pub(crate) fn rewrite(
        &self,
        mut edit: impl FnMut(&mut DocumentMut, &Settings) -> Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        let (loaded, ()) = self.file.change(
            &self.builtin,
            &|settings| self.permit(settings),
            |document, read| edit(document, &read.settings),
        )?;
        self.adopt(loaded)
    }

    pub(crate) fn add_instance(&self, add: &InstanceAdd) -> Result<(), ApiError> {
        self.check_keys(&add.keys, &[])?;
        self.rewrite(|document, settings| {
            check_name(settings, &add.name)?;
            self.check_port(settings, "", add.port)?;
            add_instance(document, add).map_err(|error| self.inline(error))
        })
    }

    pub(crate) fn change_instance(&self, change: &InstanceChange) -> Result<(), ApiError> {
        self.rewrite(|document, settings| {
            let had = &check_there(settings, &change.name)?.keys;
            let renamed = change.new_name.as_deref();
            if let Some(new) = renamed.filter(|new| *new != change.name) {
                check_name(settings, new)?;
            }
            if let Some(port) = change.port {
                self.check_port(settings, &change.name, port)?;
            }
            self.check_keys(change.keys.as_deref().unwrap_or_default(), had)?;
            change_instance(document, change).map_err(|error| self.inline(error))
        })
    }

    pub(crate) fn remove_instance(&self, name: &str) -> Result<(), ApiError> {
        self.rewrite(|document, settings| {
            check_there(settings, name)?;
            remove_instance(document, name).map_err(|error| self.inline(error))
        })
    }

    pub(crate) fn enable_instance(&self, name: &str, enabled: bool) -> Result<(), ApiError> {
        self.rewrite(|document, settings| {
            check_there(settings, name)?;
            enable_instance(document, name, enabled).map_err(|error| self.inline(error))
        })
    }

    /// Refuses a port that the settings, or the command line for the first one, give to another.
    fn check_port(&self, settings: &Settings, name: &str, port: u16) -> Result<(), ApiError> {
        let first = self.overrides.port.unwrap_or(settings.listen.port);
        let others = settings.instance.iter();
        let others = others.map(|one| (one.name.as_str(), one.port));
        // The file may not give the port of [listen] to another, even where a flag goes before it.
        let firsts = [first, settings.listen.port].map(|port| (DEFAULT_INSTANCE, port));
        let mut all = firsts.into_iter().chain(others);
        let other = all.find(|(other, taken)| port != 0 && *taken == port && *other != name);
        match other {
            None => Ok(()),
            Some((other, _)) => Err(ApiError::new(Code::InstancePortTaken, [&port as _, &other])),
        }
    }

    /// Refuses names of keys that nobody can present; those that it `had` may stay.
    fn check_keys(&self, keys: &[String], had: &[String]) -> Result<(), ApiError> {
        let state = self.state();
        let mut known: Vec<&str> = state.keys.0.iter().map(|key| key.name.as_str()).collect();
        if self.overrides.client_key.is_some() {
            known.push(ENVIRONMENT_KEY_NAME);
        }
        let lost = |key: &&String| !known.contains(&key.as_str()) && !had.contains(key);
        match keys.iter().find(lost) {
            None => Ok(()),
            Some(key) => {
                let nearest = nearest(key, known.iter().copied()).unwrap_or_default();
                Err(ApiError::new(Code::NoSuchKey, [key, &nearest]))
            }
        }
    }
}

pub(crate) fn unknown(settings: &Settings, name: &str) -> ApiError {
    let names = settings.instance.iter().map(|one| one.name.as_str());
    let nearest = nearest(name, names).unwrap_or_default();
    ApiError::new(Code::NoSuchInstance, [&name, &nearest])
}

/// The one of that name; refuses the first listener, and one that there is not.
fn check_there<'a>(settings: &'a Settings, name: &str) -> Result<&'a InstanceSetting, ApiError> {
    if name == DEFAULT_INSTANCE {
        return Err(ApiError::new(Code::InstanceFirst, [&name]));
    }
    let mut all = settings.instance.iter();
    all.find(|one| one.name == name)
        .ok_or_else(|| unknown(settings, name))
}

fn check_name(settings: &Settings, name: &str) -> Result<(), ApiError> {
    if AccountId::new(name).is_err() {
        return Err(ApiError::new(Code::InstanceNameInvalid, [&name]));
    }
    let mut all = settings.instance.iter();
    if name == DEFAULT_INSTANCE || all.any(|one| one.name == name) {
        return Err(ApiError::new(Code::InstanceExists, [&name]));
    }
    Ok(())
}

fn listed(state: &State, overrides: &Overrides) -> Vec<Instance> {
    let settings = state.settings();
    let host = overrides.host(settings);
    let shown = |name: &str, enabled: bool, port: u16| {
        let wanted = enabled && state.serving;
        let mut listening = state.listeners.iter();
        let listening = listening.find(|one| wanted && one.address.instance == name);
        let fault = listening.and_then(|one| one.fault.clone());
        Instance {
            name: name.to_owned(),
            first: name == DEFAULT_INSTANCE,
            host: host.to_owned(),
            port,
            keys: Vec::new(),
            default_model: String::new(),
            state: match (enabled, listening.is_some(), fault.is_some()) {
                (false, _, _) => InstanceState::Stopped,
                (true, false, _) => InstanceState::Waiting,
                (true, true, true) => InstanceState::Failed,
                (true, true, false) => InstanceState::Listening,
            },
            addresses: listening
                .map(|one| one.bound.iter().map(ToString::to_string).collect())
                .unwrap_or_default(),
            fault,
        }
    };
    let port = overrides.port.unwrap_or(settings.listen.port);
    let first = Instance {
        default_model: settings.default_model.clone(),
        ..shown(DEFAULT_INSTANCE, true, port)
    };
    let others = settings.instance.iter().map(|one| Instance {
        keys: one.keys.clone(),
        default_model: one.default_model.clone(),
        ..shown(&one.name, one.enabled, one.port)
    });
    std::iter::once(first).chain(others).collect()
}
