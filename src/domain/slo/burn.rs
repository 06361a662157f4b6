//! Burn-rate alerts: thresholds, whether a tier fires, and how long an incident takes to be seen.
//!
//! SRE Workbook, chapter 5: `factor = p·W/L`, with `p` the share of the budget spent within the long window `L`; the
//! threshold on the error ratio is `factor·β`; a tier fires while the long *and* the short window are above it.
//! Knows neither buckets nor time.

use serde::{Deserialize, Serialize};

use super::budget::SLACK;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    Page,
    Ticket,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Ticket => "ticket",
        }
    }
}

/// One pair of windows. A tier with a long window only has `short_s == long_s`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tier {
    pub severity: Severity,
    /// Seconds.
    pub long_s: i64,
    /// Seconds.
    pub short_s: i64,
    /// Burn rate from which it fires.
    pub factor: f64,
    /// Seconds that the condition must hold.
    pub for_s: i64,
    /// Bad events in the long window below which it keeps quiet; 0 = off.
    pub min_bad: f64,
}

/// Which tiers an objective's alerts stand on. Three families are in use; none is assumed where one is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Alerting {
    /// Fixed windows, factors by the period: the Workbook's and Sloth's.
    #[default]
    Recomputed,
    /// Fixed factors, windows scaled with the period: Pyrra's.
    Scaled,
    /// As somebody wrote them down.
    Fixed(Vec<Tier>),
    /// Nobody is alerted.
    Off,
}

impl Alerting {
    /// The tiers for a window of that many seconds.
    pub fn tiers(&self, window_s: i64) -> Vec<Tier> {
        match self {
            Self::Recomputed => standard_tiers(window_s),
            Self::Scaled => scaled_tiers(window_s),
            Self::Fixed(tiers) => tiers.clone(),
            Self::Off => Vec::new(),
        }
    }

    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Recomputed => "recomputed factors",
            Self::Scaled => "scaled windows",
            Self::Fixed(_) => "as written",
            Self::Off => "off",
        }
    }
}

/// What follows from a factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    pub factor: f64,
    /// Error ratio, strictly above which the tier fires.
    pub ratio: f64,
    /// Even a full outage stays below it.
    pub unreachable: bool,
    /// It fires at a pace that never spends the budget.
    pub below_one: bool,
}

/// `p·W/L`.
///
/// `budget_fraction` in (0, 1]; both lengths in seconds, above 0.
#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
pub fn factor(budget_fraction: f64, window_s: i64, long_s: i64) -> f64 {
    budget_fraction * window_s as f64 / long_s.max(1) as f64
}

/// The threshold of a factor where `beta` is the budget ratio.
pub fn threshold(beta: f64, factor: f64) -> Threshold {
    let ratio = factor * beta;
    Threshold { factor, ratio, unreachable: ratio >= 1.0 - SLACK, below_one: factor < 1.0 - SLACK }
}

/// The Workbook's tiers for a window: 2 % in 1 h and 5 % in 6 h page; 10 % in 1 d and 10 % in 3 d make a ticket.
///
/// A tier that looks back further than the window is left out: it would ask about events the budget has forgotten.
pub fn standard_tiers(window_s: i64) -> Vec<Tier> {
    let tiers = [
        (Severity::Page, 0.02, HOUR, 5 * MINUTE),
        (Severity::Page, 0.05, 6 * HOUR, 30 * MINUTE),
        (Severity::Ticket, 0.1, DAY, 2 * HOUR),
        (Severity::Ticket, 0.1, 3 * DAY, 6 * HOUR),
    ];
    let tier = |(severity, p, long_s, short_s)| Tier {
        severity,
        long_s,
        short_s,
        factor: factor(p, window_s, long_s),
        for_s: 0,
        min_bad: 0.0,
    };
    tiers.into_iter().filter(|(_, _, long_s, _)| *long_s <= window_s).map(tier).collect()
}

/// Pyrra's tiers: factors 14, 7, 2 and 1; windows and `for` are those of 28 days, scaled and rounded to the minute.
///
/// A window that scales to nothing is left out: it can never be evaluated.
pub fn scaled_tiers(window_s: i64) -> Vec<Tier> {
    let tiers = [
        (Severity::Page, 14.0, HOUR, 5 * MINUTE, 2 * MINUTE),
        (Severity::Page, 7.0, 6 * HOUR, 30 * MINUTE, 15 * MINUTE),
        (Severity::Ticket, 2.0, DAY, 2 * HOUR, HOUR),
        (Severity::Ticket, 1.0, 4 * DAY, 6 * HOUR, 3 * HOUR),
    ];
    let scaled = tiers.into_iter().map(|(severity, factor, long, short, wait)| Tier {
        severity,
        long_s: scaled(window_s, long),
        short_s: scaled(window_s, short),
        factor,
        for_s: scaled(window_s, wait),
        min_bad: 0.0,
    });
    scaled.filter(|t| t.long_s > 0 && t.short_s > 0).collect()
}

/// The window divided by the share that `of_28d` has in 28 days, rounded half up to minutes.
fn scaled(window_s: i64, of_28d: i64) -> i64 {
    let seconds = window_s / (28 * DAY / of_28d);
    (seconds + MINUTE / 2).div_euclid(MINUTE) * MINUTE
}

/// What the two windows of a tier hold. `None` = not known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Readings {
    /// Error ratio.
    pub long: Option<f64>,
    /// Error ratio.
    pub short: Option<f64>,
    /// Bad events in the long window.
    pub bad: Option<f64>,
}

/// Whether a tier fires. A window that is not known never fires: it neither pages nor claims that all is well.
pub fn fires(beta: f64, tier: &Tier, seen: Readings) -> bool {
    let limit = threshold(beta, tier.factor).ratio;
    let above = |ratio: Option<f64>| ratio.is_some_and(|r| exceeds(r, limit));
    let enough = tier.min_bad <= 0.0 || seen.bad.is_some_and(|bad| bad >= tier.min_bad);
    above(seen.long) && above(seen.short) && enough
}

/// Strictly above, by more than rounding can make.
fn exceeds(ratio: f64, limit: f64) -> bool {
    ratio > limit * (1.0 + SLACK)
}

/// How a steady error ratio that begins in a clean state is seen. All `None` where it never is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Detection {
    /// Seconds until the tier fires.
    pub detect_s: Option<f64>,
    /// Share of the budget spent by then, with traffic even.
    pub consumed_at_detect: Option<f64>,
    /// Seconds until it is quiet again once the errors stop.
    pub reset_s: Option<f64>,
}

/// `detect = max(L, S)·thr/e + for`, `consumed = detect·e/(β·W)`, `reset = S·(1 - thr/e)`.
///
/// `error_ratio` in [0, 1]; `window_s` above 0.
#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
pub fn detection(beta: f64, error_ratio: f64, window_s: i64, tier: &Tier) -> Detection {
    let limit = threshold(beta, tier.factor).ratio;
    if error_ratio <= 0.0 || !exceeds(error_ratio, limit) {
        return Detection::default();
    }
    let share = limit / error_ratio;
    let detect = tier.long_s.max(tier.short_s) as f64 * share + tier.for_s as f64;
    let consumed = if beta > 0.0 { detect * error_ratio / (beta * window_s.max(1) as f64) } else { f64::INFINITY };
    Detection {
        detect_s: Some(detect),
        consumed_at_detect: Some(consumed),
        reset_s: Some(tier.short_s as f64 * (1.0 - share)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_exactly_on_the_threshold_does_not_fire_whatever_the_decimals() {
        for percent in ["99.9", "99.95", "99.5", "99.99", "98.7"] {
            let beta = super::super::Objective::percent(percent).unwrap().budget_ratio();
            for tier in standard_tiers(30 * DAY) {
                let on = tier.factor * beta;
                let seen = |r| Readings { long: Some(r), short: Some(r), bad: None };
                assert!(!fires(beta, &tier, seen(on)), "{percent}");
                assert!(fires(beta, &tier, seen(on * 1.000_001)), "{percent}");
            }
        }
    }

    #[test]
    fn the_first_error_under_an_objective_of_a_hundred_fires_and_nothing_is_nan() {
        let tier = standard_tiers(30 * DAY)[0];
        let seen = |r| Readings { long: Some(r), short: Some(r), bad: Some(1.0) };
        assert!(fires(0.0, &tier, seen(1e-9)) && !fires(0.0, &tier, seen(0.0)));
        assert_eq!(detection(0.0, 0.5, 30 * DAY, &tier).consumed_at_detect, Some(f64::INFINITY));
    }

    #[test]
    fn a_short_window_has_no_tier_that_looks_back_further() {
        assert_eq!(standard_tiers(DAY).len(), 3);
        assert_eq!(standard_tiers(30 * DAY).len(), 4);
    }
}
