//! Tables for people: aligned columns, no lines.

use unicode_width::UnicodeWidthStr as _;

/// A table; every row has as many cells as the heading.
#[derive(Clone, Debug)]
pub(crate) struct Table(Vec<Vec<String>>);

impl Table {
    /// A table with that heading.
    pub(crate) fn new(heading: Vec<String>) -> Self {
        Self(vec![heading])
    }

    /// A table without a heading.
    pub(crate) fn plain() -> Self {
        Self(Vec::new())
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.0
            .push(cells.into_iter().map(|cell| visible(&cell)).collect());
    }

    /// The lines. Chinese characters take two columns of a terminal.
    pub(crate) fn render(&self) -> String {
        let columns = self.0.iter().map(Vec::len).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = self.0.iter().filter_map(|row| row.get(column));
                cells.map(|cell| cell.width()).max().unwrap_or_default()
            })
            .collect();
        let mut text = String::new();
        for row in &self.0 {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.push_str(&" ".repeat(width - cell.width() + 2));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// Names come from providers and clients: one that holds control characters must not steer the
/// terminal.
pub(crate) fn visible(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Table;

    fn table(rows: &[[&str; 2]]) -> String {
        let mut table = Table::plain();
        for row in rows {
            table.row(row.map(str::to_owned));
        }
        table.render()
    }

    #[test]
    fn columns_line_up_also_in_chinese() {
        assert_eq!(table(&[["a", "b"], ["long", "c"]]), "a     b\nlong  c\n");
        assert_eq!(
            table(&[["账号", "b"], ["abcdef", "c"]]),
            "账号    b\nabcdef  c\n"
        );
        assert_eq!(table(&[["a", ""]]), "a\n", "nothing trails");
    }

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(table(&[["\u{1b}[2J", "x\ny"]]), "\u{fffd}[2J  x\u{fffd}y\n");
    }
}
