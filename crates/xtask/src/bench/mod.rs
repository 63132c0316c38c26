//! The figures: nginx, the least that a gateway can be, and Portolan, beside each other in one run.

mod answer;
mod awake;
mod field;
mod latency;
mod load;
mod options;
mod process;
mod prompt;
mod rest;
mod rig;
mod run;
mod streams;
mod table;
mod watch;
mod work;

use std::process::Command;

use self::options::Options;
pub(crate) use self::watch::work as work_watched;
use crate::{dist, shell};

/// Builds what is measured as it is shipped, and measures.
pub(crate) fn command(words: &[&str]) -> Result<(), String> {
    let options = Options::read(words)?;
    if options.built {
        return run::run(&options);
    }
    let target = shell::target_folder()?;
    if options.program.is_none() {
        println!("{}", dist::build(&target, None)?);
    }
    shell::done(&mut shell::cargo(&[
        "build",
        "--release",
        "--locked",
        "--package=testkit",
        "--package=xtask",
        "--features=testkit/floor",
        "--bins",
    ]))?;
    // The load must be as quick as what it measures, so that a release build of this program does it.
    let mut again = Command::new(shell::built(&target, "release", "xtask"));
    for (name, key) in rig::floor_keys() {
        again.env(name, key);
    }
    shell::done(again.arg("bench").args(words).arg("--built"))
}
