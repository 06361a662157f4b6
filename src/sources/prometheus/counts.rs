//! Counting events in aligned buckets: many SLOs a query, a day a query, smaller where the server finds that too much.

mod ask;
mod grid;
mod rule;

use std::collections::BTreeMap;

use async_trait::async_trait;

use self::{
    ask::{Ask, batches},
    grid::{Grid, Table, fill},
};
use super::{Prometheus, measure};
use crate::{
    domain::{
        Time,
        slo::{
            BucketSpan, CountSeries, Declared, Slo, SloId, Tally, drill,
            explain::Queries,
            history::{FINE, HOURLY},
            row::{Recorded, Trouble},
        },
        source::SourceError,
        text::SafeText,
    },
    sources::{Counts, http::Failure},
};

/// Most time one query covers, in seconds.
const CHUNK: i64 = 86_400;
/// Least time one query is cut down to where the server finds it too expensive, in seconds.
const CHUNK_MIN: i64 = 3_600;
/// Most points a series of one query; servers refuse at 11,000.
const POINTS_MAX: i64 = 10_000;
/// A server's words for a query that would work if it were smaller.
const TOO_MUCH: [&str; 7] =
    ["too many samples", "timed out", "timeout", "canceled", "limit", "cannot select more than", "exceeds"];
/// A server's words for a query that is none, however small: VictoriaMetrics refuses it with 422 too.
const NO_QUERY: [&str; 3] = ["unparsed data", "unexpected token", "unsupported function"];

#[async_trait]
impl Counts for Prometheus {
    async fn declared(&self, now: Time) -> Result<Declared, SourceError> {
        if self.discovers { self.discover(now).await } else { Ok(Declared::default()) }
    }

    fn catalogue(&self) -> Option<String> {
        Some(format!("{}\n{}\n{}", self.description.name, self.discovers, self.servers()))
    }

    async fn groups(&self, of: &[Slo], now: Time) -> Result<Declared, SourceError> {
        self.split_all(of, now).await
    }

    fn queries(&self, slo: &Slo, step: i64) -> Option<Queries> {
        let halves = measure::halves(slo, step).ok()?.joined(step, self.scrapes.of(slo));
        let sum = |query: &str| format!("sum({query})");
        Some(Queries { counted: sum(&halves.counted), is_good: halves.is_good, total: sum(&halves.total) })
    }

    async fn drill(
        &self,
        slo: &Slo,
        by: Option<&str>,
        span: (i64, i64),
        now: Time,
    ) -> Result<Vec<drill::Counted>, SourceError> {
        self.drill_into(slo, by, span, now).await
    }

    async fn scrape_s(&self, slo: &Slo, now: Time) -> Option<f64> {
        self.scrapes_every(slo, now).await
    }

    async fn recorded(&self, wanted: &[Slo], now: Time) -> Result<Vec<(SloId, Recorded)>, SourceError> {
        self.keep_scrapes(&joining(wanted), now).await?;
        self.read_recorded(wanted, now).await
    }

    /// The servers, whose data they are where several share one, and every query; how often there is a scrape does not
    /// change what is counted.
    fn identity(&self, slo: &Slo) -> Option<String> {
        let queries = [FINE, HOURLY].map(|step| measure::halves(slo, step));
        let [Ok(fine), Ok(hourly)] = queries else { return None };
        let words = [fine, hourly].map(|h| [h.counted, h.is_good.to_string(), h.total].join("\n"));
        Some([self.servers(), words.join("\n")].join("\n"))
    }

    async fn count(&self, wanted: &[Slo], span: BucketSpan, now: Time) -> Result<Tally, SourceError> {
        self.server(now).await;
        let over = self.shown_until(now);
        let grid = Grid::new(span, over)?;
        let mut tally = Tally::default();
        let learnt = self.learn_scrapes(&joining(wanted), now).await;
        tally.paid(learnt.map_err(|failure| failure.error)?);
        let mut asks = Vec::new();
        for (place, slo) in wanted.iter().enumerate() {
            match Ask::new(place, slo, grid.step, self.scrapes.of(slo)) {
                Ok(ask) => asks.push(ask),
                Err(why) => tally.refused.push((slo.id.clone(), Trouble { what: SafeText::new(&why), rule: None })),
            }
        }
        let points = (CHUNK / grid.step).clamp(1, POINTS_MAX);
        let mut left: Vec<Batch<'_>> = batches(asks).into_iter().map(|asks| Batch { asks, points }).collect();
        let mut counted = BTreeMap::new();
        while let Some(mut batch) = left.pop() {
            match self.count_batch(&mut batch, grid, now, &mut tally).await {
                Ok(series) => counted.extend(batch.asks.iter().map(|a| a.place).zip(series)),
                Err(failure) if !is_of_the_query(&failure) => return Err(failure.error),
                Err(failure) => match batch.split() {
                    // One wrong query must not hide nineteen.
                    Some(halves) => left.extend(halves),
                    None => tally
                        .refused
                        .extend(batch.asks.iter().map(|ask| (ask.slo.id.clone(), trouble(ask.slo, &failure)))),
                },
            }
        }
        // A server whose clock is behind ours, or that hides what is new, shows the end of the last buckets later.
        let over = self.shown_until(now).timestamp();
        tally.series = counted.into_values().collect();
        tally.series.iter_mut().for_each(|series| series.buckets.retain(|b| b.end <= over));
        Ok(tally)
    }
}

/// Those whose buckets can join.
fn joining(slos: &[Slo]) -> Vec<&Slo> {
    slos.iter().filter(|slo| measure::halves(slo, FINE).is_ok_and(|halves| halves.can_join())).collect()
}

/// What is asked together, and how many points at once.
struct Batch<'a> {
    asks: Vec<Ask<'a>>,
    points: i64,
}

impl Batch<'_> {
    /// None where there is only one left.
    fn split(&mut self) -> Option<[Self; 2]> {
        let half = self.asks.len() / 2;
        let points = self.points;
        (half > 0).then(|| [self.asks.split_off(half), self.asks.split_off(0)].map(|asks| Self { asks, points }))
    }
}

impl Prometheus {
    /// Whose data they are.
    fn servers(&self) -> String {
        let mut servers: Vec<String> = self.members.iter().map(|http| http.identity()).collect();
        servers.sort_unstable();
        servers.join("\n")
    }

    /// Newest first; a chunk that is too expensive is halved, and those after it stay as small.
    async fn count_batch(
        &self,
        batch: &mut Batch<'_>,
        grid: Grid,
        now: Time,
        tally: &mut Tally,
    ) -> Result<Vec<CountSeries>, Failure> {
        let query = batch.asks.iter().enumerate().map(|(i, a)| a.text(i)).collect::<Vec<_>>().join(" or ");
        let mut tables = vec![Table::new(grid); batch.asks.len()];
        let least = (CHUNK_MIN / grid.step).max(1);
        let mut last = grid.last;
        while last >= grid.first {
            let start = grid.first.max(last - (batch.points - 1) * grid.step);
            let asked = (last - start) / grid.step + 1;
            let answer = match self.measured(&query, (start, last), grid.step, now).await {
                Err(failure) if failure.late => Err(self.weighed(failure, now).await),
                answer => answer,
            };
            match answer {
                Ok((answer, samples)) => {
                    tally.paid(samples);
                    answer.iter().for_each(|series| fill(&mut tables, grid, series));
                    last = start - grid.step;
                }
                Err(failure) if is_too_much(&failure) && asked > least => batch.points = (asked / 2).max(least),
                Err(failure) => return Err(failure),
            }
        }
        Ok(batch.asks.iter().zip(tables).map(|(ask, table)| ask.series(&table, grid)).collect())
    }
}

/// What a question costs that is asked to learn whether anybody answers at all.
const PROBE: &str = "1";

impl Prometheus {
    /// A query without an answer in time is too expensive where the server answers another one at once; else the server
    /// is away, and nothing is asked of it piece by piece.
    async fn weighed(&self, failure: Failure, now: Time) -> Failure {
        let answer = self.instant(PROBE, now, now).await;
        // A relative that refuses a question without an app has heard it.
        let is_refused = self.manner.is_some() && matches!(answer, Err(SourceError::Rejected { .. }));
        if answer.is_ok() || is_refused {
            return Failure { status: Some(503), words: format!("timed out: {}", failure.words), ..failure };
        }
        Failure { late: false, ..failure }
    }
}

pub(super) fn is_too_much(failure: &Failure) -> bool {
    let is_none = failure.status == Some(422) && NO_QUERY.iter().any(|words| failure.words.contains(words));
    !is_none && (failure.status == Some(422) || is_dear(failure) || failure.status == Some(503))
}

/// Refused for its price, and not because the server is away.
pub(super) fn is_dear(failure: &Failure) -> bool {
    matches!(failure.status, Some(422 | 500 | 503 | 504)) && TOO_MUCH.iter().any(|words| failure.words.contains(words))
}

/// Whether another query might be answered.
pub(super) fn is_of_the_query(failure: &Failure) -> bool {
    let is_elsewhere = matches!(failure.status, Some(404 | 405));
    is_dear(failure) || matches!(failure.error, SourceError::Rejected { .. }) && !is_elsewhere
}

fn trouble(slo: &Slo, failure: &Failure) -> Trouble {
    if is_dear(failure) {
        let what = format!("too expensive, even an hour at a time: add a recording rule ({})", failure.words);
        return Trouble { what: SafeText::new(&what), rule: rule::of(slo).map(|yaml| SafeText::new(&yaml)) };
    }
    Trouble { what: SafeText::new(&failure.error.to_string()), rule: None }
}
