//! Runs the steps of a test run one after the other, shows what failed, and adds up the counts.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::shell;
use crate::tally::Tally;

/// A step that takes longer hangs.
const LONGEST: Duration = Duration::from_secs(45 * 60);
/// How often a long step says that it is still there.
const SIGN_OF_LIFE: Duration = Duration::from_secs(60);
/// How much of a failed step's output is shown; all of it is in its log.
const SHOWN_LINES: usize = 400;

/// What a step does.
pub(crate) enum Work {
    /// A program; what it prints goes to the step's log.
    Program(Command),
    /// A function of ours; what it returns is its output.
    Here(Box<dyn FnOnce() -> Result<String, String>>),
    /// Nothing, for this reason.
    Skip(String),
}

/// One part of a test run.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) work: Work,
}

impl Step {
    pub(crate) fn program(name: &'static str, command: Command) -> Self {
        Self {
            name,
            work: Work::Program(command),
        }
    }

    pub(crate) fn here(
        name: &'static str,
        work: impl FnOnce() -> Result<String, String> + 'static,
    ) -> Self {
        Self {
            name,
            work: Work::Here(Box::new(work)),
        }
    }

    pub(crate) fn skip(name: &'static str, reason: impl Into<String>) -> Self {
        Self {
            name,
            work: Work::Skip(reason.into()),
        }
    }
}

/// Runs all steps, whatever becomes of those before; prints the sum; an error if any failed.
pub(crate) fn run(steps: Vec<Step>, logs: &Path) -> Result<(), String> {
    std::fs::create_dir_all(logs)
        .map_err(|error| format!("creating the folder {}: {error}", logs.display()))?;
    let started = Instant::now();
    let mut sum = Tally::default();
    let mut failed = Vec::new();
    for step in steps {
        let name = step.name;
        let (tally, good) = one(step, logs);
        sum += tally;
        if !good {
            failed.push(name);
        }
    }
    println!();
    if !failed.is_empty() {
        println!("failed: {}", failed.join(", "));
    }
    println!(
        "{} s in all; logs in {}",
        started.elapsed().as_secs(),
        logs.display()
    );
    println!("{sum}");
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("failed: {}", failed.join(", ")))
    }
}

fn one(step: Step, logs: &Path) -> (Tally, bool) {
    let name = step.name;
    let started = Instant::now();
    let outcome = match step.work {
        Work::Skip(reason) => {
            println!("{name:<12} skipped: {reason}");
            return (
                Tally {
                    skipped: 1,
                    ..Tally::default()
                },
                true,
            );
        }
        Work::Here(work) => {
            say(&format!("{name:<12} …"));
            work()
        }
        Work::Program(command) => {
            say(&format!("{name:<12} {}", shell::line(&command)));
            logged(command, &logs.join(format!("{name}.log")), name)
        }
    };
    let (output, good) = match outcome {
        Ok(output) => (output, true),
        Err(output) => (output, false),
    };
    let tally = judged(&output, good);
    let seconds = started.elapsed().as_secs();
    let good = good && tally.failed == 0;
    if good {
        println!("{name:<12} ok, {seconds} s, {tally}");
    } else {
        println!("{}", tail(&output));
        println!("{name:<12} FAILED, {seconds} s, {tally}");
    }
    (tally, good)
}

/// The runner's own counts; a step without any counts as one test, a failed one as one at least.
fn judged(output: &str, good: bool) -> Tally {
    let mut tally = Tally::read(output);
    if good && tally.is_empty() {
        tally.passed = 1;
    }
    if !good && tally.failed == 0 {
        tally.failed = 1;
    }
    tally
}

fn logged(mut command: Command, log: &Path, name: &str) -> Result<String, String> {
    let opened = File::create(log).and_then(|file| Ok((file.try_clone()?, file)));
    let (out, err) = opened.map_err(|error| format!("writing {}: {error}", log.display()))?;
    command.stdin(Stdio::null()).stdout(out).stderr(err);
    let ended = wait(&mut command, name);
    let output = std::fs::read(log).unwrap_or_default();
    let output = String::from_utf8_lossy(&output).into_owned();
    match ended {
        Ok(status) if status.success() => Ok(output),
        Ok(status) => Err(format!("{output}\nended with {status}")),
        Err(message) => Err(format!("{output}\n{message}")),
    }
}

fn wait(command: &mut Command, name: &str) -> Result<ExitStatus, String> {
    let mut child = command.spawn().map_err(|error| {
        format!(
            "cannot start {}: {error}",
            command.get_program().to_string_lossy()
        )
    })?;
    let started = Instant::now();
    let mut next_sign = SIGN_OF_LIFE;
    loop {
        if let Some(status) = child
            .try_wait()
            .map_err(|error| format!("waiting: {error}"))?
        {
            return Ok(status);
        }
        let elapsed = started.elapsed();
        if elapsed > LONGEST {
            child
                .kill()
                .map_err(|error| format!("ending a step that hangs: {error}"))?;
            return Err(format!(
                "ended because it took over {} minutes",
                LONGEST.as_secs() / 60
            ));
        }
        if elapsed > next_sign {
            say(&format!("{name:<12} … {} s", elapsed.as_secs()));
            next_sign += SIGN_OF_LIFE;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn tail(output: &str) -> String {
    let lines: Vec<&str> = output.trim_end().lines().collect();
    let hidden = lines.len().saturating_sub(SHOWN_LINES);
    let shown = lines[hidden..].join("\n");
    if hidden == 0 {
        shown
    } else {
        format!("({hidden} lines before these)\n{shown}")
    }
}

fn say(line: &str) {
    println!("{line}");
    // a log that is read while it grows must not lag behind by a buffer; a closed pipe is no news
    drop(std::io::stdout().flush());
}

/// The folder for the logs of a run.
pub(crate) fn logs(target: &Path) -> PathBuf {
    target.join("test-logs")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_step_without_counts_is_one_test() {
        assert_eq!(
            judged("fine", true),
            Tally {
                passed: 1,
                failed: 0,
                skipped: 0
            }
        );
        assert_eq!(
            judged("", false),
            Tally {
                passed: 0,
                failed: 1,
                skipped: 0
            }
        );
    }

    #[test]
    fn a_runner_that_dies_after_passing_tests_has_failed() {
        let tally = judged("3 passed, 0 failed\nerror: could not compile", false);
        assert_eq!(
            tally,
            Tally {
                passed: 3,
                failed: 1,
                skipped: 0
            }
        );
    }

    #[test]
    fn one_failure_fails_the_run_and_the_rest_still_runs() {
        let folder = tempfile::tempdir().unwrap();
        let ran = std::rc::Rc::new(std::cell::Cell::new(false));
        let seen = ran.clone();
        let steps = vec![
            Step::program("broken", shell::cargo(&["no-such-command"])),
            Step::skip("later", "not here"),
            Step::here("last", move || {
                seen.set(true);
                Ok("4 passed, 0 failed".into())
            }),
        ];
        assert_eq!(run(steps, folder.path()).unwrap_err(), "failed: broken");
        assert!(ran.get());
        let log = std::fs::read_to_string(folder.path().join("broken.log")).unwrap();
        assert!(log.contains("no-such-command"), "{log}");
    }

    #[test]
    fn counted_failures_fail_even_when_the_runner_ends_well() {
        let folder = tempfile::tempdir().unwrap();
        let steps = vec![Step::here("odd", || Ok("1 passed, 2 failed".into()))];
        assert!(run(steps, folder.path()).is_err());
    }

    #[test]
    fn a_long_output_is_cut_at_its_beginning() {
        let long: String = (0..SHOWN_LINES + 5)
            .map(|line| format!("{line}\n"))
            .collect();
        let shown = tail(&long);
        assert!(
            shown.starts_with("(5 lines before these)\n5\n"),
            "{}",
            &shown[..40]
        );
    }
}
