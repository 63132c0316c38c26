//! Keeps signed-in accounts alive: one renewal at a time for each, across tasks and processes.

mod journal;
mod lock;
mod redeem;
mod step;
mod trouble;

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::account::{Account, AccountId};
use crate::credential::{Credential, CredentialError};
use crate::record::{Kept, Record, SignedOut};
use crate::registry::Accounts;
use crate::secret::Secret;
use crate::sign_in::Http;
use crate::vault::{Vault, VaultError};

use self::journal::lock_name;
use self::lock as lock_file;
use self::redeem::{Redeemed, redeem};
use self::step::{Step, Why, needed, pause, step};
use self::trouble::Failures;

pub(crate) use self::step::Need;
pub use self::trouble::{RenewalFailure, RenewalTrouble};

/// How often is looked for what is due; short, since computers sleep and clocks are set.
const INTERVAL: Duration = Duration::from_secs(30);
/// How long another process may take from the provider's answer to the vault.
const STORING: Duration = Duration::from_secs(1);
/// How often a new record is written again where the vault refuses it.
const TRIES: u32 = 3;
/// How long a request waits for a renewal that failed the last time: a provider that does not answer
/// is not waited for by each of them.
const BRIEF: Duration = Duration::from_secs(3);

/// Gives the client with which a provider is asked, by the provider's id.
pub type HttpOf = dyn Fn(&str) -> Arc<dyn Http> + Send + Sync;

/// What renewals need of their surroundings.
pub struct RenewalOptions {
    /// Where the records are.
    pub vault: Arc<dyn Vault>,
    /// The folder of the lock files, one for all processes that share the vault.
    pub folder: PathBuf,
    /// The client with which a provider is asked, by the provider's id.
    pub http: Box<HttpOf>,
    /// The wall clock.
    pub wall: Box<dyn Fn() -> SystemTime + Send + Sync>,
    /// A random number from 0 to 1, so that processes do not renew at the same moment.
    pub jitter: f64,
    /// Where renewals run: they go on when whoever waits for one leaves.
    pub runtime: Handle,
}

/// Why an account's secret could not be renewed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RenewalError {
    /// A person has to sign in again.
    #[error("renew the sign-in: {0}")]
    SignedOut(SignedOut),
    /// The provider could not be reached, or failed; it is asked again later.
    #[error("renew the sign-in: {0}")]
    Failed(RenewalFailure),
    /// Another process has been renewing it for too long.
    #[error("renew the sign-in: another process is at it")]
    Busy,
    /// The vault could not be read or written.
    #[error("renew the sign-in: {0}")]
    Vault(#[from] VaultError),
}

type Landing = Option<Result<(), RenewalError>>;
type Flight = watch::Receiver<Landing>;

/// What keeps the accounts' sign-ins alive.
pub(crate) struct Renewal {
    accounts: Weak<Accounts>,
    options: RenewalOptions,
    flights: Mutex<HashMap<AccountId, Flight>>,
    failures: Mutex<HashMap<AccountId, Failures>>,
    /// What was redeemed and could not be stored yet: the only copy of a new refresh token.
    unsaved: Mutex<HashMap<AccountId, Unsaved>>,
}

/// A record that is not stored: the vault refused it, or a process was killed before it asked.
#[derive(Clone, Serialize, Deserialize)]
struct Unsaved {
    new: Record,
    /// What the vault holds meanwhile; another there is of somebody who signed in anew.
    stored: Record,
}

impl Unsaved {
    fn text(&self) -> Secret {
        Secret::of_json(self)
    }

    fn read(text: &Secret) -> Option<Self> {
        serde_json::from_str(text.expose()).ok()
    }
}

impl Renewal {
    pub(crate) fn new(accounts: Weak<Accounts>, options: RenewalOptions) -> Arc<Self> {
        Arc::new(Self {
            accounts,
            options,
            flights: Mutex::default(),
            failures: Mutex::default(),
            unsaved: Mutex::default(),
        })
    }

    /// Looks again and again for what is due, until the accounts are gone.
    pub(crate) fn watch(self: &Arc<Self>) {
        let watched = Arc::downgrade(self);
        self.options.runtime.spawn(async move {
            while let Some(here) = watched.upgrade() {
                here.look().await;
                drop(here);
                tokio::time::sleep(INTERVAL).await;
            }
        });
    }

    async fn look(self: &Arc<Self>) {
        let Some(accounts) = self.accounts.upgrade() else {
            return;
        };
        self.take_up_all().await;
        for account in accounts.list() {
            // What failed is told by the account's standing, and tried again later.
            let _told = self.alive(&account.id, false).await;
        }
        self.save_again().await;
    }

    /// Sees to it that the account's secret is alive; waits only where it is not.
    pub(crate) async fn live(self: &Arc<Self>, id: &AccountId) -> Result<(), RenewalError> {
        self.alive(id, true).await
    }

    async fn alive(self: &Arc<Self>, id: &AccountId, wait: bool) -> Result<(), RenewalError> {
        let Some((account, credential)) = self.signed_in(id) else {
            return Ok(());
        };
        let need = self.need(&credential);
        if !credential.renewable {
            return match need {
                Need::None | Need::Soon => Ok(()),
                Need::Now => Err(self.over(&account, &credential, SignedOut::Expired)),
            };
        }
        match need {
            Need::None => Ok(()),
            Need::Soon | Need::Now if let Some(error) = self.paused(id, need) => match need {
                Need::None | Need::Soon => Ok(()),
                Need::Now => {
                    self.tell(id);
                    Err(error)
                }
            },
            Need::Soon => {
                self.fly(account, credential, Why::Time);
                Ok(())
            }
            Need::Now => {
                let flight = self.fly(account, credential, Why::Time);
                if wait {
                    // On the heap: every request asks, and next to none waits.
                    Box::pin(self.landed(id, flight)).await
                } else {
                    Ok(())
                }
            }
        }
    }

    /// Renews a secret that the provider refused before its time; whether there is a new one.
    pub(crate) async fn refused(self: &Arc<Self>, id: &AccountId, used: &Secret) -> bool {
        let Some((account, credential)) = self.signed_in(id) else {
            return false;
        };
        if credential.secret.expose() != used.expose() {
            return true;
        }
        if !credential.renewable || self.paused(id, Need::Now).is_some() {
            return false;
        }
        let flight = self.fly(account, credential, Why::Refused);
        let renewed = self.landed(id, flight).await.is_ok();
        let now = self.signed_in(id);
        renewed && now.is_some_and(|(_, now)| now.secret.expose() != used.expose())
    }

    /// Waits until no renewal is under way.
    pub(crate) async fn settled(&self) {
        let flights: Vec<Flight> = lock(&self.flights).values().cloned().collect();
        for flight in flights {
            // How it ended is remembered by itself.
            let _remembered = landed(flight).await;
        }
    }

    /// Waits for a renewal; only briefly where the last one failed.
    async fn landed(&self, id: &AccountId, flight: Flight) -> Result<(), RenewalError> {
        let failed = lock(&self.failures).get(id).map(|it| it.error.clone());
        match failed {
            None => landed(flight).await,
            Some(error) => {
                let briefly = tokio::time::timeout(BRIEF, landed(flight)).await;
                briefly.unwrap_or(Err(error))
            }
        }
    }

    fn signed_in(&self, id: &AccountId) -> Option<(Account, Arc<Credential>)> {
        self.accounts.upgrade()?.held_sign_in(id)
    }

    fn need(&self, credential: &Credential) -> Need {
        let now = (self.options.wall)();
        needed(
            credential.issued,
            credential.expires,
            credential.ahead,
            now,
            self.options.jitter,
        )
    }

    /// Joins the account's renewal, or begins one.
    fn fly(self: &Arc<Self>, account: Account, used: Arc<Credential>, why: Why) -> Flight {
        let mut flights = lock(&self.flights);
        if let Some(flight) = flights.get(&account.id)
            && flight.has_changed().is_ok()
        {
            return flight.clone();
        }
        let (land, flight) = watch::channel(None);
        flights.insert(account.id.clone(), flight.clone());
        drop(flights);
        let here = Arc::clone(self);
        self.options.runtime.spawn(async move {
            let result = here.renew(&account, &used.secret, why).await;
            here.remember(&account.id, &result);
            lock(&here.flights).remove(&account.id);
            land.send_replace(Some(result));
        });
        flight
    }

    async fn renew(&self, account: &Account, used: &Secret, why: Why) -> Result<(), RenewalError> {
        let (folder, file) = (self.options.folder.clone(), lock_name(&account.id));
        let held = blocking(move || lock_file::take(&folder, &file)).await?;
        if held.is_some() {
            self.take_up(account).await?;
        }
        let mut read_again = false;
        loop {
            let record = self.record(account).await?;
            let now = (self.options.wall)();
            match step(&record, used, why, now, self.options.jitter) {
                Step::Take => return self.give(account, &record),
                Step::SignedOut(why) => {
                    self.give(account, &record.ended(why))?;
                    return Err(RenewalError::SignedOut(why));
                }
                Step::Redeem if held.is_none() => return Err(RenewalError::Busy),
                Step::Redeem => {}
            }
            // A vault that cannot be written is found out before the refresh token is spent.
            self.put(account, &record.asked((self.options.wall)()))
                .await?;
            let ready = self.ready(account).await?;
            let http = (self.options.http)(&account.provider);
            match redeem(&record, http.as_ref()).await {
                Redeemed::Granted(grant) => {
                    // At once, with nobody to wait for: a kill from here on loses nothing.
                    let new = record.renewed(&grant, (self.options.wall)());
                    self.journal(ready, &record, &new).await;
                    let grant = grant.completed(http.as_ref()).await;
                    // Who signed in anew or out meanwhile, without this lock, is not undone.
                    let now = self.record(account).await?;
                    if !now.is_still(&record) && now.ended.is_none() {
                        self.settle(account.record()).await;
                        return self.give(account, &now);
                    }
                    let new = now.renewed(&grant, (self.options.wall)());
                    self.keep(account, now, &new).await;
                    return self.give(account, &new);
                }
                Redeemed::Refused => {
                    // Somebody else may have spent it, and be about to store what it gave.
                    let mut now = self.record(account).await?;
                    if now.is_still(&record) {
                        tokio::time::sleep(STORING).await;
                        now = self.record(account).await?;
                    }
                    if !now.is_still(&record) && !read_again {
                        read_again = true;
                        continue;
                    }
                    // Spent by a question whose answer nobody had, or ended by its owner?
                    let why = match record.asked {
                        Some(_) if now.is_still(&record) => SignedOut::Lost,
                        Some(_) | None => SignedOut::Refused,
                    };
                    let over = now.ended(why);
                    self.put(account, &over).await?;
                    self.settle(account.record()).await;
                    self.give(account, &over)?;
                    return Err(RenewalError::SignedOut(why));
                }
                Redeemed::Failed(failure) => {
                    // An answer came: what is refused later was not lost now.
                    if failure.spends_nothing()
                        && record.asked.is_none()
                        && let Ok(now) = self.record(account).await
                        && now.is_still(&record)
                    {
                        // Where the vault refuses, the provider's failure is still the one to tell.
                        let _noted = self.put(account, &record).await;
                    }
                    self.settle(account.record()).await;
                    return Err(RenewalError::Failed(failure));
                }
            }
        }
    }

    /// The account's record as it is now: the vault's, or a later one that could not be stored.
    async fn record(&self, account: &Account) -> Result<Record, RenewalError> {
        let (vault, name) = (Arc::clone(&self.options.vault), account.record());
        let kept = blocking(move || vault.get(&name)).await??;
        let gone = || {
            let words = "its record is gone".to_owned();
            RenewalError::Failed(RenewalFailure::Here(words))
        };
        let stored = match Record::read(&kept.ok_or_else(gone)?) {
            Kept::SignIn(record) => *record,
            Kept::Key | Kept::Newer(_) => return Err(gone()),
        };
        let mut unsaved = lock(&self.unsaved);
        match unsaved.get(&account.id) {
            None => Ok(stored),
            Some(later) if stored.is_still(&later.stored) => Ok(later.new.clone()),
            Some(_) => {
                unsaved.remove(&account.id);
                Ok(stored)
            }
        }
    }

    async fn put(&self, account: &Account, record: &Record) -> Result<(), RenewalError> {
        let (vault, name, text) = (
            Arc::clone(&self.options.vault),
            account.record(),
            record.text(),
        );
        Ok(blocking(move || vault.put(&name, &text)).await??)
    }

    /// Stores what a spent refresh token gave, in the place of `old`. Where the vault refuses, it is
    /// used all the same: it is the only copy.
    async fn keep(&self, account: &Account, old: Record, new: &Record) {
        for _ in 0..TRIES {
            if self.put(account, new).await.is_ok() {
                lock(&self.unsaved).remove(&account.id);
                self.settle(account.record()).await;
                return;
            }
        }
        tracing::error!(account = %account.id, "the renewed sign-in could not be stored");
        let mut unsaved = lock(&self.unsaved);
        let before = unsaved.remove(&account.id);
        let later = Unsaved {
            new: new.clone(),
            // What takes the place of one that was not stored itself takes that one's place.
            stored: before.map_or(old, |before| before.stored),
        };
        unsaved.insert(account.id.clone(), later);
    }

    async fn save_again(&self) {
        let Some(accounts) = self.accounts.upgrade() else {
            return;
        };
        let unsaved: Vec<AccountId> = lock(&self.unsaved).keys().cloned().collect();
        for id in unsaved {
            let Some((account, _)) = accounts.held(&id) else {
                continue;
            };
            // It is the unsaved one, unless somebody signed in anew.
            let Ok(record) = self.record(&account).await else {
                continue;
            };
            let later = lock(&self.unsaved).get(&id).cloned();
            if let Some(later) = later.filter(|later| later.new.is_still(&record)) {
                self.keep(&account, later.stored, &record).await;
            }
        }
    }

    fn give(&self, account: &Account, record: &Record) -> Result<(), RenewalError> {
        let credential = Credential::of_record(record);
        let signed_out = match &credential {
            Err(CredentialError::SignedOut(why)) => Some(*why),
            Ok(_) | Err(_) => None,
        };
        if let Some(accounts) = self.accounts.upgrade() {
            accounts.set_credential(&account.id, credential);
        }
        signed_out.map_or(Ok(()), |why| Err(RenewalError::SignedOut(why)))
    }

    fn over(&self, account: &Account, held: &Credential, why: SignedOut) -> RenewalError {
        if let Some(accounts) = self.accounts.upgrade()
            && accounts.still_holds(&account.id, held)
        {
            accounts.set_credential(&account.id, Err(CredentialError::SignedOut(why)));
        }
        RenewalError::SignedOut(why)
    }

    fn paused(&self, id: &AccountId, need: Need) -> Option<RenewalError> {
        let failures = lock(&self.failures);
        let failed = failures.get(id)?;
        (failed.last.elapsed() < pause(failed.in_a_row, need)).then(|| failed.error.clone())
    }

    fn remember(&self, id: &AccountId, result: &Result<(), RenewalError>) {
        let mut failures = lock(&self.failures);
        match result {
            Ok(()) | Err(RenewalError::SignedOut(_)) => {
                failures.remove(id);
            }
            Err(error) => {
                tracing::warn!(account = %id, %error, "a sign-in was not renewed");
                let before = failures.get(id);
                let failed = Failures {
                    in_a_row: before.map_or(0, |it| it.in_a_row).saturating_add(1),
                    since: before.map_or_else(|| (self.options.wall)(), |it| it.since),
                    last: Instant::now(),
                    error: error.clone(),
                };
                failures.insert(id.clone(), failed);
            }
        }
        drop(failures);
        self.tell(id);
    }

    /// Says of an account whose secret is over that renewing it fails, or no longer.
    fn tell(&self, id: &AccountId) {
        let over = self
            .signed_in(id)
            .is_some_and(|(_, credential)| self.need(&credential) == Need::Now);
        let trouble = lock(&self.failures).get(id).map(Failures::trouble);
        if let Some(accounts) = self.accounts.upgrade() {
            accounts.set_trouble(id, trouble.filter(|_| over));
        }
    }
}

async fn landed(mut flight: Flight) -> Result<(), RenewalError> {
    let landing = flight.wait_for(Option::is_some).await;
    let result = landing.ok().and_then(|landing| landing.clone());
    result.unwrap_or_else(|| {
        let words = "it was broken off".to_owned();
        Err(RenewalError::Failed(RenewalFailure::Here(words)))
    })
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, RenewalError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| RenewalError::Failed(RenewalFailure::Here(error.to_string())))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Renewal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Renewal").finish_non_exhaustive()
    }
}
