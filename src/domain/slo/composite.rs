//! A composite: one objective made of others. How they are put together is always named beside the number.
//!
//! OpenSLO leaves the sum open: what lacks may be added up, be multiplied by weights, or be averaged by them.

use std::collections::BTreeMap;

use super::{
    Bucket, BucketSpan, Method, Slo,
    assess::{Assessment, assess},
    budget::{BudgetState, budget, share_spent},
    history::{FINE, HOURLY, History},
    judge::tier_status,
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
    let judged: Vec<Judged<'_>> = parts.iter().map(|p| Judged::new(slo, p, how.factor(p.weight, all), now)).collect();
    let is_known = !judged.is_empty() && judged.iter().all(Judged::is_known);
    let history = if is_known { drawn(slo, &judged, now) } else { History::default() };
    let mut numbers = assess(slo, &history, now);
    if is_known {
        let beta = slo.objective.budget_ratio();
        for (i, (_, burn)) in numbers.burn.iter_mut().enumerate() {
            *burn = missing(&judged, |j| j.burn(i)).map(|e| share_spent(beta, e));
        }
        let tiers = slo.alerting.tiers(slo.window.seconds());
        let at = |back| ratio_as_sums(missing(&judged, |j| j.lacks(back, now)));
        numbers.tiers = tiers.iter().map(|t| tier_status(&slo.objective, t, at(t.long_s), at(t.short_s))).collect();
    }
    Composite { how, numbers, history }
}

/// A part, judged over the composite's window.
struct Judged<'a> {
    part: &'a Component<'a>,
    factor: f64,
    numbers: Assessment,
}

impl<'a> Judged<'a> {
    fn new(whole: &Slo, part: &'a Component<'a>, factor: f64, now: Time) -> Self {
        let slo = Slo { window: whole.window, ..part.slo.clone() };
        Self { part, factor, numbers: assess(&slo, part.history, now) }
    }

    fn is_known(&self) -> bool {
        !matches!(self.numbers.state, BudgetState::NoData | BudgetState::Invalid)
    }

    /// The error ratio that its burn rate over a look back means.
    fn burn(&self, window: usize) -> Option<f64> {
        let back = super::assess::BURN_WINDOWS[window].1;
        self.lacks_at(back, self.numbers.as_of.timestamp())
    }

    fn lacks(&self, back: i64, now: Time) -> Option<f64> {
        self.lacks_at(back, self.part.history.head(now.timestamp()))
    }

    fn lacks_at(&self, back: i64, head: i64) -> Option<f64> {
        let sums = self.part.history.sum(head, back);
        budget(&self.part.slo.objective, sums.total, sums.bad).error_ratio
    }

    /// What one bad event of it lacks of the window.
    fn of_one(&self) -> f64 {
        self.numbers.total.filter(|t| *t > 0.0).map_or(0.0, |total| self.factor / total)
    }
}

fn missing(judged: &[Judged<'_>], of: impl Fn(&Judged<'_>) -> Option<f64>) -> Option<f64> {
    judged.iter().map(|j| of(j).map(|e| e * j.factor)).sum::<Option<f64>>().map(|e| e.min(1.0))
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
                *all.entry(end).or_insert(0.0) += bad.unwrap_or(0.0) * part.of_one();
            }
        }
    }
    all
}
