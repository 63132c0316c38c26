//! Renewals by several processes that share a vault: each secret is redeemed by one of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod browser;
mod common;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use accounts::{
    Account, AccountId, Accounts, CredentialSource, RenewalError, RenewalOptions, Resolver, Secret,
    Vault,
};
use browser::{Plain, agree};
use catalog::{FlowKind, Flows};
use common::{MASTER, with_master};
use serde_json::Value;
use testkit::{Issuer, IssuerOptions};

const HOME: &str = "PORTOLAN_TEST_RENEWER_HOME";
/// How long each process lives; the secrets live two seconds.
const TIME: Duration = Duration::from_secs(7);

fn account() -> Account {
    Account {
        id: AccountId::new("work").unwrap(),
        provider: "own".to_owned(),
        label: "Work".to_owned(),
        source: CredentialSource::Vault,
    }
}

/// Not a test of its own: the body of the child processes.
#[tokio::test]
async fn renewer() {
    let Some(home) = std::env::var_os(HOME).map(PathBuf::from) else {
        return;
    };
    let vault: Arc<dyn Vault> = Arc::new(with_master(&home, MASTER));
    let accounts = Accounts::new(vec![account()], Resolver::new(Arc::clone(&vault), |_| None));
    accounts.renew(RenewalOptions {
        vault,
        folder: home.join("locks"),
        http: Box::new(|_| Arc::new(Plain)),
        wall: Box::new(SystemTime::now),
        jitter: f64::from(std::process::id() % 10) / 10.0,
        runtime: tokio::runtime::Handle::current(),
    });
    let end = Instant::now() + TIME;
    while Instant::now() < end {
        for _ in 0..8 {
            // A machine under load may be slow; nobody may be signed out.
            let alive = accounts.live(&account().id).await;
            let signed_out = matches!(alive, Err(RenewalError::SignedOut(_)));
            assert!(!signed_out, "{alive:?}");
            let lease = accounts.lease(&account().id, Instant::now()).unwrap();
            assert!(lease.secret().is_some());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn start_renewer(home: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["renewer", "--exact"])
        .env(HOME, home)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn s58_processes_take_turns_and_no_refresh_token_is_replayed() {
    let issuer = Issuer::start(IssuerOptions {
        lifetime: 2,
        ..IssuerOptions::default()
    });
    let mut flows = Flows::of_issuer(issuer.url().parse().unwrap(), None);
    flows.client_id = Some("portolan".to_owned());
    let grant = agree(&flows, FlowKind::Browser).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let vault = with_master(home.path(), MASTER);
    let record: Secret = grant.record(SystemTime::now());
    vault.put(&account().record(), &record).unwrap();
    let processes: Vec<Child> = (0..4).map(|_| start_renewer(home.path())).collect();
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    assert_eq!(issuer.reused(), 0, "a spent refresh token was presented");
    let redeemed = issuer.redeemed();
    assert!((2..=8).contains(&redeemed), "{redeemed}");
    let kept = vault.get(&account().record()).unwrap().unwrap();
    let stored: Value = serde_json::from_str(kept.expose()).unwrap();
    assert_eq!(stored["generation"], redeemed + 1);
    assert_eq!(stored["ended"], Value::Null);
}
