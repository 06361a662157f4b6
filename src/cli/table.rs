//! Lines of columns, aligned by what a terminal shows: never by bytes. Knows nothing of what is in them.

use crate::{config::theme::Role, ui::widgets::text};

use super::paper::Paper;

/// A wider cell sticks out: it would push every other line apart.
const PAD_MAX: usize = 60;
/// What is left of a long text where no terminal says how much fits.
const LONG: usize = 80;
/// The least a long text is cut to.
const SHORT: usize = 12;

/// One field, safe to show and on one line.
pub struct Cell {
    text: String,
    role: Option<Role>,
}

impl Cell {
    pub fn dyed(text: impl Into<String>, role: Role) -> Self {
        Self { text: text.into(), role: Some(role) }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: text.into(), role: None }
    }
}

pub struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
    /// The column that is cut where a line would be too long.
    long: Option<usize>,
}

impl Table {
    pub fn new(head: &[&'static str]) -> Self {
        Self { head: head.to_vec(), rows: Vec::new(), long: None }
    }

    /// Cuts this column to what fits.
    pub fn cut(mut self, column: &str) -> Self {
        self.long = self.head.iter().position(|h| *h == column);
        self
    }

    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    pub fn render(mut self, paper: &Paper) -> String {
        if let Some(long) = self.long {
            let room = self.room(long, paper);
            for cell in self.rows.iter_mut().filter_map(|row| row.get_mut(long)) {
                cell.text = text::clip(&cell.text, room).into_owned();
            }
        }
        let widths: Vec<usize> = (0..self.head.len()).map(|c| self.width(c)).collect();
        let head = self.head.iter().map(|h| Cell::dyed(*h, Role::Dim)).collect();
        std::iter::once(&head).chain(&self.rows).map(|row| line(row, &widths, paper)).collect()
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| text::width(&cell.text));
        cells.chain([self.head[column].len()]).max().unwrap_or(0).min(PAD_MAX)
    }

    /// What the other columns leave to the long one.
    fn room(&self, long: usize, paper: &Paper) -> usize {
        let others: usize = (0..self.head.len()).filter(|c| *c != long).map(|c| self.width(c) + 2).sum();
        paper.columns.map_or(LONG, |columns| columns.saturating_sub(others).max(SHORT))
    }
}

fn line(cells: &[Cell], widths: &[usize], paper: &Paper) -> String {
    let mut out = String::new();
    let mut owed = 0;
    for (cell, width) in cells.iter().zip(widths) {
        if !cell.text.is_empty() {
            out.push_str(&" ".repeat(owed));
            owed = 0;
            out.push_str(&cell.role.map_or_else(|| cell.text.clone(), |role| paper.dye(role, &cell.text)));
        }
        owed += width.saturating_sub(text::width(&cell.text)) + 2;
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(columns: Option<usize>) -> Paper {
        Paper::blank(columns)
    }

    #[test]
    fn columns_stand_below_each_other_whatever_the_script() {
        let mut table = Table::new(&["NAME", "OWNER"]);
        table.row(vec!["火災".into(), "ana".into()]);
        table.row(vec!["disk".into(), "".into()]);
        table.row(vec!["checkout".into(), "bob".into()]);
        assert_eq!(table.render(&plain(None)), "NAME      OWNER\n火災      ana\ndisk\ncheckout  bob\n");
    }

    #[test]
    fn a_long_text_gives_way_to_the_columns_beside_it() {
        let mut table = Table::new(&["A", "SUMMARY", "B"]).cut("SUMMARY");
        table.row(vec!["a".into(), "x".repeat(200).into(), "b".into()]);
        let text = table.render(&plain(Some(40)));
        assert!(text.lines().all(|l| l.chars().count() <= 40) && text.ends_with("…  b\n"), "{text}");
    }
}
