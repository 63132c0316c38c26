//! The head of one part: read strictly, written in one way only.

use dialect::Fault;
use http::HeaderValue;

use super::malformed;

/// The longest name of a field or a file, in bytes.
const NAME: usize = 255;
/// The longest boundary (RFC 2046, 5.1.1).
const BOUNDARY: usize = 70;

/// What the head of a part says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// The field's name.
    pub(super) name: String,
    /// The file's name, where it is one.
    pub(super) file: Option<String>,
    /// What the file is, as its sender says.
    pub(super) kind: Option<String>,
}

impl Part {
    pub(super) fn field(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// Reads the lines of a head; line ends are not among them.
    pub(super) fn read(head: &[u8]) -> Result<Self, Fault> {
        let head =
            std::str::from_utf8(head).map_err(|_| malformed("has a head that is no UTF-8"))?;
        let mut found: Option<Self> = None;
        let mut kind = None;
        for line in head.split("\r\n").filter(|line| !line.is_empty()) {
            let (name, value) = line
                .split_once(':')
                .filter(|_| !line.contains(['\r', '\n']))
                .ok_or_else(|| malformed("has a head with a line that is no field"))?;
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-disposition" if found.is_none() => found = Some(disposition(value)?),
                "content-type" if kind.is_none() => kind = Some(kind_of(value)?),
                "content-disposition" | "content-type" => {
                    return Err(malformed("says the same of a part twice"));
                }
                // RFC 7578, 4.7: not to be used; what is encoded would be read by nobody.
                "content-transfer-encoding"
                    if !["binary", "8bit", "7bit"]
                        .iter()
                        .any(|plain| value.eq_ignore_ascii_case(plain)) =>
                {
                    return Err(malformed("has a part in an encoding of its own"));
                }
                _ => {}
            }
        }
        let mut part = found.ok_or_else(|| malformed("has a part without a name"))?;
        part.kind = kind;
        Ok(part)
    }

    /// The line of the boundary, the head, and the empty line after it.
    pub(super) fn written(&self, boundary: &str) -> String {
        let mut out = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
            escaped(&self.name)
        );
        if let Some(file) = &self.file {
            out.push_str(&format!("; filename=\"{}\"", escaped(file)));
        }
        if let Some(kind) = &self.kind {
            out.push_str(&format!("\r\nContent-Type: {kind}"));
        }
        out.push_str("\r\n\r\n");
        out
    }
}

/// As browsers do (HTML, multipart/form-data encoding algorithm).
fn escaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '"' => out.push_str("%22"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            other => out.push(other),
        }
    }
    out
}

fn kind_of(value: &str) -> Result<String, Fault> {
    match HeaderValue::from_str(value) {
        Ok(_) if value.len() <= NAME => Ok(value.to_owned()),
        Ok(_) | Err(_) => Err(malformed("has a part with a type that cannot be sent on")),
    }
}

fn disposition(value: &str) -> Result<Part, Fault> {
    let (word, parameters) = value.split_once(';').unwrap_or((value, ""));
    if !word.trim().eq_ignore_ascii_case("form-data") {
        return Err(malformed("has a part that is no form-data"));
    }
    let unreadable = || malformed("has a part whose name cannot be read");
    let mut part = Part::default();
    let (mut named, mut coded) = (false, None);
    for (key, value) in pairs(parameters).ok_or_else(unreadable)? {
        if value.len() > NAME || value.contains('\0') {
            return Err(malformed("has a name of more than 255 bytes"));
        }
        match key.as_str() {
            "name" if !named => {
                part.name = value;
                named = true;
            }
            "filename" if part.file.is_none() => part.file = Some(value),
            // Older clients write names beyond ASCII so (RFC 5987).
            "filename*" if coded.is_none() => coded = Some(value),
            "name" | "name*" | "filename" | "filename*" => return Err(unreadable()),
            _ => {}
        }
    }
    if !named || part.name.is_empty() {
        return Err(malformed("has a part without a name"));
    }
    if let (None, Some(coded)) = (&part.file, coded) {
        let text = coded.splitn(3, '\'').nth(2).ok_or_else(unreadable)?;
        let text = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
        part.file = Some(text.into_owned());
    }
    Ok(part)
}

/// The boundary among the parameters of a content type.
pub(super) fn boundary(parameters: &str) -> Option<String> {
    let mut found = pairs(parameters)?
        .into_iter()
        .filter(|(key, _)| key == "boundary");
    let (Some((_, boundary)), None) = (found.next(), found.next()) else {
        return None;
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || "'()+_,-./:=? ".contains(c);
    let is_one = (1..=BOUNDARY).contains(&boundary.len())
        && boundary.chars().all(fits)
        && !boundary.ends_with(' ');
    is_one.then_some(boundary)
}

/// `; key=value; key="value"`, the keys in lower case; `None` where it is not that.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start_matches([' ', '\t', ';']);
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let key = key.trim();
        if key.is_empty() || key.contains(['"', ';', ' ']) {
            return None;
        }
        let value;
        (value, rest) = match after.strip_prefix('"') {
            Some(quoted) => quoted_text(quoted)?,
            None => {
                let end = after.find(';').unwrap_or(after.len());
                (after[..end].trim().to_owned(), &after[end..])
            }
        };
        pairs.push((key.to_ascii_lowercase(), value));
        let next = rest.trim_start_matches([' ', '\t']);
        if !next.is_empty() && !next.starts_with(';') {
            return None;
        }
        rest = next.trim_start_matches([' ', '\t', ';']);
    }
    Some(pairs)
}

/// The text up to the closing quote, and what stands behind that. A backslash hides a quote or another
/// backslash; before anything else it is itself, for browsers of old sent paths.
fn quoted_text(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Some((out, &text[at + 1..])),
            '\\' => match characters.peek() {
                Some((_, hidden @ ('"' | '\\'))) => {
                    out.push(*hidden);
                    characters.next();
                }
                Some(_) | None => out.push('\\'),
            },
            other => out.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Part, boundary};

    fn read(head: &str) -> Option<Part> {
        Part::read(head.as_bytes()).ok()
    }

    #[test]
    fn heads_of_all_clients_are_read() {
        let audio = Part {
            name: "file".to_owned(),
            file: Some("a b.mp3".to_owned()),
            kind: Some("audio/mpeg".to_owned()),
        };
        for head in [
            "Content-Disposition: form-data; name=\"file\"; filename=\"a b.mp3\"\r\nContent-Type: audio/mpeg",
            "content-type:audio/mpeg\r\ncontent-disposition:form-data;filename=\"a b.mp3\";name=file",
            "Content-Disposition: form-data; name=\"file\"; filename*=utf-8''a%20b.mp3\r\nContent-Type: audio/mpeg\r\nContent-Length: 7",
        ] {
            assert_eq!(read(head), Some(audio.clone()), "{head}");
        }
        let quoted =
            read("Content-Disposition: form-data; name=\"f\"; filename=\"a\\\"b\\\\c\\d;e\"");
        assert_eq!(quoted.unwrap().file.unwrap(), "a\"b\\c\\d;e");
    }

    #[test]
    fn s44_what_two_readers_could_take_for_two_things_is_refused() {
        let long = format!(
            "Content-Disposition: form-data; name=\"f\"; filename=\"{}\"",
            "x".repeat(256)
        );
        for head in [
            "Content-Type: text/plain",
            "Content-Disposition: form-data",
            "Content-Disposition: form-data; name=\"\"",
            "Content-Disposition: attachment; name=\"a\"",
            "Content-Disposition: form-data; name=\"a\"; name=\"model\"",
            "Content-Disposition: form-data; name=\"a\"; name*=utf-8''model",
            "Content-Disposition: form-data; name=\"a",
            "Content-Disposition: form-data; name=\"a\" x",
            "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"",
            "Content-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64",
            "Content-Disposition: form-data; name=\"a\"\r\n folded",
            "Content-Disposition: form-data; name=\"a\"\nX: y",
            &long,
        ] {
            assert_eq!(read(head), None, "{head}");
        }
    }

    #[test]
    fn a_head_is_written_in_one_way() {
        let part = Part {
            name: "a\"b".to_owned(),
            file: Some("c\r\nd".to_owned()),
            kind: Some("x/y".to_owned()),
        };
        assert_eq!(
            part.written("B"),
            "--B\r\nContent-Disposition: form-data; name=\"a%22b\"; filename=\"c%0D%0Ad\"\r\n\
             Content-Type: x/y\r\n\r\n"
        );
    }

    #[test]
    fn a_boundary_is_one_or_there_is_none() {
        assert_eq!(boundary(" boundary=----x1").as_deref(), Some("----x1"));
        assert_eq!(
            boundary("charset=utf-8; boundary=\"a b\"").as_deref(),
            Some("a b")
        );
        let long = format!("boundary={}", "x".repeat(71));
        for none in [
            "",
            "boundary=",
            "boundary=\"a \"",
            "boundary=a; boundary=b",
            "boundary=a\tb",
            &long,
        ] {
            assert_eq!(boundary(none), None, "{none}");
        }
    }
}
