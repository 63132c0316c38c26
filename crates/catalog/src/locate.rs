//! From a key to its line and column, and from a place in the text to its key.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::{KeyPath, ManifestError, Problem, Step};

/// Gives a problem its place in the file.
pub(crate) fn place(file: &str, text: &str, problem: Problem) -> ManifestError {
    let (line, column) = position(text, offset_of(text, &problem.key));
    ManifestError {
        file: file.to_owned(),
        line,
        column,
        key: problem.key,
        message: problem.kind.to_string(),
    }
}

/// Gives what the TOML reader refused its key and its place.
pub(crate) fn refusal(file: &str, text: &str, error: &toml::de::Error) -> ManifestError {
    let span = error.span().unwrap_or(0..0);
    let (line, column) = position(text, span.start);
    let key = key_at(text, &span);
    // The reader's message may go on with a list in further lines.
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    ManifestError {
        file: file.to_owned(),
        line,
        column,
        key,
        message,
    }
}

/// Line and column, both from 1, of a byte offset; the column counts characters.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count() + 1;
    let column = before
        .get(line_start..)
        .map_or(0, |part| part.chars().count())
        + 1;
    (line, column)
}

/// Where the key is written; of what is not written, the nearest table around it.
fn offset_of(text: &str, path: &KeyPath) -> usize {
    let Ok(document) = DeTable::parse(text) else {
        return 0;
    };
    let mut place = 0;
    let mut value: Option<&DeValue<'_>> = None;
    let mut table = Some(document.get_ref());
    for step in path.steps() {
        let found = match step {
            Step::Key(key) => table.and_then(|table| {
                let (name, value) = table.get_key_value(key.as_str())?;
                Some((name.span().start, value))
            }),
            Step::Index(index) => value
                .and_then(DeValue::as_array)
                .and_then(|array| array.get(*index))
                .map(|value| (value.span().start, value)),
        };
        let Some((start, found)) = found else { break };
        place = start;
        value = Some(found.get_ref());
        table = found.get_ref().as_table();
    }
    place
}

/// The deepest key that the span belongs to.
fn key_at(text: &str, span: &Range<usize>) -> KeyPath {
    let Ok(document) = DeTable::parse(text) else {
        return KeyPath::root();
    };
    in_table(document.get_ref(), span, &KeyPath::root()).unwrap_or_default()
}

fn in_table(table: &DeTable<'_>, span: &Range<usize>, path: &KeyPath) -> Option<KeyPath> {
    table.iter().find_map(|(key, value)| {
        let here = path.key(key.get_ref());
        in_value(value, span, &here).or_else(|| covers(&key.span(), span).then_some(here))
    })
}

fn in_value(value: &Spanned<DeValue<'_>>, span: &Range<usize>, path: &KeyPath) -> Option<KeyPath> {
    let inside = match value.get_ref() {
        DeValue::Table(table) => in_table(table, span, path),
        DeValue::Array(array) => array
            .iter()
            .enumerate()
            .find_map(|(index, value)| in_value(value, span, &path.index(index))),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => None,
    };
    inside.or_else(|| covers(&value.span(), span).then(|| path.clone()))
}

fn covers(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end && outer.start < outer.end
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "id = \"ä\" \nlist = [1, 2]\n\n[[model]]\nid = \"a\"\n[[model]]\n  id = \"b\"\n";

    fn place_of(path: KeyPath) -> (usize, usize) {
        let error = place("x.toml", TEXT, Problem::new(path, "wrong"));
        (error.line, error.column)
    }

    #[test]
    fn keys_and_items_are_found() {
        assert_eq!(place_of(KeyPath::of("id")), (1, 1));
        assert_eq!(place_of(KeyPath::of("list").index(1)), (2, 12));
        assert_eq!(place_of(KeyPath::of("model").index(1).key("id")), (7, 3));
    }

    #[test]
    fn what_is_not_written_is_placed_at_the_table_around_it() {
        assert_eq!(place_of(KeyPath::of("model").index(1).key("limits")).0, 6);
        assert_eq!(place_of(KeyPath::of("nowhere")), (1, 1));
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(position("é = 1", "é".len()), (1, 2));
    }

    #[test]
    fn a_span_leads_back_to_its_key() {
        let at = |needle: &str, from: usize| {
            let start = TEXT[from..].find(needle).map(|at| at + from);
            start.map(|start| key_at(TEXT, &(start..start + needle.len())).to_string())
        };
        assert_eq!(at("2", 0), Some("list[1]".to_owned()));
        assert_eq!(at("\"b\"", 0), Some("model[1].id".to_owned()));
        assert_eq!(at("list", 0), Some("list".to_owned()));
    }
}
