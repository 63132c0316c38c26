//! The loose JSON values that upstreams and clients write where the specification has strict ones.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A JSON string. Half of a surrogate pair (`"\ud83d"`, as programs that cut UTF-16 write it) is
/// read as U+FFFD instead of failing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Text(String::from_utf8_lossy(bytes)))
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(
                    String::from_utf8_lossy(bytes).into_owned(),
                )))
            }
        }
        // Only as bytes does serde_json hand over strings that are not UTF-8 once unescaped.
        deserializer.deserialize_bytes(Reader)
    }
}

/// What a message says: one string, or a list of parts.
#[derive(Debug)]
pub(super) enum Words<'a> {
    /// One string.
    Text(Cow<'a, str>),
    /// Parts, as some upstreams answer; Mistral puts its thoughts into parts of their own.
    Parts(Vec<Part<'a>>),
}

/// One part of an answer's content. A field that is not there or not readable is `None`.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Part<'a> {
    #[serde(borrow, default)]
    pub(super) text: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) refusal: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) thinking: Option<Words<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Words<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Words<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of parts")
            }
            fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Words::Text(String::from_utf8_lossy(bytes)))
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Words::Text(Cow::Owned(
                    String::from_utf8_lossy(bytes).into_owned(),
                )))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut parts = Vec::new();
                while let Some(part) = list.next_element()? {
                    parts.push(part);
                }
                Ok(Words::Parts(parts))
            }
        }
        // serde_json offers a list to a reader of bytes as a list.
        deserializer.deserialize_bytes(Reader)
    }
}

/// A count that may be written as a float or as text; anything else is no count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count(pub(super) Option<u64>);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Count;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a count")
            }
            fn visit_u64<E>(self, count: u64) -> Result<Count, E> {
                Ok(Count(Some(count)))
            }
            fn visit_i64<E>(self, count: i64) -> Result<Count, E> {
                Ok(Count(u64::try_from(count).ok()))
            }
            fn visit_f64<E>(self, count: f64) -> Result<Count, E> {
                // 2^53: beyond it a float does not name one whole number.
                let whole = (0.0..9_007_199_254_740_992.0).contains(&count);
                Ok(Count(whole.then_some(count as u64)))
            }
            fn visit_str<E>(self, count: &str) -> Result<Count, E> {
                Ok(Count(count.parse().ok()))
            }
            fn visit_bool<E>(self, _: bool) -> Result<Count, E> {
                Ok(Count(None))
            }
            fn visit_unit<E>(self) -> Result<Count, E> {
                Ok(Count(None))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Count, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Count(None))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Count, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Count(None))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Count, Text, Words};

    #[test]
    fn half_a_surrogate_pair_is_not_fatal() {
        let text: Text<'_> = serde_json::from_str(r#""a\ud83d b""#).unwrap();
        assert!(text.0.starts_with('a') && text.0.ends_with(" b") && text.0.contains('\u{FFFD}'));
        let whole: Text<'_> = serde_json::from_str(r#""\ud83d\ude00""#).unwrap();
        assert_eq!(whole.0, "😀");
    }

    #[test]
    fn words_are_a_string_or_parts() {
        assert!(
            matches!(serde_json::from_str(r#""x""#).unwrap(), Words::Text(text) if text == "x")
        );
        let parts = r#"[{"type":"thinking","thinking":[{"type":"text","text":"a"}]},{"type":"x"}]"#;
        assert!(
            matches!(serde_json::from_str(parts).unwrap(), Words::Parts(list) if list.len() == 2)
        );
        assert!(serde_json::from_str::<Words<'_>>("5").is_err());
    }

    #[test]
    fn counts_are_read_in_any_spelling() {
        let cases = [
            ("5", Some(5)),
            ("5.0", Some(5)),
            ("\"5\"", Some(5)),
            ("null", None),
        ];
        for (json, expected) in cases {
            assert_eq!(
                serde_json::from_str::<Count>(json).unwrap().0,
                expected,
                "{json}"
            );
        }
        for json in ["-1", "1e300", "{\"a\":1}", "[1]", "true", "\"x\""] {
            assert_eq!(
                serde_json::from_str::<Count>(json).unwrap().0,
                None,
                "{json}"
            );
        }
    }
}
