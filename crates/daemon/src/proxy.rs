//! What the operating system's settings say of proxies, as each desktop keeps them.

#[cfg(not(any(windows, target_os = "macos")))]
mod gnome;
#[cfg(not(any(windows, target_os = "macos")))]
mod kde;
#[cfg(not(any(windows, target_os = "macos")))]
mod linux;

use std::ffi::OsString;
use std::sync::Arc;

use gateway::ReadSystem;

/// Reads them: on Windows and macOS by the library that also keeps to them.
#[cfg(any(windows, target_os = "macos"))]
pub(crate) fn reader(_variable: impl Fn(&str) -> Option<OsString>) -> Arc<ReadSystem> {
    Arc::new(|| gateway::SystemProxy {
        rules: gateway::ProxyRules::of_system(),
        script: false,
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
