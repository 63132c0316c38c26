//! Has the crate compiled again when a message file or a language is added to `locales/`.
#![allow(
    clippy::print_stdout,
    reason = "cargo reads a build script's directives from stdout"
)]

fn main() {
    println!("cargo:rerun-if-changed=../../locales");
}
