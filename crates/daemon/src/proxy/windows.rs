//! Whether Windows' settings name a script that would decide.

use windows_registry::CURRENT_USER;

/// Where the settings are that WinINet's programs and the system's own dialog share;
/// <https://learn.microsoft.com/windows/win32/wininet/setting-and-retrieving-internet-options>.
const SETTINGS: &str = "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings";

/// Whether they do. One that the network alone offers is not found here.
pub(super) fn names_script() -> bool {
    let settings = CURRENT_USER.open(SETTINGS);
    let address = settings.and_then(|settings| settings.get_string("AutoConfigURL"));
    address.is_ok_and(|address| !address.trim().is_empty())
}
