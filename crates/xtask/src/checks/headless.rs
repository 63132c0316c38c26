//! `portolan` needs no library of a desktop, not even to build.

use crate::report::{Finding, Report};
use crate::shell;

/// Beginnings of crate names that bind to a desktop's or another system library.
const SYSTEM: &[&str] = &[
    "appindicator",
    "atk",
    "cairo",
    "dbus",
    "gdk",
    "gio",
    "glib",
    "gobject",
    "gtk",
    "libappindicator",
    "libdbus",
    "muda",
    "native-tls",
    "objc",
    "openssl-sys",
    "pango",
    "soup",
    "tao",
    "tauri",
    "tray-icon",
    "wayland",
    "webkit",
    "winit",
    "wry",
    "x11",
];

/// Reads the tree of what the program is built from on Linux.
pub(crate) fn check() -> Result<Report, String> {
    let arguments = [
        "tree",
        "--locked",
        "--package",
        "daemon",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
        "--target",
        "x86_64-unknown-linux-gnu",
    ];
    let tree = shell::output(&mut shell::cargo(&arguments))?;
    Ok(judge(&tree))
}

fn judge(tree: &str) -> Report {
    let mut names: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    names.sort_unstable();
    names.dedup();
    let findings = names
        .iter()
        .filter(|name| binds_to_system(name))
        .map(|name| {
            let why = format!("`portolan` is built from {name}, which needs a system library");
            Finding::new(
                "daemon",
                format!("{why}: see `cargo tree -p daemon -i {name}`"),
            )
        });
    let summary = format!("`portolan` is built from {} crates", names.len());
    Report {
        name: "headless",
        summary,
        findings: findings.collect(),
    }
}

fn binds_to_system(name: &str) -> bool {
    SYSTEM.iter().any(|start| {
        name.strip_prefix(start).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|next: char| next == '-' || next.is_ascii_digit())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_in_the_tree_is_found() {
        let report = judge("daemon v0.1.0\nserde v1.0.0\nwebkit2gtk-sys v2.0.2\nserde v1.0.0 (*)");
        let found: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found.concat().contains("webkit2gtk-sys"), "{found:?}");
        assert!(report.summary.contains("3 crates"), "{}", report.summary);
    }

    #[test]
    fn a_name_that_only_begins_alike_passes() {
        for name in ["taola", "gtkish", "zbus", "dbus_names", "openssl-probe"] {
            assert!(!binds_to_system(name), "{name}");
        }
        for name in ["libdbus-sys", "gtk", "x11rb", "x11-dl", "webkit2gtk"] {
            assert_eq!(binds_to_system(name), name != "x11rb", "{name}");
        }
    }
}
