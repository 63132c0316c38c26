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

/// That of a desktop whose bar has a colour of its own, or which tells it.
#[cfg(target_os = "linux")]
pub(crate) fn now() -> Option<Bar> {
    let names = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    Bar::of_desktop(&names).or_else(crate::linux::told_bar)
}

/// The menu bar colours the icon by itself.
#[cfg(not(any(windows, target_os = "linux")))]
pub(crate) fn now() -> Option<Bar> {
    None
}
