//! Builds `portolan` in a system that has a C compiler, make and nothing else, to prove that it needs
//! no more.

use std::path::Path;
use std::process::Command;

use super::{debian, hindrance, inside, remove};
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
    if let Some(reason) = hindrance() {
        return Step::skip(NAME, reason);
    }
    let folder = target.join("bare-system");
    Step::here(NAME, move || prove(&folder))
}

fn prove(folder: &Path) -> Result<String, String> {
    debian(folder, PACKAGES)?;
    copy_toolchain(&folder.join("opt/rust"))?;
    copy_sources(&folder.join("source"), &folder.join("vendor"))?;
    let mut build = within(folder);
    build.args(["cargo", "build", "--offline", "--locked"]);
    let built = shell::output(build.args(["--package", "daemon", "--bin", "portolan"]))?;
    let version = shell::output(within(folder).args(["/target/debug/portolan", "version"]))?;
    let libraries = shell::output(within(folder).args(["ldd", "/target/debug/portolan"]))?;
    Ok(format!("{built}{version}{libraries}"))
}

/// A command in the copied sources.
fn within(folder: &Path) -> Command {
    let mut command = inside(folder, &[]);
    command.args(["-C", "/source", "PATH=/opt/rust/bin:/usr/bin:/bin"]);
    command.args([
        "HOME=/tmp",
        "LANG=C.UTF-8",
        "CARGO_HOME=/tmp/cargo",
        "CARGO_TARGET_DIR=/target",
    ]);
    command
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
