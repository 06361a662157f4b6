//! What was spent from here to there.

use super::{assess::Assessment, budget::share_spent, timeline::Timeline};
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
