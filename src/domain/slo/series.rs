//! Counts of one SLO in aligned buckets of one length: kept, summed, and what of them still has to be fetched.
//!
//! Ratios are never kept, only counts. Knows neither objectives nor who fetches.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Bucket, BucketSpan,
    budget::count,
    cells::{self, Asked, Cell, Cells},
};

const DAY: i64 = 86_400;
/// Closed buckets that are fetched again, for late scrapes and late rules.
const REFETCHED: i64 = 2;

/// Increase of a counter over its samples, oldest first: a reset adds the new value; no extrapolation.
/// Samples that are not finite are gaps and skipped. `None` where fewer than two remain.
pub fn increase(samples: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut known = samples.into_iter().filter(|v| v.is_finite());
    let mut last = known.next()?;
    let mut sum = None;
    for value in known {
        let step = if value < last { value } else { value - last };
        sum = Some(sum.unwrap_or(0.0) + step.max(0.0));
        last = value;
    }
    sum
}

/// Sums over a span. `bad` is 0, not `None`, as soon as something was counted (the error series is born on failure).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    pub bad: Option<f64>,
    pub total: Option<f64>,
    /// Seconds that were counted.
    pub covered: i64,
    /// Seconds of the span.
    pub expected: i64,
}

impl Sums {
    /// In [0, 1]; `None` for an empty span.
    #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
    pub fn coverage(&self) -> Option<f64> {
        (self.expected > 0).then(|| self.covered as f64 / self.expected as f64)
    }

    pub fn and(self, other: Self) -> Self {
        Self {
            bad: add(self.bad, other.bad),
            total: add(self.total, other.total),
            covered: self.covered + other.covered,
            expected: self.expected + other.expected,
        }
    }
}

fn add(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (one, other) => one.or(other),
    }
}

/// Buckets of one SLO and one step. Only closed ones: an open bucket cannot be evaluated at its end, and a part of one
/// reads as an outage or a recovery.
#[derive(Clone, Debug, PartialEq)]
pub struct Buckets {
    step: i64,
    /// The newest end ever answered: no clock is needed to know that an older bucket has settled.
    latest: i64,
    cells: Cells,
}

impl Buckets {
    /// `step` in seconds, above 0.
    pub fn new(step: i64) -> Self {
        Self { step: step.max(1), latest: i64::MIN, cells: Cells::default() }
    }

    pub fn step(&self) -> i64 {
        self.step
    }

    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// End of the newest bucket that is closed at `now` (Unix seconds).
    pub fn closed(&self, now: i64) -> i64 {
        now.div_euclid(self.step) * self.step
    }

    /// Takes what was fetched; it replaces what was known. Call it in the order of the requests.
    /// Ends off the grid are dropped, counts that are not finite are absent, negative ones are 0.
    pub fn merge(&mut self, fetched: impl IntoIterator<Item = Bucket>) {
        let step = self.step;
        let fetched: Vec<Bucket> = fetched.into_iter().filter(|b| b.end.rem_euclid(step) == 0).collect();
        let ends = fetched.iter().map(|b| b.end);
        if let Some((from, to)) = ends.clone().min().zip(ends.max()) {
            self.latest = self.latest.max(to);
            self.cells.widen(from / step, to / step);
        }
        for bucket in fetched {
            self.put(bucket);
        }
    }

    /// As [`Buckets::merge`], for the whole answer to a span: what it leaves out was asked for and is absent, and what
    /// was not asked for is left alone.
    pub fn answer(&mut self, span: BucketSpan, fetched: impl IntoIterator<Item = Bucket>) {
        let absent = self.ends(span).map(|end| (end, Bucket { end, bad: None, total: None }));
        let mut all: BTreeMap<i64, Bucket> = absent.collect();
        let asked = fetched.into_iter().filter(|b| (span.from + 1..=span.to).contains(&b.end));
        all.extend(asked.map(|b| (b.end, b)));
        self.merge(all.into_values());
    }

    fn put(&mut self, bucket: Bucket) {
        let settled = self.latest >= bucket.end.saturating_add(REFETCHED * self.step);
        let asked = if settled { Asked::Settled } else { Asked::Early };
        self.cells.put(bucket.end / self.step, Cell::new(count(bucket.bad), count(bucket.total), asked));
    }

    /// Forgets buckets that ended at or before `before` (Unix seconds).
    pub fn prune(&mut self, before: i64) {
        self.cells.prune(before.div_euclid(self.step).saturating_add(1));
    }

    /// Whether the bucket with this end was counted.
    pub fn covers(&self, end: i64) -> bool {
        end.rem_euclid(self.step) == 0 && self.cells.get(end / self.step).is_some_and(|c| c.total().is_some())
    }

    /// One bucket; nothing known is nothing counted.
    pub fn at(&self, end: i64) -> Sums {
        self.sum(end - self.step, end)
    }

    /// Sum over the buckets that end in `(from, to]`.
    pub fn sum(&self, from: i64, to: i64) -> Sums {
        if to <= from {
            return Sums::default();
        }
        let (before, last) = (from.div_euclid(self.step), to.div_euclid(self.step));
        let sums = cells::sum(self.cells.slice(before.saturating_add(1), last), self.step);
        Sums { expected: (last - before) * self.step, ..sums }
    }

    /// Rewrites every bucket that was counted; `change` gets its start, its end, bad and total.
    pub(super) fn change(&mut self, change: impl Fn(i64, i64, f64, f64) -> (f64, f64)) {
        let step = self.step;
        self.cells.change(|place, bad, total| change((place - 1) * step, place * step, bad, total));
    }

    /// The closed buckets that are always fetched again.
    pub fn tail(&self, now: i64) -> BucketSpan {
        let to = self.closed(now);
        BucketSpan { from: to - REFETCHED * self.step, to, step: self.step }
    }

    /// What of a span was never fetched, or too early to be final: newest first, in chunks that keep within one day
    /// (UTC), so that a dear history comes in cheap pieces and a server's cache can serve them.
    pub fn missing(&self, span: BucketSpan) -> Vec<BucketSpan> {
        let mut chunks: Vec<BucketSpan> = Vec::new();
        let settled = |end: &i64| self.cells.get(end / self.step).is_some_and(|c| c.asked == Asked::Settled);
        for end in self.ends(span).rev().filter(|end| !settled(end)) {
            let from = end - self.step;
            match chunks.last_mut() {
                Some(chunk) if chunk.from == end && end.rem_euclid(DAY) != 0 => chunk.from = from,
                _ => chunks.push(BucketSpan { from, to: end, step: self.step }),
            }
        }
        chunks
    }

    /// Ends of our buckets in a span, oldest first.
    fn ends(&self, span: BucketSpan) -> impl DoubleEndedIterator<Item = i64> + use<> {
        let step = self.step;
        let first = span.from.div_euclid(step) + 1;
        (first..=span.to.div_euclid(step)).map(move |k| k * step)
    }

    /// Everything known, to be kept somewhere.
    pub fn export(&self) -> Kept {
        let cells = self.cells.all();
        Kept {
            step: self.step,
            latest: self.latest,
            first: self.cells.first().saturating_mul(self.step),
            bad: cells.iter().map(|c| c.bad()).collect(),
            total: cells.iter().map(|c| c.total()).collect(),
            asked: cells.iter().map(|c| c.asked as u8).collect(),
        }
    }

    /// Takes back what was kept, in place of what is known. Of what is broken or of another step nothing is taken.
    pub fn import(&mut self, kept: &Kept) {
        let whole = kept.bad.len() == kept.total.len() && kept.total.len() == kept.asked.len();
        let on_grid = kept.step == self.step && kept.first.rem_euclid(self.step) == 0;
        let n = i64::try_from(kept.asked.len()).unwrap_or(0);
        let first = kept.first / self.step;
        let Some(last) = first.checked_add(n - 1).filter(|_| whole && on_grid && n > 0) else { return };
        // Nothing newer than its cells was ever answered: else late counts would be taken for final.
        *self = Self { latest: kept.latest.min(last.saturating_mul(self.step)), ..Self::new(self.step) };
        self.cells.widen(first, last);
        for (i, place) in (first..=last).enumerate() {
            let asked = match kept.asked[i] {
                0 => Asked::Never,
                2 => Asked::Settled,
                _ => Asked::Early,
            };
            self.cells.put(place, Cell::new(count(kept.bad[i]), count(kept.total[i]), asked));
        }
    }
}

/// Buckets as they are kept on a disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Seconds.
    pub step: i64,
    /// The newest end ever answered.
    pub latest: i64,
    /// The end of the first bucket; the others follow without a gap.
    pub first: i64,
    pub bad: Vec<Option<f64>>,
    pub total: Vec<Option<f64>>,
    /// 0 = never asked for, 1 = asked too early to be final, 2 = final.
    pub asked: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(end: i64, bad: f64, total: f64) -> Bucket {
        Bucket { end, bad: Some(bad), total: Some(total) }
    }

    #[test]
    fn a_reset_adds_the_new_value_and_a_gap_is_skipped() {
        assert_eq!(increase([100.0, 160.0, f64::NAN, 220.0, 10.0, 70.0]), Some(190.0));
        assert_eq!(increase([5.0]), None);
        assert_eq!(increase([5.0, 5.0]), Some(0.0));
    }

    #[test]
    fn an_absent_error_series_is_no_errors_and_an_absent_total_is_a_gap() {
        let mut b = Buckets::new(60);
        b.merge(vec![Bucket { end: 60, bad: None, total: Some(10.0) }, Bucket { end: 120, bad: None, total: None }]);
        b.merge(vec![bucket(180, f64::NAN, 5.0), bucket(240, -3.0, 5.0), bucket(61, 9.0, 9.0)]);
        let sums = b.sum(0, 300);
        assert_eq!(sums, Sums { bad: Some(0.0), total: Some(20.0), covered: 180, expected: 300 });
        assert_eq!(b.sum(60, 120).total, None);
        assert_eq!(b.sum(300, 0), Sums::default());
    }

    #[test]
    fn a_bucket_is_fetched_again_until_it_is_two_buckets_old() {
        let mut b = Buckets::new(300);
        let span = |to| BucketSpan { from: 0, to, step: 300 };
        b.merge(vec![bucket(300, 0.0, 1.0), bucket(600, 0.0, 1.0), bucket(900, 0.0, 1.0)]);
        assert_eq!(b.missing(span(900)), [BucketSpan { from: 300, to: 900, step: 300 }]);
        assert_eq!(b.tail(1_000), BucketSpan { from: 300, to: 900, step: 300 });
        b.merge(vec![bucket(600, 2.0, 2.0), bucket(900, 0.0, 2.0), bucket(1_200, 0.0, 1.0)]);
        assert_eq!(b.missing(span(1_200)), [BucketSpan { from: 600, to: 1_200, step: 300 }]);
        assert_eq!(b.sum(300, 600).bad, Some(2.0));
    }

    #[test]
    fn what_an_answer_leaves_out_is_absent_and_not_asked_for_for_ever() {
        let mut b = Buckets::new(3_600);
        let span = BucketSpan { from: 0, to: 36_000, step: 3_600 };
        b.answer(span, vec![bucket(36_000, 0.0, 1.0), bucket(3_600_000, 9.0, 9.0)]);
        assert_eq!(b.missing(span), [BucketSpan { from: 28_800, to: 36_000, step: 3_600 }]);
        assert_eq!(b.sum(0, 36_000).covered, 3_600);
    }

    #[test]
    fn a_cold_start_fetches_the_newest_day_first_in_chunks_of_a_day() {
        let b = Buckets::new(3_600);
        let chunks = b.missing(BucketSpan { from: DAY / 2, to: 3 * DAY + 7_200, step: 3_600 });
        let edges: Vec<_> = chunks.iter().map(|c| (c.from, c.to)).collect();
        assert_eq!(edges, [(3 * DAY, 3 * DAY + 7_200), (2 * DAY, 3 * DAY), (DAY, 2 * DAY), (DAY / 2, DAY)]);
    }

    #[test]
    fn pruning_forgets_what_ended_before() {
        let mut b = Buckets::new(60);
        b.merge((1..=5).map(|k| bucket(k * 60, 1.0, 2.0)));
        b.prune(180);
        assert_eq!(b.sum(0, 300).total, Some(4.0));
    }

    #[test]
    fn what_was_kept_comes_back_and_what_is_broken_does_not() {
        let mut b = Buckets::new(60);
        b.merge([bucket(60, 1.0, 2.0), bucket(240, 0.0, 5.0), Bucket { end: 300, bad: None, total: None }]);
        let kept = b.export();
        let taken = |kept: &Kept| {
            let mut b = Buckets::new(60);
            b.import(kept);
            b
        };
        assert_eq!(taken(&kept), b);
        assert_eq!(taken(&Kept { latest: i64::MAX, ..kept.clone() }), b);
        assert_eq!(taken(&kept).missing(BucketSpan { from: 0, to: 300, step: 60 }).len(), 1);
        for broken in [
            Kept { step: 61, ..kept.clone() },
            Kept { first: 61, ..kept.clone() },
            Kept { bad: Vec::new(), ..kept.clone() },
            Kept { first: i64::MAX / 60 * 60, ..kept.clone() },
        ] {
            assert!(taken(&broken).sum(0, 300).total.is_none(), "{broken:?}");
        }
        assert_eq!(taken(&Kept { total: vec![Some(f64::NAN); 5], ..kept }).sum(0, 300).total, None);
    }
}
