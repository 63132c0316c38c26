//! Packs the release program with its licence, and writes down its checksum.

use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
use crate::{bench, ordered};
use crate::{packages, shell};

/// What goes beside the program.
const PAPERS: [&str; 4] = ["LICENSE", "README.md", "README.zh-CN.md", "CHANGELOG.md"];

/// What is packed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// The headless program alone.
    Headless,
    /// The desktop application too.
    All,
}

/// Builds, packs, and prints where the packages are. With the order of another build the program
/// becomes the very same.
pub(crate) fn command(what: What, order: Option<&Path>) -> Result<(), String> {
    let target = shell::target_folder()?;
    println!("{}", build(&target, order)?);
    println!("{}", pack(&target, &shell::root())?.display());
    if what == What::All {
        for package in packages::make(&target, &shell::root())? {
            println!("{}", package.display());
        }
    }
    Ok(())
}

/// The release build of the program. Returns how it was made.
pub(crate) fn build(target: &Path, order: Option<&Path>) -> Result<String, String> {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    if order.is_some() || ordered::can_watch() {
        return in_order(target, order);
    }
    if order.is_some() {
        return Err("an order is for Linux on x86_64".to_owned());
    }
    shell::done(&mut plain())?;
    Ok("its functions lie as they came, which takes some 3 MB more of memory: to put them in order \
        needs Linux on x86_64 and valgrind (apt-get install valgrind)"
        .to_owned())
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn in_order(target: &Path, order: Option<&Path>) -> Result<String, String> {
    let built = shell::built(target, "release", "portolan");
    let list = match order {
        Some(order) => {
            std::path::absolute(order).map_err(|error| failed("finding", order, &error))?
        }
        None => {
            let folder = target.join("order");
            ordered::list(&folder, plain(), |watched| {
                bench::work_watched(&built, &folder, watched)
            })?
        }
    };
    ordered::apply(plain(), &list)?;
    let dist = target.join("dist");
    std::fs::create_dir_all(&dist).map_err(|error| failed("creating", &dist, &error))?;
    let kept = dist.join(ordered::LIST);
    if list != kept {
        std::fs::copy(&list, &kept).map_err(|error| failed("copying", &list, &error))?;
    }
    Ok(kept.display().to_string())
}

/// The build as cargo makes it; what is added to it goes to the compiler of the last part alone.
fn plain() -> Command {
    shell::cargo(&[
        "rustc",
        // alone: the desktop application's libraries would switch on features that it does not need
        "--package",
        "daemon",
        "--locked",
        "--release",
        "--bin",
        "portolan",
        "--",
    ])
}

/// Makes `dist/portolan-VERSION-TARGET.tar.gz` and `SHA256SUMS` in the target folder.
pub(crate) fn pack(target: &Path, root: &Path) -> Result<PathBuf, String> {
    let name = format!("portolan-{}-{}", env!("CARGO_PKG_VERSION"), host()?);
    let dist = target.join("dist");
    let folder = dist.join(&name);
    std::fs::create_dir_all(&folder).map_err(|error| failed("creating", &folder, &error))?;
    copy(&shell::built(target, "release", "portolan"), &folder)?;
    for paper in PAPERS {
        copy(&root.join(paper), &folder)?;
    }
    let archive = dist.join(format!("{name}.tar.gz"));
    let mut tar = Command::new("tar");
    tar.arg("-czf")
        .arg(&archive)
        .arg("-C")
        .arg(&dist)
        .arg(&name);
    shell::done(&mut tar)?;
    write_sum(&archive)?;
    Ok(archive)
}

/// Writes `SHA256SUMS` beside the file, in the form that `sha256sum --check` reads.
fn write_sum(file: &Path) -> Result<(), String> {
    let bytes = std::fs::read(file).map_err(|error| failed("reading", file, &error))?;
    let digest = Sha256::digest(&bytes);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let sums = file.with_file_name("SHA256SUMS");
    std::fs::write(&sums, format!("{digest}  {name}\n"))
        .map_err(|error| failed("writing", &sums, &error))
}

/// The target that rustc builds for when nobody says otherwise.
fn host() -> Result<String, String> {
    let version = shell::output(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| "rustc -vV names no host".to_owned())
}

fn copy(file: &Path, folder: &Path) -> Result<(), String> {
    let name = file.file_name().unwrap_or_default();
    std::fs::copy(file, folder.join(name)).map_err(|error| failed("copying", file, &error))?;
    Ok(())
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> String {
    format!("{what} {}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_sum_is_the_one_that_sha256sum_reads() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.tar.gz");
        std::fs::write(&file, "abc").unwrap();
        write_sum(&file).unwrap();
        let sums = std::fs::read_to_string(folder.path().join("SHA256SUMS")).unwrap();
        // the digest of "abc" is the first example of FIPS 180-4
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sums, format!("{digest}  a.tar.gz\n"));
    }

    #[test]
    fn an_archive_holds_the_program_and_its_papers() {
        let folder = tempfile::tempdir().unwrap();
        let program = shell::built(folder.path(), "release", "portolan");
        std::fs::create_dir_all(program.parent().unwrap()).unwrap();
        std::fs::write(&program, "program").unwrap();
        let root = tempfile::tempdir().unwrap();
        for paper in PAPERS {
            std::fs::write(root.path().join(paper), paper).unwrap();
        }
        let archive = pack(folder.path(), root.path()).unwrap();
        let list = shell::output(Command::new("tar").arg("-tzf").arg(&archive)).unwrap();
        for paper in PAPERS {
            assert!(list.contains(paper), "{list}");
        }
        assert!(list.contains("/portolan"), "{list}");
    }
}
