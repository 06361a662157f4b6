//! The budgets as they were last counted, and how old that is.

use std::sync::Arc;

use chrono::Duration;

use super::inquiry::Inquiry;
use crate::{
    app::msg::{BudgetReport, Cost},
    domain::{
        Time,
        slo::{
            BudgetRow, Slo, SloId, Window,
            assess::{Assessment, assess},
            exclusion::Exclusion,
            planned::Planned,
            policy::Policy,
        },
        source::SourceError,
        text::SafeText,
    },
};

/// Counts older than this are no longer believed.
pub const FRESH_FOR: Duration = Duration::minutes(3);
/// Seconds beyond a window for which planned maintenance is marked.
const AHEAD: i64 = 8 * 86_400;

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
    /// What follows from a budget that is spent.
    pub policy: Policy,
    /// What was told of the one that is open.
    pub(super) memo: super::retold::Memo,
    /// Maintenance that does not count.
    pub planned: Vec<Planned>,
    /// What was asked about the one that is open.
    pub inquiry: Option<Inquiry>,
}

impl Budgets {
    pub(crate) fn take(&mut self, report: BudgetReport) {
        self.rows = report.rows;
        self.rows.sort_by_cached_key(|r| (r.urgency(), r.slo.id.clone()));
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

    /// The axis of an objective's graphs: its period, and as far ahead as its budget is foretold to last.
    pub fn axis(&self, id: &SloId) -> Option<(Time, Time)> {
        axis_of(self.get(id)?.numbers()?)
    }

    /// An objective judged as if its window were this calendar month, in UTC.
    pub fn month(&self, id: &SloId) -> Option<Arc<Assessment>> {
        let row = self.get(id)?;
        let slo = Slo { window: Window::month(), ..(*row.slo).clone() };
        Some(Arc::new(assess(&slo, &row.history, row.numbers()?.as_of)))
    }

    /// The maintenance of an objective that touches its window, and what is planned for the days after it.
    pub fn excluded(&self, slo: &Slo) -> Vec<Exclusion> {
        let Some(numbers) = self.get(&slo.id).and_then(BudgetRow::numbers) else { return Vec::new() };
        let (begin, end) = (numbers.period.begin, numbers.period.end.max(numbers.as_of.timestamp() + AHEAD));
        self.planned.iter().filter(|p| p.is_about(slo)).flat_map(|p| p.between(begin, end)).collect()
    }

    /// The moment every number of an objective is as of.
    pub fn head(&self, id: &SloId) -> Option<Time> {
        Some(self.get(id)?.numbers()?.as_of)
    }

    pub fn get(&self, id: &SloId) -> Option<&BudgetRow> {
        self.rows.iter().find(|r| &r.slo.id == id)
    }
}

/// From the beginning of a judgement's period to its end, and beyond it to where its budget runs out.
pub fn axis_of(numbers: &Assessment) -> Option<(Time, Time)> {
    let head = numbers.as_of;
    let begin = Time::from_timestamp(numbers.period.begin, 0)?;
    let end = Time::from_timestamp(numbers.period.end, 0)?;
    // The crossing is worth the room, as long as most of it shows what was counted.
    let quarter = (head - begin) / 4;
    let ends = numbers.runs_dry().map(|dry| [Some(dry.soonest), dry.foretold, dry.latest]);
    let soon = ends.into_iter().flatten().flatten().filter(|at| *at > head && *at - head <= quarter).max();
    let ahead = soon.and_then(|at| at.checked_add_signed((at - head) / 5));
    Some((begin, end.max(ahead.unwrap_or(head)).max(head)))
}
