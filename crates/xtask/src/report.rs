//! What a check found, and how it is shown.

use std::fmt;

/// One breach of a rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    place: String,
    what: String,
}

impl Finding {
    /// `place` is a file, a line of one, or a crate; `what` says which rule and how to mend it.
    pub(crate) fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            what: what.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.place, self.what)
    }
}

/// What one check says: a line for everyone, and the breaches.
pub(crate) struct Report {
    pub(crate) name: &'static str,
    pub(crate) summary: String,
    pub(crate) findings: Vec<Finding>,
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{:<8} {}", self.name, self.summary)?;
        self.findings
            .iter()
            .try_for_each(|finding| writeln!(out, "  {finding}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_lists_its_findings_under_its_name() {
        let report = Report {
            name: "sizes",
            summary: "1 file".into(),
            findings: vec![Finding::new("a.rs", "too long")],
        };
        assert_eq!(report.to_string(), "sizes    1 file\n  a.rs: too long\n");
    }
}
