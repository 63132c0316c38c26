//! The control plane itself: owns the truth, and publishes what becomes of it.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use accounts::{Accounts, Pages, Resolver, Vault};
use catalog::Catalog;
use contract::{AdminPassword, ApiError, Changed, Code, Reason, Topic};
use gateway::{DataPlane, Exchange, Outbound, ReadSystem, Snapshot};
use ledger::{Ledger, Sessions};
use tokio::sync::{Notify, broadcast, mpsc, watch};
use tokio::task::JoinHandle;

use crate::activity::{Activity, entry};
use crate::admin::AdminState;
use crate::configured::{Configured, configured};
use crate::file::{Loaded, SettingsFile};
use crate::home::Home;
use crate::keys::KeysFile;
use crate::overrides::Overrides;
use crate::settings::Settings;
use crate::sign_in::SignIns;
use crate::snapshot::{Sources, snapshot};
use crate::state::{State, changed};
use crate::telling::tell;
use crate::trial::Trials;

/// How many finished requests may wait to be counted.
const EXCHANGES: usize = 4096;
/// How long they gather before they are taken in: to be woken for each of them would cost as much
/// as the request itself.
const GATHERING: Duration = Duration::from_millis(100);
/// How many changes a slow listener to them may be behind.
const CHANGES: usize = 64;
/// Reads an environment variable.
pub type Environment = dyn Fn(&str) -> Option<String> + Send + Sync;
/// Tells who listens on an address; may take a second.
pub type Holder = dyn Fn(SocketAddr) -> Option<String> + Send + Sync;

/// The pages that a browser shows at the end of a sign-in, in the language of the settings (`None`:
/// the system's).
pub type SignInPages = dyn Fn(Option<&str>) -> Pages + Send + Sync;

/// What control works with.
pub struct Options {
    /// Where its files are.
    pub home: Home,
    /// What goes before the settings' file.
    pub overrides: Overrides,
    /// Where secrets are kept.
    pub vault: Arc<dyn Vault>,
    /// Gives the accounts' keys that are in environment variables.
    pub environment: Arc<Environment>,
    /// Reads what the operating system says of proxies.
    pub system_proxy: Arc<ReadSystem>,
    /// Tells who has a port that is taken.
    pub holder: Arc<Holder>,
    /// Makes the pages that a browser shows at the end of a sign-in.
    pub pages: Arc<SignInPages>,
}

/// The control plane. Cloning it shares it; it is dropped with the last clone.
#[derive(Clone)]
pub struct Control(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) home: Home,
    pub(crate) overrides: Overrides,
    pub(crate) vault: Arc<dyn Vault>,
    pub(crate) environment: Arc<Environment>,
    pub(crate) holder: Arc<Holder>,
    pub(crate) file: SettingsFile,
    pub(crate) keys_file: KeysFile,
    /// The web admin's password and record.
    pub(crate) admin: AdminState,
    pub(crate) builtin: Catalog,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) plane: DataPlane,
    pub(crate) since: SystemTime,
    /// Done once what the keys used earlier today is counted.
    pub(crate) day_counted: Once,
    /// Held by whoever changes files or takes in changed ones: one at a time.
    writing: Arc<tokio::sync::Mutex<()>>,
    /// Held by whoever asks on account of a default model.
    pub(crate) asking: tokio::sync::Mutex<()>,
    /// Held by whoever opens and closes listeners.
    pub(crate) listening: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    activity: Mutex<Activity>,
    /// The requests that are over, for good.
    pub(crate) ledger: Ledger,
    /// The conversations that clients keep.
    sessions: Arc<Sessions>,
    /// Woken after the ledger has stored something.
    pub(crate) stored: Arc<Notify>,
    gathering: Mutex<Option<(Arc<Notify>, JoinHandle<()>)>>,
    pub(crate) trials: Trials,
    pub(crate) sign_ins: SignIns,
    pub(crate) pages: Arc<SignInPages>,
    snapshots: watch::Sender<Arc<Snapshot>>,
    changes: broadcast::Sender<Changed>,
    pub(crate) watcher: Mutex<Option<disk::Watcher>>,
}

/// Takes in what the data plane hands over, by the handful, until it ends or is told that no more
/// comes.
async fn gather(
    inner: Weak<Inner>,
    mut exchanges: mpsc::Receiver<Box<Exchange>>,
    ending: Arc<Notify>,
) {
    let mut is_ending = false;
    while !is_ending {
        let first = tokio::select! {
            exchange = exchanges.recv() => match exchange {
                Some(exchange) => Some(exchange),
                None => return,
            },
            () = ending.notified() => {
                is_ending = true;
                None
            }
        };
        let Some(here) = inner.upgrade() else { return };
        here.take_in(first, &mut exchanges);
        drop(here);
        if !is_ending {
            is_ending = tokio::time::timeout(GATHERING, ending.notified())
                .await
                .is_ok();
            let Some(here) = inner.upgrade() else { return };
            here.take_in(None, &mut exchanges);
        }
    }
}

impl Control {
    /// Reads the files and starts a data plane that does not listen yet.
    ///
    /// # Errors
    /// Settings or overrides that cannot be used, or files that cannot be read.
    pub async fn start(options: Options) -> Result<Self, ApiError> {
        let (send, exchanges) = mpsc::channel(EXCHANGES);
        let ending = Arc::new(Notify::new());
        let inner = tokio::task::spawn_blocking(move || Inner::open(options, send)).await;
        let inner = Arc::new(inner.map_err(|error| internal(&error))??);
        let gathering = gather(Arc::downgrade(&inner), exchanges, Arc::clone(&ending));
        *inner.gathering() = Some((ending, tokio::spawn(gathering)));
        let (stored, refusals) = (Arc::clone(&inner.stored), inner.plane.refusals());
        let standings = inner.accounts.changes();
        tokio::spawn(tell(Arc::downgrade(&inner), stored, refusals, standings));
        Ok(Self(inner))
    }

    /// Hears of every change from now on.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Changed> {
        self.0.changes.subscribe()
    }

    /// The data plane.
    #[must_use]
    pub fn plane(&self) -> &DataPlane {
        &self.0.plane
    }

    /// The conversations that clients keep.
    #[must_use]
    pub fn sessions(&self) -> Arc<Sessions> {
        Arc::clone(&self.0.sessions)
    }

    /// Stores what the data plane, which has ended, handed over last.
    pub(crate) async fn store_the_rest(&self) {
        let gathering = self.0.gathering().take();
        if let Some((ending, task)) = gathering {
            ending.notify_one();
            if let Err(error) = task.await {
                tracing::error!(%error, "the last requests were not stored");
            }
        }
        let inner = Arc::clone(&self.0);
        if tokio::task::spawn_blocking(move || inner.ledger.end())
            .await
            .is_err()
        {
            tracing::error!("the ledger did not end");
        }
    }

    /// Does work that changes files on a thread that may wait, while nobody else does.
    pub(crate) async fn exclusive<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let inner = Arc::clone(&self.0);
        let held = Arc::clone(&inner.writing).lock_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let result = work(&inner);
            drop(held);
            result
        });
        done.await.map_err(|error| internal(&error))?
    }
}

impl Inner {
    fn open(
        options: Options,
        exchanges: mpsc::Sender<Box<gateway::Exchange>>,
    ) -> Result<Self, ApiError> {
        let Options {
            home,
            overrides,
            vault,
            environment,
            system_proxy,
            holder,
            pages,
        } = options;
        overrides.check()?;
        let builtin = Catalog::builtin().map_err(|problems| {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            internal(&problems.join("; "))
        })?;
        let file = SettingsFile::new(home.settings.clone());
        let keys_file = KeysFile(home.keys());
        let admin = AdminState::open(&home)?;
        tidy(&home);
        let loaded = file.load(&builtin)?;
        let keys = keys_file.load()?.unwrap_or_default();
        let found = find_accounts(&loaded, &vault, &home);
        let ledger = Ledger::at(home.activity());
        let sessions = Arc::new(Sessions::at(home.sessions()));
        let reading = Arc::clone(&environment);
        let resolver = Resolver::new(Arc::clone(&vault), move |name| reading(name));
        let accounts = Accounts::new(known_accounts(&found), resolver);
        let state = State {
            seen: loaded.text.clone(),
            loaded,
            configured: found,
            asked: BTreeSet::new(),
            keys,
            fault: None,
            blind: None,
            listeners: Vec::new(),
            serving: false,
            stopping: false,
        };
        let first = Arc::new(snapshot(&sources(&state, &overrides, &accounts)));
        let (snapshots, reader) = watch::channel(first);
        let variable = |name: &str| environment(name);
        let outbound = Arc::new(Outbound::new(variable, system_proxy));
        let plane = DataPlane::start(reader, exchanges, outbound)
            .map_err(|error| internal(&format!("start the data plane: {error}")))?;
        Ok(Self {
            home,
            overrides,
            vault,
            environment,
            holder,
            file,
            keys_file,
            admin,
            builtin,
            accounts,
            plane,
            since: SystemTime::now(),
            day_counted: Once::new(),
            writing: Arc::default(),
            asking: tokio::sync::Mutex::default(),
            listening: tokio::sync::Mutex::default(),
            state: Mutex::new(state),
            activity: Mutex::default(),
            ledger,
            sessions,
            stored: Arc::default(),
            gathering: Mutex::default(),
            trials: Trials::default(),
            sign_ins: SignIns::default(),
            pages,
            snapshots,
            changes: broadcast::channel(CHANGES).0,
            watcher: Mutex::default(),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn activity(&self) -> MutexGuard<'_, Activity> {
        self.activity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn gathering(&self) -> MutexGuard<'_, Option<(Arc<Notify>, JoinHandle<()>)>> {
        self.gathering
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts and stores a request that is over, and all that wait behind it.
    fn take_in(&self, first: Option<Box<Exchange>>, exchanges: &mut mpsc::Receiver<Box<Exchange>>) {
        let waiting = std::iter::from_fn(|| exchanges.try_recv().ok());
        let entries: Vec<_> = first
            .into_iter()
            .chain(waiting)
            .map(|exchange| Arc::new(entry(*exchange)))
            .collect();
        let mut activity = self.activity();
        entries.iter().for_each(|entry| activity.record(entry));
        drop(activity);
        self.ledger.store(entries);
    }

    /// Starts what stores requests.
    pub(crate) fn begin_storing(self: &Arc<Self>) {
        let days = self.state().settings().activity.retention_days;
        let here = Arc::clone(self);
        tokio::task::spawn_blocking(move || here.keep_sessions(days));
        let stored = Arc::clone(&self.stored);
        if let Err(error) = self.ledger.begin(days, move || stored.notify_one()) {
            tracing::error!(%error, "requests are not stored");
        }
    }

    /// Keeps conversations as long as the record of requests.
    fn keep_sessions(&self, days: u32) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = i64::try_from(now.unwrap_or_default().as_millis()).unwrap_or(i64::MAX);
        self.sessions.keep(days, now);
    }

    pub(crate) fn emit(&self, topic: Topic) {
        // Nobody may be listening.
        let _ = self.changes.send(Changed { topic });
    }

    /// Whether anybody hears of changes: whoever serves does, and so does the window.
    pub(crate) fn is_watched(&self) -> bool {
        self.changes.receiver_count() > 0
    }

    /// Gives the data plane the truth as it is now.
    pub(crate) fn publish(&self) {
        let next = snapshot(&sources(&self.state(), &self.overrides, &self.accounts));
        self.snapshots.send_replace(Arc::new(next));
    }

    /// Refuses to let other machines in unsafely, with so many client keys and the password there is.
    pub(crate) fn check_safety(&self, settings: &Settings, keys: usize) -> Result<(), ApiError> {
        let has_password = self.admin_password() != AdminPassword::None;
        self.overrides.check_safety(settings, keys, has_password)
    }

    /// Refuses settings that would let other machines in unsafely.
    pub(crate) fn permit(&self, settings: &Settings) -> Result<(), ApiError> {
        let (serving, keys) = {
            let state = self.state();
            (state.serving, state.presentable_keys(&self.overrides))
        };
        if serving {
            self.check_safety(settings, keys)
        } else {
            Ok(())
        }
    }

    /// Puts settings in force that were read or written just now.
    pub(crate) fn adopt(&self, loaded: Loaded) -> Result<(), ApiError> {
        self.permit(&loaded.read.settings)?;
        if self.state().serving {
            self.count_the_day(&loaded.read.settings);
        }
        let found = find_accounts(&loaded, &self.vault, &self.home);
        self.accounts.replace(known_accounts(&found));
        let topics = {
            let mut state = self.state();
            let topics = changed(state.settings(), &loaded.read.settings);
            let days = loaded.read.settings.activity.retention_days;
            if state.settings().activity.retention_days != days {
                self.ledger.keep(days);
                self.keep_sessions(days);
            }
            state.seen.clone_from(&loaded.text);
            state.loaded = loaded;
            state.configured = found;
            if topics.contains(&Topic::Accounts) {
                state.asked.clear();
            }
            state.fault = None;
            topics
        };
        self.publish();
        for topic in topics {
            self.emit(topic);
        }
        Ok(())
    }
}

/// Removes what killed writers left, and takes other users' rights to the files. Neither is worth
/// refusing to start: the folders are private, and a folder may be read-only.
fn tidy(home: &Home) {
    for path in [&home.settings, &home.keys()] {
        let tidied = disk::sweep(path).and_then(|()| disk::make_private(path));
        if let Err(error) = tidied {
            tracing::warn!(path = %path.display(), %error, "tidy the folder");
        }
    }
}

fn find_accounts(loaded: &Loaded, vault: &Arc<dyn Vault>, home: &Home) -> Vec<Configured> {
    let stored: BTreeSet<String> = match vault.names() {
        Ok(names) => names.into_iter().collect(),
        // Each account that needs the vault tells why it has no key.
        Err(_) => BTreeSet::new(),
    };
    let read = &loaded.read;
    configured(
        &read.settings,
        &read.catalog,
        &stored,
        home.settings_folder(),
    )
}

fn known_accounts(configured: &[Configured]) -> Vec<accounts::Account> {
    let known = configured
        .iter()
        .filter(|configured| configured.provider.is_some());
    known.map(|configured| configured.account.clone()).collect()
}

fn sources<'a>(
    state: &'a State,
    overrides: &'a Overrides,
    accounts: &'a Arc<Accounts>,
) -> Sources<'a> {
    Sources {
        settings: state.settings(),
        overrides,
        configured: &state.configured,
        keys: &state.keys,
        accounts,
    }
}

/// A failure of this program.
pub(crate) fn internal(reason: &dyn std::fmt::Display) -> ApiError {
    ApiError::new(Code::Internal, []).because(Reason::said(reason))
}
