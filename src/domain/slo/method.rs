//! What one unit of budget is: an event, a good slice of time, or the mean of slices' ratios.
//!
//! Whatever the method, buckets hold counts (of events, of slices, or sums of slices' error ratios), so that every number
//! is derived in one way. Who counts does so by the method.

use serde::{Deserialize, Serialize};

use super::{Indicator, Measure, Objective, Slo};

/// Seconds of a slice where the definition has none: a value that is compared, a ratio that is recorded.
pub const SLICE_S: i64 = 60;

/// OpenSLO's `budgetingMethod`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// Events, weighted by traffic: `ΣG/ΣT`.
    #[default]
    Occurrences,
    /// Slices of time; a slice is good if its ratio of good events is at least `target`.
    Timeslices {
        /// Seconds, above 0.
        slice_s: i64,
        target: Objective,
        empty: EmptySlice,
    },
    /// The mean of the ratios of the slices that have events.
    RatioTimeslices {
        /// Seconds, above 0.
        slice_s: i64,
    },
}

/// What a slice without events counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmptySlice {
    Good,
    Bad,
    /// It leaves the denominator.
    #[default]
    Ignore,
}

impl Method {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Occurrences => "occurrences",
            Self::Timeslices { .. } => "timeslices",
            Self::RatioTimeslices { .. } => "ratio_timeslices",
        }
    }

    /// What is counted, in words.
    pub fn unit(&self) -> &'static str {
        match self {
            Self::Occurrences => "events",
            Self::Timeslices { .. } | Self::RatioTimeslices { .. } => "slices",
        }
    }

    /// Seconds of a slice.
    pub fn slice_s(&self) -> Option<i64> {
        match self {
            Self::Occurrences => None,
            Self::Timeslices { slice_s, .. } | Self::RatioTimeslices { slice_s } => Some(*slice_s),
        }
    }
}

impl Slo {
    /// Seconds that one counted unit stands for; `None` where events are counted, which last no time.
    #[allow(clippy::cast_precision_loss, reason = "a slice is short")]
    pub fn unit_s(&self) -> Option<f64> {
        let Indicator { measure, .. } = &self.indicator;
        match (self.method.slice_s(), measure) {
            (_, Measure::Parts) => Some(1.0),
            (Some(slice), _) => Some(slice.max(1) as f64),
            (None, Measure::Threshold { .. }) => Some(SLICE_S as f64),
            (None, Measure::Ratio(_)) => Some(1.0),
            (None, Measure::Events { .. }) => None,
        }
    }

    /// What is counted, in words.
    pub fn unit(&self) -> &'static str {
        match (self.method.slice_s(), &self.indicator.measure) {
            (_, Measure::Parts) | (None, Measure::Ratio(_)) => "seconds",
            (None, Measure::Threshold { .. }) => "slices",
            _ => self.method.unit(),
        }
    }

    /// Seconds that so many counted units stand for; `None` where that would not be honest.
    pub fn seconds_of(&self, units: f64) -> Option<f64> {
        self.unit_s().map(|unit| unit * units)
    }

    /// `β·W` in seconds, where the budget is one of time.
    #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
    pub fn time_equivalent_s(&self) -> Option<f64> {
        self.unit_s().map(|_| self.objective.budget_ratio() * self.window.seconds() as f64)
    }
}

/// Slices that were judged.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Slices {
    pub good: u64,
    pub bad: u64,
}

/// Judges slices of `(good, total)` events: good where the ratio is at least `target`.
pub fn timeslices(target: &Objective, slices: impl IntoIterator<Item = (f64, f64)>, empty: EmptySlice) -> Slices {
    let least = 1.0 - target.budget_ratio();
    let mut judged = Slices::default();
    for (good, total) in slices {
        let verdict = match (total > 0.0, empty) {
            (true, _) => Some(good / total >= least - super::budget::SLACK),
            (false, EmptySlice::Good) => Some(true),
            (false, EmptySlice::Bad) => Some(false),
            (false, EmptySlice::Ignore) => None,
        };
        match verdict {
            Some(true) => judged.good += 1,
            Some(false) => judged.bad += 1,
            None => {}
        }
    }
    judged
}

/// The mean ratio of the slices of `(good, total)` events that have any; `None` where none has.
#[allow(clippy::cast_precision_loss, reason = "a window has at most some hundred thousand slices")]
pub fn ratio_timeslices(slices: impl IntoIterator<Item = (f64, f64)>) -> Option<f64> {
    let ratios = slices.into_iter().filter(|(_, total)| *total > 0.0).map(|(good, total)| good / total);
    let (sum, n) = ratios.fold((0.0, 0_u64), |(sum, n), ratio| (sum + ratio, n + 1));
    (n > 0).then(|| sum / n as f64)
}
