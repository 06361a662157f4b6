//! What a terminal shows, cell by cell, in one spelling: two cells that look alike are equal.
//!
//! The right part of a wide character holds no text at all, so that half of one is never kept.

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::ui::link::Link;

use super::linked::LINK;

/// What is seen of a style even where there is no letter.
pub(super) const SEEN_ON_BLANK: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::CROSSED_OUT)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK)
    .union(LINK);

#[derive(Clone, Debug, Default)]
pub(super) struct Picture {
    pub width: usize,
    pub height: usize,
    cells: Vec<Cell>,
}

impl Picture {
    /// An erased screen.
    pub fn erase(&mut self, width: usize, height: usize, background: Color) {
        (self.width, self.height) = (width, height);
        let mut blank = Cell::EMPTY;
        blank.bg = background;
        self.cells.clear();
        self.cells.resize(width * height, blank);
    }

    /// Takes a frame over.
    pub fn read(&mut self, frame: &Buffer) {
        (self.width, self.height) = (usize::from(frame.area.width), usize::from(frame.area.height));
        self.cells.clear();
        self.cells.extend_from_slice(&frame.content);
        let width = self.width.max(1);
        self.cells.chunks_mut(width).for_each(spell);
    }

    /// Marks the cells of a link; blanks are no part of it.
    pub fn link(&mut self, link: &Link, bits: Modifier) {
        let (y, width) = (usize::from(link.row), self.width);
        let columns = usize::from(link.from).min(width)..usize::from(link.to).min(width);
        if y < self.height && !columns.is_empty() {
            let row = &mut self.cells[y * width..(y + 1) * width];
            row[columns].iter_mut().filter(|c| !is_blank(c)).for_each(|c| c.modifier |= bits);
        }
    }

    /// No cell is part of a link.
    pub fn unlink(&mut self) {
        self.cells.iter_mut().for_each(|c| c.modifier = c.modifier.difference(LINK));
    }

    pub fn row(&self, y: usize) -> &[Cell] {
        &self.cells[y * self.width..(y + 1) * self.width]
    }

    /// As a terminal scrolls its region: up by so many rows, or down where that is negative. What comes in is blank.
    pub fn scroll(&mut self, top: usize, bottom: usize, by: isize) {
        let region = &mut self.cells[top * self.width..(bottom + 1) * self.width];
        let n = (by.unsigned_abs() * self.width).min(region.len());
        let blanks = if by > 0 {
            region.rotate_left(n);
            let from = region.len() - n;
            &mut region[from..]
        } else {
            region.rotate_right(n);
            &mut region[..n]
        };
        blanks.fill(Cell::EMPTY);
    }

    /// The background that most cells have, where one has more than half of them.
    pub fn ground(&self) -> Color {
        let mut found = (Color::Reset, 0_usize);
        for cell in &self.cells {
            match found {
                (_, 0) => found = (cell.bg, 1),
                (bg, n) if bg == cell.bg => found.1 = n + 1,
                (_, n) => found.1 = n - 1,
            }
        }
        found.0
    }
}

/// One spelling for what looks alike, and nothing in it that a terminal would obey.
fn spell(row: &mut [Cell]) {
    let mut x = 0;
    while x < row.len() {
        let width = columns(&row[x]);
        let (reach, control) = (reach(row[x].symbol()), row[x].symbol().contains(|c: char| c.is_control()));
        // A character that may be wider than the row has room for would be drawn at the beginning of the next one.
        let room = spill(&row[x]).map_or(width, |more| (width + more).max(2 * (reach.max(1))));
        if width == 0 || control || x + room > row.len() {
            row[x].set_symbol(" ");
        }
        if is_blank(&row[x]) {
            plain(&mut row[x]);
            x += 1;
            continue;
        }
        for i in x + 1..x + width {
            row[i] = row[x].clone();
            row[i].set_symbol("");
        }
        x += width;
    }
}

fn plain(cell: &mut Cell) {
    if !cell.modifier.intersects(SEEN_ON_BLANK) {
        cell.modifier = Modifier::empty();
        cell.fg = Color::Reset;
    }
}

pub(super) fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " "
}

/// Whether nothing of it is seen but its ground: an erased cell.
pub(super) fn is_erased(cell: &Cell) -> bool {
    is_blank(cell) && cell.modifier.is_empty()
}

/// Columns that a character takes by the tables; 0 for the right part of a wide one.
pub(super) fn columns(cell: &Cell) -> usize {
    let symbol = cell.symbol();
    if symbol.len() == 1 { 1 } else { symbol.width() }
}

/// Columns that its parts take one by one, as a terminal counts that knows nothing of clusters.
fn reach(symbol: &str) -> usize {
    if symbol.len() == 1 { 1 } else { symbol.chars().map(|c| c.width().unwrap_or(0)).sum() }
}

/// Cells beside it that some terminals draw it over; none where terminals agree on its width.
///
/// Tables differ in clusters, in scripts whose letters join or stack, and in what Unicode took in lately.
pub(super) fn spill(cell: &Cell) -> Option<usize> {
    let symbol = cell.symbol();
    if symbol.len() < 2 {
        return None;
    }
    let (width, reach) = (columns(cell), reach(symbol));
    let more = reach.max(symbol.chars().count()).saturating_sub(width);
    if reach == width && symbol.chars().all(is_agreed) { None } else { Some(more) }
}

/// Letters that stand side by side and signs that have been what they are for long: what was measured to have one width in
/// all terminals. A mark over a letter has none.
fn is_agreed(c: char) -> bool {
    matches!(c,
        '\u{20}'..='\u{52f}' | '\u{1e00}'..='\u{1fff}' | '\u{2010}'..='\u{205e}' | '\u{2070}'..='\u{20bf}'
        | '\u{2100}'..='\u{2bff}' | '\u{2e80}'..='\u{312f}' | '\u{31f0}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{ff01}'..='\u{ffe6}')
}
