//! Alerts, silences and incidents of a handoff: which of them, and in which order.

use serde::Serialize;

use crate::{
    domain::{
        Time,
        alert::{AlertId, AlertState, Severity},
        incident::{Clues, Incident, IncidentId, Level, Role, Status},
        source::SourceName,
        text::SafeText,
    },
    report::markdown::bounded_text,
};

use super::{Firing, Given, Muting};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AlertLine {
    pub id: String,
    pub source: SourceName,
    pub name: SafeText,
    pub severity: Severity,
    pub state: AlertState,
    pub since: Time,
    pub age_s: i64,
    pub service: Option<SafeText>,
    pub summary: Option<SafeText>,
    /// The open incident that it belongs to.
    pub incident: Option<IncidentId>,
    /// None for one that is nobody's.
    pub ack: Option<Ownership>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ownership {
    pub by: SafeText,
    pub mine: bool,
    pub at: Time,
    /// None where it lasts until somebody takes it back.
    pub until: Option<Time>,
    /// Seconds; below zero where it is over.
    pub ends_in_s: Option<i64>,
    /// It ends in the shift that begins.
    pub ends_next: bool,
    pub reason: SafeText,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SilenceLine {
    pub id: SafeText,
    pub source: SourceName,
    pub matchers: SafeText,
    pub by: SafeText,
    pub comment: SafeText,
    pub ends_at: Time,
    pub ends_in_s: i64,
    /// None where its source cannot be read.
    pub mutes: Option<usize>,
    pub is_ack: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IncidentLine {
    pub id: IncidentId,
    pub title: SafeText,
    pub severity: Level,
    pub status: Status,
    pub since: Time,
    pub lasted_s: i64,
    pub commander: Option<SafeText>,
    /// Alerts that are linked.
    pub alerts: usize,
    /// Those that are not done.
    pub tasks: Vec<TaskLine>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskLine {
    pub number: usize,
    pub text: SafeText,
    pub owner: Option<SafeText>,
}

/// What is nobody's, and what is somebody's.
pub(super) fn alerts(given: &Given<'_>) -> (Vec<AlertLine>, Vec<AlertLine>) {
    let is_open = |a: &&Firing<'_>| a.ack.is_none() && !matches!(a.told, AlertState::Suppressed | AlertState::Pending);
    let mut unowned: Vec<&Firing<'_>> = given.alerts.iter().filter(is_open).collect();
    unowned.sort_by(|a, b| (a.severity, a.since, a.id).cmp(&(b.severity, b.since, b.id)));
    let mut owned: Vec<&Firing<'_>> = given.alerts.iter().filter(|a| a.ack.is_some()).collect();
    let key = |a: &Firing<'_>| (a.ack.map(|k| (k.by.raw() != given.me, k.until)), a.severity);
    owned.sort_by(|a, b| (key(a), a.id).cmp(&(key(b), b.id)));
    let lines = |all: Vec<&Firing<'_>>| all.into_iter().map(|a| alert(given, a)).collect();
    (lines(unowned), lines(owned))
}

fn alert(given: &Given<'_>, firing: &Firing<'_>) -> AlertLine {
    let id: &AlertId = firing.id;
    let ack = firing.ack.map(|ack| Ownership {
        by: ack.by.clone(),
        mine: ack.by.raw() == given.me,
        at: ack.at,
        until: ack.until,
        ends_in_s: ack.until.map(|until| (until - given.now).num_seconds()),
        ends_next: ack.until.is_some_and(|until| until <= given.until),
        reason: bounded_text(&ack.reason, ""),
    });
    AlertLine {
        id: id.to_string(),
        source: id.source.clone(),
        name: firing.name.clone(),
        severity: firing.severity,
        state: firing.state,
        since: firing.since,
        age_s: (given.now - firing.since).num_seconds().max(0),
        service: firing.service.cloned(),
        summary: firing.summary.map(|s| bounded_text(s, "")),
        incident: given.incidents.of_alert(id).map(|i| i.id.clone()),
        ack,
    }
}

/// Those that end in the shift that begins, and those that match nothing; acks are told with their alerts, so of them only
/// those that hold for nothing.
pub(super) fn silences(given: &Given<'_>) -> (Vec<SilenceLine>, Vec<SilenceLine>) {
    let ends = |m: &&Muting<'_>| !m.is_ack && m.ends_at <= given.until;
    let idle = |m: &&Muting<'_>| m.mutes == Some(0) && !m.pending && m.ends_at > given.until;
    let lines = |wanted: &dyn Fn(&&Muting<'_>) -> bool| {
        let mut found: Vec<&Muting<'_>> = given.silences.iter().filter(wanted).collect();
        found.sort_by(|a, b| (a.ends_at, a.id).cmp(&(b.ends_at, b.id)));
        found.into_iter().map(|m| silence(given, m)).collect()
    };
    (lines(&ends), lines(&idle))
}

fn silence(given: &Given<'_>, muting: &Muting<'_>) -> SilenceLine {
    SilenceLine {
        id: muting.id.clone(),
        source: muting.source.clone(),
        matchers: SafeText::new(muting.matchers),
        by: muting.by.clone(),
        comment: bounded_text(muting.comment, ""),
        ends_at: muting.ends_at,
        ends_in_s: (muting.ends_at - given.now).num_seconds(),
        mutes: muting.mutes,
        is_ack: muting.is_ack,
    }
}

/// The open ones, and those that ended in the shift.
pub(super) fn incidents(given: &Given<'_>) -> (Vec<IncidentLine>, Vec<IncidentLine>) {
    let line = |i: &Incident| incident(given, i);
    let open = given.incidents.open().map(line).collect();
    let ended = |i: &&Incident| {
        let over = i.statuses.last().is_some_and(|s| s.at >= given.since);
        !i.is_open() && !i.withdrawn && over
    };
    (open, given.incidents.iter().filter(ended).map(line).collect())
}

fn incident(given: &Given<'_>, incident: &Incident) -> IncidentLine {
    let (from, to) = incident.span(&Clues::of(incident, given.entries));
    let task = |t: &crate::domain::incident::Task| TaskLine {
        number: t.number,
        text: bounded_text(&t.text, ""),
        owner: t.owner.clone(),
    };
    let commander = incident.roles.each().find(|(role, _)| *role == Role::Commander);
    IncidentLine {
        id: incident.id.clone(),
        title: incident.title.clone(),
        severity: incident.level.clone(),
        status: incident.status(),
        since: from,
        lasted_s: (to.unwrap_or(given.now) - from).num_seconds().max(0),
        commander: commander.map(|(_, who)| who.clone()),
        alerts: incident.alerts.len(),
        tasks: incident.open_tasks().map(task).collect(),
    }
}
