//! A new key in the place of an account's: what stays, what is refused, and what is asked anew.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of the home"
)]

mod home;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use accounts::{LockedReason, MemoryVault, Secret, Vault, VaultError, VaultState};
use contract::{Account, AccountKey, Api, ApiError, Code, SecretText, Source, Standing, Topic};
use control::Control;
use home::{FREE_PORT, TestHome, told};
use serde_json::json;
use testkit::{Script, Upstream};

/// A vault that stores nothing for a while.
#[derive(Default)]
struct Refusing {
    inner: MemoryVault,
    refuses: AtomicBool,
}

impl Vault for Refusing {
    fn get(&self, name: &str) -> Result<Option<Secret>, VaultError> {
        self.inner.get(name)
    }

    fn put(&self, name: &str, secret: &Secret) -> Result<(), VaultError> {
        if self.refuses.load(Ordering::SeqCst) {
            return Err(LockedReason::KeyringLocked.into());
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

/// A provider that takes `sk-good` alone.
fn picky() -> Upstream {
    Upstream::start(|request| match request.headers.get("authorization") {
        Some("Bearer sk-good") => Script::json(200, &json!({"data": [{"id": "learnt"}]})),
        _ => Script::status(401),
    })
}

fn settings(upstream: &Upstream) -> String {
    let url = upstream.url();
    format!(
        "{FREE_PORT}[provider.own]\nendpoints = {{ openai-chat = \"{url}/v1\" }}\nallow_private = true\n\
         [[account]]\nprovider = \"own\"\nname = \"Mine\"\n\
         [[account]]\nprovider = \"own\"\nid = \"work\"\n\
         [[account]]\nprovider = \"openai\"\nkey_env = \"K\"\n\
         [[account]]\nprovider = \"anthropic\"\nkey_file = \"/nowhere/key\"\n\
         [[account]]\nprovider = \"openrouter\"\nsign_in = true\n\
         [[route]]\nmatch = \"fast\"\ntargets = [\"own/learnt\"]\n"
    )
}

fn put(vault: &dyn Vault, name: &str, key: &str) {
    let key = Secret::new(key.to_owned()).unwrap();
    vault.put(name, &key).unwrap();
}

async fn set(control: &Control, id: &str, key: &str) -> Result<Account, ApiError> {
    let params = AccountKey {
        id: id.to_owned(),
        key: SecretText::new(key.to_owned()),
    };
    control.accounts_set_key(params).await
}

async fn models(control: &Control) -> Vec<(String, Option<String>)> {
    let all = control.models_list(Default::default()).await.unwrap();
    let shown = all.into_iter().map(|model| (model.id, model.account));
    shown.filter(|(id, _)| id == "learnt").collect()
}

#[tokio::test]
async fn an_account_with_a_new_key_stays_where_it_was_and_is_ready() {
    let upstream = picky();
    let settings = settings(&upstream);
    let home = TestHome::new(&settings);
    put(&*home.vault, "account/own", "sk-bad");
    put(&*home.vault, "account/work", "sk-bad");
    let control = home.start().await;
    let before = control.accounts_list().await.unwrap();
    assert_eq!(before[0].standing, Standing::Ready);
    let id = accounts::AccountId::new("own").unwrap();
    for key in ["sk-other", "sk-good"] {
        assert!(control.plane().test(&id).await.is_err());
        let list = control.accounts_list().await.unwrap();
        assert_eq!(list[0].standing, Standing::Rejected);
        let account = set(&control, "own", key).await.unwrap();
        assert_eq!(account, before[0], "ready as at the beginning");
        let stored = home.vault.get("account/own").unwrap().unwrap();
        assert_eq!(stored.expose(), key);
    }
    assert_eq!(control.plane().test(&id).await.unwrap(), 1);
    let other = home.vault.get("account/work").unwrap().unwrap();
    assert_eq!(other.expose(), "sk-bad", "the other account's is its own");
    assert_eq!(control.accounts_list().await.unwrap(), before);
    assert_eq!(home.settings(), settings, "the file is as it was");
}

#[tokio::test]
async fn a_key_that_was_given_again_is_good_again() {
    let upstream = Upstream::start(|_| Script::status(401));
    let home = TestHome::new(&settings(&upstream));
    put(&*home.vault, "account/own", "sk-1");
    let control = home.start().await;
    let id = accounts::AccountId::new("own").unwrap();
    assert!(control.plane().test(&id).await.is_err());
    let list = control.accounts_list().await.unwrap();
    assert_eq!(list[0].standing, Standing::Rejected);
    let mut changes = control.changes();
    let account = set(&control, "own", "sk-1").await.unwrap();
    assert_eq!(account.standing, Standing::Ready);
    told(&mut changes, Topic::Accounts).await;
    told(&mut changes, Topic::Status).await;
}

#[tokio::test]
async fn a_vault_that_refuses_leaves_everything_as_it_was() {
    let upstream = picky();
    let mut home = TestHome::new(&settings(&upstream));
    let vault = Arc::new(Refusing::default());
    put(&*vault, "account/own", "sk-bad");
    vault.refuses.store(true, Ordering::SeqCst);
    home.vault = Arc::clone(&vault) as Arc<dyn Vault>;
    let control = home.start().await;
    let id = accounts::AccountId::new("own").unwrap();
    assert!(control.plane().test(&id).await.is_err());
    let before = control.accounts_list().await.unwrap();
    assert_eq!(before[0].standing, Standing::Rejected);
    let refused = set(&control, "own", "sk-good").await.unwrap_err();
    assert_eq!(refused.code, Code::VaultLocked);
    assert_eq!(control.accounts_list().await.unwrap(), before);
    assert_eq!(home.vault.names().unwrap(), ["account/own"]);
    assert!(control.plane().test(&id).await.is_err());
    let last = upstream.requests().pop().unwrap();
    assert_eq!(last.headers.get("authorization"), Some("Bearer sk-bad"));
    vault.refuses.store(false, Ordering::SeqCst);
    let account = set(&control, "own", "sk-good").await.unwrap();
    assert_eq!(account.standing, Standing::Ready);
}

#[tokio::test]
async fn a_key_that_is_elsewhere_and_one_that_cannot_be_one_are_refused() {
    let upstream = picky();
    let mut home = TestHome::new(&settings(&upstream));
    home.environment.insert("K".to_owned(), "sk".to_owned());
    put(&*home.vault, "account/own", "sk-1");
    let control = home.start().await;
    let before = control.accounts_list().await.unwrap();
    for (id, key, code, argument, text) in [
        (
            "openai",
            "sk-2",
            Code::AccountKeyFromEnvironment,
            "variable",
            "K",
        ),
        (
            "anthropic",
            "sk-2",
            Code::AccountKeyFromFile,
            "file",
            "/nowhere/key",
        ),
        (
            "openrouter",
            "sk-2",
            Code::AccountSignedIn,
            "provider",
            "openrouter",
        ),
        ("wrk", "sk-2", Code::NoSuchAccount, "nearest", "work"),
        (
            "openai",
            "",
            Code::AccountKeyFromEnvironment,
            "account",
            "openai",
        ),
        ("own", "", Code::AccountKeyInvalid, "", ""),
        ("own", " ", Code::AccountKeyInvalid, "", ""),
        ("own", "a\nb", Code::AccountKeyInvalid, "", ""),
    ] {
        let error = set(&control, id, key).await.unwrap_err();
        assert_eq!((error.code, error.argument(argument)), (code, text), "{id}");
    }
    assert_eq!(control.accounts_list().await.unwrap(), before);
    assert_eq!(home.vault.names().unwrap(), ["account/own"]);
}

#[tokio::test]
async fn a_server_that_asked_for_no_key_may_be_given_one() {
    let home = TestHome::new("[[account]]\nprovider = \"ollama\"\n");
    let control = home.start().await;
    let before = control.accounts_list().await.unwrap();
    assert_eq!(before[0].source, Source::None);
    let account = set(&control, "ollama", "sk-1").await.unwrap();
    assert_eq!(
        (account.source, account.standing),
        (Source::Vault, Standing::Ready)
    );
    control.settings_reload().await.unwrap();
    let after = control.accounts_list().await.unwrap();
    assert_eq!(after[0].source, Source::Vault);
}

#[tokio::test]
async fn whoever_watches_has_the_models_at_once_and_not_after_the_pause() {
    let upstream = picky();
    let home = TestHome::new(&settings(&upstream));
    put(&*home.vault, "account/own", "sk-bad");
    let control = home.start().await;
    control.serve().await.unwrap();
    let mut changes = control.changes();
    // What fails now is not asked for again by itself for half a minute.
    let refreshed = control.models_refresh().await.unwrap();
    assert!(refreshed[0].fault.is_some(), "{refreshed:?}");
    told(&mut changes, Topic::Models).await;
    assert_eq!(models(&control).await, []);
    set(&control, "own", "sk-good").await.unwrap();
    told(&mut changes, Topic::Models).await;
    let learnt = ("learnt".to_owned(), Some("own".to_owned()));
    assert_eq!(models(&control).await, [learnt]);
    let list = control.accounts_list().await.unwrap();
    assert_eq!(list[0].standing, Standing::Ready);
}
