//! The accounts in use: their secrets as last read, their health, and who goes first.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Instant, SystemTime};

use tokio::sync::watch;

use crate::account::{Account, AccountId, CredentialSource};
use crate::credential::{Credential, CredentialError, CredentialKind, Resolver};
use crate::health::{Health, Outcome, Standing};
use crate::lease::{Lease, LeaseError};
use crate::renewal::{Renewal, RenewalError, RenewalOptions, RenewalTrouble};
use crate::secret::Secret;

type Resolved = Result<Option<Arc<Credential>>, Arc<CredentialError>>;

#[derive(Debug)]
struct Entry {
    account: Account,
    credential: Resolved,
    health: Health,
    /// Why its secret, which is over, has no successor yet.
    trouble: Option<RenewalTrouble>,
    in_use: usize,
}

/// All accounts, shared by the data plane and control.
///
/// Secrets are read when accounts are loaded and on [`Accounts::reload`], never in between: a
/// changed key file or a vault that was unlocked meanwhile takes effect with the next reload.
#[derive(Debug)]
pub struct Accounts {
    resolver: Resolver,
    /// Held while secrets are read, so that two reloads cannot overtake each other.
    loading: Mutex<()>,
    /// They are few, and looked up several times in each request: comparing names is quicker than
    /// hashing one.
    entries: Mutex<BTreeMap<AccountId, Entry>>,
    renewal: OnceLock<Arc<Renewal>>,
    /// Counts how often an account came to stand differently.
    turns: watch::Sender<u64>,
}

/// What is known of an account's sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedIn {
    /// When its secret ends; `None`: not said.
    pub expires: Option<SystemTime>,
    /// Whether it is renewed before that, without a person.
    pub renewable: bool,
}

impl Accounts {
    /// Loads `accounts` with their secrets. May wait for the vault.
    #[must_use]
    pub fn new(accounts: Vec<Account>, resolver: Resolver) -> Arc<Self> {
        let new = Self {
            resolver,
            loading: Mutex::new(()),
            entries: Mutex::new(BTreeMap::new()),
            renewal: OnceLock::new(),
            turns: watch::Sender::new(0),
        };
        new.replace(accounts);
        Arc::new(new)
    }

    /// Keeps the sign-ins among them alive from now on; a second call changes nothing.
    pub fn renew(self: &Arc<Self>, options: RenewalOptions) {
        let renewal = Renewal::new(Arc::downgrade(self), options);
        if self.renewal.set(Arc::clone(&renewal)).is_ok() {
            renewal.watch();
        }
    }

    /// Sees to it that the account's secret is alive, to be called before [`Accounts::lease`]. Waits
    /// only where a sign-in's secret is over and is renewed; a key is always alive.
    ///
    /// # Errors
    /// The secret is over, and there is no new one now.
    pub async fn live(&self, id: &AccountId) -> Result<(), RenewalError> {
        match self.renewal.get() {
            Some(renewal) => renewal.live(id).await,
            None => Ok(()),
        }
    }

    /// Renews a sign-in whose secret the provider refused before its time. Whether there is another
    /// secret now, so that the call can be made once more.
    pub async fn refused(&self, id: &AccountId, used: &Secret) -> bool {
        match self.renewal.get() {
            Some(renewal) => renewal.refused(id, used).await,
            None => false,
        }
    }

    /// Changes whenever an account comes to stand differently by itself: cooling, rejected, signed out,
    /// or ready again.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.turns.subscribe()
    }

    /// Waits until no renewal is under way: what a spent refresh token gave is stored then.
    pub async fn settled(&self) {
        if let Some(renewal) = self.renewal.get() {
            renewal.settled().await;
        }
    }

    /// What is known of the account's sign-in; `None` where it has a key, or nothing.
    #[must_use]
    pub fn signed_in(&self, id: &AccountId) -> Option<SignedIn> {
        let (_, credential) = self.held(id)?;
        match credential.kind {
            CredentialKind::ApiKey => None,
            CredentialKind::SignIn => Some(SignedIn {
                expires: credential.expires,
                renewable: credential.renewable,
            }),
        }
    }

    /// Why the account's secret, which is over, was not renewed; `None` where it lives, or where nobody
    /// has tried yet.
    #[must_use]
    pub fn renewal_trouble(&self, id: &AccountId) -> Option<RenewalTrouble> {
        self.entries().get(id)?.trouble.clone()
    }

    pub(crate) fn set_trouble(&self, id: &AccountId, trouble: Option<RenewalTrouble>) {
        if let Some(entry) = self.entries().get_mut(id) {
            let turned = entry.trouble.is_some() != trouble.is_some();
            entry.trouble = trouble;
            if turned {
                self.turns.send_modify(|count| *count += 1);
            }
        }
    }

    pub(crate) fn held(&self, id: &AccountId) -> Option<(Account, Arc<Credential>)> {
        let entries = self.entries();
        let entry = entries.get(id)?;
        match &entry.credential {
            Ok(Some(credential)) => Some((entry.account.clone(), Arc::clone(credential))),
            Ok(None) | Err(_) => None,
        }
    }

    /// The account and its secret, if that is a sign-in's. Every request asks: of a key nothing is
    /// copied.
    pub(crate) fn held_sign_in(&self, id: &AccountId) -> Option<(Account, Arc<Credential>)> {
        let entries = self.entries();
        let entry = entries.get(id)?;
        match &entry.credential {
            Ok(Some(credential)) if credential.kind == CredentialKind::SignIn => {
                Some((entry.account.clone(), Arc::clone(credential)))
            }
            Ok(_) | Err(_) => None,
        }
    }

    /// Whether the account's secret is still this one.
    pub(crate) fn still_holds(&self, id: &AccountId, credential: &Credential) -> bool {
        let held = self.held(id);
        held.is_some_and(|(_, held)| held.secret.expose() == credential.secret.expose())
    }

    /// Puts a credential in the place of the account's. A new secret begins with a good name.
    pub(crate) fn set_credential(
        &self,
        id: &AccountId,
        credential: Result<Credential, CredentialError>,
    ) {
        let credential = match credential {
            Ok(credential) => Ok(Some(Arc::new(credential))),
            Err(error) => Err(Arc::new(error)),
        };
        if let Some(entry) = self.entries().get_mut(id) {
            if !same_secret(&entry.credential, &credential) {
                entry.health = Health::default();
            }
            let turned = entry.credential.is_ok() != credential.is_ok() || entry.trouble.is_some();
            entry.credential = credential;
            entry.trouble = None;
            if turned {
                self.turns.send_modify(|count| *count += 1);
            }
        }
    }

    /// Gives the account a key in the place of its own, once the vault has it. It begins with a good
    /// name, also where it is the same key again: its owner says that it is right.
    pub fn set_key(&self, id: &AccountId, key: Secret) {
        let loading = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = self.entries().get_mut(id) {
            entry.account.source = CredentialSource::Vault;
            entry.credential = Ok(Some(Arc::new(Credential::key(key))));
            entry.health = Health::default();
            entry.trouble = None;
        }
        drop(loading);
    }

    /// Makes `accounts` the whole list, reading every secret anew. May wait for the vault.
    /// An account that stays keeps its health, unless its secret changed. Of two accounts with one
    /// name the later is kept.
    pub fn replace(&self, accounts: Vec<Account>) {
        let loading = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        self.load(accounts);
        drop(loading);
    }

    /// Reads every secret anew. May wait for the vault.
    pub fn reload(&self) {
        let loading = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        let accounts = self
            .entries()
            .values()
            .map(|entry| entry.account.clone())
            .collect();
        self.load(accounts);
        drop(loading);
    }

    fn load(&self, accounts: Vec<Account>) {
        let resolved: Vec<(Account, Resolved)> = accounts
            .into_iter()
            .map(|account| {
                let credential = match self.resolver.resolve(&account) {
                    Ok(credential) => Ok(credential.map(Arc::new)),
                    Err(error) => Err(Arc::new(error)),
                };
                (account, credential)
            })
            .collect();
        let mut entries = self.entries();
        let mut earlier = std::mem::take(&mut *entries);
        for (account, credential) in resolved {
            let (health, trouble, in_use) = match earlier.remove(&account.id) {
                Some(old) if same_secret(&old.credential, &credential) => {
                    (old.health, old.trouble, old.in_use)
                }
                Some(old) => (Health::default(), None, old.in_use),
                None => (Health::default(), None, 0),
            };
            entries.insert(
                account.id.clone(),
                Entry {
                    account,
                    credential,
                    health,
                    trouble,
                    in_use,
                },
            );
        }
    }

    /// Lends the account for one call that starts at `now`.
    ///
    /// # Errors
    /// An unknown name, or an account without its secret; never an account's health.
    pub fn lease(self: &Arc<Self>, id: &AccountId, now: Instant) -> Result<Lease, LeaseError> {
        let mut entries = self.entries();
        let Some(entry) = entries.get_mut(id) else {
            return Err(LeaseError::Unknown { id: id.clone() });
        };
        match &entry.credential {
            Err(reason) => Err(LeaseError::NoCredential {
                id: id.clone(),
                reason: Arc::clone(reason),
            }),
            Ok(credential) => {
                let credential = credential.clone();
                entry.in_use += 1;
                drop(entries);
                Ok(Lease::new(Arc::clone(self), id.clone(), credential, now))
            }
        }
    }

    /// Lends the account with a secret that is not its own, for one call that starts at `now`. What
    /// becomes of the call says nothing of the account, which need not have a secret at all.
    ///
    /// # Errors
    /// An unknown name.
    pub fn lease_with(
        self: &Arc<Self>,
        id: &AccountId,
        brought: Arc<Credential>,
        now: Instant,
    ) -> Result<Lease, LeaseError> {
        let mut entries = self.entries();
        let Some(entry) = entries.get_mut(id) else {
            return Err(LeaseError::Unknown { id: id.clone() });
        };
        entry.in_use += 1;
        drop(entries);
        Ok(Lease::new(Arc::clone(self), id.clone(), Some(brought), now))
    }

    /// `ids` with the healthy first, then the cooling, the unrenewed, the rejected, those without a secret and the
    /// unknown; otherwise in the order given.
    #[must_use]
    pub fn order(&self, ids: &[AccountId], now: Instant) -> Vec<AccountId> {
        let entries = self.entries();
        let mut ranked: Vec<(u8, &AccountId)> = ids
            .iter()
            .map(|id| {
                (
                    entries
                        .get(id)
                        .map_or(u8::MAX, |entry| entry.standing(now).rank()),
                    id,
                )
            })
            .collect();
        drop(entries);
        ranked.sort_by_key(|&(rank, _)| rank);
        ranked.into_iter().map(|(_, id)| id.clone()).collect()
    }

    /// Where the account stands at `now`; `None` for an unknown one.
    #[must_use]
    pub fn standing(&self, id: &AccountId, now: Instant) -> Option<Standing> {
        self.entries().get(id).map(|entry| entry.standing(now))
    }

    /// Why the account has no secret, if it has none.
    #[must_use]
    pub fn credential_error(&self, id: &AccountId) -> Option<Arc<CredentialError>> {
        self.entries()
            .get(id)
            .and_then(|entry| entry.credential.as_ref().err().cloned())
    }

    /// How many calls the account serves right now, for the least-busy strategy.
    #[must_use]
    pub fn in_use(&self, id: &AccountId) -> usize {
        self.entries().get(id).map_or(0, |entry| entry.in_use)
    }

    /// All accounts, by name.
    #[must_use]
    pub fn list(&self) -> Vec<Account> {
        let mut list: Vec<Account> = self
            .entries()
            .values()
            .map(|entry| entry.account.clone())
            .collect();
        list.sort_by(|left, right| left.id.cmp(&right.id));
        list
    }

    pub(crate) fn record(
        &self,
        id: &AccountId,
        used: Option<&Arc<Credential>>,
        outcome: Outcome,
        started: Instant,
        now: Instant,
    ) {
        if let Some(entry) = self.entries().get_mut(id)
            && entry.holds(used)
        {
            let before = entry.standing(now).rank();
            entry.health.record(outcome, started, now);
            if entry.standing(now).rank() != before {
                self.turns.send_modify(|count| *count += 1);
            }
        }
    }

    pub(crate) fn give_back(&self, id: &AccountId) {
        if let Some(entry) = self.entries().get_mut(id) {
            entry.in_use = entry.in_use.saturating_sub(1);
        }
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<AccountId, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn standing(&self, now: Instant) -> Standing {
        match &self.credential {
            Ok(_) => match self.health.standing(now) {
                Standing::Ready | Standing::Cooling { .. } if self.trouble.is_some() => {
                    Standing::Unrenewed
                }
                health => health,
            },
            Err(_) => Standing::NoCredential,
        }
    }

    /// Whether the account still has the secret that a call used: the answer to an old key says
    /// nothing about its successor.
    fn holds(&self, used: Option<&Arc<Credential>>) -> bool {
        match (&self.credential, used) {
            (Ok(Some(now)), Some(then)) => now.secret.expose() == then.secret.expose(),
            (Ok(None), None) => true,
            (Ok(_) | Err(_), _) => false,
        }
    }
}

fn same_secret(old: &Resolved, new: &Resolved) -> bool {
    match (old, new) {
        (Ok(Some(old)), Ok(Some(new))) => old.secret.expose() == new.secret.expose(),
        (Ok(None), Ok(None)) => true,
        (Ok(_) | Err(_), _) => false,
    }
}
