//! The settings' file changed by others: taken in at once, or refused with everything as it was.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of the home"
)]

mod home;

use std::net::SocketAddr;
use std::time::Duration;

use accounts::Secret;
use contract::{Api, Code, Listener, Topic};
use control::{Control, Overrides};
use home::{FREE_PORT, LONG, TestHome, told};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

async fn listener(control: &Control, instance: &str) -> Listener {
    let status = control.status_get().await.unwrap();
    status
        .listeners
        .into_iter()
        .find(|listener| listener.instance == instance)
        .unwrap()
}

/// Whether `GET /health` is answered there.
async fn answers(address: &str) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address.parse::<SocketAddr>().ok()?)
            .await
            .ok()?;
        let request =
            format!("GET /health HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        answer.starts_with("HTTP/1.1 200").then_some(())
    };
    tokio::time::timeout(LONG, ask).await.unwrap().is_some()
}

#[tokio::test]
async fn it_serves_and_stops() {
    let home = TestHome::new(FREE_PORT);
    let control = home.start().await;
    let status = control.status_get().await.unwrap();
    assert!(!status.serving && !status.stopping);
    let served = control.serve().await.unwrap();
    let address = served.listeners[0].addresses[0].clone();
    assert!(answers(&address).await);
    let status = control.status_get().await.unwrap();
    assert!(
        status.serving && !status.stopping && status.settings.warnings.is_empty(),
        "{status:?}"
    );
    control.stop(Duration::from_secs(1)).await;
    assert!(TcpStream::connect(&address).await.is_err());
    let status = control.status_get().await.unwrap();
    assert!(!status.serving && !status.stopping, "it has stopped");
}

#[tokio::test]
async fn a_saved_file_is_in_force_at_once() {
    let home = TestHome::new(FREE_PORT);
    let control = home.start().await;
    control.serve().await.unwrap();
    let mut changes = control.changes();
    home.replace(&format!("{FREE_PORT}[[account]]\nprovider = \"ollama\"\n"));
    told(&mut changes, Topic::Accounts).await;
    assert_eq!(control.accounts_list().await.unwrap()[0].id, "ollama");
    home.write(&format!(
        "{FREE_PORT}[[route]]\nmatch = \"a\"\ntargets = [\"ollama/b\"]\n"
    ));
    told(&mut changes, Topic::Routes).await;
    assert_eq!(control.routes_list().await.unwrap().len(), 1);
    assert_eq!(control.accounts_list().await.unwrap(), []);
}

#[tokio::test]
async fn a_broken_file_leaves_everything_as_it_was_until_it_is_right() {
    let home = TestHome::new(&format!("{FREE_PORT}[[account]]\nprovider = \"ollama\"\n"));
    let control = home.start().await;
    control.serve().await.unwrap();
    let mut changes = control.changes();
    home.write(&format!("{FREE_PORT}[[account]]\nproviderr = \"ollama\"\n"));
    told(&mut changes, Topic::Settings).await;
    let fault = control.status_get().await.unwrap().settings.fault.unwrap();
    assert_eq!(
        (fault.code, fault.argument("line")),
        (Code::SettingsInvalid, "4")
    );
    assert!(fault.to_string().contains("provider"), "{fault}");
    assert_eq!(control.accounts_list().await.unwrap().len(), 1);
    assert_eq!(control.settings_reload().await.unwrap_err(), fault);
    std::fs::remove_file(home.path("config.toml")).unwrap();
    told(&mut changes, Topic::Settings).await;
    told(&mut changes, Topic::Settings).await;
    let gone = control.status_get().await.unwrap().settings.fault.unwrap();
    assert_eq!(gone.code, Code::SettingsReadFailed);
    assert_eq!(
        control.settings_reload().await.unwrap_err().code,
        Code::SettingsReadFailed
    );
    assert_eq!(control.accounts_list().await.unwrap().len(), 1);
    home.write(FREE_PORT);
    told(&mut changes, Topic::Accounts).await;
    assert_eq!(control.status_get().await.unwrap().settings.fault, None);
}

#[tokio::test]
async fn at_the_start_a_broken_file_is_an_error() {
    let home = TestHome::new("[listen]\nport = \"x\"\n");
    let Err(error) = home.try_start(Overrides::default()).await else {
        panic!("it started")
    };
    assert_eq!(
        (error.code, error.argument("key")),
        (Code::SettingsInvalid, "listen.port")
    );
    let home = TestHome::new("version = 2\n");
    let Err(error) = home.try_start(Overrides::default()).await else {
        panic!("it started")
    };
    assert_eq!(error.code, Code::SettingsNewer);
}

#[tokio::test]
async fn instances_come_and_go_and_move() {
    let home = TestHome::new(FREE_PORT);
    let control = home.start().await;
    control.serve().await.unwrap();
    let first = listener(&control, "default").await;
    home.write(&format!(
        "{FREE_PORT}[[instance]]\nname = \"work\"\nport = 0\n"
    ));
    control.reload().await.unwrap();
    let work = listener(&control, "work").await;
    assert!(answers(&work.addresses[0]).await);
    assert_eq!(
        listener(&control, "default").await,
        first,
        "the other one is left alone"
    );
    home.write(FREE_PORT);
    control.reload().await.unwrap();
    assert_eq!(control.status_get().await.unwrap().listeners, [first]);
    let closed = async { while TcpStream::connect(&work.addresses[0]).await.is_ok() {} };
    tokio::time::timeout(LONG, closed).await.unwrap();
}

#[tokio::test]
async fn instances_swap_their_ports_and_move_up() {
    let three = [
        TcpListener::bind("127.0.0.1:0").await.unwrap(),
        TcpListener::bind("127.0.0.1:0").await.unwrap(),
        TcpListener::bind("127.0.0.1:0").await.unwrap(),
    ];
    let [one, two, three] = three.map(|free| free.local_addr().unwrap().port());
    let both = |a: u16, b: u16| {
        format!(
            "{FREE_PORT}[[instance]]\nname = \"a\"\nport = {a}\n\
             [[instance]]\nname = \"b\"\nport = {b}\n"
        )
    };
    let home = TestHome::new(&both(one, two));
    let control = home.start().await;
    control.serve().await.unwrap();
    for (a, b) in [(two, one), (one, two), (two, three), (three, one)] {
        home.write(&both(a, b));
        control.reload().await.unwrap();
        for (name, port) in [("a", a), ("b", b)] {
            let now = listener(&control, name).await;
            assert_eq!((now.fault, now.port), (None, port), "{name} of {a}, {b}");
            assert!(
                now.addresses
                    .iter()
                    .all(|address| address.ends_with(&format!(":{port}")))
            );
            assert!(answers(&now.addresses[0]).await, "{name} of {a}, {b}");
        }
    }
}

#[tokio::test]
async fn a_taken_port_is_told_with_its_holder_and_the_old_one_stays() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let home = TestHome::new(FREE_PORT);
    let control = home.start().await;
    control.serve().await.unwrap();
    let before = listener(&control, "default").await;
    home.write(&format!("[listen]\nhost = \"127.0.0.1\"\nport = {port}\n"));
    control.reload().await.unwrap();
    let now = listener(&control, "default").await;
    let fault = now.fault.unwrap();
    assert_eq!(fault.code, Code::PortTaken);
    assert_eq!(fault.argument("holder"), format!("somebody on {port}"));
    assert_eq!(now.addresses, before.addresses);
    assert!(answers(&before.addresses[0]).await);
    drop(taken);
    control.reload().await.unwrap();
    let now = listener(&control, "default").await;
    assert_eq!(
        (now.fault, &now.addresses[..]),
        (None, &[format!("127.0.0.1:{port}")][..])
    );
}

#[tokio::test]
async fn s11_other_machines_are_let_in_only_with_key_and_password() {
    let home = TestHome::new("");
    let open = |password: Option<&str>| Overrides {
        host: Some("0.0.0.0".to_owned()),
        port: Some(0),
        admin_password: password.and_then(|text| Secret::new(text.to_owned()).ok()),
        ..Overrides::default()
    };
    let control = home.try_start(open(None)).await.unwrap();
    let error = control.serve().await.unwrap_err();
    assert_eq!(
        (error.code, error.argument("missing")),
        (Code::RefusedUnsafeListen, "admin-password")
    );
    assert!(
        !home.path("keys.json").exists(),
        "a refused start makes no key"
    );
    drop(control);
    let control = home
        .try_start(open(Some("correct horse battery")))
        .await
        .unwrap();
    control.serve().await.unwrap();
    home.write("[listen]\nrequire_key = false\n");
    let error = control.settings_reload().await.unwrap_err();
    assert_eq!(
        (error.code, error.argument("missing")),
        (Code::RefusedUnsafeListen, "require-key")
    );
    let status = control.status_get().await.unwrap();
    assert_eq!(status.settings.fault, Some(error));
    assert!(status.listeners[0].fault.is_none());
}

#[tokio::test]
async fn a_host_can_widen_over_its_own_port() {
    let home = TestHome::new(FREE_PORT);
    let admin = Overrides {
        admin_password: Secret::new("correct horse battery".to_owned()).ok(),
        ..Overrides::default()
    };
    let control = home.try_start(admin).await.unwrap();
    control.serve().await.unwrap();
    let first = listener(&control, "default").await.addresses[0].clone();
    let port = first.rsplit(':').next().unwrap().to_owned();
    home.write(&format!("[listen]\nhost = \"0.0.0.0\"\nport = {port}\n"));
    control.reload().await.unwrap();
    let now = listener(&control, "default").await;
    assert_eq!(
        (now.fault, &now.addresses[..]),
        (None, &[format!("0.0.0.0:{port}")][..])
    );
}

#[tokio::test]
async fn a_request_is_counted_when_it_is_over() {
    let home = TestHome::new(FREE_PORT);
    let control = home.start().await;
    control.serve().await.unwrap();
    let key = control.keys_reveal().await.unwrap().value;
    let address = listener(&control, "default").await.addresses[0].clone();
    let body = r#"{"model":"demo","messages":[{"role":"user","content":"hi"}]}"#;
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        key.expose(),
        body.len()
    );
    let mut stream = TcpStream::connect(&address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let counted = async {
        loop {
            let status = control.status_get().await.unwrap();
            if status.outcomes.completed == 1 {
                break status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let status = tokio::time::timeout(LONG, counted).await.unwrap();
    let recent = &status.recent[0];
    assert_eq!(
        (recent.model.as_deref(), recent.key.as_deref()),
        (Some("demo"), Some("default"))
    );
}

/// What is said of default models: line, key, and why.
async fn lost(control: &Control) -> Vec<(usize, String, String)> {
    let status = control.status_get().await.unwrap();
    let warnings = status.settings.warnings.into_iter();
    warnings
        .map(|each| (each.line, each.key, each.reason.to_string()))
        .collect()
}

#[tokio::test]
async fn a_default_model_that_leads_nowhere_is_warned_of() {
    // Without a list to ask for: what is stated is all there is.
    let own = "[provider.own]\nendpoints = { openai-chat = \"http://127.0.0.1:9/v1\" }\n\
        models = [\"own-model\", \"nobody/known\"]\nallow_private = true\n\
        [[account]]\nprovider = \"own\"\n[[route]]\nmatch = \"fast\"\n\
        targets = [\"own/own-model\"]\n";
    for (model, expected) in [
        ("", None),
        ("own-model", None),
        ("own/own-model", None),
        ("nobody/known", None),
        ("fast", None),
        ("nobody/x", Some("there is no provider nobody")),
        (
            "opnai/x",
            Some("there is no provider opnai; did you mean openai?"),
        ),
        (
            "anthropic/claude-x",
            Some("there is no account at anthropic; “portolan accounts add anthropic” adds one"),
        ),
        ("own/other", Some("no account offers the model own/other")),
        ("other", Some("no account offers the model other")),
        ("claude-x", Some("no account offers the model claude-x")),
        (
            "demo",
            Some("the demo answers to its own names alone, and is no default model"),
        ),
        (
            "demo/x",
            Some("the demo answers to its own names alone, and is no default model"),
        ),
    ] {
        let home = TestHome::new(&format!("version = 1\ndefault_model = \"{model}\"\n{own}"));
        let control = home.start().await;
        let expected = expected.map(|why| (2, "default_model".to_owned(), why.to_owned()));
        assert_eq!(lost(&control).await, Vec::from_iter(expected), "{model}");
    }
}

#[tokio::test]
async fn a_listeners_own_default_model_is_warned_of_when_it_is_saved() {
    let home = TestHome::new(FREE_PORT);
    let control = home.start().await;
    control.serve().await.unwrap();
    assert_eq!(lost(&control).await, []);
    let mut changes = control.changes();
    home.write(&format!(
        "{FREE_PORT}[[instance]]\nname = \"work\"\nport = 0\ndefault_model = \"nobody/x\"\n"
    ));
    told(&mut changes, Topic::Settings).await;
    let expected = (
        7,
        "instance[0].default_model".to_owned(),
        "there is no provider nobody".to_owned(),
    );
    assert_eq!(lost(&control).await, [expected]);
    home.write(FREE_PORT);
    told(&mut changes, Topic::Settings).await;
    assert_eq!(lost(&control).await, []);
}

/// Answers every request with this list of models.
async fn lists(ids: &[&str]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let ids = ids.iter().map(|id| format!("{{\"id\":\"{id}\"}}"));
    let body = format!("{{\"data\":[{}]}}", ids.collect::<Vec<_>>().join(","));
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _read = stream.read(&mut request).await.unwrap();
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
                 connection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    port
}

#[tokio::test]
async fn a_default_model_that_may_be_on_a_list_is_warned_of_once_the_list_is_there() {
    let port = lists(&["zai-org/GLM"]).await;
    let settings = |model: &str| {
        format!(
            "default_model = \"{model}\"\n{FREE_PORT}[provider.own]\n\
             endpoints = {{ openai-chat = \"http://127.0.0.1:{port}/v1\" }}\n\
             allow_private = true\n[[account]]\nprovider = \"own\"\n"
        )
    };
    let home = TestHome::new(&settings("nobody/x"));
    let control = home.start().await;
    assert_eq!(lost(&control).await, [], "nobody was asked yet");
    let mut changes = control.changes();
    control.serve().await.unwrap();
    told(&mut changes, Topic::Models).await;
    assert_eq!(lost(&control).await.len(), 1);
    home.write(&settings("zai-org/GLM"));
    control.reload().await.unwrap();
    assert_eq!(lost(&control).await, [], "it is on the list");
    home.write(&settings("zai-org/GLN"));
    control.reload().await.unwrap();
    assert_eq!(lost(&control).await.len(), 1, "the list is known");
}
