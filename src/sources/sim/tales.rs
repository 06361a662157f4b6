//! What a simulated day tells of whom it pages, of who is on call and of when its alerts burned: all follow from the
//! scenario.
//!
//! Nobody is told of anything: the one receiver is the simulation itself.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::Duration;

use crate::{
    domain::{
        Time,
        alert::{Alert, AlertState},
        held::Duty,
        past::{Past, Span, Was},
        routing::{
            Policy, Receiver,
            group_key::PAGERDUTY,
            route::{GroupBy, Options, Route},
        },
        source::SourceError,
        text::SafeText,
    },
    sources::{OnCall, Remembers, Routing},
};

use super::{scenario::Imitates, source::SimSource, wave::AlertPlan};

/// How finely the day is looked through.
const STEP: Duration = Duration::minutes(1);
/// Most moments that are looked at: thirty days of minutes.
const MOMENTS_MAX: usize = 43_200;

#[async_trait]
impl Routing for SimSource {
    /// One route for everything, grouped by name.
    async fn policy(&self, now: Time) -> Result<Policy, SourceError> {
        self.reach(now).await?;
        let options = Options {
            receiver: "sim".into(),
            group_by: GroupBy::Labels(vec!["alertname".into()]),
            ..Options::default()
        };
        let (matchers, mute, active) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Policy {
            read_at: now,
            root: Route { matchers, options, mute, active, goes_on: false, routes: Vec::new() },
            inhibits: Vec::new(),
            intervals: BTreeMap::new(),
            receivers: vec![Receiver { name: "sim".into(), kinds: self.kinds() }],
            problems: Vec::new(),
        })
    }
}

#[async_trait]
impl Remembers for SimSource {
    /// Every plan of these labels, whichever source tells it; the day before the first plan was calm.
    async fn past(&self, alert: &Alert, since: Time, now: Time) -> Result<Past, SourceError> {
        self.reach(now).await?;
        let plans = self.shared.scenario.alerts.iter().filter(|p| p.labels == alert.labels);
        Ok(Past::new(since, now, plans.flat_map(|p| self.spans(p, since, now))))
    }
}

impl SimSource {
    /// What receives it: where the day has a source that pages, that as well.
    fn kinds(&self) -> Vec<SafeText> {
        let pages = self.shared.scenario.sources.iter().any(|s| s.imitates == Imitates::Pagerduty);
        let pager = pages.then(|| SafeText::new(PAGERDUTY));
        std::iter::once(SafeText::new("simulated")).chain(pager).collect()
    }

    fn spans(&self, plan: &AlertPlan, since: Time, now: Time) -> Vec<Span> {
        let from = since.max(self.shared.epoch + plan.at);
        let moments = std::iter::successors(Some(from), |at| at.checked_add_signed(STEP));
        let was = |at: Time| {
            let (state, _) = plan.state_at(at - self.shared.epoch)?;
            let was = if state == AlertState::Pending { Was::Pending } else { Was::Firing };
            Some(Span { from: at, to: now.min(at + STEP), was })
        };
        moments.take_while(|at| *at < now).take(MOMENTS_MAX).filter_map(was).collect()
    }
}

#[async_trait]
impl OnCall for SimSource {
    async fn duties(&self, from: Time, to: Time, now: Time) -> Result<Vec<Duty>, SourceError> {
        self.reach(now).await?;
        let moment = |m: Option<Duration>| m.map(|m| self.shared.epoch + m);
        let own = self.shared.scenario.duties.iter().filter(|d| d.source == self.index);
        let told = own.map(|d| Duty {
            of: d.of.clone(),
            services: d.services.clone(),
            level: d.level,
            who: d.who.clone(),
            from: moment(d.from),
            until: moment(d.until),
        });
        Ok(told.filter(|d| d.until.is_none_or(|u| u > from) && d.from.is_none_or(|f| f < to)).collect())
    }
}
