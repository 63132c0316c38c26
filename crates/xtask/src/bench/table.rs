//! The rows of the table: what was measured, what must be reached, and the verdict.

use std::fmt;

/// How a figure stands to what it must and should reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    Aim,
    Must,
    Unmeasured,
    Missed,
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Aim => "aim",
            Self::Must => "must",
            Self::Unmeasured => "–",
            Self::Missed => "MISSED",
        })
    }
}

/// A measured value and its two bounds.
#[derive(Clone, Copy)]
pub(super) struct Bound {
    value: f64,
    must: f64,
    aim: f64,
}

impl Bound {
    pub(super) fn at_most(value: f64, must: f64, aim: f64) -> Self {
        Self { value, must, aim }
    }

    pub(super) fn at_least(value: f64, must: f64, aim: f64) -> Self {
        Self::at_most(-value, -must, -aim)
    }

    /// A value that is bound in one way only.
    pub(super) fn only(value: f64, must: f64) -> Self {
        Self::at_most(value, must, must)
    }

    fn verdict(self) -> Verdict {
        if self.value <= self.aim {
            Verdict::Aim
        } else if self.value <= self.must {
            Verdict::Must
        } else {
            // A value that is no number is missed too.
            Verdict::Missed
        }
    }
}

/// One row.
pub(super) struct Row {
    pub(super) number: &'static str,
    pub(super) figure: &'static str,
    pub(super) measured: String,
    pub(super) ratio: String,
    pub(super) must: &'static str,
    pub(super) aim: &'static str,
    pub(super) verdict: Verdict,
}

impl Row {
    /// The verdict is that of the worst bound.
    pub(super) fn judged(mut self, bounds: &[Bound]) -> Self {
        let worst = bounds.iter().map(|bound| bound.verdict()).max();
        self.verdict = worst.unwrap_or(Verdict::Unmeasured);
        self
    }
}

/// Writes the rows as a table of Markdown whose columns line up.
pub(super) fn render(rows: &[Row]) -> String {
    let head = ["#", "figure", "measured", "ratio", "must", "aim", "verdict"];
    let mut lines = vec![head.map(str::to_owned)];
    lines.extend(rows.iter().map(|row| {
        [
            row.number.to_owned(),
            row.figure.to_owned(),
            row.measured.clone(),
            row.ratio.clone(),
            row.must.to_owned(),
            row.aim.to_owned(),
            row.verdict.to_string(),
        ]
    }));
    let width = |column: usize| {
        let widths = lines.iter().map(|line| line[column].chars().count());
        widths.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut out = String::new();
    for (number, line) in lines.iter().enumerate() {
        for (cell, width) in line.iter().zip(&widths) {
            out.push_str(&format!("| {cell:<width$} "));
        }
        out.push_str("|\n");
        if number == 0 {
            for width in &widths {
                out.push_str(&format!("|{}", "-".repeat(width + 2)));
            }
            out.push_str("|\n");
        }
    }
    out
}

/// The value in the middle; of an even number, the lower one. None of none.
pub(super) fn median<T: Copy + PartialOrd>(values: &[T]) -> Option<T> {
    let mut values = values.to_vec();
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    values.get(values.len().saturating_sub(1) / 2).copied()
}

/// The value below which this share (0 to 1) lies.
pub(super) fn quantile(values: &[u64], share: f64) -> Option<u64> {
    let mut values = values.to_vec();
    values.sort_unstable();
    let place = (values.len().saturating_sub(1)) as f64 * share;
    values.get(place.round() as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        Row {
            number: "1",
            figure: "f",
            measured: "12 µs".into(),
            ratio: "1.20 n".into(),
            must: "≤ 2",
            aim: "≤ 1",
            verdict: Verdict::Unmeasured,
        }
    }

    #[test]
    fn the_worst_bound_decides() {
        let verdict = |bounds: &[Bound]| row().judged(bounds).verdict;
        assert_eq!(verdict(&[Bound::at_most(1.0, 2.0, 1.0)]), Verdict::Aim);
        assert_eq!(verdict(&[Bound::at_least(0.6, 0.6, 0.75)]), Verdict::Must);
        let missed = [Bound::at_most(1.0, 2.0, 1.0), Bound::only(3.0, 2.0)];
        assert_eq!(verdict(&missed), Verdict::Missed);
        assert_eq!(verdict(&[Bound::only(f64::NAN, 2.0)]), Verdict::Missed);
        assert_eq!(verdict(&[]), Verdict::Unmeasured);
    }

    #[test]
    fn columns_line_up() {
        let text = render(&[row()]);
        let widths: Vec<usize> = text.lines().map(|line| line.chars().count()).collect();
        assert_eq!(widths.len(), 3);
        assert!(widths.iter().all(|width| *width == widths[0]), "{text}");
    }

    #[test]
    fn the_middle_is_found_in_any_order() {
        assert_eq!(median(&[3, 1, 2]), Some(2));
        assert_eq!(median::<u64>(&[]), None);
        assert_eq!(quantile(&[5, 1, 3], 0.0), Some(1));
        assert_eq!(quantile(&[5, 1, 3], 1.0), Some(5));
    }
}
