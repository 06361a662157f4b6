//! One source of a simulated day: answers as its backend would, and fails when the scenario says so.
//!
//! Refuses to know where its scenario came from. Its only state is the ledger of silences.

use std::{
    collections::HashSet,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration as Wait,
};

use async_trait::async_trait;
use chrono::Duration;

use crate::{
    domain::{
        Time,
        alert::{Alert, AlertState},
        few::Few,
        label::Fingerprint,
        matcher::Matcher,
        silence::{Silence, SilenceDraft},
        slo::{BucketSpan, Declared, Slo, Tally, drill},
        source::{Capabilities, Change, Description, Detail, Problem, Snapshot, SourceError},
        text::SafeText,
    },
    sources::{Changes, Counts, Details, Metrics, OnCall, Remembers, Requests, Routing, Signals, Silences, Source},
};

use super::{
    ledger::Ledger,
    requests,
    scenario::{EventPlan, FaultKind, FaultPlan, Imitates, Scenario},
    wave::AlertPlan,
};

/// How long an answer of a slow source takes.
const SLOW: Wait = Wait::from_secs(8);
/// Most buckets in one answer: a year of minutes.
const BUCKETS_MAX: i64 = 600_000;

/// What all sources of one simulated day share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) scenario: Scenario,
    pub(super) epoch: Time,
    pub(super) ledger: Mutex<Ledger>,
    /// The file that the ledger is read from and written to, where it outlives the process.
    pub(super) kept: Option<PathBuf>,
}

impl Shared {
    /// As it is now: another process may have written in it since.
    pub(super) fn ledger(&self) -> Result<MutexGuard<'_, Ledger>, SourceError> {
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = &self.kept {
            ledger.read(file)?;
        }
        Ok(ledger)
    }

    /// What was written is there for the next process.
    pub(super) fn keep(&self, ledger: &Ledger) -> Result<(), SourceError> {
        self.kept.as_ref().map_or(Ok(()), |file| ledger.write(file))
    }

    /// The changes in `(since, now]` that `told` lets through, oldest first.
    pub(super) fn changes(&self, since: Time, now: Time, told: impl Fn(&EventPlan) -> bool) -> Vec<Change> {
        let due = |e: &&EventPlan| told(e) && since < self.epoch + e.at && self.epoch + e.at <= now;
        self.scenario.events.iter().filter(due).map(|e| self.change(e)).collect()
    }

    fn change(&self, plan: &EventPlan) -> Change {
        Change {
            at: self.epoch + plan.at,
            kind: plan.kind.clone(),
            title: plan.title.clone(),
            by: plan.by.clone(),
            text: plan.text.clone(),
            service: plan.service.clone(),
            id: None,
            url: plan.url.clone(),
        }
    }
}

pub(super) struct SimSource {
    pub(super) shared: Arc<Shared>,
    pub(super) index: usize,
    description: Description,
    tells_changes: bool,
}

impl SimSource {
    pub(super) fn new(shared: Arc<Shared>, index: usize) -> Self {
        let scenario = &shared.scenario;
        let plan = &scenario.sources[index];
        let counts = plan.imitates == Imitates::Prometheus || scenario.budgets.iter().any(|b| b.source == index);
        let silences = plan.imitates == Imitates::Alertmanager;
        let evaluates = plan.imitates == Imitates::Prometheus;
        let ways = if plan.imitates == Imitates::Pagerduty { requests::ways(&plan.pages) } else { Vec::new() };
        let can = Capabilities {
            alerts: true,
            ack: Some(plan.ack),
            silences,
            counts,
            evaluates,
            ways,
            ..Capabilities::default()
        };
        let alone = plan.imitates.tells_changes_alone();
        let pages = plan.imitates == Imitates::Pagerduty;
        let tells_changes = alone.is_some() || pages || scenario.events.iter().any(|e| e.source == index);
        let on_call = scenario.duties.iter().any(|d| d.source == index);
        let can = Capabilities { alerts: alone.is_none(), changes: tells_changes, on_call, ..can };
        let (name, kind) = (plan.name.clone(), alone.unwrap_or("sim"));
        let description = Description { name, kind, can, interval: plan.interval };
        Self { shared, index, description, tells_changes }
    }

    /// What fails now; the first of the file where several do.
    pub(super) fn fault(&self, now: Time) -> Option<&FaultPlan> {
        let moment = now - self.shared.epoch;
        self.shared.scenario.faults.iter().find(|f| f.source == self.index && f.at <= moment && moment < f.until)
    }

    /// Waits or fails as the fault of the moment wants it, as every request does.
    pub(super) async fn reach(&self, now: Time) -> Result<Option<FaultKind>, SourceError> {
        let Some(fault) = self.fault(now) else { return Ok(None) };
        match fault.kind {
            FaultKind::Unreachable => Err(SourceError::unreachable("connection refused (simulated)")),
            FaultKind::Unauthorized => Err(SourceError::Auth { why: SafeText::new("401 Unauthorized (simulated)") }),
            FaultKind::RateLimited => Err(SourceError::RateLimited { until: self.shared.epoch + fault.until }),
            FaultKind::Malformed => Err(SourceError::malformed("expected JSON, got `<!DOCTYPE html>` (simulated)")),
            FaultKind::Slow => {
                tokio::time::sleep(SLOW).await;
                Ok(Some(FaultKind::Slow))
            }
            kind => Ok(Some(kind)),
        }
    }

    /// As [`Self::reach`], for a write: some faults let reads through only.
    async fn reach_to_write(&self, now: Time) -> Result<Option<FaultKind>, SourceError> {
        match self.reach(now).await? {
            Some(FaultKind::Refused) => {
                Err(SourceError::rejected("403: this token may not write silences (simulated)"))
            }
            fault => Ok(fault),
        }
    }

    pub(super) fn alerts(&self, now: Time, silences: &[Silence]) -> Vec<Alert> {
        let moment = now - self.shared.epoch;
        let active: Vec<&Silence> = silences.iter().filter(|s| s.is_active(now)).collect();
        let mut seen: HashSet<&Fingerprint> = HashSet::new();
        let mut alerts = Vec::new();
        for plan in self.shared.scenario.alerts.iter().filter(|p| p.source == self.index) {
            let Some(state) = plan.state_at(moment) else { continue };
            if seen.insert(&plan.fingerprint) {
                alerts.push(self.alert(plan, state, moment, &active));
            }
        }
        alerts
    }

    fn alert(&self, plan: &AlertPlan, told: (AlertState, Duration), moment: Duration, active: &[&Silence]) -> Alert {
        let (state, began) = told;
        let silenced_by: Few<SafeText> =
            active.iter().filter(|s| s.matches(&plan.labels)).map(|s| s.id.clone()).collect();
        let inhibited_by = self.inhibited_by(plan, moment);
        let muted = !silenced_by.is_empty() || !inhibited_by.is_empty();
        Alert {
            fingerprint: plan.fingerprint.clone(),
            labels: plan.labels.clone(),
            annotations: plan.annotations.clone(),
            state: if muted { AlertState::Suppressed } else { state },
            starts_at: self.shared.epoch + began,
            silenced_by,
            inhibited_by,
            receivers: Default::default(),
            fires_at: (state == AlertState::Pending && !muted).then(|| self.shared.epoch + began + plan.pending),
            source_url: plan.url.clone(),
            held: None,
        }
    }

    fn inhibited_by(&self, plan: &AlertPlan, moment: Duration) -> Few<Fingerprint> {
        let firing = |p: &&AlertPlan| p.state_at(moment).is_some_and(|(state, _)| state == AlertState::Firing);
        let plans = plan.inhibitors.iter().map(|i| &self.shared.scenario.alerts[*i]);
        plans.filter(firing).map(|p| p.fingerprint.clone()).collect()
    }
}

/// Takes every third alert out of the answer and names it as unreadable.
fn garble(snapshot: &mut Snapshot) {
    let (mut good, mut problems) = (Vec::new(), Vec::new());
    for (i, alert) in snapshot.alerts.drain(..).enumerate() {
        if i % 3 == 0 {
            let why = SafeText::new("startsAt: `yesterday` is no RFC 3339 time (simulated)");
            problems.push(Problem { at: SafeText::new(&format!("alerts[{i}]")), why });
        } else {
            good.push(alert);
        }
    }
    snapshot.complete = problems.is_empty();
    snapshot.alerts = good;
    snapshot.problems = problems;
}

#[async_trait]
impl Source for SimSource {
    fn describe(&self) -> &Description {
        &self.description
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        let fault = self.reach(now).await?;
        assert!(fault != Some(FaultKind::Panic), "a defect that the scenario asks for");
        let mut snapshot = Snapshot::empty(now);
        snapshot.version = Some(SafeText::new("sim"));
        let ledger = self.shared.ledger()?;
        snapshot.silences = ledger.list(self.index, now);
        let alerts = self.alerts(now, &snapshot.silences).into_iter();
        snapshot.alerts = alerts.filter_map(|alert| self.paged(&ledger, alert, now)).map(Arc::new).collect();
        drop(ledger);
        if fault == Some(FaultKind::Garbled) {
            garble(&mut snapshot);
        }
        Ok(snapshot)
    }

    fn silences(&self) -> Option<&dyn Silences> {
        self.description.can.silences.then_some(self as &dyn Silences)
    }

    fn requests(&self) -> Option<&dyn Requests> {
        (!self.description.can.ways.is_empty()).then_some(self as &dyn Requests)
    }

    fn counts(&self) -> Option<&dyn Counts> {
        self.description.can.counts.then_some(self as &dyn Counts)
    }

    fn changes(&self) -> Option<&dyn Changes> {
        self.tells_changes.then_some(self as &dyn Changes)
    }

    fn on_call(&self) -> Option<&dyn OnCall> {
        self.description.can.on_call.then_some(self as &dyn OnCall)
    }

    fn details(&self) -> Option<&dyn Details> {
        // What imitates a rule engine has no rules to tell of.
        self.description.can.silences.then_some(self as &dyn Details)
    }

    fn metrics(&self) -> Option<&dyn Metrics> {
        self.description.can.evaluates.then_some(self)
    }

    fn signals(&self) -> Option<&dyn Signals> {
        self.description.can.counts.then_some(self as &dyn Signals)
    }

    fn routing(&self) -> Option<&dyn Routing> {
        self.description.can.silences.then_some(self as &dyn Routing)
    }

    fn past(&self) -> Option<&dyn Remembers> {
        self.description.can.evaluates.then_some(self as &dyn Remembers)
    }
}

#[async_trait]
impl Details for SimSource {
    /// One route, grouped by name; what receives it is the simulation, for nobody is told.
    async fn details(&self, alert: &Alert, now: Time) -> Result<Vec<Detail>, SourceError> {
        self.reach(now).await?;
        let alerts = self.alerts(now, &[]);
        if !alerts.iter().any(|a| a.fingerprint == alert.fingerprint) {
            return Ok(Vec::new());
        }
        let size = alerts.iter().filter(|a| a.name() == alert.name()).count();
        Ok(vec![
            Detail::new("receiver", "sim"),
            Detail::new("group", format!("{{{}}}", Matcher::equal("alertname", alert.name().raw()))),
            Detail::of_group(size),
        ])
    }
}

#[async_trait]
impl Silences for SimSource {
    async fn put(&self, draft: &SilenceDraft, now: Time) -> Result<SafeText, SourceError> {
        let fault = self.reach_to_write(now).await?;
        let mut ledger = self.shared.ledger()?;
        let id = ledger.put(self.index, draft, now)?;
        self.shared.keep(&ledger)?;
        if fault == Some(FaultKind::LostAnswer) {
            return Err(SourceError::unreachable("the connection broke before the answer came (simulated)"));
        }
        Ok(id)
    }

    async fn get(&self, id: &str, now: Time) -> Result<Option<Silence>, SourceError> {
        self.reach(now).await?;
        Ok(self.shared.ledger()?.get(self.index, id, now))
    }

    async fn list(&self, now: Time) -> Result<Vec<Silence>, SourceError> {
        self.reach(now).await?;
        Ok(self.shared.ledger()?.list(self.index, now))
    }

    async fn expire(&self, id: &str, now: Time) -> Result<(), SourceError> {
        let fault = self.reach_to_write(now).await?;
        let mut ledger = self.shared.ledger()?;
        ledger.expire(self.index, id, now);
        self.shared.keep(&ledger)?;
        if fault == Some(FaultKind::LostAnswer) {
            return Err(SourceError::unreachable("the connection broke before the answer came (simulated)"));
        }
        Ok(())
    }
}

#[async_trait]
impl Counts for SimSource {
    async fn declared(&self, now: Time) -> Result<Declared, SourceError> {
        self.reach(now).await?;
        let own = self.shared.scenario.budgets.iter().filter(|b| b.source == self.index);
        Ok(own.map(|b| b.slo.clone()).collect::<Vec<_>>().into())
    }

    async fn count(&self, wanted: &[Slo], span: BucketSpan, now: Time) -> Result<Tally, SourceError> {
        self.reach(now).await?;
        if span.step <= 0 || span.to.saturating_sub(span.from) / span.step > BUCKETS_MAX {
            return Err(SourceError::rejected(format!("a step of {} s makes too many buckets", span.step)));
        }
        let own = self.shared.scenario.budgets.iter().filter(|b| b.source == self.index);
        let asked = own.filter(|b| wanted.iter().any(|w| w.id == b.slo.id));
        Ok(asked.map(|b| b.count(span, self.shared.epoch, now)).collect::<Vec<_>>().into())
    }

    async fn drill(
        &self,
        slo: &Slo,
        by: Option<&str>,
        (from, to): (i64, i64),
        now: Time,
    ) -> Result<Vec<drill::Counted>, SourceError> {
        self.reach(now).await?;
        let mut own = self.shared.scenario.budgets.iter().filter(|b| b.source == self.index);
        let budget = own.find(|b| b.slo.id == slo.id).ok_or_else(|| SourceError::rejected("it is not counted here"))?;
        Ok(budget.drill(by, (from, to.min(now.timestamp()).max(from)), self.shared.epoch))
    }
}

#[async_trait]
impl Changes for SimSource {
    async fn changes(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        self.reach(now).await?;
        let mut told = self.shared.changes(since, now, |e| e.source == self.index);
        told.extend(self.log(since, now)?);
        told.sort_by_key(|change| change.at);
        Ok(told)
    }
}
