//! Reads the types that are written as JSON out of their Rust source: names, fields, descriptions.

use std::collections::BTreeMap;

/// A type that is written as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) doc: String,
    pub(crate) body: Body,
}

/// What it is written as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// An object with these fields.
    Object(Vec<Field>),
    /// An object whose field `tag` tells which other fields it has.
    Tagged(String, Vec<Variant>),
    /// One of these words.
    Words(Vec<Variant>),
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// Its type in Rust.
    pub(crate) kind: String,
    pub(crate) doc: String,
    /// Whether it is not written where there is none.
    pub(crate) left_out: bool,
}

/// One of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variant {
    pub(crate) word: String,
    pub(crate) doc: String,
    pub(crate) fields: Vec<Field>,
}

/// An error code: its name, what it means, the arguments of its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ErrorCode {
    pub(crate) code: String,
    pub(crate) doc: String,
    pub(crate) arguments: Vec<String>,
}

/// What stands above an item.
#[derive(Default)]
struct Above {
    doc: Vec<String>,
    attributes: String,
}

impl Above {
    /// Takes the line in, if it is one that stands above an item.
    fn takes(&mut self, line: &str) -> bool {
        if let Some(doc) = line.strip_prefix("///") {
            self.doc.push(doc.trim().to_owned());
        } else if line.starts_with("#[") {
            self.attributes.push_str(line);
        } else {
            return false;
        }
        true
    }

    fn doc(&self) -> String {
        // Links between types are for the reader of the source.
        let text = self.doc.join(" ").replace("[`", "`").replace("`]", "`");
        text.replace("crate::", "").replace('|', "\\|")
    }

    /// The text in quotes behind `name = ` among the attributes.
    fn attribute(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.attributes.split_once(&format!("{name} = \""))?;
        rest.split('"').next()
    }
}

/// The structs and enums of a source file as rustfmt writes it, by their names.
pub(crate) fn shapes(source: &str) -> Result<BTreeMap<String, Shape>, String> {
    let mut found = BTreeMap::new();
    let mut lines = source.lines();
    let mut above = Above::default();
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]" {
            break;
        }
        if above.takes(line) {
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let opened = match words.as_slice() {
            [start @ .., what @ ("struct" | "enum"), name, "{"] if start.len() <= 1 => {
                Some((*what, name.split('<').next().unwrap_or(name)))
            }
            _ => None,
        };
        let Some((what, name)) = opened else {
            above = Above::default();
            continue;
        };
        let body = if what == "struct" {
            Body::Object(fields(&mut lines, "}"))
        } else {
            match above.attribute("tag") {
                Some(tag) => Body::Tagged(tag.to_owned(), variants(&mut lines)),
                None => Body::Words(variants(&mut lines)),
            }
        };
        let is_kebab = above.attribute("rename_all") == Some("kebab-case");
        // An enum that is never written has no say in this; one that is must be told apart here.
        let is_written = above.attributes.contains("Serialize");
        if what == "enum" && is_written && !is_kebab {
            return Err(format!(
                "the variants of {name} are not written in kebab-case"
            ));
        }
        let doc = above.doc();
        found.insert(name.to_owned(), Shape { doc, body });
        above = Above::default();
    }
    Ok(found)
}

fn fields<'a>(lines: &mut impl Iterator<Item = &'a str>, end: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut above = Above::default();
    for line in lines {
        if line.trim_end_matches(',').trim_start() == end {
            break;
        }
        let line = line.trim();
        if above.takes(line) {
            continue;
        }
        if let Some((name, kind)) = line.trim_end_matches(',').split_once(": ") {
            let name = name.rsplit(' ').next().unwrap_or(name);
            let renamed = above.attribute("rename");
            fields.push(Field {
                name: renamed.unwrap_or(name).to_owned(),
                kind: kind.to_owned(),
                doc: above.doc(),
                left_out: above.attributes.contains("skip_serializing_if"),
            });
        }
        above = Above::default();
    }
    fields
}

fn variants<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Vec<Variant> {
    let mut variants = Vec::new();
    let mut above = Above::default();
    while let Some(line) = lines.next() {
        if line == "}" {
            break;
        }
        let line = line.trim();
        if above.takes(line) {
            continue;
        }
        let name = line.split([',', ' ', '(']).next().unwrap_or(line);
        variants.push(Variant {
            word: kebab(name),
            doc: above.doc(),
            fields: if line.ends_with('{') {
                fields(lines, "}")
            } else {
                Vec::new()
            },
        });
        above = Above::default();
    }
    variants
}

fn kebab(name: &str) -> String {
    let mut word = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

/// The error codes of the contract's table, `codes! { … }`.
pub(crate) fn codes(source: &str) -> Vec<ErrorCode> {
    let table = source
        .lines()
        .skip_while(|line| *line != "codes! {")
        .skip(1);
    let mut codes = Vec::new();
    let mut above = Above::default();
    for line in table.take_while(|line| *line != "}") {
        let line = line.trim();
        if above.takes(line) {
            continue;
        }
        let quoted: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
        if let [code, arguments @ ..] = quoted.as_slice() {
            codes.push(ErrorCode {
                code: (*code).to_owned(),
                doc: above.doc(),
                arguments: arguments.iter().map(|&name| name.to_owned()).collect(),
            });
        }
        above = Above::default();
    }
    codes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const SOURCE: &str = r#"//! A file.

use serde::Serialize;

/// An [`Account`] of one.
#[derive(Clone, Serialize)]
pub struct Thing<'a> {
    /// Its name,
    /// in two lines.
    #[serde(rename = "match")]
    pub pattern: &'a str,
    /// Not always there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

/// How it stands.
#[derive(Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub(crate) enum Standing {
    /// Well.
    Ready,
    /// Not yet.
    NoKey {
        /// Why.
        reason: Reason,
    },
}

impl Thing {
    fn a(&self) -> u8 {
        0
    }
}

#[cfg(test)]
mod tests {
    struct Ignored {
        a: u8,
    }
}
"#;

    #[test]
    fn structs_and_enums_are_read_with_what_serde_makes_of_them() {
        let found = shapes(SOURCE).unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["Standing", "Thing"]);
        let thing = &found["Thing"];
        assert_eq!(thing.doc, "An `Account` of one.");
        let Body::Object(fields) = &thing.body else {
            unreachable!("a struct")
        };
        assert_eq!(fields[0].name, "match");
        assert_eq!(fields[0].kind, "&'a str");
        assert_eq!(fields[0].doc, "Its name, in two lines.");
        assert!(!fields[0].left_out && fields[1].left_out);
        let Body::Tagged(tag, variants) = &found["Standing"].body else {
            unreachable!("a tagged enum")
        };
        let words: Vec<&str> = variants.iter().map(|each| each.word.as_str()).collect();
        assert_eq!((tag.as_str(), words), ("state", vec!["ready", "no-key"]));
        assert_eq!(variants[1].fields[0].name, "reason");
    }

    #[test]
    fn an_enum_that_is_written_otherwise_is_not_guessed_at() {
        let source = "#[derive(Serialize)]\npub enum Odd {\n    One,\n}\n";
        assert!(shapes(source).unwrap_err().contains("Odd"));
    }

    #[test]
    fn codes_are_read_with_their_arguments() {
        let source = "macro_rules! codes {\n    \"x\" X [\"y\"]\n}\n\ncodes! {\n    /// It is gone.\n    \
            \"gone\" Gone [\"file\", \"line\"]\n    /// Not kept.\n    \"not-kept\" NotKept []\n}\n";
        let found = codes(source);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].arguments, ["file", "line"]);
        assert_eq!(
            (found[1].code.as_str(), found[1].doc.as_str()),
            ("not-kept", "Not kept.")
        );
    }
}
