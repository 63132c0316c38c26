//! Pictures of the real window for the READMEs.

use std::process::Command;

use crate::shell;

/// The largest that a picture may be, in bytes: the repository keeps every version of it.
const LARGEST: u64 = 150 * 1024;

/// Builds both programs, takes the pictures, and says which there are.
pub(crate) fn command() -> Result<(), String> {
    shell::done(&mut shell::npm(&["ci", "--no-audit", "--no-fund"]))?;
    shell::done(&mut shell::npm(&["run", "build"]))?;
    let programs = ["--package", "portolan-desktop", "--package", "daemon"];
    shell::done(
        shell::cargo(&["build", "--locked", "--profile", "quick", "--bins"]).args(programs),
    )?;
    let target = shell::target_folder()?;
    let pictures = shell::root().join("docs").join("pictures");
    std::fs::create_dir_all(&pictures)
        .map_err(|error| format!("creating {}: {error}", pictures.display()))?;
    // the system's own interpreter has dbus and gi
    let mut session = Command::new("/usr/bin/python3");
    session
        .arg(shell::root().join("tests").join("desktop").join("main.py"))
        .arg(shell::built(&target, "quick", "portolan-desktop"))
        .arg(shell::built(&target, "quick", "portolan"))
        .arg("--pictures")
        .arg(&pictures);
    shell::done(&mut session)?;
    let failed = |error: std::io::Error| format!("reading {}: {error}", pictures.display());
    for entry in std::fs::read_dir(&pictures).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let size = entry.metadata().map_err(failed)?.len();
        println!("{} {} KiB", entry.path().display(), size.div_ceil(1024));
        if size > LARGEST {
            return Err(format!("{} is too large", entry.path().display()));
        }
    }
    Ok(())
}
