//! Counting events in aligned buckets: many SLOs a query, a day a query, smaller where the server finds that too much.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{
    Prometheus, Series,
    measure::{self, Halves},
};
use crate::{
    domain::{
        Time,
        slo::{Bucket, BucketSpan, CountSeries, Declared, Slo, SloId, row::Recorded},
        source::SourceError,
    },
    sources::{Counts, http::Failure},
};

/// Most SLOs in one query.
const BATCH_SLOS: usize = 20;
/// Most text in one query of several SLOs, in bytes.
const BATCH_BYTES: usize = 16 * 1024;
/// Most time one query covers, in seconds.
const CHUNK: i64 = 86_400;
/// Least time one query is cut down to where the server finds it too expensive, in seconds.
const CHUNK_MIN: i64 = 3_600;
/// Most points a series of one query; servers refuse at 11,000.
const POINTS_MAX: i64 = 10_000;
/// Most buckets of one call: a span without reason is a defect, not a download.
const BUCKETS_MAX: i64 = 100_000;
/// The label that tells the halves of the batch apart.
const KEY: &str = "wf";

#[async_trait]
impl Counts for Prometheus {
    async fn declared(&self, now: Time) -> Result<Declared, SourceError> {
        if self.discovers { self.discover(now).await } else { Ok(Declared::default()) }
    }

    async fn groups(&self, of: &[Slo], now: Time) -> Result<Declared, SourceError> {
        self.split_all(of, now).await
    }

    async fn recorded(&self, wanted: &[Slo], now: Time) -> Result<Vec<(SloId, Recorded)>, SourceError> {
        self.read_recorded(wanted, now).await
    }

    async fn count(&self, wanted: &[Slo], span: BucketSpan, now: Time) -> Result<Vec<CountSeries>, SourceError> {
        let grid = Grid::new(span, now)?;
        let mut refused = None;
        let mut note = |slo: &Slo, error: SourceError| {
            tracing::warn!(slo = %slo.id, "cannot be counted: {error}");
            refused = Some(error);
        };
        let mut asks = Vec::new();
        for (place, slo) in wanted.iter().enumerate() {
            match Ask::new(place, slo, grid.step) {
                Ok(ask) => asks.push(ask),
                Err(why) => note(slo, SourceError::rejected(why)),
            }
        }
        let mut counted = BTreeMap::new();
        let mut batches = batches(asks);
        while let Some(mut batch) = batches.pop() {
            match self.count_batch(&batch, grid, now).await {
                Ok(series) => counted.extend(batch.iter().map(|a| a.place).zip(series)),
                Err(error) if !matches!(error, SourceError::Rejected { .. }) => return Err(error),
                Err(error) if batch.len() == 1 => note(batch[0].slo, error),
                // One wrong query must not hide nineteen.
                Err(_) => {
                    let half = batch.split_off(batch.len() / 2);
                    batches.extend([half, batch]);
                }
            }
        }
        match refused {
            Some(error) if counted.is_empty() => Err(error),
            _ => Ok(counted.into_values().collect()),
        }
    }
}

impl Prometheus {
    /// Newest first; a chunk that is too expensive is halved, and those after it stay as small.
    async fn count_batch(&self, batch: &[Ask<'_>], grid: Grid, now: Time) -> Result<Vec<CountSeries>, SourceError> {
        let query = batch.iter().enumerate().map(|(i, a)| a.text(i)).collect::<Vec<_>>().join(" or ");
        let mut tables = vec![Table::new(grid); batch.len()];
        let least = (CHUNK_MIN / grid.step).max(1);
        let mut points = (CHUNK / grid.step).clamp(1, POINTS_MAX);
        let mut last = grid.last;
        while last >= grid.first {
            let start = grid.first.max(last - (points - 1) * grid.step);
            match self.range(&query, (start, last), grid.step, now).await {
                Ok(answer) => {
                    answer.iter().for_each(|series| fill(&mut tables, grid, series));
                    last = start - grid.step;
                }
                Err(failure) if is_too_much(&failure) && points > least => points = (points / 2).max(least),
                Err(failure) => return Err(explain(failure)),
            }
        }
        Ok(batch.iter().zip(tables).map(|(ask, table)| ask.series(&table, grid)).collect())
    }
}

fn is_too_much(failure: &Failure) -> bool {
    matches!(failure.status, Some(422 | 503)) || failure.words.contains("too many samples")
}

fn explain(failure: Failure) -> SourceError {
    if failure.words.contains("too many samples") || failure.words.contains("timed out") {
        let why = format!("too expensive even for one hour, a recording rule would help: {}", failure.words);
        return SourceError::rejected(why);
    }
    failure.error
}

/// The ends of the buckets that lie in the past, all multiples of `step`; Unix seconds.
#[derive(Clone, Copy)]
struct Grid {
    first: i64,
    last: i64,
    step: i64,
}

impl Grid {
    fn new(span: BucketSpan, now: Time) -> Result<Self, SourceError> {
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

    fn len(self) -> i64 {
        if self.last < self.first { 0 } else { (self.last - self.first) / self.step + 1 }
    }

    /// Which bucket ends at this moment.
    fn index(self, at: f64) -> Option<usize> {
        let offset = (at.round() as i64).checked_sub(self.first)?;
        let on_grid = offset >= 0 && offset % self.step == 0 && offset / self.step < self.len();
        if on_grid { usize::try_from(offset / self.step).ok() } else { None }
    }
}

/// One SLO's two queries, ready to be asked.
struct Ask<'a> {
    place: usize,
    slo: &'a Slo,
    halves: Halves,
}

impl<'a> Ask<'a> {
    fn new(place: usize, slo: &'a Slo, step: i64) -> Result<Self, String> {
        Ok(Self { place, slo, halves: measure::halves(slo, step)? })
    }

    fn text(&self, index: usize) -> String {
        let half = |query: &str, which| format!(r#"label_replace(sum({query}), "{KEY}", "{index}.{which}", "", "")"#);
        format!("{} or {}", half(&self.halves.counted, 'c'), half(&self.halves.total, 't'))
    }

    /// An absent half stays absent: what that means is not this room's to say.
    fn series(&self, table: &Table, grid: Grid) -> CountSeries {
        let ends = (grid.first..=grid.last).step_by(usize::try_from(grid.step).unwrap_or(1));
        let rows = table.counted.iter().zip(&table.total);
        let buckets = ends.zip(rows).map(|(end, (&counted, &total))| {
            let bad = match self.halves.is_good {
                false => counted,
                true => counted.zip(total).map(|(good, total)| total - good),
            };
            Bucket { end, bad: bad.map(|b| b.max(0.0)), total: total.map(|t| t.max(0.0)) }
        });
        CountSeries { slo: self.slo.id.clone(), buckets: buckets.collect() }
    }
}

/// The two halves of one SLO, a cell a bucket.
#[derive(Clone)]
struct Table {
    counted: Vec<Option<f64>>,
    total: Vec<Option<f64>>,
}

impl Table {
    fn new(grid: Grid) -> Self {
        let empty = vec![None; usize::try_from(grid.len()).unwrap_or(0)];
        Self { counted: empty.clone(), total: empty }
    }
}

fn fill(tables: &mut [Table], grid: Grid, series: &Series) {
    let Some((index, half)) = series.labels.value(KEY).split_once('.') else { return };
    let Some(table) = index.parse().ok().and_then(|i: usize| tables.get_mut(i)) else { return };
    let cells = if half == "c" { &mut table.counted } else { &mut table.total };
    for &(at, value) in &series.points {
        if let Some(cell) = grid.index(at).and_then(|i| cells.get_mut(i)) {
            *cell = Some(value);
        }
    }
}

/// In the order wanted, last batch first to be popped last.
fn batches(asks: Vec<Ask<'_>>) -> Vec<Vec<Ask<'_>>> {
    let mut batches: Vec<Vec<Ask>> = Vec::new();
    let mut bytes = 0;
    for ask in asks {
        let length = ask.text(BATCH_SLOS).len() + 4;
        bytes += length;
        match batches.last_mut() {
            Some(batch) if batch.len() < BATCH_SLOS && bytes <= BATCH_BYTES => batch.push(ask),
            _ => {
                batches.push(vec![ask]);
                bytes = length;
            }
        }
    }
    batches.reverse();
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::slo::{Counted, Indicator, Objective, Window};

    fn slo(total: String) -> Slo {
        let indicator = Indicator::events(Counted::Bad("bad".into()), &total, true);
        Slo::new("x", Objective::percent("99").unwrap(), Window::rolling(86_400), indicator)
    }

    #[test]
    fn a_batch_is_twenty_slos_or_sixteen_kilobytes() {
        let sizes = |slos: &[Slo]| {
            let asks = slos.iter().enumerate().map(|(i, s)| Ask::new(i, s, 300).unwrap()).collect();
            batches(asks).iter().map(Vec::len).collect::<Vec<_>>()
        };
        assert_eq!(sizes(&vec![slo("all".into()); 45]), [5, 20, 20]);
        assert_eq!(sizes(&vec![slo(format!("a{{b=\"{}\"}}", "x".repeat(7_000))); 5]), [1, 2, 2]);
        assert_eq!(sizes(&vec![slo(format!("a{{b=\"{}\"}}", "x".repeat(20_000))); 2]), [1, 1]);
    }

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
