//! The desktop application but for its window: the tray's item, what it follows and what it does.

mod actions;
mod bar;
mod channel;
mod desktop;
mod icons;
#[cfg(target_os = "linux")]
mod item;
#[cfg(not(target_os = "linux"))]
#[path = "native.rs"]
mod item;
#[cfg(target_os = "linux")]
mod linux;
mod shell;

pub use daemon::prepare;
pub use desktop::Desktop;
#[cfg(target_os = "linux")]
pub use linux::run;
pub use shell::Shell;

#[cfg(not(target_os = "linux"))]
pub use item::listen;
