//! Composites: several objectives, each with an SLI of its own and a weight, that make one budget together.
//!
//! The format gives the whole no target of its own: it takes the lowest of its parts'.

use super::{
    super::notes::{Map, Notes},
    slo::Goal,
};
use crate::domain::slo::{Indicator, Measure, Part, Slo};

/// `compositeWeight`, 1 where there is none.
pub(super) fn weight(map: &Map<'_>, notes: &mut Notes) -> Option<f64> {
    let Some(node) = map.get("compositeWeight") else { return Some(1.0) };
    let text = node.text().unwrap_or("");
    let weight = text.parse().ok().filter(|w: &f64| w.is_finite() && *w > 0.0);
    weight.or_else(|| notes.wrong(node.line, format!("compositeWeight `{text}` is no number above 0"), ""))
}

/// The row of the whole, of the goals and the rows that were made of them.
pub(super) fn row(whole: Slo, goals: &[&Goal], rows: &[(u32, Slo)]) -> Slo {
    let part = |(goal, (_, row)): (&&Goal, &(u32, Slo))| Part { id: row.id.clone(), weight: goal.weight };
    let lowest = goals.iter().map(|g| &g.objective).max_by(|a, b| a.budget_ratio().total_cmp(&b.budget_ratio()));
    let source = whole.indicator.source.clone();
    Slo {
        objective: lowest.unwrap_or(&whole.objective).clone(),
        parts: goals.iter().zip(rows).map(part).collect(),
        indicator: Indicator { source, measure: Measure::Parts, estimate: false },
        ..whole
    }
}
