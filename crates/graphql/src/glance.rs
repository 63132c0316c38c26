//! A look at a query's words before it is read: how many, how deep. What is refused here costs
//! nothing more, whatever the reader would make of it.

/// The longest query, in bytes.
const LONGEST: usize = 64 * 1024;
/// The most words and signs.
const MOST_TOKENS: usize = 4000;
/// The deepest that brackets lie in each other.
const DEEPEST: usize = 32;
/// The most other names for fields.
pub(crate) const MOST_ALIASES: usize = 30;
/// The most directives in one place.
pub(crate) const MOST_DIRECTIVES: usize = 5;

/// Why a query is not read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TooMuch {
    #[error("the query is longer than {} KiB: put what is long into variables", LONGEST >> 10)]
    Long,
    #[error("a text of the query has no end")]
    Endless,
    #[error("the query has more than {MOST_TOKENS} words")]
    Tokens,
    #[error("the query's brackets lie more than {DEEPEST} deep")]
    Deep,
    #[error("the query has more than {MOST_ALIASES} aliases")]
    Aliases,
    #[error("a field of the query has more than {MOST_DIRECTIVES} directives")]
    Directives,
}

/// Looks at a query, each byte once.
pub(crate) fn glance(query: &str) -> Result<(), TooMuch> {
    if query.len() > LONGEST {
        return Err(TooMuch::Long);
    }
    let mut seen = Seen::default();
    let mut rest = query.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = match first {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => after,
            b'#' => skip_line(after),
            b'"' => {
                seen.token()?;
                skip_text(after).ok_or(TooMuch::Endless)?
            }
            b'_' | b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => {
                seen.word()?;
                let length = after.iter().take_while(|byte| is_word(**byte)).count();
                &after[length..]
            }
            sign => {
                seen.sign(*sign)?;
                after
            }
        };
    }
    Ok(())
}

#[derive(Default)]
struct Seen {
    tokens: usize,
    depth: usize,
    /// How many of the open brackets are round ones.
    round: usize,
    aliases: usize,
    /// Directives since the last thing that can have one.
    directives: usize,
    after_at: bool,
}

impl Seen {
    fn token(&mut self) -> Result<(), TooMuch> {
        self.tokens += 1;
        if self.tokens > MOST_TOKENS {
            return Err(TooMuch::Tokens);
        }
        Ok(())
    }

    fn word(&mut self) -> Result<(), TooMuch> {
        if self.round == 0 && !self.after_at {
            self.directives = 0;
        }
        self.after_at = false;
        self.token()
    }

    fn sign(&mut self, sign: u8) -> Result<(), TooMuch> {
        self.after_at = sign == b'@';
        match sign {
            b'{' | b'[' | b'(' => {
                self.depth += 1;
                self.round += usize::from(sign == b'(');
                if self.depth > DEEPEST {
                    return Err(TooMuch::Deep);
                }
            }
            b'}' | b']' | b')' => {
                self.depth = self.depth.saturating_sub(1);
                self.round = self.round.saturating_sub(usize::from(sign == b')'));
            }
            b'@' => {
                self.directives += 1;
                if self.directives > MOST_DIRECTIVES {
                    return Err(TooMuch::Directives);
                }
            }
            // Within round brackets it stands between an argument and its value.
            b':' if self.round == 0 => {
                self.aliases += 1;
                if self.aliases > MOST_ALIASES {
                    return Err(TooMuch::Aliases);
                }
            }
            _ => {}
        }
        if matches!(sign, b'{' | b'}') && self.round == 0 {
            self.directives = 0;
        }
        self.token()
    }
}

fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

fn skip_line(rest: &[u8]) -> &[u8] {
    let length = rest
        .iter()
        .take_while(|byte| !matches!(byte, b'\n' | b'\r'));
    &rest[length.count()..]
}

/// What comes after a text whose first quotation mark was read; `None` where it has no end.
fn skip_text(mut rest: &[u8]) -> Option<&[u8]> {
    if let Some(mut rest) = rest.strip_prefix(b"\"\"") {
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix(b"\"\"\"") {
                return Some(after);
            }
            let step = if rest.starts_with(b"\\\"\"\"") { 4 } else { 1 };
            rest = &rest[step..];
        }
        return None;
    }
    loop {
        rest = match rest {
            [b'"', after @ ..] => return Some(after),
            [] | [b'\n' | b'\r', ..] => return None,
            [b'\\', _, after @ ..] | [_, after @ ..] => after,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_honest_query_passes() {
        for query in [
            "",
            "{ chatHistory { id } }",
            "query H($s: String = \"a:b\") { a: chatHistory(sessionId: $s) @include(if: true) { id } }",
            "mutation { getAIResponse(input: {messages: [{role: \"user\", content: \"{{{{ @a @b @c @d @e @f \\\" (\"}]}) { content } }",
            "# @a @a @a @a @a @a\n{ chatHistory { id } }",
            "{ chatHistory(sessionId: \"\"\" \"quoted\" \\\"\"\" : : : \"\"\") { id content } }",
        ] {
            assert_eq!(glance(query), Ok(()), "{query}");
        }
    }

    #[test]
    fn s51_too_much_of_anything_is_seen_at_once() {
        let aliases = |count| format!("{{ {} }}", "a: __typename ".repeat(count));
        assert_eq!(glance(&aliases(30)), Ok(()));
        assert_eq!(glance(&aliases(31)), Err(TooMuch::Aliases));
        let directives = |count| format!("{{ a {} b @x }}", "@x(y: z) ".repeat(count));
        assert_eq!(glance(&directives(5)), Ok(()));
        assert_eq!(glance(&directives(6)), Err(TooMuch::Directives));
        for (open, close) in [("{", "}"), ("[", "]"), ("(", ")"), ("{a(b:[", "])}")] {
            let nested = |depth| open.repeat(depth) + &close.repeat(depth);
            let each = open.len().div_ceil(2);
            assert_eq!(glance(&nested(32 / each)), Ok(()), "{open}");
            assert_eq!(glance(&nested(33)), Err(TooMuch::Deep), "{open}");
        }
        assert_eq!(glance(&"a ".repeat(4000)), Ok(()));
        assert_eq!(glance(&"a ".repeat(4001)), Err(TooMuch::Tokens));
        assert_eq!(glance(&"\"\" ".repeat(4001)), Err(TooMuch::Tokens));
        assert_eq!(glance(&"#".repeat(64 * 1024)), Ok(()));
        assert_eq!(glance(&"#".repeat(64 * 1024 + 1)), Err(TooMuch::Long));
        assert_eq!(glance("{ a(b: \"x"), Err(TooMuch::Endless));
    }

    #[test]
    fn a_text_is_one_word_whatever_is_in_it() {
        for (text, rest) in [
            ("a\"b", "b"),
            ("a\\\"\"b", "b"),
            ("\\\\\"b", "b"),
            ("\"\"a\"\"\\\"\"\"x\"\"\"b", "b"),
            ("\"\"\"\"\"b", "b"),
            ("\"b", "b"),
        ] {
            assert_eq!(skip_text(text.as_bytes()), Some(rest.as_bytes()), "{text}");
        }
        for endless in ["open", "", "line\n\"", "open\\", "open\\\"", "\"\"open\"\""] {
            assert_eq!(skip_text(endless.as_bytes()), None, "{endless}");
        }
    }
}
