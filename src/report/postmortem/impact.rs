//! What an incident cost, by the same counts and the same arithmetic as every other number of a budget.

use serde::Serialize;

use crate::domain::{
    Time,
    incident::{Cost, Incident},
    slo::{BudgetRow, SloId, span::spent_by, tale::percent},
    text::SafeText,
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
    /// What was told when it was resolved, where that is not what is counted now.
    pub told: Option<Told>,
    /// The counts of that time are gone: the numbers are those that were told.
    pub aged_out: bool,
    /// Why it is not known.
    pub why: Option<SafeText>,
}

/// A figure that was told, and when.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Told {
    pub at: Time,
    pub by: SafeText,
    #[serde(flatten)]
    pub cost: Cost,
}

/// So much less of the time is counted than when it was told: the counts have aged out.
const GONE: f64 = 0.005;

/// The greatest share first; what is not known stands above them all.
pub(super) fn of(given: &Given<'_>) -> Vec<Impact> {
    let incident = given.incident;
    let (from, to) = incident.span(given.clues);
    let span = (from, to.unwrap_or(given.now).max(from));
    let own = given.budgets.iter().filter(|row| incident.concerns(row));
    let mut all: Vec<Impact> = own.map(|row| one(incident, row, span)).collect();
    let told = incident.cost.iter().flat_map(|said| said.value.iter().map(|cost| cost.slo.clone()));
    for id in incident.slos.iter().cloned().chain(told) {
        if all.iter().all(|i| i.id.0 != id) {
            all.push(unknown(&id, span, "it is linked, and was not counted"));
        }
    }
    let mut all: Vec<Impact> = all.into_iter().map(|impact| beside(incident, impact)).collect();
    all.sort_by(|a, b| key(b).total_cmp(&key(a)).then_with(|| a.id.cmp(&b.id)));
    all
}

fn key(impact: &Impact) -> f64 {
    impact.share.filter(|_| impact.why.is_none()).unwrap_or(f64::INFINITY)
}

/// A figure beside the one that was told when the incident was resolved: the told one stands where the counts are gone,
/// and beside the other where they differ.
fn beside(incident: &Incident, impact: Impact) -> Impact {
    let Some(said) = &incident.cost else { return impact };
    let Some(cost) = said.value.iter().find(|c| c.slo == impact.id.0) else { return impact };
    let told = Told { at: said.at, by: said.by.clone(), cost: cost.clone() };
    let less = impact.coverage.unwrap_or(0.0) + GONE < cost.coverage.unwrap_or(0.0);
    if impact.why.is_some() || less {
        return Impact {
            title: cost.title.clone(),
            objective: Some(cost.objective.clone()),
            window: Some(cost.window.clone()),
            from: cost.from,
            to: cost.to,
            share: cost.share,
            failed: Some(cost.bad),
            total: Some(cost.total),
            burn: cost.burn,
            coverage: cost.coverage,
            told: Some(told),
            aged_out: true,
            why: None,
            ..impact
        };
    }
    let same =
        impact.share.map(percent) == cost.share.map(percent) && impact.failed.map(f64::round) == Some(cost.bad.round());
    Impact { told: Some(told).filter(|_| !same), ..impact }
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
        told: None,
        aged_out: false,
        why: Some(SafeText::new(why)),
    }
}
