//! The messages that the window's code shows.

use std::collections::BTreeSet;

use crate::tree::Tree;

/// The window's code.
const FOLDER: &str = "ui/src/";
/// What the window's own text functions are called.
const SPEAKERS: [&str; 3] = ["text(", "getString(", "t("];

/// What is said in the window.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// Each message that is named outright, with its place.
    pub(crate) named: Vec<(String, String)>,
    /// Every text in quotes: an id may be kept in a table first.
    quoted: BTreeSet<String>,
    /// Beginnings of ids whose end is put together while the window runs, such as `standing-`.
    beginnings: BTreeSet<String>,
}

impl Shown {
    /// Whether there is nothing of the window.
    pub(crate) fn is_empty(&self) -> bool {
        self.quoted.is_empty()
    }

    /// Whether that message may be shown.
    pub(crate) fn says(&self, id: &str) -> bool {
        self.quoted.contains(id) || self.beginnings.iter().any(|start| id.starts_with(start))
    }
}

/// Reads the window's code, its tests left out.
pub(crate) fn shown(tree: &Tree) -> Shown {
    let mut shown = Shown::default();
    let files = tree.files().filter(|name| {
        let is_code = name.ends_with(".ts") || name.ends_with(".tsx");
        is_code && name.starts_with(FOLDER) && !name.contains(".test.")
    });
    for name in files {
        if let Some(text) = tree.text(name) {
            read(name, &text, &mut shown);
        }
    }
    shown
}

fn read(name: &str, text: &str, shown: &mut Shown) {
    let mut name_one = |at: usize, id: &str| {
        let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        shown.named.push((format!("{name}:{line}"), id.to_owned()));
    };
    for (at, _) in text.match_indices("<Localized") {
        let tag = text.get(at..).unwrap_or_default();
        let tag = tag.split_once("/>").map_or(tag, |(tag, _)| tag);
        if let Some(id) = tag.split_once(" id=\"").or(tag.split_once("\nid=\"")) {
            let id = id.1.split('"').next().filter(|id| is_id(id));
            id.into_iter().for_each(|id| name_one(at, id));
        }
    }
    for speaker in SPEAKERS {
        for (at, found) in text.match_indices(speaker) {
            // `text(`, not `context(`
            let before = text.get(..at).and_then(|text| text.chars().next_back());
            if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
                continue;
            }
            let argument = text
                .get(at + found.len()..)
                .unwrap_or_default()
                .trim_start();
            if let Some(rest) = argument.strip_prefix('"') {
                let id = rest.split('"').next().filter(|id| is_id(id));
                id.into_iter().for_each(|id| name_one(at, id));
            }
        }
    }
    for line in text.lines() {
        for quote in ['"', '\'', '`'] {
            for piece in line.split(quote).skip(1).step_by(2) {
                if is_id(piece) {
                    shown.quoted.insert(piece.to_owned());
                }
            }
        }
        for (at, _) in line.match_indices('`') {
            let start = line.get(at + 1..).unwrap_or_default().split("${").next();
            let followed = line.get(at + 1..).is_some_and(|rest| rest.contains("${"));
            if let Some(start) =
                start.filter(|start| followed && start.ends_with('-') && start.len() > 3)
                && is_id(start.trim_end_matches('-'))
            {
                shown.beginnings.insert(start.to_owned());
            }
        }
    }
}

fn is_id(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(letter)
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::fixture;

    const PAGE: &str = "\
export const Page = () => (
  <Localized
    id=\"home-title\" elems={{ b: <b /> }}>
    <h1>{text(\"home-lead\", { n: 1 })}</h1>
  </Localized>
);
const names = { on: 'state-on' };
const standing = `standing-${kind}`;
context(\"not-a-message\");
";

    #[test]
    fn what_is_named_kept_and_put_together() {
        let fixture = fixture::tree(&[
            ("ui/src/features/home/Page.tsx", PAGE),
            (
                "ui/src/features/home/Page.test.tsx",
                "text(\"only-in-tests\")",
            ),
        ]);
        let shown = shown(&fixture.tree);
        let place = "ui/src/features/home/Page.tsx";
        let named = [
            (format!("{place}:2"), "home-title".to_owned()),
            (format!("{place}:4"), "home-lead".to_owned()),
        ];
        assert_eq!(shown.named, named);
        assert!(shown.says("state-on") && shown.says("standing-ready"));
        assert!(!shown.says("only-in-tests") && !shown.says("home-old"));
    }

    #[test]
    fn without_a_window_nothing_is_said() {
        let fixture = fixture::tree(&[("ui/index.html", "<p id=\"x-y\">")]);
        assert!(shown(&fixture.tree).is_empty());
    }
}
