//! Counts events for budgets: what is looked at every minute, what nobody sees seldom or as rules recorded it, and of the
//! past only what is missing, newest first. What a refresh costs does not grow with the SLOs that have recordings.

pub mod cache;
mod catalogue;
mod close;
mod composed;
mod goals;
mod keeping;
mod known;
mod means;
mod meter;
pub mod orders;
mod plan;

use std::collections::BTreeMap;

use chrono::Duration;
use tokio::sync::watch;

use crate::{
    app::{
        effect::Eyes,
        msg::{BudgetReport, Msg},
    },
    domain::{
        Time,
        slo::{Slo, SloId},
        source::{SourceError, SourceName},
        text::SafeText,
    },
    sources::{Counts, Source},
};

pub use self::means::Means;
use self::{catalogue::Catalogue, known::Known, meter::Meter, plan::Ask};
use super::{Inbox, Sources, backoff, clock::Clock, find, panics};

/// Between two readings of what is looked at.
const EVERY: Duration = Duration::seconds(60);
/// Whoever scrolls is waited for: rows that fly by are not read.
const SETTLES: Duration = Duration::seconds(1);

/// Which SLOs somebody looks at.
pub type Watched = watch::Receiver<Eyes>;

/// The counting of all budgets.
pub struct Counting {
    sources: Sources,
    clock: Clock,
    means: Means,
    catalogue: Catalogue,
    rows: Vec<Known>,
    /// None where all of them are to be counted in full, whatever it costs.
    watched: Option<Watched>,
    meter: Meter,
    recorded_at: Option<Time>,
    counted_at: Option<Time>,
    /// Most questions about the past that were open at once, and how many are.
    cold: (usize, usize),
    /// The objectives of the run before; none where nobody looked.
    goals: Option<BTreeMap<String, String>>,
    ordered: Option<orders::Ordered>,
    /// The orders that it goes by.
    obeyed: Option<std::sync::Arc<orders::Orders>>,
}

impl Counting {
    pub fn new(sources: Sources, slos: Vec<Slo>, problems: Vec<SafeText>, clock: Clock) -> Self {
        let catalogue = Catalogue::new(slos, problems);
        let meter = Meter::default();
        let (means, rows) = (Means::default(), Vec::new());
        let (recorded_at, counted_at, cold, goals) = (None, None, (0, 0), None);
        let (watched, ordered, obeyed) = (None, None, None);
        Self {
            sources,
            clock,
            means,
            catalogue,
            rows,
            watched,
            meter,
            recorded_at,
            counted_at,
            cold,
            goals,
            ordered,
            obeyed,
        }
    }

    /// What it may cost, and where counts are kept.
    #[must_use]
    pub fn with(mut self, means: Means) -> Self {
        self.means = means;
        self
    }

    /// Counts in full only what somebody looks at.
    #[must_use]
    pub fn watching(mut self, watched: Watched) -> Self {
        self.watched = Some(watched);
        self
    }

    /// What is known before anybody was asked: the counts of last time, and how old they are.
    pub fn open(&mut self) -> BudgetReport {
        self.recall();
        self.learn();
        self.report(self.clock.now(), None)
    }

    /// Counts for ever, telling after every step.
    pub async fn run(mut self, inbox: Inbox) {
        let mut failures = 0_u32;
        loop {
            self.obey();
            if !self.has_work() {
                // A screen that showed some shows none.
                if self.obeyed.is_some() && inbox.send(Msg::Budgets(self.report(self.clock.now(), None))).await.is_err()
                {
                    return;
                }
                orders::come(self.ordered.as_mut()).await;
                continue;
            }
            let error = self.refresh(self.clock.now(), Some(&inbox)).await.err();
            failures = if error.is_some() { failures.saturating_add(1) } else { 0 };
            let wait = backoff::after(error.as_ref(), self.clock.now(), EVERY, failures, 0.5);
            let is_told = !self.rows.is_empty() || error.is_some() || self.catalogue.has_problems();
            if is_told && inbox.send(Msg::Budgets(self.report(self.clock.now(), error.clone()))).await.is_err() {
                return;
            }
            self.rest(wait, error.is_some()).await;
        }
    }

    fn has_work(&self) -> bool {
        let can_count = |s: &std::sync::Arc<dyn Source>| s.describe().can.counts;
        self.sources.iter().any(can_count) || !self.catalogue.is_empty()
    }

    /// Counts once, for a command that answers and ends: everything, to the end.
    pub async fn once(mut self) -> BudgetReport {
        let now = self.clock.now();
        let error = self.refresh(now, None).await.err();
        self.report(now, error)
    }

    /// One reading as of a moment: which SLOs there are where that is due, what rules recorded, and counts.
    ///
    /// # Errors
    /// The first source that could not answer; what the others said stays.
    pub async fn refresh(&mut self, now: Time, inbox: Option<&Inbox>) -> Result<(), SourceError> {
        let declared = self.declare(now).await;
        if declared.is_err() && self.rows.is_empty() {
            return declared;
        }
        self.show_rows(inbox).await;
        self.tell_goals(now, inbox).await;
        let recorded = self.read_recorded(now).await;
        let closely = self.look_closely(now).await;
        let counted = self.read(now, inbox).await;
        self.keep(now).await;
        counted.and(closely).and(recorded).and(declared)
    }

    /// Tells that there are rows, so that somebody can say which of them are looked at.
    async fn show_rows(&mut self, inbox: Option<&Inbox>) {
        let Some(inbox) = inbox.filter(|_| !self.rows.is_empty() && self.counted_at.is_none()) else { return };
        let nobody = self.watched.as_ref().is_some_and(|w| w.borrow().seen.is_empty());
        if nobody && inbox.send(Msg::Budgets(self.report(self.clock.now(), None))).await.is_ok() {
            self.rest(SETTLES, false).await;
        }
    }

    /// Waits until there are other orders, at most.
    async fn rest(&mut self, wait: Duration, failing: bool) {
        let mut ordered = self.ordered.take();
        tokio::select! {
            () = self.rest_in_peace(wait, failing) => {}
            () = orders::come(ordered.as_mut()) => {}
        }
        self.ordered = ordered;
    }

    /// Waits; who looks at something else does not wait, unless the sources do not answer anyway.
    async fn rest_in_peace(&mut self, wait: Duration, failing: bool) {
        let (clock, watched) = (self.clock, self.watched.as_mut());
        let Some(watched) = watched.filter(|_| !failing) else { return clock.sleep(wait).await };
        tokio::select! {
            () = clock.sleep(wait) => {}
            changed = watched.changed() => match changed {
                Ok(()) => clock.sleep(SETTLES.min(wait)).await,
                Err(_) => clock.sleep(wait).await,
            }
        }
        watched.mark_unchanged();
    }

    /// What the rules of each source recorded: three questions, however many SLOs there are.
    async fn read_recorded(&mut self, now: Time) -> Result<(), SourceError> {
        if self.recorded_at.is_some_and(|at| now - at < plan::soon(EVERY)) {
            return Ok(());
        }
        self.recorded_at = Some(now);
        let mut all = Ok(());
        for source in &self.sources.clone() {
            let Some(counts) = source.counts() else { continue };
            let its =
                |k: &&Known| Self::source_of(&self.sources, &k.slo).is_some_and(|s| std::sync::Arc::ptr_eq(s, source));
            let rows = self.rows.iter().filter(|k| !k.slo.is_composite());
            let slos: Vec<Slo> = rows.filter(its).map(|k| (*k.slo).clone()).collect();
            match panics::asked(counts.recorded(&slos, now)).await {
                Ok(told) => self.take_recorded(told.into_iter().collect(), &slos),
                Err(error @ (SourceError::Rejected { .. } | SourceError::Malformed { .. })) => {
                    tracing::warn!("{}: what rules recorded cannot be read: {error}", source.describe().name);
                }
                Err(error) => all = all.and(Err(error)),
            }
        }
        all
    }

    fn take_recorded(&mut self, mut told: BTreeMap<SloId, crate::domain::slo::row::Recorded>, asked: &[Slo]) {
        let asked: std::collections::BTreeSet<&SloId> = asked.iter().map(|s| &s.id).collect();
        for known in self.rows.iter_mut().filter(|k| asked.contains(&k.slo.id)) {
            known.recorded = told.remove(&known.slo.id);
        }
    }

    /// Reads what is due; a source that fails is left alone until the next time, and what was read stays.
    async fn read(&mut self, now: Time, inbox: Option<&Inbox>) -> Result<(), SourceError> {
        let began = self.clock.now();
        self.share(now);
        let asks = plan::plan(&self.rows, self.eyes().as_deref(), now);
        self.cold = (self.cold.0.max(plan::cold(&asks)), plan::cold(&asks));
        let mut failed: BTreeMap<Option<SourceName>, SourceError> = BTreeMap::new();
        let long = asks.len() > 8;
        for (done, ask) in asks.iter().enumerate() {
            let late = self.clock.now() - began >= EVERY;
            if failed.contains_key(&ask.source) || !self.may(ask, now, late) {
                continue;
            }
            if let Err(error) = self.fetch(ask, now).await {
                failed.insert(ask.source.clone(), error);
            }
            if let Some(inbox) = inbox.filter(|_| long && done % 4 == 0) {
                let _ = inbox.send(Msg::Budgets(self.report(self.clock.now(), None))).await;
            }
        }
        if self.cold.1 == 0 {
            self.cold.0 = 0;
        }
        match failed.into_values().next() {
            Some(error) => Err(error),
            None => {
                self.counted_at = Some(now);
                Ok(())
            }
        }
    }

    /// What the signals of an open objective cost is spent, too, and they are told what is left.
    fn share(&mut self, now: Time) {
        self.means.purse.take().into_iter().for_each(|(at, samples)| self.meter.pay(at, Some(samples)));
        self.means.purse.tell(now, self.meter.spent(now), self.means.samples_a_minute);
    }

    /// What is looked at now; none = everything.
    fn eyes(&self) -> Option<Vec<SloId>> {
        self.watched.as_ref().map(|w| self.with_parts(w.borrow().seen.clone()))
    }

    /// Tails are always read. The past waits for the budget of samples, and what nobody sees for a free place too.
    fn may(&mut self, ask: &Ask, now: Time, late: bool) -> bool {
        if self.watched.is_none() || ask.class == plan::Class::Tail {
            return true;
        }
        let is_dear = self.means.samples_a_minute > 0 && self.meter.spent(now) >= self.means.samples_a_minute;
        !late && !is_dear && (!ask.class.is_behind() || self.meter.has_place(now))
    }

    async fn fetch(&mut self, ask: &Ask, now: Time) -> Result<(), SourceError> {
        let source = match &ask.source {
            Some(name) => find(&self.sources, name),
            None => self.sources.iter().find(|s| s.counts().is_some()),
        };
        let Some(source) = source.filter(|s| s.counts().is_some()).cloned() else {
            return Err(SourceError::rejected("no configured source can count; add one of kind prometheus"));
        };
        // One that was refused in this round is not asked again in it.
        let asked = ask.places.iter().map(|i| &self.rows[*i]).filter(|k| !k.rests(ask.is_head, now));
        let slos: Vec<Slo> = asked.map(|k| (*k.slo).clone()).collect();
        if slos.is_empty() {
            return Ok(());
        }
        if ask.class.is_behind() {
            self.meter.place(now);
        }
        let tally = panics::asked(counting(&*source)?.count(&slos, ask.span, now)).await?;
        self.meter.pay(now, tally.samples);
        for one in tally.series {
            if let Some(place) = ask.place_of(&self.rows, &one.slo) {
                self.rows[place].answer(ask, one.buckets, now);
            }
        }
        for (id, trouble) in tally.refused {
            if let Some(place) = ask.place_of(&self.rows, &id) {
                tracing::warn!(slo = %id, "cannot be counted: {}", trouble.what.line());
                self.rows[place].refuse(ask, trouble, now);
            }
        }
        if ask.class == plan::Class::Cold {
            self.cold.1 = self.cold.1.saturating_sub(1);
        }
        Ok(())
    }

    fn source_of<'a>(sources: &'a Sources, slo: &Slo) -> Option<&'a std::sync::Arc<dyn Source>> {
        match &slo.indicator.source {
            Some(name) => find(sources, name),
            None => sources.iter().find(|s| s.counts().is_some()),
        }
    }

    /// Everything as it is known at a moment.
    pub fn report(&mut self, now: Time, error: Option<SourceError>) -> BudgetReport {
        self.compose();
        let eyes = self.eyes();
        let is_seen = |id: &SloId| eyes.as_ref().is_none_or(|e| e.contains(id));
        let planned = &self.means.planned;
        let rows = self.rows.iter_mut().map(|known| known.row(is_seen(&known.slo.id), planned, now)).collect();
        #[allow(clippy::cast_precision_loss, reason = "a plan is short")]
        let progress = 1.0 - self.cold.1 as f64 / self.cold.0.max(1) as f64;
        // Until the first full round the newest numbers are as good as counted: they are what there is.
        let newest = self.rows.iter().filter_map(|k| k.counted_at).max().filter(|_| error.is_none());
        BudgetReport {
            at: now,
            rows,
            error,
            counted_at: self.counted_at.or(newest),
            problems: self.catalogue.problems(),
            progress,
            cost: self.meter.cost(now, self.means.samples_a_minute),
        }
    }
}

fn counting(source: &dyn Source) -> Result<&dyn Counts, SourceError> {
    source.counts().ok_or_else(|| SourceError::rejected("this source cannot count"))
}
