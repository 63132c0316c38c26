//! How bright the bar is that the tray's icon stands in, where the system tells.

use face::Bar;

/// The taskbar's brightness, which Windows keeps beside that of the windows.
#[cfg(windows)]
pub(crate) fn now() -> Option<Bar> {
    const PERSONALIZE: &str = "Software\\Microsoft\\Windows\\CurrentVersion\\Themes\\Personalize";
    let kept = windows_registry::CURRENT_USER.open(PERSONALIZE).ok()?;
    match kept.get_u32("SystemUsesLightTheme").ok()? {
        0 => Some(Bar::Dark),
        _ => Some(Bar::Light),
    }
}

/// That of a desktop whose bar has a colour of its own.
#[cfg(not(windows))]
pub(crate) fn now() -> Option<Bar> {
    let names = std::env::var("XDG_CURRENT_DESKTOP").ok()?;
    Bar::of_desktop(&names)
}
