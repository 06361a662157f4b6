//! Lines in dots, two by four a cell, drawn in braille, in blocks or in one sign, with gaps drawn as gaps. Every number is checked before it becomes a dot.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// A field of dots over an area of cells.
pub struct Dots {
    columns: usize,
    rows: usize,
    cells: Vec<u8>,
}

/// What the dots of a cell are drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pen {
    Braille,
    /// Quarters of a cell: two dots down share one.
    Block,
    Sign(char),
}

/// Quarters by their bits: upper left, upper right, lower left, lower right.
const QUARTERS: [char; 16] = [' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█'];

impl Pen {
    fn symbol(self, bits: u8) -> char {
        match self {
            Self::Braille => char::from_u32(0x2800 + u32::from(bits)).unwrap_or(' '),
            Self::Block => QUARTERS[quarters(bits)],
            Self::Sign(sign) => sign,
        }
    }
}

fn quarters(bits: u8) -> usize {
    let [left, right] = BITS;
    let pairs = [left[0] | left[1], right[0] | right[1], left[2] | left[3], right[2] | right[3]];
    pairs.iter().enumerate().map(|(i, pair)| usize::from(bits & pair != 0) << i).sum()
}

/// Bit of each dot of a cell, by column and row.
const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

impl Dots {
    pub fn new(area: Rect) -> Self {
        let (columns, rows) = (usize::from(area.width), usize::from(area.height));
        Self { columns, rows, cells: vec![0; columns * rows] }
    }

    /// Dots across.
    pub fn width(&self) -> usize {
        self.columns * 2
    }

    /// Dots down.
    pub fn height(&self) -> usize {
        self.rows * 4
    }

    pub fn set(&mut self, x: usize, y: usize) {
        if x < self.width() && y < self.height() {
            self.cells[(y / 4) * self.columns + x / 2] |= BITS[x % 2][y % 4];
        }
    }

    /// A polyline through one height a dot column; `None` breaks it.
    pub fn line(&mut self, heights: &[Option<usize>]) {
        let mut before: Option<usize> = None;
        for (x, y) in heights.iter().enumerate() {
            if let Some(y) = *y {
                let (low, high) = before.map_or((y, y), |b| (b.min(y), b.max(y)));
                for dot in low..=high {
                    self.set(x, dot);
                }
            }
            before = *y;
        }
    }

    /// Draws the cells that hold a dot; what lies under the others stays.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, style: Style, pen: Pen) {
        for row in 0..self.rows {
            for column in 0..self.columns {
                let bits = self.cells[row * self.columns + column];
                let (x, y) = (area.x + small(column), area.y + small(row));
                if bits == 0 || !buf.area.contains((x, y).into()) {
                    continue;
                }
                buf[(x, y)].set_char(pen.symbol(bits)).set_style(style);
            }
        }
    }
}

fn small(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

/// A value as a dot row: `top` at 0, `bottom` at the last. None where it is no number.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "clamped to the field first"
)]
pub fn row_of(value: f64, bottom: f64, top: f64, height: usize) -> Option<usize> {
    let span = top - bottom;
    if !value.is_finite() || !span.is_finite() || span <= 0.0 || height == 0 {
        return None;
    }
    let share = ((top - value) / span).clamp(0.0, 1.0);
    Some((share * (height - 1) as f64).round() as usize)
}

/// A bar of eighths: `share` of `columns` cells, clamped to [0, 1]; a share that is no number draws nothing.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "clamped first"
)]
pub fn bar(share: f64, columns: usize, ascii: bool) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if !share.is_finite() {
        return String::new();
    }
    let eighths = (share.clamp(0.0, 1.0) * columns as f64 * 8.0).round() as usize;
    let (full, rest) = (eighths / 8, eighths % 8);
    if ascii {
        return "#".repeat(full + usize::from(rest >= 4));
    }
    format!("{}{}", "█".repeat(full), EIGHTHS[rest])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_breaks_a_plot() {
        for v in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e308, -1e308, 0.0, -0.0] {
            let _ = row_of(v, 0.0, 1.0, 40);
            let _ = row_of(1.0, v, 1.0, 40);
            let _ = bar(v, 10, false);
        }
        assert_eq!(row_of(1e308, 0.0, 1.0, 40), Some(0));
        assert_eq!(row_of(f64::NAN, 0.0, 1.0, 40), None);
        assert_eq!(bar(1.2, 4, false), "████");
        assert_eq!(bar(0.5, 4, true), "##");
    }

    #[test]
    fn a_pen_of_blocks_draws_the_quarter_that_holds_a_dot() {
        let drawn = |x: usize, y: usize| {
            let mut dots = Dots::new(Rect::new(0, 0, 1, 1));
            dots.set(x, y);
            Pen::Block.symbol(dots.cells[0])
        };
        assert_eq!([drawn(0, 0), drawn(0, 1), drawn(1, 0), drawn(0, 2), drawn(1, 3)], ['▘', '▘', '▝', '▖', '▗']);
        assert_eq!(Pen::Block.symbol(0xff), '█');
    }

    #[test]
    fn a_gap_is_a_gap() {
        let mut dots = Dots::new(Rect::new(0, 0, 3, 1));
        dots.line(&[Some(0), Some(0), None, None, Some(3), Some(3)]);
        assert_eq!(dots.cells, [0x01 | 0x08, 0, 0x40 | 0x80]);
    }
}
