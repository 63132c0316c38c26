//! Requests with a sign-in's secret: renewed before and when it is refused, and the next candidate after it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use accounts::{
    Account, AccountId, Accounts, CredentialSource, Http, HttpFailure, MemoryVault, Post,
    RenewalOptions, Reply as TokenReply, Replying, Resolver, Secret, Vault,
};
use serde_json::{Value, json};
use testkit::{Reply, Upstream};
use url::Url;
use zeroize::Zeroizing;

use crate::support::{Gateway, Setup, Side};

const SIDE: Side = Side::Chat;

/// A token endpoint: what it answers, and how often it was asked.
struct Tokens {
    answer: Option<(u16, Value)>,
    asked: AtomicUsize,
    bodies: Mutex<Vec<String>>,
}

impl Tokens {
    fn new(answer: Option<(u16, Value)>) -> Arc<Self> {
        Arc::new(Self {
            answer,
            asked: AtomicUsize::new(0),
            bodies: Mutex::default(),
        })
    }
}

struct Asking(Arc<Tokens>);

impl Http for Asking {
    fn post<'a>(&'a self, post: Post) -> Replying<'a> {
        let tokens = &self.0;
        tokens.asked.fetch_add(1, Ordering::SeqCst);
        tokens.bodies.lock().unwrap().push(post.body.to_string());
        Box::pin(async {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            match &self.0.answer {
                None => Err(HttpFailure("no network".to_owned())),
                Some((status, body)) => Ok(TokenReply {
                    status: *status,
                    body: Zeroizing::new(body.to_string().into_bytes()),
                }),
            }
        })
    }

    fn get<'a>(&'a self, _: &'a Url) -> Replying<'a> {
        Box::pin(async { Err(HttpFailure("nothing to read".to_owned())) })
    }
}

/// What the vault keeps of a sign-in whose secret `old` was given so long ago, for an hour.
fn record(age: u64) -> Secret {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let text = json!({
        "portolan": "sign-in", "version": 1, "secret": "old", "refresh": "again",
        "issued": now - age, "expires": now - age + 3600, "generation": 1,
        "token": "https://id.example/token", "revoke": null, "client": "me",
        "field": "access_token", "ended": null,
    });
    Secret::new(text.to_string()).unwrap()
}

fn account(id: &str, source: CredentialSource) -> Account {
    Account {
        id: AccountId::new(id).unwrap(),
        provider: id.to_owned(),
        label: id.to_owned(),
        source,
    }
}

struct Bed {
    gateway: Gateway,
    first: Upstream,
    _second: Upstream,
    tokens: Arc<Tokens>,
    _locks: tempfile::TempDir,
}

/// Two providers of the model `m`: the first with a sign-in, the second with a key.
async fn bed(age: u64, answer: Option<(u16, Value)>) -> Bed {
    let first = Upstream::start(|request| match request.header("authorization") {
        Some("Bearer new") => SIDE.reply(&Reply::text("from the first"), false),
        _ => SIDE.error(401),
    });
    let second = Upstream::start(|_| SIDE.reply(&Reply::text("from the second"), false));
    let tokens = Tokens::new(answer);
    let asking = Arc::clone(&tokens);
    let locks = tempfile::tempdir().unwrap();
    let folder = locks.path().to_owned();
    let runtime = tokio::runtime::Handle::current();
    let gateway = Setup::new()
        .provider("first", &[(SIDE, &first.url())], &["m"])
        .provider("second", &[(SIDE, &second.url())], &["m"])
        .with(move |snapshot| {
            let vault: Arc<dyn Vault> = Arc::new(MemoryVault::new());
            let signed_in = account("first", CredentialSource::Vault);
            vault.put(&signed_in.record(), &record(age)).unwrap();
            let variable = "second".to_owned();
            let keyed = account("second", CredentialSource::Environment { variable });
            let resolver = Resolver::new(Arc::clone(&vault), |name| Some(format!("sk-{name}")));
            snapshot.accounts = Accounts::new(vec![signed_in, keyed], resolver);
            snapshot.accounts.renew(RenewalOptions {
                vault,
                folder,
                http: Box::new(move |_| Arc::new(Asking(Arc::clone(&asking)))),
                wall: Box::new(SystemTime::now),
                jitter: 0.0,
                runtime,
            });
        })
        .start()
        .await;
    Bed {
        gateway,
        first,
        _second: second,
        tokens,
        _locks: locks,
    }
}

fn granted() -> Option<(u16, Value)> {
    Some((
        200,
        json!({ "access_token": "new", "expires_in": 3600, "refresh_token": "later" }),
    ))
}

impl Bed {
    /// Asks for the model, and says who answered.
    async fn ask(&self) -> String {
        let request = SIDE.request_for("m", false);
        let answer = self.gateway.post(SIDE.path(), &request).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer
            .headers
            .get("x-portolan-upstream")
            .unwrap()
            .to_owned()
    }
}

#[tokio::test]
async fn s58_a_secret_that_is_over_is_renewed_once_for_all_who_wait() {
    let bed = bed(3600, granted()).await;
    let answers = futures_util::future::join_all((0..12).map(|_| bed.ask())).await;
    assert!(answers.iter().all(|from| from == "first/m"), "{answers:?}");
    assert_eq!(bed.tokens.asked.load(Ordering::SeqCst), 1);
    let body = bed.tokens.bodies.lock().unwrap().concat();
    assert_eq!(
        body,
        "grant_type=refresh_token&refresh_token=again&client_id=me"
    );
    let seen = bed.first.requests();
    let sent = |request: &testkit::Recorded| request.header("authorization").map(str::to_owned);
    assert!(
        seen.iter()
            .all(|one| sent(one).as_deref() == Some("Bearer new"))
    );
}

#[tokio::test]
async fn a_secret_that_is_refused_before_its_time_is_renewed_and_the_request_sent_once_more() {
    let bed = bed(600, granted()).await;
    assert_eq!(bed.ask().await, "first/m");
    assert_eq!(
        (
            bed.first.requests().len(),
            bed.tokens.asked.load(Ordering::SeqCst)
        ),
        (2, 1)
    );
    assert_eq!(bed.ask().await, "first/m");
    assert_eq!(
        (
            bed.first.requests().len(),
            bed.tokens.asked.load(Ordering::SeqCst)
        ),
        (3, 1)
    );
}

#[tokio::test]
async fn a_sign_in_that_cannot_be_renewed_gives_way_to_the_next_candidate() {
    let refused = Some((400, json!({ "error": "invalid_grant" })));
    for (age, answer, asked) in [
        (3600, refused.clone(), 0),
        (3600, None, 0),
        (600, refused, 1),
    ] {
        let bed = bed(age, answer).await;
        for _ in 0..2 {
            assert_eq!(bed.ask().await, "second/m");
        }
        assert_eq!(bed.first.requests().len(), asked);
        assert_eq!(
            bed.tokens.asked.load(Ordering::SeqCst),
            1,
            "it is asked once"
        );
    }
}

#[tokio::test]
async fn an_account_whose_renewal_fails_comes_last_and_is_still_tried_where_it_is_the_only_one() {
    let bed = bed(3600, None).await;
    let mut tries = Vec::new();
    for _ in 0..3 {
        let request = SIDE.request_for("m", false);
        let answer = bed.gateway.post(SIDE.path(), &request).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        tries.push(
            answer
                .headers
                .get("x-portolan-attempts")
                .unwrap()
                .to_owned(),
        );
    }
    assert_eq!(
        tries,
        ["2", "1", "1"],
        "after the first nobody waits for it"
    );
    let request = SIDE.request_for("first/m", false);
    let answer = bed.gateway.post(SIDE.path(), &request).await;
    assert_eq!(answer.status, 503);
    let words = answer.text();
    assert!(
        words.contains("renew the sign-in") && words.contains("no network"),
        "{words}"
    );
}

#[tokio::test]
async fn a_sign_in_that_is_over_is_told_where_nobody_else_answers() {
    let refused = Some((400, json!({ "error": "invalid_grant" })));
    let bed = bed(3600, refused).await;
    let request = SIDE.request_for("first/m", false);
    let answer = bed.gateway.post(SIDE.path(), &request).await;
    assert_eq!(answer.status, 503);
    assert!(answer.text().contains("sign in again"), "{}", answer.text());
    assert!(!answer.text().contains("old") && !answer.text().contains("again\""));
}
