//! The program `portolan-window`: on Linux, the window that `portolan-desktop` shows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    return portolan_desktop_lib::show(std::env::args_os());
    #[cfg(not(target_os = "linux"))]
    return portolan_desktop_lib::run(std::env::args());
}
