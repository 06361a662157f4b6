//! What counts over one span say about an objective. Knows neither buckets nor time.
//!
//! With `o` the objective, `β = 1 - o`, `T` all events and `B` the bad ones: `SLI = (T - B)/T`, allowed bad `A = β·T`,
//! consumed `C = B/A`, remaining `R = 1 - C`. Over the whole window, consumed and burn rate are the same number.

use super::Objective;

/// Relative slack of comparisons: binary `β·T` may stand an ulp beside its decimal value.
pub const SLACK: f64 = 1e-12;

/// What can be said about a budget. "We know nothing" and "nothing happened" are never 100 % `Ok`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BudgetState {
    /// Something is left.
    Ok,
    /// `R <= 0`.
    Exhausted,
    /// Counted, and there were no events.
    NoTraffic,
    /// Nothing was counted.
    NoData,
    /// The counts contradict each other: more bad events than events.
    Invalid,
}

impl BudgetState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Exhausted => "exhausted",
            Self::NoTraffic => "no_traffic",
            Self::NoData => "no_data",
            Self::Invalid => "invalid",
        }
    }
}

/// Numbers of one span. `None` = not known; never NaN. An objective of 100 % has infinities once it is broken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    pub state: BudgetState,
    /// In [0, 1].
    pub sli: Option<f64>,
    /// In [0, 1].
    pub error_ratio: Option<f64>,
    /// Events, `β·T`.
    pub allowed_bad: Option<f64>,
    /// In (-inf, 1]; negative once overspent.
    pub remaining: Option<f64>,
    /// In [0, inf); 1 = all spent.
    pub consumed: Option<f64>,
    /// `e/β`; 1 = spends exactly one budget in one window.
    pub burn: Option<f64>,
    /// `R >= 0`: at exactly 0 the budget is gone and the objective still met.
    pub slo_met: Option<bool>,
}

impl Budget {
    fn unknown(state: BudgetState) -> Self {
        let none = None;
        Self {
            state,
            sli: none,
            error_ratio: none,
            allowed_bad: none,
            remaining: none,
            consumed: none,
            burn: none,
            slo_met: None,
        }
    }

    fn no_traffic() -> Self {
        Self {
            error_ratio: Some(0.0),
            allowed_bad: Some(0.0),
            remaining: Some(1.0),
            consumed: Some(0.0),
            burn: Some(0.0),
            slo_met: Some(true),
            ..Self::unknown(BudgetState::NoTraffic)
        }
    }
}

/// Every number of one span from its counts. A count that is not finite is absent, a negative one is 0.
pub fn budget(objective: &Objective, total: Option<f64>, bad: Option<f64>) -> Budget {
    let bad = count(bad);
    match count(total) {
        None if bad.unwrap_or(0.0) > 0.0 => Budget::unknown(BudgetState::Invalid),
        None => Budget::unknown(BudgetState::NoData),
        Some(total) if total <= 0.0 => Budget::no_traffic(),
        // An error series is often born with the first error: no series, no errors.
        Some(total) => from_counts(objective.budget_ratio(), total, bad.unwrap_or(0.0)),
    }
}

fn from_counts(beta: f64, total: f64, bad: f64) -> Budget {
    let valid = bad <= total * (1.0 + SLACK);
    let bad = bad.min(total);
    let error_ratio = bad / total;
    let consumed = share_spent(beta, error_ratio);
    let remaining = 1.0 - consumed;
    let state = match () {
        () if !valid => BudgetState::Invalid,
        () if remaining <= 0.0 => BudgetState::Exhausted,
        () => BudgetState::Ok,
    };
    Budget {
        state,
        sli: Some((total - bad) / total),
        error_ratio: Some(error_ratio),
        allowed_bad: Some(beta * total),
        remaining: Some(remaining),
        consumed: Some(consumed),
        burn: Some(consumed),
        slo_met: Some(remaining >= 0.0),
    }
}

/// `e/β`, exactly 1 where rounding alone stands between; infinite at the first error under an objective of 100 %.
pub fn share_spent(beta: f64, error_ratio: f64) -> f64 {
    if error_ratio <= 0.0 {
        return 0.0;
    }
    let share = error_ratio / beta;
    if (share - 1.0).abs() <= SLACK { 1.0 } else { share }
}

/// The share of `allowed` bad events that `bad` are; infinite at the first error where none is allowed.
pub fn share_of(bad: f64, allowed: f64) -> f64 {
    share_spent(allowed, bad)
}

/// One event that spends more than this share pages by itself.
pub const QUANTUM_PAGES: f64 = 0.02;

/// The share of the budget that one bad event takes, `1/(β·T_W)`; `None` where nothing is allowed.
pub fn quantum(allowed_bad: f64) -> Option<f64> {
    (allowed_bad > 0.0).then(|| 1.0 / allowed_bad)
}

/// A count as it may be used: finite and not negative.
pub(super) fn count(value: Option<f64>) -> Option<f64> {
    value.filter(|v| v.is_finite()).map(|v| v.max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradicting_counts_are_invalid_and_still_have_numbers() {
        let objective = Objective::percent("99").unwrap();
        let b = budget(&objective, Some(10.0), Some(12.0));
        assert_eq!((b.state, b.error_ratio, b.slo_met), (BudgetState::Invalid, Some(1.0), Some(false)));
        assert_eq!(budget(&objective, None, Some(1.0)).state, BudgetState::Invalid);
        assert_eq!(budget(&objective, Some(f64::NAN), Some(0.0)).state, BudgetState::NoData);
        assert_eq!(budget(&objective, Some(0.0), Some(3.0)).state, BudgetState::NoTraffic);
    }

    #[test]
    fn a_budget_spent_to_the_last_event_is_gone_and_met_whatever_the_decimals() {
        for percent in ["99.9", "99.7", "99.95", "99.99", "97.3", "99.999"] {
            let objective = Objective::percent(percent).unwrap();
            let total = 7_000_000.0;
            let bad = (objective.budget_ratio() * total).round();
            let b = budget(&objective, Some(total), Some(bad));
            assert_eq!((b.state, b.remaining, b.slo_met), (BudgetState::Exhausted, Some(0.0), Some(true)), "{percent}");
        }
    }
}
