//! A composite: one objective made of others. How they are put together is always named beside the number.
//!
//! OpenSLO leaves the sum open: what lacks may be added up, be multiplied by weights, or be averaged by them.

use std::collections::BTreeMap;

use super::{
    Bucket, BucketSpan, Method, Part, Slo, SloId,
    assess::{Assessment, BURN_WINDOWS, assess},
    budget::{BudgetState, budget, share_spent},
    history::{FINE, HOURLY, History},
    judge::{period_at, tier_status},
    series::Sums,
};
use crate::domain::Time;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// `1 - Σ(1 - r)`: every part's missing counts in full.
    SumMissing,
    /// `1 - Σ w·(1 - r)`: a weight multiplies a part's burn.
    SumBurn,
    /// `Σ w·r / Σ w`.
    WeightedMean,
}

impl Combine {
    /// What the budgeting method of a composite asks for: slices of time fail where any part does, which the sum of what
    /// is missing bounds from above; events are averaged by weight.
    pub fn of(method: &Method) -> Self {
        match method {
            Method::Occurrences => Self::WeightedMean,
            Method::Timeslices { .. } | Method::RatioTimeslices { .. } => Self::SumMissing,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::SumMissing => "sum_missing",
            Self::SumBurn => "sum_burn",
            Self::WeightedMean => "weighted_mean",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::SumMissing => "what its parts lack, added up",
            Self::SumBurn => "what its parts lack times their weights, added up",
            Self::WeightedMean => "the mean of its parts by weight",
        }
    }

    /// What a part's error ratio counts for.
    fn factor(self, weight: f64, all: f64) -> f64 {
        match self {
            Self::SumMissing => 1.0,
            Self::SumBurn => weight,
            Self::WeightedMean => {
                if all > 0.0 {
                    weight / all
                } else {
                    0.0
                }
            }
        }
    }
}

/// The reliability of a composite from `(reliability, weight)` of its parts, in [0, 1]; `None` without parts.
pub fn combine(how: Combine, parts: &[(f64, f64)]) -> Option<f64> {
    let all: f64 = parts.iter().map(|(_, weight)| weight).sum();
    let missing: f64 = parts.iter().map(|(r, weight)| how.factor(*weight, all) * (1.0 - r)).sum();
    (!parts.is_empty()).then(|| (1.0 - missing).clamp(0.0, 1.0))
}

/// One part of a composite.
#[derive(Clone, Copy, Debug)]
pub struct Component<'a> {
    /// Above 0.
    pub weight: f64,
    pub slo: &'a Slo,
    pub history: &'a History,
}

/// A composite's numbers, and counts to draw them from: seconds of the window, and what of them its parts lacked.
#[derive(Clone, Debug, PartialEq)]
pub struct Composite {
    pub how: Combine,
    pub numbers: Assessment,
    pub history: History,
}

/// Judges a composite by its parts over its own window. One part of which nothing is known makes the whole unknown.
pub fn assess_composite(slo: &Slo, parts: &[Component<'_>], now: Time) -> Composite {
    let how = Combine::of(&slo.method);
    let all: f64 = parts.iter().map(|p| p.weight).sum();
    let head = parts.iter().map(|p| p.history.head(now.timestamp())).max().unwrap_or_default();
    let back = head - period_at(slo.window, head).begin;
    let judged: Vec<Judged<'_>> = parts.iter().map(|p| Judged::new(p, how.factor(p.weight, all), head, back)).collect();
    let is_known = !judged.is_empty() && judged.iter().all(|j| j.of_one.is_some());
    let history = if is_known { drawn(slo, &judged, now) } else { History::default() };
    let mut numbers = assess(slo, &history, now);
    if is_known {
        let beta = slo.objective.budget_ratio();
        for ((_, burn), (_, back)) in numbers.burn.iter_mut().zip(BURN_WINDOWS) {
            *burn = missing(&judged, back).map(|e| share_spent(beta, e));
        }
        let tiers = slo.alerting.tiers(slo.window.seconds());
        let at = |back| ratio_as_sums(missing(&judged, back));
        numbers.tiers = tiers.iter().map(|t| tier_status(&slo.objective, t, at(t.long_s), at(t.short_s))).collect();
    }
    Composite { how, numbers, history }
}

/// As [`assess_composite`], with its parts found by their ids; a part that is not found is not known.
pub fn assess_parts<'a>(slo: &Slo, find: impl Fn(&SloId) -> Option<(&'a Slo, &'a History)>, now: Time) -> Composite {
    let part = |p: &Part| find(&p.id).map(|(slo, history)| Component { weight: p.weight, slo, history });
    let parts: Option<Vec<Component<'a>>> = slo.parts.iter().map(part).collect();
    assess_composite(slo, &parts.unwrap_or_default(), now)
}

/// A part, judged over the composite's window. All parts are judged as of one moment.
struct Judged<'a> {
    part: &'a Component<'a>,
    factor: f64,
    head: i64,
    /// What one bad event of it lacks of the window; `None` where nothing is known of it.
    of_one: Option<f64>,
}

impl<'a> Judged<'a> {
    fn new(part: &'a Component<'a>, factor: f64, head: i64, back: i64) -> Self {
        let sums = part.history.sum(head, back);
        let of_one = match budget(&part.slo.objective, sums.total, sums.bad).state {
            BudgetState::NoData | BudgetState::Invalid => None,
            BudgetState::NoTraffic => Some(0.0),
            BudgetState::Ok | BudgetState::Exhausted => sums.total.map(|total| factor / total),
        };
        Self { part, factor, head, of_one }
    }

    /// What it lacks of the whole in the look back.
    fn lacks(&self, back: i64) -> Option<f64> {
        let sums = self.part.history.sum(self.head, back);
        budget(&self.part.slo.objective, sums.total, sums.bad).error_ratio.map(|e| e * self.factor)
    }
}

/// The error ratio of the whole in a look back; `None` where that of one part is not known.
fn missing(judged: &[Judged<'_>], back: i64) -> Option<f64> {
    judged.iter().map(|j| j.lacks(back)).sum::<Option<f64>>().map(|e| e.min(1.0))
}

fn ratio_as_sums(ratio: Option<f64>) -> Sums {
    Sums { bad: ratio, total: ratio.map(|_| 1.0), ..Sums::default() }
}

/// Seconds that were counted and what of them was lacking: the whole window lacks exactly what its parts lack together.
fn drawn(slo: &Slo, judged: &[Judged<'_>], now: Time) -> History {
    let mut history = History::default();
    for step in [FINE, HOURLY] {
        let lacking = lacking(judged, step);
        let Some((first, last)) = lacking.keys().next().zip(lacking.keys().next_back()) else { continue };
        let span = BucketSpan { from: first - step, to: *last, step };
        #[allow(clippy::cast_precision_loss, reason = "a step is short")]
        let bucket = |(end, bad): (&i64, &f64)| Bucket { end: *end, bad: Some(*bad), total: Some(step as f64) };
        history.answer(span, lacking.iter().map(bucket));
    }
    let seen = assess(slo, &history, now);
    let (share, seconds) = (seen.bad.unwrap_or(0.0), seen.total.unwrap_or(0.0));
    // Parts may lack more than everything together.
    let scale = seconds / share.max(1.0);
    history.changed(|_, _, bad, total| (bad * scale, total))
}

/// By the end of a bucket, what was lacking in it, as a share of the whole window.
fn lacking(judged: &[Judged<'_>], step: i64) -> BTreeMap<i64, f64> {
    let mut all = BTreeMap::new();
    for part in judged {
        let tier = if step == FINE { &part.part.history.fine } else { &part.part.history.hourly };
        let kept = tier.export();
        let ends = (0..).map(|k| kept.first + k * step);
        for ((end, bad), total) in ends.zip(kept.bad).zip(kept.total) {
            if total.is_some() {
                *all.entry(end).or_insert(0.0) += bad.unwrap_or(0.0) * part.of_one.unwrap_or(0.0);
            }
        }
    }
    all
}
