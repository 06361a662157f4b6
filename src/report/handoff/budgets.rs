//! Budgets of a handoff: those that are in the red, burn, or were spent in the shift; and every one that is not known.

use serde::Serialize;

use crate::{
    domain::{
        Time,
        incident::Clues,
        slo::{
            BudgetRow, SloId,
            assess::Assessment,
            budget::BudgetState,
            burn,
            policy::{Policy, Stance},
        },
        text::SafeText,
    },
    report::spend::{Lasting, Spend, spend},
};

use super::Given;

/// Share of a budget below which what was spent in a shift is not worth a line.
const LITTLE: f64 = 0.01;
/// Burn rate above which a budget does not last.
const BURNS: f64 = 1.0;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BudgetLine {
    pub id: SloId,
    pub title: SafeText,
    pub service: SafeText,
    pub objective: String,
    pub window: String,
    /// `exhausted`, `page fires`, `burning`, `freeze`, `warn`, `spent`, or `UNKNOWN`.
    pub state: &'static str,
    /// Why it is not known.
    pub why: Option<SafeText>,
    /// Share of the budget.
    pub remaining: Option<f64>,
    /// Burn rates.
    pub burn_1h: Option<f64>,
    pub burn_6h: Option<f64>,
    pub exhausts_at: Option<Time>,
    /// What the shift cost.
    pub spent: Option<Spend>,
}

/// Those that are worth a line, in the order in which they came; and how many are not.
pub(super) fn lines(given: &Given<'_>) -> (Vec<BudgetLine>, usize) {
    let lasting: Vec<Lasting<'_>> = given
        .incidents
        .iter()
        .filter(|i| !i.withdrawn)
        .map(|i| Lasting::of(i, &Clues::of(i, given.entries), given.now))
        .collect();
    let found: Vec<BudgetLine> = given.budgets.iter().filter_map(|row| line(given, row, &lasting)).collect();
    let quiet = given.budgets.len() - found.len();
    (found, quiet)
}

fn line(given: &Given<'_>, row: &BudgetRow, lasting: &[Lasting<'_>]) -> Option<BudgetLine> {
    let numbers = row.numbers().filter(|_| row.trouble.is_none());
    let blind = numbers.is_none_or(|n| matches!(n.state, BudgetState::NoData | BudgetState::Invalid));
    let spent = spend(row, lasting, (given.since, given.now)).filter(|_| !blind);
    let much = spent.as_ref().and_then(|s| s.share).is_some_and(|share| share >= LITTLE);
    let state = match numbers.filter(|_| !blind) {
        None => "UNKNOWN",
        Some(n) => word(n, given.policy).or_else(|| much.then_some("spent"))?,
    };
    let why = blind.then(|| unknown(row, numbers));
    let finite = |v: Option<f64>| v.filter(|v| v.is_finite());
    let known = numbers.filter(|_| !blind);
    Some(BudgetLine {
        id: row.slo.id.clone(),
        title: row.slo.title.clone(),
        service: row.slo.service.clone(),
        objective: row.slo.objective.as_percent().to_owned(),
        window: row.slo.window.words(),
        state,
        why,
        remaining: known.and_then(|n| finite(n.remaining)),
        burn_1h: known.and_then(|n| finite(burned(n, "1h"))),
        burn_6h: known.and_then(|n| finite(burned(n, "6h"))),
        exhausts_at: known.and_then(|n| n.exhausts_at),
        spent,
    })
}

fn unknown(row: &BudgetRow, numbers: Option<&Assessment>) -> SafeText {
    match (&row.trouble, numbers) {
        (Some(trouble), _) => trouble.what.clone(),
        (None, Some(n)) if n.state == BudgetState::Invalid => {
            SafeText::new("its counts contradict each other: more bad events than events")
        }
        (None, Some(_)) => SafeText::new("no events were counted, not even good ones"),
        (None, None) => SafeText::new("it was not counted"),
    }
}

fn burned(numbers: &Assessment, window: &str) -> Option<f64> {
    numbers.burn.iter().find(|(name, _)| *name == window).and_then(|(_, rate)| *rate)
}

/// What is wrong with it, the worst first; none where nothing is.
fn word(numbers: &Assessment, policy: Policy) -> Option<&'static str> {
    let fires = numbers.firing();
    let burns = burned(numbers, "1h").is_some_and(|b| b > BURNS);
    match policy.stance(numbers.remaining) {
        _ if fires == Some(burn::Severity::Page) => Some("page fires"),
        _ if numbers.state == BudgetState::Exhausted => Some("exhausted"),
        Stance::Freeze => Some("freeze"),
        _ if fires.is_some() => Some("ticket fires"),
        _ if burns => Some("burning"),
        Stance::Warn => Some("warn"),
        Stance::Ok | Stance::Unknown => None,
    }
}
