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

/// A program on Linux, how cargo is told to make it, and what it must not be made from.
struct Program {
    name: &'static str,
    package: &'static str,
    arguments: &'static [&'static str],
    is_foreign: fn(&str) -> bool,
    why: &'static str,
}

const PROGRAMS: [Program; 3] = [
    Program {
        name: "portolan",
        package: "daemon",
        arguments: &["--package", "daemon"],
        is_foreign: binds_to_system,
        why: "needs a system library",
    },
    Program {
        name: "portolan-desktop",
        package: "portolan-desktop",
        arguments: &[
            "--package",
            "portolan-desktop",
            "--no-default-features",
            "--features",
            "tray",
        ],
        // It speaks Wayland's protocol for the clipboard by itself, without Wayland's library.
        is_foreign: |name| binds_to_system(name) && !name.starts_with("wayland-"),
        why: "needs a system library",
    },
    Program {
        name: "portolan-window",
        package: "portolan-desktop",
        arguments: &[
            "--package",
            "portolan-desktop",
            "--no-default-features",
            "--features",
            "window",
        ],
        is_foreign: |name| TRAYS.contains(&name),
        why: "belongs to the tray's program alone",
    },
];

/// What the window's program has to do without. Our own SQLite above all: WebKit and libsoup would
/// call it in place of the one that they were made for.
const TRAYS: &[&str] = &[
    "accounts",
    "arboard",
    "clap",
    "control",
    "daemon",
    "gateway",
    "keyring",
    "keyring-core",
    "ksni",
    "ledger",
    "libsqlite3-sys",
    "rusqlite",
    "secret-service",
    "tikv-jemallocator",
    "tray",
    "x11rb",
    "zbus",
    "zvariant",
];

/// Reads the trees of what the programs are built from on Linux.
pub(crate) fn check() -> Result<Report, String> {
    let mut findings = Vec::new();
    let mut summary = Vec::new();
    for program in PROGRAMS {
        let arguments = [
            "tree",
            "--locked",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--target",
            "x86_64-unknown-linux-gnu",
        ];
        let mut tree = shell::cargo(&arguments);
        let tree = shell::output(tree.args(program.arguments))?;
        let (crates, found) = judge(&program, &tree);
        summary.push(format!("`{}` is built from {crates} crates", program.name));
        findings.extend(found);
    }
    Ok(Report {
        name: "headless",
        summary: summary.join(", "),
        findings,
    })
}

/// How many crates there are, and which of them must not be.
fn judge(program: &Program, tree: &str) -> (usize, Vec<Finding>) {
    let mut names: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    names.sort_unstable();
    names.dedup();
    let findings = names
        .iter()
        .filter(|name| (program.is_foreign)(name))
        .map(|name| {
            let (made, why) = (program.name, program.why);
            let ask = program.arguments.join(" ");
            Finding::new(
                program.package,
                format!(
                    "`{made}` is built from {name}, which {why}: see `cargo tree {ask} -i {name}`"
                ),
            )
        });
    (names.len(), findings.collect())
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

    fn found(name: &str, tree: &str) -> (usize, Vec<String>) {
        let mut programs = PROGRAMS.iter().filter(|program| program.name == name);
        let (crates, found) = programs
            .next()
            .map(|program| judge(program, tree))
            .unwrap_or_default();
        (crates, found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_window_in_the_tree_is_found() {
        let tree = "daemon v0.1.0\nserde v1.0.0\nwebkit2gtk-sys v2.0.2\nserde v1.0.0 (*)";
        for program in ["portolan", "portolan-desktop"] {
            let (crates, found) = found(program, tree);
            assert_eq!((crates, found.len()), (3, 1), "{found:?}");
            assert!(found.concat().contains("webkit2gtk-sys"), "{found:?}");
        }
    }

    #[test]
    fn the_window_has_nothing_of_the_trays_and_no_database_of_ours() {
        let tree = "tauri v2.12.5\nwebkit2gtk-sys v2.0.2\nface v0.1.0";
        assert_eq!(found("portolan-window", tree), (3, Vec::new()));
        let tree = "tauri v2.12.5\nlibsqlite3-sys v0.36.0\nrusqlite v0.41.1\ndaemon v0.1.0";
        let (_, found) = found("portolan-window", tree);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(
            found.concat().contains("--features window -i rusqlite"),
            "{found:?}"
        );
    }

    #[test]
    fn the_tray_alone_may_speak_with_a_compositor() {
        let found = |program| found(program, "wayland-client v0.31.0").1.len();
        assert_eq!((found("portolan-desktop"), found("portolan")), (0, 1));
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
