//! Server-sent events, as the WHATWG HTML standard frames them, cut anywhere.

use memchr::memchr2;

use super::Frame;

/// The longest event that is read, in bytes: a generated picture fits, a runaway upstream does not.
const LIMIT: usize = 16 * 1024 * 1024;

/// An event grew longer than 16 MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is longer than 16 MiB")]
pub struct FrameTooLong;

/// Splits a stream of bytes into server-sent events, whatever pieces the bytes come in.
#[derive(Debug, Default)]
pub struct SseFramer {
    /// The beginning of a line whose end has not come yet.
    line: Vec<u8>,
    /// The data lines of the event so far, each followed by a line feed.
    data: Vec<u8>,
    event: String,
    /// A carriage return ended the last line: a line feed that follows belongs to it.
    after_return: bool,
    /// The first line may begin with a byte order mark.
    past_start: bool,
}

impl SseFramer {
    /// Reads the next bytes and hands over each event that is complete. The first error of
    /// `on_frame` ends the reading and is returned; [`FrameTooLong`] is converted.
    pub fn push<E: From<FrameTooLong>>(
        &mut self,
        mut bytes: &[u8],
        on_frame: &mut impl FnMut(Frame<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        loop {
            if self.after_return && !bytes.is_empty() {
                self.after_return = false;
                if bytes[0] == b'\n' {
                    bytes = &bytes[1..];
                }
            }
            let Some(end) = memchr2(b'\n', b'\r', bytes) else {
                if self.line.len() + bytes.len() > LIMIT {
                    return Err(FrameTooLong.into());
                }
                self.line.extend_from_slice(bytes);
                return Ok(());
            };
            self.after_return = bytes[end] == b'\r';
            if self.line.is_empty() {
                self.read_line(&bytes[..end], on_frame)?;
            } else {
                let mut line = std::mem::take(&mut self.line);
                line.extend_from_slice(&bytes[..end]);
                self.read_line(&line, on_frame)?;
                line.clear();
                self.line = line;
            }
            bytes = &bytes[end + 1..];
        }
    }

    /// The stream is over: hands over an event that only lacks its final empty line.
    pub fn finish<E: From<FrameTooLong>>(
        &mut self,
        on_frame: &mut impl FnMut(Frame<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if !self.line.is_empty() {
            let line = std::mem::take(&mut self.line);
            self.read_line(&line, on_frame)?;
        }
        self.dispatch(on_frame)
    }

    /// Whether bytes are held that are not part of a complete event.
    #[must_use]
    pub fn is_mid_event(&self) -> bool {
        !self.line.is_empty() || !self.data.is_empty()
    }

    fn read_line<E: From<FrameTooLong>>(
        &mut self,
        mut line: &[u8],
        on_frame: &mut impl FnMut(Frame<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if !self.past_start {
            self.past_start = true;
            line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        }
        if line.is_empty() {
            return self.dispatch(on_frame);
        }
        if let Some(value) = field(line, b"data") {
            if self.data.len() + value.len() > LIMIT {
                return Err(FrameTooLong.into());
            }
            self.data.extend_from_slice(value);
            self.data.push(b'\n');
        } else if let Some(value) = field(line, b"event") {
            self.event.clear();
            self.event.push_str(&String::from_utf8_lossy(value));
        }
        // Comments, ids, retry times and unknown fields mean nothing here.
        Ok(())
    }

    fn dispatch<E: From<FrameTooLong>>(
        &mut self,
        on_frame: &mut impl FnMut(Frame<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let result = match self.data.split_last() {
            Some((_, data)) => {
                let event = (!self.event.is_empty()).then_some(self.event.as_str());
                on_frame(Frame { event, data })
            }
            None => Ok(()),
        };
        self.data.clear();
        self.event.clear();
        result
    }
}

/// The value of a line that is the named field, one leading space taken off.
fn field<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let rest = line.strip_prefix(name)?;
    match rest.split_first() {
        None => Some(rest),
        Some((b':', value)) => Some(value.strip_prefix(b" ").unwrap_or(value)),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{FrameTooLong, LIMIT, SseFramer};

    type Read = Vec<(Option<String>, String)>;

    fn read(pieces: &[&[u8]]) -> Read {
        let mut framer = SseFramer::default();
        let mut frames = Vec::new();
        let mut keep = |frame: super::Frame<'_>| {
            let data = String::from_utf8_lossy(frame.data).into_owned();
            frames.push((frame.event.map(str::to_owned), data));
            Ok::<(), FrameTooLong>(())
        };
        for piece in pieces {
            assert_eq!(framer.push(piece, &mut keep), Ok(()));
        }
        assert_eq!(framer.finish(&mut keep), Ok(()));
        frames
    }

    fn frame(event: Option<&str>, data: &str) -> (Option<String>, String) {
        (event.map(str::to_owned), data.to_owned())
    }

    #[test]
    fn every_cut_gives_the_same_events() {
        let stream = "\u{feff}: hello\r\nevent: ping\r\ndata: {\"a\":\"船\"}\r\n\r\ndata: one\ndata:two\rdata\n\n\
                      id: 7\nretry: 10\nevent: x\n\ndata: [DONE]\n\n"
            .as_bytes();
        let whole = read(&[stream]);
        assert_eq!(
            whole,
            [
                frame(Some("ping"), "{\"a\":\"船\"}"),
                frame(None, "one\ntwo\n"),
                frame(None, "[DONE]"),
            ]
        );
        for cut in 0..=stream.len() {
            assert_eq!(
                read(&[&stream[..cut], &stream[cut..]]),
                whole,
                "cut at {cut}"
            );
        }
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(read(&bytes), whole);
    }

    #[test]
    fn the_last_event_needs_no_empty_line() {
        assert_eq!(read(&[b"data: [DONE]"]), [frame(None, "[DONE]")]);
        assert_eq!(read(&[b"data: [DONE]\n"]), [frame(None, "[DONE]")]);
        assert_eq!(read(&[b"event: only a name\n\n"]), []);
    }

    #[test]
    fn s50_an_endless_line_is_refused() {
        let mut framer = SseFramer::default();
        let mut keep = |_: super::Frame<'_>| Ok::<(), FrameTooLong>(());
        let piece = vec![b'x'; 1024 * 1024];
        let mut result = Ok(());
        for _ in 0..=(LIMIT / piece.len()) {
            result = framer.push(&piece, &mut keep);
        }
        assert_eq!(result, Err(FrameTooLong));
        assert!(framer.line.len() <= LIMIT);

        let mut framer = SseFramer::default();
        let mut line = b"data: ".to_vec();
        line.extend_from_slice(&piece);
        line.push(b'\n');
        let mut result = Ok(());
        for _ in 0..=(LIMIT / piece.len()) {
            result = framer.push(&line, &mut keep);
        }
        assert_eq!(result, Err(FrameTooLong));
    }
}
