//! Every language says everything: the same messages, with the same variables, and one for every
//! code that an error can have.

use std::collections::{BTreeMap, BTreeSet};

use super::messages::{self, Messages};
use super::spoken;
use crate::report::{Finding, Report};
use crate::tree::Tree;

/// The language that the others are compared with.
const REFERENCE: &str = "en";
/// The table of error codes, and what stands before a code in the id of its message.
const CODES: &str = "crates/contract/src/code.rs";
const ERROR: &str = "error-";

/// Compares every folder of `locales/` with the English one.
pub(crate) fn check(tree: &Tree) -> Report {
    let mut findings = Vec::new();
    let mut languages: BTreeMap<&str, Messages> = BTreeMap::new();
    for name in tree.ending(".ftl") {
        let Some((language, _)) = name
            .strip_prefix("locales/")
            .and_then(|f| f.split_once('/'))
        else {
            continue;
        };
        let Some(text) = tree.text(name) else {
            continue;
        };
        let known = languages.entry(language).or_default();
        for (line, id) in messages::read(&text, known) {
            findings.push(Finding::new(
                format!("{name}:{line}"),
                format!("{id} is defined again"),
            ));
        }
    }
    let empty = Messages::new();
    let reference = languages.get(REFERENCE).unwrap_or(&empty);
    for (language, known) in languages
        .iter()
        .filter(|(language, _)| **language != REFERENCE)
    {
        compare(language, known, reference, &mut findings);
    }
    let mut summary = format!(
        "{} languages, {} messages",
        languages.len(),
        reference.len()
    );
    if let Some(table) = tree.text(CODES) {
        let codes = codes(&table);
        explained(&codes, reference, &mut findings);
        summary.push_str(&format!(", {} error codes", codes.len()));
    }
    spoken::check(tree, reference, ERROR, &mut findings);
    Report {
        name: "locales",
        summary,
        findings,
    }
}

fn compare(language: &str, known: &Messages, reference: &Messages, findings: &mut Vec<Finding>) {
    let place = format!("locales/{language}");
    for (id, expected) in reference {
        match known.get(id) {
            None => findings.push(Finding::new(&place, format!("lacks {id}"))),
            Some(used) if used != expected => {
                let what = format!("{id} uses {used:?}, {REFERENCE} uses {expected:?}");
                findings.push(Finding::new(&place, what));
            }
            Some(_) => {}
        }
    }
    for id in known.keys().filter(|id| !reference.contains_key(*id)) {
        findings.push(Finding::new(
            &place,
            format!("has {id}, which {REFERENCE} lacks"),
        ));
    }
}

/// Each code of the table with the arguments that its message is given: rows of the form
/// `"no-such-key" NoSuchKey ["name", "nearest"]`.
fn codes(table: &str) -> BTreeMap<String, BTreeSet<String>> {
    let rows = table.lines().filter_map(|line| {
        let (code, rest) = line.trim_start().strip_prefix('"')?.split_once("\" ")?;
        let (_variant, arguments) = rest.strip_suffix(']')?.split_once(" [")?;
        let names = arguments
            .split(',')
            .map(|name| name.trim().trim_matches('"').to_owned());
        Some((code.to_owned(), names.collect()))
    });
    rows.collect()
}

/// Every code has its message, which uses only what it is given, and no message is left over. The
/// reference stands for all languages: they have the same messages.
fn explained(
    codes: &BTreeMap<String, BTreeSet<String>>,
    reference: &Messages,
    findings: &mut Vec<Finding>,
) {
    if codes.is_empty() {
        findings.push(Finding::new(CODES, "holds no row that this check can read"));
    }
    for code in codes
        .keys()
        .filter(|code| !reference.contains_key(&format!("{ERROR}{code}")))
    {
        let what = format!("no language has a message {ERROR}{code}");
        findings.push(Finding::new(CODES, what));
    }
    let place = format!("locales/{REFERENCE}");
    for (id, used) in reference {
        let Some(name) = id.strip_prefix(ERROR) else {
            continue;
        };
        let code = name.split('.').next().unwrap_or(name);
        let Some(given) = codes.get(code) else {
            findings.push(Finding::new(
                &place,
                format!("{id} belongs to no code of {CODES}"),
            ));
            continue;
        };
        for variable in used.difference(given) {
            let what = format!("{id} uses ${variable}, which this error does not have");
            findings.push(Finding::new(&place, what));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::fixture;

    fn findings(files: &[(&str, &str)]) -> Vec<String> {
        let fixture = fixture::tree(files);
        check(&fixture.tree)
            .findings
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_message_may_move_between_files_but_not_vanish() {
        let files = [
            ("locales/en/cli.ftl", "a = A\nb = B { $x }\n"),
            ("locales/zh-CN/cli.ftl", "a = 甲\n"),
            ("locales/zh-CN/other.ftl", "b = 乙 { $x }\n"),
        ];
        assert!(findings(&files).is_empty());
        assert_eq!(findings(&files[..2]), ["locales/zh-CN: lacks b"]);
    }

    #[test]
    fn variables_must_be_the_same() {
        let files = [
            ("locales/en/a.ftl", "b = B { $x }\n"),
            ("locales/fr/a.ftl", "b = B\nc = C\n"),
        ];
        let found = findings(&files);
        assert_eq!(found[0], "locales/fr: b uses {}, en uses {\"x\"}");
        assert_eq!(found[1], "locales/fr: has c, which en lacks");
    }

    #[test]
    fn every_code_has_a_message_that_uses_what_it_is_given() {
        let table = "\
macro_rules! codes {}
codes! {
    /// Gone.
    \"no-such-key\" NoSuchKey [\"name\", \"nearest\"]
    \"key-not-kept\" KeyNotKept []
}
";
        let good =
            "error-no-such-key = No { $name }\n    .hint = { $nearest }\nerror-key-not-kept = -\n";
        assert!(findings(&[(CODES, table), ("locales/en/e.ftl", good)]).is_empty());
        let bad = "error-no-such-key = No { $key }\nerror-other = ?\n";
        assert_eq!(
            findings(&[(CODES, table), ("locales/en/e.ftl", bad)]),
            [
                "crates/contract/src/code.rs: no language has a message error-key-not-kept",
                "locales/en: error-no-such-key uses $key, which this error does not have",
                "locales/en: error-other belongs to no code of crates/contract/src/code.rs",
            ]
        );
    }

    #[test]
    fn a_table_that_cannot_be_read_is_told() {
        let found = findings(&[(CODES, "enum Code { A }")]);
        assert!(found.concat().contains("no row"), "{found:?}");
    }
}
