//! Who may import whom: our own crates among themselves, and one home for each heavy dependency.

use serde_json::Value;

use crate::report::{Finding, Report};
use crate::shell;

/// Each crate and those of ours that it may import. Arrows never turn back.
const LAYERS: &[(&str, &[&str])] = &[
    ("dialect", &[]),
    ("catalog", &["dialect"]),
    ("accounts", &["catalog", "dialect"]),
    ("guard", &[]),
    ("intake", &["dialect"]),
    ("outbound", &["catalog", "dialect"]),
    ("limits", &["dialect"]),
    ("fetch", &["dialect"]),
    ("quirks", &["catalog", "dialect"]),
    ("agents", &["catalog", "dialect"]),
    (
        "gateway",
        &[
            "accounts", "agents", "catalog", "dialect", "fetch", "guard", "intake", "limits",
            "outbound", "quirks",
        ],
    ),
    ("contract", &[]),
    ("journal", &["contract"]),
    (
        "control",
        &[
            "contract", "journal", "gateway", "ledger", "import", "reasons", "disk", "accounts",
            "catalog", "dialect",
        ],
    ),
    ("import", &["accounts", "contract"]),
    ("reasons", &["contract", "accounts", "catalog", "dialect"]),
    ("disk", &[]),
    ("ledger", &[]),
    ("graphql", &["ledger"]),
    ("documents", &[]),
    ("l10n", &[]),
    ("startup", &[]),
    (
        "daemon",
        &[
            "control",
            "contract",
            "documents",
            "gateway",
            "graphql",
            "journal",
            "accounts",
            "catalog",
            "dialect",
            "l10n",
            "startup",
        ],
    ),
    ("face", &["contract", "l10n"]),
    ("tray", &["daemon", "face", "contract", "l10n"]),
    (
        "portolan-desktop",
        &["tray", "face", "contract", "l10n", "startup"],
    ),
    ("testkit", &["dialect"]),
    ("xtask", &[]),
];

/// Crates for tests and development: nobody ships them, so the homes below do not bind them, and
/// only the first may be imported, by tests.
const FOR_TESTS: &str = "testkit";
const FOR_DEVELOPMENT: &str = "xtask";

/// Each heavy dependency and the crates that may import it.
const HOMES: &[(&str, &[&str])] = &[
    ("keyring", &["accounts"]),
    ("keyring-core", &["accounts"]),
    ("reqwest", &["outbound", "fetch"]),
    // Tauri's updater takes the cryptography that its program has chosen.
    ("rustls", &["outbound", "fetch", "portolan-desktop"]),
    ("axum", &["gateway"]),
    ("rusqlite", &["ledger"]),
    ("async-graphql", &["graphql"]),
    ("toml_edit", &["control"]),
    ("notify", &["disk"]),
    ("clap", &["daemon"]),
    ("tracing-subscriber", &["startup"]),
    ("fluent", &["l10n"]),
    ("unic-langid", &["l10n"]),
    ("sys-locale", &["l10n"]),
    ("tauri", &["portolan-desktop"]),
    ("tauri-build", &["portolan-desktop"]),
    ("tauri-plugin-autostart", &["portolan-desktop"]),
    ("tauri-plugin-notification", &["portolan-desktop"]),
    ("tauri-plugin-single-instance", &["portolan-desktop"]),
    ("tauri-plugin-updater", &["portolan-desktop"]),
    ("open", &["portolan-desktop"]),
    ("tray-icon", &["tray"]),
    ("ksni", &["tray"]),
    ("zbus", &["tray"]),
    ("x11rb", &["tray"]),
    ("auto-launch", &["tray"]),
    ("arboard", &["tray"]),
    (
        "tokio",
        &[
            "accounts",
            "agents",
            "intake",
            "fetch",
            "gateway",
            "graphql",
            "journal",
            "outbound",
            "control",
            "disk",
            "daemon",
            "tray",
            "portolan-desktop",
        ],
    ),
];

/// Reads the workspace's manifests through cargo.
pub(crate) fn check() -> Result<Report, String> {
    let arguments = ["metadata", "--no-deps", "--locked", "--format-version", "1"];
    let text = shell::output(&mut shell::cargo(&arguments))?;
    let metadata: Value =
        serde_json::from_str(&text).map_err(|error| format!("reading cargo metadata: {error}"))?;
    Ok(judge(&metadata))
}

fn judge(metadata: &Value) -> Report {
    let packages = list(metadata, "packages");
    let names: Vec<&str> = packages
        .iter()
        .filter_map(|package| text(package, "name"))
        .collect();
    let mut findings = Vec::new();
    let mut imports = 0;
    for package in packages {
        let Some(name) = text(package, "name") else {
            continue;
        };
        let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == name) else {
            let what = "has no row in walls.rs: say there whom it may import";
            findings.push(Finding::new(name, what));
            continue;
        };
        for dependency in list(package, "dependencies") {
            let Some(target) = text(dependency, "name") else {
                continue;
            };
            let in_tests = text(dependency, "kind") == Some("dev");
            imports += 1;
            let breach = if names.contains(&target) {
                inside(name, target, allowed, in_tests)
            } else {
                outside(name, target, in_tests)
            };
            findings.extend(breach.map(|what| Finding::new(name, what)));
        }
    }
    let summary = format!("{} crates, {imports} imports", names.len());
    Report {
        name: "walls",
        summary,
        findings,
    }
}

fn inside(name: &str, target: &str, allowed: &[&str], in_tests: bool) -> Option<String> {
    let free = in_tests && (target == FOR_TESTS || name == FOR_DEVELOPMENT);
    if allowed.contains(&target) || free {
        return None;
    }
    if target == FOR_TESTS {
        return Some(format!(
            "imports {target}, which is for tests: make it a dev-dependency"
        ));
    }
    Some(format!(
        "may not import {target}: arrows never turn back (docs/ARCHITECTURE.md)"
    ))
}

fn outside(name: &str, target: &str, in_tests: bool) -> Option<String> {
    // S-60: what the window may do grows with every plugin.
    let listed = HOMES.iter().find(|(dependency, _)| *dependency == target);
    if listed.is_none() && target.starts_with("tauri-plugin-") {
        return Some(format!("may not import {target}: it is no plugin of ours"));
    }
    let (_, homes) = listed?;
    let exempt = in_tests || name == FOR_TESTS || name == FOR_DEVELOPMENT;
    if exempt || homes.contains(&name) {
        return None;
    }
    Some(format!(
        "may not import {target}: its home is {}",
        homes.join(", ")
    ))
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn workspace(name: &str, target: &str, kind: &Value) -> Value {
        let others = LAYERS
            .iter()
            .map(|(layer, _)| *layer)
            .filter(|layer| *layer != name);
        let mut packages: Vec<Value> = others
            .map(|layer| json!({"name": layer, "dependencies": []}))
            .collect();
        let dependency = json!({"name": target, "kind": kind});
        packages.push(json!({"name": name, "dependencies": [dependency]}));
        json!({ "packages": packages })
    }

    fn findings(name: &str, target: &str, kind: &Value) -> Vec<String> {
        let report = judge(&workspace(name, target, kind));
        report.findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_lower_crate_may_be_imported_over_others() {
        assert!(findings("control", "dialect", &Value::Null).is_empty());
    }

    #[test]
    fn an_arrow_that_turns_back_is_found_in_tests_too() {
        for kind in [Value::Null, json!("dev"), json!("build")] {
            let found = findings("dialect", "gateway", &kind);
            assert_eq!(found.len(), 1);
            assert!(
                found
                    .concat()
                    .starts_with("dialect: may not import gateway"),
                "{found:?}"
            );
        }
    }

    #[test]
    fn the_data_plane_does_not_know_the_contract() {
        assert_eq!(findings("gateway", "contract", &Value::Null).len(), 1);
    }

    #[test]
    fn testkit_is_for_tests() {
        assert!(findings("gateway", "testkit", &json!("dev")).is_empty());
        assert!(
            findings("gateway", "testkit", &Value::Null)
                .concat()
                .contains("dev-dependency")
        );
    }

    #[test]
    fn a_heavy_dependency_has_one_home() {
        assert!(findings("outbound", "reqwest", &Value::Null).is_empty());
        assert!(findings("testkit", "tokio", &Value::Null).is_empty());
        assert!(findings("dialect", "tokio", &json!("dev")).is_empty());
        assert_eq!(
            findings("control", "reqwest", &Value::Null),
            ["control: may not import reqwest: its home is outbound, fetch"]
        );
    }

    #[test]
    fn the_window_is_in_one_crate_which_knows_no_data_plane() {
        assert!(findings("portolan-desktop", "tauri", &Value::Null).is_empty());
        assert_eq!(findings("daemon", "tauri", &Value::Null).len(), 1);
        assert_eq!(findings("tray", "tauri", &Value::Null).len(), 1);
        assert_eq!(findings("tray", "portolan-desktop", &Value::Null).len(), 1);
        assert_eq!(
            findings("daemon", "portolan-desktop", &Value::Null).len(),
            1
        );
        for target in ["daemon", "gateway", "ledger"] {
            let found = findings("portolan-desktop", target, &Value::Null);
            assert_eq!(found.len(), 1, "{target}");
        }
        for target in ["daemon", "tray", "portolan-desktop", "tauri", "tokio"] {
            assert_eq!(findings("face", target, &Value::Null).len(), 1, "{target}");
        }
        let found = findings("portolan-desktop", "tauri-plugin-shell", &Value::Null);
        assert_eq!(
            found,
            ["portolan-desktop: may not import tauri-plugin-shell: it is no plugin of ours"]
        );
    }

    #[test]
    fn a_new_crate_must_be_placed() {
        let found = findings("newcomer", "serde", &Value::Null);
        assert!(
            found.concat().starts_with("newcomer: has no row"),
            "{found:?}"
        );
    }
}
