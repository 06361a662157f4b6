//! Series of a plugin, point by point on the grid that was asked for; and counts made of them.

use std::collections::BTreeMap;

use futures_util::future::{BoxFuture, join_all, try_join};
use serde_json::json;

use super::{Plugin, read};
use crate::{
    domain::{
        Time,
        signals::{Ask, Values},
        slo::{Bucket, BucketSpan, CountSeries, Slo, Tally, row::Trouble},
        source::SourceError,
    },
    sources::{
        plugin::wire::{Ranged, WireSeries},
        prometheus,
    },
};

/// Points of one question.
const POINTS_MAX: i64 = 5_000;
/// Series of one answer.
const SERIES_MAX: usize = 1_000;
/// Objectives that are asked for side by side.
const AT_ONCE: usize = 4;

/// Series by the moments of their values, and the samples that were read for them.
#[derive(Default)]
struct Answered {
    series: Vec<Vec<(i64, f64)>>,
    samples: Option<u64>,
}

impl Plugin {
    /// The values of a query at every multiple of the step in the span.
    async fn range(&self, query: &str, span: BucketSpan, now: Time) -> Result<Answered, SourceError> {
        let mut all = Answered::default();
        let (mut start, last) = read::ends(span, now);
        while start <= last {
            let end = last.min(start + (POINTS_MAX - 1) * span.step);
            let params = json!({"query": query, "start": start, "end": end, "step_s": span.step});
            let ranged: Ranged = self.ask("metrics/range", params, now).await?;
            all.samples = all.samples.into_iter().chain(ranged.samples).reduce(u64::saturating_add);
            for (place, series) in checked(ranged, span.step)?.into_iter().enumerate() {
                let points = series.v.iter().zip((series.t0..).step_by(usize::try_from(span.step).unwrap_or(1)));
                let points =
                    points.filter_map(|(v, at)| Some((at, (*v)?))).filter(|(at, _)| (start..=end).contains(at));
                if all.series.len() <= place {
                    all.series.push(Vec::new());
                }
                all.series[place].extend(points);
            }
            start = end + span.step;
        }
        Ok(all)
    }

    pub(super) async fn values_of(
        &self,
        ask: &Ask,
        span: BucketSpan,
        window: i64,
        now: Time,
    ) -> Result<Values, SourceError> {
        let span = BucketSpan { step: span.step.max(1), ..span };
        let Answered { series, samples } = self.range(&ask.over(window), span, now).await?;
        if series.len() > 1 {
            let n = series.len();
            return Err(SourceError::rejected(format!("the query answers {n} series where one is needed")));
        }
        let points = series.into_iter().flatten().map(|(at, value)| (at, value * ask.scale));
        Ok(Values { points: points.filter(|(_, v)| v.is_finite()).collect(), samples })
    }

    /// What the two queries of each objective say; one that is none hides no other.
    pub(super) async fn count_by_query(
        &self,
        wanted: &[Slo],
        span: BucketSpan,
        now: Time,
    ) -> Result<Tally, SourceError> {
        let mut tally = Tally::default();
        for some in wanted.chunks(AT_ONCE) {
            let mut asked: Vec<BoxFuture<'_, _>> = Vec::new();
            for slo in some {
                asked.push(Box::pin(self.count_one(slo, span, now)));
            }
            for (slo, answer) in some.iter().zip(join_all(asked).await) {
                match answer {
                    Ok((series, samples)) => {
                        tally.paid(samples);
                        tally.series.push(series);
                    }
                    Err(SourceError::Rejected { why: what }) => {
                        tally.refused.push((slo.id.clone(), Trouble { what, rule: None }));
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(tally)
    }

    async fn count_one(
        &self,
        slo: &Slo,
        span: BucketSpan,
        now: Time,
    ) -> Result<(CountSeries, Option<u64>), SourceError> {
        let queries = prometheus::queries(slo, span.step).map_err(SourceError::rejected)?;
        let both = (self.range(&queries.counted, span, now), self.range(&queries.total, span, now));
        let (counted, total) = try_join(both.0, both.1).await?;
        let samples = counted.samples.into_iter().chain(total.samples).reduce(u64::saturating_add);
        let (counted, total) = (summed(counted), summed(total));
        let (first, last) = read::ends(span, now);
        let ends = (first..=last).step_by(usize::try_from(span.step).unwrap_or(1));
        let buckets = ends.map(|end| {
            let (counted, total) = (counted.get(&end).copied(), total.get(&end).copied());
            let bad = match queries.is_good {
                false => counted,
                // Where nothing is known to be good, nothing is.
                true => total.map(|t| t - counted.unwrap_or(0.0)),
            };
            Bucket { end, bad: bad.map(|b| b.max(0.0)), total: total.map(|t| t.max(0.0)) }
        });
        Ok((CountSeries { slo: slo.id.clone(), buckets: buckets.collect() }, samples))
    }
}

fn summed(answered: Answered) -> BTreeMap<i64, f64> {
    let mut sums = BTreeMap::new();
    answered.series.into_iter().flatten().for_each(|(at, value)| *sums.entry(at).or_insert(0.0) += value);
    sums
}

/// # Errors
/// Where a part of it is missing, or it is on another grid.
fn checked(ranged: Ranged, step: i64) -> Result<Vec<WireSeries>, SourceError> {
    if ranged.partial {
        return Err(SourceError::unreachable("a part of the answer is missing"));
    }
    if ranged.step_s != step {
        let told = ranged.step_s;
        return Err(SourceError::malformed(format!("asked for every {step} s, it answers every {told} s")));
    }
    if ranged.series.len() > SERIES_MAX {
        return Err(SourceError::rejected(format!("more than {SERIES_MAX} series: {}", ranged.series.len())));
    }
    if let Some(off) = ranged.series.iter().find(|s| s.t0.rem_euclid(step) != 0) {
        let at = off.t0;
        return Err(SourceError::malformed(format!("a value at {at}, which is no multiple of {step}")));
    }
    Ok(ranged.series)
}
