//! What if: another objective, another window, an incident that never was, an outage that is planned. Everything is
//! computed anew from the counts; with nothing changed it is what is.

use super::{
    Objective, Slo, Window,
    assess::{Assessment, assess},
    budget::share_of,
    burn::{Detection, Tier, detection},
    exclusion::{self, share_within},
    history::History,
};
use crate::domain::Time;

/// The changes; `Default` is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WhatIf {
    pub objective: Option<Objective>,
    pub window: Option<Window>,
    /// `(from, to]` in Unix seconds whose errors are taken to have been the usual ones.
    pub without: Vec<(i64, i64)>,
    /// `(from, to]` in Unix seconds whose events count neither as bad nor at all.
    pub excluded: Vec<(i64, i64)>,
    /// The usual error ratio.
    pub baseline: f64,
    pub outage: Option<Outage>,
}

/// An outage that is planned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outage {
    pub minutes: f64,
    /// Share of events that fail, in [0, 1].
    pub ratio: f64,
}

/// What would be.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The objective with its changes.
    pub slo: Slo,
    /// Its counts with theirs, to replay alerts over.
    pub history: History,
    pub numbers: Assessment,
    /// After the planned outage.
    pub outage: Option<After>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct After {
    /// Events that fail, at the mean traffic of the window.
    pub bad: f64,
    /// Share of the budget that it takes.
    pub share: f64,
    /// What is left then.
    pub remaining: Option<f64>,
    /// Which tiers fire within it, from a clean state, and when.
    pub fires: Vec<(Tier, Detection)>,
}

pub fn what_if(slo: &Slo, history: &History, changes: &WhatIf, now: Time) -> Outcome {
    let slo = Slo {
        objective: changes.objective.clone().unwrap_or_else(|| slo.objective.clone()),
        window: changes.window.unwrap_or(slo.window),
        ..slo.clone()
    };
    let history = match changes.without.is_empty() {
        true => history.clone(),
        false => healed(history, &changes.without, changes.baseline),
    };
    let history = match changes.excluded.is_empty() {
        true => history,
        false => exclusion::without(&history, &changes.excluded),
    };
    let numbers = assess(&slo, &history, now);
    let outage = changes.outage.and_then(|outage| after(&slo, &history, &numbers, outage));
    Outcome { slo, history, numbers, outage }
}

/// The history with no more than the usual errors in these spans.
fn healed(history: &History, spans: &[(i64, i64)], baseline: f64) -> History {
    history.changed(|start, end, bad, total| {
        let inside = share_within(start, end, spans);
        let usual = bad.min(baseline * total);
        (bad + (usual - bad) * inside, total)
    })
}

/// A rolling window forgets as many events as come; a period's denominator has these already.
#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
fn after(slo: &Slo, history: &History, numbers: &Assessment, outage: Outage) -> Option<After> {
    let (total, allowed) = (numbers.total?, numbers.allowed_bad?);
    let head = numbers.as_of.timestamp();
    let covered = history.sum(head, head - numbers.period.begin).covered.max(1) as f64;
    let seconds = outage.minutes.max(0.0) * 60.0;
    let ratio = outage.ratio.clamp(0.0, 1.0);
    let bad = total / covered * seconds * ratio;
    let share = share_of(bad, allowed);
    let (beta, window_s) = (slo.objective.budget_ratio(), slo.window.seconds());
    let seen = |tier: Tier| (tier, detection(beta, ratio, window_s, &tier));
    let fires = slo.alerting.tiers(window_s).into_iter().map(seen);
    Some(After {
        bad,
        share,
        remaining: numbers.remaining.map(|left| left - share),
        fires: fires.filter(|(_, d)| d.detect_s.is_some_and(|s| s <= seconds)).collect(),
    })
}
