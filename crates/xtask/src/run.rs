//! Builds quickly and starts the desktop application, or the headless server where there is no
//! display; for systems where `./x run` cannot.

use std::process::Command;

use crate::shell;

/// The headless server alone: it needs neither Node nor a library of a desktop. The web admin has
/// pages where `ui/dist` is there.
const SERVER: [&str; 8] = [
    "build",
    "--package",
    "daemon",
    "--bin",
    "portolan",
    "--locked",
    "--profile",
    "quick",
];

/// The desktop application.
const DESKTOP: [&str; 6] = [
    "build",
    "--package",
    "portolan-desktop",
    "--locked",
    "--profile",
    "quick",
];

/// Starts the program with these arguments and ends as it ends.
pub(crate) fn command(arguments: &[&str]) -> Result<(), String> {
    let target = shell::target_folder()?;
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let has_display = named("DISPLAY") || named("WAYLAND_DISPLAY") || !cfg!(target_os = "linux");
    let rest = arguments.iter().filter(|word| **word != "--headless");
    if arguments.contains(&"--headless") || !has_display {
        shell::done(&mut shell::cargo(&SERVER))?;
        let mut server = Command::new(shell::built(&target, "quick", "portolan"));
        return shell::done(server.arg("serve").args(rest));
    }
    shell::done(&mut shell::npm(&["ci", "--no-audit", "--no-fund"]))?;
    shell::done(&mut shell::npm(&["run", "build"]))?;
    shell::done(&mut shell::cargo(&DESKTOP))?;
    let mut desktop = Command::new(shell::built(&target, "quick", "portolan-desktop"));
    shell::done(desktop.args(rest))
}
