//! The program `portolan-desktop`: the tray and the daemon that it is for; on Linux the window is a
//! program of its own, elsewhere it is in this one.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

/// As in `portolan`: glibc's allocator keeps what long prompts took.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    return tray::run(std::env::args());
    #[cfg(not(target_os = "linux"))]
    return portolan_desktop_lib::run(std::env::args());
}
