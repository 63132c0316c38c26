//! Files short enough to read in one sitting, each saying what it is for.

use std::collections::BTreeMap;

use crate::report::{Finding, Report};
use crate::tree::Tree;

/// The most lines that any file of code may have, tests included.
const FILE: usize = 800;
/// How a file begins that a program wrote: nobody reads it from end to end.
const MADE: &str = "// Made by `cargo xtask gen`";
/// The most lines of source that a crate may have, tests left out.
const CRATE: usize = 8_000;
/// The same for the desktop's shell: what can do without Tauri is in `tray` and `face`.
const SHELL: usize = 1_500;

/// Counts lines of every file of code, and looks for the sentence at the top of library files.
pub(crate) fn check(tree: &Tree) -> Report {
    let mut findings = Vec::new();
    let mut sizes = Vec::new();
    let mut crates: BTreeMap<String, usize> = BTreeMap::new();
    for name in tree.files().filter(|name| is_code(name)) {
        let Some(text) = tree.text(name) else {
            continue;
        };
        let lines = text.lines().count();
        if lines > FILE && !text.starts_with(MADE) {
            findings.push(Finding::new(
                name,
                format!("{lines} lines, the most is {FILE}"),
            ));
        }
        let Some(owner) = owner(name) else { continue };
        if !text.starts_with("//! ") {
            let what = "does not open with a `//!` sentence on what it is for";
            findings.push(Finding::new(name, what));
        }
        let source = source_lines(name, &text);
        *crates.entry(budget(owner, name)).or_default() += source;
        findings.extend(foreign_codec(name, &text).map(|what| Finding::new(name, what)));
        sizes.push((source, name));
    }
    for (name, lines) in crates {
        let most = if name == "src-tauri" { SHELL } else { CRATE };
        if lines > most {
            let what = format!("{lines} lines of source, the most is {most}: split it");
            findings.push(Finding::new(name, what));
        }
    }
    sizes.sort_unstable();
    Report {
        name: "sizes",
        summary: summary(&sizes),
        findings,
    }
}

fn summary(sizes: &[(usize, &str)]) -> String {
    let at = |share: usize| {
        sizes
            .get(sizes.len() * share / 100)
            .map_or(0, |(lines, _)| *lines)
    };
    let Some((most, largest)) = sizes.last() else {
        return "no source files".into();
    };
    let (count, median, tenth) = (sizes.len(), at(50), at(90));
    format!(
        "{count} source files, median {median}, 9 in 10 under {tenth}, largest {most} ({largest})"
    )
}

fn is_code(name: &str) -> bool {
    const ENDS: [&str; 6] = [".rs", ".ts", ".tsx", ".py", ".mjs", ".sh"];
    ENDS.iter().any(|end| name.ends_with(end)) || name == "x"
}

/// What a file's lines are counted for: its crate, and in `dialect` the folder of its codec, which
/// nothing but its tests may leave (docs/adr/0007).
fn budget(owner: &str, name: &str) -> String {
    let folder = name
        .strip_prefix("crates/dialect/src/")
        .and_then(|rest| rest.split_once('/'));
    match folder {
        Some((folder, _)) => format!("{owner}/src/{folder}"),
        None => owner.to_owned(),
    }
}

/// A codec that uses another one.
fn foreign_codec(name: &str, text: &str) -> Option<String> {
    const CODECS: [&str; 2] = ["openai_chat", "anthropic"];
    let (own, _) = name.strip_prefix("crates/dialect/src/")?.split_once('/')?;
    if !CODECS.contains(&own) || name.contains("/tests/") {
        return None;
    }
    let source: Vec<&str> = text.lines().take(source_lines(name, text)).collect();
    CODECS
        .iter()
        .filter(|other| **other != own)
        .find(|other| {
            source
                .iter()
                .any(|line| line.contains(&format!("crate::{other}")))
        })
        .map(|other| format!("a codec uses another one, `{other}`"))
}

/// The crate whose library or program this file belongs to.
fn owner(name: &str) -> Option<&str> {
    let (folder, file) = name.split_once("/src/")?;
    let in_crate = folder == "src-tauri" || folder.strip_prefix("crates/")?.split('/').count() == 1;
    (in_crate && file.ends_with(".rs")).then_some(folder)
}

/// Lines before the first inline test module; none for a file of tests.
fn source_lines(name: &str, text: &str) -> usize {
    if name.ends_with("/tests.rs") || name.contains("/tests/") {
        return 0;
    }
    let mut lines = text.lines().peekable();
    let mut count = 0;
    while let Some(line) = lines.next() {
        let opens_tests = lines
            .peek()
            .is_some_and(|next| next.starts_with("mod tests {"));
        if line == "#[cfg(test)]" && opens_tests {
            break;
        }
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::fixture;

    #[test]
    fn a_file_over_the_budget_is_found() {
        let long = format!("//! Long.\n{}", "\n".repeat(FILE));
        let fixture = fixture::tree(&[
            ("crates/a/src/lib.rs", &long),
            ("crates/a/src/short.rs", "//! Short.\n"),
        ]);
        let report = check(&fixture.tree);
        assert_eq!(
            report.findings,
            [Finding::new(
                "crates/a/src/lib.rs",
                "801 lines, the most is 800"
            )]
        );
        assert!(
            report.summary.contains("2 source files"),
            "{}",
            report.summary
        );
    }

    #[test]
    fn what_a_program_wrote_may_be_longer() {
        let long = format!("{MADE} from the types.\n{}", "\n".repeat(FILE));
        let fixture = fixture::tree(&[("ui/src/api/contract.ts", &long)]);
        assert_eq!(check(&fixture.tree).findings, []);
    }

    #[test]
    fn a_library_file_says_what_it_is_for_and_a_test_need_not() {
        let fixture = fixture::tree(&[
            ("crates/a/src/lib.rs", "use std::fmt;\n"),
            ("crates/a/tests/all.rs", "use a::b;\n"),
        ]);
        let places: Vec<String> = check(&fixture.tree)
            .findings
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(places.len(), 1, "{places:?}");
        assert!(
            places
                .concat()
                .starts_with("crates/a/src/lib.rs: does not open"),
            "{places:?}"
        );
    }

    #[test]
    fn a_crate_over_the_budget_is_found() {
        let text = format!("//! Part.\n{}", "\n".repeat(700));
        let names: Vec<String> = (0..12)
            .map(|part| format!("crates/a/src/p{part}.rs"))
            .collect();
        let files: Vec<(&str, &str)> = names
            .iter()
            .map(|name| (name.as_str(), text.as_str()))
            .collect();
        let fixture = fixture::tree(&files);
        let found: Vec<String> = check(&fixture.tree)
            .findings
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            found,
            ["crates/a: 8412 lines of source, the most is 8000: split it"]
        );
    }

    #[test]
    fn the_shell_is_thin() {
        let source = |lines| format!("//! Part.\n{}", "\n".repeat(lines - 1));
        let tested = format!(
            "{}#[cfg(test)]\nmod tests {{\n{}}}\n",
            source(700),
            "\n".repeat(90)
        );
        let found = |last: usize| {
            let fixture = fixture::tree(&[
                ("src-tauri/src/host.rs", &tested),
                ("src-tauri/src/host/watch.rs", &source(700)),
                ("src-tauri/src/lib.rs", &source(last)),
            ]);
            let found = check(&fixture.tree).findings;
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(found(100), Vec::<String>::new());
        assert_eq!(
            found(101),
            ["src-tauri: 1501 lines of source, the most is 1500: split it"]
        );
    }

    #[test]
    fn a_codec_is_counted_and_walled_by_itself() {
        let name = "crates/dialect/src/anthropic/wire.rs";
        assert_eq!(
            super::budget("crates/dialect", name),
            "crates/dialect/src/anthropic"
        );
        assert_eq!(
            super::budget("crates/dialect", "crates/dialect/src/lib.rs"),
            "crates/dialect"
        );
        let text = "//! One.\nuse crate::openai_chat::OpenAiChat;\n";
        assert!(super::foreign_codec(name, text).is_some());
        assert!(super::foreign_codec("crates/dialect/src/codec.rs", text).is_none());
        let tested = "crates/dialect/src/anthropic/tests/across.rs";
        assert!(super::foreign_codec(tested, text).is_none());
    }

    #[test]
    fn inline_tests_are_no_source() {
        let text = "//! One.\nfn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
        assert_eq!(source_lines("crates/a/src/lib.rs", text), 2);
        assert_eq!(source_lines("crates/a/src/x/tests.rs", text), 0);
    }
}
