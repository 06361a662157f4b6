//! The post-mortem of one incident, written to learn and not to blame: what happened when, what it cost, how it was found,
//! what is to be done. Whatever the journal and the budgets know is filled in; what only people know is asked for.

mod impact;
mod rows;
#[cfg(test)]
mod tests;
mod times;

use serde::Serialize;

use crate::domain::{
    Time,
    entry::Entry,
    incident::{Clues, Incident, IncidentId, Level, Line, Role, Status},
    slo::BudgetRow,
    source::SourceName,
    text::SafeText,
};

use super::{
    blind::Blind,
    markdown::bounded_text,
    template::{Mistake, Template, render},
};

pub use impact::{Impact, Told};
pub use rows::Row;
pub use times::{Detection, Lengths, TimeLine};

/// All that a post-mortem is made of.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    pub now: Time,
    pub incident: &'a Incident,
    pub clues: &'a Clues,
    /// Its timeline.
    pub lines: &'a [Line<'a>],
    /// Every budget that was counted, in any order.
    pub budgets: &'a [BudgetRow],
    /// What an entry is called and what it says, in the words of the screen.
    pub words: &'a dyn Fn(&Line<'_>) -> Words,
    /// What could not be read.
    pub unknown: &'a [Blind],
}

/// An entry in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// `fired`, `acked`, `note`.
    pub what: String,
    /// What it says, without who said it and how late.
    pub text: String,
}

/// The document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PostMortem {
    /// When it was written.
    pub at: Time,
    pub id: IncidentId,
    pub title: SafeText,
    pub severity: Level,
    pub status: Status,
    pub open: bool,
    pub withdrawn: bool,
    pub complete: bool,
    pub unknown: Vec<Blind>,
    pub declared_at: Option<Time>,
    pub declared_by: Option<SafeText>,
    pub roles: Vec<RoleLine>,
    /// All five, in their usual order.
    pub times: Vec<TimeLine>,
    pub lengths: Lengths,
    pub detection: Detection,
    pub impact: Vec<Impact>,
    pub alerts: Vec<LinkLine>,
    /// The same by name, service and source: the most of one first.
    pub alert_names: Vec<NameLine>,
    pub timeline: Vec<Row>,
    /// Lines of machines that are not among them, because there are too many.
    pub left_out: usize,
    /// Notes about what users saw.
    pub impact_notes: Vec<Row>,
    /// Notes about causes, and what was deployed in the hour before or meanwhile.
    pub hypotheses: Vec<Row>,
    pub changes: Vec<Row>,
    pub decisions: Vec<Row>,
    pub tasks: Vec<TaskLine>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RoleLine {
    pub role: Role,
    pub who: SafeText,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LinkLine {
    pub id: String,
    pub source: SourceName,
    pub name: SafeText,
    pub service: Option<SafeText>,
    pub since: Option<Time>,
    pub joined: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NameLine {
    pub name: SafeText,
    pub service: Option<SafeText>,
    pub source: SourceName,
    pub count: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskLine {
    pub number: usize,
    pub text: SafeText,
    pub owner: Option<SafeText>,
    pub done: bool,
    pub done_at: Option<Time>,
    pub done_by: Option<SafeText>,
}

impl PostMortem {
    pub fn of(given: &Given<'_>) -> Self {
        let incident = given.incident;
        let times = times::lines(given);
        let rows = rows::of(given);
        let impact = impact::of(given);
        let blind = impact.iter().any(|i| i.why.is_some());
        Self {
            at: given.now,
            id: incident.id.clone(),
            title: bounded_text(&incident.title, ""),
            severity: incident.level.clone(),
            status: incident.status(),
            open: incident.is_open(),
            withdrawn: incident.withdrawn,
            complete: given.unknown.is_empty() && !blind,
            unknown: given.unknown.to_vec(),
            declared_at: incident.declared_at(),
            declared_by: incident.declared.as_ref().map(|d| d.by.clone()),
            roles: incident.roles.each().map(|(role, who)| RoleLine { role, who: who.clone() }).collect(),
            lengths: Lengths::of(&times),
            detection: times::detection(given),
            times,
            impact,
            alerts: incident.alerts.values().map(link).collect(),
            alert_names: names(incident),
            impact_notes: rows.tagged(&["impact", "customer"]),
            hypotheses: rows.tagged(&["hypothesis"]),
            decisions: rows.tagged(&["decision"]),
            changes: rows.changes(),
            left_out: rows.left_out,
            timeline: rows.shown,
            tasks: incident.tasks.iter().map(task).collect(),
        }
    }

    /// As Markdown. `graphs` are the files of the graphs beside it, by budget.
    ///
    /// # Errors
    /// The mistake in the template.
    pub fn written(&self, template: Template<'_>, graphs: &[(String, String)]) -> Result<String, Mistake> {
        #[derive(Serialize)]
        struct With<'a> {
            #[serde(flatten)]
            whole: &'a PostMortem,
            graphs: Vec<Graph<'a>>,
        }
        #[derive(Serialize)]
        struct Graph<'a> {
            budget: &'a str,
            file: &'a str,
        }
        let graphs = graphs.iter().map(|(budget, file)| Graph { budget, file }).collect();
        render(template, &With { whole: self, graphs })
    }
}

fn link(link: &crate::domain::incident::Link) -> LinkLine {
    LinkLine {
        id: link.alert.to_string(),
        source: link.alert.source.clone(),
        name: link.title.clone(),
        service: link.labels.get("service").cloned(),
        since: link.starts_at,
        joined: link.joined,
    }
}

fn names(incident: &Incident) -> Vec<NameLine> {
    let mut all: Vec<NameLine> = Vec::new();
    for LinkLine { source, name, service, .. } in incident.alerts.values().map(link) {
        match all.iter_mut().find(|n| n.name == name && n.service == service && n.source == source) {
            Some(known) => known.count += 1,
            None => all.push(NameLine { name, service, source, count: 1 }),
        }
    }
    all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)).then_with(|| a.source.cmp(&b.source)));
    all
}

fn task(task: &crate::domain::incident::Task) -> TaskLine {
    TaskLine {
        number: task.number,
        text: bounded_text(&task.text, ""),
        owner: task.owner.clone(),
        done: task.done.is_some(),
        done_at: task.done.as_ref().map(|d| d.at),
        done_by: task.done.as_ref().map(|d| d.by.clone()),
    }
}

/// Where all of a text is that a document cuts.
fn rest_of(entry: &Entry) -> String {
    format!(": all of it is in the journal, `watchfire journal export`, entry {}", entry.id)
}
