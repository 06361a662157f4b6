//! What a budget spent in a stretch of time, and which incidents took it: `-6.2 % (INC-57 5.1 %, unattributed 1.1 %)`.
//!
//! The stretch is cut where an incident begins or ends; what lies in a piece is split evenly among the incidents that last
//! through it, and is nobody's where none does. So the parts sum to the whole, and an incident alone in the stretch took
//! exactly what `spent_by` says of its times.

use serde::Serialize;

use crate::domain::{
    Time,
    incident::{Clues, Incident, IncidentId},
    slo::{
        BudgetRow,
        span::{self, spent},
    },
    text::SafeText,
};

/// What was spent, as shares of the budget of the whole window.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spend {
    /// None where nothing was counted.
    pub share: Option<f64>,
    /// Events.
    pub bad: Option<f64>,
    pub total: Option<f64>,
    /// Share of the stretch that was counted.
    pub coverage: Option<f64>,
    /// The greatest first; those that took nothing are left out.
    pub by: Vec<Part>,
    /// What no incident took.
    pub unattributed: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    pub incident: IncidentId,
    pub title: SafeText,
    pub share: f64,
}

/// An incident on the axis: which, and from when to when.
#[derive(Clone, Copy, Debug)]
pub struct Lasting<'a> {
    pub incident: &'a Incident,
    pub from: Time,
    pub to: Time,
}

impl<'a> Lasting<'a> {
    /// As long as it lasted; until now while it is open.
    pub fn of(incident: &'a Incident, clues: &Clues, now: Time) -> Self {
        let (from, to) = incident.span(clues);
        Self { incident, from, to: to.unwrap_or(now).max(from) }
    }
}

/// What one budget spent in `(from, to]`; none where it was never counted.
pub fn spend(row: &BudgetRow, incidents: &[Lasting<'_>], (from, to): (Time, Time)) -> Option<Spend> {
    let numbers = row.numbers()?;
    let to = to.min(numbers.as_of).max(from);
    let line = span::line(row, numbers, from);
    let beta = row.slo.objective.budget_ratio();
    let own: Vec<&Lasting<'_>> = incidents.iter().filter(|l| l.incident.concerns(row)).collect();
    let mut taken = vec![0.0; own.len()];
    let mut unattributed = 0.0;
    for (a, b) in pieces(&own, from, to) {
        let share = spent(numbers, beta, &line, a, b).share.filter(|s| s.is_finite()).unwrap_or(0.0);
        let on: Vec<usize> = (0..own.len()).filter(|i| own[*i].from <= a && own[*i].to >= b).collect();
        #[allow(clippy::cast_precision_loss, reason = "a number of incidents")]
        let each = share / on.len().max(1) as f64;
        on.iter().for_each(|i| taken[*i] += each);
        if on.is_empty() {
            unattributed += share;
        }
    }
    let whole = spent(numbers, beta, &line, from, to);
    let part = |(l, share): (&&Lasting<'_>, f64)| Part {
        incident: l.incident.id.clone(),
        title: l.incident.title.clone(),
        share,
    };
    let mut by: Vec<Part> = own.iter().zip(taken).map(part).filter(|p| p.share > 0.0).collect();
    by.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.incident.cmp(&b.incident)));
    let (share, bad, total, coverage) = (whole.share, whole.bad, whole.total, whole.coverage);
    Some(Spend { share, bad, total, coverage, by, unattributed })
}

/// The stretch between every two edges within it.
fn pieces(incidents: &[&Lasting<'_>], from: Time, to: Time) -> Vec<(Time, Time)> {
    let inside = incidents.iter().flat_map(|l| [l.from, l.to]).filter(|t| *t > from && *t < to);
    let mut edges: Vec<Time> = inside.chain([from, to]).collect();
    edges.sort_unstable();
    edges.dedup();
    edges.windows(2).map(|w| (w[0], w[1])).collect()
}
