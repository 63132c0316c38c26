//! Files that are written by programs and kept in the project.

use std::process::Command;

use serde_json::Value;

use crate::answers;
use crate::shell;

/// The manual page made from what the program says of itself.
const COMMANDS: &str = "docs/manual/commands.md";
/// The manual page of what it answers to scripts.
const ANSWERS: &str = "docs/manual/json.md";
/// The types that the window speaks.
const CONTRACT: &str = "ui/src/api/contract.ts";
/// The document of every path, which the program serves.
const OPENAPI: &str = "crates/documents/openapi.json";
/// What of it is kept by hand: the data plane, the session, and what they share.
const KEPT: &str = "crates/documents/src/kept.json";

/// Whether to write the files or to tell which are stale.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Compare,
}

/// Writes or compares all of them.
pub(crate) fn command(mode: Mode) -> Result<(), String> {
    if mode == Mode::Write {
        let mut golden = shell::cargo(&["test", "--locked", "--package", "dialect"]);
        shell::done(golden.env("PORTOLAN_GOLDEN", "write"))?;
    }
    shell::done(&mut build())?;
    println!("{}", manual(mode)?);
    Ok(())
}

/// The build that leaves the program whose help is read.
pub(crate) fn build() -> Command {
    shell::cargo(&["build", "--workspace", "--locked", "--bins"])
}

/// The contract in other words, from an example of the crate: only it needs the library that writes
/// them.
fn contract(words: &str) -> Result<String, String> {
    let arguments = [
        "run",
        "--quiet",
        "--locked",
        "--package",
        "contract",
        "--features",
        words,
        "--example",
        words,
    ];
    shell::output(&mut shell::cargo(&arguments))
}

/// The document: what is kept by hand, with control's paths and types beside it.
fn openapi() -> Result<String, String> {
    let read = |what: &str, text: &str| {
        let read = serde_json::from_str::<Value>(text);
        read.map_err(|error| format!("reading {what}: {error}"))
    };
    let text = std::fs::read_to_string(shell::root().join(KEPT));
    let text = text.map_err(|error| format!("reading {KEPT}: {error}"))?;
    let mut document = read(KEPT, &text)?;
    let control = read("the contract", &contract("openapi")?)?;
    for (from, to) in [("/paths", "/paths"), ("/schemas", "/components/schemas")] {
        let from = control.pointer(from).and_then(Value::as_object);
        let to = document.pointer_mut(to).and_then(Value::as_object_mut);
        let (Some(from), Some(to)) = (from, to) else {
            return Err(format!("{KEPT} has no place for what the contract says"));
        };
        for (name, value) in from {
            if to.insert(name.clone(), value.clone()).is_some() {
                return Err(format!("{name} is in {KEPT} and in the contract"));
            }
        }
    }
    document["info"]["version"] = env!("CARGO_PKG_VERSION").into();
    let text = serde_json::to_string_pretty(&document);
    text.map(|text| text + "\n")
        .map_err(|error| format!("writing {OPENAPI}: {error}"))
}

/// Writes or compares the manual's pages and the window's types; the program is the one in the target folder's `debug/`.
pub(crate) fn manual(mode: Mode) -> Result<String, String> {
    let program = shell::built(&shell::target_folder()?, "debug", "portolan");
    let help = |path: &[String]| {
        let mut command = Command::new(&program);
        // the manual is in English and as wide as where there is no terminal
        command
            .args(path)
            .arg("--help")
            .env("LC_ALL", "C")
            .env("LANG", "C")
            .env("LANGUAGE", "");
        shell::output(command.env_remove("COLUMNS"))
    };
    let commands = page(&help)?;
    let answers = answers::page(&shell::root(), &leaves(&commands))?;
    let pages = [
        (COMMANDS, commands),
        (ANSWERS, answers),
        (CONTRACT, contract("typescript")?),
        (OPENAPI, openapi()?),
    ];
    let done = pages.map(|(name, fresh)| kept(mode, name, &fresh));
    let done: Result<Vec<String>, String> = done.into_iter().collect();
    Ok(done?.join("\n"))
}

fn kept(mode: Mode, name: &str, fresh: &str) -> Result<String, String> {
    let path = shell::root().join(name);
    if mode == Mode::Write {
        std::fs::create_dir_all(path.parent().unwrap_or(&path))
            .and_then(|()| std::fs::write(&path, fresh))
            .map_err(|error| format!("writing {name}: {error}"))?;
        return Ok(format!("{name} written"));
    }
    match std::fs::read_to_string(&path) {
        Ok(kept) if kept == fresh => Ok(format!("{name} is current")),
        _ => Err(format!("{name} is stale: run `cargo xtask gen`")),
    }
}

/// The commands of a page that have none below them, such as `keys list`.
fn leaves(page: &str) -> Vec<String> {
    let titles = page
        .lines()
        .filter_map(|line| line.strip_prefix("## portolan "));
    let names: Vec<&str> = titles.collect();
    let is_leaf = |name: &&&str| {
        !names
            .iter()
            .any(|other| other.starts_with(&format!("{name} ")))
    };
    names
        .iter()
        .filter(is_leaf)
        .map(|&name| name.to_owned())
        .collect()
}

/// A Markdown page with the help of the program and of each command below it.
fn page(help: &dyn Fn(&[String]) -> Result<String, String>) -> Result<String, String> {
    let mut page =
        "# Commands\n\nMade by `cargo xtask gen` from what `portolan --help` says. What they \
        answer with `--json`: [json.md](json.md).\n"
            .to_owned();
    let mut waiting = vec![Vec::new()];
    while let Some(path) = waiting.pop() {
        let text = help(&path)?;
        let name: String = path
            .iter()
            .map(|word: &String| format!(" {word}"))
            .collect();
        if text.trim().is_empty() {
            return Err(format!("portolan{name} --help prints nothing"));
        }
        let text: Vec<&str> = text.lines().map(str::trim_end).collect();
        page.push_str(&format!("\n## portolan{name}\n\n```text\n"));
        page.push_str(text.join("\n").trim_end());
        page.push_str("\n```\n");
        let below = commands(&text).into_iter().rev();
        waiting.extend(below.map(|word| [path.clone(), vec![word]].concat()));
    }
    Ok(page)
}

/// The names under `Commands:`.
fn commands(help: &[&str]) -> Vec<String> {
    let listed = help.iter().skip_while(|line| **line != "Commands:").skip(1);
    listed
        .take_while(|line| line.starts_with(' '))
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn fake(path: &[String]) -> Result<String, String> {
        let words: Vec<&str> = path.iter().map(String::as_str).collect();
        Ok(match words.as_slice() {
            [] => "A gateway\n\nCommands:\n  serve  Start   \n  keys   Keys\n           more\n  help   Help\n\nOptions:\n  -h  Help\n",
            ["keys"] => "Keys\n\nCommands:\n  list  List them\n",
            ["serve"] => "Start\n",
            ["keys", "list"] => "List them\n",
            other => return Err(format!("asked for {other:?}")),
        }
        .to_owned())
    }

    #[test]
    fn every_command_has_its_part_in_the_order_of_the_help() {
        let page = page(&fake).unwrap();
        let titles: Vec<&str> = page
            .lines()
            .filter(|line| line.starts_with("## "))
            .collect();
        assert_eq!(
            titles,
            [
                "## portolan",
                "## portolan serve",
                "## portolan keys",
                "## portolan keys list"
            ]
        );
        assert_eq!(leaves(&page), ["serve", "keys list"]);
        assert!(
            page.contains("\n  serve  Start\n"),
            "no blanks at the ends of lines: {page}"
        );
    }

    #[test]
    fn a_program_that_says_nothing_is_an_error() {
        let error = page(&|_| Ok("\n".into())).unwrap_err();
        assert_eq!(error, "portolan --help prints nothing");
    }
}
