//! Tells the program the platform that it is built for; only a build script knows it. Compresses the
//! window's files, which the program serves as they are embedded.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "cargo reads a build script's directives from stdout, and tells of its panic"
)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What `npm run build` made of the window. A program that is built without it says so where it would be.
const WINDOW: &str = "../../ui/dist";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=PORTOLAN_COMMIT");
    println!("cargo:rerun-if-changed={WINDOW}");
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo:rustc-env=PORTOLAN_TARGET={target}");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    std::fs::write(out.join("window.rs"), table(Path::new(WINDOW), &out)).unwrap();
}

/// The names of the files and what they are, as `pages.rs` includes it.
fn table(window: &Path, out: &Path) -> String {
    let mut table = "&[\n".to_owned();
    let files = if window.exists() {
        beneath(window)
    } else {
        Vec::new()
    };
    for (number, file) in files.iter().enumerate() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(&std::fs::read(file).unwrap()).unwrap();
        let place = out.join(format!("window-{number}.gz"));
        std::fs::write(&place, packed.finish().unwrap()).unwrap();
        let name = file.strip_prefix(window).unwrap().to_str().unwrap();
        let name = name.replace('\\', "/");
        writeln!(table, "({name:?}, include_bytes!({place:?})),").unwrap();
    }
    table + "]\n"
}

/// All files in the folder and in its folders, in the order of their names.
fn beneath(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let files = paths.into_iter().map(|path| {
        if path.is_dir() {
            beneath(&path)
        } else {
            vec![path]
        }
    });
    files.flatten().collect()
}
