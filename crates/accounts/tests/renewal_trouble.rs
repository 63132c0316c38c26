//! Renewals that fail: told with their reason, and waited for once and not by each request.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use accounts::{
    Account, AccountId, Accounts, CredentialSource, Http, HttpFailure, MemoryVault, Post,
    RenewalError, RenewalFailure, RenewalOptions, Reply, Replying, Resolver, Secret, Standing,
    Vault,
};
use serde_json::json;
use tokio::time::Instant;
use url::Url;
use zeroize::Zeroizing;

/// What a token endpoint does, one after the other: after so long, this status; the last for ever.
type Script = Vec<(Duration, u16)>;

struct Tokens {
    script: Script,
    asked: AtomicUsize,
}

struct Asking(Arc<Tokens>);

impl Http for Asking {
    fn post<'a>(&'a self, _: Post) -> Replying<'a> {
        let tokens = &self.0;
        let turn = tokens.asked.fetch_add(1, Ordering::SeqCst);
        let (delay, status) = tokens.script[turn.min(tokens.script.len() - 1)];
        let body = json!({ "access_token": "new", "expires_in": 3600 }).to_string();
        Box::pin(async move {
            tokio::time::sleep(delay).await;
            if status == 0 {
                return Err(HttpFailure("no network".to_owned()));
            }
            let body = Zeroizing::new(body.into_bytes());
            Ok(Reply { status, body })
        })
    }

    fn get<'a>(&'a self, _: &'a Url) -> Replying<'a> {
        Box::pin(async { Err(HttpFailure("nothing to read".to_owned())) })
    }
}

struct Bed {
    accounts: Arc<Accounts>,
    tokens: Arc<Tokens>,
    vault: Arc<dyn Vault>,
    wall: Arc<Mutex<SystemTime>>,
    _folder: tempfile::TempDir,
}

fn id() -> AccountId {
    AccountId::new("work").unwrap()
}

fn at(second: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(second)
}

fn record(secret: &str, issued: u64) -> Secret {
    let text = json!({
        "portolan": "sign-in", "version": 1, "secret": secret, "refresh": "again",
        "issued": issued, "expires": issued + 3600, "generation": 1,
        "token": "https://id.example/token", "revoke": null, "client": "me",
        "field": "access_token", "ended": null,
    });
    Secret::new(text.to_string()).unwrap()
}

/// An account that was signed in at the second 1000, for an hour; it is the second `now`.
fn bed(now: u64, script: Script) -> Bed {
    let account = Account {
        id: id(),
        provider: "own".to_owned(),
        label: "Work".to_owned(),
        source: CredentialSource::Vault,
    };
    let vault: Arc<dyn Vault> = Arc::new(MemoryVault::new());
    vault.put(&account.record(), &record("old", 1000)).unwrap();
    let tokens = Arc::new(Tokens {
        script,
        asked: AtomicUsize::new(0),
    });
    let folder = tempfile::tempdir().unwrap();
    let accounts = Accounts::new(vec![account], Resolver::new(Arc::clone(&vault), |_| None));
    let (asked, wall) = (Arc::clone(&tokens), Arc::new(Mutex::new(at(now))));
    let clock = Arc::clone(&wall);
    accounts.renew(RenewalOptions {
        vault: Arc::clone(&vault),
        folder: folder.path().to_owned(),
        http: Box::new(move |_| Arc::new(Asking(Arc::clone(&asked)))),
        wall: Box::new(move || *clock.lock().unwrap()),
        jitter: 0.0,
        runtime: tokio::runtime::Handle::current(),
    });
    Bed {
        accounts,
        tokens,
        vault,
        wall,
        _folder: folder,
    }
}

impl Bed {
    /// Asks for the account as a request does: how it ended, and how long that took.
    async fn ask(&self) -> (Result<(), RenewalError>, Duration) {
        let began = Instant::now();
        let live = self.accounts.live(&id()).await;
        (live, began.elapsed())
    }

    fn standing(&self) -> Standing {
        let now = std::time::Instant::now();
        self.accounts.standing(&id(), now).unwrap()
    }
}

const LONG: Duration = Duration::from_secs(60);
const AT_ONCE: Duration = Duration::from_millis(100);

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_silent_is_waited_for_once_and_then_briefly() {
    let soon = Duration::from_secs(5);
    let bed = bed(4600, vec![(LONG, 200), (soon, 200)]);
    let (first, took) = bed.ask().await;
    let silent = |live| matches!(live, Err(RenewalError::Failed(RenewalFailure::Silent)));
    assert!(silent(first) && took >= Duration::from_secs(20), "{took:?}");
    assert_eq!(bed.standing(), Standing::Unrenewed);
    let (paused, took) = bed.ask().await;
    assert!(silent(paused) && took < AT_ONCE, "{took:?}");
    assert_eq!(bed.tokens.asked.load(Ordering::SeqCst), 1);

    // After the pause it is tried again, by one, and nobody waits for long.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let (one, other) = tokio::join!(bed.ask(), bed.ask());
    for (live, took) in [one, other] {
        assert!(silent(live) && took <= Duration::from_secs(4), "{took:?}");
    }
    assert_eq!(bed.tokens.asked.load(Ordering::SeqCst), 2);

    // What came late is used all the same.
    tokio::time::sleep(soon).await;
    let (live, took) = bed.ask().await;
    assert!(live.is_ok() && took < AT_ONCE, "{live:?} {took:?}");
    assert_eq!(bed.standing(), Standing::Ready);
    assert!(bed.accounts.renewal_trouble(&id()).is_none());
}

#[tokio::test(start_paused = true)]
async fn it_is_told_why_and_since_when_once_the_secret_is_over() {
    let bed = bed(4400, vec![(Duration::ZERO, 503), (Duration::ZERO, 0)]);
    let changes = bed.accounts.changes();
    assert!(bed.ask().await.0.is_ok(), "the old secret lives");
    bed.accounts.settled().await;
    assert_eq!(bed.standing(), Standing::Ready);
    assert!(bed.accounts.renewal_trouble(&id()).is_none());
    assert!(!changes.has_changed().unwrap());

    *bed.wall.lock().unwrap() = at(4600);
    assert!(bed.ask().await.0.is_err(), "within the pause");
    let trouble = bed.accounts.renewal_trouble(&id()).unwrap();
    let status = |error| matches!(error, RenewalError::Failed(RenewalFailure::Status(503)));
    assert!(status(trouble.error) && trouble.since == at(4400));
    assert_eq!(bed.standing(), Standing::Unrenewed);
    assert!(changes.has_changed().unwrap());

    tokio::time::sleep(Duration::from_secs(6)).await;
    assert!(bed.ask().await.0.is_err());
    let trouble = bed.accounts.renewal_trouble(&id()).unwrap();
    assert_eq!(
        (trouble.error.to_string(), trouble.since),
        (
            "renew the sign-in: reach the provider: no network".to_owned(),
            at(4400)
        )
    );

    // A reload that finds the same secret changes nothing, and another secret is a fresh beginning.
    bed.accounts.reload();
    assert_eq!(bed.standing(), Standing::Unrenewed);
    bed.vault
        .put("account/work", &record("anew", 4600))
        .unwrap();
    bed.accounts.reload();
    assert_eq!(bed.standing(), Standing::Ready);
}

#[test]
fn an_account_that_cannot_be_renewed_comes_before_those_without_a_secret_and_after_the_rest() {
    let now = std::time::Instant::now();
    let order = [
        Standing::Ready,
        Standing::Cooling { until: now },
        Standing::Unrenewed,
        Standing::Rejected,
        Standing::NoCredential,
    ];
    let ranks: Vec<u8> = order.into_iter().map(Standing::rank).collect();
    assert_eq!(ranks, [0, 1, 2, 3, 4]);
}
