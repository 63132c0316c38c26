//! The life of a server: listeners opened and closed, changed settings taken in.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use accounts::{CredentialError, VaultError};
use contract::{ApiError, Code, Reason, SecretText, Topic};

use crate::control::{Control, Inner};
use crate::settings::DEFAULT_INSTANCE;

/// How long to wait before each further look at a locked keyring; more would be a nuisance where
/// each look shows a dialog.
const KEYRING_PAUSES: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];
/// How long a file is left alone after a change, since editors write in several steps.
const SETTLING: Duration = Duration::from_millis(150);
/// How many times in a row it is left alone again when it goes on changing.
const STEPS: u32 = 10;

/// What [`Control::serve`] began.
#[derive(Debug)]
pub struct Served {
    /// The listeners, in the order of the settings; those that failed say why.
    pub listeners: Vec<contract::Listener>,
    /// The first client key, where it was made just now and no vault keeps it: to be shown once.
    pub first_key: Option<SecretText>,
}

impl Control {
    /// Opens the listeners, makes the first client key where there was none ever, and watches the
    /// settings' file. A port that is taken is told in the answer and is no failure.
    ///
    /// # Errors
    /// `refused-unsafe-listen`, or files that cannot be written.
    pub async fn serve(&self) -> Result<Served, ApiError> {
        self.exclusive(Inner::begin_serving).await?;
        self.0.keep_signed_in();
        self.0.begin_storing();
        self.apply_listeners().await;
        let listeners = self.listeners();
        let listens = listeners
            .first()
            .is_some_and(|listener| listener.fault.is_none());
        let first_key = self
            .exclusive(move |inner| inner.first_key(listens))
            .await?;
        self.watch_settings();
        self.wait_for_keyring();
        self.look_for_default_models();
        self.0.emit(Topic::Serving);
        self.0.emit(Topic::Instances);
        self.0.emit(Topic::Status);
        Ok(Served {
            listeners: self.listeners(),
            first_key,
        })
    }

    /// Whether listeners are wanted; one of them may have failed all the same.
    #[must_use]
    pub fn is_serving(&self) -> bool {
        self.0.state().serving
    }

    /// Closes the listeners and nothing else: what is under way is answered to its end, and
    /// [`Control::serve`] opens them again. Where somebody can sign in to the web admin, the first
    /// listener stays open for that alone.
    pub async fn pause(&self) {
        let _held = self.0.listening.lock().await;
        let stays = self.0.serves_admin();
        self.0.plane.rest(true);
        let open = {
            let mut state = self.0.state();
            state.serving = false;
            let all = std::mem::take(&mut state.listeners);
            let (admin, open): (Vec<_>, Vec<_>) = all
                .into_iter()
                .partition(|listening| stays && listening.address.instance == DEFAULT_INSTANCE);
            state.listeners = admin;
            open
        };
        for listening in open {
            self.0.plane.unlisten(&listening.address.instance).await;
        }
        self.0.emit(Topic::Serving);
        self.0.emit(Topic::Instances);
        self.0.emit(Topic::Status);
    }

    /// Closes the listeners, lets what is under way end for at most `grace`, and ends the data
    /// plane for good.
    pub async fn stop(&self, grace: Duration) {
        let _held = self.0.listening.lock().await;
        *self
            .0
            .watcher
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
        {
            let mut state = self.0.state();
            state.stopping = state.serving;
            state.serving = false;
            state.listeners.clear();
        }
        self.0.plane.stop(grace).await;
        // A refresh token is good for one time: what it gives is stored before the end.
        self.0.accounts.settled().await;
        self.store_the_rest().await;
        self.0.state().stopping = false;
        self.0.emit(Topic::Status);
    }

    /// Reads the settings' file and every secret anew, and applies what changed. A file that cannot
    /// be used leaves everything as it was, and is told by `status.get` until it is right.
    ///
    /// # Errors
    /// Why the file cannot be used.
    pub async fn reload(&self) -> Result<(), ApiError> {
        self.exclusive(|inner| inner.reload(true)).await?;
        self.settle().await;
        Ok(())
    }

    /// What is to be done after settings came into force.
    pub(crate) async fn settle(&self) {
        self.apply_listeners().await;
        self.look_for_default_models();
    }

    /// Reads the secrets again a few times where the keyring is locked, as it is when this program
    /// starts before its user has signed in.
    fn wait_for_keyring(&self) {
        let weak = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            for pause in KEYRING_PAUSES {
                let Some(inner) = weak.upgrade() else { return };
                if !inner.is_locked() {
                    return;
                }
                drop(inner);
                tokio::time::sleep(pause).await;
                let Some(inner) = weak.upgrade() else { return };
                let control = Self(inner);
                // It fails only with the thread that it runs on, and then the next one tries.
                let _ = control.exclusive(Inner::read_secrets).await;
            }
        });
    }

    /// Takes in changes of the file from now on.
    pub(crate) fn watch_settings(&self) {
        match disk::watch(self.0.file.path()) {
            Ok((watcher, mut told)) => {
                *self
                    .0
                    .watcher
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner) = Some(watcher);
                let weak = Arc::downgrade(&self.0);
                tokio::spawn(async move {
                    while told.recv().await.is_some() {
                        for _ in 0..STEPS {
                            tokio::time::sleep(SETTLING).await;
                            if told.try_recv().is_err() {
                                break;
                            }
                        }
                        let Some(inner) = weak.upgrade() else { break };
                        let control = Self(inner);
                        // What is wrong with it is logged and kept for the status.
                        if control.exclusive(|inner| inner.reload(false)).await.is_ok() {
                            control.settle().await;
                        }
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the settings' file cannot be watched");
                self.0.state().blind = Some(error.to_string());
            }
        }
    }
}

impl Inner {
    /// Whether an account waits for the vault's key.
    fn is_locked(&self) -> bool {
        self.accounts.list().iter().any(|account| {
            let error = self.accounts.credential_error(&account.id);
            error.is_some_and(|error| {
                matches!(*error, CredentialError::Vault(VaultError::Locked(_)))
            })
        })
    }

    fn read_secrets(&self) -> Result<(), ApiError> {
        self.accounts.reload();
        self.publish();
        self.emit(Topic::Accounts);
        self.emit(Topic::Status);
        Ok(())
    }

    /// Reads the file anew; unless `asked` for, only where it says something new.
    fn reload(&self, asked: bool) -> Result<(), ApiError> {
        let text = self.file.text();
        if !asked && text.as_ref().is_ok_and(|text| *text == self.state().seen) {
            return Ok(());
        }
        let result = text.and_then(|text| {
            let was_there = {
                let mut state = self.state();
                state.seen.clone_from(&text);
                state.loaded.text.is_some()
            };
            if text.is_none() && was_there {
                return Err(ApiError::new(Code::SettingsReadFailed, [&self.file.name()])
                    .because(Reason::FileGone {}));
            }
            self.adopt(self.file.load(&self.builtin)?)
        });
        match &result {
            Ok(()) => {
                tracing::info!("the settings were read anew");
                if asked {
                    self.emit(Topic::Accounts);
                }
            }
            Err(error) => {
                // Whoever serves tells people, in their language.
                tracing::debug!(%error, "the settings cannot be used; the last good ones stay");
                self.state().fault = Some(error.clone());
                self.emit(Topic::Status);
                self.emit(Topic::Settings);
            }
        }
        result
    }
}
