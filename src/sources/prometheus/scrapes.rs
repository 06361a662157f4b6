//! How often the events of an objective are scraped: learnt from the samples of the last minutes, many objectives a
//! question, and known for a while. Knows no counts.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use chrono::Duration;

use super::{Prometheus, Series, counts::is_of_the_query, promql, timeout};
use crate::{
    domain::{
        Time,
        slo::{Measure, Slo},
    },
    sources::http::Failure,
};

/// Seconds over which samples are counted.
const PROBE: f64 = 600.0;
/// Most text in one question, in bytes.
const BYTES: usize = 16 * 1024;
/// What is known is believed for this long, and so is that nothing can be known.
const BELIEVED: Duration = Duration::minutes(30);
/// The label that tells the objectives apart.
const KEY: &str = "wf";
/// One sample has not grown, says Prometheus; a relative that gives it a number looks before the range by itself, and
/// its buckets join already.
const ALONE: &str = r#"label_replace(increase(vector(1)[1s:10s]), "wf", "alone", "", "")"#;
/// Seconds that people write between two scrapes.
const USUAL: [i64; 22] = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 45, 60, 75, 90, 120, 150, 180, 300];

/// By the series of all events: milliseconds between two scrapes, where that is known, and when it was asked for.
#[derive(Default)]
pub(super) struct Scrapes(Mutex<BTreeMap<String, (Option<i64>, Time)>>);

impl Scrapes {
    /// Milliseconds.
    pub(super) fn of(&self, slo: &Slo) -> Option<i64> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&selector(slo)?)?.0
    }

    /// Those of which nothing was ever asked.
    fn unknown(&self, of: &[&Slo]) -> Vec<String> {
        self.those(of, Option::is_none)
    }

    /// Those and what was asked long ago.
    fn due(&self, of: &[&Slo], now: Time) -> Vec<String> {
        self.those(of, |at| at.is_none_or(|at| now - at >= BELIEVED || now < at))
    }

    fn those(&self, of: &[&Slo], asked: impl Fn(&Option<Time>) -> bool) -> Vec<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: BTreeSet<String> = of.iter().filter_map(|slo| selector(slo)).collect();
        all.into_iter().filter(|s| asked(&known.get(s).map(|(_, at)| *at))).collect()
    }

    fn learn(&self, selector: &str, every: Option<i64>, now: Time) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(selector.to_owned(), (every, now));
    }
}

impl Prometheus {
    /// Learns what was never asked of these, and says how many samples the server read for it, where it says.
    pub(super) async fn learn_scrapes(&self, of: &[&Slo], now: Time) -> Result<Option<u64>, Failure> {
        let unknown = self.scrapes.unknown(of);
        self.learn_all(questions(&unknown), now).await
    }

    /// Learns everything at the first time; after that once more what was learnt long ago, one question at a time.
    pub(super) async fn keep_scrapes(&self, of: &[&Slo], now: Time) -> Result<(), Failure> {
        let due = self.scrapes.due(of, now);
        let mut questions = questions(&due);
        if self.scrapes.unknown(of).len() < due.len() {
            questions.truncate(1);
        }
        self.learn_all(questions, now).await.map(|_| ())
    }

    async fn learn_all(&self, mut left: Vec<&[String]>, now: Time) -> Result<Option<u64>, Failure> {
        let mut paid = None;
        while let Some(together) = left.pop() {
            let form = [("query", asking(together)), timeout(), ("stats", "all".to_owned())];
            match self.priced("api/v1/query", &form, now).await {
                Ok((answer, samples)) => {
                    paid = samples.map_or(paid, |more| Some(paid.unwrap_or(0) + more));
                    let each = together.iter().enumerate();
                    each.for_each(|(i, selector)| self.scrapes.learn(selector, every(&answer, i), now));
                }
                Err(failure) if !is_of_the_query(&failure) => return Err(failure),
                // One wrong query must not hide nineteen.
                Err(_) if together.len() > 1 => left.extend(<[_; 2]>::from(together.split_at(together.len() / 2))),
                Err(_) => together.iter().for_each(|selector| self.scrapes.learn(selector, None, now)),
            }
        }
        Ok(paid)
    }

    /// Seconds between two scrapes of the events of an objective, where that is known.
    pub(super) async fn scrapes_every(&self, slo: &Slo, now: Time) -> Option<f64> {
        self.learn_scrapes(&[slo], now).await.ok()?;
        #[allow(clippy::cast_precision_loss, reason = "minutes")]
        self.scrapes.of(slo).map(|millis| millis as f64 / 1_000.0)
    }
}

/// The one series, or one of those, by which all events are counted.
fn selector(slo: &Slo) -> Option<String> {
    let Measure::Events { total, .. } = &slo.indicator.measure else { return None };
    Some(promql::selectors(total).ok()?.first()?.trim().to_owned())
}

/// As few as there can be.
fn questions(selectors: &[String]) -> Vec<&[String]> {
    if selectors.len() > 1 && asking(selectors).len() > BYTES {
        let (some, others) = selectors.split_at(selectors.len() / 2);
        return [questions(some), questions(others)].concat();
    }
    if selectors.is_empty() { Vec::new() } else { vec![selectors] }
}

fn asking(selectors: &[String]) -> String {
    let one = |(i, selector): (usize, &String)| {
        let middle = format!("quantile(0.5, count_over_time({selector}[{PROBE}s]))");
        format!(r#"label_replace({middle}, "{KEY}", "{i}", "", "")"#)
    };
    selectors.iter().enumerate().map(one).chain([ALONE.to_owned()]).collect::<Vec<_>>().join(" or ")
}

fn every(answer: &[Series], place: usize) -> Option<i64> {
    let of = |key: &str| answer.iter().find(|s| s.labels.value(KEY) == key);
    let (_, samples) = *of(&place.to_string()).filter(|_| of("alone").is_none())?.points.last()?;
    usual(samples).map(|seconds| seconds * 1_000)
}

/// The usual distance that fits so many samples: there may be one more or less by chance.
#[allow(clippy::cast_precision_loss, reason = "minutes")]
fn usual(samples: f64) -> Option<i64> {
    let off = |seconds: i64| (PROBE / seconds as f64 - samples).abs();
    let nearest = USUAL.into_iter().min_by(|a, b| off(*a).total_cmp(&off(*b)))?;
    (samples > 1.0 && off(nearest) <= 1.0).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_of_scrapes_is_a_usual_one_or_none() {
        let found = |samples| usual(samples);
        assert_eq!([40.0, 39.0, 41.0].map(found), [Some(15); 3]);
        assert_eq!([10.0, 9.5, 10.5, 11.0].map(found), [Some(60); 4]);
        assert_eq!([2.0, 5.0, 20.0, 600.0].map(found), [Some(300), Some(120), Some(30), Some(1)]);
        assert_eq!([0.0, 1.0, 450.0, f64::NAN].map(found), [None; 4]);
    }
}
