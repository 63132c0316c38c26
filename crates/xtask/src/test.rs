//! The steps of a test run, in the order in which they fail soonest.

use std::path::Path;
use std::process::Command;

use crate::checks;
use crate::chroot;
use crate::dist;
use crate::generate::{self, Mode};
use crate::packages;
use crate::shell;
use crate::steps::{self, Step, Work};
use crate::tree::Tree;

/// How much is run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What every change must pass.
    Usual,
    /// The usual steps and the long ones.
    Full,
    /// The real client programs alone.
    Clients,
}

/// Cases per property in a full run; a usual run leaves the number to proptest.
const MANY_CASES: &str = "20000";

/// Runs the steps, or those of these names, and prints their sum.
pub(crate) fn command(extent: Extent, only: &[&str]) -> Result<(), String> {
    let target = shell::target_folder()?;
    let steps = match extent {
        Extent::Usual => usual(&target),
        Extent::Full => {
            let mut steps = usual(&target);
            steps.extend(long(&target));
            steps
        }
        Extent::Clients => vec![build(), script("clients", &target), all_agents(&target)],
    };
    steps::run(chosen(steps, only)?, &steps::logs(&target))
}

fn chosen(mut steps: Vec<Step>, only: &[&str]) -> Result<Vec<Step>, String> {
    let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
    if let Some(unknown) = only.iter().find(|name| !names.contains(name)) {
        let names = names.join(", ");
        return Err(format!("there is no step {unknown:?}; there are: {names}"));
    }
    steps.retain(|step| only.is_empty() || only.contains(&step.name));
    Ok(steps)
}

fn usual(target: &Path) -> Vec<Step> {
    vec![
        Step::program("format", shell::cargo(&["fmt", "--all", "--check"])),
        // before anything is compiled, for the desktop application is built around it
        window(),
        Step::program(
            "lint",
            shell::cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--locked",
                "--",
                "--deny",
                "warnings",
            ]),
        ),
        Step::here("house rules", checks::told),
        scripts(),
        Step::program("tests", tests()),
        build(),
        Step::here("generated", || generate::manual(Mode::Compare)),
        script("sdk", target),
        script("agents", target),
        pages(),
        admin(target),
        script("signin", target),
        script("openapi", target),
        desktop(target),
    ]
}

fn long(target: &Path) -> Vec<Step> {
    let mut properties = tests();
    properties.env("PROPTEST_CASES", MANY_CASES);
    let (folder, built) = (target.to_path_buf(), target.to_path_buf());
    let packed = move || dist::pack(&folder, &shell::root()).map(|path| path.display().to_string());
    let packages = desktop_packages(target);
    let installed = match packages.work {
        Work::Skip(_) => Step::skip("installed", "no package is made here"),
        Work::Program(_) | Work::Here(_) => chroot::installed::step(target),
    };
    vec![
        Step::program("properties", properties),
        fuzz(target),
        openapi(target),
        Step::here("release", move || dist::build(&built, None)),
        Step::here("package", packed),
        chroot::bare::step(target),
        chroot::container::step(target),
        packages,
        installed,
        chroot::windows::step(target),
    ]
}

/// The desktop application's packages, and the start of the one that brings everything.
fn desktop_packages(target: &Path) -> Step {
    const NAME: &str = "packages";
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Step::skip(NAME, "the AppImage's recipe is for Linux on x86_64");
    }
    let missing = ["dpkg-deb", "patchelf", "mksquashfs", "xvfb-run", "xdotool"]
        .into_iter()
        .find(|program| !shell::exists(program));
    if let Some(missing) = missing {
        return Step::skip(NAME, format!("{missing} is not installed"));
    }
    let target = target.to_path_buf();
    Step::here(NAME, move || {
        let made = packages::make(&target, &shell::root())?;
        let image = made
            .iter()
            .find(|path| path.extension().is_some_and(|end| end == "AppImage"))
            .ok_or("no AppImage was made")?;
        let start = shell::root().join("tests").join("packages").join("start");
        shell::output(Command::new(start).arg(image))
    })
}

/// Schemathesis with as many cases for each path as make twenty thousand in all.
fn openapi(target: &Path) -> Step {
    const NAME: &str = "openapi, long";
    if cfg!(windows) {
        return Step::skip(NAME, "tests/openapi/run needs a Unix shell");
    }
    let mut command = run("openapi", target);
    command.env("CASES", "350").env("LONGEST", "3600");
    Step::program(NAME, command)
}

/// The fuzz targets, each for so many seconds.
fn fuzz(target: &Path) -> Step {
    const NAME: &str = "fuzz";
    const SECONDS: &str = "60";
    if !cfg!(target_os = "linux") {
        return Step::skip(NAME, "fuzz/run needs a Unix shell and libFuzzer");
    }
    let mut command = Command::new(shell::root().join("fuzz").join("run"));
    command.arg(SECONDS).current_dir(shell::root());
    // Other flags than the rest: in one folder they would build everything anew each time.
    command.env("CARGO_TARGET_DIR", target.join("fuzz"));
    Step::program(NAME, command)
}

/// The window's own checks and tests, and what the desktop application is built around.
fn window() -> Step {
    const NAME: &str = "ui";
    if !shell::root().join("ui/package.json").exists() {
        return Step::skip(NAME, "there is no ui/package.json yet");
    }
    Step::here(NAME, || {
        let works: [&[&str]; 4] = [
            &["ci", "--no-audit", "--no-fund"],
            &["run", "check"],
            &["test"],
            &["run", "build"],
        ];
        let done: Result<Vec<String>, String> = works
            .iter()
            .map(|work| shell::output(shell::npm(work).env("NO_COLOR", "1")))
            .collect();
        Ok(done?.join("\n"))
    })
}

/// The real application in a session of its own.
fn desktop(target: &Path) -> Step {
    const NAME: &str = "desktop";
    if !cfg!(target_os = "linux") {
        return Step::skip(NAME, "its session is made of Linux programs");
    }
    match [
        "Xvfb",
        "openbox",
        "xdotool",
        "wmctrl",
        "xclip",
        "WebKitWebDriver",
    ]
    .into_iter()
    .find(|program| !shell::exists(program))
    {
        Some(missing) => Step::skip(NAME, format!("{missing} is not installed")),
        None => script(NAME, target),
    }
}

/// Every page of the window in a real browser, over answers of its own.
fn pages() -> Step {
    const NAME: &str = "pages";
    if !shell::exists("chromium") {
        return Step::skip(NAME, "chromium is not installed");
    }
    Step::program(NAME, shell::npm(&["run", "--silent", "e2e"]))
}

/// The web admin in a real browser.
fn admin(target: &Path) -> Step {
    const NAME: &str = "admin";
    if !shell::exists("chromium") {
        return Step::skip(NAME, "chromium is not installed");
    }
    script(NAME, target)
}

fn tests() -> Command {
    shell::cargo(&["test", "--workspace", "--locked", "--no-fail-fast"])
}

/// Every file that a shell runs, read by shellcheck.
fn scripts() -> Step {
    const NAME: &str = "scripts";
    if !shell::exists("shellcheck") {
        return Step::skip(NAME, "shellcheck is not installed");
    }
    let tree = match Tree::of_git(&shell::root()) {
        Ok(tree) => tree,
        Err(error) => return Step::here(NAME, move || Err(error)),
    };
    let shell_runs = |name: &&str| tree.text(name).is_some_and(|text| is_shell(name, &text));
    let mut command = Command::new("shellcheck");
    command
        .arg("--external-sources")
        .args(tree.files().filter(shell_runs));
    command.current_dir(tree.root());
    Step::program(NAME, command)
}

/// Examples of other projects, which stay as they are but for the address.
const EXAMPLES: &str = "tests/sdk/readmes/";

fn is_shell(name: &str, text: &str) -> bool {
    if name.starts_with(EXAMPLES) {
        return false;
    }
    let first = text.lines().next().unwrap_or_default();
    name.ends_with(".sh") || first.starts_with("#!") && first.ends_with("sh")
}

fn build() -> Step {
    Step::program("programs", generate::build())
}

/// The tests in `tests/<name>/run`, against the programs in the target folder's `debug/`.
fn script(name: &'static str, target: &Path) -> Step {
    if cfg!(windows) {
        return Step::skip(name, format!("tests/{name}/run needs a Unix shell"));
    }
    Step::program(name, run(name, target))
}

/// The real agents as models: one in the usual run, all of them with the client programs.
fn all_agents(target: &Path) -> Step {
    const NAME: &str = "agents";
    if cfg!(windows) {
        return Step::skip(NAME, "tests/agents/run needs a Unix shell");
    }
    let mut command = run(NAME, target);
    command.env("AGENTS", "all");
    Step::program(NAME, command)
}

fn run(name: &str, target: &Path) -> Command {
    let mut command = Command::new(shell::root().join("tests").join(name).join("run"));
    command.current_dir(shell::root());
    command
        .arg("--portolan")
        .arg(shell::built(target, "debug", "portolan"));
    command
        .arg("--upstream")
        .arg(shell::built(target, "debug", "scripted-upstream"));
    command
}

#[cfg(test)]
mod tests {
    use super::{Step, chosen, is_shell};

    #[test]
    fn steps_are_chosen_by_their_names_and_keep_their_order() {
        let names = |only: &[&str]| {
            let steps = ["a", "b", "c"].map(|name| Step::skip(name, "not here"));
            let chosen = chosen(steps.into(), only)?;
            Ok::<_, String>(chosen.iter().map(|step| step.name).collect::<Vec<_>>())
        };
        assert_eq!(names(&[]).as_deref(), Ok(&["a", "b", "c"][..]));
        assert_eq!(names(&["c", "a"]).as_deref(), Ok(&["a", "c"][..]));
        let unknown = "there is no step \"d\"; there are: a, b, c";
        assert_eq!(names(&["a", "d"]), Err(unknown.to_owned()));
    }

    #[test]
    fn a_shell_script_is_known_by_its_name_or_first_line() {
        assert!(is_shell(
            "tests/surroundings.sh",
            "# no first line of its own"
        ));
        assert!(is_shell("x", "#!/usr/bin/env bash\n"));
        assert!(!is_shell("tool", "#!/usr/bin/env python3\n"));
        assert!(!is_shell("notes.md", "run it with sh"));
    }
}
