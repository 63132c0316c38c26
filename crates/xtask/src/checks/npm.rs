//! Every npm lock file is whole: `npm ci` refuses one that was written where a package for another
//! platform could not be found.

use serde_json::{Map, Value};

use crate::report::{Finding, Report};
use crate::tree::Tree;

/// Reads every `package-lock.json` of the project.
pub(crate) fn check(tree: &Tree) -> Report {
    let mut findings = Vec::new();
    let mut files = 0;
    let locks = tree.files();
    for name in locks.filter(|name| name.rsplit('/').next() == Some("package-lock.json")) {
        files += 1;
        let Some(lock) = tree
            .text(name)
            .and_then(|text| serde_json::from_str::<Value>(&text).ok())
        else {
            findings.push(Finding::new(name, "cannot be read as JSON"));
            continue;
        };
        let packages = lock.get("packages").and_then(Value::as_object);
        for (package, wanted) in missing(packages.unwrap_or(&Map::new())) {
            let what = format!(
                "{package} may need {wanted}, which is not in it: choose a version that has it"
            );
            findings.push(Finding::new(name, what));
        }
    }
    Report {
        name: "npm",
        summary: format!("{files} lock files"),
        findings,
    }
}

/// Each package with an optional one that node would look for and the lock file does not hold.
fn missing(packages: &Map<String, Value>) -> Vec<(&str, &str)> {
    let mut missing = Vec::new();
    for (folder, package) in packages {
        let Some(wanted) = package
            .get("optionalDependencies")
            .and_then(Value::as_object)
        else {
            continue;
        };
        for name in wanted.keys().filter(|name| !found(packages, folder, name)) {
            missing.push((folder.as_str(), name.as_str()));
        }
    }
    missing
}

/// Whether `name` is in a `node_modules` of `folder` or of a folder above it.
fn found(packages: &Map<String, Value>, folder: &str, name: &str) -> bool {
    let mut above = Some(folder);
    while let Some(folder) = above {
        let joint = if folder.is_empty() { "" } else { "/" };
        if packages.contains_key(&format!("{folder}{joint}node_modules/{name}")) {
            return true;
        }
        above = match folder.rsplit_once("/node_modules/") {
            Some((parent, _)) => Some(parent),
            None if folder.is_empty() => None,
            None => Some(""),
        };
    }
    false
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn lock(text: &str) -> Map<String, Value> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_package_for_another_platform_that_is_left_out_is_told() {
        let packages = lock(
            r#"{"": {}, "node_modules/a": {"optionalDependencies": {"a-mac": "1", "a-linux": "1"}},
                "node_modules/a-linux": {}}"#,
        );
        assert_eq!(missing(&packages), [("node_modules/a", "a-mac")]);
    }

    #[test]
    fn a_nested_one_is_found_beside_its_package_and_above_it() {
        let packages = lock(
            r#"{"node_modules/b/node_modules/@c/d": {"optionalDependencies": {"x": "1", "y": "1", "z": "1"}},
                "node_modules/b/node_modules/@c/d/node_modules/x": {},
                "node_modules/b/node_modules/y": {}, "node_modules/z": {}}"#,
        );
        assert!(missing(&packages).is_empty());
    }
}
