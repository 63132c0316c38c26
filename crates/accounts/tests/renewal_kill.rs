//! Renewals whose process is killed, at each step and at any moment: signed in still, or told why not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod browser;
mod common;
mod stops;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use accounts::{
    Account, AccountId, Accounts, CredentialError, CredentialSource, FileVault, Http, RenewalError,
    RenewalOptions, Resolver, SignedOut, Vault,
};
use browser::{Plain, agree};
use catalog::{FlowKind, Flows};
use common::{MASTER, with_master};
use serde_json::Value;
use stops::{Stops, hold};
use testkit::{Issuer, IssuerOptions};

const HOME: &str = "PORTOLAN_TEST_KILLED_HOME";
const STEP: &str = "PORTOLAN_TEST_KILLED_STEP";
const AHEAD: &str = "PORTOLAN_TEST_KILLED_AHEAD";
/// Longer than a secret lives, in seconds.
const OVER: u64 = 4000;

fn account() -> Account {
    Account {
        id: AccountId::new("work").unwrap(),
        provider: "own".to_owned(),
        label: "Work".to_owned(),
        source: CredentialSource::Vault,
    }
}

/// A process of its own, whose clock is ahead by some seconds.
fn process(
    home: &Path,
    vault: Arc<dyn Vault>,
    http: Arc<dyn Http>,
    ahead: &Arc<AtomicU64>,
) -> Arc<Accounts> {
    let accounts = Accounts::new(vec![account()], Resolver::new(Arc::clone(&vault), |_| None));
    let ahead = Arc::clone(ahead);
    accounts.renew(RenewalOptions {
        vault,
        folder: home.join("locks"),
        http: Box::new(move |_| Arc::clone(&http)),
        wall: Box::new(move || {
            SystemTime::now() + Duration::from_secs(ahead.load(Ordering::Relaxed))
        }),
        jitter: 0.0,
        runtime: tokio::runtime::Handle::current(),
    });
    accounts
}

/// Not a test of its own: the body of the child processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn renewer() {
    let Some(home) = std::env::var_os(HOME).map(PathBuf::from) else {
        return;
    };
    let ahead = std::env::var(AHEAD).unwrap().parse().unwrap();
    let ahead = Arc::new(AtomicU64::new(ahead));
    let vault = with_master(&home, MASTER);
    if let Ok(step) = std::env::var(STEP) {
        let stops = Arc::new(Stops::new(vault, step, home.join("stopped")));
        let http: Arc<dyn Http> = Arc::clone(&stops) as Arc<dyn Http>;
        let accounts = process(&home, stops, http, &ahead);
        accounts.live(&account().id).await.unwrap();
        hold(&home.join("stopped"));
    }
    let accounts = process(&home, Arc::new(vault), Arc::new(Plain), &ahead);
    loop {
        accounts.live(&account().id).await.unwrap();
        ahead.fetch_add(OVER, Ordering::Relaxed);
    }
}

/// A child that does not outlive its test.
struct Renewer(Child);

impl Renewer {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Renewer {
    fn drop(&mut self) {
        // Killed already, unless the test failed.
        let _gone = self.0.kill();
    }
}

fn start_renewer(home: &Path, step: Option<&str>, ahead: u64) -> Renewer {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["renewer", "--exact"])
        .env(HOME, home)
        .env(AHEAD, ahead.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(step) = step {
        child.env(STEP, step);
    }
    Renewer(child.spawn().unwrap())
}

/// A person signs in.
async fn sign_in(issuer: &Issuer, vault: &FileVault, now: SystemTime) {
    let mut flows = Flows::of_issuer(issuer.url().parse().unwrap(), None);
    flows.client_id = Some("portolan".to_owned());
    let grant = agree(&flows, FlowKind::Browser).await.unwrap();
    vault.put(&account().record(), &grant.record(now)).unwrap();
}

fn stored(vault: &FileVault) -> Value {
    let kept = vault.get(&account().record()).unwrap().unwrap();
    serde_json::from_str(kept.expose()).unwrap()
}

fn journals(home: &Path) -> usize {
    let files = std::fs::read_dir(home).unwrap();
    let name = |file: std::io::Result<std::fs::DirEntry>| file.unwrap().file_name();
    let is_journal = |file: &std::ffi::OsString| file.to_string_lossy().contains("journal");
    files.map(name).filter(is_journal).count()
}

/// No text of a secret lies in any file.
fn is_sealed(home: &Path, record: &Value) -> bool {
    let secrets = [&record["secret"], &record["refresh"]];
    let secrets: Vec<&str> = secrets.iter().filter_map(|it| it.as_str()).collect();
    assert_eq!(secrets.len(), 2);
    std::fs::read_dir(home).unwrap().all(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        secrets.iter().all(|secret| !text.contains(secret))
    })
}

/// The steps of a renewal, in order, and whether the provider's answer is kept once it is there.
const STEPS: [(&str, Fate); 12] = [
    ("before put 1", Fate::Unasked),
    ("after put 1", Fate::Unasked),
    ("before ready 1", Fate::Unasked),
    ("after ready 1", Fate::Unasked),
    ("before question 1", Fate::Unasked),
    ("after question 1", Fate::Lost),
    ("before keep 1", Fate::Lost),
    ("after keep 1", Fate::Kept),
    ("before put 2", Fate::Kept),
    ("after put 2", Fate::Kept),
    ("before forget 2", Fate::Kept),
    ("after forget 2", Fate::Kept),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Unasked,
    Lost,
    Kept,
}

async fn killed_at(step: &str, fate: Fate, rotates: bool) {
    let issuer = Issuer::start(IssuerOptions {
        rotates,
        ..IssuerOptions::default()
    });
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let vault = with_master(home, MASTER);
    sign_in(&issuer, &vault, SystemTime::now()).await;
    let mut first = start_renewer(home, Some(step), OVER);
    let end = Instant::now() + Duration::from_secs(60);
    while !home.join("stopped").exists() {
        assert!(Instant::now() < end, "{step}: it never came to that");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // A second process wants the same while the first one lives.
    let ahead = Arc::new(AtomicU64::new(OVER));
    let second = process(
        home,
        Arc::new(with_master(home, MASTER)),
        Arc::new(Plain),
        &ahead,
    );
    let waiting = Arc::clone(&second);
    let waiting = tokio::spawn(async move { waiting.live(&account().id).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let asked = usize::from(fate != Fate::Unasked);
    assert_eq!(issuer.redeemed(), asked, "{step}: by the first one alone");
    first.kill();
    let renewed = waiting.await.unwrap();
    if fate == Fate::Lost && rotates {
        let lost = |error| matches!(error, RenewalError::SignedOut(SignedOut::Lost));
        assert!(lost(renewed.unwrap_err()), "{step}");
        let told = second.credential_error(&account().id).unwrap();
        let lost = CredentialError::SignedOut(SignedOut::Lost);
        assert_eq!(told.to_string(), lost.to_string(), "{step}");
        assert_eq!(stored(&vault)["ended"], "lost", "{step}");
    } else {
        renewed.unwrap_or_else(|error| panic!("{step}: {error}"));
        let lease = second.lease(&account().id, Instant::now()).unwrap();
        let record = stored(&vault);
        assert_eq!(record["secret"], lease.secret().unwrap().expose(), "{step}");
        assert_eq!(record["asked"], Value::Null, "{step}");
        let lost = usize::from(fate == Fate::Lost);
        assert_eq!(
            (issuer.redeemed(), issuer.reused()),
            (1 + lost, 0),
            "{step}"
        );
        // What the provider gave is good for the next one, too.
        ahead.fetch_add(OVER, Ordering::Relaxed);
        second.live(&account().id).await.unwrap();
        assert_eq!(
            (issuer.redeemed(), issuer.reused()),
            (2 + lost, 0),
            "{step}"
        );
    }
    assert_eq!(journals(home), 0, "{step}: nothing is left over");
    assert!(is_sealed(home, &stored(&vault)), "{step}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s58_killed_at_each_step_the_account_is_signed_in_or_says_why_not() {
    for (step, fate) in STEPS {
        killed_at(step, fate, true).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_tokens_do_not_rotate_a_kill_costs_nothing_at_all() {
    for step in ["after question 1", "before keep 1", "after keep 1"] {
        let fate = STEPS.iter().find(|(name, _)| *name == step).unwrap().1;
        killed_at(step, fate, false).await;
    }
}

/// Until the last question of a dead process is answered, for it may have been under way.
async fn quiet(issuer: &Issuer) {
    let mut before = None;
    while before != Some(issuer.requests().len()) {
        before = Some(issuer.requests().len());
        tokio::time::sleep(Duration::from_millis(80)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s58_killed_at_any_moment_what_arrived_is_not_lost() {
    let issuer = Issuer::start(IssuerOptions::default());
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let vault = with_master(home, MASTER);
    let ahead = Arc::new(AtomicU64::new(0));
    let now = || SystemTime::now() + Duration::from_secs(ahead.load(Ordering::Relaxed));
    sign_in(&issuer, &vault, now()).await;
    let (mut signed_in, mut base, mut reused) = (0, 0, 0);
    for round in 0..30_u64 {
        ahead.fetch_add(1_000_000, Ordering::Relaxed);
        let mut renewing = start_renewer(home, None, ahead.load(Ordering::Relaxed));
        std::thread::sleep(Duration::from_micros(40_000 + round * 7_919 % 60_000));
        renewing.kill();
        quiet(&issuer).await;
        let spent = issuer.redeemed();
        // What was on the disk when the process died.
        let journaled = vault.journaled(&account().record()).unwrap();
        let journaled = journaled.and_then(|text| {
            let entry: Value = serde_json::from_str(text.expose()).unwrap();
            entry["new"]["generation"].as_u64()
        });
        let arrived = journaled
            .max(stored(&vault)["generation"].as_u64())
            .unwrap();
        ahead.fetch_add(500_000, Ordering::Relaxed);
        let http: Arc<dyn Http> = Arc::new(Plain);
        let next = process(home, Arc::new(with_master(home, MASTER)), http, &ahead);
        let renewed = next.live(&account().id).await;
        if arrived == (spent - base) as u64 + 1 {
            renewed.unwrap_or_else(|error| panic!("round {round}: {error}"));
            assert_eq!(issuer.reused(), reused, "round {round}");
            signed_in += 1;
        } else {
            let lost = RenewalError::SignedOut(SignedOut::Lost).to_string();
            assert_eq!(renewed.unwrap_err().to_string(), lost, "round {round}");
            (base, reused) = (issuer.redeemed(), issuer.reused());
            sign_in(&issuer, &vault, now()).await;
        }
        next.settled().await;
    }
    assert!(signed_in > 5, "{signed_in} of 30");
}
