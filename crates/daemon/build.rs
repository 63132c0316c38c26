//! Tells the program the platform that it is built for; only a build script knows it.
#![allow(
    clippy::print_stdout,
    reason = "cargo reads a build script's directives from stdout"
)]

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=PORTOLAN_COMMIT");
    // The web admin's pages. A program that is built without them says so where they would be.
    println!("cargo:rerun-if-changed=../../ui/dist");
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo:rustc-env=PORTOLAN_TARGET={target}");
}
