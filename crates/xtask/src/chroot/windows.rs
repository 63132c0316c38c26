//! Type-checks everything for Windows, in a system that has Debian's own compiler for it.
//!
//! Debian packs the library's sources with that compiler, so that no toolchain has to be fetched. It
//! is not the version that the project names, and nothing of what it makes is linked or run.

use std::path::{Path, PathBuf};

use super::{debian, hindrance, inside};
use crate::shell;
use crate::steps::Step;

/// A newer compiler than the release's own, which Debian keeps for its browsers, and the C compiler
/// that some crates need.
const PACKAGES: &str = "rustc-web cargo-web rust-web-src gcc-mingw-w64-x86-64 gcc libc6-dev";
const TARGET: &str = "x86_64-pc-windows-gnu";
const PATH: &str = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";

/// The step, or why it cannot be taken here.
pub(crate) fn step(target: &Path) -> Step {
    const NAME: &str = "windows";
    if let Some(reason) = hindrance() {
        return Step::skip(NAME, reason);
    }
    let folder = target.join("windows-system");
    Step::here(NAME, move || prove(&folder))
}

fn prove(folder: &Path) -> Result<String, String> {
    debian(folder, "ca-certificates")?;
    if !folder.join("usr/bin/x86_64-w64-mingw32-gcc").exists() {
        let apt = format!(
            "export DEBIAN_FRONTEND=noninteractive
             apt-get -qq update && apt-get -qq install -y --no-install-recommends {PACKAGES}"
        );
        shell::output(inside(folder, &[]).args([PATH, "HOME=/root", "sh", "-c", &apt]))?;
    }
    let (source, home) = (shell::root(), cargo_home()?);
    // the crates that are fetched already, and the way to more; the system's certificates with it
    let seen: [(&Path, &str); 3] = [
        (&source, "/source"),
        (&home, "/cargo"),
        (Path::new("/etc/ssl/certs"), "/etc/ssl/certs"),
    ];
    let mut check = inside(folder, &seen);
    check.args(["-C", "/source", PATH, "HOME=/root", "LANG=C.UTF-8"]);
    check.args(["CARGO_HOME=/cargo", "CARGO_TARGET_DIR=/target"]);
    // the library is built from its sources, which a stable compiler does not do unless it is told so
    check.args(["RUSTC_BOOTSTRAP=1", "cargo", "check", "--locked"]);
    check.args(["-Zbuild-std=std,panic_abort", "--target", TARGET]);
    shell::output(check.args(["--package", "portolan-desktop", "--package", "daemon"]))
}

/// Where cargo keeps what it fetched.
fn cargo_home() -> Result<PathBuf, String> {
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .ok_or_else(|| "there is no home folder".to_owned())
}
