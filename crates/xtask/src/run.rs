//! Builds quickly and starts the headless server, where `./x run` cannot.

use std::process::Command;

use crate::shell;

/// The build that every run uses: the same selection of packages each time, so that cargo never
/// builds a dependency twice because its features differ.
pub(crate) const BUILD: [&str; 7] = [
    "build",
    "--workspace",
    "--locked",
    "--profile",
    "quick",
    "--bin",
    "portolan",
];

/// Starts `portolan serve` with these arguments and ends as it ends.
pub(crate) fn command(arguments: &[&str]) -> Result<(), String> {
    let target = shell::target_folder()?;
    shell::done(&mut shell::cargo(&BUILD))?;
    let arguments = arguments
        .iter()
        .filter(|argument| **argument != "--headless");
    let mut server = Command::new(shell::built(&target, "quick", "portolan"));
    shell::done(server.arg("serve").args(arguments))
}
