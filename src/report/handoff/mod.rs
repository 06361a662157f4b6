//! The handoff: what the one who goes tells the one who comes. What fires and is nobody's, who is on what and until when,
//! which silences end, which budgets are in the red, which incidents are open, what was noisy; and what nobody could see.

mod budgets;
mod oncall;
mod sections;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::domain::{
    Time,
    alert::{Ack, AlertId, AlertState, Severity},
    entry::Entry,
    incident::Incidents,
    oncall::{Names, Post},
    slo::{BudgetRow, policy::Policy},
    source::SourceName,
    text::SafeText,
};

use super::{
    blind::Blind,
    noise::Noisy,
    template::{Mistake, Template, render},
};

pub use budgets::BudgetLine;
pub use oncall::TakesOver;
pub use sections::{AlertLine, IncidentLine, Ownership, SilenceLine, TaskLine};

/// Noisy alerts that are named at most.
const NOISY: usize = 5;

/// All that a handoff is made of.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    pub now: Time,
    /// When the shift that ends began.
    pub since: Time,
    /// When the shift that begins will end.
    pub until: Time,
    /// Whose handoff it is.
    pub me: &'a str,
    pub alerts: &'a [Firing<'a>],
    pub silences: &'a [Muting<'a>],
    pub budgets: &'a [BudgetRow],
    pub policy: Policy,
    pub incidents: &'a Incidents,
    /// What the journal has of the shift, in the order in which it happened.
    pub entries: &'a [Entry],
    /// Who is on call when it is written, and who comes after.
    pub posts: &'a [Post],
    /// The names of who goes.
    pub names: &'a Names,
    /// What could not be read.
    pub unknown: &'a [Blind],
}

/// An alert that has not resolved.
#[derive(Clone, Copy, Debug)]
pub struct Firing<'a> {
    pub id: &'a AlertId,
    pub name: &'a SafeText,
    pub severity: Severity,
    /// `Unknown` where its source cannot be read.
    pub state: AlertState,
    pub told: AlertState,
    pub since: Time,
    pub service: Option<&'a SafeText>,
    pub summary: Option<&'a SafeText>,
    pub ack: Option<&'a Ack>,
}

/// A silence that stands.
#[derive(Clone, Copy, Debug)]
pub struct Muting<'a> {
    pub source: &'a SourceName,
    pub id: &'a SafeText,
    pub matchers: &'a str,
    pub by: &'a SafeText,
    pub comment: &'a SafeText,
    pub ends_at: Time,
    /// None where its source cannot be read.
    pub mutes: Option<usize>,
    /// It waits for its time.
    pub pending: bool,
    /// It carries an ack: it ends with that.
    pub is_ack: bool,
}

/// The document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Handoff {
    pub at: Time,
    pub since: Time,
    pub until: Time,
    pub by: SafeText,
    /// Whether everything could be read.
    pub complete: bool,
    pub unknown: Vec<Blind>,
    /// Who takes over what; the posts of who goes, or where that is none, who is paged first everywhere.
    pub takes_over: Vec<TakesOver>,
    /// Nobody is on these; the worst first, then the oldest.
    pub unowned: Vec<AlertLine>,
    /// Mine before the others', those whose ack ends first before the rest.
    pub owned: Vec<AlertLine>,
    /// Alerts that are muted by a silence that is no ack.
    pub silenced: usize,
    pub pending: usize,
    pub silences_ending: Vec<SilenceLine>,
    pub silences_idle: Vec<SilenceLine>,
    /// Unknown, in the red, burning, or spent in this shift; the worst first.
    pub budgets: Vec<BudgetLine>,
    /// Budgets that are well and moved little.
    pub budgets_quiet: usize,
    pub incidents: Vec<IncidentLine>,
    /// Incidents that ended in the shift.
    pub incidents_closed: Vec<IncidentLine>,
    pub noisy: Vec<Noisy>,
    /// Alerts that fired in the shift.
    pub fired: usize,
}

impl Handoff {
    pub fn of(given: &Given<'_>) -> Self {
        let (unowned, owned) = sections::alerts(given);
        let (silences_ending, silences_idle) = sections::silences(given);
        let (budgets, budgets_quiet) = budgets::lines(given);
        let (incidents, incidents_closed) = sections::incidents(given);
        let ranked = super::noise::ranked(given.entries);
        let muted = |a: &&Firing<'_>| a.told == AlertState::Suppressed && a.ack.is_none();
        Self {
            at: given.now,
            since: given.since,
            until: given.until,
            by: SafeText::new(given.me),
            complete: given.unknown.is_empty(),
            unknown: given.unknown.to_vec(),
            takes_over: oncall::takes_over(given.posts, given.names),
            unowned,
            owned,
            silenced: given.alerts.iter().filter(muted).count(),
            pending: given.alerts.iter().filter(|a| a.told == AlertState::Pending && a.ack.is_none()).count(),
            silences_ending,
            silences_idle,
            budgets,
            budgets_quiet,
            incidents,
            incidents_closed,
            fired: ranked.iter().map(|n| n.pages).sum(),
            noisy: ranked.into_iter().filter(is_noisy).take(NOISY).collect(),
        }
    }

    /// As Markdown.
    ///
    /// # Errors
    /// The mistake in the template.
    pub fn written(&self, template: Template<'_>) -> Result<String, Mistake> {
        render(template, self)
    }
}

/// One that fired once is no noise, unless somebody said so.
fn is_noisy(noisy: &Noisy) -> bool {
    noisy.marked > 0 || noisy.flaps > 0 || noisy.pages > 2
}
