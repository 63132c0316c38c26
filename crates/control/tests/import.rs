//! What other programs left is shown and taken over once: keys into the vault, files untouched.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of the home"
)]

mod home;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use contract::{
    Api, Code, Import, ImportChoice, ImportSource, ImportStanding, ImportWhat, ImportWhy, Source,
};
use control::Control;
use home::TestHome;

const CONFIG: &str = r#"{"host":"0.0.0.0","port":28000,"api_key":"sk-iflow-canary-0001","base_url":"http://127.0.0.1:9/v1",
    "language":"zh","theme_mode":"dark","custom_api_key":"client-canary-0001","tls_impersonate":"chrome124",
    "upstream_proxy":"socks5://127.0.0.1:1080","upstream_proxy_enabled":true}"#;

/// A user with these files, and a control that runs for them.
async fn control(files: &[(&str, &str)]) -> (TestHome, Control, PathBuf) {
    let mut home = TestHome::new("");
    let user = home.path("user");
    for (name, text) in files {
        write(&user, name, text);
    }
    home.environment = [("HOME".to_owned(), user.display().to_string())].into();
    let control = home.start().await;
    (home, control, user)
}

fn write(user: &Path, name: &str, text: &str) {
    let path = user.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn all(source: ImportSource) -> ImportChoice {
    ImportChoice { source, only: None }
}

fn standings(import: &Import) -> BTreeMap<String, ImportStanding> {
    let takes = import.takes.iter();
    takes
        .map(|take| (format!("{:?}", take.what), take.standing))
        .collect()
}

#[tokio::test]
async fn nothing_is_found_where_nothing_is() {
    let (_home, control, _) = control(&[]).await;
    assert_eq!(control.imports_list().await.unwrap(), []);
    let error = control
        .imports_take(all(ImportSource::Iflow))
        .await
        .unwrap_err();
    assert_eq!(
        (error.code, error.argument("folder")),
        (Code::NothingToImport, ".iflow")
    );
}

#[tokio::test]
async fn iflow2api_is_shown_masked_taken_over_once_and_left_as_it_is() {
    let (home, control, user) = control(&[(".iflow2api/config.json", CONFIG)]).await;
    let before = home.settings();
    let shown = control.imports_list().await.unwrap().remove(0);
    let written = serde_json::to_string(&shown).unwrap();
    assert!(!written.contains("canary"), "{written}");
    assert!(
        written.contains("…0001") && written.contains("config.json"),
        "{written}"
    );
    assert_eq!(standings(&shown)["Port"], ImportStanding::Same);
    let left: Vec<_> = shown
        .leaves
        .iter()
        .map(|left| (left.field.as_str(), left.why))
        .collect();
    assert_eq!(
        left,
        [
            ("host", ImportWhy::Open),
            ("tls_impersonate", ImportWhy::Imitation)
        ]
    );
    assert_eq!(home.settings(), before, "a look changes nothing");
    assert!(control.accounts_list().await.unwrap().is_empty());

    let done = control
        .imports_take(all(ImportSource::Iflow2api))
        .await
        .unwrap();
    assert_eq!(done.account.as_deref(), Some("iflow2api"));
    assert_eq!(
        done.taken,
        [
            ImportWhat::Address,
            ImportWhat::Key,
            ImportWhat::ClientKey,
            ImportWhat::Language,
            ImportWhat::Theme,
            ImportWhat::Proxy
        ]
    );
    let accounts = control.accounts_list().await.unwrap();
    assert_eq!((accounts.len(), &accounts[0].source), (1, &Source::Vault));
    assert_eq!(accounts[0].provider, "iflow");
    let providers = control.providers_list().await.unwrap();
    let iflow = providers.iter().find(|one| one.id == "iflow").unwrap();
    assert_eq!(
        (iflow.address.as_str(), &iflow.closed),
        ("http://127.0.0.1:9/v1", &None)
    );
    let settings = control.settings_get().await.unwrap();
    assert_eq!(settings.language.as_deref(), Some("zh-CN"));
    assert_eq!(
        settings.proxy.url.as_deref(),
        Some("socks5://127.0.0.1:1080")
    );
    let text = home.settings();
    assert!(!text.contains("canary"), "{text}");
    let keys = control.keys_list().await.unwrap();
    assert!(keys.iter().any(|key| key.name == "iflow2api"));
    assert_eq!(
        std::fs::read_to_string(user.join(".iflow2api/config.json")).unwrap(),
        CONFIG
    );

    // A second time there is nothing to do, and nothing is doubled.
    let again = control.imports_list().await.unwrap().remove(0);
    assert!(
        again
            .takes
            .iter()
            .all(|take| take.standing == ImportStanding::Same),
        "{again:?}"
    );
    let done = control
        .imports_take(all(ImportSource::Iflow2api))
        .await
        .unwrap();
    assert_eq!((done.taken, done.account), (vec![], None));
    assert_eq!(control.accounts_list().await.unwrap().len(), 1);
    assert_eq!(home.settings(), text);

    // A key that was made anew since takes the place of the earlier one.
    write(
        &user,
        ".iflow2api/config.json",
        &CONFIG.replace("iflow-canary-0001", "iflow-canary-0002"),
    );
    let later = control.imports_list().await.unwrap().remove(0);
    assert_eq!(standings(&later)["Key"], ImportStanding::Other);
    let done = control
        .imports_take(all(ImportSource::Iflow2api))
        .await
        .unwrap();
    assert_eq!(done.taken, [ImportWhat::Key]);
    assert_eq!(control.accounts_list().await.unwrap().len(), 1);
    let vault = home.vault.get("account/iflow2api").unwrap().unwrap();
    assert_eq!(vault.expose(), "sk-iflow-canary-0002");
}

#[tokio::test]
async fn the_command_line_gives_its_key_and_model_and_only_what_is_chosen() {
    let settings =
        r#"{"selectedAuthType":"oauth-iflow","apiKey":"sk-cli-canary-00001","modelName":"glm-5"}"#;
    let credentials = r#"{"refresh_token":"rt-canary","apiKey":"sk-cli-canary-00002"}"#;
    let files = [
        (".iflow/settings.json", settings),
        (".iflow/oauth_creds.json", credentials),
    ];
    let (home, control, _) = control(&files).await;
    let only = Some(vec![ImportWhat::Key]);
    let source = ImportSource::Iflow;
    let done = control
        .imports_take(ImportChoice { source, only })
        .await
        .unwrap();
    assert_eq!(
        (done.account.as_deref(), done.taken),
        (Some("iflow-cli"), vec![ImportWhat::Key])
    );
    assert_eq!(control.settings_get().await.unwrap().default_model, "");
    let vault = home.vault.get("account/iflow-cli").unwrap().unwrap();
    assert_eq!(vault.expose(), "sk-cli-canary-00002");
    let done = control.imports_take(all(source)).await.unwrap();
    assert_eq!(done.taken, [ImportWhat::Model]);
    assert_eq!(
        control.settings_get().await.unwrap().default_model,
        "iflow/glm-5"
    );
}

#[tokio::test]
async fn a_service_of_somebody_else_becomes_a_provider_or_is_one_that_is_known() {
    for (url, provider, made) in [
        ("https://llm.example/v1", "iflow-cli-own", true),
        ("https://api.openai.com/v1/", "openai", false),
    ] {
        let settings = format!(
            "{{\"selectedAuthType\":\"openai-compatible\",\"apiKey\":\"sk-x\",\"baseUrl\":\"{url}\"}}"
        );
        let (_home, control, _) = control(&[(".iflow/settings.json", &settings)]).await;
        let done = control
            .imports_take(all(ImportSource::Iflow))
            .await
            .unwrap();
        assert_eq!(done.taken.contains(&ImportWhat::Address), made, "{url}");
        let accounts = control.accounts_list().await.unwrap();
        assert_eq!(
            (accounts.len(), accounts[0].provider.as_str()),
            (1, provider)
        );
        let providers = control.providers_list().await.unwrap();
        let iflow = providers.iter().find(|one| one.id == "iflow").unwrap();
        assert!(iflow.closed.is_some(), "iFlow's own address is not touched");
    }
}

#[tokio::test]
async fn a_broken_file_and_an_address_that_is_none_are_told_and_nothing_is_changed() {
    let (home, control, user) =
        control(&[(".iflow/settings.json", "{\n\"apiKey\": sk-canary}")]).await;
    let shown = control.imports_list().await.unwrap().remove(0);
    let fault = shown.files[0].fault.as_ref().unwrap();
    assert_eq!(
        fault.to_string(),
        "it is not JSON from line 2, column 11 on"
    );
    assert!(!format!("{shown:?}").contains("canary"));
    let error = control
        .imports_take(all(ImportSource::Iflow))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::ImportFileUnusable);
    assert!(error.argument("file").contains(".iflow/settings.json"));
    write(
        &user,
        ".iflow/settings.json",
        "{\"apiKey\":\"sk-canary\",\"baseUrl\":\"javascript:1\"}",
    );
    let shown = control.imports_list().await.unwrap().remove(0);
    assert!(
        shown.takes.is_empty(),
        "a key goes nowhere where nobody knows whose it is"
    );
    assert_eq!(shown.leaves[0].why, ImportWhy::Unusable);
    assert!(control.accounts_list().await.unwrap().is_empty());
    assert_eq!(home.settings(), "");
}
