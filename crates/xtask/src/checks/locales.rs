//! Every language says everything: the same messages, with the same variables.

use std::collections::BTreeMap;

use super::messages::{self, Messages};
use crate::report::{Finding, Report};
use crate::tree::Tree;

/// The language that the others are compared with.
const REFERENCE: &str = "en";

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
    let summary = format!(
        "{} languages, {} messages",
        languages.len(),
        reference.len()
    );
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
}
