//! Lets whole events of a stream through and keeps the beginning of one back until its end has
//! come: what is cut there can still be told apart from what was said.

use bytes::{Bytes, BytesMut};

/// The ways in which an empty line ends an event, the longest first.
const ENDS: [&[u8]; 3] = [b"\n\r\n", b"\n\n", b"\r\r"];

/// The beginning of an event whose end has not come.
#[derive(Debug, Default)]
pub(super) struct Whole {
    held: BytesMut,
}

impl Whole {
    /// Takes the next bytes; hands on what completes events, uncopied where it can be.
    pub(super) fn pass(&mut self, mut bytes: Bytes, out: &mut impl FnMut(Bytes)) {
        if !self.held.is_empty() {
            let Some(end) = self.end_of_held(&bytes) else {
                self.held.extend_from_slice(&bytes);
                return;
            };
            self.held.extend_from_slice(&bytes.split_to(end));
            out(self.held.split().freeze());
        }
        let end = last_end(&bytes);
        if end > 0 {
            out(bytes.split_to(end));
        }
        self.held.extend_from_slice(&bytes);
    }

    /// The stream is over, and well: hands on an event that only lacks its empty line, with it.
    pub(super) fn finish(&mut self, out: &mut impl FnMut(Bytes)) {
        if self.held.is_empty() {
            return;
        }
        let missing: &[u8] = if self.held.ends_with(b"\n") {
            b"\n"
        } else {
            b"\n\n"
        };
        self.held.extend_from_slice(missing);
        out(self.held.split().freeze());
    }

    /// Where the event that had begun ends in the bytes that follow it.
    fn end_of_held(&self, bytes: &[u8]) -> Option<usize> {
        // The empty line itself may be cut in two.
        let tail = &self.held[self.held.len().saturating_sub(2)..];
        let mut seam = [0; 4];
        seam[..tail.len()].copy_from_slice(tail);
        for taken in 1..=bytes.len().min(2) {
            let length = tail.len() + taken;
            seam[tail.len()..length].copy_from_slice(&bytes[..taken]);
            if is_end(&seam[..length]) {
                return Some(taken);
            }
        }
        (1..=bytes.len())
            .find(|&end| matches!(bytes[end - 1], b'\n' | b'\r') && is_end(&bytes[..end]))
    }
}

fn is_end(bytes: &[u8]) -> bool {
    ENDS.iter().any(|end| bytes.ends_with(end))
}

/// Where the last complete event ends; 0: there is none.
fn last_end(bytes: &[u8]) -> usize {
    // Most pieces hold whole events.
    if is_end(bytes) {
        return bytes.len();
    }
    let ends = memchr::memrchr2_iter(b'\n', b'\r', bytes).map(|at| at + 1);
    ends.into_iter()
        .find(|&end| is_end(&bytes[..end]))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::Whole;

    fn passed(pieces: &[&str]) -> Vec<String> {
        let mut whole = Whole::default();
        let mut out = Vec::new();
        for piece in pieces {
            let keep = &mut |bytes: Bytes| out.push(String::from_utf8_lossy(&bytes).into_owned());
            whole.pass(Bytes::copy_from_slice(piece.as_bytes()), keep);
        }
        out
    }

    #[test]
    fn only_whole_events_pass() {
        assert_eq!(passed(&["data: 1\n\n"]), ["data: 1\n\n"]);
        assert_eq!(passed(&["data: 1\n\ndata: 2"]), ["data: 1\n\n"]);
        assert_eq!(passed(&["event: a\n", "data: 1\n"]), Vec::<String>::new());
        assert_eq!(
            passed(&["data: 1\n", "\ndata: 2\r\n\r", "\ndata: 3\r\r", "data"]),
            ["data: 1\n\n", "data: 2\r\n\r\n", "data: 3\r\r"]
        );
    }

    #[test]
    fn every_cut_of_a_stream_passes_the_same_bytes() {
        for stream in [
            "data: 1\n\n: c\n\nevent: x\ndata: 2\n\n",
            "data: 1\r\n\r\ndata: 2\r\n\r\n",
        ] {
            for cut in 0..=stream.len() {
                let (a, b) = stream.split_at(cut);
                assert_eq!(passed(&[a, b]).concat(), stream, "{cut}");
            }
            let pieces: Vec<&str> = (0..stream.len()).map(|at| &stream[at..=at]).collect();
            assert_eq!(passed(&pieces).concat(), stream);
        }
    }

    #[test]
    fn the_end_completes_an_event_that_lacks_its_empty_line() {
        for (held, expected) in [
            ("data: x", "data: x\n\n"),
            ("data: x\n", "data: x\n\n"),
            ("", ""),
        ] {
            let mut whole = Whole::default();
            let mut out = String::new();
            let keep = &mut |bytes: Bytes| out.push_str(&String::from_utf8_lossy(&bytes));
            whole.pass(Bytes::copy_from_slice(held.as_bytes()), keep);
            whole.finish(keep);
            assert_eq!(out, expected);
        }
    }
}
