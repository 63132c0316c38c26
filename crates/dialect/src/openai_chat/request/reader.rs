//! Reads a request's JSON field by field, and says by its path which field is wrong.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::Fault;
use crate::openai_chat::text::Text;

/// The fields of one object that have not been read yet. A field that is `null` is not there; of
/// a field that is there twice the last one counts.
#[derive(Debug)]
pub(super) struct Object<'a> {
    path: String,
    fields: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Object<'a> {
    /// Opens an object. Fails when it is something else.
    pub(super) fn open(raw: &'a RawValue, path: impl Into<String>) -> Result<Self, Fault> {
        let path = path.into();
        match serde_json::from_str::<Fields<'a>>(raw.get()) {
            Ok(Fields(fields)) => Ok(Self { path, fields }),
            Err(_) => Err(wrong(&path, "an object", raw)),
        }
    }

    /// The path of a field of this object.
    pub(super) fn at(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// The path of this object.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Takes a field as it is written.
    pub(super) fn take(&mut self, key: &str) -> Option<&'a RawValue> {
        let position = self.fields.iter().rposition(|(name, _)| name == key)?;
        let (_, raw) = self.fields.remove(position);
        self.fields.retain(|(name, _)| name != key);
        (raw.get() != "null").then_some(raw)
    }

    /// Takes a string.
    pub(super) fn text(&mut self, key: &str) -> Result<Option<String>, Fault> {
        self.take(key)
            .map(|raw| text(raw, &self.at(key)))
            .transpose()
    }

    /// Takes a string that must be there.
    pub(super) fn required_text(&mut self, key: &str) -> Result<String, Fault> {
        self.text(key)?.ok_or_else(|| self.missing(key))
    }

    /// Takes `true` or `false`.
    pub(super) fn flag(&mut self, key: &str) -> Result<Option<bool>, Fault> {
        self.parsed(key, "true or false")
    }

    /// Takes a number.
    pub(super) fn number(&mut self, key: &str) -> Result<Option<f64>, Fault> {
        let Some(raw) = self.take(key) else {
            return Ok(None);
        };
        // What is JSON and reads as a float is a number; serde_json would not read it exactly.
        match raw.get().parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Some(number)),
            Ok(_) | Err(_) => Err(wrong(&self.at(key), "a number", raw)),
        }
    }

    /// Takes a whole number of either sign.
    pub(super) fn integer(&mut self, key: &str) -> Result<Option<i64>, Fault> {
        self.parsed(key, "a whole number")
    }

    /// Takes a count; `-1`, with which some clients say "no limit", is no count.
    pub(super) fn count(&mut self, key: &str) -> Result<Option<u64>, Fault> {
        let Some(raw) = self.take(key) else {
            return Ok(None);
        };
        if raw.get() == "-1" {
            return Ok(None);
        }
        let wrong = || wrong(&self.at(key), "a whole number, 0 or more", raw);
        match raw.get().parse::<u64>() {
            Ok(count) => Ok(Some(count)),
            // JavaScript and Lua write whole numbers as `1.0` or `1e3` at times.
            Err(_) => match raw.get().parse::<f64>() {
                Ok(count) if count >= 0.0 && count.fract() == 0.0 && count < 9e15 => {
                    Ok(Some(count as u64))
                }
                Ok(_) | Err(_) => Err(wrong()),
            },
        }
    }

    /// Takes an object.
    pub(super) fn object(&mut self, key: &str) -> Result<Option<Self>, Fault> {
        let path = self.at(key);
        self.take(key).map(|raw| Self::open(raw, path)).transpose()
    }

    /// Takes an object that must be there.
    pub(super) fn required_object(&mut self, key: &str) -> Result<Self, Fault> {
        self.object(key)?.ok_or_else(|| self.missing(key))
    }

    /// Takes a list, each item with its path.
    pub(super) fn list(&mut self, key: &str) -> Result<Option<Vec<(&'a RawValue, String)>>, Fault> {
        let path = self.at(key);
        self.take(key).map(|raw| list(raw, &path)).transpose()
    }

    /// That a field is missing.
    pub(super) fn missing(&self, key: &str) -> Fault {
        let path = self.at(key);
        Fault::invalid(path.clone(), format!("\"{path}\" is missing"))
    }

    /// The fields that nobody took and that are not `null`.
    pub(super) fn rest(self) -> impl Iterator<Item = (String, &'a RawValue)> {
        self.fields
            .into_iter()
            .filter(|(_, raw)| raw.get() != "null")
            .map(|(name, raw)| (name.into_owned(), raw))
    }

    fn parsed<T: Deserialize<'a>>(
        &mut self,
        key: &str,
        expected: &str,
    ) -> Result<Option<T>, Fault> {
        let Some(raw) = self.take(key) else {
            return Ok(None);
        };
        match serde_json::from_str(raw.get()) {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(wrong(&self.at(key), expected, raw)),
        }
    }
}

/// A string.
pub(super) fn text(raw: &RawValue, path: &str) -> Result<String, Fault> {
    match serde_json::from_str::<Text<'_>>(raw.get()) {
        Ok(text) if raw.get().starts_with('"') => Ok(text.0.into_owned()),
        Ok(_) | Err(_) => Err(wrong(path, "a string", raw)),
    }
}

/// The items of a list, each with its path.
pub(super) fn list<'a>(
    raw: &'a RawValue,
    path: &str,
) -> Result<Vec<(&'a RawValue, String)>, Fault> {
    let items: Vec<&RawValue> =
        serde_json::from_str(raw.get()).map_err(|_| wrong(path, "a list", raw))?;
    let numbered = items.into_iter().enumerate();
    Ok(numbered
        .map(|(index, item)| (item, format!("{path}[{index}]")))
        .collect())
}

/// That a field is of the wrong type. The value itself is not repeated: it can be a prompt.
pub(super) fn wrong(path: &str, expected: &str, raw: &RawValue) -> Fault {
    let found = match raw.get().bytes().next() {
        Some(b'"') => "a string",
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        Some(_) | None => "a number",
    };
    let name = if path.is_empty() {
        "the body".to_owned()
    } else {
        format!("\"{path}\"")
    };
    let found = if found == expected {
        "another value"
    } else {
        found
    };
    Fault::invalid(path, format!("{name} must be {expected}, but is {found}"))
}

struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some((name, raw)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
                    fields.push((name.0, raw));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use serde_json::value::RawValue;

    use super::Object;

    #[test]
    fn fields_are_taken_once_and_the_last_one_counts() {
        let json = r#"{"a":1,"b":null,"a":2,"c":"x","d":[],"e":3.0,"f":-1,"\u0067":true}"#;
        let raw: &RawValue = serde_json::from_str(json).unwrap();
        let mut object = Object::open(raw, "top").unwrap();
        assert_eq!(object.count("a"), Ok(Some(2)));
        assert_eq!(object.count("a"), Ok(None));
        assert_eq!(object.text("b"), Ok(None));
        assert_eq!(object.count("e"), Ok(Some(3)));
        assert_eq!(object.count("f"), Ok(None));
        assert_eq!(object.flag("g"), Ok(Some(true)));
        let fault = object.number("c").unwrap_err();
        assert_eq!(fault.param.as_deref(), Some("top.c"));
        assert_eq!(fault.message, "\"top.c\" must be a number, but is a string");
        assert!(object.text("d").is_err());
        assert_eq!(object.rest().count(), 0);
    }

    #[test]
    fn only_an_object_is_an_object() {
        for json in ["1", "[]", "\"x\"", "null", "true"] {
            let raw: &RawValue = serde_json::from_str(json).unwrap();
            let fault = Object::open(raw, "").unwrap_err();
            assert!(
                fault.message.starts_with("the body must be an object"),
                "{}",
                fault.message
            );
        }
    }
}
