//! Starting with the session, by an entry in the person's `autostart` folder.

use std::path::Path;

use auto_launch::{AutoLaunch, LinuxLaunchMode};

/// The entry that starts this file. Without a window, for nobody has asked for one.
pub(super) fn of(program: &Path) -> AutoLaunch {
    let mode = LinuxLaunchMode::XdgAutostart;
    AutoLaunch::new("Portolan", &program.to_string_lossy(), mode, &["--hidden"])
}
