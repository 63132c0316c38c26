//! What the operating system's settings say of proxies, as each desktop keeps them.

#[cfg(not(any(windows, target_os = "macos")))]
mod gnome;
#[cfg(not(any(windows, target_os = "macos")))]
mod kde;
#[cfg(not(any(windows, target_os = "macos")))]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

use std::ffi::OsString;
use std::sync::Arc;

use gateway::ReadSystem;

/// Reads them: on Windows and macOS by the library that also keeps to them.
#[cfg(any(windows, target_os = "macos"))]
pub(crate) fn reader(_variable: impl Fn(&str) -> Option<OsString>) -> Arc<ReadSystem> {
    #[cfg(target_os = "macos")]
    use macos::names_script;
    #[cfg(windows)]
    use windows::names_script;
    Arc::new(|| gateway::SystemProxy {
        rules: gateway::ProxyRules::of_system(),
        script: names_script(),
    })
}

/// Reads them: those of KDE where that is the desktop, else those that GNOME and its relatives
/// share. A change is seen by the times of their files.
#[cfg(not(any(windows, target_os = "macos")))]
pub(crate) fn reader(variable: impl Fn(&str) -> Option<OsString>) -> Arc<ReadSystem> {
    let desktop = linux::Desktop::of(variable);
    let known = std::sync::Mutex::new(linux::Known::default());
    Arc::new(move || {
        let mut known = known
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        desktop.read(&mut known)
    })
}
