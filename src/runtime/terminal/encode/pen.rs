//! The terminal's cursor and style, as the bytes written so far have left them.

use std::io::Write;

use ratatui::{buffer::Cell, style::Color};

use super::{
    Ink, Shift,
    dialect::Dialect,
    linked::Links,
    moves::{self, Cursor},
    picture::{SEEN_ON_BLANK, columns, spill},
    sgr,
};

/// More cells than that are never written again to get over them.
const OVER: usize = 8;

#[derive(Debug)]
pub(super) struct Pen {
    pub dialect: Dialect,
    cursor: Cursor,
    ink: Ink,
    pub links: Links,
    out: Vec<u8>,
}

impl Pen {
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, cursor: Cursor::Unknown, ink: Ink::PLAIN, links: Links::default(), out: Vec::new() }
    }

    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Whatever was set is reset, and the screen is erased.
    pub fn begin_anew(&mut self, ground: Color) {
        self.out.extend_from_slice(b"\x1b[m\x1b[r");
        self.ink = Ink::PLAIN;
        self.dye(Ink { bg: ground, ..Ink::PLAIN });
        self.out.extend_from_slice(b"\x1b[2J");
        self.cursor = Cursor::Unknown;
    }

    /// Scrolls a region; what comes in has the terminal's own ground, whether it erases in colour or not.
    pub fn shift(&mut self, shift: Shift, height: usize) {
        self.dye(Ink { bg: Color::Reset, modifier: self.ink.modifier.difference(SEEN_ON_BLANK), ..self.ink });
        let Shift { top, bottom, by } = shift;
        let n = by.unsigned_abs();
        // Writing to a vector cannot fail.
        let _ = if bottom + 1 == height {
            write!(self.out, "\x1b[{}r", top + 1)
        } else {
            write!(self.out, "\x1b[{};{}r", top + 1, bottom + 1)
        };
        match (self.dialect.scroll, by > 0) {
            (true, up) => self.counted(n, if up { 'S' } else { 'T' }),
            (false, true) => {
                let _ = write!(self.out, "\x1b[{}H", bottom + 1);
                self.out.extend(std::iter::repeat_n(b'\n', n));
            }
            (false, false) => {
                let _ = write!(self.out, "\x1b[{}H", top + 1);
                self.out.extend(b"\x1bM".repeat(n));
            }
        }
        self.out.extend_from_slice(b"\x1b[r");
        // A region that is set sends the cursor home.
        self.cursor = Cursor::At(0, 0);
    }

    fn counted(&mut self, n: usize, letter: char) {
        let _ = if n == 1 { write!(self.out, "\x1b[{letter}") } else { write!(self.out, "\x1b[{n}{letter}") };
    }

    pub fn go(&mut self, x: usize, y: usize) {
        if self.cursor != Cursor::At(x, y) {
            self.out.append(&mut moves::way(self.cursor, (x, y), self.dialect));
            self.cursor = Cursor::At(x, y);
        }
    }

    /// As [`Pen::go`], over cells of this row that are as they shall be: writing them again may be shorter than a move, from
    /// where the cursor stands as from the start of the row.
    pub fn go_over(&mut self, x: usize, y: usize, row: &[Cell]) {
        let here = if let Cursor::At(from, at) = self.cursor { (at == y).then_some(from) } else { None };
        let starts = [here, Some(0)].into_iter().flatten().filter(|from| *from < x && x - from <= OVER);
        let costs = starts.filter_map(|from| Some((self.way((from, y)) + self.over(&row[from..x])?, from)));
        if let Some((_, from)) = costs.min().filter(|(bytes, _)| *bytes <= self.way((x, y))) {
            self.go(from, y);
            row[from..x].iter().for_each(|c| self.out.extend_from_slice(c.symbol().as_bytes()));
            self.cursor = Cursor::At(x, y);
        }
        self.go(x, y);
    }

    /// The bytes of a move.
    fn way(&self, to: (usize, usize)) -> usize {
        moves::way(self.cursor, to, self.dialect).len()
    }

    /// The bytes of cells, where the pen can write them as it is.
    fn over(&self, cells: &[Cell]) -> Option<usize> {
        // The right part of a wide character has no text; what is written must not begin in it.
        let whole = !cells[0].symbol().is_empty();
        let writable = whole && cells.iter().all(|c| self.ink.suits(c) && spill(c).is_none());
        writable.then(|| cells.iter().map(|c| c.symbol().len()).sum())
    }

    fn dye(&mut self, to: Ink) {
        self.links.change(&mut self.out, self.ink, to);
        sgr::change(&mut self.out, (self.ink.unlinked(), to.unlinked()), self.dialect.ends_one);
        self.ink = to;
    }

    /// No frame leaves a link open: what follows it may be somebody else's.
    pub fn end_link(&mut self) {
        self.dye(self.ink.unlinked());
    }

    /// Writes a character where the cursor stands.
    pub fn put(&mut self, cell: &Cell, width: usize) {
        if !self.ink.suits(cell) {
            self.dye(self.ink.towards(cell));
        }
        let Cursor::At(x, y) = self.cursor else { return };
        let doubtful = spill(cell).is_some();
        if doubtful {
            // It may turn out narrower: then nothing old is left beside it.
            let wide = columns(cell);
            self.out.extend(std::iter::repeat_n(b' ', wide));
            self.cursor = Cursor::Unknown;
            self.go(x, y);
        }
        self.out.extend_from_slice(cell.symbol().as_bytes());
        self.cursor = match x + columns(cell) {
            _ if doubtful => Cursor::Unknown,
            after if after >= width => Cursor::Behind(y),
            after => Cursor::At(after, y),
        };
    }

    /// Erases from the cursor to the end of the row: only where a row is blank from there on, in this style.
    pub fn erase_rest(&mut self, blank: &Cell) {
        self.dye_for(blank);
        self.out.extend_from_slice(b"\x1b[K");
    }

    /// Erases so many cells from the cursor on, which stays.
    pub fn erase(&mut self, blank: &Cell, n: usize) {
        self.dye_for(blank);
        self.counted(n, 'X');
    }

    fn dye_for(&mut self, blank: &Cell) {
        if !self.ink.suits(blank) {
            self.dye(self.ink.towards(blank));
        }
    }
}
