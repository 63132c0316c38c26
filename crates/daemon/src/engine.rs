//! Control with everything that surrounds it: the vault, the environment, the instance lock.

use std::sync::Arc;
use std::time::Duration;

use accounts::{FileVault, KeyringChoice, VaultOptions};
use contract::{ApiError, SecretText};
use control::{Control, Options, Overrides};
use tokio::task::spawn_blocking;

use crate::holder;
use crate::home::Home;
use crate::lock::InstanceLock;

/// The name of the keyring's entry. It is the same for every home, because what is sealed is bound
/// to it and a home may be moved; each vault has an id of its own besides.
const PROFILE: &str = "default";

/// Control over the files of a home.
pub(crate) struct Engine {
    control: Arc<Control>,
    has_environment_key: bool,
    _lock: InstanceLock,
}

/// What listens.
pub(crate) struct Listening {
    /// The addresses, such as `http://127.0.0.1:28000`; that of `[listen]` first.
    pub(crate) urls: Vec<String>,
    /// The first client key, where it was made just now and is kept nowhere.
    pub(crate) first_key: Option<SecretText>,
    /// Whether `PORTOLAN_CLIENT_KEY` gives one more.
    pub(crate) has_environment_key: bool,
}

impl Engine {
    /// Opens the files of a home whose lock is held.
    ///
    /// # Errors
    /// The settings or the overrides cannot be used.
    pub(crate) async fn open(home: Home, lock: InstanceLock) -> Result<Self, ApiError> {
        let environment = home.environment;
        let has_environment_key = environment.client_key.is_some();
        let vault = VaultOptions {
            home: home.folders.data.clone(),
            profile: PROFILE.to_owned(),
            master_key: environment.master_key,
            passphrase: environment.passphrase,
            keyring: KeyringChoice::System,
        };
        let vault = spawn_blocking(move || FileVault::open(vault))
            .await
            .map_err(|error| crate::internal(&error))?;
        let control = Control::start(Options {
            home: control::Home {
                settings: home.config,
                data: home.folders.data,
            },
            overrides: Overrides {
                host: home.host.or(environment.host),
                port: home.port.or(environment.port),
                client_key: environment.client_key,
                admin_password: environment.admin_password.is_some(),
            },
            vault: Arc::new(vault),
            environment: Arc::new(|name: &str| std::env::var(name).ok()),
            holder: Arc::new(holder::of),
        })
        .await?;
        Ok(Self {
            control: Arc::new(control),
            has_environment_key,
            _lock: lock,
        })
    }

    /// What answers.
    pub(crate) fn api(&self) -> Arc<Control> {
        Arc::clone(&self.control)
    }

    /// Opens the listeners. A further one that cannot be opened is no failure; the one of `[listen]`
    /// has to be open.
    ///
    /// # Errors
    /// It is not, or it would be unsafe.
    pub(crate) async fn listen(&self) -> Result<Listening, ApiError> {
        let served = self.control.serve().await?;
        let mut urls = Vec::new();
        for (place, listener) in served.listeners.into_iter().enumerate() {
            match listener.fault {
                Some(fault) if place == 0 => return Err(fault),
                // Who serves tells it.
                Some(_) => {}
                None => {
                    let addresses = listener.addresses.iter();
                    urls.extend(addresses.map(|each| format!("http://{each}")));
                }
            }
        }
        Ok(Listening {
            urls,
            first_key: served.first_key,
            has_environment_key: self.has_environment_key,
        })
    }

    /// How many requests are under way.
    pub(crate) fn under_way(&self) -> u64 {
        self.control.plane().load().under_way
    }

    /// Closes the listeners, and lets what is under way end for at most `grace`.
    pub(crate) async fn stop(&self, grace: Duration) {
        self.control.stop(grace).await;
    }
}
