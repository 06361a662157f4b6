//! Counts laid out over an axis of time: what a graph draws. Sums are divided last, ratios are never averaged, and a
//! stretch that was not counted stays a gap. Knows no screen: a column is a stretch of time.

use super::{
    Objective,
    budget::budget,
    history::{History, Piece},
    series::Sums,
};

/// Equal columns over `[from, to]`, Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    pub from: i64,
    pub to: i64,
    /// Above 0.
    pub columns: usize,
}

impl Axis {
    pub fn new(from: i64, to: i64, columns: usize) -> Self {
        Self { from, to: to.max(from.saturating_add(1)), columns: columns.max(1) }
    }

    pub fn length(&self) -> i64 {
        self.to - self.from
    }

    /// Where the i-th column begins; that of `columns` is the end.
    pub fn edge(&self, i: usize) -> i64 {
        let share = i128::from(self.length()) * i as i128 / self.columns as i128;
        self.from + i64::try_from(share).unwrap_or(0)
    }

    /// The column that holds a moment: `(edge(i), edge(i + 1)]`, the first one with its beginning.
    pub fn column(&self, at: i64) -> Option<usize> {
        if !(self.from..=self.to).contains(&at) {
            return None;
        }
        let share = (i128::from(at - self.from) * self.columns as i128 - 1).max(0) / i128::from(self.length());
        usize::try_from(share).ok().map(|i| i.min(self.columns - 1))
    }
}

/// What was counted in each column: a bucket over several of them is shared out evenly.
pub fn columns(history: &History, head: i64, axis: Axis) -> Vec<Sums> {
    let mut out = vec![Sums::default(); axis.columns];
    for piece in stretches(history, head, axis) {
        let begin = piece.end - piece.sums.expected;
        let (from, to) = (begin.max(axis.from), piece.end.min(axis.to));
        let (Some(first), Some(last)) = (axis.column(from + 1), axis.column(to)) else { continue };
        for (i, sums) in out.iter_mut().enumerate().take(last + 1).skip(first) {
            let overlap = to.min(axis.edge(i + 1)) - from.max(axis.edge(i));
            *sums = sums.and(part(piece, overlap));
        }
    }
    out
}

/// The share of a stretch that `seconds` of it hold.
#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
fn part(piece: Piece, seconds: i64) -> Sums {
    let whole = piece.sums.expected.max(1);
    if seconds >= whole {
        return piece.sums;
    }
    let seconds = seconds.max(0);
    let share = seconds as f64 / whole as f64;
    let covered = if piece.sums.covered > 0 { seconds } else { 0 };
    let of = |count: Option<f64>| count.map(|c| c * share);
    Sums { bad: of(piece.sums.bad), total: of(piece.sums.total), covered, expected: seconds }
}

fn stretches(history: &History, head: i64, axis: Axis) -> Vec<Piece> {
    let mut pieces = history.pieces(head, (head - axis.from).max(0));
    pieces.retain(|p| p.end > axis.from && p.end - p.sums.expected < axis.to);
    pieces
}

/// The burn rate over the last `back` seconds at the end of each bucket on the axis; `None` where nothing was counted.
/// Where only hours are kept, a shorter look back reads its hour.
pub fn burn_curve(
    history: &History,
    objective: &Objective,
    head: i64,
    axis: Axis,
    back: i64,
) -> Vec<(i64, Option<f64>)> {
    let earlier = Axis { from: axis.from - back, ..axis };
    let pieces = stretches(history, head, earlier);
    let mut sums = Rolling::default();
    let mut first = 0;
    let mut curve = Vec::with_capacity(pieces.len());
    for (i, piece) in pieces.iter().enumerate() {
        sums.add(piece.sums, 1.0);
        while first < i && pieces[first].end <= piece.end - back {
            sums.add(pieces[first].sums, -1.0);
            first += 1;
        }
        if piece.end > axis.from && piece.end <= axis.to {
            let rate = sums.total().and_then(|(bad, total)| budget(objective, Some(total), Some(bad)).burn);
            curve.push((piece.end, rate));
        }
    }
    curve
}

/// A sum that things enter and leave.
#[derive(Default)]
struct Rolling {
    bad: f64,
    total: f64,
    known: i64,
}

impl Rolling {
    fn add(&mut self, sums: Sums, sign: f64) {
        let Some(total) = sums.total else { return };
        self.bad += sign * sums.bad.unwrap_or(0.0);
        self.total += sign * total;
        self.known += if sign > 0.0 { 1 } else { -1 };
    }

    /// What is left of a difference may be a rounding error below zero.
    fn total(&self) -> Option<(f64, f64)> {
        let total = self.total.max(0.0);
        (self.known > 0).then(|| (self.bad.clamp(0.0, total), total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::slo::{Bucket, BucketSpan};

    const HOUR: i64 = 3_600;
    const HEAD: i64 = 1_000 * HOUR;

    /// Ten bad of a hundred in each hour but the one that ends at `gap`.
    fn history(gap: i64) -> History {
        let mut history = History::default();
        let hour = |end: i64| (end != gap).then_some(Bucket { end, bad: Some(10.0), total: Some(100.0) });
        let ends = (1..=100).map(|k| HEAD - k * HOUR + HOUR);
        history.answer(BucketSpan { from: HEAD - 100 * HOUR, to: HEAD, step: HOUR }, ends.filter_map(hour));
        history
    }

    #[test]
    fn columns_sum_to_what_was_counted_whatever_their_number() {
        let history = history(0);
        for n in [1, 7, 40, 100, 333] {
            let axis = Axis::new(HEAD - 100 * HOUR, HEAD, n);
            let all = columns(&history, HEAD, axis).into_iter().fold(Sums::default(), Sums::and);
            assert!((all.total.unwrap() - 10_000.0).abs() < 1e-6, "{n}: {all:?}");
            assert_eq!(all.expected, 100 * HOUR, "{n}");
        }
    }

    #[test]
    fn an_hour_that_was_not_counted_is_a_gap_of_its_own_width() {
        let gap = HEAD - 50 * HOUR;
        let columns = columns(&history(gap), HEAD, Axis::new(HEAD - 100 * HOUR, HEAD, 200));
        let gaps: Vec<usize> = (0..200).filter(|i| columns[*i].total.is_none()).collect();
        assert_eq!(gaps, [98, 99]);
    }

    #[test]
    fn the_burn_rate_looks_back_over_what_is_there() {
        let objective = Objective::percent("99").unwrap();
        let axis = Axis::new(HEAD - 90 * HOUR, HEAD, 10);
        let curve = burn_curve(&history(HEAD), &objective, HEAD, axis, 6 * HOUR);
        assert_eq!(curve.len(), 90);
        assert!(curve.iter().all(|(_, b)| (b.unwrap() - 10.0).abs() < 1e-9));
    }

    #[test]
    fn a_moment_lies_in_one_column() {
        let axis = Axis::new(100, 200, 10);
        assert_eq!(
            [99, 100, 101, 110, 111, 200, 201].map(|t| axis.column(t)),
            [None, Some(0), Some(0), Some(0), Some(1), Some(9), None]
        );
    }
}
