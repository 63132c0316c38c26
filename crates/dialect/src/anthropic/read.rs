//! Reads JSON objects field by field, and says exactly where something is of the wrong kind.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::{Fault, LossKind, Losses, Weight};

/// Where a value stands in the body; written as `messages[2].content[0].source`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    segment: Segment<'p>,
}

#[derive(Clone, Copy, Debug)]
enum Segment<'p> {
    Root,
    Key(&'p str),
    Index(usize),
}

impl<'p> Path<'p> {
    /// The body itself.
    pub(super) const ROOT: Path<'static> = Path {
        parent: None,
        segment: Segment::Root,
    };

    /// The member of that name.
    pub(super) fn key(&'p self, key: &'p str) -> Path<'p> {
        Path {
            parent: Some(self),
            segment: Segment::Key(key),
        }
    }

    /// The element at that place.
    pub(super) fn index(&'p self, index: usize) -> Path<'p> {
        Path {
            parent: Some(self),
            segment: Segment::Index(index),
        }
    }

    /// The value that stands here is not what it has to be.
    pub(super) fn must_be(&self, expected: &str) -> Fault {
        match self.segment {
            Segment::Root => Fault::invalid("", format!("the body must be {expected}")),
            Segment::Key(_) | Segment::Index(_) => {
                Fault::invalid(self.to_string(), format!("{self} must be {expected}"))
            }
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nested = self
            .parent
            .is_some_and(|parent| !matches!(parent.segment, Segment::Root));
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.segment {
            Segment::Root => Ok(()),
            Segment::Key(key) if nested => write!(f, ".{key}"),
            Segment::Key(key) => f.write_str(key),
            Segment::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// JSON text that borrows from the body unless it holds escapes.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Words<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

impl Words<'_> {
    /// The text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads a value as `T`, or says what it must be.
pub(super) fn value<'a, T: Deserialize<'a>>(
    raw: &'a RawValue,
    path: &Path<'_>,
    expected: &str,
) -> Result<T, Fault> {
    // The parser's own words may quote the prompt.
    serde_json::from_str(raw.get()).map_err(|_| path.must_be(expected))
}

/// Reads a text.
pub(super) fn text(raw: &RawValue, path: &Path<'_>) -> Result<String, Fault> {
    value(raw, path, "a string")
}

/// Reads a list without looking into its elements.
pub(super) fn list<'a>(raw: &'a RawValue, path: &Path<'_>) -> Result<Vec<&'a RawValue>, Fault> {
    value(raw, path, "a list")
}

/// The members of one object that have not been read yet. A member that is null is as good as
/// absent; of two with one name the last counts.
pub(super) struct Fields<'a, 'p> {
    path: &'p Path<'p>,
    members: Vec<(Words<'a>, &'a RawValue)>,
}

impl<'a, 'p> Fields<'a, 'p> {
    /// Looks at the object that stands at `path`.
    pub(super) fn of(raw: &'a RawValue, path: &'p Path<'p>) -> Result<Self, Fault> {
        let members: Members<'a> = value(raw, path, "an object")?;
        Ok(Self {
            path,
            members: members.0,
        })
    }

    /// Where the object stands.
    pub(super) fn path(&self) -> &'p Path<'p> {
        self.path
    }

    /// Takes a member out.
    pub(super) fn take(&mut self, key: &str) -> Option<&'a RawValue> {
        let mut found = None;
        self.members.retain(|(name, raw)| {
            let same = name.as_str() == key;
            if same {
                found = Some(*raw);
            }
            !same
        });
        found.filter(|raw| raw.get() != "null")
    }

    /// Takes a member out and reads it.
    pub(super) fn optional<T: Deserialize<'a>>(
        &mut self,
        key: &str,
        expected: &str,
    ) -> Result<Option<T>, Fault> {
        self.take(key)
            .map(|raw| value(raw, &self.path.key(key), expected))
            .transpose()
    }

    /// Takes a member out that has to be there.
    pub(super) fn required_raw(&mut self, key: &str) -> Result<&'a RawValue, Fault> {
        let path = self.path.key(key);
        self.take(key)
            .ok_or_else(|| Fault::invalid(path.to_string(), format!("{path} is required")))
    }

    /// Takes a member out that has to be there, and reads it.
    pub(super) fn required<T: Deserialize<'a>>(
        &mut self,
        key: &str,
        expected: &str,
    ) -> Result<T, Fault> {
        let raw = self.required_raw(key)?;
        value(raw, &self.path.key(key), expected)
    }

    /// A text, if there is one.
    pub(super) fn text(&mut self, key: &str) -> Result<Option<String>, Fault> {
        self.optional(key, "a string")
    }

    /// A text that has to be there.
    pub(super) fn required_text(&mut self, key: &str) -> Result<String, Fault> {
        self.required(key, "a string")
    }

    /// What has not been taken and is not null.
    pub(super) fn rest(self) -> impl Iterator<Item = (Words<'a>, &'a RawValue)> {
        self.members
            .into_iter()
            .filter(|(_, raw)| raw.get() != "null")
    }

    /// Records everything that has not been taken as dropped: only this dialect has it.
    pub(super) fn drop_rest(self, losses: &mut Losses) {
        let path = self.path;
        for (key, raw) in self.rest() {
            if raw.get() != "[]" {
                losses.record(
                    path.key(key.as_str()).to_string(),
                    LossKind::Dropped,
                    Weight::Cosmetic,
                    "only this dialect has it",
                );
            }
        }
    }
}

struct Members<'a>(Vec<(Words<'a>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use serde_json::value::RawValue;

    use super::{Fields, Path};
    use crate::Losses;

    #[test]
    fn a_path_reads_like_code() {
        let root = Path::ROOT;
        let messages = root.key("messages");
        let message = messages.index(2);
        let content = message.key("content");
        let block = content.index(0);
        assert_eq!(
            block.key("source").to_string(),
            "messages[2].content[0].source"
        );
    }

    #[test]
    fn fields_are_taken_once_and_the_rest_is_named() {
        let json = r#"{"a":1,"a":2,"gone":null,"b\n":"x","empty":[]}"#;
        let raw: &RawValue = serde_json::from_str(json).unwrap();
        let mut fields = Fields::of(raw, &Path::ROOT).unwrap();
        assert_eq!(fields.optional::<u64>("a", "a number").unwrap(), Some(2));
        assert_eq!(fields.optional::<u64>("a", "a number").unwrap(), None);
        assert_eq!(
            fields.required_text("gone").unwrap_err().param.as_deref(),
            Some("gone")
        );
        let mut losses = Losses::default();
        fields.drop_rest(&mut losses);
        let paths: Vec<&str> = losses.iter().map(|loss| loss.path.as_str()).collect();
        assert_eq!(paths, ["b\n"]);
    }
}
