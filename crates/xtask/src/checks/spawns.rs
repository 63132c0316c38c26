//! S-28: where programs are started, so that nothing that comes over the network can start one.

use crate::report::{Finding, Report};
use crate::tree::Tree;

/// Who may start a program, and which.
const ALLOWED: [&str; 3] = [
    // The agents that the settings' file names.
    "crates/agents/src/process.rs",
    // `gsettings` and its like, for the system's proxy.
    "crates/daemon/src/proxy/linux.rs",
    // The window, which is this program's own.
    "crates/tray/src/linux/program.rs",
];

/// Looks for programs that are started elsewhere.
pub(crate) fn check(tree: &Tree) -> Report {
    let mut findings = Vec::new();
    let mut starts = 0;
    for name in tree.ending(".rs").filter(|name| is_shipped(name)) {
        let Some(text) = tree.text(name) else {
            continue;
        };
        if !(text.contains("process::Command")
            || text.contains("process::{") && text.contains("Command"))
        {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            if line == "#[cfg(test)]" {
                break;
            }
            if !line.contains("Command::new(") {
                continue;
            }
            starts += 1;
            if !ALLOWED.contains(&name) {
                let what = "starts a program: nothing but what spawns.rs lists may (S-28)";
                findings.push(Finding::new(format!("{name}:{}", index + 1), what));
            }
        }
    }
    Report {
        name: "spawns",
        summary: format!("{starts} places that start programs"),
        findings,
    }
}

fn is_shipped(name: &str) -> bool {
    let source =
        name.starts_with("src-tauri/src/") || name.starts_with("crates/") && name.contains("/src/");
    let for_us = ["crates/testkit/", "crates/xtask/"];
    source && !name.contains("/tests") && !for_us.iter().any(|folder| name.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::fixture;

    #[test]
    fn s28_a_program_that_is_started_elsewhere_is_found() {
        let text = "use std::process::Command;\nfn f() {\n    Command::new(\"sh\");\n}\n#[cfg(test)]\nCommand::new(\"x\")\n";
        let fixture = fixture::tree(&[
            ("crates/control/src/a.rs", text),
            ("crates/control/tests/a.rs", text),
            ("crates/xtask/src/a.rs", text),
            ("crates/agents/src/process.rs", text),
            (
                "crates/daemon/src/cli/command.rs",
                "use clap::Command;\nCommand::new(\"keys\")\n",
            ),
        ]);
        let report = check(&fixture.tree);
        let found: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with("crates/control/src/a.rs:3"),
            "{found:?}"
        );
        assert_eq!(report.summary, "2 places that start programs");
    }
}
