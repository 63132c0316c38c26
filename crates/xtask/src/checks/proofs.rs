//! What `docs/parity.md` names as the proof of a promise is there: `FILE::NAME`.

use crate::report::{Finding, Report};
use crate::tree::Tree;

const TABLE: &str = "docs/parity.md";

/// Looks each proof up in its file.
pub(crate) fn check(tree: &Tree) -> Report {
    let mut findings = Vec::new();
    let text = tree.text(TABLE).unwrap_or_default();
    let proofs = proofs(&text);
    for (line, file, name) in &proofs {
        let what = match tree.text(file) {
            None => format!("there is no file {file}"),
            Some(text) if !text.contains(name.as_str()) => format!("{file} has no {name}"),
            Some(_) => continue,
        };
        findings.push(Finding::new(format!("{TABLE}:{line}"), what));
    }
    if proofs.is_empty() {
        findings.push(Finding::new(
            TABLE.to_owned(),
            "it names no proof".to_owned(),
        ));
    }
    Report {
        name: "proofs",
        summary: format!("{} proofs of promises", proofs.len()),
        findings,
    }
}

/// The line, the file and the name of each.
fn proofs(text: &str) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for word in line.split('`').skip(1).step_by(2) {
            if let Some((file, name)) = word.split_once("::")
                && file.contains('/')
            {
                found.push((index + 1, file.to_owned(), name.to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_a_file_and_a_name() {
        let text = "| `/v1/models` | `a/b.rs::it_works`, `tests/c.py::case` |\n`std::fs`\n";
        let found = proofs(text);
        let expected = [("a/b.rs", "it_works"), ("tests/c.py", "case")];
        let expected = expected.map(|(file, name)| (1, file.to_owned(), name.to_owned()));
        assert_eq!(found, expected);
    }
}
