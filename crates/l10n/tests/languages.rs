//! Every language has the same messages with the same variables, and none of them is faulty.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use fluent::FluentResource;
use l10n::{languages, sources};

/// The ids of a file's messages and attributes (`message.attribute`), each with the variables that
/// it uses.
fn messages(file: &str, text: &str) -> BTreeMap<String, BTreeSet<String>> {
    if let Err((_, errors)) = FluentResource::try_new(text.to_owned()) {
        panic!("{file}: {errors:?}");
    }
    let mut found = BTreeMap::new();
    let mut current: Option<(String, BTreeSet<String>)> = None;
    let mut message = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let begins = line.starts_with(char::is_alphabetic) || line.starts_with("    .");
        if let Some((id, _)) = line.split_once('=').filter(|_| begins) {
            let id = id.trim();
            let id = if id.starts_with('.') {
                format!("{message}{id}")
            } else {
                id.to_owned()
            };
            message = id.split('.').next().unwrap_or_default().to_owned();
            if let Some((id, variables)) = current.replace((id, BTreeSet::new())) {
                assert!(
                    found.insert(id.clone(), variables).is_none(),
                    "{file}: {id} stands twice"
                );
            }
        }
        let Some((_, variables)) = current.as_mut() else {
            continue;
        };
        for piece in line.split('$').skip(1) {
            let name: String = piece
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '-')
                .collect();
            variables.insert(name);
        }
    }
    found.extend(current);
    found
}

fn all(language: &str) -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let files = sources(language);
    files
        .iter()
        .map(|(name, text)| (name.clone(), messages(name, text)))
        .collect()
}

#[test]
fn all_languages_have_the_same_messages_and_variables() {
    let english = all("en");
    assert!(english.values().map(BTreeMap::len).sum::<usize>() > 0);
    for language in languages() {
        let other = all(&language);
        assert_eq!(
            english.keys().collect::<Vec<_>>(),
            other.keys().collect::<Vec<_>>(),
            "{language}: files"
        );
        for (file, messages) in &english {
            assert_eq!(messages, &other[file], "{language}/{file}");
        }
    }
}

#[test]
fn no_id_stands_in_two_files() {
    let mut seen = BTreeSet::new();
    for (file, messages) in all("en") {
        for id in messages.into_keys() {
            assert!(
                seen.insert(id.clone()),
                "{file}: {id} stands in another file too"
            );
        }
    }
}

#[test]
fn every_message_can_be_formatted() {
    for language in languages() {
        let bundle = l10n::Messages::for_language(&language);
        for messages in all(&language).into_values() {
            for (id, variables) in messages {
                let arguments: Vec<(&str, l10n::Value<'_>)> = variables
                    .iter()
                    .map(|name| (name.as_str(), 1.into()))
                    .collect();
                let text = bundle.get(&id, &arguments);
                assert!(
                    text != id && !text.contains("{ "),
                    "{language}: {id} gives {text:?}"
                );
            }
        }
    }
}

#[test]
fn chinese_keeps_to_its_typography() {
    for (file, text) in sources("zh-CN") {
        for (number, line) in text.lines().enumerate() {
            let place = format!("zh-CN/{file}:{}: {line}", number + 1);
            assert!(!line.contains('您'), "{place}");
            let characters: Vec<char> = line.chars().collect();
            for pair in characters.windows(2) {
                let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
                let latin = |c: char| c.is_ascii_alphanumeric();
                assert!(
                    !(han(pair[0]) && latin(pair[1]) || latin(pair[0]) && han(pair[1])),
                    "a space is missing between the scripts: {place}"
                );
                assert!(
                    !(han(pair[0]) && matches!(pair[1], ',' | ';' | '?' | '!')),
                    "half-width punctuation: {place}"
                );
            }
        }
    }
}
