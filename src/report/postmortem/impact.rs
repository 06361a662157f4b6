//! What an incident cost, by the same counts and the same arithmetic as every other number of a budget.

use serde::Serialize;

use crate::{
    domain::{
        Time,
        incident::Incident,
        slo::{BudgetRow, SloId, span::spent_by},
        text::SafeText,
    },
    report::spend::costs,
};

use super::Given;

/// One budget, and what it lost between two moments.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Impact {
    pub id: SloId,
    pub title: SafeText,
    pub objective: Option<String>,
    pub window: Option<String>,
    /// Somebody linked it; else an alert of the incident names it.
    pub linked: bool,
    /// What was counted: the incident's times, as far as the counts reach.
    pub from: Time,
    pub to: Time,
    /// Share of the budget of the whole window; none where it is unknown or infinite.
    pub share: Option<f64>,
    /// Requests, or what else the objective counts.
    pub failed: Option<f64>,
    pub total: Option<f64>,
    pub unit: Option<&'static str>,
    /// How many times faster than the window allows.
    pub burn: Option<f64>,
    /// What is left of it now.
    pub remaining: Option<f64>,
    /// Share of the time that was counted.
    pub coverage: Option<f64>,
    /// Why it is not known.
    pub why: Option<SafeText>,
}

/// The greatest share first; what is not known stands above them all.
pub(super) fn of(given: &Given<'_>) -> Vec<Impact> {
    let incident = given.incident;
    let (from, to) = incident.span(given.clues);
    let span = (from, to.unwrap_or(given.now).max(from));
    let own = given.budgets.iter().filter(|row| costs(incident, row));
    let mut all: Vec<Impact> = own.map(|row| one(incident, row, span)).collect();
    let missing = incident.slos.iter().filter(|id| all.iter().all(|i| i.id.0 != **id));
    let missing: Vec<Impact> = missing.map(|id| unknown(id, span, "it is linked, and was not counted")).collect();
    all.extend(missing);
    all.sort_by(|a, b| key(b).total_cmp(&key(a)).then_with(|| a.id.cmp(&b.id)));
    all
}

fn key(impact: &Impact) -> f64 {
    impact.share.filter(|_| impact.why.is_none()).unwrap_or(f64::INFINITY)
}

fn one(incident: &Incident, row: &BudgetRow, span: (Time, Time)) -> Impact {
    let linked = incident.slos.contains(&row.slo.id.0);
    let blank = Impact {
        title: row.slo.title.clone(),
        objective: Some(row.slo.objective.as_percent().to_owned()),
        window: Some(row.slo.window.words()),
        unit: Some(row.slo.method.unit()),
        linked,
        ..unknown(&row.slo.id.0, span, "")
    };
    let why = |why: &str| Impact { why: Some(SafeText::new(why)), ..blank.clone() };
    if let Some(trouble) = &row.trouble {
        return why(trouble.what.raw());
    }
    let Some(spent) = spent_by(row, span.0, span.1) else { return why("it was not counted") };
    if spent.total.is_none() {
        return why("nothing is counted of that time: it is older than the counts, or was never scraped");
    }
    Impact {
        from: spent.from,
        to: spent.to,
        share: spent.share.filter(|s| s.is_finite()),
        failed: spent.bad,
        total: spent.total,
        burn: spent.burn.filter(|b| b.is_finite()),
        remaining: row.numbers().and_then(|n| n.remaining).filter(|r| r.is_finite()),
        coverage: spent.coverage,
        why: None,
        ..blank
    }
}

fn unknown(id: &SafeText, (from, to): (Time, Time), why: &str) -> Impact {
    Impact {
        id: SloId(id.clone()),
        title: id.clone(),
        objective: None,
        window: None,
        linked: true,
        from,
        to,
        share: None,
        failed: None,
        total: None,
        unit: None,
        burn: None,
        remaining: None,
        coverage: None,
        why: Some(SafeText::new(why)),
    }
}
