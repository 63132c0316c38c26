//! Builds `portolan` in a system that has a C compiler, make and nothing else, to prove that it needs
//! no more.

use std::path::Path;
use std::process::Command;

use crate::shell;
use crate::steps::Step;
use crate::tree::Tree;

/// All that the system holds beyond the smallest set of packages.
const PACKAGES: &str = "gcc,make,libc6-dev,ca-certificates";
/// The sources of dependencies, copied in beforehand: inside nothing is fetched.
const VENDORED: &str = "\n[source.crates-io]\nreplace-with = \"vendored\"\n\
                        [source.vendored]\ndirectory = \"/vendor\"\n";

/// The step, or why it cannot be taken here.
pub(crate) fn step(target: &Path) -> Step {
    const NAME: &str = "bare system";
    if !cfg!(target_os = "linux") {
        return Step::skip(NAME, "needs Linux");
    }
    for program in ["debootstrap", "chroot", "unshare", "apt-get"] {
        if !shell::exists(program) {
            return Step::skip(NAME, format!("{program} is not installed"));
        }
    }
    match shell::output(Command::new("id").arg("-u")) {
        Ok(user) if user.trim() == "0" => {}
        _ => return Step::skip(NAME, "needs root, for debootstrap and chroot"),
    }
    let folder = target.join("bare-system");
    Step::here(NAME, move || prove(&folder))
}

fn prove(folder: &Path) -> Result<String, String> {
    if !folder.join("usr/bin/make").exists() {
        remove(folder)?;
        let (suite, mirror) = suite_and_mirror()?;
        let mut debootstrap = Command::new("debootstrap");
        debootstrap
            .arg("--variant=minbase")
            .arg(format!("--include={PACKAGES}"));
        shell::output(debootstrap.arg(suite).arg(folder).arg(mirror))?;
    }
    copy_toolchain(&folder.join("opt/rust"))?;
    copy_sources(&folder.join("source"), &folder.join("vendor"))?;
    let mut build = inside(folder);
    build.args(["cargo", "build", "--offline", "--locked"]);
    let built = shell::output(build.args(["--package", "daemon", "--bin", "portolan"]))?;
    let version = shell::output(inside(folder).args(["/target/debug/portolan", "version"]))?;
    let libraries = shell::output(inside(folder).args(["ldd", "/target/debug/portolan"]))?;
    Ok(format!("{built}{version}{libraries}"))
}

/// A command that runs in the folder as if it were the whole machine, with processes and a `/proc`
/// of its own (Rust's linker looks itself up there), which go when it ends.
fn inside(folder: &Path) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--pid", "--fork", "--kill-child"]);
    command.arg(format!("--mount-proc={}", folder.join("proc").display()));
    command.arg("chroot").arg(folder);
    command.args([
        "/usr/bin/env",
        "-C",
        "/source",
        "-i",
        "PATH=/opt/rust/bin:/usr/bin:/bin",
    ]);
    command.args([
        "HOME=/tmp",
        "LANG=C.UTF-8",
        "CARGO_HOME=/tmp/cargo",
        "CARGO_TARGET_DIR=/target",
    ]);
    command
}

/// The release that runs here and the mirror that apt uses for it; not one of its side
/// repositories, whose names have a hyphen (`bookworm-security`).
fn suite_and_mirror() -> Result<(String, String), String> {
    let mut command = Command::new("apt-get");
    command.args([
        "indextargets",
        "--format",
        "$(CODENAME) $(REPO_URI)",
        "Created-By: Packages",
    ]);
    let targets = shell::output(&mut command)?;
    let mut known = targets.lines().filter_map(|line| line.split_once(' '));
    let first = known.find(|(suite, _)| !suite.contains('-'));
    let (suite, mirror) = first.ok_or("apt knows no repository here")?;
    Ok((suite.to_owned(), mirror.to_owned()))
}

fn copy_toolchain(to: &Path) -> Result<(), String> {
    if to.join("bin/cargo").exists() {
        return Ok(());
    }
    std::fs::create_dir_all(to).map_err(|error| format!("creating {}: {error}", to.display()))?;
    let from = shell::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    for part in ["bin", "lib"] {
        shell::output(
            Command::new("cp")
                .arg("-a")
                .arg(Path::new(from.trim()).join(part))
                .arg(to),
        )?;
    }
    Ok(())
}

fn copy_sources(source: &Path, vendor: &Path) -> Result<(), String> {
    remove(source)?;
    let tree = Tree::of_git(&shell::root())?;
    for name in tree.files() {
        let to = source.join(name);
        let folder = to.parent().unwrap_or(source);
        let copied = std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::copy(tree.root().join(name), &to).map(drop));
        copied.map_err(|error| format!("copying {name}: {error}"))?;
    }
    shell::output(shell::cargo(&["vendor", "--locked", "--quiet"]).arg(vendor))?;
    let configuration = source.join(".cargo/config.toml");
    let kept = tree.text(".cargo/config.toml").unwrap_or_default();
    std::fs::write(&configuration, kept + VENDORED)
        .map_err(|error| format!("writing {}: {error}", configuration.display()))
}

fn remove(folder: &Path) -> Result<(), String> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("removing {}: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}
