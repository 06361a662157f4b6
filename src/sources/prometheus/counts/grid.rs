//! The ends of the buckets that are asked for, and where an answer's samples belong among them.

use crate::{
    domain::{Time, slo::BucketSpan, source::SourceError},
    sources::prometheus::Series,
};

/// Most buckets of one call: a span without reason is a defect, not a download.
const BUCKETS_MAX: i64 = 100_000;
/// The label that tells the halves of the batch apart.
pub(super) const KEY: &str = "wf";

/// The ends of the buckets that lie in the past, all multiples of `step`; Unix seconds.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) step: i64,
}

impl Grid {
    pub(super) fn new(span: BucketSpan, now: Time) -> Result<Self, SourceError> {
        let step = span.step;
        if step < 1 {
            return Err(SourceError::rejected("a bucket is at least one second long"));
        }
        let (from, to) = (span.from.max(0), span.to.min(now.timestamp()).max(0));
        let grid = Self { first: (from / step).saturating_add(1).saturating_mul(step), last: to / step * step, step };
        if grid.len() > BUCKETS_MAX {
            return Err(SourceError::rejected(format!("{} buckets are too many for one call", grid.len())));
        }
        Ok(grid)
    }

    pub(super) fn len(self) -> i64 {
        if self.last < self.first { 0 } else { (self.last - self.first) / self.step + 1 }
    }

    /// Which bucket ends at this moment.
    pub(super) fn index(self, at: f64) -> Option<usize> {
        let offset = (at.round() as i64).checked_sub(self.first)?;
        let on_grid = offset >= 0 && offset % self.step == 0 && offset / self.step < self.len();
        if on_grid { usize::try_from(offset / self.step).ok() } else { None }
    }
}

/// The two halves of one SLO, a cell a bucket.
#[derive(Clone)]
pub(super) struct Table {
    pub(super) counted: Vec<Option<f64>>,
    pub(super) total: Vec<Option<f64>>,
}

impl Table {
    pub(super) fn new(grid: Grid) -> Self {
        let empty = vec![None; usize::try_from(grid.len()).unwrap_or(0)];
        Self { counted: empty.clone(), total: empty }
    }
}

pub(super) fn fill(tables: &mut [Table], grid: Grid, series: &Series) {
    let Some((index, half)) = series.labels.value(KEY).split_once('.') else { return };
    let Some(table) = index.parse().ok().and_then(|i: usize| tables.get_mut(i)) else { return };
    let cells = if half == "c" { &mut table.counted } else { &mut table.total };
    for &(at, value) in &series.points {
        if let Some(cell) = grid.index(at).and_then(|i| cells.get_mut(i)) {
            *cell = Some(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_holds_the_multiples_of_the_step_in_the_past() {
        let at = |seconds| Time::from_timestamp(seconds, 0).unwrap();
        let grid =
            |from, to, now| Grid::new(BucketSpan { from, to, step: 300 }, at(now)).map(|g| (g.first, g.last, g.len()));
        assert_eq!(grid(600, 1200, 5_000), Ok((900, 1200, 2)));
        assert_eq!(grid(601, 1199, 5_000), Ok((900, 900, 1)));
        assert_eq!(grid(600, 9_000, 1_000), Ok((900, 900, 1)));
        assert_eq!(grid(600, 700, 5_000).unwrap().2, 0);
        assert_eq!(grid(i64::MAX, i64::MAX, 5_000).unwrap().2, 0);
        assert!(grid(0, i64::MAX, 300 * 200_000).is_err());
        assert!(Grid::new(BucketSpan { from: 0, to: 1, step: 0 }, at(5)).is_err());
    }

    #[test]
    fn a_sample_off_the_grid_is_no_bucket() {
        let grid = Grid { first: 900, last: 1200, step: 300 };
        assert_eq!(grid.index(900.0), Some(0));
        assert_eq!(grid.index(1200.0004), Some(1));
        for wrong in [600.0, 901.0, 1500.0, 1e300, -1e300] {
            assert_eq!(grid.index(wrong), None, "{wrong}");
        }
    }
}
