//! The program `portolan-desktop`: the tray, the window, and the daemon that they are for.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

/// As in `portolan`: glibc's allocator keeps what long prompts took.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    portolan_desktop_lib::run(std::env::args())
}
