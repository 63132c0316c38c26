//! Small systems of Debian's own packages, in which a step runs as on another machine.

pub(crate) mod bare;
pub(crate) mod container;
pub(crate) mod installed;
pub(crate) mod windows;

use std::path::Path;
use std::process::Command;

use crate::shell;

/// Lies in a system that was made to its end.
const COMPLETE: &str = "etc/made-by-portolan";
/// What runs between `unshare` and the system: folders from outside, and then its own root. The
/// mounts go with the processes.
const ENTER: &str = r#"
root=$1; shift
while [ "$1" != -- ]; do
  mkdir -p "$root$2" && mount --bind "$1" "$root$2" || exit 1
  shift 2
done
shift
exec chroot "$root" /usr/bin/env -i "$@"
"#;

/// Why no such system can be made here.
fn hindrance() -> Option<String> {
    if !cfg!(target_os = "linux") {
        return Some("needs Linux".to_owned());
    }
    let programs = ["debootstrap", "chroot", "unshare", "apt-get"];
    if let Some(missing) = programs.into_iter().find(|each| !shell::exists(each)) {
        return Some(format!("{missing} is not installed"));
    }
    match shell::output(Command::new("id").arg("-u")) {
        Ok(user) if user.trim() == "0" => None,
        _ => Some("needs root, for debootstrap and chroot".to_owned()),
    }
}

/// A system in the folder, of the smallest set of packages and these (with commas between them);
/// made once, and anew where that was broken off.
fn debian(folder: &Path, packages: &str) -> Result<(), String> {
    if folder.join(COMPLETE).exists() {
        return Ok(());
    }
    remove(folder)?;
    let sources = sources()?;
    let (suite, mirror) = suite_and_mirror(&sources)?;
    let mut debootstrap = Command::new("debootstrap");
    debootstrap.arg("--variant=minbase");
    if !packages.is_empty() {
        debootstrap.arg(format!("--include={packages}"));
    }
    shell::output(debootstrap.arg(suite).arg(folder).arg(mirror))?;
    // beside the release itself its updates, and the way to the mirror that apt takes here
    let lines = apt_lines(&sources, suite);
    write(&folder.join("etc/apt/sources.list"), &lines)?;
    let settings = shell::output(Command::new("apt-config").args(["dump", "Acquire"]))?;
    let settings = way(&settings);
    write(&folder.join("etc/apt/apt.conf.d/99way"), &settings)?;
    write(&folder.join(COMPLETE), "")
}

/// A command that runs in the folder as if it were the whole machine, with processes and a `/proc`
/// of its own (Rust's linker looks itself up there), which go when it ends. Folders from outside
/// are seen at the places that are named with them.
fn inside(folder: &Path, seen: &[(&Path, &str)]) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--pid", "--fork", "--kill-child"]);
    command.arg(format!("--mount-proc={}", folder.join("proc").display()));
    command.args(["sh", "-c", ENTER, "enter"]).arg(folder);
    for (outside, place) in seen {
        command.arg(outside).arg(place);
    }
    command.arg("--");
    command
}

/// What apt knows: a line for each repository, of its release, address and component.
fn sources() -> Result<String, String> {
    let mut command = Command::new("apt-get");
    command.args([
        "indextargets",
        "--format",
        "$(RELEASE) $(REPO_URI) $(COMPONENT)",
        "Created-By: Packages",
    ]);
    shell::output(&mut command)
}

/// The release that runs here and the mirror that apt uses for it; not one of its side
/// repositories, whose names have a hyphen (`bookworm-security`).
fn suite_and_mirror(sources: &str) -> Result<(&str, &str), String> {
    let mut known = sources.lines().filter_map(|line| {
        let mut words = line.split(' ');
        Some((words.next()?, words.next()?))
    });
    known
        .find(|(suite, _)| !suite.contains('-'))
        .ok_or_else(|| "apt knows no repository here".to_owned())
}

/// The release and its side repositories, as apt reads them; nobody else's.
fn apt_lines(sources: &str, suite: &str) -> String {
    let side = format!("{suite}-");
    let ours = sources.lines().filter_map(|line| {
        let (release, _) = line.split_once(' ')?;
        let (_, component) = line.rsplit_once(' ')?;
        let mirror = line.split(' ').nth(1)?;
        (release == suite || release.starts_with(&side))
            .then(|| format!("deb {mirror} {release} {component}\n"))
    });
    ours.collect()
}

/// Proxies, and whether dates are believed: without these the mirror may be out of reach.
fn way(settings: &str) -> String {
    let kept = settings
        .lines()
        .filter(|line| line.starts_with("Acquire::http") || line.starts_with("Acquire::Check-"));
    kept.map(|line| format!("{line}\n")).collect()
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|error| format!("writing {}: {error}", file.display()))
}

fn remove(folder: &Path) -> Result<(), String> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("removing {}: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const SOURCES: &str = "bookworm-security http://a/debian-security/ main\n\
                           bookworm http://a/debian/ main\n\
                           nodistro https://b/node_20.x/ main\n";

    #[test]
    fn a_system_is_made_of_the_release_that_runs_here() {
        let found = suite_and_mirror(SOURCES).unwrap();
        assert_eq!(found, ("bookworm", "http://a/debian/"));
        assert!(suite_and_mirror("").is_err());
    }

    #[test]
    fn a_system_knows_the_updates_and_nobody_elses_repositories() {
        let lines = "deb http://a/debian-security/ bookworm-security main\n\
                     deb http://a/debian/ bookworm main\n";
        assert_eq!(apt_lines(SOURCES, "bookworm"), lines);
    }

    #[test]
    fn of_apts_settings_the_way_to_the_mirror_is_kept() {
        let settings = "Acquire::cdrom \"\";\nAcquire::http::Proxy \"http://c:1/\";\n";
        assert_eq!(way(settings), "Acquire::http::Proxy \"http://c:1/\";\n");
    }
}
