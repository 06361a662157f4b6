//! Where the counts of one step lie: an unbroken row of cells, 24 bytes each, so that a month of hours is some kilobytes.
//!
//! Values are kept as they were counted and not as prefix sums: where everything fails, `bad` and `total` are the same
//! numbers and must stay so, which differences of sums do not. Knows no objective and no clock.

use super::series::Sums;

/// Most cells kept: a bucket far off the others is a defect, not a download.
const MOST: i64 = 100_000;

/// What is known of a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asked {
    #[default]
    Never,
    /// Answered, perhaps too early to be final.
    Early,
    /// Answered, and it will not change any more.
    Settled,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// Not a number where the series was absent.
    bad: f64,
    total: f64,
    pub asked: Asked,
}

const NOTHING: Cell = Cell { bad: f64::NAN, total: f64::NAN, asked: Asked::Never };

impl Cell {
    /// Counts that may be used: finite, not negative.
    pub fn new(bad: Option<f64>, total: Option<f64>, asked: Asked) -> Self {
        Self { bad: bad.unwrap_or(f64::NAN), total: total.unwrap_or(f64::NAN), asked }
    }

    pub fn bad(self) -> Option<f64> {
        (!self.bad.is_nan()).then_some(self.bad)
    }

    pub fn total(self) -> Option<f64> {
        (!self.total.is_nan()).then_some(self.total)
    }
}

/// What is absent equals what is absent.
impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        (self.bad(), self.total(), self.asked) == (other.bad(), other.total(), other.asked)
    }
}

/// A row of cells; the place of a cell is its end divided by the step.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cells {
    first: i64,
    row: Vec<Cell>,
}

impl Cells {
    pub fn is_empty(&self) -> bool {
        self.row.is_empty()
    }

    /// The place of the oldest cell.
    pub fn first(&self) -> i64 {
        self.first
    }

    pub fn all(&self) -> &[Cell] {
        &self.row
    }

    pub fn get(&self, place: i64) -> Option<Cell> {
        self.index(place).map(|i| self.row[i]).filter(|c| c.asked != Asked::Never)
    }

    pub fn put(&mut self, place: i64, cell: Cell) {
        if let Some(i) = self.index(place) {
            self.row[i] = cell;
        }
    }

    /// Makes room for the places `from..=to`; what is too old beside the newest is given up.
    pub fn widen(&mut self, from: i64, to: i64) {
        if to < from {
            return;
        }
        let (had, until) = if self.is_empty() { (from, to) } else { (self.first, self.until().max(to)) };
        let from = from.min(had).max(until.saturating_sub(MOST - 1));
        self.prune(from);
        if self.is_empty() {
            self.first = from;
        }
        let before = len(self.first - from);
        if before > 0 {
            self.row.reserve_exact(before);
            self.row.splice(0..0, std::iter::repeat_n(NOTHING, before));
            self.first = from;
        }
        let all = len(until - from + 1);
        self.row.reserve_exact(all.saturating_sub(self.row.len()));
        self.row.resize(all, NOTHING);
    }

    /// Forgets places below this one.
    pub fn prune(&mut self, before: i64) {
        let gone = len(before.saturating_sub(self.first)).min(self.row.len());
        self.row.drain(..gone);
        self.first = self.first.saturating_add(i64::try_from(gone).unwrap_or(0));
    }

    /// The cells of the places `from..=to` that there are.
    pub fn slice(&self, from: i64, to: i64) -> &[Cell] {
        let start = len(from.saturating_sub(self.first)).min(self.row.len());
        let end = len(to.saturating_add(1).saturating_sub(self.first)).min(self.row.len());
        self.row.get(start..end).unwrap_or_default()
    }

    /// Rewrites the counts of every cell that was counted; `change` gets its place, bad and total.
    pub fn change(&mut self, change: impl Fn(i64, f64, f64) -> (f64, f64)) {
        for (place, cell) in (self.first..).zip(&mut self.row) {
            if let Some(total) = cell.total() {
                let (bad, total) = change(place, cell.bad().unwrap_or(0.0), total);
                *cell = Cell { bad, total, ..*cell };
            }
        }
    }

    fn until(&self) -> i64 {
        self.first + i64::try_from(self.row.len()).unwrap_or(0) - 1
    }

    fn index(&self, place: i64) -> Option<usize> {
        let i = usize::try_from(place.checked_sub(self.first)?).ok()?;
        (i < self.row.len()).then_some(i)
    }
}

/// Sum over cells of `step` seconds each.
pub(super) fn sum(cells: &[Cell], step: i64) -> Sums {
    let (mut bad, mut total, mut counted) = (None, None, 0);
    for cell in cells {
        if let Some(t) = cell.total() {
            total = Some(total.unwrap_or(0.0) + t);
            bad = Some(bad.unwrap_or(0.0) + cell.bad().unwrap_or(0.0));
            counted += 1;
        } else if let Some(b) = cell.bad() {
            bad = Some(bad.unwrap_or(0.0) + b);
        }
    }
    Sums { bad, total, covered: counted * step, expected: 0 }
}

fn len(n: i64) -> usize {
    usize::try_from(n).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_at_most_twenty_four_bytes() {
        assert!(size_of::<Cell>() <= 24);
    }

    #[test]
    fn a_month_of_hours_fetched_day_by_day_takes_no_more_room_than_its_cells() {
        let mut cells = Cells::default();
        (0..30).rev().for_each(|day| cells.widen(day * 24, day * 24 + 23));
        (720..744).for_each(|place| cells.widen(place, place));
        cells.prune(24);
        assert_eq!(cells.all().len(), 720);
        assert!(cells.row.capacity() * size_of::<Cell>() <= 18 * 1024, "{}", cells.row.capacity());
    }

    #[test]
    fn cells_are_added_on_both_sides_and_a_far_one_pushes_out_the_oldest() {
        let cell = |n| Cell::new(None, Some(n), Asked::Settled);
        let mut cells = Cells::default();
        cells.widen(10, 12);
        cells.put(11, cell(1.0));
        cells.widen(5, 6);
        cells.put(5, cell(2.0));
        assert_eq!((cells.first(), cells.all().len()), (5, 8));
        assert_eq!(cells.get(11), Some(cell(1.0)));
        assert_eq!(cells.get(10), None);
        assert_eq!(sum(cells.slice(i64::MIN, i64::MAX), 60).total, Some(3.0));
        cells.widen(MOST + 8, MOST + 9);
        assert_eq!((cells.get(5), cells.get(11)), (None, Some(cell(1.0))));
        cells.widen(i64::MAX - 1, i64::MAX - 1);
        assert_eq!(cells.all().len(), 100_000);
        cells.prune(i64::MAX);
        assert!(cells.is_empty());
    }
}
