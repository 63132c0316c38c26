//! From a key to its line and column, and from a place in the text to its key.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::{KeyPath, Step};

/// Where the keys of a text stand.
#[derive(Debug)]
pub struct Places<'t> {
    text: &'t str,
    table: Option<Spanned<DeTable<'t>>>,
}

impl<'t> Places<'t> {
    /// The places of a text; of one that is not TOML every key is at its beginning.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            table: DeTable::parse(text).ok(),
        }
    }

    /// Line and column, both from 1, of a key; of one that is not written, of the nearest table
    /// around it.
    #[must_use]
    pub fn of(&self, path: &KeyPath) -> (usize, usize) {
        self.position(self.offset_of(path))
    }

    /// Line and column, both from 1, of a byte offset; the column counts characters.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count() + 1;
        let column = before
            .get(line_start..)
            .map_or(0, |part| part.chars().count())
            + 1;
        (line, column)
    }

    /// The deepest key that the span belongs to.
    #[must_use]
    pub fn key_at(&self, span: &Range<usize>) -> KeyPath {
        let table = self.table.as_ref();
        table
            .and_then(|table| in_table(table.get_ref(), span, &KeyPath::root()))
            .unwrap_or_default()
    }

    fn offset_of(&self, path: &KeyPath) -> usize {
        let mut place = 0;
        let mut value: Option<&DeValue<'_>> = None;
        let mut table = self.table.as_ref().map(Spanned::get_ref);
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
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const TEXT: &str =
        "name = \"ä\" \nlist = [1, 2]\n\n[[key]]\nname = \"a\"\n[[key]]\n  name = \"b\"\n";

    #[test]
    fn keys_and_items_are_found() {
        let places = Places::new(TEXT);
        assert_eq!(places.of(&KeyPath::of("name")), (1, 1));
        assert_eq!(places.of(&KeyPath::of("list").index(1)), (2, 12));
        assert_eq!(places.of(&KeyPath::of("key").index(1).key("name")), (7, 3));
    }

    #[test]
    fn what_is_not_written_is_at_the_table_around_it() {
        let places = Places::new(TEXT);
        assert_eq!(places.of(&KeyPath::of("key").index(1).key("models")).0, 6);
        assert_eq!(places.of(&KeyPath::of("nowhere")), (1, 1));
        assert_eq!(Places::new("= broken").of(&KeyPath::of("a")), (1, 1));
    }

    #[test]
    fn a_span_leads_back_to_its_key() {
        let places = Places::new(TEXT);
        let at = |needle: &str| {
            let start = TEXT.find(needle).unwrap();
            places.key_at(&(start..start + needle.len())).to_string()
        };
        assert_eq!(at("2"), "list[1]");
        assert_eq!(at("\"b\""), "key[1].name");
        assert_eq!(at("list"), "list");
        assert_eq!(at("[1, 2]"), "list");
    }
}
