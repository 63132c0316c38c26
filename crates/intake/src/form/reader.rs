//! Takes a body of several parts apart while it comes in, however it is cut.

use dialect::Fault;
use memchr::memmem::Finder;

use super::disposition::Part;
use super::malformed;

/// The longest head of a part, in bytes.
const HEAD: usize = 8 * 1024;

/// What a piece of the body holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event<'a> {
    /// A part begins.
    Part(Part),
    /// Bytes of the part.
    Data(&'a [u8]),
    /// The part is over.
    End,
}

#[derive(Debug)]
enum State {
    /// Nothing was read yet.
    Start,
    /// Behind a boundary: a line's end or the end of all.
    Boundary,
    Head,
    Data,
    /// Behind the last boundary, where nothing counts.
    Done,
}

/// Reads a body piece by piece.
#[derive(Debug)]
pub(super) struct Reader {
    /// `CRLF -- boundary`.
    delimiter: Finder<'static>,
    /// What was not understood yet.
    held: Vec<u8>,
    state: State,
}

impl Reader {
    pub(super) fn new(boundary: &str) -> Self {
        let delimiter = format!("\r\n--{boundary}");
        Self {
            delimiter: Finder::new(delimiter.as_bytes()).into_owned(),
            // The first boundary may be without the line's end before it.
            held: b"\r\n".to_vec(),
            state: State::Start,
        }
    }

    /// Reads a piece, and tells what is in it.
    pub(super) fn push(
        &mut self,
        piece: &[u8],
        tell: &mut impl FnMut(Event<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if matches!(self.state, State::Done) {
            return Ok(());
        }
        self.held.extend_from_slice(piece);
        let mut held = std::mem::take(&mut self.held);
        let mut from = 0;
        while let Some(used) = self.step(&held[from..], tell)? {
            from += used;
        }
        held.drain(..from);
        self.held = held;
        Ok(())
    }

    /// The body is over.
    pub(super) fn finish(&self) -> Result<(), Fault> {
        match self.state {
            State::Done => Ok(()),
            State::Start | State::Boundary | State::Head | State::Data => {
                Err(malformed("broke off before its last boundary"))
            }
        }
    }

    /// Understands what it can, and says how many bytes that took; `None`: more is needed.
    fn step(
        &mut self,
        held: &[u8],
        tell: &mut impl FnMut(Event<'_>) -> Result<(), Fault>,
    ) -> Result<Option<usize>, Fault> {
        let delimiter = self.delimiter.needle();
        match self.state {
            State::Start => {
                // A line's end of the client's own before the first boundary is allowed.
                let skipped = usize::from(held.starts_with(b"\r\n\r\n")) * 2;
                let rest = &held[skipped..];
                let length = rest.len().min(delimiter.len());
                if rest[..length] != delimiter[..length] && held.len() > 3 {
                    return Err(malformed("does not begin with its boundary"));
                }
                if length < delimiter.len() || held.len() < 4 {
                    return Ok(None);
                }
                self.state = State::Boundary;
                Ok(Some(skipped + length))
            }
            State::Boundary => match held {
                [b'\r', b'\n', ..] => {
                    self.state = State::Head;
                    Ok(Some(2))
                }
                [b'-', b'-', ..] => {
                    self.state = State::Done;
                    Ok(Some(held.len()))
                }
                [_, _, ..] => Err(malformed("has a boundary that goes on")),
                [] | [_] => Ok(None),
            },
            State::Head if held.starts_with(b"\r\n") => Err(malformed("has a part without a name")),
            State::Head => {
                let Some(end) = memchr::memmem::find(held, b"\r\n\r\n") else {
                    return if held.len() > HEAD {
                        Err(malformed("has a part with a head of more than 8 KiB"))
                    } else {
                        Ok(None)
                    };
                };
                if end > HEAD {
                    return Err(malformed("has a part with a head of more than 8 KiB"));
                }
                tell(Event::Part(Part::read(&held[..end])?))?;
                self.state = State::Data;
                Ok(Some(end + 4))
            }
            State::Data => {
                if let Some(at) = self.delimiter.find(held) {
                    if at > 0 {
                        tell(Event::Data(&held[..at]))?;
                    }
                    tell(Event::End)?;
                    self.state = State::Boundary;
                    return Ok(Some(at + delimiter.len()));
                }
                // The end may be the beginning of a boundary.
                let sure = held.len().saturating_sub(delimiter.len() - 1);
                if sure == 0 {
                    return Ok(None);
                }
                tell(Event::Data(&held[..sure]))?;
                Ok(Some(sure))
            }
            State::Done => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Event, Reader};

    /// Names and contents, or nothing where it is refused.
    fn read(body: &[u8], step: usize) -> Option<Vec<(String, Vec<u8>)>> {
        let mut reader = Reader::new("B");
        let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
        let mut open = false;
        for piece in body.chunks(step) {
            reader
                .push(piece, &mut |event| {
                    match event {
                        Event::Part(part) => {
                            assert!(!open);
                            open = true;
                            parts.push((part.name, Vec::new()));
                        }
                        Event::Data(data) => parts.last_mut().unwrap().1.extend_from_slice(data),
                        Event::End => open = false,
                    }
                    Ok(())
                })
                .ok()?;
        }
        reader.finish().ok()?;
        Some(parts)
    }

    const HEAD: &str = "Content-Disposition: form-data; name=";

    #[test]
    fn a_body_is_the_same_however_it_is_cut() {
        let body = format!(
            "--B\r\n{HEAD}\"a\"\r\n\r\none\r\n--B\r\n{HEAD}\"b\"; filename=\"x\"\r\n\r\n\r\n--\r\n-B--B\r\n\r\n--B\r\n{HEAD}\"c\"\r\n\r\n\r\n--B--\r\nnobody reads this"
        );
        let expected = vec![
            ("a".to_owned(), b"one".to_vec()),
            ("b".to_owned(), b"\r\n--\r\n-B--B\r\n".to_vec()),
            ("c".to_owned(), Vec::new()),
        ];
        for step in 1..=body.len() {
            assert_eq!(
                read(body.as_bytes(), step).as_ref(),
                Some(&expected),
                "{step}"
            );
        }
        let with_line = format!("\r\n{body}");
        for step in [1, 2, 3, 5, body.len()] {
            assert_eq!(
                read(with_line.as_bytes(), step).as_ref(),
                Some(&expected),
                "{step}"
            );
        }
    }

    #[test]
    fn s44_what_is_no_body_of_parts_is_refused() {
        let long = format!(
            "--B\r\nX: {}\r\n{HEAD}\"a\"\r\n\r\n\r\n--B--",
            "x".repeat(9000)
        );
        for body in [
            "",
            "--B",
            "--C--\r\n",
            "preamble\r\n--B--",
            "--Bx\r\n",
            "--B\n\n",
            &format!("--B\r\n{HEAD}\"a\"\r\n\r\nnever ends"),
            &format!("--B\r\n{HEAD}\"a\"\r\n\r\nx\r\n--B"),
            "--B\r\n\r\n\r\nno head\r\n--B--",
            &long,
        ] {
            for step in [1, 7, 100_000] {
                assert_eq!(read(body.as_bytes(), step), None, "{body} by {step}");
            }
        }
    }
}
