//! Packages of the desktop application: by Tauri's own command line, and an AppImage by our recipe.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell;

/// Tauri's command line, from npm; of the same minor version as the crate.
const TAURI: &str = "@tauri-apps/cli@2.12.5";
/// The program with the tray; on Linux, it answers requests and shows no window.
const TRAY: &str = "portolan-desktop";
/// How the program with the window is compiled where it is one of its own: small rather than quick,
/// all of it, for no request passes through it.
const SMALL: &str = "z";
/// The program with the window on Linux, and how Tauri's libraries write down in what package it is.
const WINDOW: &str = "portolan-window";
const MARK: &str = "__TAURI_BUNDLE_TYPE_VAR_";
const UNMARKED: &str = "__TAURI_BUNDLE_TYPE_VAR_UNK";
/// The crate that ships the runtime of an AppImage, and the file in it.
const RUNTIME: (&str, &str) = ("appimage", "=0.4.0");
const RUNTIME_FILE: &str = "assets/runtime-x86_64";

/// Builds the desktop application as people install it, and packs it for this system.
pub(crate) fn make(target: &Path, root: &Path) -> Result<Vec<PathBuf>, String> {
    shell::done(&mut shell::npm(&["ci", "--no-audit", "--no-fund"]))?;
    shell::done(&mut shell::npm(&["run", "build"]))?;
    for mut program in builds() {
        shell::done(&mut program)?;
    }
    bundle(target, root)
}

/// The release builds, which serve their pages from themselves. On Linux each program is made alone:
/// what one of them needs must not be in the other (`checks/headless.rs`).
fn builds() -> Vec<Command> {
    const SERVED: &str = "tauri/custom-protocol";
    if cfg!(target_os = "linux") {
        let small = format!("profile.release.opt-level=\"{SMALL}\"");
        let features = format!("window,{SERVED}");
        let alone = |features| ["--no-default-features", "--features", features];
        let mut window = program(&alone(&features));
        window.args(["--bin", WINDOW, "--config", &small]);
        let mut tray = program(&alone("tray"));
        tray.args(["--bin", TRAY]);
        vec![window, tray]
    } else {
        vec![program(&["--features", SERVED])]
    }
}

fn program(arguments: &[&str]) -> Command {
    let mut build = shell::cargo(&[
        "build",
        "--package",
        "portolan-desktop",
        "--release",
        "--locked",
    ]);
    build.args(arguments);
    build
}

/// Packs what was built.
pub(crate) fn bundle(target: &Path, root: &Path) -> Result<Vec<PathBuf>, String> {
    let kinds: &[&str] = if cfg!(windows) {
        &["msi", "nsis"]
    } else if cfg!(target_os = "macos") {
        &["dmg"]
    } else {
        &["deb", "rpm"]
    };
    let tool = tool(target)?;
    for kind in kinds {
        let mut tauri = Command::new(&tool);
        tauri
            .args(["bundle", "--bundles", kind])
            .current_dir(root)
            .env("CARGO_TARGET_DIR", target);
        if cfg!(target_os = "linux") {
            let window = shell::built(target, "release", WINDOW);
            tauri.args(["--features", "tray,window"]);
            with_mark(&window, kind, || shell::done(&mut tauri))?;
        } else {
            shell::done(&mut tauri)?;
        }
    }
    let dist = target.join("dist");
    std::fs::create_dir_all(&dist)
        .map_err(|error| format!("creating {}: {error}", dist.display()))?;
    let mut made = Vec::new();
    for kind in kinds {
        let folder = target.join("release").join("bundle").join(kind);
        made.extend(gather(&folder, &dist)?);
    }
    let deb = made.iter().find(|path| has_end(path, "deb")).cloned();
    if let Some(deb) = deb
        && cfg!(target_arch = "x86_64")
    {
        made.push(appimage(&deb, target, root)?);
    }
    Ok(made)
}

/// Does the work while it stands in that program how it is packed, for its updater to know. Tauri
/// marks the first program alone, and the updater is in the other one.
fn with_mark(
    program: &Path,
    kind: &str,
    work: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("marking {}: {error}", program.display());
    let plain = std::fs::read(program).map_err(failed)?;
    let marked = marked(&plain, kind)
        .ok_or_else(|| format!("{} has no mark of its package", program.display()))?;
    std::fs::write(program, marked).map_err(failed)?;
    let done = work();
    std::fs::write(program, plain).map_err(failed)?;
    done
}

fn marked(program: &[u8], kind: &str) -> Option<Vec<u8>> {
    let at = program
        .windows(UNMARKED.len())
        .position(|window| window == UNMARKED.as_bytes())?;
    let mark = format!("{MARK}{}", kind.to_ascii_uppercase());
    let mut program = program.to_vec();
    let place = program.get_mut(at..at + mark.len())?;
    place.copy_from_slice(mark.as_bytes());
    Some(program)
}

fn has_end(path: &Path, end: &str) -> bool {
    path.extension().is_some_and(|found| found == end)
}

/// Copies the packages, but not the folders that they were made from.
fn gather(folder: &Path, dist: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error: std::io::Error| format!("reading {}: {error}", folder.display());
    let mut gathered = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if !path.is_file() {
            continue;
        }
        let copy = dist.join(path.file_name().unwrap_or_default());
        std::fs::copy(&path, &copy)
            .map_err(|error| format!("copying {}: {error}", path.display()))?;
        gathered.push(copy);
    }
    Ok(gathered)
}

/// Tauri's command line in the target folder, fetched once.
fn tool(target: &Path) -> Result<PathBuf, String> {
    let folder = target.join("tools");
    let program = folder.join("node_modules").join(".bin").join("tauri");
    if !program.exists() {
        let mut npm = shell::npm(&[
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--prefix",
        ]);
        shell::done(npm.arg(&folder).arg(TAURI))?;
    }
    Ok(program)
}

/// An AppImage out of the `.deb`.
fn appimage(deb: &Path, target: &Path, root: &Path) -> Result<PathBuf, String> {
    let image = deb.with_extension("AppImage");
    let tools = target.join("tools").join("appimage");
    let runtime = runtime(&tools)?;
    let (plain, window) = (shell::built(target, "release", WINDOW), tools.join(WINDOW));
    let program = std::fs::read(&plain).ok();
    let program = program.and_then(|program| marked(&program, "app"));
    let program =
        program.ok_or_else(|| format!("{} has no mark of its package", plain.display()))?;
    std::fs::write(&window, program)
        .map_err(|error| format!("writing {}: {error}", window.display()))?;
    let mut recipe = Command::new(root.join("packaging").join("appimage"));
    shell::done(recipe.args([deb, &window, &runtime, &image]))?;
    Ok(image)
}

/// The runtime, from the sources of a crate: that registry is at hand wherever this is built.
fn runtime(folder: &Path) -> Result<PathBuf, String> {
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(folder.join("lib.rs"), ""))
        .and_then(|()| {
            let (name, version) = RUNTIME;
            let manifest = format!(
                "[package]\nname = \"runtime\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
                 [lib]\npath = \"lib.rs\"\n[dependencies]\n{name} = \"{version}\"\n[workspace]\n"
            );
            std::fs::write(folder.join("Cargo.toml"), manifest)
        });
    written.map_err(|error| format!("writing {}: {error}", folder.display()))?;
    let mut metadata = shell::cargo(&["metadata", "--format-version", "1"]);
    let text = shell::output(metadata.current_dir(folder))?;
    let metadata: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| format!("reading cargo metadata: {error}"))?;
    let packages = metadata.get("packages").and_then(|list| list.as_array());
    let found = packages
        .into_iter()
        .flatten()
        .find(|package| package.get("name").is_some_and(|name| name == RUNTIME.0))
        .and_then(|package| package.get("manifest_path")?.as_str())
        .and_then(|manifest| Path::new(manifest).parent());
    found
        .map(|crate_folder| crate_folder.join(RUNTIME_FILE))
        .filter(|file| file.exists())
        .ok_or_else(|| format!("the crate {} has no {RUNTIME_FILE}", RUNTIME.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_program_is_marked_while_it_is_packed() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join(WINDOW);
        let compared = format!("{MARK}DEB");
        let plain = format!("\0{compared}\0{UNMARKED}\0");
        std::fs::write(&program, &plain).unwrap();
        let seen = || std::fs::read_to_string(&program).unwrap();
        let failed = with_mark(&program, "rpm", || {
            assert_eq!(seen(), format!("\0{compared}\0{MARK}RPM\0"));
            Err("no room".to_owned())
        });
        assert_eq!(failed, Err("no room".to_owned()));
        assert_eq!(seen(), plain);
        std::fs::write(&program, compared).unwrap();
        with_mark(&program, "deb", || Ok(())).unwrap_err();
    }

    #[test]
    fn packages_are_gathered_and_their_folders_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("deb"), folder.path().join("dist"));
        std::fs::create_dir_all(from.join("Portolan_amd64")).unwrap();
        std::fs::create_dir_all(&to).unwrap();
        std::fs::write(from.join("Portolan_amd64.deb"), "x").unwrap();
        let gathered = gather(&from, &to).unwrap();
        assert_eq!(gathered, [to.join("Portolan_amd64.deb")]);
        assert!(has_end(&gathered[0], "deb"));
    }
}
