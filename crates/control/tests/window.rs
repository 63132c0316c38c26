//! What the window asks: settings, providers, serving, refusals.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of the home"
)]

mod home;

use contract::{
    AccountAdd, Api, Code, OriginChoice, ProviderAdd, ProviderChoice, ProviderSet, Proxy,
    ProxyMode, ProxySource, SettingsChange, SignIn, Theme, Topic,
};
use control::Overrides;
use home::{FREE_PORT, TestHome, told};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn asked(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn get(path: &str, more: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{more}\r\n")
}

#[tokio::test]
async fn settings_are_changed_in_the_file_and_at_once() {
    let home = TestHome::new("# mine\n[listen]\nhost = \"127.0.0.1\" # here\nport = 0\n");
    let control = home.start().await;
    let mut changes = control.changes();
    let before = control.settings_get().await.unwrap();
    assert_eq!(
        (before.language.as_deref(), before.theme),
        (None, Theme::System)
    );
    assert_eq!((before.retention_days, before.notify_sign_in), (90, true));
    assert!(before.path.ends_with("config.toml"));
    let change = SettingsChange {
        language: Some(Some("zh-CN".to_owned())),
        theme: Some(Theme::Dark),
        default_model: Some("demo".to_owned()),
        require_key: Some(false),
        allowed_origins: Some(vec!["https://example.com".to_owned()]),
        proxy: Some(Proxy {
            mode: ProxyMode::Manual,
            url: Some("http://127.0.0.1:3128".to_owned()),
        }),
        retention_days: Some(7),
        notify_sign_in: Some(false),
        notify_failover: Some(false),
        ..SettingsChange::default()
    };
    let now = control.settings_change(change).await.unwrap();
    told(&mut changes, Topic::Settings).await;
    assert_eq!(now, control.settings_get().await.unwrap());
    assert_eq!(
        (now.language.as_deref(), now.theme),
        (Some("zh-CN"), Theme::Dark)
    );
    assert_eq!((now.retention_days, now.notify_failover), (7, false));
    assert_eq!(now.allowed_origins, ["https://example.com"]);
    assert!(!now.require_key && now.default_model == "demo");
    let text = home.settings();
    assert!(
        text.contains("# mine\n[listen]\nhost = \"127.0.0.1\" # here\n"),
        "{text}"
    );
    let back = SettingsChange {
        language: Some(None),
        proxy: Some(Proxy::default()),
        ..SettingsChange::default()
    };
    let now = control.settings_change(back).await.unwrap();
    assert_eq!((now.language, now.proxy.url), (None, None));
    assert_eq!(now.theme, Theme::Dark, "what is not given stays");
}

#[tokio::test]
async fn a_wrong_value_names_its_field_and_changes_nothing() {
    let home = TestHome::new("[listen]\nport = 28123\n");
    let control = home.start().await;
    let before = (home.settings(), control.settings_get().await.unwrap());
    let wrong = |change: SettingsChange| {
        let control = control.clone();
        async move {
            let error = control.settings_change(change).await.unwrap_err();
            (error.code, error.argument("key").to_owned())
        }
    };
    let none = SettingsChange::default;
    let invalid = |key: &str| (Code::SettingsInvalid, key.to_owned());
    let host = Some("example.com".to_owned());
    assert_eq!(
        wrong(SettingsChange { host, ..none() }).await,
        invalid("listen.host")
    );
    let language = Some(Some("中文".to_owned()));
    assert_eq!(
        wrong(SettingsChange { language, ..none() }).await,
        invalid("desktop.language")
    );
    let retention_days = Some(4000);
    let refused = wrong(SettingsChange {
        retention_days,
        ..none()
    })
    .await;
    assert_eq!(refused, invalid("activity.retention_days"));
    let allowed_origins = Some(vec!["example.com/x".to_owned()]);
    let refused = wrong(SettingsChange {
        allowed_origins,
        ..none()
    })
    .await;
    assert_eq!(refused, invalid("listen.allowed_origins[0]"));
    let proxy = Some(Proxy {
        mode: ProxyMode::Manual,
        url: None,
    });
    assert_eq!(
        wrong(SettingsChange { proxy, ..none() }).await,
        invalid("proxy.url")
    );
    let host = Some("0.0.0.0".to_owned());
    let refused = wrong(SettingsChange {
        host,
        theme: Some(Theme::Dark),
        ..none()
    })
    .await;
    assert_eq!(
        refused.0,
        Code::RefusedUnsafeListen,
        "as at the start, also while stopped"
    );
    assert_eq!(
        (home.settings(), control.settings_get().await.unwrap()),
        before
    );
}

#[tokio::test]
async fn what_goes_before_the_file_is_not_changed_in_it() {
    let home = TestHome::new("");
    let overrides = Overrides {
        port: Some(0),
        ..Overrides::default()
    };
    let control = home.try_start(overrides).await.unwrap();
    assert_eq!(control.settings_get().await.unwrap().port, 0);
    let port = Some(28124);
    let change = SettingsChange {
        port,
        ..SettingsChange::default()
    };
    let error = control.settings_change(change).await.unwrap_err();
    assert_eq!(
        (error.code, error.argument("key")),
        (Code::SettingOverridden, "listen.port")
    );
}

#[tokio::test]
async fn the_proxy_in_force_is_told_without_its_password() {
    let mut home = TestHome::new("");
    let told = async |home: &TestHome| home.start().await.status_get().await.unwrap().proxy;
    let nothing = told(&home).await;
    assert_eq!(nothing.mode, ProxyMode::System);
    assert_eq!(
        (nothing.source, nothing.address),
        (ProxySource::Direct, None)
    );
    home.environment.insert(
        "https_proxy".to_owned(),
        "http://me:hush@127.0.0.1:1".to_owned(),
    );
    let named = told(&home).await;
    assert_eq!(named.source, ProxySource::Environment);
    assert_eq!(named.address.as_deref(), Some("http://127.0.0.1:1"));
    home.write("[proxy]\nmode = \"manual\"\nurl = \"socks5h://127.0.0.1:2\"\n");
    let manual = told(&home).await;
    assert_eq!(manual.source, ProxySource::Manual);
    assert_eq!(manual.address.as_deref(), Some("socks5h://127.0.0.1:2"));
    home.write("[proxy]\nmode = \"direct\"\n");
    let direct = told(&home).await;
    assert_eq!(
        (direct.mode, direct.source),
        (ProxyMode::Direct, ProxySource::Direct)
    );
    assert_eq!(direct.address, None);
}

#[tokio::test]
async fn serving_stops_and_starts_and_a_changed_port_listens_anew() {
    let home = TestHome::new(FREE_PORT);
    let control = home.start().await;
    let status = control.serving_start().await.unwrap();
    assert!(status.serving);
    let address = status.listeners[0].addresses[0].clone();
    assert!(
        asked(&address, &get("/health", ""))
            .await
            .starts_with("HTTP/1.1 200")
    );
    let mut changes = control.changes();
    let status = control.serving_stop().await.unwrap();
    told(&mut changes, Topic::Serving).await;
    assert!(!status.serving && status.listeners.is_empty());
    TcpStream::connect(&address).await.unwrap_err();
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let port = Some(free);
    let change = SettingsChange {
        port,
        ..SettingsChange::default()
    };
    control.settings_change(change).await.unwrap();
    TcpStream::connect(("127.0.0.1", free)).await.unwrap_err();
    let status = control.serving_start().await.unwrap();
    assert_eq!(status.listeners[0].addresses, [format!("127.0.0.1:{free}")]);
    // And while it listens.
    let port = Some(0);
    let change = SettingsChange {
        port,
        ..SettingsChange::default()
    };
    control.settings_change(change).await.unwrap();
    let moved = control.status_get().await.unwrap().listeners[0].addresses[0].clone();
    assert_ne!(moved, format!("127.0.0.1:{free}"));
    assert!(
        asked(&moved, &get("/health", ""))
            .await
            .starts_with("HTTP/1.1 200")
    );
}

#[tokio::test]
async fn a_refused_page_is_told_allowed_and_forgotten() {
    let home = TestHome::new(FREE_PORT);
    let control = home.start().await;
    let status = control.serving_start().await.unwrap();
    let address = status.listeners[0].addresses[0].clone();
    let mut changes = control.changes();
    let page = get("/v1/models", "origin: https://page.example\r\n");
    assert!(asked(&address, &page).await.starts_with("HTTP/1.1 403"));
    told(&mut changes, Topic::Refused).await;
    let refused = control.status_get().await.unwrap().refused;
    let origin = "https://page.example".to_owned();
    assert_eq!(refused[0].origin.as_ref(), Some(&origin));
    control
        .refused_allow(OriginChoice {
            origin: origin.clone(),
        })
        .await
        .unwrap();
    assert!(control.status_get().await.unwrap().refused.is_empty());
    let allowed = control.settings_get().await.unwrap().allowed_origins;
    assert_eq!(allowed, std::slice::from_ref(&origin));
    // Now only its key is missing.
    assert!(asked(&address, &page).await.starts_with("HTTP/1.1 401"));
    assert_eq!(control.status_get().await.unwrap().refused.len(), 1);
    control.refused_dismiss().await.unwrap();
    assert!(control.status_get().await.unwrap().refused.is_empty());
    control
        .refused_allow(OriginChoice { origin })
        .await
        .unwrap();
    let odd = OriginChoice {
        origin: "not an origin".to_owned(),
    };
    assert_eq!(
        control.refused_allow(odd).await.unwrap_err().code,
        Code::SettingsInvalid
    );
}

#[tokio::test]
async fn providers_are_listed_added_and_removed() {
    let home = TestHome::new("# mine\n");
    let control = home.start().await;
    let all = control.providers_list().await.unwrap();
    let openai = all.iter().find(|provider| provider.id == "openai").unwrap();
    assert!(!openai.own && openai.sign_in == SignIn::Key && openai.accounts == 0);
    assert_eq!(openai.key_name.as_deref(), Some("OPENAI_API_KEY"));
    assert!(openai.address.starts_with("https://"), "{}", openai.address);
    assert!(
        all.iter().all(|provider| provider.id != "demo"),
        "it takes no account"
    );
    let add = ProviderAdd {
        id: "mine".to_owned(),
        name: Some("Mine".to_owned()),
        endpoints: [("openai-chat".to_owned(), "http://127.0.0.1:9/v1".to_owned())].into(),
        models: Some(vec!["a".to_owned(), "b".to_owned()]),
        allow_private: Some(true),
    };
    let mut changes = control.changes();
    let mine = control.providers_add(add.clone()).await.unwrap();
    told(&mut changes, Topic::Providers).await;
    assert!(mine.own && mine.name == "Mine" && mine.models == Some(2));
    assert_eq!(mine.dialects, ["openai-chat"]);
    let again = control.providers_add(add.clone()).await.unwrap_err();
    assert_eq!(again.code, Code::ProviderExists);
    let public = ProviderAdd {
        id: "other".to_owned(),
        allow_private: None,
        ..add
    };
    let error = control.providers_add(public).await.unwrap_err();
    assert_eq!(error.code, Code::SettingsInvalid);
    assert!(
        error
            .argument("key")
            .starts_with("provider.other.endpoints"),
        "{error}"
    );

    let account = AccountAdd {
        provider: "mine".to_owned(),
        key_env: Some("MINE_KEY".to_owned()),
        ..AccountAdd::default()
    };
    let account = control.accounts_add(account).await.unwrap();
    let choice = |id: &str| ProviderChoice { id: id.to_owned() };
    let error = control.providers_remove(choice("mine")).await.unwrap_err();
    assert_eq!(
        (error.code, error.argument("account")),
        (Code::ProviderInUse, account.id.as_str())
    );
    let id = account.id;
    control
        .accounts_remove(contract::AccountChoice { id })
        .await
        .unwrap();
    control.providers_remove(choice("mine")).await.unwrap();
    let gone = control.providers_remove(choice("mine")).await.unwrap_err();
    assert_eq!(gone.code, Code::NoSuchProvider);
    let builtin = control
        .providers_remove(choice("openai"))
        .await
        .unwrap_err();
    assert_eq!(builtin.code, Code::ProviderNotOwn);
    assert!(home.settings().starts_with("# mine\n") && !home.settings().contains("mine]"));
}

#[tokio::test]
async fn a_local_server_is_found_with_its_models() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        // The probe, and the question for the list.
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                stream.read_buf(&mut request).await.unwrap();
            }
            let request = String::from_utf8(request).unwrap().to_lowercase();
            assert!(!request.contains("authorization"), "{request}");
            let body = if request.contains("/models") {
                r#"{"data":[{"id":"a"},{"id":"b"},{"id":"c"}]}"#
            } else {
                "{}"
            };
            let answer = format!("HTTP/1.0 200 OK\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let nowhere = "endpoints = { openai-chat = \"http://127.0.0.1:9/v1\" }";
    let home = TestHome::new(&format!(
        "[provider.ollama]\nendpoints = {{ openai-chat = \"http://127.0.0.1:{port}/v1\" }}\n\
         [provider.lm-studio]\n{nowhere}\n[provider.llama-cpp]\n{nowhere}\n"
    ));
    let control = home.start().await;
    let found = control.local_find().await.unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|server| {
            (
                server.provider.as_str(),
                server.address.clone(),
                server.models,
            )
        })
        .collect();
    assert_eq!(found, [("ollama", format!("127.0.0.1:{port}"), Some(3))]);
    serving.await.unwrap();
}

#[tokio::test]
async fn a_closed_provider_is_pointed_at_an_address_of_ones_own_and_back() {
    let home = TestHome::new("");
    let control = home.start().await;
    let iflow = || async {
        let all = control.providers_list().await.unwrap();
        all.into_iter().find(|one| one.id == "iflow").unwrap()
    };
    let built_in = iflow().await;
    assert_eq!(built_in.closed.as_deref(), Some("2026-04-17"));
    let point = |url: &str| ProviderSet {
        id: "iflow".to_owned(),
        endpoints: Some([("openai-chat".to_owned(), url.to_owned())].into()),
        ..ProviderSet::default()
    };
    let mut changes = control.changes();
    let set = control
        .providers_set(point("https://mine.example/v1"))
        .await
        .unwrap();
    told(&mut changes, Topic::Providers).await;
    assert_eq!((set.closed.as_deref(), set.own), (None, true));
    assert_eq!(set.address, "https://mine.example/v1");
    let error = control
        .providers_set(point("http://10.0.0.1/v1"))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::SettingsInvalid);
    assert_eq!(
        iflow().await.address,
        "https://mine.example/v1",
        "as it was"
    );
    let back = ProviderSet {
        id: "iflow".to_owned(),
        endpoints: Some(std::collections::BTreeMap::new()),
        ..ProviderSet::default()
    };
    assert_eq!(control.providers_set(back).await.unwrap(), built_in);
    let unknown = ProviderSet {
        id: "iflo".to_owned(),
        ..ProviderSet::default()
    };
    let error = control.providers_set(unknown).await.unwrap_err();
    assert_eq!(
        (error.code, error.argument("nearest")),
        (Code::NoSuchProvider, "iflow")
    );
}
