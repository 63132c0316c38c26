//! The operating system's keyring, asked from one thread and never waited for longer than five seconds.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use super::{LockedReason, UnavailableReason, VaultError};

/// The name under which the keyring lists what Portolan keeps there.
const SERVICE: &str = "dev.portolan";
/// How long one call may take before its caller goes on without it. An unlocked keyring answers
/// within a tenth of a second; a locked one that can show a dialog blocks until somebody answers.
const PATIENCE: Duration = Duration::from_secs(5);

/// Which keyring holds the data key.
#[derive(Clone, Default)]
pub enum KeyringChoice {
    /// The operating system's: Secret Service, Keychain or Credential Manager. Whether there is one
    /// is found out once in a process.
    #[default]
    System,
    /// This one.
    Store(Arc<CredentialStore>),
    /// None; nothing is asked.
    Absent,
}

impl fmt::Debug for KeyringChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::System => "System",
            Self::Store(_) => "Store",
            Self::Absent => "Absent",
        })
    }
}

impl KeyringChoice {
    fn entry(&self, account: &str) -> Result<Entry, Fault> {
        match self {
            Self::System => match keyring::Entry::store_status() {
                Ok(()) => Ok(keyring::Entry::new(SERVICE, account)
                    .map_err(Fault::from)?
                    .inner),
                Err(error) => Err(Fault::Absent(plain(error))),
            },
            Self::Store(store) => store.build(SERVICE, account, None).map_err(Fault::from),
            Self::Absent => Err(Fault::Absent("none is used".to_owned())),
        }
    }
}

/// Why the keyring did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    Locked,
    Silent,
    Unreadable,
    Absent(String),
    Failed(String),
}

impl From<Fault> for VaultError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Locked => LockedReason::KeyringLocked.into(),
            Fault::Silent => LockedReason::KeyringSilent.into(),
            Fault::Unreadable => LockedReason::KeyUnreadable.into(),
            Fault::Absent(detail) => UnavailableReason::NoKeyring { detail }.into(),
            Fault::Failed(detail) => UnavailableReason::KeyringFailed { detail }.into(),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match &error {
            Error::NoDefaultStore => Self::Absent(plain(&error)),
            Error::NoStorageAccess(inner) if kind(inner.as_ref()) == "NoResult" => {
                Self::Absent("it has no collection".to_owned())
            }
            Error::NoStorageAccess(_) => Self::Locked,
            // The Secret Service store gives a refused write this way.
            Error::PlatformFailure(inner)
                if matches!(kind(inner.as_ref()).as_str(), "Locked" | "Prompt") =>
            {
                Self::Locked
            }
            Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::Ambiguous(_) => {
                Self::Unreadable
            }
            _ => Self::Failed(plain(&error)),
        }
    }
}

/// The Secret Service store's own error, whose type is not re-exported: the bare names `Locked`,
/// `NoResult` and `Prompt` are those of `secret_service::Error`.
fn kind(error: &(dyn std::error::Error + Send + Sync)) -> String {
    format!("{error:?}")
}

/// The error in words, without the secret that some errors carry.
fn plain(error: &Error) -> String {
    match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::Ambiguous(_) => {
            "its entry is not readable".to_owned()
        }
        other => other.to_string(),
    }
}

enum Task {
    Get,
    Set(Zeroizing<String>),
}

struct Job {
    account: String,
    task: Task,
    given_up: Arc<AtomicBool>,
    answer: Sender<Result<Option<Zeroizing<String>>, Fault>>,
}

/// The one thread that talks to the keyring, and the way to it. The thread ends with this value.
pub(super) struct Keyring {
    jobs: Mutex<Sender<Job>>,
    /// When the thread began the job that it is at.
    busy_since: Arc<Mutex<Option<Instant>>>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Keyring").finish_non_exhaustive()
    }
}

impl Keyring {
    pub(super) fn new(choice: KeyringChoice) -> Result<Self, UnavailableReason> {
        let (jobs, queue) = channel();
        let busy_since = Arc::new(Mutex::new(None));
        let busy = Arc::clone(&busy_since);
        std::thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || work(&choice, &queue, &busy))
            .map_err(|error| UnavailableReason::KeyringFailed {
                detail: error.to_string(),
            })?;
        Ok(Self {
            jobs: Mutex::new(jobs),
            busy_since,
        })
    }

    /// The text kept for `account`, if there is one.
    pub(super) fn get(&self, account: &str) -> Result<Option<Zeroizing<String>>, Fault> {
        self.ask(account, Task::Get)
    }

    /// Keeps `text` for `account`, and reads it back.
    pub(super) fn set(&self, account: &str, text: Zeroizing<String>) -> Result<(), Fault> {
        self.ask(account, Task::Set(text)).map(drop)
    }

    fn ask(&self, account: &str, task: Task) -> Result<Option<Zeroizing<String>>, Fault> {
        let (answer, answers) = channel();
        let given_up = Arc::new(AtomicBool::new(false));
        let job = Job {
            account: account.to_owned(),
            task,
            given_up: Arc::clone(&given_up),
            answer,
        };
        let gone = || Fault::Failed("its thread has ended".to_owned());
        self.jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .send(job)
            .map_err(|_| gone())?;
        let mut wait = self.patience_left();
        loop {
            match answers.recv_timeout(wait) {
                Ok(answer) => return answer,
                Err(RecvTimeoutError::Disconnected) => return Err(gone()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            wait = self.patience_left();
            if wait.is_zero() {
                given_up.store(true, Ordering::Relaxed);
                return Err(Fault::Silent);
            }
        }
    }

    /// Time spent in the queue does not count: only a job that the thread is stuck at runs out.
    fn patience_left(&self) -> Duration {
        let since = *self
            .busy_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        since.map_or(PATIENCE, |since| PATIENCE.saturating_sub(since.elapsed()))
    }
}

fn work(choice: &KeyringChoice, queue: &Receiver<Job>, busy: &Mutex<Option<Instant>>) {
    let set_busy = |since| *busy.lock().unwrap_or_else(PoisonError::into_inner) = since;
    while let Ok(job) = queue.recv() {
        if job.given_up.load(Ordering::Relaxed) {
            continue;
        }
        set_busy(Some(Instant::now()));
        let result = answer(choice, &job);
        set_busy(None);
        // The caller may be gone, and then nobody needs the answer.
        drop(job.answer.send(result));
    }
}

fn answer(choice: &KeyringChoice, job: &Job) -> Result<Option<Zeroizing<String>>, Fault> {
    let entry = choice.entry(&job.account)?;
    let read = || match entry.get_password() {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(Fault::from(error)),
    };
    match &job.task {
        Task::Get => read(),
        Task::Set(text) => {
            entry.set_password(text).map_err(Fault::from)?;
            match read()? {
                Some(kept) if kept == *text => Ok(Some(kept)),
                Some(_) | None => Err(Fault::Failed(
                    "it did not keep what it was given".to_owned(),
                )),
            }
        }
    }
}
