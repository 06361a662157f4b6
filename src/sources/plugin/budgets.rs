//! Budgets and graphs of a plugin: objectives that it declares, events that it counts, series that it answers.
//!
//! One that speaks PromQL and does not count by itself is asked for the two queries that Prometheus would be. Refuses to
//! take a part of an answer for a count.

mod range;
pub(super) mod read;
pub(super) mod told;

pub use self::{
    read::{buckets, slo},
    told::slos,
};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{
    Plugin,
    ask::List,
    read::each,
    wire::{CanSlos, WireAsks, WireCount, WireParts, WireRecorded, WireSlo},
};
use crate::{
    domain::{
        Time,
        signals::{Ask, Recognised, Signal, Values},
        slo::{
            BucketSpan, Declared, Slo, SloId, Tally, drill,
            explain::Queries,
            row::{Recorded, Trouble},
        },
        source::{Problem, SourceError},
        text::SafeText,
    },
    sources::{Counts, Signals, prometheus},
};

/// Objectives of one question.
const SLOS_MAX: usize = 50;
/// The dialect that watchfire writes itself.
pub(super) const PROMQL: &str = "promql";

impl Plugin {
    fn can_slos(&self) -> Option<&CanSlos> {
        self.can()?.slos.as_ref()
    }

    /// Whether its queries can be written here.
    fn speaks_promql(&self) -> bool {
        self.can().and_then(|c| c.metrics.as_ref()).is_some_and(|m| m.dialect == PROMQL)
    }

    /// A list with all that was said about it.
    async fn whole(&self, method: &str, params: Value, now: Time) -> Result<List, SourceError> {
        let running = self.running(Some(now)).await?;
        match running.list(method, params, self.within()).await {
            Ok(list) => Ok(list),
            Err(fault) => Err(running.error(fault, now).await),
        }
    }

    /// Objectives, those that are unreadable among the notes.
    async fn objectives(&self, method: &str, params: Value, now: Time) -> Result<Declared, SourceError> {
        let list = self.whole(method, params, now).await?;
        let name = &self.config.name;
        let (slos, wrong) = each(&list.items, method, |wire: WireSlo| read::slo(wire, name));
        let note = |p: Problem| SafeText::new(&format!("{}: {}", p.at, p.why));
        // What the plugin says of its own list needs no place.
        let said = list.problems.into_iter().map(|p| if p.at.raw() == method { p.why } else { note(p) });
        Ok(Declared { slos, notes: said.chain(wrong.into_iter().map(note)).collect() })
    }

    async fn count_there(&self, wanted: &[Slo], span: BucketSpan, now: Time) -> Result<Tally, SourceError> {
        let mut tally = Tally::default();
        for some in wanted.chunks(SLOS_MAX) {
            let slos = told::slos(some, &self.config.name);
            let params = json!({"slos": slos, "from": span.from, "to": span.to, "step_s": span.step});
            let list = whole_one(self.whole("slo/count", params, now).await?)?;
            tally.paid(list.samples);
            let (counts, wrong) = each(&list.items, "slo/count", Ok::<WireCount, String>);
            if let Some(problem) = wrong.first() {
                return Err(SourceError::malformed(format!("{}: {}", problem.at, problem.why)));
            }
            for (slo, sent) in some.iter().zip(&slos) {
                let found = counts.iter().find(|c| c.id == sent.id);
                match found.ok_or_else(silent).and_then(|count| read::buckets(count, &slo.id, span, now)) {
                    Ok(series) => tally.series.push(series),
                    Err(trouble) => tally.refused.push((slo.id.clone(), trouble)),
                }
            }
        }
        Ok(tally)
    }
}

fn silent() -> Trouble {
    Trouble { what: "the plugin says nothing of it".into(), rule: None }
}

/// A list of which nothing is missing.
fn whole_one(list: List) -> Result<List, SourceError> {
    if list.complete {
        return Ok(list);
    }
    let why = list.problems.first().map_or("", |p| p.why.raw());
    Err(SourceError::unreachable(format!("a part of the answer is missing: {why}")))
}

#[async_trait]
impl Counts for Plugin {
    async fn declared(&self, now: Time) -> Result<Declared, SourceError> {
        match self.can_slos().is_some_and(|s| s.list) {
            true => self.objectives("slo/list", json!({}), now).await,
            false => Ok(Declared::default()),
        }
    }

    async fn groups(&self, of: &[Slo], now: Time) -> Result<Declared, SourceError> {
        match self.can_slos().is_some_and(|s| s.groups) {
            true => self.objectives("slo/groups", json!({"slos": told::slos(of, &self.config.name)}), now).await,
            false => Ok(Declared::default()),
        }
    }

    async fn count(&self, wanted: &[Slo], span: BucketSpan, now: Time) -> Result<Tally, SourceError> {
        if span.step < 1 || (span.to.saturating_sub(span.from)) / span.step > read::BUCKETS_MAX {
            return Err(SourceError::rejected(format!("a step of {} s makes too many buckets", span.step)));
        }
        if self.can_slos().is_some_and(|s| s.count) {
            return self.count_there(wanted, span, now).await;
        }
        if self.speaks_promql() {
            return self.count_by_query(wanted, span, now).await;
        }
        let why = "the plugin neither counts objectives nor answers PromQL";
        let refuse = |slo: &Slo| (slo.id.clone(), Trouble { what: why.into(), rule: None });
        Ok(Tally { refused: wanted.iter().map(refuse).collect(), ..Tally::default() })
    }

    async fn recorded(&self, wanted: &[Slo], now: Time) -> Result<Vec<(SloId, Recorded)>, SourceError> {
        if wanted.is_empty() || !self.can_slos().is_some_and(|s| s.recorded) {
            return Ok(Vec::new());
        }
        let slos = told::slos(wanted, &self.config.name);
        let list = self.whole("slo/recorded", json!({"slos": slos}), now).await?;
        let (told, _) = each(&list.items, "slo/recorded", Ok::<WireRecorded, String>);
        let found = |(slo, sent): (&Slo, &WireSlo)| {
            let recorded = told.iter().find(|r| r.id == sent.id)?;
            Some((slo.id.clone(), read::recorded(recorded, now)))
        };
        Ok(wanted.iter().zip(&slos).filter_map(found).collect())
    }

    fn queries(&self, slo: &Slo, step: i64) -> Option<Queries> {
        if !self.speaks_promql() || self.can_slos().is_some_and(|s| s.count) {
            return None;
        }
        prometheus::queries(slo, step).ok()
    }

    async fn drill(
        &self,
        slo: &Slo,
        by: Option<&str>,
        span: (i64, i64),
        now: Time,
    ) -> Result<Vec<drill::Counted>, SourceError> {
        if !self.can_slos().is_some_and(|s| s.drill) {
            return Err(SourceError::rejected("this plugin cannot count by a label: not supported"));
        }
        let slo = told::slo(slo, &self.config.name);
        let params = json!({"slo": slo, "by": by, "from": span.0, "to": span.1});
        let list = whole_one(self.whole("slo/drill", params, now).await?)?;
        let (parts, wrong) = each(&list.items, "slo/drill", |wire: WireParts| read::parts(wire));
        match wrong.first() {
            Some(problem) => Err(SourceError::malformed(format!("{}: {}", problem.at, problem.why))),
            None => Ok(parts),
        }
    }
}

#[async_trait]
impl Signals for Plugin {
    async fn recognise(&self, slo: &Slo, wanted: &[Signal], now: Time) -> Result<Recognised, SourceError> {
        let can = self.can().and_then(|c| c.metrics.as_ref()).is_some_and(|m| m.signals);
        if !can {
            return Ok(Recognised::default());
        }
        let words: Vec<&str> = wanted.iter().map(|s| s.as_str()).collect();
        let params = json!({"slo": told::slo(slo, &self.config.name), "wanted": words});
        let WireAsks { asks, looked_for, samples } = self.ask("metrics/signals", params, now).await?;
        let asks = asks.into_iter().filter_map(read::ask).filter(|a| wanted.contains(&a.signal));
        let ours = |ask: Ask| Ask { source: Some(self.config.name.clone()), ..ask };
        Ok(Recognised { asks: asks.take(read::ASKS_MAX).map(ours).collect(), looked_for, samples })
    }

    async fn values(&self, ask: &Ask, span: BucketSpan, window: i64, now: Time) -> Result<Values, SourceError> {
        self.values_of(ask, span, window, now).await
    }
}
