//! iFlow's sign-in as its manifest says it, against its simulator: the key, its renewal, its end.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod browser;
mod common;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use accounts::{
    Account, AccountId, Accounts, CredentialSource, Grant, MemoryVault, PendingSignIn,
    RenewalError, RenewalOptions, Resolver, Secret, SignInError, SignedOut, Vault,
};
use browser::{Plain, agree, agree_as, location, pages};
use catalog::{Catalog, FlowKind, Flows, UserProvider};
use common::{MASTER, secret, with_master};
use serde_json::Value;
use testkit::{IFLOW_CLIENT, IFLOW_CLIENT_SECRET, Iflow, IflowTrouble, Recorded};

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// The built-in sign-in, at the simulator.
fn flows(iflow: &Iflow) -> Flows {
    let settings = UserProvider {
        sign_in_at: Some(iflow.url()),
        allow_private: Some(true),
        client_id: Some(IFLOW_CLIENT.to_owned()),
        ..UserProvider::default()
    };
    let id = "iflow".to_owned();
    let (catalog, problems) = Catalog::builtin().unwrap().with_user([(&id, &settings)]);
    assert_eq!(problems, []);
    catalog.provider("iflow").unwrap().sign_in.clone().unwrap()
}

async fn signed_in(iflow: &Iflow) -> Result<Grant, SignInError> {
    let flows = flows(iflow);
    agree_as(&flows, FlowKind::Browser, Some(secret(IFLOW_CLIENT_SECRET))).await
}

fn form(request: &Recorded) -> HashMap<String, String> {
    let pairs = url::form_urlencoded::parse(&request.body);
    pairs.into_owned().collect()
}

fn at(iflow: &Iflow, path: &str) -> Vec<Recorded> {
    let mut requests = iflow.requests();
    requests.retain(|request| request.path() == path);
    requests
}

#[tokio::test]
async fn a_sign_in_gives_the_key_and_not_the_access_token() {
    let iflow = Iflow::start(3 * DAY);
    let grant = signed_in(&iflow).await.unwrap();
    assert!(grant.secret.expose().starts_with("sk-iflow-"));
    assert_eq!(grant.expires_in, Some(Duration::from_secs(3 * DAY)));
    assert!(grant.refresh.is_some());
    let asked = at(&iflow, "/oauth").remove(0).target;
    for part in [
        "loginMethod=phone",
        "type=phone",
        "redirect=http%3A%2F%2Flocalhost%3A",
        "state=",
    ] {
        assert!(asked.contains(part), "{part} in {asked}");
    }
    for part in ["response_type", "code_challenge", "redirect_uri", "scope"] {
        assert!(!asked.contains(part), "{part} in {asked}");
    }
    let exchange = at(&iflow, "/oauth/token").remove(0);
    assert!(
        exchange
            .header("authorization")
            .unwrap()
            .starts_with("Basic ")
    );
    let sent = form(&exchange);
    assert_eq!(sent["client_secret"], IFLOW_CLIENT_SECRET);
    assert!(sent["redirect_uri"].starts_with("http://localhost:"));
    assert!(!sent.contains_key("code_verifier") && !sent.contains_key("redirect"));
    let record = grant.record(SystemTime::now());
    for shown in [format!("{grant:?}"), format!("{record:?}")] {
        assert!(
            !shown.contains("canary") && !shown.contains("sk-"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_client_without_its_secret_does_not_begin_and_a_wrong_one_is_refused() {
    let iflow = Iflow::start(DAY);
    let without = agree(&flows(&iflow), FlowKind::Browser).await;
    assert!(matches!(without, Err(SignInError::NoClientSecret)));
    assert!(iflow.requests().is_empty());
    let wrong = Some(secret("another"));
    let refused = agree_as(&flows(&iflow), FlowKind::Browser, wrong).await;
    assert!(matches!(refused, Err(SignInError::Refused { status: 401 })));
}

#[tokio::test]
async fn a_success_that_is_a_failure_is_asked_again_and_then_told() {
    let iflow = Iflow::start(DAY);
    iflow.trouble(IflowTrouble::Busy(2));
    iflow.trouble(IflowTrouble::NoUser(1));
    assert!(signed_in(&iflow).await.is_ok());
    assert_eq!(at(&iflow, "/oauth/token").len(), 3);
    assert_eq!(at(&iflow, "/api/oauth/getUserInfo").len(), 2);
    iflow.trouble(IflowTrouble::Busy(9));
    let failed = signed_in(&iflow).await.err().unwrap();
    assert_eq!(
        failed.to_string(),
        "exchange the code: the provider answered: too many requests"
    );
}

#[tokio::test]
async fn an_answer_can_be_pasted_whole_or_as_the_code_alone() {
    for whole in [true, false] {
        let iflow = Iflow::start(DAY);
        let secret = Some(secret(IFLOW_CLIENT_SECRET));
        let flows = flows(&iflow);
        let pending = PendingSignIn::start_as(&flows, None, None, secret, &Plain);
        let pending = pending.await.unwrap();
        let answer = location(pending.address()).await;
        let code = answer
            .query_pairs()
            .find(|(name, _)| name == "code")
            .unwrap()
            .1;
        let text = if whole {
            answer.to_string()
        } else {
            code.into_owned()
        };
        let paste = pending.paste().unwrap();
        let foreign = format!(
            "{}&state=x",
            answer.as_str().split("&state").next().unwrap()
        );
        assert!(matches!(
            paste.take(&common::secret(&foreign)),
            Err(SignInError::WrongState)
        ));
        paste.take(&common::secret(&text)).unwrap();
        let grant = pending
            .wait(&pages(), &Plain)
            .await
            .unwrap()
            .grant(&Plain)
            .await;
        assert!(
            grant.unwrap().secret.expose().starts_with("sk-iflow-"),
            "{whole}"
        );
    }
}

fn account() -> Account {
    Account {
        id: AccountId::new("work").unwrap(),
        provider: "iflow".to_owned(),
        label: "Work".to_owned(),
        source: CredentialSource::Vault,
    }
}

/// An account that signed in at that time, looked at now.
async fn accounts(iflow: &Iflow, age: u64) -> (Arc<Accounts>, Arc<dyn Vault>, tempfile::TempDir) {
    let grant = signed_in(iflow).await.unwrap();
    let vault: Arc<dyn Vault> = Arc::new(MemoryVault::new());
    let then = SystemTime::now() - Duration::from_secs(age);
    vault.put(&account().record(), &grant.record(then)).unwrap();
    let accounts = Accounts::new(vec![account()], Resolver::new(Arc::clone(&vault), |_| None));
    let folder = tempfile::tempdir().unwrap();
    accounts.renew(RenewalOptions {
        vault: Arc::clone(&vault),
        folder: folder.path().to_owned(),
        http: Box::new(|_| Arc::new(Plain)),
        wall: Box::new(SystemTime::now),
        jitter: 0.0,
        runtime: tokio::runtime::Handle::current(),
    });
    (accounts, vault, folder)
}

fn key(accounts: &Arc<Accounts>) -> String {
    let lease = accounts.lease(&account().id, Instant::now()).unwrap();
    lease.secret().unwrap().expose().to_owned()
}

fn stored(vault: &dyn Vault) -> Value {
    let kept = vault.get(&account().record()).unwrap().unwrap();
    serde_json::from_str(kept.expose()).unwrap()
}

#[tokio::test]
async fn a_day_ahead_the_sign_in_is_renewed_and_the_key_with_it() {
    let iflow = Iflow::start(3 * DAY);
    let (accounts, vault, _locks) = accounts(&iflow, 2 * DAY - 60).await;
    let first = key(&accounts);
    accounts.live(&account().id).await.unwrap();
    accounts.settled().await;
    assert_eq!((iflow.redeemed(), key(&accounts)), (0, first.clone()));
    drop(accounts);

    let (accounts, vault_later, _locks) = self::accounts(&iflow, 2 * DAY + 60).await;
    drop(vault);
    let first = key(&accounts);
    accounts.live(&account().id).await.unwrap();
    accounts.settled().await;
    assert_eq!(iflow.redeemed(), 1);
    assert_ne!(key(&accounts), first, "the key is asked for anew");
    assert_eq!(stored(&*vault_later)["secret"], key(&accounts).as_str());
    assert_eq!(
        stored(&*vault_later)["beside"]["client_secret"],
        IFLOW_CLIENT_SECRET
    );
}

#[tokio::test]
async fn a_renewal_without_a_new_refresh_token_keeps_the_old_one() {
    let iflow = Iflow::with(IflowTrouble::KeepsRefresh);
    let (accounts, vault, _locks) = accounts(&iflow, 3 * DAY).await;
    let before = stored(&*vault)["refresh"].clone();
    accounts.live(&account().id).await.unwrap();
    let now = stored(&*vault);
    assert_eq!(
        (&now["refresh"], &now["generation"]),
        (&before, &Value::from(2))
    );
    assert_eq!(iflow.redeemed(), 1);
}

#[tokio::test]
async fn a_key_that_is_refused_before_its_time_is_asked_for_anew() {
    let iflow = Iflow::start(3 * DAY);
    let (accounts, _vault, _locks) = accounts(&iflow, HOUR).await;
    let first = key(&accounts);
    iflow.expire_keys();
    assert!(accounts.refused(&account().id, &secret(&first)).await);
    assert_ne!(key(&accounts), first);
}

#[tokio::test]
async fn where_the_key_is_not_to_be_had_the_old_one_stays_and_no_refresh_token_is_lost() {
    let iflow = Iflow::start(3 * DAY);
    let (accounts, vault, _locks) = accounts(&iflow, 3 * DAY).await;
    let first = key(&accounts);
    iflow.trouble(IflowTrouble::NoUser(99));
    accounts.live(&account().id).await.unwrap();
    assert_eq!((key(&accounts), iflow.redeemed()), (first, 1));
    assert_eq!(stored(&*vault)["generation"], 2);
}

#[tokio::test]
async fn a_busy_service_ends_nothing_and_a_spent_refresh_token_signs_out() {
    let iflow = Iflow::start(3 * DAY);
    let (accounts, vault, _locks) = accounts(&iflow, 3 * DAY).await;
    iflow.trouble(IflowTrouble::Busy(1));
    let busy = accounts.live(&account().id).await.unwrap_err();
    assert_eq!(
        busy.to_string(),
        "renew the sign-in: the provider answered: too many requests"
    );
    assert_eq!(stored(&*vault)["ended"], Value::Null);

    let iflow = Iflow::start(3 * DAY);
    let (accounts, vault, _locks) = self::accounts(&iflow, 3 * DAY).await;
    iflow.end_sign_ins();
    let over = accounts.live(&account().id).await;
    assert!(
        matches!(over, Err(RenewalError::SignedOut(SignedOut::Refused))),
        "{over:?}"
    );
    assert_eq!(stored(&*vault)["ended"], "refused");
}

const HOME: &str = "PORTOLAN_TEST_IFLOW_HOME";

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
        jitter: 0.0,
        runtime: tokio::runtime::Handle::current(),
    });
    // All begin together.
    let end = Instant::now() + Duration::from_secs(120);
    while !home.join("go").exists() && Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let tasks = (0..8).map(|_| {
        let accounts = Arc::clone(&accounts);
        tokio::spawn(async move { accounts.live(&account().id).await })
    });
    for task in tasks.collect::<Vec<_>>() {
        // A machine under load may be slow; nobody may be signed out.
        let alive = task.await.unwrap();
        assert!(
            !matches!(alive, Err(RenewalError::SignedOut(_))),
            "{alive:?}"
        );
    }
    let key = key(&accounts);
    std::fs::write(home.join(format!("key-{}", std::process::id())), key).unwrap();
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
async fn s58_sixteen_processes_redeem_a_refresh_token_once() {
    let iflow = Iflow::start(3 * DAY);
    let grant = signed_in(&iflow).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let vault = with_master(home.path(), MASTER);
    let then = SystemTime::now() - Duration::from_secs(3 * DAY);
    let record: Secret = grant.record(then);
    vault.put(&account().record(), &record).unwrap();
    let processes: Vec<Child> = (0..16).map(|_| start_renewer(home.path())).collect();
    std::fs::write(home.path().join("go"), "").unwrap();
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    assert_eq!((iflow.redeemed(), iflow.reused()), (1, 0));
    assert_eq!(
        at(&iflow, "/api/oauth/getUserInfo").len(),
        2,
        "once to sign in, once to renew"
    );
    let entries = std::fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap());
    let keys: Vec<String> = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("key-"))
        .map(|entry| std::fs::read_to_string(entry.path()).unwrap())
        .collect();
    assert_eq!(keys.len(), 16);
    let kept = stored(&vault);
    assert_eq!(kept["generation"], 2);
    assert!(
        keys.iter().all(|key| kept["secret"] == key.as_str()),
        "{}",
        keys.len()
    );
}
