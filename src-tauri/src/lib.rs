//! All that needs Tauri: the window, and where the window is in the same process as the tray, both.
#![cfg(any(feature = "window", not(target_os = "linux")))]

#[cfg(target_os = "linux")]
#[path = "apart.rs"]
mod host;
#[cfg(not(target_os = "linux"))]
#[path = "within.rs"]
mod host;

#[cfg(test)]
mod guards;
mod previous;
mod rpc;
mod updates;
mod window;

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use l10n::Messages;
use tauri::{App, generate_context};

#[cfg(not(target_os = "linux"))]
pub use host::run;
#[cfg(target_os = "linux")]
pub use host::show;

/// What both kinds of process have.
fn builder() -> tauri::Builder<tauri::Wry> {
    tauri::Builder::default()
        .plugin(tauri_plugin_updater::Builder::new().build())
        .invoke_handler(tauri::generate_handler![rpc::rpc])
}

/// The application; on failure the exit code, after a sentence on standard error.
#[allow(
    clippy::disallowed_methods,
    reason = "what `generate_context` expands to, on systems that have no such files"
)]
fn build(builder: tauri::Builder<tauri::Wry>, messages: &Messages) -> Result<App, ExitCode> {
    // GTK tells of a display that does not answer by a panic.
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let built = catch_unwind(AssertUnwindSafe(|| builder.build(generate_context!())));
    std::panic::set_hook(loud);
    match built {
        Ok(Ok(app)) => Ok(app),
        Ok(Err(error)) => Err(complain(&error.to_string())),
        Err(_) => Err(complain(&messages.get("desktop-no-display", &[]))),
    }
}

/// One sentence on standard error, and the exit code of failure.
fn complain(words: &str) -> ExitCode {
    drop(writeln!(std::io::stderr(), "{words}"));
    ExitCode::FAILURE
}
