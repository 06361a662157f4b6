//! What a scenario is a drill in: read and checked against its alerts, and the part that each alert has in it.
//!
//! Refuses to know how a drill is scored; that is [`crate::domain::drill`].

use chrono::Duration;
use serde::Deserialize;
use toml::Spanned;

use crate::domain::{
    Time,
    alert::AlertId,
    drill::{Cast, Experiment, Injected, Limits, Part, Times},
    matcher::{Matcher, all_match},
    text::SafeText,
};

use super::{
    scenario::{Mistake, Scenario, each, span},
    wave::AlertPlan,
    wire::{Length, MatcherText, Moment},
};

/// After the last thing that a scenario tells, a drill without an end of its own goes on for this long.
const AFTERMATH: Duration = Duration::minutes(2);

/// `[experiment]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExperimentTable {
    steady_state: Spanned<String>,
    hypothesis: Spanned<String>,
    #[serde(rename = "fault", default)]
    faults: Vec<InjectedTable>,
    /// Lists of matchers: each a set of alerts of which one must be owned.
    #[serde(default)]
    own: Vec<Spanned<Vec<MatcherText>>>,
    #[serde(default)]
    unrelated: Vec<Spanned<Vec<MatcherText>>>,
    #[serde(default)]
    incident: bool,
    #[serde(default)]
    within: WithinTable,
    ends_at: Option<Spanned<Moment>>,
    then: Option<ThenTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InjectedTable {
    what: Spanned<String>,
    at: Spanned<Moment>,
    until: Option<Moment>,
    #[serde(default)]
    rollback: String,
    action: Option<String>,
    #[serde(default)]
    on: Vec<MatcherText>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WithinTable {
    own: Option<Length>,
    note: Option<Length>,
    declare: Option<Length>,
    mitigate: Option<Length>,
}

/// What was done when it happened, from the first page on; what is left out never was.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThenTable {
    own: Option<Length>,
    note: Option<Length>,
    declare: Option<Length>,
    mitigate: Option<Length>,
}

/// Reads the experiment of a scenario that opens at `opens_at`.
pub(super) fn read(table: &ExperimentTable, alerts: &[AlertPlan], opens_at: Duration) -> Result<Experiment, Mistake> {
    let experiment = Experiment {
        steady_state: said(&table.steady_state, "steady_state")?,
        hypothesis: said(&table.hypothesis, "hypothesis")?,
        faults: each(&table.faults, |f| injected(f, alerts))?,
        own: each(&table.own, |m| matchers(m, alerts))?,
        unrelated: each(&table.unrelated, |m| matchers(m, alerts))?,
        incident: table.incident,
        within: within(&table.within),
        ends_at: table.ends_at.as_ref().map(|at| end(at, opens_at)).transpose()?,
        then: table.then.as_ref().map(then),
    };
    for (unrelated, place) in experiment.unrelated.iter().zip(&table.unrelated) {
        let both =
            |a: &&AlertPlan| all_match(unrelated, &a.labels) && matches!(experiment.part(&a.labels), Part::Own(_));
        if let Some(both) = alerts.iter().find(both) {
            let name = both.labels.value("alertname");
            return Err(Mistake::at(place, format!("`{name}` is unrelated here and to be owned above")));
        }
    }
    Ok(experiment)
}

fn said(text: &Spanned<String>, name: &str) -> Result<SafeText, Mistake> {
    match text.get_ref().trim() {
        "" => Err(Mistake::at(text, format!("{name} is empty; say it in a sentence"))),
        text => Ok(SafeText::new(text)),
    }
}

fn matchers(list: &Spanned<Vec<MatcherText>>, alerts: &[AlertPlan]) -> Result<Vec<Matcher>, Mistake> {
    let matchers: Vec<Matcher> = list.get_ref().iter().map(|m| m.0.clone()).collect();
    if matchers.is_empty() {
        return Err(Mistake::at(list, "an empty list of matchers would be every alert"));
    }
    if alerts.iter().any(|a| all_match(&matchers, &a.labels)) {
        return Ok(matchers);
    }
    let written: Vec<String> = matchers.iter().map(ToString::to_string).collect();
    Err(Mistake::at(list, format!("no alert of this scenario has {}", written.join(" "))))
}

fn injected(table: &InjectedTable, alerts: &[AlertPlan]) -> Result<Injected, Mistake> {
    let (at, until) = match table.until {
        Some(until) => span(&table.at, until).map(|(at, until)| (at, Some(until)))?,
        None => (table.at.get_ref().0, None),
    };
    let on: Vec<Matcher> = table.on.iter().map(|m| m.0.clone()).collect();
    if !on.is_empty() && !alerts.iter().any(|a| all_match(&on, &a.labels)) {
        return Err(Mistake::at(&table.what, "`on` matches no alert of this scenario"));
    }
    if until.is_none() && table.action.is_none() {
        return Err(Mistake::at(&table.what, "this fault never ends: give it `until`, or the `action` that undoes it"));
    }
    Ok(Injected {
        what: said(&table.what, "what")?,
        at,
        until,
        rollback: SafeText::new(table.rollback.trim()),
        action: table.action.as_deref().map(SafeText::new),
        on,
    })
}

fn within(table: &WithinTable) -> Limits {
    let length = |l: Option<Length>| l.map(|l| l.0);
    Limits {
        own: length(table.own),
        note: length(table.note),
        declare: length(table.declare),
        mitigate: length(table.mitigate),
    }
}

fn then(table: &ThenTable) -> Times {
    let seconds = |l: Option<Length>| l.map(|l| l.0.num_seconds());
    Times {
        own_s: seconds(table.own),
        note_s: seconds(table.note),
        declare_s: seconds(table.declare),
        mitigate_s: seconds(table.mitigate),
    }
}

fn end(at: &Spanned<Moment>, opens_at: Duration) -> Result<Duration, Mistake> {
    let end = at.get_ref().0;
    if end <= opens_at { Err(Mistake::at(at, "the drill ends before it opens (opens_at)")) } else { Ok(end) }
}

impl Scenario {
    /// When a drill of it is over: as it says, else a while after the last thing that it tells.
    pub fn ends_at(&self) -> Duration {
        if let Some(end) = self.experiment.as_ref().and_then(|e| e.ends_at) {
            return end;
        }
        let alerts = self.alerts.iter().flat_map(|a| [Some(a.at + a.pending), a.until]).flatten();
        let others = self.faults.iter().map(|f| f.until).chain(self.events.iter().map(|e| e.at));
        let last = alerts.chain(others).max().unwrap_or_default();
        last.max(self.opens_at) + AFTERMATH
    }

    /// Its alerts, each with its part in the drill.
    pub fn cast(&self, epoch: Time) -> Vec<Cast> {
        let plain = Experiment::default();
        let experiment = self.experiment.as_ref().unwrap_or(&plain);
        let of = |plan: &AlertPlan| Cast {
            id: AlertId { source: self.sources[plan.source].name.clone(), fingerprint: plan.fingerprint.clone() },
            title: plan.labels.get("alertname").cloned().unwrap_or_default(),
            part: experiment.part(&plan.labels),
            labels: plan.labels.clone(),
            fires_at: epoch + plan.at + plan.pending,
            ends_at: plan.until.map(|until| epoch + until),
        };
        self.alerts.iter().map(of).collect()
    }
}
