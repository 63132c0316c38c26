//! The document is whole: no route of the program without an entry, no entry without a route.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;

use serde_json::Value;

/// Where the data plane's paths are told apart.
const INGRESS: &str = include_str!("../../gateway/src/ingress.rs");
/// Where the session's methods are.
const SESSION: &str = include_str!("../../daemon/src/admin/sign_in.rs");
/// Where control's methods are.
const CONTROL: &str = include_str!("../../contract/src/methods.rs");

fn document() -> Value {
    serde_json::from_str(include_str!("../openapi.json")).unwrap()
}

fn paths() -> BTreeSet<String> {
    document()["paths"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

/// Texts in quotation marks of a part of a program.
fn quoted<'a>(source: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    let (_, rest) = source.split_once(from).unwrap();
    let (part, _) = rest.split_once(to).unwrap();
    part.split('"').skip(1).step_by(2).collect()
}

#[test]
fn every_path_of_the_data_plane_has_its_entry() {
    let documented = paths();
    let routes = quoted(INGRESS, "match bare(path) {", "let allowed =");
    assert!(routes.len() > 20, "{routes:?}");
    for route in routes.into_iter().filter(|route| route.starts_with('/')) {
        let known = match route.strip_suffix('/') {
            // What stands beneath it is one more part.
            Some(folder) => documented.iter().any(|path| {
                path.strip_prefix("/v1")
                    .unwrap_or(path)
                    .starts_with(&format!("{folder}/{{"))
            }),
            None => documented.contains(route) || documented.contains(&format!("/v1{route}")),
        };
        assert!(
            known,
            "{route} has no entry in crates/documents/src/kept.json"
        );
    }
}

#[test]
fn every_method_of_control_and_of_a_session_has_its_entry() {
    let documented = paths();
    let methods = quoted(CONTROL, "methods! {\n    ///", "\n}\n");
    assert!(methods.len() > 30);
    for method in methods {
        let path = format!("/admin/api/{method}");
        assert!(documented.contains(&path), "{path}: run `cargo xtask gen`");
    }
    let verbs = quoted(SESSION, "match verb {", "_ => Err");
    assert!(verbs.len() > 4);
    for verb in verbs {
        let path = format!("/admin/api/session.{verb}");
        assert!(
            documented.contains(&path),
            "{path}: crates/documents/src/kept.json"
        );
    }
}

#[test]
fn what_needs_no_key_is_what_the_data_plane_opens() {
    let document = document();
    let (_, rest) = INGRESS.split_once("fn is_open(&self)").unwrap();
    let (open, _) = rest.split_once("=> true").unwrap();
    assert!(
        open.contains("Self::Greeting | Self::Health | Self::Ready | Self::Document"),
        "{open}"
    );
    let mut found = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let security = operation["security"].as_array();
            let security = security.unwrap_or_else(|| panic!("{path} says nothing of who may"));
            if security.is_empty() {
                found.insert(format!("{method} {path}"));
            }
        }
    }
    let expected = [
        "get /",
        "get /admin/api/session",
        "get /docs",
        "get /docs/{file}",
        "get /health",
        "get /openapi.json",
        "get /ready",
        "get /redoc",
        "post /admin/api/session.claim",
        "post /admin/api/session.sign_in",
    ];
    assert_eq!(
        found.iter().map(String::as_str).collect::<Vec<_>>(),
        expected
    );
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let text = document.to_string();
    for part in text.split("\"$ref\":\"#").skip(1) {
        let (pointer, _) = part.split_once('"').unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}
