//! When a budget runs out, or comes back. Every answer is an assumption about the future, named in its function.
//!
//! A rolling window forgets: as it moves, its oldest bucket leaves with its errors. `R·W/burn` ignores that and prints
//! dates for paces that can never spend the budget; it holds for fixed budgets only.

use super::{budget::SLACK, series::Sums};

/// Events of one bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Events {
    pub bad: f64,
    pub total: f64,
}

/// Seconds from now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rolling {
    /// Until `B >= β·T`; 0 if it is so already, `None` if not within one window.
    pub exhaust_s: Option<f64>,
    /// Until `B < β·T` again, where it is exhausted now; `None` if not within one window.
    pub recover_s: Option<f64>,
}

/// `R·W/b` in seconds, for a budget that does not roll: 0 once spent, `None` while nothing burns.
pub fn linear(remaining: f64, burn: f64, period_s: f64) -> Option<f64> {
    match () {
        () if remaining <= 0.0 => Some(0.0),
        () if burn > 0.0 => Some(remaining * period_s / burn),
        () => None,
    }
}

/// Rolls one window of buckets (oldest first, `step_s` seconds each) forward with the same `future` in every new one.
/// Events are spread evenly inside a bucket.
pub fn rolling(beta: f64, step_s: f64, window: &[Events], future: Events) -> Rolling {
    let left: Vec<Events> = sums_of_tails(window);
    let at = |k: usize| {
        #[allow(clippy::cast_precision_loss, reason = "a window has at most some ten thousand buckets")]
        let k_new = k as f64;
        Events { bad: left[k].bad + k_new * future.bad, total: left[k].total + k_new * future.total }
    };
    let spent_now = spent(beta, at(0));
    let turn = (0..window.len()).find(|k| spent(beta, at(k + 1)) != spent_now);
    let seconds = turn.map(|k| step_s * crossing(beta, k, at(k), at(k + 1)));
    if spent_now {
        Rolling { exhaust_s: Some(0.0), recover_s: seconds }
    } else {
        Rolling { exhaust_s: seconds, recover_s: None }
    }
}

/// What is left of the window once its `k` oldest buckets are gone; sums anew, so that the last one is exactly 0.
fn sums_of_tails(window: &[Events]) -> Vec<Events> {
    let mut tails = vec![Events::default(); window.len() + 1];
    for (k, bucket) in window.iter().enumerate().rev() {
        tails[k] = Events { bad: tails[k + 1].bad + bucket.bad, total: tails[k + 1].total + bucket.total };
    }
    tails
}

/// No event spends nothing, even where nothing is allowed.
fn spent(beta: f64, e: Events) -> bool {
    e.bad > 0.0 && e.bad >= beta * e.total * (1.0 - SLACK)
}

/// In steps from now: where `B - β·T`, straight within step `k`, passes 0.
#[allow(clippy::cast_precision_loss, reason = "a window has at most some ten thousand buckets")]
fn crossing(beta: f64, k: usize, before: Events, after: Events) -> f64 {
    let margin = |e: Events| e.bad - beta * e.total;
    let (from, to) = (margin(before), margin(after));
    let share = if from == to { 0.0 } else { from / (from - to) };
    k as f64 + share.clamp(0.0, 1.0)
}

/// Seconds looked ahead, each judged by the error ratio of its last quarter behind.
pub const HORIZONS: [i64; 7] = [3_600, 14_400, 43_200, 86_400, 259_200, 604_800, 1_209_600];
/// Bad events in the look back below which nothing is forecast.
pub const MIN_BAD: f64 = 5.0;
/// Seconds whose pace says that it turns in `in_s` seconds: a quarter of how far is looked ahead.
pub fn look_back_of(in_s: i64) -> i64 {
    HORIZONS.into_iter().find(|ahead| in_s <= *ahead).unwrap_or(HORIZONS[HORIZONS.len() - 1]) / 4
}

/// Coverage of the look back below which nothing is forecast.
pub const MIN_COVERAGE: f64 = 0.5;

/// What the current paces lead to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outlook {
    /// Seconds from now.
    In(f64),
    NotAtPace,
    TooLittleData,
}

/// The self-consistent horizon: the first `H` for which the error ratio of the last `H/4` turns the budget within `H`.
/// A spike of five minutes can thus not foretell a date in three days.
///
/// `look` counts what lies that many seconds back; `turn` answers the seconds until the budget turns at an error ratio.
pub fn outlook(
    horizons: impl IntoIterator<Item = i64>,
    look: impl Fn(i64) -> Sums,
    turn: impl Fn(f64) -> Option<f64>,
) -> Outlook {
    let mut judged = false;
    for horizon in horizons {
        let Some(ratio) = pace(&look(horizon / 4)) else { continue };
        judged = true;
        #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
        let within = turn(ratio).filter(|s| *s <= horizon as f64);
        if let Some(seconds) = within {
            return Outlook::In(seconds);
        }
    }
    if judged { Outlook::NotAtPace } else { Outlook::TooLittleData }
}

/// The error ratio of a look back that tells enough. No bad event at all is telling; a handful is not.
pub(super) fn pace(seen: &Sums) -> Option<f64> {
    let total = seen.total.filter(|t| *t > 0.0)?;
    let bad = seen.bad.unwrap_or(0.0).min(total);
    let enough = bad <= 0.0 || bad >= MIN_BAD;
    (enough && seen.coverage()? >= MIN_COVERAGE).then_some(bad / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(bad: f64) -> Events {
        Events { bad, total: 100_000.0 }
    }

    #[test]
    fn a_pace_of_at_most_one_never_spends_a_rolling_budget() {
        let window = vec![day(90.0); 30];
        assert_eq!(rolling(0.001, 86_400.0, &window, day(99.0)), Rolling::default());
        assert!(rolling(0.001, 86_400.0, &window, day(110.0)).exhaust_s.is_some());
    }

    #[test]
    fn where_nothing_is_allowed_only_an_error_spends_and_only_its_leaving_gives_back() {
        let clean = vec![day(0.0); 3];
        assert_eq!(rolling(0.0, 1.0, &clean, day(0.0)), Rolling::default());
        assert_eq!(rolling(0.0, 1.0, &clean, day(1.0)).exhaust_s, Some(0.0));
        let broken = [day(0.0), day(0.1), day(0.0)];
        assert_eq!(rolling(0.0, 1.0, &broken, day(0.0)), Rolling { exhaust_s: Some(0.0), recover_s: Some(2.0) });
        assert_eq!(rolling(0.0, 1.0, &[], day(1.0)), Rolling::default());
    }

    #[test]
    fn a_spike_foretells_an_hour_and_not_a_fortnight() {
        let sums = |bad: f64| Sums { bad: Some(bad), total: Some(10_000.0), covered: 900, expected: 900 };
        let spike = |back: i64| if back == 900 { sums(500.0) } else { sums(0.0) };
        let slow = |ratio: f64| (ratio > 0.0).then_some(7_200.0);
        assert_eq!(outlook(HORIZONS, spike, slow), Outlook::NotAtPace);
        let quick = |ratio: f64| (ratio > 0.0).then_some(3_000.0);
        assert_eq!(outlook(HORIZONS, spike, quick), Outlook::In(3_000.0));
    }

    #[test]
    fn a_handful_of_errors_or_half_a_look_back_foretells_nothing() {
        let sums = |bad, covered| Sums { bad: Some(bad), total: Some(10.0), covered, expected: 100 };
        assert_eq!(outlook(HORIZONS, |_| sums(4.0, 100), |_| Some(1.0)), Outlook::TooLittleData);
        assert_eq!(outlook(HORIZONS, |_| sums(8.0, 49), |_| Some(1.0)), Outlook::TooLittleData);
        assert_eq!(outlook(HORIZONS, |_| sums(8.0, 50), |_| Some(1.0)), Outlook::In(1.0));
    }
}
