//! Nothing of one machine in the project: no address of a package registry, no path to a home.

use crate::report::{Finding, Report};
use crate::tree::Tree;

/// Registries, each name in the pieces that stand between its dots. Whoever builds has their own
/// mirror; a name written down here would be asked past it.
const REGISTRIES: &[&[&str]] = &[
    &["crates", "io"],
    &["npmjs", "org"],
    &["npmjs", "com"],
    &["npmmirror", "com"],
    &["yarnpkg", "com"],
    &["pypi", "org"],
    &["pythonhosted", "org"],
    &["deb", "debian", "org"],
    &["security", "debian", "org"],
    &["archive", "ubuntu", "com"],
    &["ports", "ubuntu", "com"],
    &["proxy", "golang", "org"],
];

/// Folders that hold people's homes, and the placeholders that documents and tests may use.
const HOMES: &[&str] = &["/home/", "/Users/", "\\Users\\"];
const ADMINISTRATOR: &str = "root";
const PLACEHOLDERS: &[&str] = &["user", "you", "me", "name", "NAME", "alice", "ann", "bob"];

/// Reads every text file of the project.
pub(crate) fn check(tree: &Tree) -> Report {
    let registries: Vec<String> = REGISTRIES.iter().map(|pieces| pieces.join(".")).collect();
    let mut findings = Vec::new();
    let mut files = 0;
    for name in tree.files() {
        let Some(text) = tree.text(name) else {
            continue;
        };
        files += 1;
        for (index, line) in text.lines().enumerate() {
            if let Some(what) = breach(name, line, &registries) {
                findings.push(Finding::new(format!("{name}:{}", index + 1), what));
            }
        }
    }
    Report {
        name: "hosts",
        summary: format!("{files} files"),
        findings,
    }
}

fn breach(name: &str, line: &str, registries: &[String]) -> Option<String> {
    let file = name.rsplit('/').next().unwrap_or(name);
    if file == "Cargo.lock" && line.starts_with("source = ") {
        return None;
    }
    if file == "package-lock.json" && line.trim_start().starts_with("\"resolved\"") {
        return Some(
            "a download address: write the lock file with `omit-lockfile-registry-resolved`".into(),
        );
    }
    if let Some(host) = registries.iter().find(|host| names_host(line, host)) {
        return Some(format!("names the registry {host}"));
    }
    home(line).map(|path| format!("names a folder of one machine: {path}…"))
}

/// The host itself or one under it, and not a longer name that begins alike.
fn names_host(line: &str, host: &str) -> bool {
    line.match_indices(host).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + host.len()..]);
        let joined = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        !before.ends_with(joined) && !after.starts_with(joined)
    })
}

fn home(line: &str) -> Option<String> {
    let root = format!("/{ADMINISTRATOR}/");
    if line
        .match_indices(&root)
        .any(|(at, _)| begins_path(line, at))
    {
        return Some(root);
    }
    HOMES
        .iter()
        .flat_map(|folder| line.match_indices(folder))
        .filter(|(at, _)| begins_path(line, *at))
        .find_map(|(at, folder)| {
            let rest = &line[at + folder.len()..];
            let letter = |next: char| next.is_ascii_alphanumeric() || "-_.".contains(next);
            let owner = &rest[..rest.find(|next| !letter(next)).unwrap_or(rest.len())];
            let real = !owner.is_empty() && !PLACEHOLDERS.contains(&owner);
            real.then(|| format!("{folder}{owner}"))
        })
}

/// Nothing of a path stands before it: no name, no variable.
fn begins_path(line: &str, at: usize) -> bool {
    !line[..at].ends_with(|before: char| before.is_alphanumeric() || "_-.}~*".contains(before))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::fixture;

    fn findings(name: &str, text: &str) -> Vec<String> {
        let fixture = fixture::tree(&[(name, text)]);
        check(&fixture.tree)
            .findings
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn each_registry_is_found_with_anything_before_it() {
        for pieces in REGISTRIES {
            let host = pieces.join(".");
            let found = findings("a.md", &format!("\nsee https://static.{host}/x\n"));
            assert_eq!(found, [format!("a.md:2: names the registry {host}")]);
            assert!(findings("a.md", &format!("see my{host} and {host}x")).is_empty());
        }
    }

    #[test]
    fn the_lock_file_names_sources_only() {
        let host = REGISTRIES[0].join(".");
        let source = format!("source = \"registry+https://example.com/{host}-index\"\n");
        assert!(findings("Cargo.lock", &source).is_empty());
        assert_eq!(findings("Cargo.lock", &format!("# {host}")).len(), 1);
    }

    #[test]
    fn a_lock_file_of_npm_has_no_addresses() {
        let line = "      \"resolved\": \"https://example.com/a.tgz\",\n";
        assert!(
            findings("ui/package-lock.json", line)
                .concat()
                .contains("omit-lockfile")
        );
    }

    #[test]
    fn a_real_home_is_found_and_a_placeholder_passes() {
        let (linux, mac) = (
            ["/home", "jane", "x"].join("/"),
            ["/Users", "jane"].join("/"),
        );
        let administrator = ["", "root", ".cargo"].join("/");
        for path in [linux, mac, administrator] {
            assert_eq!(
                findings("a.toml", &format!("p = \"{path}\"")).len(),
                1,
                "{path}"
            );
        }
        for path in [
            "/home/user/x",
            "/home/$USER/x",
            "ui/root/",
            "$work/home/jane",
            "/home/",
        ] {
            assert!(findings("a.toml", path).is_empty(), "{path}");
        }
    }
}
