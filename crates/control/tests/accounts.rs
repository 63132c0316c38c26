//! Accounts added, listed and removed, with their secrets where they belong.
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

use accounts::{
    FileVault, KeyringChoice, LockedReason, MemoryVault, Secret, Vault, VaultError, VaultOptions,
    VaultState,
};
use contract::{
    AccountAdd, AccountChoice, Api, Code, FoundBy, RouteQuestion, SecretText, Source, Standing,
    Topic,
};
use home::{FREE_PORT, TestHome, told};

fn add(provider: &str) -> AccountAdd {
    AccountAdd {
        provider: provider.to_owned(),
        ..AccountAdd::default()
    }
}

fn with_key(provider: &str, key: &str) -> AccountAdd {
    AccountAdd {
        key: Some(SecretText::new(key.to_owned())),
        ..add(provider)
    }
}

fn choice(id: &str) -> AccountChoice {
    AccountChoice { id: id.to_owned() }
}

#[tokio::test]
async fn a_key_goes_to_the_vault_and_never_to_the_settings() {
    let home = TestHome::new("# mine\n");
    let control = home.start().await;
    let mut changes = control.changes();
    let account = control
        .accounts_add(with_key("openai", "sk-canary"))
        .await
        .unwrap();
    assert_eq!(
        (account.id.as_str(), account.provider_name.as_str()),
        ("openai", "OpenAI")
    );
    assert_eq!(
        (account.source, account.standing),
        (Source::Vault, Standing::Ready)
    );
    told(&mut changes, Topic::Accounts).await;
    told(&mut changes, Topic::Models).await;
    let stored = home.vault.get("account/openai").unwrap().unwrap();
    assert_eq!(stored.expose(), "sk-canary");
    assert_eq!(
        home.settings(),
        "# mine\nversion = 1\n\n[[account]]\nprovider = \"openai\"\nid = \"openai\"\n"
    );
    for file in std::fs::read_dir(home.path("")).unwrap() {
        let text = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&text).contains("canary"));
    }
    control.accounts_remove(choice("openai")).await.unwrap();
    assert_eq!(home.vault.names().unwrap(), Vec::<String>::new());
    assert_eq!(control.accounts_list().await.unwrap(), []);
    assert!(!home.settings().contains("account"));
}

#[tokio::test]
async fn several_accounts_of_a_provider_keep_their_ids_and_secrets() {
    let home = TestHome::new("[[account]]\nprovider = \"openai\"\nkey_env = \"K\"\n");
    let control = home.start().await;
    assert_eq!(
        control
            .accounts_add(with_key("openai", "two"))
            .await
            .unwrap()
            .id,
        "openai-2"
    );
    let named = AccountAdd {
        name: Some("work".to_owned()),
        ..with_key("openai", "three")
    };
    assert_eq!(
        control.accounts_add(named.clone()).await.unwrap().id,
        "work"
    );
    let twice = control.accounts_add(named).await.unwrap_err();
    assert_eq!(
        (twice.code, twice.argument("account")),
        (Code::AccountExists, "work")
    );
    control.accounts_remove(choice("openai")).await.unwrap();
    let list = control.accounts_list().await.unwrap();
    let ids: Vec<&str> = list.iter().map(|account| account.id.as_str()).collect();
    assert_eq!(ids, ["openai-2", "work"]);
    assert!(
        list.iter()
            .all(|account| account.standing == Standing::Ready),
        "{list:?}"
    );
}

#[tokio::test]
async fn a_refused_addition_leaves_nothing_behind() {
    let home = TestHome::new("");
    let control = home.start().await;
    let code = |add: AccountAdd| {
        let control = control.clone();
        async move { control.accounts_add(add).await.unwrap_err() }
    };
    let error = code(with_key("opnai", "k")).await;
    assert_eq!(
        (error.code, error.argument("nearest")),
        (Code::NoSuchProvider, "openai")
    );
    let error = code(add("openai")).await;
    let missing = (Code::AccountKeyMissing, "OPENAI_API_KEY");
    assert_eq!((error.code, error.argument("variable")), missing);
    assert_eq!(
        code(with_key("demo", "k")).await.code,
        Code::ProviderBuiltIn
    );
    assert_eq!(
        code(with_key("openai", "a\nb")).await.code,
        Code::AccountKeyInvalid
    );
    let named = AccountAdd {
        name: Some("A b".to_owned()),
        ..with_key("openai", "k")
    };
    assert_eq!(code(named).await.code, Code::AccountNameInvalid);
    let both = AccountAdd {
        key_env: Some("K".to_owned()),
        ..with_key("openai", "k")
    };
    assert_eq!(code(both).await.code, Code::InvalidParams);
    let wrong = AccountAdd {
        key_env: Some("A=B".to_owned()),
        ..add("openai")
    };
    assert_eq!(code(wrong).await.code, Code::InvalidParams);
    assert_eq!(home.settings(), "");
    assert_eq!(home.vault.names().unwrap(), Vec::<String>::new());
    // The file breaks while nobody looks: the secret is taken back.
    home.write("listen = 3\n");
    assert_eq!(
        code(with_key("openai", "k")).await.code,
        Code::SettingsInvalid
    );
    assert_eq!(home.vault.names().unwrap(), Vec::<String>::new());
    let error = control.accounts_remove(choice("openai")).await.unwrap_err();
    assert_eq!(error.code, Code::SettingsInvalid);
}

#[tokio::test]
async fn without_a_vault_only_secrets_are_refused() {
    let mut home = TestHome::new("");
    let options = VaultOptions {
        home: home.path("vault"),
        profile: "test".to_owned(),
        master_key: Some(accounts::Secret::new("short".to_owned()).unwrap()),
        passphrase: None,
        keyring: KeyringChoice::default(),
    };
    home.vault = Arc::new(FileVault::open(options));
    home.environment.insert("K".to_owned(), "sk".to_owned());
    let control = home.start().await;
    let refused = control
        .accounts_add(with_key("openai", "sk"))
        .await
        .unwrap_err();
    assert_eq!(refused.code, Code::VaultUnavailable);
    assert_eq!(home.settings(), "");
    let from_environment = AccountAdd {
        key_env: Some("K".to_owned()),
        ..add("openai")
    };
    let account = control.accounts_add(from_environment).await.unwrap();
    assert_eq!(account.standing, Standing::Ready);
    std::fs::write(home.path("key"), "sk-file\n").unwrap();
    let from_file = AccountAdd {
        key_file: Some("key".to_owned()),
        ..add("openai")
    };
    let account = control.accounts_add(from_file).await.unwrap();
    assert_eq!(
        (account.id.as_str(), account.standing),
        ("openai-2", Standing::Ready)
    );
    control.accounts_remove(choice("openai")).await.unwrap();
}

/// A vault whose keyring is locked for the first while.
struct LockedVault {
    inner: MemoryVault,
    locked: AtomicBool,
}

impl Vault for LockedVault {
    fn get(&self, name: &str) -> Result<Option<Secret>, VaultError> {
        if self.locked.load(Ordering::SeqCst) {
            return Err(LockedReason::KeyringLocked.into());
        }
        self.inner.get(name)
    }

    fn put(&self, name: &str, secret: &Secret) -> Result<(), VaultError> {
        self.inner.put(name, secret)
    }

    fn remove(&self, name: &str) -> Result<bool, VaultError> {
        self.inner.remove(name)
    }

    fn names(&self) -> Result<Vec<String>, VaultError> {
        self.inner.names()
    }

    fn state(&self) -> VaultState {
        VaultState::Locked {
            reason: LockedReason::KeyringLocked,
        }
    }

    fn start_over(&self) -> Result<Option<PathBuf>, VaultError> {
        self.inner.start_over()
    }

    fn accept_older(&self) -> Result<(), VaultError> {
        self.inner.accept_older()
    }
}

#[tokio::test]
async fn a_keyring_that_is_unlocked_after_the_start_is_looked_at_again() {
    let mut home = TestHome::new(&format!("{FREE_PORT}[[account]]\nprovider = \"openai\"\n"));
    let inner = MemoryVault::new();
    inner
        .put("account/openai", &Secret::new("sk".to_owned()).unwrap())
        .unwrap();
    let vault = Arc::new(LockedVault {
        inner,
        locked: AtomicBool::new(true),
    });
    home.vault = Arc::clone(&vault) as Arc<dyn Vault>;
    let control = home.start().await;
    assert!(
        control.serve().await.unwrap().first_key.is_some(),
        "nothing seals it"
    );
    let standing = || async { control.accounts_list().await.unwrap()[0].standing.clone() };
    assert!(matches!(standing().await, Standing::NoKey { .. }));
    assert_eq!(
        control.status_get().await.unwrap().vault.state,
        contract::VaultState::Locked
    );
    vault.locked.store(false, Ordering::SeqCst);
    let mut changes = control.changes();
    told(&mut changes, Topic::Accounts).await;
    assert_eq!(standing().await, Standing::Ready);
}

#[tokio::test]
async fn what_is_wrong_with_an_account_is_its_standing_and_no_failure() {
    let text = "[[account]]\nprovider = \"openai\"\nkey_env = \"UNSET\"\n\
        [[account]]\nprovider = \"nobody\"\n[[account]]\nprovider = \"ollama\"\nname = \"Mine\"\n";
    let home = TestHome::new(text);
    let control = home.start().await;
    let list = control.accounts_list().await.unwrap();
    let Standing::NoKey { reason } = &list[0].standing else {
        panic!("{list:?}")
    };
    assert_eq!(reason.code(), "environment-unset");
    assert_eq!(list[1].standing, Standing::UnknownProvider);
    assert_eq!(
        (&list[2].standing, &list[2].source),
        (&Standing::Ready, &Source::None)
    );
    assert_eq!(list[2].name, "Mine");
    let status = control.status_get().await.unwrap();
    assert_eq!(status.settings.warnings[0].key, "account[1].provider");
    let error = control.accounts_test(choice("openai")).await.unwrap_err();
    assert_eq!(error.code, Code::AccountWithoutKey);
    let error = control.accounts_test(choice("nobody")).await.unwrap_err();
    assert_eq!(error.code, Code::NoSuchProvider);
    let error = control.accounts_test(choice("olama")).await.unwrap_err();
    assert_eq!(
        (error.code, error.argument("nearest")),
        (Code::NoSuchAccount, "ollama")
    );
}

#[tokio::test]
async fn models_and_routes_follow_the_accounts() {
    let text = "[provider.mock]\nendpoints = { openai-chat = \"http://127.0.0.1:9/v1\" }\n\
        models = [\"mock-model\"]\nallow_private = true\n[[route]]\nmatch = \"claude-*\"\n\
        targets = [\"mock/mock-model\"]\n";
    let home = TestHome::new(text);
    let control = home.start().await;
    let ids = |models: Vec<contract::Model>| -> Vec<String> {
        models.into_iter().map(|model| model.id).collect()
    };
    let models = ids(control.models_list(Default::default()).await.unwrap());
    assert!(models.contains(&"demo".to_owned()), "{models:?}");
    control.accounts_add(add("mock")).await.unwrap();
    let models = ids(control.models_list(Default::default()).await.unwrap());
    assert!(models.contains(&"mock-model".to_owned()), "{models:?}");
    assert!(!models.contains(&"demo".to_owned()), "{models:?}");
    assert_eq!(
        control.routes_list().await.unwrap()[0].targets,
        ["mock/mock-model"]
    );
    let question = |model: &str, dialect: &str| RouteQuestion {
        model: model.to_owned(),
        dialect: Some(dialect.to_owned()),
        instance: None,
    };
    let found = control
        .routes_explain(question("claude-x", "openai-chat"))
        .await
        .unwrap();
    assert_eq!(found.found_by, FoundBy::Route);
    assert_eq!(
        (
            found.candidates[0].account.as_deref(),
            found.candidates[0].native
        ),
        (Some("mock"), true)
    );
    let found = control
        .routes_explain(question("mock-modell", "openai-chat"))
        .await
        .unwrap();
    assert_eq!(
        (found.found_by, found.candidates.len()),
        (FoundBy::Nothing, 0)
    );
    assert!(
        found.nearest.contains(&"mock-model".to_owned()),
        "{found:?}"
    );
    let error = control
        .routes_explain(question("a", "morse"))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::NoSuchDialect);
    let elsewhere = RouteQuestion {
        instance: Some("work".into()),
        ..RouteQuestion::default()
    };
    assert_eq!(
        control.routes_explain(elsewhere).await.unwrap_err().code,
        Code::NoSuchInstance
    );
}

#[tokio::test]
async fn an_account_that_comes_to_be_refused_is_told_to_those_who_watch() {
    let upstream = testkit::Upstream::start(|_| testkit::Script::status(401));
    let url = upstream.url();
    let settings = format!(
        "[provider.own]\nendpoints = {{ openai-chat = \"{url}/v1\" }}\nallow_private = true\n\
        [[account]]\nprovider = \"own\"\nkey_env = \"K\"\n"
    );
    let mut home = TestHome::new(&settings);
    home.environment.insert("K".to_owned(), "sk-1".to_owned());
    let control = home.start().await;
    let mut changes = control.changes();
    let id = accounts::AccountId::new("own").unwrap();
    assert!(control.plane().test(&id).await.is_err());
    told(&mut changes, Topic::Accounts).await;
    let list = control.accounts_list().await.unwrap();
    assert_eq!(list[0].standing, Standing::Rejected);
}
