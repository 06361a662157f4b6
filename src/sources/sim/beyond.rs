//! What a simulated Prometheus knows beside what fires now: the alerts that its day has had, and the targets they are about,
//! which are there before they burn and after.

use std::collections::HashSet;

use async_trait::async_trait;
use chrono::Duration;

use crate::{
    domain::{
        Time,
        label::Labels,
        matcher::{Matcher, all_match},
        silence::beyond::{Beyond, Sets},
        text::SafeText,
    },
    sources::Metrics,
};

use super::{source::SimSource, wave::AlertPlan};

/// Most label sets in one answer.
const MOST: usize = 1_000;
/// What only the rules of alerts add: no series carries it.
const OF_RULES: [&str; 2] = ["alertname", "severity"];

#[async_trait]
impl Metrics for SimSource {
    async fn beyond(&self, matchers: &[Matcher], now: Time) -> Beyond {
        if let Err(error) = self.reach(now).await {
            return Beyond { fired: Err(error.clone()), series: Err(error) };
        }
        let moment = now - self.shared.epoch;
        let plans = &self.shared.scenario.alerts;
        let fired = plans.iter().filter(|p| has_fired(p, moment) && all_match(matchers, &p.labels));
        let fired = distinct(fired.map(|p| p.labels.clone()));
        Beyond { fired: Ok(Sets::of(fired, MOST)), series: Ok(series(plans, matchers)) }
    }
}

/// Whether it burned within the days that are looked back.
fn has_fired(plan: &AlertPlan, moment: Duration) -> bool {
    let since = moment - Duration::days(Beyond::DAYS);
    plan.at + plan.pending <= moment && plan.until.is_none_or(|until| until >= since)
}

fn series(plans: &[AlertPlan], matchers: &[Matcher]) -> Sets {
    let (out, asked): (Vec<Matcher>, Vec<Matcher>) =
        matchers.iter().cloned().partition(|m| OF_RULES.contains(&m.name.as_str()));
    let left_out = out.iter().filter(|m| !m.matches_value("")).map(|m| SafeText::new(&m.name)).collect();
    if asked.iter().all(|m| m.matches_value("")) {
        let why = "none of its matchers is about a label that is known here";
        return Sets { left_out, not_asked: Some(why), ..Sets::default() };
    }
    let carried = distinct(plans.iter().map(up).filter(|labels| all_match(&asked, labels)));
    Sets { left_out, ..Sets::of(carried, MOST) }
}

/// Each once, in the order of the scenario.
fn distinct(sets: impl Iterator<Item = Labels>) -> Vec<Labels> {
    let mut seen = HashSet::new();
    sets.filter(|labels| seen.insert(labels.fingerprint())).collect()
}

/// The series that says whether the target of an alert is up.
fn up(plan: &AlertPlan) -> Labels {
    let of_target = plan.labels.iter().filter(|(n, _)| !OF_RULES.contains(&n.raw()));
    let own = of_target.map(|(n, v)| (n.raw(), v.raw()));
    std::iter::once(("__name__", "up")).chain(own).collect()
}
