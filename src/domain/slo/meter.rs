//! The live meter of something that still goes on: what it took so far, how fast, what comes next, and how it ends if it
//! is fixed now. Every number ahead takes on the pace of the last minutes.

use super::{
    Slo,
    assess::Assessment,
    budget::share_of,
    burn::Severity,
    distance::{Pace, distance},
    judge::moment,
    span::{Spent, spent},
    timeline::Timeline,
};
use crate::domain::Time;

/// Seconds that the pace is taken from; no longer than it lasts.
const PACE: i64 = 600;
/// Longer looks that say how uncertain the pace is.
const OTHER_PACES: [i64; 2] = [1_800, 3_600];

#[derive(Clone, Debug, PartialEq)]
pub struct Meter {
    /// What it took so far.
    pub spent: Spent,
    /// Above the usual share of errors, as a share of the budget.
    pub net: Option<f64>,
    /// Share of the budget that goes in a minute.
    pub per_minute: Option<f64>,
    /// The quiet tier that fires first at this pace.
    pub next: Option<Next>,
    pub gone: Option<Gone>,
    /// What is left of the budget if the errors stop now; a calendar's at the end of its period.
    pub if_fixed_now: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Next {
    /// Index among the tiers.
    pub tier: usize,
    pub severity: Severity,
    /// Seconds.
    pub fires_in: f64,
}

/// When nothing is left of the budget.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gone {
    pub at: Time,
    /// Seconds: half of how far the answers of other look backs lie apart.
    pub give_or_take_s: f64,
    /// Seconds whose pace is taken on.
    pub pace_s: i64,
}

/// Reads the meter of what began at `since` and still goes on. `baseline` is the usual error ratio.
pub fn meter(slo: &Slo, numbers: &Assessment, line: &Timeline, since: Time, baseline: f64) -> Meter {
    let beta = slo.objective.budget_ratio();
    let head = head_of(numbers, line);
    let spent = spent(numbers, beta, line, since.min(moment(head)), moment(head));
    let lasted = (head - since.timestamp()).max(60);
    let pace = Pace::of(line, head, PACE.min(lasted));
    let net = spent.bad.zip(spent.total).and_then(|(bad, total)| numbers.share(bad - baseline * total));
    Meter {
        net,
        per_minute: pace.and_then(|p| numbers.share(p.bad * 60.0)),
        next: pace.and_then(|p| next(slo, numbers, line, p)),
        gone: pace.and_then(|p| gone(numbers, line, lasted, p)),
        if_fixed_now: if_fixed_now(slo, numbers, line, baseline),
        spent,
    }
}

/// A line may have been counted for longer than the numbers were.
fn head_of(numbers: &Assessment, line: &Timeline) -> i64 {
    line.end().unwrap_or(i64::MIN).max(numbers.as_of.timestamp())
}

/// What is left at the end of the line, as a share of the budget.
fn left(numbers: &Assessment, line: &Timeline) -> Option<f64> {
    let since = line.sum(numbers.as_of.timestamp(), head_of(numbers, line)).bad.unwrap_or(0.0);
    let spent = if since > 0.0 { numbers.share(since)? } else { 0.0 };
    numbers.remaining.map(|left| left - spent)
}

fn next(slo: &Slo, numbers: &Assessment, line: &Timeline, pace: Pace) -> Option<Next> {
    let head = head_of(numbers, line);
    let tiers = slo.alerting.tiers(slo.window.seconds());
    let beta = slo.objective.budget_ratio();
    let quiet = tiers.iter().enumerate().filter_map(|(i, tier)| {
        let fires_in = distance(beta, tier, line, head, pace).fires_in.filter(|s| *s > 0.0)?;
        Some(Next { tier: i, severity: tier.severity, fires_in })
    });
    quiet.min_by(|a, b| a.fires_in.total_cmp(&b.fires_in))
}

/// What is left, divided by the pace: over the hours of an incident nothing ages out.
fn gone(numbers: &Assessment, line: &Timeline, lasted: i64, pace: Pace) -> Option<Gone> {
    let left =
        numbers.allowed_bad.zip(left(numbers, line)).map(|(allowed, left)| allowed * left).filter(|l| *l > 0.0)?;
    let head = head_of(numbers, line);
    let in_s = |p: Pace| (p.bad > 0.0).then(|| left / p.bad);
    let expected = in_s(pace)?;
    let others = OTHER_PACES.into_iter().chain([lasted]).map(|back| back.min(lasted));
    let answers: Vec<f64> =
        others.filter_map(|back| Pace::of(line, head, back)).filter_map(in_s).chain([expected]).collect();
    let (least, most) = answers.iter().fold((f64::MAX, 0.0_f64), |(a, b), s| (a.min(*s), b.max(*s)));
    #[allow(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
    let at = moment(head.saturating_add(expected as i64));
    Some(Gone { at, give_or_take_s: (most - least) / 2.0, pace_s: PACE.min(lasted) })
}

fn if_fixed_now(slo: &Slo, numbers: &Assessment, line: &Timeline, baseline: f64) -> Option<f64> {
    let remaining = left(numbers, line)?;
    if slo.window.is_rolling() {
        return Some(remaining);
    }
    #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
    let share_left = {
        let (begin, end) = (numbers.period.begin, numbers.period.end);
        (end - head_of(numbers, line)).max(0) as f64 / (end - begin).max(1) as f64
    };
    Some(remaining - share_of(baseline, slo.objective.budget_ratio()) * share_left)
}
