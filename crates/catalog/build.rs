//! Has the crate compiled again when a manifest is added to `providers/`.
#![allow(
    clippy::print_stdout,
    reason = "cargo reads a build script's directives from stdout"
)]

fn main() {
    println!("cargo:rerun-if-changed=providers");
}
