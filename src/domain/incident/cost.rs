//! What an incident cost a budget, as it is told when it is resolved: the figure with everything it was made of, so that a
//! later reader needs no counts. What a budget is, and how it is counted, is `domain::slo`'s.

use serde::{Deserialize, Serialize};

use super::Incident;
use crate::domain::{
    Time,
    slo::{BudgetRow, span::spent_by, tale},
    text::SafeText,
};

/// One budget: `share = bad / allowed`, of the events in `(from, to]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// The id of the budget.
    pub slo: SafeText,
    pub title: SafeText,
    /// In percent, as it was written.
    pub objective: String,
    pub window: String,
    pub from: Time,
    pub to: Time,
    /// Events.
    pub bad: f64,
    pub total: f64,
    /// How many bad events the whole window allows.
    #[serde(default)]
    pub allowed: Option<f64>,
    /// Share of the budget of the whole window; none where it is infinite.
    #[serde(default)]
    pub share: Option<f64>,
    /// How many times faster than the window allows.
    #[serde(default)]
    pub burn: Option<f64>,
    /// Share of the time that was counted, 0 to 1.
    #[serde(default)]
    pub coverage: Option<f64>,
}

impl Cost {
    /// What a budget spent between two moments; none where nothing was counted.
    pub fn of(row: &BudgetRow, (from, to): (Time, Time)) -> Option<Self> {
        let finite = |v: Option<f64>| v.filter(|v| v.is_finite());
        let spent = spent_by(row, from, to)?;
        Some(Self {
            slo: row.slo.id.0.clone(),
            title: row.slo.title.clone(),
            objective: row.slo.objective.as_percent().to_owned(),
            window: row.slo.window.words(),
            from: spent.from,
            to: spent.to,
            bad: finite(spent.bad)?,
            total: finite(spent.total)?,
            allowed: finite(row.numbers()?.allowed_bad),
            share: finite(spent.share),
            burn: finite(spent.burn),
            coverage: finite(spent.coverage),
        })
    }

    /// `61.2 % of the budget of Checkouts that do not fail`.
    pub fn in_words(&self) -> String {
        let share = self.share.map_or_else(|| "more than all".to_owned(), tale::percent);
        format!("{share} of the budget of {}", self.title.line())
    }
}

impl Incident {
    /// Whether a budget is one of its own: linked to it, or named by one of its alerts.
    pub fn concerns(&self, row: &BudgetRow) -> bool {
        self.slos.contains(&row.slo.id.0) || self.alerts.values().any(|link| row.slo.concerns(&link.labels))
    }

    /// What it cost each of its budgets between two moments, the greatest share first.
    pub fn costs(&self, rows: &[BudgetRow], span: (Time, Time)) -> Vec<Cost> {
        let mut all: Vec<Cost> = rows.iter().filter(|r| self.concerns(r)).filter_map(|r| Cost::of(r, span)).collect();
        let share = |c: &Cost| c.share.unwrap_or(f64::INFINITY);
        all.sort_by(|a, b| share(b).total_cmp(&share(a)).then_with(|| a.slo.cmp(&b.slo)));
        all.dedup_by(|a, b| a.slo == b.slo);
        all
    }
}
