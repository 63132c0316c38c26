//! The program `portolan`: command line and headless server.

use std::process::ExitCode;

fn main() -> ExitCode {
    daemon::run(&std::env::args_os().collect::<Vec<_>>())
}
