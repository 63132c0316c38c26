//! The house rules: what the compiler cannot see and reviews forget.

mod headless;
mod hosts;
mod links;
mod locales;
mod messages;
mod npm;
mod proofs;
mod sizes;
mod spawns;
mod spoken;
mod walls;
mod window;

use crate::report::Report;
use crate::shell;
use crate::tree::Tree;

/// Prints what each check says; an error if any found a breach.
pub(crate) fn command() -> Result<(), String> {
    let (text, breaches) = all()?;
    print!("{text}");
    verdict(breaches)
}

/// What each check says, as the outcome of a step.
pub(crate) fn told() -> Result<String, String> {
    let (text, breaches) = all()?;
    verdict(breaches).map_err(|verdict| format!("{text}{verdict}"))?;
    Ok(text)
}

fn all() -> Result<(String, usize), String> {
    let tree = Tree::of_git(&shell::root())?;
    let reports: [Report; 9] = [
        walls::check()?,
        headless::check()?,
        sizes::check(&tree),
        locales::check(&tree),
        links::check(&tree),
        hosts::check(&tree),
        npm::check(&tree),
        proofs::check(&tree),
        spawns::check(&tree),
    ];
    let text = reports.iter().map(ToString::to_string).collect();
    Ok((
        text,
        reports.iter().map(|report| report.findings.len()).sum(),
    ))
}

fn verdict(breaches: usize) -> Result<(), String> {
    match breaches {
        0 => Ok(()),
        1 => Err("1 breach of the house rules".into()),
        several => Err(format!("{several} breaches of the house rules")),
    }
}
