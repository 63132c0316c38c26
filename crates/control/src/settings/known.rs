//! Holds the text of the settings against their shape: wrong types are told, and what is not known is
//! kept in the file and passed over with a warning.

use catalog::KeyPath;
use contract::Reason;
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::shape::{Field, SETTINGS, Shape};

/// What does not fit the shape.
#[derive(Default)]
pub(super) struct Misfits {
    /// Unknown keys, taken out of the table that is read (never out of the file).
    pub(super) unknown: Vec<(KeyPath, Reason)>,
    /// Values that cannot be, each with the byte offset where it stands.
    pub(super) wrong: Vec<(KeyPath, usize, Reason)>,
}

/// Finds what does not fit, and leaves only known keys in the table.
pub(super) fn misfits(table: &mut DeTable<'_>) -> Misfits {
    let mut misfits = Misfits::default();
    misfits.in_table(table, 0, SETTINGS, &KeyPath::root(), false);
    misfits
}

impl Misfits {
    /// In a `strict` table an unknown key is wrong.
    fn in_table(
        &mut self,
        table: &mut DeTable<'_>,
        at: usize,
        fields: &'static [Field],
        path: &KeyPath,
        strict: bool,
    ) {
        let mut strange = Vec::new();
        for (key, value) in table.iter_mut() {
            let (name, start): (&str, usize) = (key.get_ref(), key.span().start);
            let here = path.key(name);
            if let Some(field) = fields.iter().find(|field| field.name == name) {
                self.in_value(value, &field.shape, &here);
                continue;
            }
            let names = fields.iter().map(|field| field.name);
            let reason = match crate::nearest::nearest(name, names) {
                Some(nearest) => Reason::UnknownKeySimilar {
                    nearest: nearest.to_owned(),
                },
                None => Reason::UnknownKey {},
            };
            if strict {
                self.wrong.push((here, start, reason));
            } else {
                self.unknown.push((here, reason));
                strange.push(name.to_owned());
            }
        }
        for key in strange {
            table.remove(key.as_str());
        }
        let missing = fields
            .iter()
            .filter(|field| field.needed && !table.contains_key(field.name));
        for field in missing {
            let name = field.name.to_owned();
            self.wrong
                .push((path.clone(), at, Reason::MissingKey { name }));
        }
    }

    fn in_value(
        &mut self,
        spanned: &mut Spanned<DeValue<'_>>,
        shape: &'static Shape,
        path: &KeyPath,
    ) {
        let at = spanned.span().start;
        let reason = match (shape, spanned.get_mut()) {
            (Shape::Text, DeValue::String(_)) | (Shape::Flag, DeValue::Boolean(_)) => return,
            (Shape::Word(words), DeValue::String(found)) => {
                if words.contains(&found.as_ref()) {
                    return;
                }
                Reason::NotOneOf {
                    found: found.to_string(),
                    choices: words.join(", "),
                }
            }
            (Shape::Number(most), DeValue::Integer(found)) => {
                if number(found).is_some_and(|number| (0..=i64::from(*most)).contains(&number)) {
                    return;
                }
                Reason::OutOfRange {
                    found: found.to_string(),
                    least: 0.to_string(),
                    most: most.to_string(),
                }
            }
            (Shape::List(inner), DeValue::Array(array)) => {
                for (index, value) in array.iter_mut().enumerate() {
                    self.in_value(value, inner, &path.index(index));
                }
                return;
            }
            (Shape::Table(fields), DeValue::Table(table)) => {
                return self.in_table(table, at, fields, path, false);
            }
            (Shape::Either(_, fields), DeValue::Table(table)) => {
                return self.in_table(table, at, fields, path, true);
            }
            (Shape::Either(text, _), DeValue::String(_)) => {
                return self.in_value(spanned, text, path);
            }
            (Shape::Named(inner), DeValue::Table(table)) => {
                for (name, value) in table.iter_mut() {
                    self.in_value(value, inner, &path.key(name.get_ref()));
                }
                return;
            }
            (
                Shape::Text
                | Shape::Word(_)
                | Shape::Flag
                | Shape::Number(_)
                | Shape::List(_)
                | Shape::Table(_)
                | Shape::Named(_)
                | Shape::Either(..),
                found,
            ) => Reason::WrongType {
                expected: expected(shape).to_owned(),
                found: kind(found).to_owned(),
            },
        };
        self.wrong.push((path.clone(), at, reason));
    }
}

fn number(written: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(written.as_str(), written.radix()).ok()
}

fn expected(shape: &Shape) -> &'static str {
    match shape {
        Shape::Text | Shape::Word(_) => "text",
        Shape::Flag => "boolean",
        Shape::Number(_) => "integer",
        Shape::List(_) => "list",
        Shape::Table(_) | Shape::Named(_) => "table",
        Shape::Either(..) => "text-or-table",
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "integer",
        DeValue::Float(_) => "float",
        DeValue::Boolean(_) => "boolean",
        DeValue::Datetime(_) => "date",
        DeValue::Array(_) => "list",
        DeValue::Table(_) => "table",
    }
}
