//! The two queries of each SLO, and which of them share a question.

use super::{
    super::measure::{self, Halves},
    grid::{Grid, KEY, Table},
};
use crate::domain::slo::{Bucket, CountSeries, Slo};

/// Most SLOs in one query.
const BATCH_SLOS: usize = 20;
/// Most text in one query of several SLOs, in bytes.
const BATCH_BYTES: usize = 16 * 1024;

/// One SLO's two queries, ready to be asked.
pub(super) struct Ask<'a> {
    pub(super) place: usize,
    pub(super) slo: &'a Slo,
    halves: Halves,
}

impl<'a> Ask<'a> {
    /// `scrape` = milliseconds between two scrapes, where that is known.
    pub(super) fn new(place: usize, slo: &'a Slo, step: i64, scrape: Option<i64>) -> Result<Self, String> {
        Ok(Self { place, slo, halves: measure::halves(slo, step)?.joined(step, scrape) })
    }

    pub(super) fn text(&self, index: usize) -> String {
        let half = |query: &str, which| format!(r#"label_replace(sum({query}), "{KEY}", "{index}.{which}", "", "")"#);
        format!("{} or {}", half(&self.halves.counted, 'c'), half(&self.halves.total, 't'))
    }

    /// An absent half stays absent: what that means is not this room's to say. But where nothing is known to be good,
    /// nothing is: an absent series of good events must not read as one of bad ones.
    pub(super) fn series(&self, table: &Table, grid: Grid) -> CountSeries {
        let ends = (grid.first..=grid.last).step_by(usize::try_from(grid.step).unwrap_or(1));
        let rows = table.counted.iter().zip(&table.total);
        let buckets = ends.zip(rows).map(|(end, (&counted, &total))| {
            let bad = match self.halves.is_good {
                false => counted,
                true => total.map(|total| total - counted.unwrap_or(0.0)),
            };
            Bucket { end, bad: bad.map(|b| b.max(0.0)), total: total.map(|t| t.max(0.0)) }
        });
        CountSeries { slo: self.slo.id.clone(), buckets: buckets.collect() }
    }
}

/// In the order wanted, last batch first to be popped last.
pub(super) fn batches(asks: Vec<Ask<'_>>) -> Vec<Vec<Ask<'_>>> {
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
            let asks = slos.iter().enumerate().map(|(i, s)| Ask::new(i, s, 300, None).unwrap()).collect();
            batches(asks).iter().map(Vec::len).collect::<Vec<_>>()
        };
        assert_eq!(sizes(&vec![slo("all".into()); 45]), [5, 20, 20]);
        assert_eq!(sizes(&vec![slo(format!("a{{b=\"{}\"}}", "x".repeat(7_000))); 5]), [1, 2, 2]);
        assert_eq!(sizes(&vec![slo(format!("a{{b=\"{}\"}}", "x".repeat(20_000))); 2]), [1, 1]);
    }
}
