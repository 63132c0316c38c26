//! What is found in files as the two programs write them, and in files that are broken.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::io;

use import::{Address, Found, Left, LeftWhy, LookFault, Source, look};

/// The specification's key and text, coded once more as iflow2api does.
const KEY: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
const SEALED: &str = "enc:Z0FBQUFBQWR3SjZ3QUFFQ0F3UUZCZ2NJQ1FvTERBME9EeTAyMWNwR1ZXS1pfZUV3Q0dNNEJMTEZfNUNWOWRPUG1yaHVWVVBnSm9id096N0pjYm1yUjY0alZtcFU0SXdxREE9PQ==";

fn found(source: Source, files: &[(&str, &str)]) -> Option<Found> {
    let files: BTreeMap<&str, &str> = files.iter().copied().collect();
    look(source, &|folder, name, most| {
        let text = files.get(format!("{folder}/{name}").as_str());
        let bytes = text.map(|text| text.as_bytes().to_vec());
        Ok(bytes.map(|mut bytes| {
            bytes.truncate(usize::try_from(most).unwrap());
            bytes
        }))
    })
}

fn key(found: &Found) -> Option<&str> {
    found.key.as_ref().map(accounts::Secret::expose)
}

fn left(found: &Found) -> Vec<(&str, LeftWhy)> {
    found
        .left
        .iter()
        .map(|Left { field, why }| (*field, *why))
        .collect()
}

#[test]
fn nothing_is_found_where_nothing_is() {
    for source in Source::ALL {
        assert!(found(source, &[]).is_none());
    }
    let key = [(".iflow2api/.key", KEY)];
    assert!(
        found(Source::Iflow2api, &key).is_none(),
        "a key alone is nothing"
    );
}

#[test]
fn the_command_lines_key_and_model_are_found_and_its_sign_in_is_left() {
    let settings = r#"{"selectedAuthType":"oauth-iflow","apiKey":"sk-old","baseUrl":"https://apis.iflow.cn/v1/",
        "modelName":"glm-5","cna":"x","theme":"GitHub"}"#;
    let credentials = r#"{"access_token":"at","refresh_token":"rt","expiry_date":1770000000000,
        "token_type":"bearer","apiKey":"sk-new","userId":"1"}"#;
    let both = [
        (".iflow/settings.json", settings),
        (".iflow/oauth_creds.json", credentials),
    ];
    let all = found(Source::Iflow, &both).unwrap();
    assert_eq!(
        (key(&all), all.model.as_deref()),
        (Some("sk-new"), Some("glm-5"))
    );
    assert_eq!(all.address, None, "it is iFlow's own");
    assert_eq!(left(&all), [("refresh_token", LeftWhy::SignIn)]);
    assert!(!format!("{all:?}").contains("sk-"), "{all:?}");
    let first = found(Source::Iflow, &both[..1]).unwrap();
    assert_eq!(key(&first), Some("sk-old"));
    let second = found(Source::Iflow, &both[1..]).unwrap();
    assert_eq!(key(&second), Some("sk-new"));
}

#[test]
fn a_service_of_somebody_else_keeps_its_address_and_its_key() {
    let settings = r#"{"selectedAuthType":"openai-compatible","apiKey":"sk-mine","baseUrl":"https://llm.example/v1",
        "modelName":"m"}"#;
    let credentials = r#"{"apiKey":"sk-iflow"}"#;
    let both = [
        (".iflow/settings.json", settings),
        (".iflow/oauth_creds.json", credentials),
    ];
    let all = found(Source::Iflow, &both).unwrap();
    let url = "https://llm.example/v1".to_owned();
    assert_eq!(all.address, Some(Address { url, iflow: false }));
    assert_eq!(
        key(&all),
        Some("sk-mine"),
        "iFlow's key is not meant for it"
    );
}

#[test]
fn all_of_iflow2api_that_fits_is_found() {
    let config = r#"{"host":"0.0.0.0","port":28001,"api_key":"sk-i2a","base_url":"https://mine.example/v1",
        "auth_type":"api-key","oauth_access_token":"","oauth_refresh_token":"","oauth_expires_at":null,
        "auto_start":false,"theme_mode":"light","preserve_reasoning_content":true,"api_concurrency":1,
        "language":"zh","custom_api_key":"client-1","custom_auth_header":"",
        "upstream_proxy":"http://127.0.0.1:7890","upstream_proxy_enabled":true,
        "upstream_transport_backend":"curl_cffi","tls_impersonate":"chrome124"}"#;
    let all = found(Source::Iflow2api, &[(".iflow2api/config.json", config)]).unwrap();
    assert_eq!(key(&all), Some("sk-i2a"));
    let client = all.client_key.as_ref().map(accounts::Secret::expose);
    assert_eq!(client, Some("client-1"));
    assert_eq!(
        (all.port, all.language, all.theme),
        (Some(28001), Some("zh-CN"), Some("light"))
    );
    assert_eq!(all.proxy.as_deref(), Some("http://127.0.0.1:7890"));
    assert!(all.address.as_ref().unwrap().iflow);
    assert_eq!(
        left(&all),
        [
            ("host", LeftWhy::Open),
            ("upstream_transport_backend", LeftWhy::Imitation),
            ("tls_impersonate", LeftWhy::Imitation),
            ("preserve_reasoning_content", LeftWhy::ByHand),
            ("api_concurrency", LeftWhy::ByHand),
        ]
    );
    let off = config.replace("_enabled\":true", "_enabled\":false");
    let off = found(Source::Iflow2api, &[(".iflow2api/config.json", &off)]).unwrap();
    assert_eq!(off.proxy, None, "a proxy that was switched off stays so");
}

#[test]
fn what_it_sealed_is_opened_with_its_key_and_left_without() {
    let config = format!("{{\"api_key\":\"{SEALED}\",\"port\":0}}");
    let sealed = (".iflow2api/config.json", config.as_str());
    let all = found(Source::Iflow2api, &[sealed, (".iflow2api/.key", KEY)]).unwrap();
    assert_eq!(key(&all), Some("hello"));
    assert_eq!(left(&all), [("port", LeftWhy::Unusable)]);
    for keys in [vec![sealed], vec![sealed, (".iflow2api/.key", "torn")]] {
        let all = found(Source::Iflow2api, &keys).unwrap();
        assert_eq!(key(&all), None);
        assert_eq!(left(&all)[0], ("api_key", LeftWhy::Sealed));
    }
    // It sealed fields of the command line's file too.
    let settings = format!("{{\"apiKey\":\"{SEALED}\",\"oauth_refresh_token\":\"{SEALED}\"}}");
    let both = [
        (".iflow/settings.json", settings.as_str()),
        (".iflow2api/.key", KEY),
    ];
    assert_eq!(key(&found(Source::Iflow, &both).unwrap()), Some("hello"));
}

#[test]
fn an_access_token_in_the_place_of_the_key_is_none() {
    let config = r#"{"api_key":"at-1","oauth_access_token":"at-1"}"#;
    let all = found(Source::Iflow2api, &[(".iflow2api/config.json", config)]).unwrap();
    assert_eq!(key(&all), None);
    let sign_in = |field| (field, LeftWhy::SignIn);
    assert_eq!(
        left(&all),
        [sign_in("api_key"), sign_in("oauth_access_token")]
    );
}

#[test]
fn a_broken_file_says_what_is_wrong_and_does_not_spoil_the_other() {
    let large = "x".repeat(300_000);
    for (text, fault) in [
        (
            "{\"apiKey\": \"sk-1\",\n}",
            LookFault::NotJson { line: 2, column: 1 },
        ),
        ("", LookFault::NotJson { line: 1, column: 0 }),
        ("[1]", LookFault::NotAnObject),
        (large.as_str(), LookFault::TooLarge(256 * 1024)),
    ] {
        let files = [
            (".iflow/settings.json", text),
            (".iflow/oauth_creds.json", "{\"apiKey\":\"sk-2\"}"),
        ];
        let all = found(Source::Iflow, &files).unwrap();
        assert_eq!(all.files[0].fault.as_ref(), Some(&fault));
        assert!(all.files[1].fault.is_none());
        assert_eq!(key(&all), Some("sk-2"));
    }
    let odd = found(
        Source::Iflow,
        &[(
            ".iflow/settings.json",
            "\u{feff}{\"apiKey\":7,\"baseUrl\":[],\"modelName\":null}",
        )],
    )
    .unwrap();
    assert!(odd.files[0].fault.is_none() && odd.key.is_none() && odd.left.is_empty());
    let unreadable = look(Source::Iflow, &|_, _, _| Err(io::Error::other("no")));
    let files = unreadable.unwrap().files;
    assert!(
        files
            .iter()
            .all(|file| file.fault == Some(LookFault::Unreadable("no".to_owned())))
    );
}

#[cfg(unix)]
#[test]
fn nobody_waits_for_what_is_no_file() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".iflow2api");
    std::fs::create_dir(&folder).unwrap();
    let pipe = folder.join("config.json");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let all = import::look_in(home.path(), Source::Iflow2api).unwrap();
    assert!(all.files[0].fault.is_some(), "{:?}", all.files);
}
