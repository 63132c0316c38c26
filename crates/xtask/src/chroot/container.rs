//! The container's image without Docker: the Dockerfile's own instructions in a clean Debian, and the
//! start with a read-only root, no rights, and one folder to write to.

use std::path::Path;
use std::process::Command;

use super::{debian, hindrance, remove};
use crate::shell;
use crate::steps::Step;

/// The step, or why it cannot be taken here.
pub(crate) fn step(target: &Path) -> Step {
    const NAME: &str = "container";
    if let Some(reason) = hindrance() {
        return Step::skip(NAME, reason);
    }
    if let Some(missing) = ["python3", "systemd-analyze"]
        .into_iter()
        .find(|program| !shell::exists(program))
    {
        return Step::skip(NAME, format!("{missing} is not installed"));
    }
    let target = target.to_path_buf();
    Step::here(NAME, move || prove(&target))
}

/// What the step `ui` leaves for the program to hold.
const PAGES: [&str; 2] = ["ui/dist", "ui/documents/dist"];

fn prove(target: &Path) -> Result<String, String> {
    let missing = PAGES
        .iter()
        .find(|pages| !shell::root().join(pages).exists());
    if let Some(missing) = missing {
        return Err(format!(
            "{missing} is not there: run `./x test --full ui container`"
        ));
    }
    let clean = target.join("clean-system");
    debian(&clean, "")?;
    let image = target.join("container-in-use");
    remove(&image)?;
    shell::output(Command::new("cp").arg("-a").arg(&clean).arg(&image))?;
    let script = shell::root().join("tests/container/run");
    let said = shell::output(Command::new(script).arg(&image).arg(target))?;
    remove(&image)?;
    Ok(said)
}
