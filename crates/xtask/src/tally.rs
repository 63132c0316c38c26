//! Counts of passed, failed and skipped tests, read from what test runners print.

use std::fmt;
use std::ops::AddAssign;

/// How many tests ended how.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    /// Adds up every closing line in a runner's output: cargo's `test result:` lines, and plain
    /// ones (`N passed, N failed, N skipped`, with or without a word and a colon before them).
    pub(crate) fn read(output: &str) -> Self {
        let mut sum = Self::default();
        for line in output.lines() {
            if let Some(tally) = cargo(line).or_else(|| vitest(line)).or_else(|| plain(line)) {
                sum += tally;
            }
        }
        sum
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

/// `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`
fn cargo(line: &str) -> Option<Tally> {
    let (_verdict, counts) = line
        .trim()
        .strip_prefix("test result: ")?
        .split_once(". ")?;
    counted(counts.split("; ").take(3))
}

/// `      Tests  1 failed | 33 passed | 2 skipped (36)`
fn vitest(line: &str) -> Option<Tally> {
    let counts = line.trim().strip_prefix("Tests  ")?;
    let (counts, _all) = counts.rsplit_once(" (")?;
    let mut tally = Tally::default();
    for part in counts.split(" | ") {
        let (number, word) = part.split_once(' ')?;
        let number = number.parse().ok()?;
        match word {
            "passed" => tally.passed = number,
            "failed" => tally.failed = number,
            "skipped" | "todo" => tally.skipped += number,
            _ => return None,
        }
    }
    Some(tally)
}

/// `sdk: 12 passed, 0 failed, 1 skipped`
fn plain(line: &str) -> Option<Tally> {
    let line = line.trim();
    let counts = line.split_once(": ").map_or(
        line,
        |(word, rest)| {
            if word.contains(' ') { line } else { rest }
        },
    );
    counted(counts.split(", "))
}

fn counted<'a>(parts: impl Iterator<Item = &'a str>) -> Option<Tally> {
    let mut tally = Tally::default();
    let mut words = 0;
    for part in parts {
        let (number, word) = part.split_once(' ')?;
        let number = number.parse().ok()?;
        match word {
            "passed" => tally.passed = number,
            "failed" => tally.failed = number,
            "ignored" | "skipped" => tally.skipped = number,
            _ => return None,
        }
        words += 1;
    }
    (words >= 2).then_some(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_the_lines_of_cargo_and_of_others() {
        let output = "\
running 3 tests
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s
test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 3 filtered out; finished in 1s
sdk: 10 passed, 1 failed, 4 skipped
3 passed, 0 failed
";
        assert_eq!(
            Tally::read(output),
            Tally {
                passed: 20,
                failed: 3,
                skipped: 5
            }
        );
    }

    #[test]
    fn reads_the_windows_tests() {
        let output =
            " Test Files  2 passed (2)\n      Tests  1 failed | 33 passed | 2 skipped (36)\n";
        let tally = Tally {
            passed: 33,
            failed: 1,
            skipped: 2,
        };
        assert_eq!(Tally::read(output), tally);
    }

    #[test]
    fn prose_is_no_count() {
        let output = "all 5 passed, 2 failed\nwe saw: 3 passed\n4 passed, 2 went\ntest result: 1";
        assert!(Tally::read(output).is_empty());
    }

    #[test]
    fn its_own_closing_line_reads_back() {
        let tally = Tally {
            passed: 7,
            failed: 0,
            skipped: 2,
        };
        assert_eq!(Tally::read(&tally.to_string()), tally);
    }
}
