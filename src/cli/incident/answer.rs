//! Incidents in answers: whole, and what was said of one.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    app::world::World,
    cli::{
        answer::{Answer, act::Word, entry::EntryAnswer},
        args::Global,
        exit::Exit,
    },
    domain::{
        Time,
        entry::Entry,
        incident::{
            Cost, Incident, IncidentId, Level, Line, Link, Moment, Roles, Said, Skew, Status, Tag, Task, Timed,
        },
        text::SafeText,
    },
};

#[derive(Debug, Serialize)]
pub(super) struct IncidentAnswer<'a> {
    id: &'a IncidentId,
    title: &'a SafeText,
    severity: &'a Level,
    status: Status,
    open: bool,
    withdrawn: bool,
    declared: Option<&'a Said<()>>,
    /// Every word on the status that stands; the last one holds.
    statuses: &'a [Said<Status>],
    roles: &'a Roles,
    tasks: &'a [Task],
    alerts: Vec<LinkAnswer<'a>>,
    detached: Vec<LinkAnswer<'a>>,
    slos: Vec<&'a SafeText>,
    joined_by: Option<&'a SafeText>,
    /// Entries about something else that somebody made a part of it, and those taken out, by their ids.
    entries: Vec<&'a SafeText>,
    left_out: Vec<&'a SafeText>,
    /// What it cost each budget, as it was told when it was resolved.
    cost: Option<&'a Said<Vec<Cost>>>,
    times: BTreeMap<Moment, Option<Timed>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeline: Option<Vec<LineAnswer<'a>>>,
}

#[derive(Debug, Serialize)]
struct LinkAnswer<'a> {
    id: String,
    #[serde(flatten)]
    link: &'a Link,
}

#[derive(Debug, Serialize)]
struct LineAnswer<'a> {
    #[serde(flatten)]
    entry: EntryAnswer<'a>,
    tag: Option<Tag>,
    /// What is shown, where a correction took the place of the text.
    corrected: Option<&'a SafeText>,
    /// Seconds from the thing to its telling, where that is worth a word; negative where clocks disagree.
    skew_s: Option<i64>,
}

impl<'a> IncidentAnswer<'a> {
    pub(super) fn of(world: &World, incident: &'a Incident) -> Self {
        let clues = world.clues(incident);
        let link = |link: &'a Link| LinkAnswer { id: link.alert.to_string(), link };
        Self {
            id: &incident.id,
            title: &incident.title,
            severity: &incident.level,
            status: incident.status(),
            open: incident.is_open(),
            withdrawn: incident.withdrawn,
            declared: incident.declared.as_ref(),
            statuses: &incident.statuses,
            roles: &incident.roles,
            tasks: &incident.tasks,
            alerts: incident.alerts.values().map(link).collect(),
            detached: incident.detached.values().map(link).collect(),
            slos: incident.slos.iter().collect(),
            joined_by: incident.filter.as_ref(),
            entries: incident.entries.iter().collect(),
            left_out: incident.left_out.iter().collect(),
            cost: incident.cost.as_ref(),
            times: Moment::ALL.into_iter().map(|m| (m, incident.time(m, &clues))).collect(),
            timeline: None,
        }
    }

    pub(super) fn with_timeline(self, lines: &[Line<'a>]) -> Self {
        Self { timeline: Some(lines.iter().map(line).collect()), ..self }
    }
}

fn line<'a>(line: &Line<'a>) -> LineAnswer<'a> {
    LineAnswer {
        entry: EntryAnswer::of(line.entry),
        tag: line.tag,
        corrected: line.corrected.and_then(|c| c.body.text.as_ref()),
        skew_s: line.skew.map(|skew| match skew {
            Skew::Late(by) => by.num_seconds(),
            Skew::Ahead(by) => -by.num_seconds(),
        }),
    }
}

/// What was said of an incident, or would be.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ActAnswer {
    outcome: Word,
    incident: IncidentId,
    /// A sentence.
    does: String,
    /// The id of the entry; null in a dry run.
    entry: Option<String>,
    at: Option<Time>,
}

impl ActAnswer {
    pub(super) fn planned(id: &IncidentId, does: &str) -> Self {
        Self { outcome: Word::Planned, incident: id.clone(), does: does.to_owned(), entry: None, at: None }
    }

    pub(super) fn done(entry: &Entry, does: &str) -> Self {
        Self {
            outcome: Word::Confirmed,
            incident: IncidentId::of(&entry.subject).unwrap_or_else(|| IncidentId::new("-")),
            does: does.to_owned(),
            entry: Some(entry.id.clone()),
            at: Some(entry.at),
        }
    }
}

/// Answers with what was said.
pub(super) fn say_acts(global: &Global, now: Time, answers: &[ActAnswer]) -> Result<(), Exit> {
    let lines = || {
        let line =
            |a: &ActAnswer| format!("{}  {}  {}\n", a.outcome.as_str(), a.incident, SafeText::new(&a.does).line());
        answers.iter().map(line).collect()
    };
    Answer::of_ours("incident", "acts", now, answers.to_vec()).say(global.output, lines)
}
