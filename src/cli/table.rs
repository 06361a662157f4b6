//! Lines of columns, aligned by what a terminal shows: never by bytes. Knows nothing of what is in them.

use std::borrow::Cow;

use crate::{config::theme::Role, domain::text::is_ascii_line, ui::widgets::text};

use super::paper::Paper;

/// A wider cell sticks out: it would push every other line apart.
const PAD_MAX: usize = 60;
/// What is left of a long text where no terminal says how much fits.
const LONG: usize = 80;
/// The least a long text is cut to.
const SHORT: usize = 12;

/// One field, safe to show and on one line.
pub struct Cell<'a> {
    text: Cow<'a, str>,
    /// In columns.
    width: usize,
    role: Option<Role>,
}

impl<'a> Cell<'a> {
    pub fn dyed(text: impl Into<Cow<'a, str>>, role: Role) -> Self {
        Self { role: Some(role), ..text.into().into() }
    }

    fn clip(&mut self, room: usize) {
        if self.width > room {
            *self = Self { role: self.role, ..Cow::<str>::Owned(text::clip(&self.text, room).into_owned()).into() };
        }
    }
}

impl<'a> From<Cow<'a, str>> for Cell<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self { width: width(&text), text, role: None }
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Cow::Borrowed(text).into()
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Cow::<str>::Owned(text).into()
    }
}

/// What most texts are, a terminal shows byte by byte.
fn width(text: &str) -> usize {
    if is_ascii_line(text) { text.len() } else { text::width(text) }
}

pub struct Table<'a> {
    head: Vec<&'static str>,
    /// All rows, one behind the other.
    cells: Vec<Cell<'a>>,
    /// The widest of each column, as far as others make room for it.
    widths: Vec<usize>,
    /// The column that is cut where a line would be too long.
    long: Option<usize>,
}

impl<'a> Table<'a> {
    pub fn new(head: &[&'static str]) -> Self {
        let widths = head.iter().map(|h| h.len()).collect();
        Self { head: head.to_vec(), cells: Vec::new(), widths, long: None }
    }

    /// Makes room for so many rows.
    pub fn expect(mut self, rows: usize) -> Self {
        self.cells.reserve_exact(rows * self.head.len());
        self
    }

    /// Cuts this column to what fits.
    pub fn cut(mut self, column: &str) -> Self {
        self.long = self.head.iter().position(|h| *h == column);
        self
    }

    /// Takes a row in; it has a cell for each column of the head.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) {
        for (cell, widest) in cells.into_iter().zip(&mut self.widths) {
            *widest = cell.width.max(*widest);
            self.cells.push(cell);
        }
        let whole = self.cells.len().next_multiple_of(self.head.len());
        self.cells.resize_with(whole, || "".into());
    }

    pub fn render(mut self, paper: &Paper) -> String {
        let columns = self.head.len();
        if let Some(long) = self.long {
            let room = self.room(long, paper);
            self.cells.iter_mut().skip(long).step_by(columns).for_each(|cell| cell.clip(room));
            let cut = self.cells.iter().skip(long).step_by(columns).map(|cell| cell.width);
            self.widths[long] = cut.chain([self.head[long].len()]).max().unwrap_or(0);
        }
        self.widths.iter_mut().for_each(|w| *w = (*w).min(PAD_MAX));
        let head: Vec<Cell<'_>> = self.head.iter().map(|h| Cell::dyed(*h, Role::Dim)).collect();
        let rows = self.cells.chunks(columns);
        let mut out = String::with_capacity((rows.len() + 1) * (self.widths.iter().sum::<usize>() + 2 * columns));
        line(&mut out, &head, &self.widths, paper);
        rows.for_each(|row| line(&mut out, row, &self.widths, paper));
        out
    }

    /// What the other columns leave to the long one.
    fn room(&self, long: usize, paper: &Paper) -> usize {
        let others = self.widths.iter().enumerate().filter(|(c, _)| *c != long);
        let others: usize = others.map(|(_, w)| (*w).min(PAD_MAX) + 2).sum();
        paper.columns.map_or(LONG, |columns| columns.saturating_sub(others).max(SHORT))
    }
}

fn line(out: &mut String, cells: &[Cell<'_>], widths: &[usize], paper: &Paper) {
    let mut owed = 0;
    for (cell, width) in cells.iter().zip(widths) {
        if !cell.text.is_empty() {
            pad(out, owed);
            owed = 0;
            match cell.role {
                Some(role) => out.push_str(&paper.dye(role, &cell.text)),
                None => out.push_str(&cell.text),
            }
        }
        owed += width.saturating_sub(cell.width) + 2;
    }
    out.push('\n');
}

fn pad(out: &mut String, mut columns: usize) {
    const SPACES: &str = "                                                                ";
    while columns > 0 {
        let some = columns.min(SPACES.len());
        out.push_str(&SPACES[..some]);
        columns -= some;
    }
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
