//! How many tokens a request would take, estimated without a tokenizer and without a tree.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::read::Words;

/// A picture. Anthropic counts width × height ÷ 750 and first shrinks what is larger than about
/// 1.15 megapixels, so that no picture counts more than about 1600.
const PICTURE: u64 = 1600;
/// A file that cannot be looked into: about two pages at 1500 to 3000 tokens each.
const FILE: u64 = 4000;
/// Bytes of a PDF per page, for its tokens: a page of text and its picture is some 50 kB.
const PAGE_BYTES: u64 = 50_000;
/// What a page of a PDF counts, the middle of 1500 to 3000.
const PAGE: u64 = 2250;
/// What frames a message or a tool.
const FRAME: u64 = 4;

/// Estimates the input tokens of a `count_tokens` or `messages` body: the bytes of all texts of
/// `system`, `messages` and `tools`, schemas and arguments included, divided by 3.6, and a flat
/// count for each picture and file. A body that is not readable counts by its length.
#[must_use]
pub fn estimate_input_tokens(body: &[u8]) -> u64 {
    let mut tally = Tally::default();
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    match Top(&mut tally).deserialize(&mut deserializer) {
        Ok(()) => tally.tokens(),
        Err(_) => tokens_of(body.len() as u64),
    }
}

/// 3.6 bytes to a token.
fn tokens_of(bytes: u64) -> u64 {
    bytes.saturating_mul(5).div_ceil(18)
}

#[derive(Default)]
struct Tally {
    bytes: u64,
    flat: u64,
}

impl Tally {
    fn tokens(&self) -> u64 {
        tokens_of(self.bytes).saturating_add(self.flat)
    }

    fn raw(&mut self, raw: &RawValue) {
        self.bytes += raw.get().len() as u64;
    }
}

/// The body itself.
struct Top<'t>(&'t mut Tally);

impl<'de> DeserializeSeed<'de> for Top<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Top<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Words<'de>>()? {
            match key.as_str() {
                "system" | "messages" => map.next_value_seed(Walk(self.0))?,
                "tools" => {
                    let tools: Option<Vec<&'de RawValue>> = map.next_value()?;
                    for tool in tools.into_iter().flatten() {
                        self.0.raw(tool);
                        self.0.flat += FRAME;
                    }
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// Content at any depth: every text counts, but not what only names or seals.
struct Walk<'t>(&'t mut Tally);

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("content")
    }
    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.bytes += text.len() as u64;
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Walk(self.0))?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Words<'de>>()? {
            match key.as_str() {
                "role" => {
                    self.0.flat += FRAME;
                    map.next_value::<IgnoredAny>()?;
                }
                "type" | "id" | "tool_use_id" | "signature" | "data" | "cache_control"
                | "encrypted_content" | "citations" | "is_error" => {
                    map.next_value::<IgnoredAny>()?;
                }
                "input" => self.0.raw(map.next_value::<&'de RawValue>()?),
                // Of a picture or a file; a search result has a text there.
                "source" => map.next_value_seed(Place(self.0))?,
                _ => map.next_value_seed(Walk(self.0))?,
            }
        }
        Ok(())
    }
}

/// Where a picture or a file is.
struct Place<'t>(&'t mut Tally);

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a source")
    }
    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.bytes += text.len() as u64;
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut media_type, mut data) = (Words::default(), None::<&'de RawValue>);
        let (mut address, mut uploaded) = (false, false);
        while let Some(key) = map.next_key::<Words<'de>>()? {
            match key.as_str() {
                "media_type" => media_type = map.next_value()?,
                "data" => data = Some(map.next_value()?),
                "content" => map.next_value_seed(Walk(self.0))?,
                other => {
                    address |= other == "url";
                    uploaded |= other == "file_id";
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let size = data.map_or(0, |data| data.get().len() as u64);
        let kind = media_type.as_str();
        if kind.starts_with("text/") {
            self.0.bytes += size;
        } else if kind == "application/pdf" {
            // Four characters of base64 are three bytes.
            self.0.flat += PAGE * (size / 4 * 3).div_ceil(PAGE_BYTES).max(1);
        } else if uploaded {
            self.0.flat += FILE;
        } else if size > 0 || address {
            self.0.flat += PICTURE;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::estimate_input_tokens;

    fn tokens(body: &str) -> u64 {
        estimate_input_tokens(body.as_bytes())
    }

    #[test]
    fn grows_with_messages_system_and_tools() {
        let plain =
            tokens(r#"{"model":"m","messages":[{"role":"user","content":"foo"}],"tools":[]}"#);
        assert_eq!(plain, 5);
        let system = tokens(
            r#"{"messages":[{"role":"user","content":"foo"}],"system":[{"type":"text","text":"You are a careful reader."}]}"#,
        );
        let tools = tokens(
            r#"{"messages":[{"role":"user","content":"foo"}],"tools":[{"name":"read","input_schema":{"type":"object"}}]}"#,
        );
        assert!(system > plain && tools > plain, "{plain} {system} {tools}");
    }

    #[test]
    fn pictures_and_files_count_flat_and_seals_not_at_all() {
        let data = "A".repeat(400_000);
        let picture = format!(
            r#"{{"messages":[{{"role":"user","content":[{{"source":{{"data":"{data}","type":"base64","media_type":"image/png"}},"type":"image"}}]}}]}}"#
        );
        assert_eq!(tokens(&picture), 1604);
        let pdf = picture.replace("image/png", "application/pdf");
        assert_eq!(tokens(&pdf), 4 + 6 * 2250);
        let text = picture.replace("image/png", "text/plain");
        assert!(tokens(&text) > 100_000);
        let seal = format!(
            r#"{{"messages":[{{"role":"assistant","content":[{{"type":"thinking","thinking":"hm","signature":"{data}"}}]}}]}}"#
        );
        assert_eq!(tokens(&seal), 5);
    }

    #[test]
    fn a_body_that_is_no_request_counts_by_length() {
        assert_eq!(tokens("not JSON at all...."), 6);
        assert_eq!(tokens(""), 0);
    }

    #[test]
    fn a_megabyte_is_counted_at_once() {
        let text = "word \\n".repeat(150_000);
        let body = format!(r#"{{"messages":[{{"role":"user","content":"{text}"}}]}}"#);
        // 50 ms is the limit of an optimised build; this one is not.
        let limit = if cfg!(debug_assertions) { 1000 } else { 50 };
        // The best of five: a busy machine makes single ones wait.
        let took = |_| {
            let begin = std::time::Instant::now();
            assert!(tokens(&body) > 200_000);
            begin.elapsed()
        };
        let best = (0..5).map(took).min();
        let best = best.unwrap_or_default();
        assert!(best.as_millis() < limit, "{best:?}");
    }
}
