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

/// Programs that have to do without, and the package that each is made from: the headless one, and
/// on Linux the one that has the tray, whose window is another one's.
const PROGRAMS: [(&str, &str); 2] = [("portolan", "daemon"), ("portolan-desktop", "tray")];

/// Reads the trees of what the programs are built from on Linux.
pub(crate) fn check() -> Result<Report, String> {
    let mut findings = Vec::new();
    let mut summary = Vec::new();
    for (program, package) in PROGRAMS {
        let arguments = [
            "tree",
            "--locked",
            "--package",
            package,
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
        let (crates, found) = judge(program, package, &tree);
        summary.push(format!("`{program}` is built from {crates} crates"));
        findings.extend(found);
    }
    Ok(Report {
        name: "headless",
        summary: summary.join(", "),
        findings,
    })
}

/// How many crates there are, and which of them must not be.
fn judge(program: &str, package: &str, tree: &str) -> (usize, Vec<Finding>) {
    let mut names: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    names.sort_unstable();
    names.dedup();
    let findings = names
        .iter()
        .filter(|name| binds_to_system(name) && !is_spoken_to(package, name))
        .map(|name| {
            let why = format!("`{program}` is built from {name}, which needs a system library");
            Finding::new(
                package,
                format!("{why}: see `cargo tree -p {package} -i {name}`"),
            )
        });
    (names.len(), findings.collect())
}

/// The tray speaks Wayland's protocol for the clipboard by itself, without Wayland's library.
fn is_spoken_to(package: &str, name: &str) -> bool {
    package == "tray" && name.starts_with("wayland-")
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
        let tree = "daemon v0.1.0\nserde v1.0.0\nwebkit2gtk-sys v2.0.2\nserde v1.0.0 (*)";
        for (program, package) in PROGRAMS {
            let (crates, found) = judge(program, package, tree);
            assert_eq!((crates, found.len()), (3, 1), "{found:?}");
            let told = found.first().map(ToString::to_string).unwrap_or_default();
            assert!(told.contains("webkit2gtk-sys"), "{told}");
        }
    }

    #[test]
    fn the_tray_alone_may_speak_with_a_compositor() {
        let found = |package| judge("program", package, "wayland-client v0.31.0").1.len();
        assert_eq!((found("tray"), found("daemon")), (0, 1));
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
