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

    fn clipped(self, room: usize) -> Self {
        if self.width <= room {
            return self;
        }
        Self { role: self.role, ..Cow::<str>::Owned(text::clip(&self.text, room).into_owned()).into() }
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

/// Rows are held as their texts alone, one behind the other: a table may be all that is known of 100,000 alerts.
pub struct Table {
    head: Vec<&'static str>,
    text: String,
    /// Where the text of each row begins.
    rows: Vec<usize>,
    /// Of all rows, one behind the other.
    pieces: Vec<Piece>,
    /// The widest of each column, as far as others make room for it.
    widths: Vec<usize>,
    /// The column that is cut where a line would be too long, and the most that can be left of it.
    long: Option<(usize, usize)>,
    /// In which order the rows are told, where that is not the one they came in.
    order: Option<Vec<usize>>,
}

/// A cell without its text.
#[derive(Clone, Copy)]
struct Piece {
    bytes: u32,
    /// In columns.
    width: u32,
    role: Option<Role>,
}

impl Table {
    pub fn new(head: &[&'static str]) -> Self {
        Self {
            head: head.to_vec(),
            text: String::new(),
            rows: Vec::new(),
            pieces: Vec::new(),
            widths: head.iter().map(|h| h.len()).collect(),
            long: None,
            order: None,
        }
    }

    /// Makes room for so many rows.
    pub fn expect(mut self, rows: usize) -> Self {
        self.rows.reserve_exact(rows);
        self.pieces.reserve_exact(rows * self.head.len());
        self
    }

    /// Cuts this column to what fits on the paper.
    pub fn cut(mut self, column: &str, paper: &Paper) -> Self {
        let most = paper.columns.unwrap_or(LONG).max(SHORT);
        self.long = self.head.iter().position(|h| *h == column).map(|long| (long, most));
        self
    }

    /// Takes a row in; it has a cell for each column of the head.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) {
        self.rows.push(self.text.len());
        for (column, (cell, widest)) in cells.into_iter().zip(&mut self.widths).enumerate() {
            let cell = match self.long {
                Some((long, most)) if long == column => cell.clipped(most),
                _ => cell,
            };
            *widest = cell.width.max(*widest);
            self.text.push_str(&cell.text);
            self.pieces.push(Piece { bytes: small(cell.text.len()), width: small(cell.width), role: cell.role });
        }
        let whole = self.rows.len() * self.head.len();
        self.pieces.resize(whole, Piece { bytes: 0, width: 0, role: None });
    }

    /// Tells the rows in this order, by their places among those that were taken in.
    pub fn arranged(mut self, order: Vec<usize>) -> Self {
        self.order = Some(order);
        self
    }

    pub fn render(mut self, paper: &Paper) -> String {
        if let Some((long, _)) = self.long {
            let room = self.room(long, paper);
            self.long = Some((long, room));
            let cut = (0..self.rows.len()).map(|row| self.cut_width(row, long, room));
            self.widths[long] = cut.chain([self.head[long].len()]).max().unwrap_or(0);
        }
        self.widths.iter_mut().for_each(|w| *w = (*w).min(PAD_MAX));
        let width = self.widths.iter().sum::<usize>() + 2 * self.head.len();
        let mut out = String::with_capacity((self.rows.len() + 1) * width);
        line(&mut out, self.head.iter().map(|h| Cell::dyed(*h, Role::Dim)), &self.widths, paper);
        let mut tell = |row| line(&mut out, self.cut_cells(row), &self.widths, paper);
        match &self.order {
            Some(order) => order.iter().for_each(|row| tell(*row)),
            None => (0..self.rows.len()).for_each(tell),
        }
        out
    }

    fn cut_width(&self, row: usize, column: usize, room: usize) -> usize {
        match self.pieces[row * self.head.len() + column].width as usize {
            width if width <= room => width,
            _ => self.cells(row).nth(column).map_or(0, |cell| cell.clipped(room).width),
        }
    }

    fn cells(&self, row: usize) -> impl Iterator<Item = Cell<'_>> {
        let mut at = self.rows[row];
        let columns = self.head.len();
        self.pieces[row * columns..][..columns].iter().map(move |piece| {
            let begin = at;
            at += piece.bytes as usize;
            Cell { text: self.text[begin..at].into(), width: piece.width as usize, role: piece.role }
        })
    }

    fn cut_cells(&self, row: usize) -> impl Iterator<Item = Cell<'_>> {
        self.cells(row).enumerate().map(|(column, cell)| match self.long {
            Some((long, room)) if long == column => cell.clipped(room),
            _ => cell,
        })
    }

    /// What the other columns leave to the long one.
    fn room(&self, long: usize, paper: &Paper) -> usize {
        let others = self.widths.iter().enumerate().filter(|(c, _)| *c != long);
        let others: usize = others.map(|(_, w)| (*w).min(PAD_MAX) + 2).sum();
        paper.columns.map_or(LONG, |columns| columns.saturating_sub(others).max(SHORT))
    }
}

/// A cell holds no text of four gigabytes.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn line<'a>(out: &mut String, cells: impl Iterator<Item = Cell<'a>>, widths: &[usize], paper: &Paper) {
    let mut owed = 0;
    for (cell, width) in cells.zip(widths) {
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
    fn rows_are_told_in_the_order_that_is_asked_for() {
        let mut table = Table::new(&["A", "B"]);
        ["x", "y", "z"].into_iter().for_each(|a| table.row(vec![a.into(), a.into()]));
        assert_eq!(table.arranged(vec![2, 0, 1]).render(&plain(None)), "A  B\nz  z\nx  x\ny  y\n");
    }

    #[test]
    fn a_long_text_gives_way_to_the_columns_beside_it() {
        let mut table = Table::new(&["A", "SUMMARY", "B"]).cut("SUMMARY", &plain(Some(40)));
        table.row(vec!["a".into(), "x".repeat(200).into(), "b".into()]);
        let text = table.render(&plain(Some(40)));
        assert!(text.lines().all(|l| l.chars().count() <= 40) && text.ends_with("…  b\n"), "{text}");
    }
}
