//! Tells the program the platform that it is built for; only a build script knows it.
#![allow(
    clippy::print_stdout,
    reason = "cargo reads a build script's directives from stdout"
)]

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=PORTOLAN_COMMIT");
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo:rustc-env=PORTOLAN_TARGET={target}");
}
