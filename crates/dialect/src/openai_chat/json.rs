//! Whether JSON text that arrives in pieces is complete, without keeping the pieces.

/// Follows JSON text piece by piece.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    depth: usize,
    in_string: bool,
    escaped: bool,
    begun: bool,
}

impl Progress {
    /// Reads the next piece.
    pub(super) fn feed(&mut self, piece: &str) {
        for byte in piece.bytes() {
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => continue,
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            self.begun = true;
        }
    }

    /// Whether anything but blanks came.
    pub(super) fn has_begun(self) -> bool {
        self.begun
    }

    /// Whether every bracket and string that was opened is closed.
    pub(super) fn is_complete(self) -> bool {
        self.begun && self.depth == 0 && !self.in_string
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;

    #[test]
    fn completeness_does_not_depend_on_the_pieces() {
        let text = r#"{"a":"}\"{","b":[1,{"c":null}]}"#;
        for cut in 0..=text.len() {
            let mut progress = Progress::default();
            progress.feed(&text[..cut]);
            assert_eq!(progress.is_complete(), cut == text.len(), "cut at {cut}");
            assert_eq!(progress.has_begun(), cut > 0);
            progress.feed(&text[cut..]);
            assert!(progress.is_complete());
        }
        let mut blank = Progress::default();
        blank.feed(" \n");
        assert!(!blank.has_begun() && !blank.is_complete());
    }
}
