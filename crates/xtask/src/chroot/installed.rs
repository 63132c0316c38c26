//! Installs the desktop application's `.deb` in a system that has nothing of it, with what Debian
//! itself has, and starts it there.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{debian, hindrance, inside, remove};
use crate::shell;
use crate::steps::Step;

/// The step, or why it cannot be taken here.
pub(crate) fn step(target: &Path) -> Step {
    const NAME: &str = "installed";
    if let Some(reason) = hindrance() {
        return Step::skip(NAME, reason);
    }
    let target = target.to_path_buf();
    Step::here(NAME, move || prove(&target))
}

fn prove(target: &Path) -> Result<String, String> {
    let deb = newest(&target.join("dist"))?;
    let clean = target.join("clean-system");
    debian(&clean, "")?;
    // what is installed once is there the next time, so each time begins with a copy
    let copy = target.join("clean-system-in-use");
    remove(&copy)?;
    shell::output(Command::new("cp").arg("-a").arg(&clean).arg(&copy))?;
    copy_file(&deb, &copy.join("portolan.deb"))?;
    let script = shell::root().join("tests/packages/install");
    copy_file(&script, &copy.join("install"))?;
    let said = shell::output(inside(&copy, &[]).args([
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME=/root",
        "LANG=C.UTF-8",
        "/bin/bash",
        "/install",
        "/portolan.deb",
        &free_port()?.to_string(),
    ]))?;
    remove(&copy)?;
    Ok(said)
}

/// The package that was made last.
fn newest(dist: &Path) -> Result<PathBuf, String> {
    let entries =
        std::fs::read_dir(dist).map_err(|error| format!("reading {}: {error}", dist.display()))?;
    entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "deb"))
        .max_by_key(|path| path.metadata().and_then(|of| of.modified()).ok())
        .ok_or_else(|| format!("there is no .deb in {}", dist.display()))
}

/// One that nobody uses at this moment: the system inside has the network of the one around it.
fn free_port() -> Result<u16, String> {
    let bound = TcpListener::bind(("127.0.0.1", 0)).and_then(|each| each.local_addr());
    let address = bound.map_err(|error| format!("looking for a free port: {error}"))?;
    Ok(address.port())
}

fn copy_file(from: &Path, to: &Path) -> Result<(), String> {
    std::fs::copy(from, to)
        .map(drop)
        .map_err(|error| format!("copying {}: {error}", from.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_package_made_last_is_installed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        assert!(newest(folder.path()).is_err());
        let made = |name: &str, seconds: u64| {
            let file = std::fs::File::create(folder.path().join(name)).unwrap();
            let when = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            file.set_modified(when).unwrap();
        };
        made("a.deb", 2);
        made("b.deb", 1);
        made("c.rpm", 3);
        assert_eq!(newest(folder.path()).unwrap(), folder.path().join("a.deb"));
    }
}
