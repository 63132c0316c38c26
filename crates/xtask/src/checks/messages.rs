//! Reads Fluent files as far as comparing languages needs: names of messages and their variables.

use std::collections::{BTreeMap, BTreeSet};

/// Each message (`id`) and attribute (`id.attribute`) with the variables it uses.
pub(crate) type Messages = BTreeMap<String, BTreeSet<String>>;

/// Adds a file's messages; returns the names that were there already, with their lines.
pub(crate) fn read(text: &str, messages: &mut Messages) -> Vec<(usize, String)> {
    let mut twice = Vec::new();
    let mut message = String::new();
    let mut current = String::new();
    for (index, line) in text.lines().enumerate() {
        if line.starts_with('#') {
            continue;
        }
        if let Some(name) = defined(line) {
            name.clone_into(&mut message);
            name.clone_into(&mut current);
            if messages.insert(current.clone(), BTreeSet::new()).is_some() {
                twice.push((index + 1, current.clone()));
            }
        } else if let Some(attribute) = line.trim_start().strip_prefix('.').and_then(defined) {
            current = format!("{message}.{attribute}");
            messages.insert(current.clone(), BTreeSet::new());
        }
        if let Some(used) = messages.get_mut(&current) {
            used.extend(variables(line));
        }
    }
    twice
}

/// The name that a line defines: `name = …`, a term's with its hyphen.
fn defined(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim_end();
    let bare = name.strip_prefix('-').unwrap_or(name);
    let starts = bare.starts_with(|first: char| first.is_ascii_alphabetic());
    (starts && bare.chars().all(in_name)).then_some(name)
}

fn variables(line: &str) -> impl Iterator<Item = String> + '_ {
    line.split('$').skip(1).filter_map(|rest| {
        let end = rest.find(|next| !in_name(next)).unwrap_or(rest.len());
        let name = &rest[..end];
        name.starts_with(|first: char| first.is_ascii_alphabetic())
            .then(|| name.to_owned())
    })
}

fn in_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn names_attributes_and_variables_of_a_file() {
        let text = "\
# comment = no message
-brand = Portolan
port-taken = Port { $port } is taken
    by { $program ->
        [one] one program
       *[other] { $count } programs
    }.
    .hint = Try { -brand } on { $next }, for $5
";
        let mut messages = Messages::new();
        assert!(read(text, &mut messages).is_empty());
        assert_eq!(
            messages.keys().collect::<Vec<_>>(),
            ["-brand", "port-taken", "port-taken.hint"]
        );
        let used: Vec<&String> = messages["port-taken"].iter().collect();
        assert_eq!(used, ["count", "port", "program"]);
        assert_eq!(messages["port-taken.hint"].first().unwrap(), "next");
    }

    #[test]
    fn a_name_used_twice_is_told() {
        let mut messages = Messages::new();
        assert_eq!(
            read("a = 1\nb = 2\na = 3\n", &mut messages),
            [(3, "a".to_owned())]
        );
    }
}
