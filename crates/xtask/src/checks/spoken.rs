//! Messages and the code that speaks them: none is missing, none is left over.

use std::collections::BTreeSet;

use super::messages::Messages;
use super::window;
use crate::report::Finding;
use crate::tree::Tree;

/// Where people are spoken to.
const SPEAKERS: [&str; 4] = [
    "crates/daemon/src/",
    "crates/face/src/",
    "crates/tray/src/",
    "src-tauri/src/",
];

/// Compares the messages with the texts in quotes of the code. A text that begins as messages do
/// (`cli-…`) is taken for the name of one. Messages of errors are found by their codes instead.
pub(crate) fn check(tree: &Tree, messages: &Messages, errors: &str, findings: &mut Vec<Finding>) {
    let areas: BTreeSet<&str> = messages.keys().filter_map(|id| area(id)).collect();
    let mut said: BTreeSet<String> = BTreeSet::new();
    let speakers = tree
        .ending(".rs")
        .filter(|n| SPEAKERS.iter().any(|s| n.starts_with(s)));
    let mut silent = true;
    for name in speakers {
        let Some(text) = tree.text(name) else {
            continue;
        };
        silent = false;
        for (index, line) in text.lines().enumerate() {
            for quoted in line
                .split('"')
                .skip(1)
                .step_by(2)
                .filter(|quoted| is_name(quoted))
            {
                said.insert(quoted.to_owned());
                let named = area(quoted).is_some_and(|area| areas.contains(area));
                if named && !messages.contains_key(quoted) {
                    let what = format!("says {quoted}, which no language has");
                    findings.push(Finding::new(format!("{name}:{}", index + 1), what));
                }
            }
        }
    }
    let shown = window::shown(tree);
    silent &= shown.is_empty();
    for (place, id) in &shown.named {
        if !messages.contains_key(id) {
            let what = format!("says {id}, which no language has");
            findings.push(Finding::new(place, what));
        }
    }
    let left_over = messages.keys().filter(|id| {
        let part = id.contains('.') || id.starts_with('-') || id.starts_with(errors);
        !silent && !part && !said.contains(*id) && !shown.says(id)
    });
    for id in left_over {
        findings.push(Finding::new("locales", format!("{id} is said nowhere")));
    }
}

/// What stands before the first hyphen.
fn area(id: &str) -> Option<&str> {
    id.split_once('-')
        .map(|(area, _)| area)
        .filter(|area| !area.is_empty())
}

fn is_name(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    area(text).is_some() && text.chars().all(letter) && !text.ends_with(['-', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::messages;
    use crate::tree::fixture;

    fn findings(source: &str, file: &str) -> Vec<String> {
        let fixture = fixture::tree(&[("crates/daemon/src/cli.rs", source)]);
        let mut known = Messages::new();
        messages::read(file, &mut known);
        let mut findings = Vec::new();
        check(&fixture.tree, &known, "error-", &mut findings);
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_message_that_is_said_must_be_there() {
        let source = "say(\"cli-serve\");\nsay(\"cli-srve\", \"other-word\", \"cli-\");\n";
        assert_eq!(
            findings(source, "cli-serve = Serve\n"),
            ["crates/daemon/src/cli.rs:2: says cli-srve, which no language has"]
        );
    }

    #[test]
    fn a_message_that_is_said_nowhere_is_left_over() {
        let file = "cli-serve = Serve\n    .after = More\ncli-old = Old\nerror-x = X\n-brand = P\n";
        assert_eq!(
            findings("say(\"cli-serve\")", file),
            ["locales: cli-old is said nowhere"]
        );
    }
}
