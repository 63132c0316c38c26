//! The program `portolan`: command line and headless server.

use std::process::ExitCode;

/// A request takes a hundred small pieces of memory and gives them back at once; the C library
/// needs a sixth of the whole time for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    daemon::run(&std::env::args_os().collect::<Vec<_>>())
}
