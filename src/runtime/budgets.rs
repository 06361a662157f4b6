//! Counts events for budgets: what is missing, newest first, a day at a time, and then only the tail.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    app::msg::{BudgetReport, Cost, Msg},
    domain::{
        Time,
        slo::{BucketSpan, BudgetRow, Declared, Slo, SloId, assess::assess, history::History, merge},
        source::{SourceError, SourceName},
        text::SafeText,
    },
};

use super::{Inbox, Sources, backoff, clock::Clock, find, panics};

/// Between two readings of the tail.
const EVERY: chrono::Duration = chrono::Duration::seconds(60);

/// The counting of all budgets.
pub struct Counting {
    sources: Sources,
    clock: Clock,
    slos: Vec<Slo>,
    problems: Vec<SafeText>,
    histories: BTreeMap<SloId, History>,
    counted_at: Option<Time>,
    /// Every backend has told its own SLOs.
    declared: bool,
}

impl Counting {
    pub fn new(sources: Sources, slos: Vec<Slo>, problems: Vec<SafeText>, clock: Clock) -> Self {
        Self { sources, clock, slos, problems, histories: BTreeMap::new(), counted_at: None, declared: false }
    }

    /// Counts for ever, telling after every step.
    pub async fn run(mut self, inbox: Inbox) {
        let mut failures = 0_u32;
        loop {
            let error = self.round(Some(&inbox)).await.err();
            if self.slos.is_empty() && self.declared && self.problems.is_empty() {
                return;
            }
            failures = if error.is_some() { failures.saturating_add(1) } else { 0 };
            let wait = backoff::after(error.as_ref(), self.clock.now(), EVERY, failures, 0.5);
            if inbox.send(Msg::Budgets(self.report(error, 1.0))).await.is_err() {
                return;
            }
            self.clock.sleep(wait).await;
        }
    }

    /// Counts once, for a command that answers and ends.
    pub async fn once(mut self) -> BudgetReport {
        let error = self.round(None).await.err();
        self.report(error, 1.0)
    }

    /// Learns which SLOs there are, where that is not known yet, and counts. Without any, nothing was counted.
    async fn round(&mut self, inbox: Option<&Inbox>) -> Result<(), SourceError> {
        let declared = if self.declared { Ok(()) } else { self.declare().await };
        self.declared = declared.is_ok();
        if declared.is_err() && self.slos.is_empty() {
            return declared;
        }
        panics::asked(self.read(inbox)).await.and(declared)
    }

    /// Adds the SLOs that backends declare themselves; the first error of one that could not say.
    async fn declare(&mut self) -> Result<(), SourceError> {
        let mut all = Ok(());
        for source in &self.sources.clone() {
            let Some(counts) = source.counts() else { continue };
            match panics::asked(counts.declared(self.clock.now())).await {
                Ok(declared) => self.take(declared),
                Err(error) => all = all.and(Err(error)),
            }
        }
        all.and(self.split().await)
    }

    /// Adds a row for each group of those that ask to be split.
    async fn split(&mut self) -> Result<(), SourceError> {
        let mut all = Ok(());
        for (i, source) in self.sources.clone().iter().filter(|s| s.counts().is_some()).enumerate() {
            let name = &source.describe().name;
            let is_its = |slo: &&Slo| slo.indicator.source.as_ref().map_or(i == 0, |n| n == name);
            let grouped: Vec<Slo> =
                self.slos.iter().filter(|s| !s.grouping.is_empty()).filter(is_its).cloned().collect();
            let Some(counts) = source.counts().filter(|_| !grouped.is_empty()) else { continue };
            match panics::asked(counts.groups(&grouped, self.clock.now())).await {
                Ok(groups) => self.take(groups),
                Err(error) => all = all.and(Err(error)),
            }
        }
        all
    }

    fn take(&mut self, declared: Declared) {
        declared.slos.into_iter().for_each(|slo| merge::add(&mut self.slos, slo));
        self.problems.extend(declared.notes);
    }

    /// Reads what is missing; the first error ends the round, and what was read stays.
    async fn read(&mut self, inbox: Option<&Inbox>) -> Result<(), SourceError> {
        let now = self.clock.now();
        let plan = self.plan(now);
        let steps = plan.len().max(1);
        let mut failed = None;
        for (done, (span, source, slos)) in plan.into_iter().enumerate() {
            if let Err(error) = self.fetch(span, &source, &slos, now).await {
                failed.get_or_insert(error);
                break;
            }
            #[allow(clippy::cast_precision_loss, reason = "a plan is short")]
            let progress = (done + 1) as f64 / steps as f64;
            if let Some(inbox) = inbox.filter(|_| steps > 8 && done % 4 == 0) {
                let _ = inbox.send(Msg::Budgets(self.report(None, progress))).await;
            }
        }
        match failed {
            Some(error) => Err(error),
            None => {
                self.counted_at = Some(now);
                Ok(())
            }
        }
    }

    /// Which spans to ask of which source for which SLOs: equal spans together, newest first.
    fn plan(&self, now: Time) -> Vec<(BucketSpan, Option<SourceName>, Vec<Slo>)> {
        let mut plan: Vec<(BucketSpan, Option<SourceName>, Vec<Slo>)> = Vec::new();
        let fresh = History::default();
        for slo in &self.slos {
            let history = self.histories.get(&slo.id).unwrap_or(&fresh);
            for span in history.wanted(slo.window, now.timestamp()) {
                let source = slo.indicator.source.clone();
                match plan.iter_mut().find(|(s, n, _)| *s == span && *n == source) {
                    Some((_, _, slos)) => slos.push(slo.clone()),
                    None => plan.push((span, source, vec![slo.clone()])),
                }
            }
        }
        plan.sort_by_key(|(span, _, _)| std::cmp::Reverse((span.to, span.step < 3_600)));
        plan
    }

    async fn fetch(
        &mut self,
        span: BucketSpan,
        name: &Option<SourceName>,
        slos: &[Slo],
        now: Time,
    ) -> Result<(), SourceError> {
        let source = match name {
            Some(name) => find(&self.sources, name),
            None => self.sources.iter().find(|s| s.counts().is_some()),
        };
        let Some(counts) = source.and_then(|s| s.counts()) else {
            return Err(SourceError::rejected("no configured source can count; add one of kind prometheus"));
        };
        let series = counts.count(slos, span, now).await?;
        for one in series.series {
            let history = self.histories.entry(one.slo).or_default();
            history.answer(span, one.buckets);
        }
        Ok(())
    }

    fn report(&mut self, error: Option<SourceError>, progress: f64) -> BudgetReport {
        let now = self.clock.now();
        let mut rows = Vec::with_capacity(self.slos.len());
        for slo in &self.slos {
            let mut row = BudgetRow::new(slo.clone(), None);
            if let Some(history) = self.histories.get_mut(&slo.id) {
                history.prune(slo.window, now.timestamp());
                row.numbers = Some(Arc::new(assess(slo, history, now)));
                row.history = Arc::new(history.clone());
            }
            rows.push(row);
        }
        // Until the first full round the newest numbers are as good as counted: they are what there is.
        let counted_at = self.counted_at.or_else(|| (error.is_none() && !self.histories.is_empty()).then_some(now));
        BudgetReport {
            at: now,
            rows,
            error,
            counted_at,
            problems: self.problems.clone(),
            progress,
            cost: Cost::default(),
        }
    }
}
