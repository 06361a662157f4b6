//! The budget-returns calendar: what each day to come gives back, because the errors of a day of the past leave the window.

use super::{Window, assess::Assessment, judge::moment, timeline::Timeline};
use crate::domain::Time;

const DAY: i64 = 86_400;

/// What a stretch of the future gives back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Return {
    pub from: Time,
    pub to: Time,
    /// Events that leave the window.
    pub bad: f64,
    /// Share of the budget.
    pub share: f64,
}

/// What returns on each day to come, the next 24 hours first. A rolling window gives back day by day all that was
/// consumed; a calendar's gives back everything when the next period begins.
pub fn returns(window: Window, numbers: &Assessment, line: &Timeline) -> Vec<Return> {
    let give = |from: i64, to: i64, bad: f64| Return {
        from: moment(from),
        to: moment(to),
        bad,
        share: numbers.share(bad).unwrap_or(0.0),
    };
    let (begin, end, head) = (numbers.period.begin, numbers.period.end, numbers.as_of.timestamp());
    if !window.is_rolling() {
        return vec![give(end, end, numbers.bad.unwrap_or(0.0))];
    }
    let days = (end - begin + DAY - 1) / DAY;
    let day = |k: i64| {
        let (from, to) = (begin + k * DAY, (begin + (k + 1) * DAY).min(end));
        // The window's oldest hour counts whole.
        let from_line = if k == 0 { line.start().map_or(from, |s| s.min(from)) } else { from };
        let bad = line.sum(from_line, to).bad.unwrap_or(0.0);
        give(head + k * DAY, head + to - begin, bad)
    };
    (0..days).map(day).collect()
}
