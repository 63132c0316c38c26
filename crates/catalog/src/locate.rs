//! Gives what is wrong with a manifest its place in the file.

use crate::places::Places;
use crate::problem::{ManifestError, Problem};

/// Gives a problem its place in the file.
pub(crate) fn place(file: &str, text: &str, problem: Problem) -> ManifestError {
    let (line, column) = Places::new(text).of(&problem.key);
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
    let places = Places::new(text);
    let span = error.span().unwrap_or(0..0);
    let (line, column) = places.position(span.start);
    // The reader's message may go on with a list in further lines.
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    ManifestError {
        file: file.to_owned(),
        line,
        column,
        key: places.key_at(&span),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::KeyPath;

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
        assert_eq!(Places::new("é = 1").position("é".len()), (1, 2));
    }

    #[test]
    fn a_span_leads_back_to_its_key() {
        let at = |needle: &str, from: usize| {
            let start = TEXT[from..].find(needle).map(|at| at + from);
            let key = |start| Places::new(TEXT).key_at(&(start..start + needle.len()));
            start.map(|start| key(start).to_string())
        };
        assert_eq!(at("2", 0), Some("list[1]".to_owned()));
        assert_eq!(at("\"b\"", 0), Some("model[1].id".to_owned()));
        assert_eq!(at("list", 0), Some("list".to_owned()));
    }
}
