//! The release gate: may a service be released by the policy of its budgets? Blind is never yes. Knows no exit code.

use super::{
    BudgetRow,
    budget::BudgetState,
    policy::{Policy, Stance, Standing},
};
use crate::domain::{Time, duration};

/// Seconds without counts at the end of the window from which the numbers are no longer believed.
const STOPPED: i64 = 3_600;
/// Coverage of the window below which nothing is decided.
const LEAST: f64 = 0.5;

/// What one budget says.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub standing: Standing,
    /// Half a sentence.
    pub reason: String,
}

/// Judges one budget at `now`.
pub fn judge(row: &BudgetRow, policy: &Policy, now: Time) -> Verdict {
    let unknown =
        |reason: String| Verdict { standing: Standing { stance: Stance::Unknown, since: None, until: None }, reason };
    if let Some(trouble) = &row.trouble {
        return unknown(format!("it cannot be counted: {}", trouble.what.line()));
    }
    let Some(raw) = row.numbers() else { return unknown("it was never counted".into()) };
    let n = row.adjusted.as_ref().filter(|_| policy.adjusted).map_or(raw, |a| &a.adjusted);
    match n.state {
        BudgetState::NoData => return unknown("nothing was counted".into()),
        BudgetState::Invalid => return unknown("its counts contradict each other".into()),
        BudgetState::Ok | BudgetState::Exhausted | BudgetState::NoTraffic => {}
    }
    let stopped = n.until.is_none_or(|until| (n.as_of - until).num_seconds() > STOPPED);
    let standing = policy.standing(n);
    if standing.stance == Stance::Freeze {
        return Verdict { standing, reason: spent(row, policy, &standing, now) };
    }
    if stopped {
        let last = n.until.map_or_else(|| "never".into(), |t| t.format("%d.%m. %H:%M UTC").to_string());
        return unknown(format!("counting has stopped, the last counts are of {last}"));
    }
    if n.coverage.is_some_and(|c| c < LEAST) && n.young().is_none() {
        return unknown(format!("only {:.0} % of its window was counted", n.coverage.unwrap_or(0.0) * 100.0));
    }
    Verdict { standing, reason: spent(row, policy, &standing, now) }
}

/// What is left, with the number that planned maintenance changes beside it: neither replaces the other in silence.
fn left(row: &BudgetRow, policy: &Policy) -> String {
    let percent = |left: Option<f64>| left.map_or_else(|| "--".into(), super::tale::percent);
    let raw = percent(row.numbers().and_then(|n| n.remaining));
    let Some(a) = &row.adjusted else { return format!("{raw} of the budget left") };
    let (adjusted, why) = (percent(a.adjusted.remaining), a.because());
    match policy.adjusted {
        true => format!("{adjusted} of the budget left without {why}, {raw} with it"),
        false => format!("{raw} of the budget left, {adjusted} without {why}"),
    }
}

fn spent(row: &BudgetRow, policy: &Policy, standing: &Standing, now: Time) -> String {
    let left = left(row, policy);
    let since = standing.since.map(|t| format!(", since {}", t.format("%d.%m. %H:%M UTC")));
    let until = standing.until.map(|t| format!(", expected to end in {}", duration::long(t - now)));
    format!("{left}{}{}", since.unwrap_or_default(), until.unwrap_or_default())
}

/// The worst of several: a freeze, then what is not known, then a warning.
pub fn worst(stances: impl IntoIterator<Item = Stance>) -> Stance {
    let rank = |s: &Stance| match s {
        Stance::Freeze => 3,
        Stance::Unknown => 2,
        Stance::Warn => 1,
        Stance::Ok => 0,
    };
    stances.into_iter().max_by_key(rank).unwrap_or(Stance::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_freeze_is_worse_than_not_knowing_and_that_is_worse_than_a_warning() {
        use Stance::{Freeze, Ok, Unknown, Warn};
        assert_eq!(worst([Ok, Warn, Unknown]), Unknown);
        assert_eq!(worst([Ok, Freeze, Unknown]), Freeze);
        assert_eq!(worst([Ok, Warn]), Warn);
        assert_eq!(worst([]), Unknown, "no budget is no permission");
    }
}
