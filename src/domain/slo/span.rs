//! What was spent from here to there.

use super::{BudgetRow, assess::Assessment, budget::share_spent, timeline::Timeline};
use crate::domain::Time;

/// What lies between two moments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spent {
    pub from: Time,
    pub to: Time,
    /// Events; `None` where nothing was counted.
    pub bad: Option<f64>,
    pub total: Option<f64>,
    /// Share of the budget of the whole window, in [0, inf].
    pub share: Option<f64>,
    /// The pace within: 1 would spend the budget in one window.
    pub burn: Option<f64>,
    /// In [0, 1].
    pub coverage: Option<f64>,
}

/// What was spent in `(from, to]`, whichever is earlier. By events and not by time: `B/A`.
pub fn spent(numbers: &Assessment, beta: f64, line: &Timeline, from: Time, to: Time) -> Spent {
    let (from, to) = (from.min(to), from.max(to));
    let sums = line.sum(from.timestamp(), to.timestamp());
    let ratio = sums.total.zip(sums.bad).map(|(total, bad)| if total > 0.0 { bad.min(total) / total } else { 0.0 });
    Spent {
        from,
        to,
        bad: sums.bad,
        total: sums.total,
        share: sums.bad.and_then(|bad| numbers.share(bad)),
        burn: ratio.map(|e| share_spent(beta, e)),
        coverage: sums.coverage(),
    }
}

/// What one budget spent between two moments, as finely as its counts are known; none where it was not counted. Nothing
/// is counted yet after its newest bucket: what lies there is left out.
pub fn spent_by(row: &BudgetRow, from: Time, to: Time) -> Option<Spent> {
    let numbers = row.numbers()?;
    let (from, to) = (from.min(to), from.max(to));
    let to = to.min(numbers.as_of).max(from);
    Some(spent(numbers, row.slo.objective.budget_ratio(), &line(row, numbers, from), from, to))
}

/// The counts as one line in time that reaches back to a moment, and to the beginning of the window at least.
pub fn line(row: &BudgetRow, numbers: &Assessment, from: Time) -> Timeline {
    let head = numbers.as_of.timestamp();
    Timeline::of(&row.history, head, head - numbers.period.begin.min(from.timestamp()))
}
