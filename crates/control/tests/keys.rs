//! Client keys: the first one, those created and revoked, the environment's.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of the home"
)]

mod home;

use std::sync::Arc;

use accounts::{FileVault, KeyringChoice, Secret, VaultOptions};
use contract::{
    Api, Code, KeyChoice, KeyCreate, KeyLimit, KeyOrigin, ModelsChoice, SecretText, Topic,
};
use control::Overrides;
use home::{FREE_PORT, TestHome, client_key, told};

fn create(name: &str, value: Option<&str>) -> KeyCreate {
    let value = value.map(|value| SecretText::new(value.to_owned()));
    KeyCreate {
        name: name.to_owned(),
        value,
    }
}

/// A vault that can store nothing: its master key is too short.
fn unusable_vault(home: &TestHome) -> Arc<FileVault> {
    Arc::new(FileVault::open(VaultOptions {
        home: home.path("vault"),
        profile: "test".to_owned(),
        master_key: Some(Secret::new("short".to_owned()).unwrap()),
        passphrase: None,
        keyring: KeyringChoice::default(),
    }))
}

fn choice(name: &str) -> KeyChoice {
    KeyChoice {
        name: name.to_owned(),
    }
}

#[tokio::test]
async fn the_first_key_is_sealed_and_can_be_shown_again() {
    let home = TestHome::new(FREE_PORT);
    let control = home.start().await;
    assert_eq!(
        control.keys_list().await.unwrap(),
        [],
        "a command makes none"
    );
    assert!(
        control.serve().await.unwrap().first_key.is_none(),
        "the vault has it"
    );
    let keys = control.keys_list().await.unwrap();
    assert_eq!(
        (keys.len(), keys[0].shown_again, keys[0].origin),
        (1, true, KeyOrigin::Created)
    );
    let shown = control.keys_reveal().await.unwrap();
    assert!(shown.value.expose().starts_with("pk-") && shown.value.expose().len() == 46);
    let file = std::fs::read_to_string(home.path("keys.json")).unwrap();
    assert!(!file.contains(shown.value.expose()));
    control.stop(std::time::Duration::ZERO).await;
    drop(control);

    let control = home.start().await;
    control.serve().await.unwrap();
    assert_eq!(
        control.keys_list().await.unwrap(),
        keys,
        "a later start makes no other"
    );
    control.keys_revoke(choice("default")).await.unwrap();
    assert_eq!(
        control.keys_reveal().await.unwrap_err().code,
        Code::KeyNotKept
    );
    assert_eq!(home.vault.names().unwrap(), Vec::<String>::new());
    drop(control);

    let control = home.start().await;
    control.serve().await.unwrap();
    assert_eq!(
        control.keys_list().await.unwrap(),
        [],
        "a revoked one does not come back"
    );
}

#[tokio::test]
async fn without_a_vault_the_first_key_is_shown_once() {
    let mut home = TestHome::new(FREE_PORT);
    home.vault = unusable_vault(&home);
    let control = home.start().await;
    let served = control.serve().await.unwrap();
    let key = served.first_key.unwrap();
    assert!(key.expose().starts_with("pk-"));
    assert!(!format!("{:?}", control.keys_list().await).contains(key.expose()));
    assert_eq!(
        control.keys_reveal().await.unwrap_err().code,
        Code::KeyNotKept
    );
    drop(control);
    assert!(
        home.start()
            .await
            .serve()
            .await
            .unwrap()
            .first_key
            .is_none()
    );
}

#[tokio::test]
async fn a_start_that_fails_makes_no_key_that_nobody_hears_of() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = Some(taken.local_addr().unwrap().port());
    let mut home = TestHome::new(FREE_PORT);
    home.vault = unusable_vault(&home);
    let control = home
        .try_start(Overrides {
            port,
            ..Overrides::default()
        })
        .await
        .unwrap();
    let served = control.serve().await.unwrap();
    assert!(served.first_key.is_none() && served.listeners[0].fault.is_some());
    assert!(!home.path("keys.json").exists());
    drop(control);
    assert!(
        home.start()
            .await
            .serve()
            .await
            .unwrap()
            .first_key
            .is_some()
    );
}

#[tokio::test]
async fn keys_are_created_listed_and_revoked() {
    let text = "[[key]]\nname = \"laptop\"\nmodels = [\"gpt-*\"]\nrequests_per_minute = 9\n";
    let home = TestHome::new(text);
    let control = home.start().await;
    let keys = control.keys_list().await.unwrap();
    assert_eq!(
        (keys[0].name.as_str(), keys[0].origin),
        ("laptop", KeyOrigin::Missing)
    );
    let mut changes = control.changes();
    let made = control.keys_create(create("laptop", None)).await.unwrap();
    assert!(made.value.expose().starts_with("pk-"));
    told(&mut changes, Topic::Keys).await;
    let own = control
        .keys_create(create("old", Some("sk-old client")))
        .await
        .unwrap();
    assert_eq!(own.value.expose(), "sk-old client");
    let keys = control.keys_list().await.unwrap();
    assert_eq!(keys.len(), 2);
    assert_eq!(
        (keys[0].requests_per_minute, &keys[0].models[..]),
        (9, &["gpt-*".to_owned()][..])
    );
    assert!(
        keys[0]
            .created
            .is_some_and(|created| created > 1_700_000_000)
    );

    let code = |create: KeyCreate| {
        let control = control.clone();
        async move { control.keys_create(create).await.unwrap_err() }
    };
    assert_eq!(code(create("laptop", None)).await.code, Code::KeyExists);
    let error = code(create("other", Some("sk-old client"))).await;
    assert_eq!(
        (error.code, error.argument("name")),
        (Code::KeyValueInUse, "old")
    );
    assert_eq!(code(create("", None)).await.code, Code::KeyNameInvalid);
    assert_eq!(code(create("a b", None)).await.code, Code::KeyNameInvalid);
    for bad in ["", " x", "a\nb"] {
        assert_eq!(
            code(create("n", Some(bad))).await.code,
            Code::KeyValueInvalid,
            "{bad:?}"
        );
    }
    let error = control.keys_revoke(choice("lap-top")).await.unwrap_err();
    assert_eq!(
        (error.code, error.argument("nearest")),
        (Code::NoSuchKey, "laptop")
    );
    control.keys_revoke(choice("old")).await.unwrap();
    drop(control);
    let names: Vec<String> = home
        .start()
        .await
        .keys_list()
        .await
        .unwrap()
        .into_iter()
        .map(|k| k.name)
        .collect();
    assert_eq!(names, ["laptop"]);
}

#[tokio::test]
async fn the_environments_key_is_one_more_and_is_taken_away_there() {
    let home = TestHome::new(FREE_PORT);
    let control = home.try_start(client_key("my key")).await.unwrap();
    control.serve().await.unwrap();
    let keys = control.keys_list().await.unwrap();
    let origins: Vec<KeyOrigin> = keys.iter().map(|key| key.origin).collect();
    assert_eq!(origins, [KeyOrigin::Created, KeyOrigin::Environment]);
    let error = control
        .keys_revoke(choice("environment"))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::KeyFromEnvironment);
    let error = control
        .keys_create(create("x", Some("my key")))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::KeyValueInUse);
    let error = control
        .keys_create(create("environment", None))
        .await
        .unwrap_err();
    assert_eq!(
        (error.code, error.argument("variable")),
        (Code::KeyNameReserved, "PORTOLAN_CLIENT_KEY")
    );
}

#[tokio::test]
async fn a_file_of_keys_that_is_not_understood_is_never_replaced() {
    let home = TestHome::new(FREE_PORT);
    std::fs::write(home.path("keys.json"), "{").unwrap();
    let Err(error) = home.try_start(Overrides::default()).await else {
        panic!("it started")
    };
    assert_eq!(error.code, Code::KeysFileFailed);
    assert_eq!(
        std::fs::read_to_string(home.path("keys.json")).unwrap(),
        "{"
    );
}

#[tokio::test]
async fn a_listener_lists_what_its_keys_may_ask_for() {
    let text = "[provider.mock]\nendpoints = { openai-chat = \"http://127.0.0.1:9/v1\" }\n\
        models = [\"one\", \"two\"]\nallow_private = true\n[[account]]\nprovider = \"mock\"\n\
        [[instance]]\nname = \"work\"\nport = 0\nkeys = [\"laptop\"]\n\
        [[key]]\nname = \"laptop\"\nmodels = [\"*one\"]\n";
    let control = TestHome::new(text).start().await;
    let list = |instance: Option<&str>| {
        let (control, instance) = (control.clone(), instance.map(str::to_owned));
        async move { control.models_list(ModelsChoice { instance }).await }
    };
    let all = list(None).await.unwrap();
    let work = list(Some("work")).await.unwrap();
    assert!(work.len() < all.len() && !work.is_empty(), "{work:?}");
    assert!(
        work.iter().all(|model| model.id.ends_with("one")),
        "{work:?}"
    );
    assert_eq!(list(Some("default")).await.unwrap(), all);
    assert_eq!(
        list(Some("nowhere")).await.unwrap_err().code,
        Code::NoSuchInstance
    );
}

#[tokio::test]
async fn limits_are_changed_one_by_one_and_stay_in_the_file() {
    let home = TestHome::new("[[key]]\nname = \"laptop\" # mine\nrequests_per_minute = 9\n");
    let control = home.start().await;
    control.keys_create(create("other", None)).await.unwrap();
    let mut changes = control.changes();
    let limit = |name: &str| KeyLimit {
        name: name.to_owned(),
        ..KeyLimit::default()
    };
    let key = control
        .keys_limit(KeyLimit {
            tokens_per_day: Some(5000),
            concurrency: Some(2),
            ..limit("other")
        })
        .await
        .unwrap();
    assert_eq!(
        (key.tokens_per_day, key.concurrency, key.requests_per_minute),
        (5000, 2, 0)
    );
    told(&mut changes, Topic::Keys).await;
    let same = control.keys_limit(limit("other")).await.unwrap();
    assert_eq!(same, key);
    let key = control
        .keys_limit(KeyLimit {
            requests_per_minute: Some(0),
            requests_per_day: Some(3),
            provider_key: Some(true),
            ..limit("laptop")
        })
        .await
        .unwrap();
    assert_eq!((key.requests_per_minute, key.requests_per_day), (0, 3));
    assert!(key.provider_key && !same.provider_key);
    assert_eq!(
        home.settings(),
        "[[key]]\nname = \"laptop\" # mine\nrequests_per_day = 3\nprovider_key = true\n\n\
         [[key]]\nname = \"other\"\nconcurrency = 2\ntokens_per_day = 5000\n"
    );
    let error = control.keys_limit(limit("othr")).await.unwrap_err();
    assert_eq!(error.code, Code::NoSuchKey);
}
