//! The program `portolan`: command line and headless server.

use std::process::ExitCode;

/// glibc's allocator keeps what long prompts took, and takes a sixth of a small request's time.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    daemon::run(&std::env::args_os().collect::<Vec<_>>())
}
