//! Renewing sign-ins: once for all who wait, stored before it is used, and never given up too early.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod browser;
mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use accounts::{
    Account, AccountId, Accounts, CredentialError, CredentialSource, MemoryVault, RenewalError,
    RenewalOptions, Resolver, Secret, SignedOut, Standing, Vault, VaultError, VaultState,
};
use browser::{Plain, agree};
use catalog::{FlowKind, Flows};
use serde_json::Value;
use testkit::{FakeClock, Issuer, IssuerOptions};

struct Bed {
    issuer: Issuer,
    vault: Arc<dyn Vault>,
    clock: FakeClock,
    folder: tempfile::TempDir,
}

fn id() -> AccountId {
    AccountId::new("work").unwrap()
}

fn account() -> Account {
    Account {
        id: id(),
        provider: "own".to_owned(),
        label: "Work".to_owned(),
        source: CredentialSource::Vault,
    }
}

/// A person signed in with the issuer just now.
async fn bed(options: IssuerOptions, vault: Arc<dyn Vault>) -> Bed {
    let issuer = Issuer::start(options);
    let clock = FakeClock::new();
    let mut flows = Flows::of_issuer(issuer.url().parse().unwrap(), None);
    flows.client_id = Some("portolan".to_owned());
    let grant = agree(&flows, FlowKind::Browser).await.unwrap();
    vault
        .put(&account().record(), &grant.record(clock.wall()))
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    Bed {
        issuer,
        vault,
        clock,
        folder,
    }
}

async fn usual(options: IssuerOptions) -> Bed {
    bed(options, Arc::new(MemoryVault::new())).await
}

impl Bed {
    /// A process of its own that shares the vault and the locks.
    fn process(&self) -> Arc<Accounts> {
        self.process_with(Arc::clone(&self.vault), self.folder.path())
    }

    fn process_with(&self, vault: Arc<dyn Vault>, folder: &Path) -> Arc<Accounts> {
        let accounts = Accounts::new(vec![account()], Resolver::new(Arc::clone(&vault), |_| None));
        let clock = self.clock.clone();
        accounts.renew(RenewalOptions {
            vault,
            folder: folder.to_owned(),
            http: Box::new(|provider| {
                assert_eq!(provider, "own");
                Arc::new(Plain)
            }),
            wall: Box::new(move || clock.wall()),
            jitter: 0.0,
            runtime: tokio::runtime::Handle::current(),
        });
        accounts
    }

    fn stored(&self) -> Value {
        let kept = self.vault.get(&account().record()).unwrap().unwrap();
        serde_json::from_str(kept.expose()).unwrap()
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

fn secret(accounts: &Arc<Accounts>) -> String {
    let lease = accounts.lease(&id(), Instant::now()).unwrap();
    lease.secret().unwrap().expose().to_owned()
}

async fn until(told: impl Fn() -> bool) {
    for _ in 0..1000 {
        if told() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(told(), "it did not come to that");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s58_sixteen_that_wait_redeem_once() {
    let bed = usual(IssuerOptions {
        delay: Duration::from_millis(50),
        ..IssuerOptions::default()
    })
    .await;
    let accounts = bed.process();
    let before = secret(&accounts);
    bed.pass(3600);
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let accounts = Arc::clone(&accounts);
            tokio::spawn(async move {
                accounts.live(&id()).await.unwrap();
                secret(&accounts)
            })
        })
        .collect();
    let mut after = Vec::new();
    for task in tasks {
        after.push(task.await.unwrap());
    }
    assert!(after.iter().all(|one| *one == after[0] && *one != before));
    assert_eq!((bed.issuer.redeemed(), bed.issuer.reused()), (1, 0));
    let stored = bed.stored();
    assert_eq!(stored["secret"], after[0].as_str());
    assert_eq!(stored["generation"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s58_four_processes_redeem_once_each_time_and_never_replay() {
    let bed = usual(IssuerOptions::default()).await;
    let processes: Vec<_> = (0..4).map(|_| bed.process()).collect();
    for round in 1..=5 {
        bed.pass(3600);
        let tasks: Vec<_> = processes
            .iter()
            .flat_map(|process| [Arc::clone(process), Arc::clone(process)])
            .map(|process| {
                tokio::spawn(async move {
                    process.live(&id()).await.unwrap();
                    secret(&process)
                })
            })
            .collect();
        for task in tasks {
            let held = task.await.unwrap();
            assert_eq!(bed.stored()["secret"], held.as_str());
        }
        assert_eq!((bed.issuer.redeemed(), bed.issuer.reused()), (round, 0));
    }
}

#[tokio::test]
async fn a_secret_is_renewed_ahead_of_its_end_while_the_old_one_is_used() {
    let bed = usual(IssuerOptions {
        delay: Duration::from_millis(100),
        ..IssuerOptions::default()
    })
    .await;
    let accounts = bed.process();
    let before = secret(&accounts);
    accounts.live(&id()).await.unwrap();
    bed.pass(3301);
    accounts.live(&id()).await.unwrap();
    assert_eq!(secret(&accounts), before, "nobody waits for it");
    until(|| secret(&accounts) != before).await;
    assert_eq!(bed.issuer.redeemed(), 1);
    let known = accounts.signed_in(&id()).unwrap();
    assert!(known.renewable);
    let rest = known.expires.unwrap().duration_since(bed.clock.wall());
    assert!(rest.unwrap() > Duration::from_secs(3500));
}

#[tokio::test]
async fn who_leaves_does_not_break_a_renewal_off() {
    let bed = usual(IssuerOptions {
        delay: Duration::from_millis(700),
        ..IssuerOptions::default()
    })
    .await;
    let accounts = bed.process();
    let before = secret(&accounts);
    bed.pass(3600);
    let left = tokio::time::timeout(Duration::from_millis(20), accounts.live(&id())).await;
    assert!(left.is_err());
    until(|| secret(&accounts) != before).await;
    assert_eq!(bed.issuer.redeemed(), 1);
}

#[tokio::test]
async fn a_refresh_token_that_is_not_replaced_is_used_again() {
    let bed = usual(IssuerOptions {
        rotates: false,
        ..IssuerOptions::default()
    })
    .await;
    let accounts = bed.process();
    let refresh = bed.stored()["refresh"].clone();
    for round in 1..=2 {
        bed.pass(3600);
        accounts.live(&id()).await.unwrap();
        assert_eq!(bed.issuer.redeemed(), round);
        assert_eq!(bed.stored()["refresh"], refresh);
    }
}

#[tokio::test]
async fn an_expired_refresh_token_asks_for_a_new_sign_in_and_keeps_what_it_had() {
    let bed = usual(IssuerOptions::default()).await;
    let accounts = bed.process();
    bed.issuer.end();
    bed.pass(3600);
    let error = accounts.live(&id()).await.unwrap_err();
    assert!(matches!(error, RenewalError::SignedOut(SignedOut::Refused)));
    let told = accounts.credential_error(&id()).unwrap();
    assert!(matches!(
        *told,
        CredentialError::SignedOut(SignedOut::Refused)
    ));
    let standing = accounts.standing(&id(), Instant::now());
    assert_eq!(standing, Some(Standing::NoCredential));
    let stored = bed.stored();
    assert_eq!(stored["ended"], "refused");
    assert!(stored["refresh"].as_str().unwrap().starts_with("refresh-"));
    let asked = bed.issuer.requests().len();
    let anew = bed.process();
    let told = anew.credential_error(&id()).unwrap();
    assert!(matches!(
        *told,
        CredentialError::SignedOut(SignedOut::Refused)
    ));
    anew.live(&id()).await.unwrap();
    assert_eq!(bed.issuer.requests().len(), asked, "it was asked again");
}

#[tokio::test]
async fn a_refusal_reads_again_before_it_gives_up() {
    // A process that shares the vault, but not the locks, renews while this one asks.
    let bed = usual(IssuerOptions {
        delay: Duration::from_millis(200),
        ..IssuerOptions::default()
    })
    .await;
    let elsewhere = tempfile::tempdir().unwrap();
    let first = bed.process();
    let second = bed.process_with(Arc::clone(&bed.vault), elsewhere.path());
    bed.pass(3600);
    let id = id();
    let (one, two) = tokio::join!(first.live(&id), second.live(&id));
    assert_eq!(bed.issuer.reused(), 1, "the two did not meet");
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    assert_eq!(secret(&first), secret(&second));
    assert_eq!(bed.stored()["ended"], Value::Null);
}

#[tokio::test]
async fn a_failure_keeps_the_old_secret_while_it_lives() {
    let bed = usual(IssuerOptions::default()).await;
    let accounts = bed.process();
    let before = secret(&accounts);
    bed.issuer.break_down(true);
    bed.pass(3301);
    let asked = bed.issuer.requests().len();
    accounts.live(&id()).await.unwrap();
    until(|| bed.issuer.requests().len() > asked).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    accounts.live(&id()).await.unwrap();
    assert_eq!(secret(&accounts), before);
    assert_eq!(bed.issuer.requests().len(), asked + 1, "no pause");
    bed.pass(300);
    let error = accounts.live(&id()).await.unwrap_err();
    assert!(matches!(error, RenewalError::Failed(_)), "{error}");
    assert_eq!(bed.stored()["ended"], Value::Null);
    // Somebody who has not failed yet asks at once.
    bed.issuer.break_down(false);
    let other = bed.process();
    other.live(&id()).await.unwrap();
    assert_ne!(secret(&other), before);
}

#[tokio::test]
async fn a_vault_that_cannot_be_written_spends_no_refresh_token() {
    let home = tempfile::tempdir().unwrap();
    let vault = Arc::new(common::with_master(home.path(), common::MASTER));
    let bed = bed(IssuerOptions::default(), vault).await;
    let accounts = bed.process();
    bed.pass(3600);
    // A folder in the place of the new file stops every write, for root as well.
    let new = home.path().join("vault.bin.new");
    std::fs::create_dir(&new).unwrap();
    let error = accounts.live(&id()).await.unwrap_err();
    assert!(matches!(error, RenewalError::Vault(_)), "{error}");
    assert_eq!(bed.issuer.redeemed(), 0);
    std::fs::remove_dir(&new).unwrap();
    bed.process().live(&id()).await.unwrap();
    assert_eq!(bed.issuer.redeemed(), 1);
}

#[tokio::test]
async fn a_secret_refused_before_its_time_is_renewed_once() {
    let bed = usual(IssuerOptions::default()).await;
    let accounts = bed.process();
    let used = Secret::new(secret(&accounts)).unwrap();
    assert!(!accounts.refused(&id(), &used).await, "it was too young");
    bed.pass(120);
    assert!(accounts.refused(&id(), &used).await);
    assert_ne!(secret(&accounts), used.expose());
    assert!(accounts.refused(&id(), &used).await, "there is another");
    assert_eq!(bed.issuer.redeemed(), 1);
}

#[tokio::test]
async fn without_a_refresh_token_the_end_asks_for_a_new_sign_in() {
    let bed = usual(IssuerOptions::default()).await;
    let mut stored = bed.stored();
    stored["refresh"] = Value::Null;
    let text = Secret::new(stored.to_string()).unwrap();
    bed.vault.put(&account().record(), &text).unwrap();
    let accounts = bed.process();
    bed.pass(3500);
    accounts.live(&id()).await.unwrap();
    assert!(!accounts.signed_in(&id()).unwrap().renewable);
    bed.pass(100);
    let error = accounts.live(&id()).await.unwrap_err();
    assert!(matches!(error, RenewalError::SignedOut(SignedOut::Expired)));
    let told = accounts.credential_error(&id()).unwrap();
    assert!(matches!(
        *told,
        CredentialError::SignedOut(SignedOut::Expired)
    ));
}

#[tokio::test]
async fn a_plain_key_is_a_key_as_before() {
    for text in [
        "sk-plain",
        "{\"a\":1}",
        "{\"portolan\":\"key\",\"version\":1}",
    ] {
        let vault = Arc::new(MemoryVault::new());
        let key = Secret::new(text.to_owned()).unwrap();
        vault.put(&account().record(), &key).unwrap();
        let resolver = Resolver::new(vault, |_| None);
        let accounts = Accounts::new(vec![account()], resolver);
        accounts.live(&id()).await.unwrap();
        assert_eq!(secret(&accounts), text);
        assert_eq!(accounts.signed_in(&id()), None);
    }
}

#[tokio::test]
async fn a_record_of_a_newer_program_is_told() {
    let vault = Arc::new(MemoryVault::new());
    let text = r#"{"portolan":"sign-in","version":7,"anything":true}"#;
    let kept = Secret::new(text.to_owned()).unwrap();
    vault.put(&account().record(), &kept).unwrap();
    let accounts = Accounts::new(vec![account()], Resolver::new(vault, |_| None));
    let told = accounts.credential_error(&id()).unwrap();
    assert!(matches!(*told, CredentialError::NewerFormat(7)), "{told}");
}

#[tokio::test]
async fn who_signs_in_anew_or_out_during_a_renewal_is_not_undone() {
    for anew in [true, false] {
        let bed = usual(IssuerOptions {
            delay: Duration::from_millis(200),
            ..IssuerOptions::default()
        })
        .await;
        let accounts = bed.process();
        bed.pass(3600);
        let renewing = Arc::clone(&accounts);
        let renewing = tokio::spawn(async move { renewing.live(&id()).await });
        until(|| bed.issuer.redeemed() == 1).await;
        let mut stored = bed.stored();
        stored["secret"] = "anew".into();
        stored["generation"] = 1.into();
        stored["expires"] = Value::Null;
        if anew {
            let text = Secret::new(stored.to_string()).unwrap();
            bed.vault.put(&account().record(), &text).unwrap();
            renewing.await.unwrap().unwrap();
            assert_eq!(bed.stored()["secret"], "anew");
            assert_eq!(secret(&accounts), "anew");
        } else {
            bed.vault.remove(&account().record()).unwrap();
            let error = renewing.await.unwrap().unwrap_err();
            assert!(matches!(error, RenewalError::Failed(_)), "{error}");
            assert!(bed.vault.get(&account().record()).unwrap().is_none());
        }
    }
}

/// A vault that takes nothing while it is stuck.
#[derive(Debug, Default)]
struct Stuck {
    inner: MemoryVault,
    stuck: AtomicBool,
}

impl Vault for Stuck {
    fn get(&self, name: &str) -> Result<Option<Secret>, VaultError> {
        self.inner.get(name)
    }

    fn put(&self, name: &str, secret: &Secret) -> Result<(), VaultError> {
        if self.stuck.load(Ordering::Relaxed) {
            return Err(VaultError::Busy);
        }
        self.inner.put(name, secret)
    }

    fn remove(&self, name: &str) -> Result<bool, VaultError> {
        self.inner.remove(name)
    }

    fn names(&self) -> Result<Vec<String>, VaultError> {
        self.inner.names()
    }

    fn state(&self) -> VaultState {
        self.inner.state()
    }

    fn start_over(&self) -> Result<Option<PathBuf>, VaultError> {
        self.inner.start_over()
    }

    fn accept_older(&self) -> Result<(), VaultError> {
        self.inner.accept_older()
    }
}

#[tokio::test]
async fn what_could_not_be_stored_does_not_undo_a_new_sign_in() {
    for anew in [true, false] {
        let vault = Arc::new(Stuck::default());
        let options = IssuerOptions {
            delay: Duration::from_millis(200),
            ..IssuerOptions::default()
        };
        let bed = bed(options, Arc::clone(&vault) as Arc<dyn Vault>).await;
        let accounts = bed.process();
        let before = secret(&accounts);
        bed.pass(3600);
        let renewing = Arc::clone(&accounts);
        let renewing = tokio::spawn(async move { renewing.live(&id()).await });
        until(|| bed.issuer.redeemed() == 1).await;
        vault.stuck.store(true, Ordering::Relaxed);
        renewing.await.unwrap().unwrap();
        assert_eq!(bed.stored()["secret"], before.as_str());
        assert_ne!(secret(&accounts), before, "it is used all the same");
        vault.stuck.store(false, Ordering::Relaxed);
        if anew {
            let mut stored = bed.stored();
            stored["secret"] = "anew".into();
            stored["generation"] = 1.into();
            stored["expires"] = Value::Null;
            let text = Secret::new(stored.to_string()).unwrap();
            vault.put(&account().record(), &text).unwrap();
        }
        bed.pass(3600);
        accounts.live(&id()).await.unwrap();
        assert_eq!(secret(&accounts) == "anew", anew);
        assert_eq!(bed.stored()["secret"], secret(&accounts).as_str());
        assert_eq!(bed.issuer.redeemed(), if anew { 1 } else { 2 });
        assert_eq!(bed.issuer.reused(), 0);
    }
}
