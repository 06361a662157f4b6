//! The budgets as they were last counted, and how old that is.

use chrono::Duration;

use crate::{
    app::msg::{BudgetReport, Cost},
    domain::{
        Time,
        slo::{BudgetRow, SloId},
        source::SourceError,
        text::SafeText,
    },
};

/// Counts older than this are no longer believed.
pub const FRESH_FOR: Duration = Duration::minutes(3);

#[derive(Debug, Default)]
pub struct Budgets {
    /// Worst first.
    pub rows: Vec<BudgetRow>,
    pub problems: Vec<SafeText>,
    pub error: Option<SourceError>,
    pub counted_at: Option<Time>,
    /// Share of the history that has been read, in [0, 1].
    pub progress: f64,
    pub cost: Cost,
}

impl Budgets {
    pub(crate) fn take(&mut self, report: BudgetReport) {
        self.rows = report.rows;
        self.rows.sort_by_cached_key(|r| (r.numbers.as_ref().map(|n| n.urgency()), r.slo.id.clone()));
        self.cost = report.cost;
        self.error = report.error;
        self.counted_at = report.counted_at;
        self.problems = report.problems;
        self.progress = if report.progress.is_finite() { report.progress.clamp(0.0, 1.0) } else { 0.0 };
    }

    /// Whether the numbers may be believed now.
    pub fn is_blind(&self, now: Time) -> bool {
        self.counted_at.is_none_or(|at| now - at > FRESH_FOR)
    }

    pub fn get(&self, id: &SloId) -> Option<&BudgetRow> {
        self.rows.iter().find(|r| &r.slo.id == id)
    }
}
