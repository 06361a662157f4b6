//! `watchfire slo list`: one line a budget.

use crate::{
    cli::{
        paper::Paper,
        table::{Cell, Table},
    },
    domain::{
        Time, duration,
        slo::{
            BudgetRow,
            assess::{Assessment, RunsOut},
            budget::BudgetState,
            burn::Severity,
        },
    },
    ui::budgets::{burn, left, percent, remaining_role},
};

use super::Counted;

/// One line an SLO, the worst first.
pub fn table(counted: &Counted, paper: &Paper) -> String {
    if counted.budgets.rows.is_empty() {
        return String::new();
    }
    let head = ["!", "SLO", "OBJECTIVE", "WINDOW", "LEFT", "1H", "6H", "3D", "RUNS OUT", "STATE"];
    let mut table = Table::new(&head);
    for row in &counted.budgets.rows {
        let numbers = row.numbers();
        let role = remaining_role(numbers, false);
        let state = numbers.map_or(BudgetState::NoData, |n| n.state);
        table.row(vec![
            Cell::dyed(mark(numbers), role),
            row.slo.id.to_string().into(),
            format!("{}%", row.slo.objective.as_percent()).into(),
            row.slo.window.words().into(),
            Cell::dyed(left_of(row), role),
            burn(numbers, "1h").into(),
            burn(numbers, "6h").into(),
            burn(numbers, "3d").into(),
            Cell::dyed(runs_out(numbers, counted.now), role),
            state.as_str().into(),
        ]);
    }
    table.render(paper)
}

/// With what it would be without planned maintenance, where there was any.
fn left_of(row: &BudgetRow) -> String {
    let raw = left(row.numbers());
    match row.adjusted.as_ref().and_then(|a| a.adjusted.remaining) {
        Some(adjusted) => format!("{raw} (adjusted {})", percent(adjusted)),
        None => raw,
    }
}

/// `!!` pages, `!` asks for a ticket, `x` is spent, `?` is not known.
fn mark(numbers: Option<&Assessment>) -> &'static str {
    let Some(n) = numbers else { return "?" };
    match (n.firing(), n.state) {
        (Some(Severity::Page), _) => "!!",
        (Some(Severity::Ticket), _) => "!",
        (None, BudgetState::Exhausted) => "x",
        (None, BudgetState::NoData | BudgetState::Invalid) => "?",
        (None, BudgetState::Ok | BudgetState::NoTraffic) => "",
    }
}

pub(super) fn runs_out(numbers: Option<&Assessment>, now: Time) -> String {
    match numbers {
        None => "UNKNOWN".into(),
        Some(n) => match (n.runs_out, n.recovers_at) {
            (RunsOut::Exhausted, Some(at)) => format!("back in {}", duration::long(at - now)),
            (other, _) => other.words(now),
        },
    }
}
