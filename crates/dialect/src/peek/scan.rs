//! A JSON checker that builds nothing: it walks the bytes once, skips strings at memory speed,
//! counts depth and values, and reports where the members of the outermost object stand.

use std::ops::Range;

/// How much structure a body may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deep arrays and objects may nest; at most 128.
    pub depth: u32,
    /// How many values there may be.
    pub values: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 128,
            values: 1_000_000,
        }
    }
}

/// Why a body is not acceptable JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotJson {
    /// The grammar is broken.
    #[error("the body is not valid JSON at byte {0}")]
    Syntax(usize),
    /// It is not UTF-8.
    #[error("the body is not valid UTF-8 at byte {0}")]
    Utf8(usize),
    /// It is JSON, but not an object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// It nests too deep.
    #[error("the body nests deeper than {0} levels")]
    TooDeep(u32),
    /// It holds too many values.
    #[error("the body holds more than {0} values")]
    TooManyValues(u32),
}

/// Walks a body that must be one object, and calls `on_member` with the places of the key and the
/// value (quotes included) of each of its members, in order.
pub(super) fn object(
    body: &[u8],
    limits: Limits,
    on_member: &mut impl FnMut(Range<usize>, Range<usize>),
) -> Result<(), NotJson> {
    if simdutf8::basic::from_utf8(body).is_err()
        && let Err(error) = std::str::from_utf8(body)
    {
        // The fast one does not tell where.
        return Err(NotJson::Utf8(error.valid_up_to()));
    }
    let mut walk = Walk {
        body,
        at: 0,
        values: 0,
        limits,
    };
    walk.space();
    if walk.peek() != Some(b'{') {
        return Err(if walk.at == body.len() {
            walk.broken()
        } else {
            NotJson::NotAnObject
        });
    }
    walk.value(Some(on_member))?;
    walk.space();
    if walk.at == body.len() {
        Ok(())
    } else {
        Err(walk.broken())
    }
}

/// How many bytes of a string come before its end, an escape or a byte that may not stand in one.
///
/// Eight at a time, as one number: what agents send is full of escapes, a dozen bytes apart, and a search
/// that is made for long distances begins anew at each.
fn plain(text: &[u8]) -> usize {
    const HIGH: u64 = all(0x80);
    // In the highest bit of each byte, whether it is zero; right up to the first one that is.
    let zero = |word: u64| word.wrapping_sub(all(1)) & !word & HIGH;
    let (words, rest) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let below_space = word.wrapping_sub(all(b' ')) & !word & HIGH;
        let special = zero(word ^ all(b'"')) | zero(word ^ all(b'\\')) | below_space;
        if special != 0 {
            return index * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let start = text.len() - rest.len();
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
    start + rest.iter().position(special).unwrap_or(rest.len())
}

const fn all(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

struct Walk<'a> {
    body: &'a [u8],
    at: usize,
    values: u32,
    limits: Limits,
}

impl Walk<'_> {
    fn broken(&self) -> NotJson {
        NotJson::Syntax(self.at)
    }

    fn peek(&self) -> Option<u8> {
        self.body.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// Walks one value and all that is in it, without recursion: one bit per level says whether
    /// the level is an object. `on_member` hears of the outermost object's members.
    fn value(
        &mut self,
        mut on_member: Option<&mut impl FnMut(Range<usize>, Range<usize>)>,
    ) -> Result<(), NotJson> {
        let mut levels: u128 = 0;
        let mut depth: u32 = 0;
        // The key and the beginning of the value of the outermost object's member at hand.
        let mut member: Option<(Range<usize>, usize)> = None;
        let most = self.limits.depth.min(u128::BITS);
        loop {
            // A value begins here.
            self.values += 1;
            if self.values > self.limits.values {
                return Err(NotJson::TooManyValues(self.limits.values));
            }
            let mut complete = true;
            match self.peek() {
                Some(open @ (b'{' | b'[')) => {
                    if depth == most {
                        return Err(NotJson::TooDeep(self.limits.depth));
                    }
                    levels = levels << 1 | u128::from(open == b'{');
                    depth += 1;
                    self.at += 1;
                    self.space();
                    let close = if open == b'{' { b'}' } else { b']' };
                    if self.peek() == Some(close) {
                        self.at += 1;
                        levels >>= 1;
                        depth -= 1;
                    } else {
                        complete = false;
                    }
                }
                Some(b'"') => self.string()?,
                Some(b'-' | b'0'..=b'9') => self.number()?,
                Some(b't') => self.word(b"true")?,
                Some(b'f') => self.word(b"false")?,
                Some(b'n') => self.word(b"null")?,
                Some(_) | None => return Err(self.broken()),
            }
            // A value is complete: close what closes, up to the next comma or the very end.
            while complete {
                if depth == 1
                    && let Some((key, start)) = member.take()
                    && let Some(hear) = on_member.as_mut()
                {
                    hear(key, start..self.at);
                }
                if depth == 0 {
                    return Ok(());
                }
                self.space();
                let in_object = levels & 1 == 1;
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        self.space();
                        complete = false;
                    }
                    Some(b'}') if in_object => self.close(&mut levels, &mut depth),
                    Some(b']') if !in_object => self.close(&mut levels, &mut depth),
                    Some(_) | None => return Err(self.broken()),
                }
            }
            if levels & 1 == 1 {
                let start = self.at;
                if self.peek() != Some(b'"') {
                    return Err(self.broken());
                }
                self.string()?;
                let key = start..self.at;
                self.space();
                if self.peek() != Some(b':') {
                    return Err(self.broken());
                }
                self.at += 1;
                self.space();
                if depth == 1 {
                    member = Some((key, self.at));
                }
            }
        }
    }

    fn close(&mut self, levels: &mut u128, depth: &mut u32) {
        self.at += 1;
        *levels >>= 1;
        *depth -= 1;
    }

    fn word(&mut self, word: &[u8]) -> Result<(), NotJson> {
        if self.body[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(())
        } else {
            Err(self.broken())
        }
    }

    fn string(&mut self) -> Result<(), NotJson> {
        self.at += 1;
        loop {
            self.at += plain(&self.body[self.at..]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.at += 1;
                    self.escape()?;
                }
                Some(_) | None => return Err(self.broken()),
            }
        }
    }

    fn escape(&mut self) -> Result<(), NotJson> {
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(())
            }
            Some(b'u') => {
                let digits = self.body.get(self.at + 1..self.at + 5);
                if digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                    self.at += 5;
                    Ok(())
                } else {
                    Err(self.broken())
                }
            }
            Some(_) | None => Err(self.broken()),
        }
    }

    fn digits(&mut self) -> Result<(), NotJson> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > start {
            Ok(())
        } else {
            Err(self.broken())
        }
    }

    fn number(&mut self) -> Result<(), NotJson> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::{Limits, NotJson, object, plain};

    fn check(body: &[u8]) -> Result<(), NotJson> {
        object(body, Limits::default(), &mut |_, _| {})
    }

    /// What a parser that others wrote says.
    fn oracle(body: &[u8]) -> bool {
        std::str::from_utf8(body).is_ok()
            && serde_json::from_slice::<std::collections::BTreeMap<String, IgnoredAny>>(body)
                .is_ok()
    }

    #[test]
    fn agrees_on_the_corners_of_the_grammar() {
        for body in [
            "{}",
            " {\"a\" : [ ] , \"b\":{}}\n",
            "{\"a\":-0.0e-1}",
            "{\"a\":\"\\u12aF\\n\"}",
            "{\"a\":[1,[2,{}],3]}",
            "",
            " ",
            "{",
            "}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{,}",
            "{\"a\":[1,]}",
            "{\"a\":01}",
            "{\"a\":1.}",
            "{\"a\":.5}",
            "{\"a\":+1}",
            "{\"a\":1e}",
            "{\"a\":tru}",
            "{\"a\":nul",
            "{\"a\":\"\t\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12g4\"}",
            "{\"a\":\"",
            "{\"a\":\"\\",
            "{\"a\":[}",
            "{\"a\":{]}",
            "{}{}",
            "{} x",
            "{1:2}",
            "{a:1}",
            "{\"a\":NaN}",
            "{\"a\" 1}",
            "{\"a\":1 \"b\":2}",
            "\u{feff}{}",
            "{\"a\":'b'}",
        ] {
            assert_eq!(
                check(body.as_bytes()).is_ok(),
                oracle(body.as_bytes()),
                "{body}"
            );
        }
        assert_eq!(check(b"[1]"), Err(NotJson::NotAnObject));
        assert_eq!(check(b"{\"a\":\"\xff\"}"), Err(NotJson::Utf8(6)));
    }

    #[test]
    fn s46_depth_and_count_are_limited_at_once() {
        let deep = format!("{{\"a\":{}", "[".repeat(1_000_000));
        assert_eq!(check(deep.as_bytes()), Err(NotJson::TooDeep(128)));
        let fits = format!("{{\"a\":{}{}}}", "[".repeat(127), "]".repeat(127));
        assert_eq!(check(fits.as_bytes()), Ok(()));
        let one_more = format!("{{\"a\":{}{}}}", "[".repeat(128), "]".repeat(128));
        assert_eq!(check(one_more.as_bytes()), Err(NotJson::TooDeep(128)));
        let wide = format!("{{\"a\":[{}0]}}", "0,".repeat(1_000_000));
        assert_eq!(
            check(wide.as_bytes()),
            Err(NotJson::TooManyValues(1_000_000))
        );
    }

    #[test]
    fn a_string_goes_on_until_the_first_byte_that_means_something_else() {
        for byte in 0..=u8::MAX {
            let special = byte < b' ' || byte == b'"' || byte == b'\\';
            for length in 1..20 {
                for at in 0..length {
                    // What stands behind it never counts.
                    for others in [b'x', 0x80, 0xff, b'!'] {
                        let mut text = vec![others; length];
                        text[at] = byte;
                        text.extend_from_slice(b"\"\\\0");
                        let expected = if special { at } else { length };
                        assert_eq!(plain(&text), expected, "{byte} at {at} of {length}");
                    }
                }
            }
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(serde_json::Value::from),
            any::<i64>().prop_map(serde_json::Value::from),
            (-1e300..1e300).prop_map(serde_json::Value::from),
            any::<String>().prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(6, 64, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn agrees_on_whole_and_damaged_json(
            value in json(), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        ) {
            let mut body = serde_json::json!({ "model": "m", "value": value }).to_string().into_bytes();
            for (index, byte) in damage {
                let at = index.index(body.len());
                body[at] = byte;
            }
            prop_assert_eq!(check(&body).is_ok(), oracle(&body));
        }

        #[test]
        fn members_are_where_they_are_said_to_be(value in json()) {
            let body = serde_json::json!({ "a": value, "b": 1, "c": "x" }).to_string();
            let mut seen = serde_json::Map::new();
            let walked = object(body.as_bytes(), Limits::default(), &mut |key, at| {
                let key: String = serde_json::from_str(&body[key]).unwrap_or_default();
                seen.insert(key, serde_json::from_str(&body[at]).unwrap_or_default());
            });
            prop_assert_eq!(walked, Ok(()));
            prop_assert_eq!(serde_json::Value::Object(seen), serde_json::from_str::<serde_json::Value>(&body).unwrap_or_default());
        }
    }
}
