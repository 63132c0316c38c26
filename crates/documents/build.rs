//! Compresses the document, which the program serves as it is embedded.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "cargo reads a build script's directives from stdout, and tells of its panic"
)]

use std::io::Write as _;
use std::path::PathBuf;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=openapi.json");
    // The pages' files. A program that is built without them says so where they would be.
    println!("cargo:rerun-if-changed=../../ui/documents/dist");
    let text = std::fs::read_to_string("openapi.json").unwrap();
    // Its lines are for those who compare two versions.
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(lines.concat().as_bytes()).unwrap();
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    std::fs::write(folder.join("openapi.json.gz"), packed.finish().unwrap()).unwrap();
}
