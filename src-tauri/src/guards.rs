//! What the window may do, held against the list of what it needs: a test and nothing else.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use serde_json::{Value, json};

fn read(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn s60_the_window_may_call_one_command_and_hear_events() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/capabilities");
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let capability = read("src-tauri/capabilities/main.json");
    let permissions = json!([
        "allow-rpc",
        "core:event:allow-listen",
        "core:event:allow-unlisten"
    ]);
    assert_eq!(capability["permissions"], permissions);
    assert_eq!(capability["windows"], json!([crate::window::LABEL]));
    assert_eq!(capability.get("remote"), None);
    assert_eq!(capability.get("webviews"), None);
}

#[test]
fn s60_s61_the_configuration_opens_nothing() {
    let app = &read("tauri.conf.json")["app"];
    assert_eq!(app["withGlobalTauri"], json!(false));
    assert_eq!(app["windows"], json!([]));
    let security = &app["security"];
    assert_eq!(security["freezePrototype"], json!(true));
    assert_eq!(security["capabilities"], json!(["main"]));
    let isolation = json!({ "use": "isolation", "options": { "dir": "src-tauri/isolation" } });
    assert_eq!(security["pattern"], isolation);
    for never in [
        "dangerousDisableAssetCspModification",
        "assetProtocol",
        "devCsp",
    ] {
        assert_eq!(security.get(never), None, "{never}");
    }
    let policy = security["csp"].as_str().unwrap();
    let rules: Vec<&str> = policy.split("; ").collect();
    let expected = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self' ipc: http://ipc.localhost",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ];
    assert_eq!(rules, expected);
}
