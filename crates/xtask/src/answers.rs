//! The manual's page of what commands answer in JSON, made from the types that they write.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::shapes::{self, Body, ErrorCode, Field, Shape};

/// Where the types are that are written: those of the contract, and the command line's own.
const SOURCES: [&str; 2] = ["crates/contract/src", "crates/daemon/src/cli/written.rs"];
/// Where the error codes are.
const CODES: &str = "crates/contract/src/code.rs";
/// What is written for a reason, under another name than the type has.
const REASON: (&str, &str) = ("Reason", "Written");
/// What a failure is written as.
const FAILURE: &str = "Failure";

/// Each command, and the type that it writes.
const ANSWERS: [(&str, &str); 29] = [
    ("serve", "Started"),
    ("status", "Status"),
    ("models", "Vec<Model>"),
    ("login", "SignInTurn"),
    ("logout", "SignedOut"),
    ("accounts list", "Vec<Account>"),
    ("accounts add", "Account"),
    ("accounts set-key", "Account"),
    ("accounts remove", "Removed"),
    ("accounts test", "AccountTested"),
    ("providers list", "Vec<Provider>"),
    ("providers set", "Provider"),
    ("logs", "Vec<LogLine>"),
    ("import", "ImportTold"),
    ("keys list", "Vec<Key>"),
    ("keys create", "KeyShown"),
    ("keys limit", "Key"),
    ("keys revoke", "Revoked"),
    ("keys show", "KeyShown"),
    ("routes list", "Vec<Route>"),
    ("routes explain", "Explanation"),
    ("instances list", "Vec<Instance>"),
    ("instances add", "Instance"),
    ("instances change", "Instance"),
    ("instances remove", "InstanceRemoved"),
    ("instances start", "Instance"),
    ("instances stop", "Instance"),
    ("admin bootstrap", "AdminLink"),
    ("version", "Version"),
];

const START: &str = "\
# Answers in JSON

Made by `cargo xtask gen` from the types that are written.

With `--json` a [command](commands.md) writes its answer to standard output as one JSON value. One that fails writes
nothing there and a [`Failure`](#failure) to standard error. `portolan routes explain` answers, and fails, where there are no
candidates. `portolan instances` also answers, and fails, of an instance
that should listen and cannot. `portolan login` writes two values, one when the person has to act and one at the end. `portolan logs --follow` writes one value a line. `portolan serve` writes one line once it listens, and what a person has to know goes to standard error as
text. Fields may be added; moments are seconds since 1970.

Exit status: 0 done, 1 failed, 2 wrong use, 78 refused for safety. `portolan status` ends with 0 also where no server
runs, or where one is stopping.
";

/// The page. `commands` are the program's commands, each of which must have an answer here.
pub(crate) fn page(root: &Path, commands: &[String]) -> Result<String, String> {
    let mut known = BTreeMap::new();
    for source in SOURCES {
        for text in texts(&root.join(source))? {
            known.extend(shapes::shapes(&text)?);
        }
    }
    if let Some(reason) = known.remove(REASON.1) {
        known.insert(REASON.0.to_owned(), reason);
    }
    let codes = read(&root.join(CODES)).map(|text| shapes::codes(&text))?;
    written(&ANSWERS, commands, &known, &codes)
}

fn texts(path: &Path) -> Result<Vec<String>, String> {
    if path.is_file() {
        return Ok(vec![read(path)?]);
    }
    let failed = |error| format!("reading the folder {}: {error}", path.display());
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        texts.push(read(&entry.map_err(failed)?.path())?);
    }
    Ok(texts)
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("reading {}: {error}", path.display()))
}

fn written(
    answers: &[(&str, &str)],
    commands: &[String],
    known: &BTreeMap<String, Shape>,
    codes: &[ErrorCode],
) -> Result<String, String> {
    let mut page = START.to_owned();
    page.push_str("\n| Command | Answer |\n|---|---|\n");
    let mut waiting: Vec<String> = Vec::new();
    for command in commands {
        let answer = answers.iter().find(|(name, _)| name == command);
        let (_, kind) = answer.ok_or_else(|| {
            format!("what `portolan {command} --json` writes is not in crates/xtask/src/answers.rs")
        })?;
        line(
            &mut page,
            &format!("| `portolan {command}` | {} |", shown(kind)),
        );
        waiting.extend(named(kind));
    }
    if let Some((gone, _)) = answers
        .iter()
        .find(|(name, _)| !commands.iter().any(|c| c == name))
    {
        return Err(format!("there is no command `portolan {gone}`"));
    }
    waiting.push(FAILURE.to_owned());
    let mut done: Vec<String> = Vec::new();
    while !waiting.is_empty() {
        let name = waiting.remove(0);
        if done.contains(&name) {
            continue;
        }
        let shape = known
            .get(&name)
            .ok_or_else(|| format!("there is no type {name}"))?;
        line(&mut page, &format!("\n## {name}\n\n{}", shape.doc));
        waiting.extend(body(&mut page, &name, &shape.body)?);
        done.push(name);
    }
    page.push_str(
        "\n## Codes\n\nWhat a `code` of a failure may be. One that begins with `usage-` is a mistake in the \
         command line.\n\n| Code | Arguments | Meaning |\n|---|---|---|\n",
    );
    for ErrorCode {
        code,
        doc,
        arguments,
    } in codes
    {
        // A reason is no argument: it has a field of its own.
        let names = arguments.iter().filter(|name| *name != "reason");
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        line(
            &mut page,
            &format!("| `{code}` | {} | {doc} |", names.join(", ")),
        );
    }
    Ok(page)
}

/// Describes a body; the names of the types that it holds.
fn body(page: &mut String, name: &str, body: &Body) -> Result<Vec<String>, String> {
    let mut held = Vec::new();
    match body {
        Body::Object(fields) => {
            page.push_str("\n| Field | Type | Meaning |\n|---|---|---|\n");
            for field in fields {
                let Field { name: own, doc, .. } = field;
                if doc.is_empty() {
                    return Err(format!("{name}.{own} has no description"));
                }
                line(
                    page,
                    &format!("| `{own}` | {} | {doc} |", field_type(field)),
                );
                held.extend(named(&field.kind));
            }
        }
        Body::Tagged(tag, variants) => {
            line(
                page,
                &format!("\n| `{tag}` | Further fields | Meaning |\n|---|---|---|"),
            );
            for variant in variants {
                let fields = variant.fields.iter().map(|field| {
                    held.extend(named(&field.kind));
                    format!("`{}` ({}): {}", field.name, field_type(field), field.doc)
                });
                let fields: Vec<String> = fields.collect();
                let (word, doc) = (&variant.word, &variant.doc);
                line(
                    page,
                    &format!("| `{word}` | {} | {doc} |", fields.join(" ")),
                );
            }
        }
        Body::Words(variants) => {
            page.push_str("\n| Word | Meaning |\n|---|---|\n");
            for variant in variants {
                line(page, &format!("| `{}` | {} |", variant.word, variant.doc));
            }
        }
    }
    Ok(held)
}

fn line(page: &mut String, text: &str) {
    let _infallible = writeln!(page, "{text}");
}

fn field_type(field: &Field) -> String {
    let kind = inside(&field.kind, "Option").filter(|_| field.left_out);
    match kind {
        Some(kind) => format!("{}, or left out", shown(kind)),
        None => shown(&field.kind),
    }
}

/// A type of Rust in words.
fn shown(kind: &str) -> String {
    let kind = kind.strip_prefix("&'a ").unwrap_or(kind);
    if let Some(inner) = inside(kind, "Option") {
        return format!("{}, or null", shown(inner));
    }
    if let Some(inner) = inside(kind, "Vec").or_else(|| slice(kind)) {
        return format!("list of {}", shown(inner));
    }
    match kind {
        "String" | "str" | "SecretText" | "Code" => "text".to_owned(),
        "bool" => "true or false".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "usize" => "number".to_owned(),
        _ if kind.starts_with("BTreeMap<") => "object of texts".to_owned(),
        name => {
            let name = name.split('<').next().unwrap_or(name);
            format!("[`{name}`](#{})", name.to_lowercase())
        }
    }
}

/// The type of ours that a type holds.
fn named(kind: &str) -> Option<String> {
    let shown = shown(kind);
    let (_, rest) = shown.split_once("[`")?;
    rest.split('`').next().map(str::to_owned)
}

fn inside<'a>(kind: &'a str, outer: &str) -> Option<&'a str> {
    kind.strip_prefix(outer)?
        .strip_prefix('<')?
        .strip_suffix('>')
}

fn slice(kind: &str) -> Option<&str> {
    kind.strip_prefix('[')?.strip_suffix(']')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn known() -> BTreeMap<String, Shape> {
        let source = "/// A failure.\npub struct Failure {\n    /// Why.\n    pub why: Option<Why>,\n}\n\
            /// Why.\npub enum Why {\n    /// Nobody knows.\n    NotKnown,\n}\n\
            /// A list.\npub struct Listed {\n    /// Names.\n    pub names: &'a [String],\n}\n";
        shapes::shapes(source).unwrap()
    }

    fn make(answers: &[(&str, &str)], commands: &[&str]) -> Result<String, String> {
        let commands: Vec<String> = commands.iter().map(|&name| name.to_owned()).collect();
        written(answers, &commands, &known(), &[])
    }

    #[test]
    fn every_type_that_is_reached_is_described_once() {
        let page = make(
            &[("list", "Vec<Listed>"), ("all", "Listed")],
            &["list", "all"],
        )
        .unwrap();
        assert!(
            page.contains("| `portolan list` | list of [`Listed`](#listed) |\n"),
            "{page}"
        );
        assert!(
            page.contains("| `names` | list of text | Names. |\n"),
            "{page}"
        );
        assert!(
            page.contains("| `why` | [`Why`](#why), or null | Why. |\n"),
            "{page}"
        );
        assert!(page.contains("| `not-known` | Nobody knows. |\n"), "{page}");
        assert_eq!(page.matches("## Listed").count(), 1);
    }

    #[test]
    fn a_command_without_an_answer_and_an_answer_without_a_command_are_errors() {
        assert!(make(&[], &["list"]).unwrap_err().contains("portolan list"));
        assert!(
            make(&[("gone", "Listed")], &[])
                .unwrap_err()
                .contains("gone")
        );
        assert!(
            make(&[("a", "Nothing")], &["a"])
                .unwrap_err()
                .contains("Nothing")
        );
    }
}
