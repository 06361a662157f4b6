//! Rows that moved up or down together: a terminal that is told so needs a tenth of the bytes.
//!
//! It knows cells alone; what a list or a pane is, it does not.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher},
};

use ratatui::buffer::Cell;

use super::picture::{Picture, is_erased};

/// A region of rows, both ends in it, that scrolls up by so many rows, or down where that is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    pub top: usize,
    pub bottom: usize,
    pub by: isize,
}

/// Columns whose text is looked for in other rows.
const CHUNK: usize = 16;
/// How many distances are looked at closely.
const CLOSELY: usize = 3;
/// Below this nothing is saved: about the bytes of the sequences.
const WORTH: isize = 32;
/// What the start of a run of changed cells costs: a move and a style.
const RUN: isize = 8;

/// The shift that saves most, where one does.
pub(super) fn find(shown: &Picture, next: &Picture) -> Option<Shift> {
    let still: Vec<isize> = (0..next.height).map(|y| cost(next.row(y), shown.row(y))).collect();
    if still.iter().sum::<isize>() < WORTH {
        return None;
    }
    let best = distances(shown, next, &still).into_iter().filter_map(|by| region(shown, next, by, &still));
    best.max_by_key(|(saved, _)| *saved).filter(|(saved, _)| *saved > WORTH).map(|(_, shift)| shift)
}

/// About the bytes that make one row of another.
fn cost(to: &[Cell], from: &[Cell]) -> isize {
    let (mut cost, mut running) = (0, false);
    for (a, b) in to.iter().zip(from) {
        let differs = a != b;
        cost += if differs { if running { 1 } else { RUN } } else { 0 };
        running = differs;
    }
    cost
}

fn from_nothing(row: &[Cell]) -> isize {
    let letters = row.iter().filter(|c| !is_erased(c)).count();
    isize::try_from(letters).unwrap_or(0)
}

/// How far text has moved, the likeliest first.
fn distances(shown: &Picture, next: &Picture, still: &[isize]) -> Vec<isize> {
    let hasher = foldhash::fast::FixedState::default();
    let mut places: HashMap<(usize, u64), Vec<usize>, _> = HashMap::with_hasher(foldhash::fast::FixedState::default());
    for y in 0..shown.height {
        for key in chunks(shown.row(y), &hasher) {
            places.entry(key).or_default().push(y);
        }
    }
    let mut votes: HashMap<isize, usize, _> = HashMap::with_hasher(foldhash::fast::FixedState::default());
    for y in (0..next.height).filter(|y| still[*y] > 0) {
        for key in chunks(next.row(y), &hasher) {
            // What stands in many rows tells nothing of where it came from.
            let from = places.get(&key).filter(|from| from.len() <= 4 && !from.contains(&y));
            from.into_iter()
                .flatten()
                .for_each(|from| *votes.entry(from.cast_signed() - y.cast_signed()).or_default() += 1);
        }
    }
    let mut votes: Vec<(usize, isize)> = votes.into_iter().map(|(by, n)| (n, by)).collect();
    votes.sort_unstable_by(|a, b| b.cmp(a));
    votes.into_iter().take(CLOSELY).map(|(_, by)| by).collect()
}

/// The texts of a row piece by piece; blank pieces are left out.
fn chunks(row: &[Cell], hasher: &impl BuildHasher) -> impl Iterator<Item = (usize, u64)> {
    row.chunks(CHUNK).enumerate().filter(|(_, cells)| cells.iter().any(|c| !is_erased(c))).map(|(i, cells)| {
        let mut hash = hasher.build_hasher();
        cells.iter().for_each(|c| hash.write(c.symbol().as_bytes()));
        (i, hash.finish())
    })
}

/// The rows that are best taken from so far away, and what that saves.
fn region(shown: &Picture, next: &Picture, by: isize, still: &[isize]) -> Option<(isize, Shift)> {
    let height = next.height;
    let gain = |y: usize| {
        let from = y.checked_add_signed(by).filter(|from| *from < height)?;
        Some(still[y] - cost(next.row(y), shown.row(from)))
    };
    let (mut best, mut run) = (None, (0_isize, 0_usize));
    for y in 0..height {
        let Some(gain) = gain(y) else {
            run = (0, y + 1);
            continue;
        };
        run.0 += gain;
        if run.0 <= 0 {
            run = (0, y + 1);
        } else if best.is_none_or(|(saved, _, _)| run.0 > saved) {
            best = Some((run.0, run.1, y));
        }
    }
    let (saved, first, last) = best?;
    let n = by.unsigned_abs();
    let (top, bottom, bare) =
        if by > 0 { (first, last + n, last + 1..last + n + 1) } else { (first - n, last, first - n..first) };
    // Rows that come in blank, whatever they were.
    let lost: isize = bare.map(|y| from_nothing(next.row(y)) - still[y]).sum();
    Some((saved - lost, Shift { top, bottom, by }))
}

#[cfg(test)]
mod tests {
    use ratatui::{buffer::Buffer, layout::Rect};

    use super::*;

    fn picture(rows: &[String]) -> Picture {
        let width = rows.iter().map(String::len).max().unwrap();
        let mut frame = Buffer::empty(Rect::new(0, 0, width.try_into().unwrap(), rows.len().try_into().unwrap()));
        for (y, row) in rows.iter().enumerate() {
            frame.set_string(0, y.try_into().unwrap(), row, ratatui::style::Style::new());
        }
        let mut picture = Picture::default();
        picture.read(&frame);
        picture
    }

    fn list(from: usize) -> Vec<String> {
        let rows = (from..from + 18).map(|i| format!("alert {:>12} of instance {:>20}", i * 7919, i * 104_729));
        std::iter::once("the header".to_owned()).chain(rows).chain(["the footer".to_owned()]).collect()
    }

    #[test]
    fn a_list_that_goes_on_by_one_is_seen_between_what_stays() {
        let shift = find(&picture(&list(0)), &picture(&list(1)));
        assert_eq!(shift, Some(Shift { top: 1, bottom: 18, by: 1 }));
        let shift = find(&picture(&list(3)), &picture(&list(0)));
        assert_eq!(shift, Some(Shift { top: 1, bottom: 18, by: -3 }));
    }

    #[test]
    fn what_stays_and_what_is_new_is_no_shift() {
        assert_eq!(find(&picture(&list(0)), &picture(&list(0))), None);
        assert_eq!(find(&picture(&list(0)), &picture(&list(400))), None);
    }
}
