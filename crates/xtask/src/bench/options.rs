//! What `cargo xtask bench` was asked.

use std::path::PathBuf;

/// The rows that there are.
const ROWS: [&str; 17] = [
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "9b", "9c", "10", "11", "12", "13", "14", "15",
];

/// The options, read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// Fewer rounds: under 90 seconds, and less exact.
    pub(super) quick: bool,
    /// Only this row.
    pub(super) row: Option<String>,
    /// A missed "must" is an error.
    pub(super) enforce: bool,
    /// The gateway to measure, instead of the one that is built.
    pub(super) program: Option<PathBuf>,
    /// Everything is built: measure in this process.
    pub(super) built: bool,
}

impl Options {
    pub(super) fn read(words: &[&str]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--quick" => options.quick = true,
                "--enforce" => options.enforce = true,
                "--built" => options.built = true,
                "--row" => {
                    let row = words.next().copied().unwrap_or_default();
                    if !ROWS.contains(&row) {
                        return Err(format!(
                            "there is no row {row:?}; there are {}",
                            ROWS.join(", ")
                        ));
                    }
                    options.row = Some(row.to_owned());
                }
                "--program" => {
                    let file = words.next().map(PathBuf::from);
                    options.program = Some(file.ok_or("--program needs a file")?);
                }
                other => return Err(format!("the benchmark has no option {other}")),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn options_are_read_in_any_order() {
        let options = Options::read(&["--row", "9b", "--quick", "--program", "a"]).unwrap();
        assert_eq!(options.row.as_deref(), Some("9b"));
        assert!(options.quick && !options.enforce);
        assert_eq!(options.program, Some("a".into()));
    }

    #[test]
    fn wrong_words_are_refused() {
        for words in [&["--row", "16"][..], &["--row"], &["--program"], &["fast"]] {
            assert!(Options::read(words).is_err(), "{words:?}");
        }
    }
}
