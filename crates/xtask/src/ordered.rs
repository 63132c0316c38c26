//! The release build whose functions lie in the order of their use: all that a start and a request run
//! lies together, because the system maps a program in pieces larger than what is used of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell;

/// The functions that were run, one on a line.
pub(crate) const LIST: &str = "portolan.order";
/// What tells which functions a program runs.
const WATCHER: &str = "valgrind";

/// Whether there is something to watch a program with.
pub(crate) fn can_watch() -> bool {
    shell::exists(WATCHER)
}

/// Builds the program with the names of its functions, has it watched at work in `folder`, which is made
/// anew, and returns the list of those that it ran.
pub(crate) fn list(
    folder: &Path,
    mut build: Command,
    work: impl FnOnce(&dyn Fn(&Path) -> Command) -> Result<(), String>,
) -> Result<PathBuf, String> {
    let failed = |error| format!("preparing {}: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    fs::create_dir_all(folder).map_err(failed)?;
    build.arg("-Cstrip=none");
    shell::done(&mut build)?;
    let counts = folder.join("callgrind.out");
    work(&|program| watched(program, &counts))?;
    let text = fs::read_to_string(&counts);
    let text = text.map_err(|error| format!("reading {}: {error}", counts.display()))?;
    let names = functions(&text);
    if names.is_empty() {
        return Err(format!("{} names no function", counts.display()));
    }
    let list = folder.join(LIST);
    fs::write(&list, names.join("\n") + "\n").map_err(failed)?;
    Ok(list)
}

/// Builds with the functions of the list before all others.
pub(crate) fn apply(mut build: Command, list: &Path) -> Result<(), String> {
    let list = format!("-Clink-arg=-Wl,--symbol-ordering-file={}", list.display());
    // The list has functions of the system's libraries too.
    build.args([&list, "-Clink-arg=-Wl,--no-warn-symbol-ordering"]);
    shell::done(&mut build)
}

fn watched(program: &Path, counts: &Path) -> Command {
    let mut command = Command::new(WATCHER);
    command
        .args(["--tool=callgrind", "--demangle=no"])
        .arg(format!("--callgrind-out-file={}", counts.display()))
        .arg(program);
    command
}

/// The names in what callgrind writes, each once, in the order of the alphabet. A name stands where its
/// number stands first: `fn=(12) name`, `cfn=(12) name`, a recursion as `name'2`.
fn functions(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("fn=(").or(line.strip_prefix("cfn=(")))
        .filter_map(|line| line.split_once(") "))
        .map(|(_, name)| name.split_once('\'').map_or(name, |(name, _)| name))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_once() {
        let text = "fl=(1) a.c\nfn=(1) main\n0 5\ncfl=(2)\ncfn=(2) _ZN3std\n\
                    fn=(2)\ncfn=(3) deep'2\ncfn=(1)\nfn=(4) deep\n";
        assert_eq!(functions(text), ["_ZN3std", "deep", "main"]);
    }
}
