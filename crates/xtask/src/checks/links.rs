//! Links between documents lead somewhere, and the two READMEs say the same things.

use std::path::Path;

use crate::report::{Finding, Report};
use crate::tree::Tree;

const READMES: [&str; 2] = ["README.md", "README.zh-CN.md"];

/// Follows every relative link of every Markdown file.
pub(crate) fn check(tree: &Tree) -> Report {
    let mut findings = Vec::new();
    let mut links = 0;
    let mut documents = 0;
    for name in tree.ending(".md") {
        let Some(text) = tree.text(name) else {
            continue;
        };
        documents += 1;
        for (line, target) in relative_links(&text) {
            links += 1;
            if let Some(what) = broken(tree, name, &text, &target) {
                findings.push(Finding::new(format!("{name}:{line}"), what));
            }
        }
    }
    findings.extend(unequal(tree));
    Report {
        name: "links",
        summary: format!("{documents} documents, {links} links"),
        findings,
    }
}

/// Targets of links that stay in the project, with the line they stand in.
fn relative_links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (line, prose) in prose(text) {
        for part in prose.split("](").skip(1) {
            let Some((target, _)) = part.split_once(')') else {
                continue;
            };
            let target = target.split_whitespace().next().unwrap_or_default();
            let leaves = target.contains("://") || target.starts_with("mailto:");
            if !leaves && !target.is_empty() {
                found.push((line, target.to_owned()));
            }
        }
    }
    found
}

/// Lines outside fenced code, without inline code, numbered from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, String)> + '_ {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            return None;
        }
        let visible: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        (!fenced).then_some((index + 1, visible))
    })
}

fn broken(tree: &Tree, document: &str, text: &str, target: &str) -> Option<String> {
    let (file, heading) = target
        .split_once('#')
        .map_or((target, None), |(f, h)| (f, Some(h)));
    let there = if file.is_empty() {
        text.to_owned()
    } else {
        let folder = Path::new(document).parent().unwrap_or(Path::new(""));
        let path = tree.root().join(folder).join(file);
        if !path.exists() {
            return Some(format!("the link to {target} leads nowhere"));
        }
        if path.is_dir() || heading.is_none() {
            return None;
        }
        std::fs::read_to_string(path).ok()?
    };
    let heading = heading?;
    let known = headings(&there).any(|(_, title)| anchor(&title) == heading);
    (!known).then(|| format!("the link to {target} names no heading there"))
}

/// Level and title of each heading.
fn headings(text: &str) -> impl Iterator<Item = (usize, String)> + '_ {
    let mut fenced = false;
    text.lines().filter_map(move |line| {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        let title = line.get(level..)?.strip_prefix(' ')?;
        (!fenced && (1..=6).contains(&level)).then(|| (level, title.trim().to_owned()))
    })
}

/// The name a heading gets in a rendered page: lower case, no punctuation, hyphens for spaces.
fn anchor(title: &str) -> String {
    title
        .to_lowercase()
        .chars()
        .filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'))
        .map(|letter| if letter == ' ' { '-' } else { letter })
        .collect()
}

/// The same levels of headings in the same order, and the same commands in the same order.
fn unequal(tree: &Tree) -> Vec<Finding> {
    let [Some(one), Some(other)] = READMES.map(|name| tree.text(name)) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let levels = |text: &str| headings(text).map(|(level, _)| level).collect::<Vec<_>>();
    if levels(&one) != levels(&other) {
        let what = format!(
            "its headings are not those of {}, level by level",
            READMES[0]
        );
        findings.push(Finding::new(READMES[1], what));
    }
    let (ours, theirs) = (code(&one), code(&other));
    let differs = ours.iter().zip(&theirs).find(|(a, b)| a.1 != b.1);
    if let Some(((line, _), (at, _))) = differs {
        let place = format!("{}:{at}", READMES[1]);
        let what = format!("this block is not the one of {} line {line}", READMES[0]);
        findings.push(Finding::new(place, what));
    } else if ours.len() != theirs.len() {
        let what = format!(
            "{} blocks of code, {} has {}",
            theirs.len(),
            READMES[0],
            ours.len()
        );
        findings.push(Finding::new(READMES[1], what));
    }
    findings
}

/// Each fenced block: the line it opens in, and its lines without comments.
fn code(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut blocks: Vec<(usize, Vec<String>)> = Vec::new();
    let mut fenced = false;
    for (index, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            fenced = !fenced;
            if fenced {
                blocks.push((index + 1, vec![line.to_owned()]));
            }
        } else if let (true, Some((_, lines))) = (fenced, blocks.last_mut()) {
            let command = line.split("# ").next().unwrap_or_default().trim_end();
            if !command.is_empty() {
                lines.push(command.to_owned());
            }
        }
    }
    blocks
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
    fn a_link_that_leads_nowhere_is_found_where_it_stands() {
        let text = "# A\n\n[there](b.md) [gone](c.md) [out](https://example.com)\n";
        let found = findings(&[("docs/a.md", text), ("docs/b.md", "# B\n")]);
        assert_eq!(found, ["docs/a.md:3: the link to c.md leads nowhere"]);
    }

    #[test]
    fn a_link_to_a_heading_needs_that_heading() {
        let text = "# First words\n[a](#first-words) [b](#none) [c](b.md#two-2) [d](b.md#two)\n";
        let found = findings(&[("a.md", text), ("b.md", "## Two: 2\n```\n# Two\n```\n")]);
        assert_eq!(
            found,
            [
                "a.md:2: the link to #none names no heading there",
                "a.md:2: the link to b.md#two names no heading there"
            ]
        );
    }

    #[test]
    fn code_holds_no_links() {
        let text = "`[x](gone)`\n```\n[y](gone)\n```\n[z](gone \"title\")\n";
        assert_eq!(
            findings(&[("a.md", text)]),
            ["a.md:5: the link to gone leads nowhere"]
        );
    }

    #[test]
    fn the_readmes_have_the_same_shape() {
        let english = "# P\n## One\n```sh\nrun   # starts\n```\n";
        let chinese = "# P\n## 一\n```sh\nrun   # 启动\n```\n";
        assert!(findings(&[(READMES[0], english), (READMES[1], chinese)]).is_empty());
        let other_command = "# P\n## 一\n```sh\nwalk\n```\n";
        let found = findings(&[(READMES[0], english), (READMES[1], other_command)]);
        assert_eq!(
            found,
            ["README.zh-CN.md:3: this block is not the one of README.md line 3"]
        );
        let no_heading = "# P\n```sh\nrun\n```\n";
        let found = findings(&[(READMES[0], english), (READMES[1], no_heading)]);
        assert!(found.concat().contains("headings"), "{found:?}");
    }
}
