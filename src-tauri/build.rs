//! Builds Tauri's context, and says what is missing before it does.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "cargo reads a build script's directives from stdout and shows people its stderr"
)]

use std::process::ExitCode;

/// The tray's program on Linux needs nothing of Tauri.
#[cfg(not(feature = "window"))]
fn main() -> ExitCode {
    println!("cargo:rerun-if-changed=src-tauri/build.rs");
    ExitCode::SUCCESS
}

#[cfg(feature = "window")]
fn main() -> ExitCode {
    // Tauri's build script does not tell of a pattern that is not its own.
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/isolation");
    println!("cargo:rerun-if-changed=ui/dist");
    if !std::path::Path::new("ui/dist/index.html").exists() {
        eprintln!(
            "ui/dist is missing: the window has nothing to show.\n\
             `./x run` builds it; by hand: cd ui && npm ci && npm run build"
        );
        return ExitCode::FAILURE;
    }
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().commands(&["rpc"]));
    match tauri_build::try_build(attributes) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
