//! The row of a composite, made of the rows of its parts: as old as the oldest of them, and as blind as the blindest.
//! Knows nobody who counts.

use std::sync::Arc;

use super::{
    Slo, SloId,
    composite::assess_parts,
    history::History,
    row::{BudgetRow, Trouble},
};
use crate::domain::{Time, text::SafeText};

/// What is known of one part.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    pub slo: &'a Slo,
    pub history: &'a History,
    /// None where it was never counted.
    pub counted_at: Option<Time>,
    pub trouble: Option<&'a Trouble>,
}

/// Without numbers until every part was counted; what keeps a part from it is told of the whole.
pub fn whole<'a>(slo: &Arc<Slo>, find: impl Fn(&SloId) -> Option<Known<'a>>) -> BudgetRow {
    let parts: Vec<(&SloId, Option<Known<'a>>)> = slo.parts.iter().map(|p| (&p.id, find(&p.id))).collect();
    let trouble = parts.iter().find_map(|(id, part)| in_the_way(id, part.as_ref()));
    let ages: Option<Vec<Time>> = parts.iter().map(|(_, part)| part.as_ref()?.counted_at).collect();
    let counted_at = ages.and_then(|ages| ages.into_iter().min());
    let row = BudgetRow { trouble, counted_at, ..BudgetRow::new(Slo::clone(slo), None) };
    let Some(at) = counted_at else { return row };
    let made = assess_parts(slo, |id| find(id).map(|part| (part.slo, part.history)), at);
    BudgetRow { numbers: Some(Arc::new(made.numbers)), history: Arc::new(made.history), ..row }
}

fn in_the_way(id: &SloId, part: Option<&Known<'_>>) -> Option<Trouble> {
    let Some(part) = part else {
        let what = SafeText::new(&format!("its part {id} is not known"));
        return Some(Trouble { what, rule: None });
    };
    let trouble = part.trouble?;
    let what = SafeText::new(&format!("its part {id}: {}", trouble.what.raw()));
    Some(Trouble { what, rule: trouble.rule.clone() })
}
