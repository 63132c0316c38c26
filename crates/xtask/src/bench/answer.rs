//! Reads an HTTP/1.1 answer piece by piece, and checks the numbers of a stream's chunks.

/// Where in an answer the reader is.
enum State {
    Head,
    Length(u64),
    Size,
    Chunk(u64),
    /// The line's end behind a chunk of HTTP.
    Behind,
    /// The empty line behind the last chunk.
    Last,
    Done,
}

/// An answer that is arriving.
pub(super) struct Answer {
    state: State,
    line: Vec<u8>,
    /// The status line's code; 0 until the head is there.
    pub(super) status: u16,
    /// Bytes of body so far, without the framing.
    pub(super) body: u64,
    /// What the head says of the body's length.
    length: Option<u64>,
    /// The body itself, where it was asked for.
    pub(super) kept: Option<Vec<u8>>,
    numbers: Option<Numbers>,
}

impl Answer {
    /// `numbered` looks for the upstream's `#000000` in the body, `keep` collects the body.
    pub(super) fn new(numbered: bool, keep: bool) -> Self {
        Self {
            state: State::Head,
            line: Vec::new(),
            status: 0,
            body: 0,
            length: None,
            kept: keep.then(Vec::new),
            numbers: numbered.then(Numbers::default),
        }
    }

    pub(super) fn done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// How many numbered chunks arrived, if each followed the one before.
    pub(super) fn in_order(&self) -> Option<u64> {
        let numbers = self.numbers.as_ref()?;
        numbers.in_order.then_some(numbers.next)
    }

    /// Takes the next bytes of the connection.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Result<(), String> {
        while !bytes.is_empty() {
            match self.state {
                State::Head => {
                    let Some(line) = self.line(&mut bytes) else {
                        return Ok(());
                    };
                    self.head(&line)?;
                }
                State::Length(left) => {
                    let left = self.take(&mut bytes, left);
                    self.state = if left == 0 {
                        State::Done
                    } else {
                        State::Length(left)
                    };
                }
                State::Size => {
                    let Some(line) = self.line(&mut bytes) else {
                        return Ok(());
                    };
                    let size = line.split(';').next().unwrap_or_default().trim();
                    let size = u64::from_str_radix(size, 16)
                        .map_err(|_| format!("a chunk of HTTP has the size {size:?}"))?;
                    self.state = if size == 0 {
                        State::Last
                    } else {
                        State::Chunk(size)
                    };
                }
                State::Chunk(left) => {
                    let left = self.take(&mut bytes, left);
                    self.state = if left == 0 {
                        State::Behind
                    } else {
                        State::Chunk(left)
                    };
                }
                State::Behind => {
                    if self.line(&mut bytes).is_some() {
                        self.state = State::Size;
                    }
                }
                State::Last => {
                    if self.line(&mut bytes).is_some_and(|line| line.is_empty()) {
                        self.state = State::Done;
                    }
                }
                State::Done => return Err("bytes behind the end of an answer".to_owned()),
            }
        }
        Ok(())
    }

    /// One line without its end, once all of it is there.
    fn line(&mut self, bytes: &mut &[u8]) -> Option<String> {
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
            self.line.extend_from_slice(bytes);
            *bytes = &[];
            return None;
        };
        self.line.extend_from_slice(&bytes[..end]);
        *bytes = &bytes[end + 1..];
        let line = String::from_utf8_lossy(&self.line).trim_end().to_owned();
        self.line.clear();
        Some(line)
    }

    fn head(&mut self, line: &str) -> Result<(), String> {
        if self.status == 0 {
            let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
            self.status = status.ok_or_else(|| format!("no status line: {line:?}"))?;
            return Ok(());
        }
        if line.is_empty() {
            self.state = match self.length {
                None => State::Size,
                Some(0) => State::Done,
                Some(length) => State::Length(length),
            };
            return Ok(());
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            let length = value.trim().parse();
            self.length = Some(length.map_err(|_| format!("no length: {value:?}"))?);
        }
        Ok(())
    }

    /// Takes up to `left` bytes of body and returns how many are left then.
    fn take(&mut self, bytes: &mut &[u8], left: u64) -> u64 {
        let count = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
        let (body, rest) = bytes.split_at(count);
        *bytes = rest;
        self.body += count as u64;
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(body);
        }
        if let Some(numbers) = &mut self.numbers {
            numbers.scan(body);
        }
        left - count as u64
    }
}

/// Finds `#` and six digits, whatever the dialect around them.
struct Numbers {
    next: u64,
    in_order: bool,
    value: u64,
    /// How many digits behind the `#` were seen; none while there is no `#`.
    digits: Option<u8>,
}

impl Default for Numbers {
    fn default() -> Self {
        Self {
            next: 0,
            in_order: true,
            value: 0,
            digits: None,
        }
    }
}

impl Numbers {
    fn scan(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match (self.digits, byte) {
                (_, b'#') => {
                    self.digits = Some(0);
                    self.value = 0;
                }
                (Some(seen), b'0'..=b'9') => {
                    self.value = self.value * 10 + u64::from(byte - b'0');
                    self.digits = (seen < 5).then_some(seen + 1);
                    if seen == 5 {
                        self.in_order &= self.value == self.next;
                        self.next += 1;
                    }
                }
                (Some(_), _) => self.digits = None,
                (None, _) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const STREAM: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\
        9\r\n#000000 \n\r\n12;a=b\r\n#000001  #000002 \n\r\n0\r\n\r\n";

    #[test]
    fn a_stream_cut_anywhere_reads_the_same() {
        for cut in 1..STREAM.len() {
            let mut answer = Answer::new(true, false);
            let (start, end) = STREAM.as_bytes().split_at(cut);
            answer.feed(start).unwrap();
            assert!(!answer.done(), "{cut}");
            answer.feed(end).unwrap();
            assert!(answer.done(), "{cut}");
            assert_eq!(answer.in_order(), Some(3), "{cut}");
            assert_eq!(answer.body, 27, "{cut}");
        }
    }

    #[test]
    fn a_lost_or_swapped_chunk_is_noticed() {
        for numbers in ["#000001 ", "#000000 #000002 ", "#000001 #000000 "] {
            let mut answer = Answer::new(true, false);
            let text = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{numbers}",
                numbers.len()
            );
            answer.feed(text.as_bytes()).unwrap();
            assert!(answer.done());
            assert_eq!(answer.in_order(), None, "{numbers}");
        }
    }

    #[test]
    fn a_whole_answer_is_kept_on_request() {
        let mut answer = Answer::new(false, true);
        let text = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno";
        answer.feed(text).unwrap();
        assert_eq!((answer.status, answer.done()), (401, true));
        assert_eq!(answer.kept.unwrap(), b"no");
    }

    #[test]
    fn bytes_behind_the_end_are_an_error() {
        let mut answer = Answer::new(false, false);
        let text = b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab";
        assert!(answer.feed(text).is_err());
    }
}
