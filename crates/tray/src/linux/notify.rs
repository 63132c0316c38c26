//! Notifications over the session's bus: the Desktop Notifications Specification.

use std::collections::HashMap;

use zbus::blocking::Connection;
use zbus::zvariant::Value;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// The picture's name among the system's icons: that of the program.
const ICON: &str = "portolan-desktop";
/// The server decides how long it is shown.
const ITS_OWN_TIME: i32 = -1;

/// Shows one.
///
/// # Errors
/// There is nobody on the bus who shows them.
pub(super) fn show(bus: &Connection, title: &str, body: &str) -> zbus::Result<()> {
    let hints: HashMap<&str, Value<'_>> = HashMap::new();
    let actions: [&str; 0] = [];
    let said = (
        "Portolan",
        0u32,
        ICON,
        title,
        body,
        &actions[..],
        hints,
        ITS_OWN_TIME,
    );
    bus.call_method(Some(NAME), PATH, Some(NAME), "Notify", &said)?;
    Ok(())
}
