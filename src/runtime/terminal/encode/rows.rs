//! One row into another: only the cells that differ, blanks erased where that is shorter.

use ratatui::{buffer::Cell, style::Color};

use super::{
    pen::Pen,
    picture::{columns, is_erased, spill},
};

/// From so many blanks on a sequence is shorter: to the end of the row, and with a way to go on.
const REST: usize = 4;
const GAP: usize = 12;

/// Writes what differs between a row that is shown and the one that shall be.
pub(super) fn write(pen: &mut Pen, y: usize, next: &[Cell], shown: &[Cell]) {
    let width = next.len();
    // Some terminals draw a character over its neighbours: then they are written again.
    let mut spoilt = 0;
    let mut x = 0;
    while x < width {
        let columns = columns(&next[x]).max(1);
        let differs = x < spoilt || next[x..x + columns] != shown[x..x + columns];
        if !differs {
            x += columns;
            continue;
        }
        pen.go_over(x, y, next);
        let blanks = blanks(pen, &next[x..], &shown[x..]);
        match blanks {
            Blanks::Rest => return pen.erase_rest(&next[x]),
            Blanks::Some(n) => {
                pen.erase(&next[x], n);
                x += n;
            }
            Blanks::Few => {
                pen.put(&next[x], width);
                spoilt = spill(&next[x]).map_or(spoilt, |more| x + columns + more);
                x += columns;
            }
        }
    }
}

enum Blanks {
    /// From here to the end of the row.
    Rest,
    /// So many, of which the last one differs.
    Some(usize),
    Few,
}

/// Blanks of one ground from here on that are worth a sequence.
fn blanks(pen: &Pen, next: &[Cell], shown: &[Cell]) -> Blanks {
    let ground = next[0].bg;
    if ground != Color::Reset && !pen.dialect.erase_in_colour {
        return Blanks::Few;
    }
    let run = next.iter().take_while(|c| is_erased(c) && c.bg == ground).count();
    let Some(last) = (0..run).rfind(|i| next[*i] != shown[*i]) else { return Blanks::Few };
    if run == next.len() && last + 1 >= REST {
        Blanks::Rest
    } else if last + 1 >= GAP && pen.dialect.erase_cells {
        Blanks::Some(last + 1)
    } else {
        Blanks::Few
    }
}
