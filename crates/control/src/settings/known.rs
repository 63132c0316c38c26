//! The keys that the settings know; what else stands in the file is kept, and passed over with a warning.

use catalog::KeyPath;
use toml::de::{DeTable, DeValue};

use super::locate::Places;
use contract::Warning;

/// What a known key may hold.
enum Shape {
    /// A value with no keys of ours inside.
    Plain,
    /// A table with these keys.
    Table(&'static [(&'static str, Shape)]),
    /// An array of tables with these keys.
    Tables(&'static [(&'static str, Shape)]),
    /// A table of names, each a table with these keys.
    Named(&'static [(&'static str, Shape)]),
}

use Shape::{Named, Plain, Table, Tables};

const TOP: &[(&str, Shape)] = &[
    ("version", Plain),
    ("default_model", Plain),
    ("listen", Table(LISTEN)),
    ("provider", Named(PROVIDER)),
    ("account", Tables(ACCOUNT)),
    ("route", Tables(ROUTE)),
    ("instance", Tables(INSTANCE)),
    ("key", Tables(KEY)),
    ("proxy", Table(PROXY)),
    ("translation", Table(TRANSLATION)),
];

const LISTEN: &[(&str, Shape)] = &[
    ("host", Plain),
    ("port", Plain),
    ("require_key", Plain),
    ("allowed_origins", Plain),
    ("allowed_hosts", Plain),
];

const PROVIDER: &[(&str, Shape)] = &[
    ("name", Plain),
    ("allow_private", Plain),
    ("models", Plain),
    ("quirks", Plain),
    ("proxy", Plain),
    ("endpoints", Plain),
    ("auth", Plain),
];

const ACCOUNT: &[(&str, Shape)] = &[
    ("provider", Plain),
    ("id", Plain),
    ("name", Plain),
    ("key_env", Plain),
    ("key_file", Plain),
];

const ROUTE: &[(&str, Shape)] = &[("match", Plain), ("targets", Plain), ("strategy", Plain)];

const INSTANCE: &[(&str, Shape)] = &[
    ("name", Plain),
    ("port", Plain),
    ("keys", Plain),
    ("default_model", Plain),
];

const KEY: &[(&str, Shape)] = &[
    ("name", Plain),
    ("models", Plain),
    ("requests_per_minute", Plain),
];

const PROXY: &[(&str, Shape)] = &[("mode", Plain), ("url", Plain)];

const TRANSLATION: &[(&str, Shape)] = &[("on_loss", Plain)];

/// Takes unknown keys out of the table that is read (never out of the file).
pub(super) fn set_unknown_aside(table: &mut DeTable<'_>, places: &Places<'_>) -> Vec<Warning> {
    let mut unknown = Vec::new();
    keep_known(table, TOP, &KeyPath::root(), &mut unknown);
    let warning = |(path, nearest): (KeyPath, Option<&str>)| Warning {
        line: places.of(&path).0,
        key: path.to_string(),
        message: match nearest {
            Some(nearest) => format!("this key is not known; did you mean {nearest}?"),
            None => "this key is not known".to_owned(),
        },
    };
    unknown.into_iter().map(warning).collect()
}

type Unknown = Vec<(KeyPath, Option<&'static str>)>;

fn keep_known(
    table: &mut DeTable<'_>,
    shapes: &'static [(&'static str, Shape)],
    path: &KeyPath,
    unknown: &mut Unknown,
) {
    let mut strange = Vec::new();
    for (key, value) in table.iter_mut() {
        let key: &str = key.get_ref();
        let here = path.key(key);
        let Some((_, shape)) = shapes.iter().find(|(name, _)| *name == key) else {
            let names = shapes.iter().map(|(name, _)| *name);
            unknown.push((here, crate::nearest::nearest(key, names)));
            strange.push(key.to_owned());
            continue;
        };
        match (shape, value.get_mut()) {
            (Table(inner), DeValue::Table(table)) => keep_known(table, inner, &here, unknown),
            (Named(inner), DeValue::Table(table)) => {
                for (name, value) in table.iter_mut() {
                    if let DeValue::Table(table) = value.get_mut() {
                        keep_known(table, inner, &here.key(name.get_ref()), unknown);
                    }
                }
            }
            (Tables(inner), DeValue::Array(array)) => {
                for (index, value) in array.iter_mut().enumerate() {
                    if let DeValue::Table(table) = value.get_mut() {
                        keep_known(table, inner, &here.index(index), unknown);
                    }
                }
            }
            // A value of the wrong type is told by the reader.
            (Plain | Table(_) | Named(_) | Tables(_), _) => {}
        }
    }
    for key in strange {
        table.remove(key.as_str());
    }
}
