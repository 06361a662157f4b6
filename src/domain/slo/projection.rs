//! How many events a calendar's period will hold: its budget has no true denominator until it ends.
//!
//! The same hours of the same weekdays of the last four weeks, where they were counted; else as many as so far. What is
//! counted in slices of time needs no guess: the period is as long as it is.

use super::{
    EmptySlice, Method, Slo,
    history::{HOURLY, History, WEEKS},
    series::Sums,
    window::Period,
};

const WEEK: i64 = 7 * 24 * HOURLY;

/// What the headline's denominator is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// The events of the window that were counted.
    #[default]
    Counted,
    /// A period's events, after the same hours of the last four weeks.
    Weeks,
    /// A period's events, if traffic goes on as it did so far.
    ProRata,
    /// A period's slices of time.
    Length,
}

impl Basis {
    pub fn words(self) -> &'static str {
        match self {
            Self::Counted => "of the events counted",
            Self::Weeks => "of the period, projected from the same hours of the last four weeks",
            Self::ProRata => "of the period, projected from its traffic so far",
            Self::Length => "of the period's length",
        }
    }
}

/// A period's denominator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Projection {
    /// Events or slices of the whole period.
    pub total: f64,
    /// Events or slices of what is still to come.
    pub to_come: f64,
    pub basis: Basis,
}

/// What a period holds in the end, `so_far` being its counts up to `head` (Unix seconds).
#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
pub fn project(slo: &Slo, history: &History, head: i64, period: Period, so_far: &Sums) -> Projection {
    let counted = so_far.total.unwrap_or(0.0);
    let left = (period.end - head).max(0) as f64;
    if let Some(unit) = slo.unit_s() {
        let to_come = left / unit;
        let empty_leaves =
            matches!(slo.method, Method::RatioTimeslices { .. } | Method::Timeslices { empty: EmptySlice::Ignore, .. });
        let whole = (period.end - period.begin) as f64 / unit;
        let total = if empty_leaves { counted + to_come } else { whole.max(counted) };
        return Projection { total, to_come, basis: Basis::Length };
    }
    let elapsed = (head - period.begin).max(1) as f64;
    let (to_come, known_s) = ahead(history, head, period.end, counted / elapsed);
    let basis = if known_s * 2.0 > left { Basis::Weeks } else { Basis::ProRata };
    Projection { total: counted + to_come, to_come, basis }
}

/// Events to come in `(head, end]` and the seconds of it that earlier weeks tell; the rest goes on at `rate`.
#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
fn ahead(history: &History, head: i64, end: i64, rate: f64) -> (f64, f64) {
    let (mut events, mut known) = (0.0, 0.0);
    let mut from = head;
    while from < end {
        let hour = from.div_euclid(HOURLY) * HOURLY + HOURLY;
        let to = hour.min(end);
        let seconds = (to - from) as f64;
        match same_hour(history, hour, head) {
            Some(mean) => {
                events += mean * seconds / HOURLY as f64;
                known += seconds;
            }
            None => events += rate * seconds,
        }
        from = to;
    }
    (events, known)
}

/// The mean of what was counted in this hour of the weeks before `head`.
#[allow(clippy::cast_precision_loss, reason = "four weeks")]
fn same_hour(history: &History, hour: i64, head: i64) -> Option<f64> {
    let back = (hour - head).max(0).div_euclid(WEEK) * WEEK;
    let earlier = (1..=5).map(|k| hour - back - k * WEEK).filter(|end| *end <= head && *end > head - WEEKS);
    let counted: Vec<f64> =
        earlier.filter(|end| history.hourly.covers(*end)).filter_map(|end| history.hourly.at(end).total).collect();
    (!counted.is_empty()).then(|| counted.iter().sum::<f64>() / counted.len() as f64)
}
