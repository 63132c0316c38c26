//! Control with everything that surrounds it: the vault, the environment, the instance lock.

use std::sync::Arc;
use std::time::Duration;

use accounts::{FileVault, KeyringChoice, Vault, VaultOptions};
use contract::ApiError;
use control::{Control, Options, Overrides};
use tokio::task::spawn_blocking;

use crate::holder;
use crate::home::Home;
use crate::lock::InstanceLock;
use crate::pages;
use crate::proxy;

/// The name of the keyring's entry. It is the same for every home, because what is sealed is bound
/// to it and a home may be moved; each vault has an id of its own besides.
const PROFILE: &str = "default";

/// Control over the files of a home.
pub(crate) struct Engine {
    control: Arc<Control>,
    has_environment_key: bool,
    _lock: InstanceLock,
}

/// Control over a home, with a data plane that does not listen yet.
async fn begin(home: Home, vault: Arc<dyn Vault>) -> Result<Arc<Control>, ApiError> {
    let environment = home.environment;
    let control = Control::start(Options {
        home: control::Home {
            settings: home.config,
            data: home.folders.data,
        },
        overrides: Overrides {
            host: home.host.or(environment.host),
            port: home.port.or(environment.port),
            client_key: environment.client_key,
            admin_password: environment.admin_password,
        },
        vault,
        environment: Arc::new(|name: &str| std::env::var(name).ok()),
        system_proxy: proxy::reader(|name| std::env::var_os(name)),
        holder: Arc::new(holder::of),
        pages: Arc::new(pages::sign_in),
    });
    control.await.map(Arc::new)
}

impl Engine {
    /// Opens the files of a home whose lock is held.
    ///
    /// # Errors
    /// The settings or the overrides cannot be used.
    pub(crate) async fn open(mut home: Home, lock: InstanceLock) -> Result<Self, ApiError> {
        let has_environment_key = home.environment.client_key.is_some();
        let vault = VaultOptions {
            home: home.folders.data.clone(),
            profile: PROFILE.to_owned(),
            master_key: home.environment.master_key.take(),
            passphrase: home.environment.passphrase.take(),
            keyring: KeyringChoice::System,
        };
        let vault = spawn_blocking(move || FileVault::open(vault))
            .await
            .map_err(|error| crate::internal(&error))?;
        Ok(Self {
            control: begin(home, Arc::new(vault)).await?,
            has_environment_key,
            _lock: lock,
        })
    }

    /// What answers.
    pub(crate) fn api(&self) -> Arc<Control> {
        Arc::clone(&self.control)
    }

    /// Whether `PORTOLAN_CLIENT_KEY` gives one more client key.
    pub(crate) fn has_environment_key(&self) -> bool {
        self.has_environment_key
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
