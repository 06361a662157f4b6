//! What happened around an objective: what the journal tells, and the alerts on the board that are about it. Some of it may
//! have spent its budget; all of it is worth a mark under its graph.
//!
//! Alerts that have left the board are known from their entries, which keep the labels that name an objective.

use std::collections::BTreeMap;

use crate::domain::{
    Time,
    alert::{AlertState, Severity},
    entry::{Entry, Kind, Subject},
    incident::{Incident, Moment},
    label::Labels,
    slo::{Slo, exclusion::Exclusion},
    text::SafeText,
};

use super::{World, board::Row, marks::MarkKind};

/// Most alerts on the board that are asked whether they are about it.
const MOST: usize = 1_000;

/// How near something is to an objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// It happened at the same time.
    Elsewhere,
    Service,
    Objective,
}

/// Something that happened; with an end where it lasted and is over.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub kind: MarkKind,
    pub from: Time,
    pub to: Option<Time>,
    pub text: SafeText,
    pub about: About,
    /// It goes on now.
    pub lasts: bool,
    /// An alert that does not fire yet.
    pub pending: bool,
}

impl World {
    /// All of it, in the order of time, out of the newest entries of the journal.
    pub fn happened(&self, slo: &Slo) -> Vec<Event> {
        self.happened_in(slo, self.timeline.entries.iter())
    }

    /// The same out of these entries, oldest first.
    pub fn happened_in<'a>(&self, slo: &Slo, entries: impl Iterator<Item = &'a Entry> + Clone) -> Vec<Event> {
        let own = Subject::slo(slo.id.as_str());
        let mut alerts = told(slo, entries.clone());
        for row in self.concerning(slo) {
            alerts.insert((Subject::alert(&row.id), row.alert.starts_at), burning(slo, row));
        }
        let mut events: Vec<Event> = alerts.into_values().collect();
        events.extend(self.incidents.all.iter().filter_map(|i| self.incident_on(slo, i)));
        events.extend(self.outages(entries.clone()));
        events.extend(entries.filter_map(|e| moment(e, &own)));
        events.extend(self.budgets.excluded(slo).iter().filter_map(maintenance));
        // Two sources may tell of one alert, and one alert of many instances.
        events.sort_by(|a, b| (a.from, a.kind, a.to, &a.text).cmp(&(b.from, b.kind, b.to, &b.text)));
        events.dedup();
        events
    }

    /// When a source could not be read: what is drawn of that time may be missing something.
    fn outages<'a>(&self, entries: impl Iterator<Item = &'a Entry>) -> Vec<Event> {
        let mut open: BTreeMap<&Subject, Event> = BTreeMap::new();
        let mut over = Vec::new();
        for entry in entries.filter(|e| matches!(e.kind, Kind::SourceLost | Kind::SourceBack)) {
            match entry.kind {
                Kind::SourceLost => {
                    open.entry(&entry.subject).or_insert_with(|| event(MarkKind::Outage, entry, entry.at));
                }
                _ => over.extend(open.remove(&entry.subject).map(|lost| Event { to: Some(entry.at), ..lost })),
            }
        }
        let blind = |s: &Subject| self.sources.iter().any(|k| k.is_blind() && Subject::source(&k.about.name) == *s);
        over.extend(open.into_iter().map(|(subject, lost)| Event { lasts: blind(subject), ..lost }));
        over
    }

    /// An incident that names the objective, or one of its alerts: from its start until it was mitigated.
    fn incident_on(&self, slo: &Slo, incident: &Incident) -> Option<Event> {
        let about = match incident.slos.contains(slo.id.as_str()) {
            _ if incident.withdrawn => return None,
            true => About::Objective,
            false => incident.alerts.values().map(|l| about(slo, &l.labels)).max().filter(|a| *a > About::Elsewhere)?,
        };
        let clues = self.clues(incident);
        let time = |moment| incident.time(moment, &clues).map(|t| t.at);
        let from = time(Moment::Started)?;
        let to = time(Moment::Mitigated).map(|to| to.max(from));
        let (kind, text) = (MarkKind::Incident, incident.title.clone());
        Some(Event { kind, from, to, text, about, lasts: to.is_none(), pending: false })
    }

    /// The alerts on the board that are about an objective.
    pub(super) fn concerning<'a>(&'a self, slo: &'a Slo) -> impl Iterator<Item = &'a Row> {
        let found = slo.clues().into_iter().flat_map(|(name, value)| self.board.with_label(name, value));
        found.map(|(_, row)| row).filter(|row| slo.concerns(&row.alert.labels)).take(MOST)
    }
}

fn burning(slo: &Slo, row: &Row) -> Event {
    Event {
        kind: MarkKind::Alert,
        from: row.alert.starts_at,
        to: row.resolved_at,
        text: row.name().clone(),
        about: about(slo, &row.alert.labels),
        lasts: row.resolved_at.is_none(),
        pending: row.state == AlertState::Pending,
    }
}

fn about(slo: &Slo, labels: &Labels) -> About {
    match (slo.is_named_by(labels), slo.concerns(labels)) {
        (true, true) => About::Objective,
        (false, true) => About::Service,
        _ => About::Elsewhere,
    }
}

/// The firings that the journal tells of: those about the objective, and every critical one.
fn told<'a>(slo: &Slo, entries: impl Iterator<Item = &'a Entry>) -> BTreeMap<(Subject, Time), Event> {
    let mut firings: BTreeMap<(Subject, Time), Event> = BTreeMap::new();
    for entry in entries.filter(|e| matches!(e.kind, Kind::AlertFired | Kind::AlertResolved)) {
        let began = entry.body.starts_at.unwrap_or(entry.at);
        let place = (entry.subject.clone(), began);
        if entry.kind == Kind::AlertResolved {
            if let Some(event) = firings.get_mut(&place) {
                event.to = Some(entry.last_known_firing().unwrap_or(entry.at).max(began));
            }
            continue;
        }
        let about = about(slo, &labels(entry));
        if about > About::Elsewhere || entry.body.severity == Some(Severity::Critical) {
            firings.insert(place, Event { about, ..event(MarkKind::Alert, entry, began) });
        }
    }
    firings
}

/// The labels that an entry keeps of its alert.
pub(super) fn labels(entry: &Entry) -> Labels {
    entry.body.more.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect()
}

fn event(kind: MarkKind, entry: &Entry, from: Time) -> Event {
    let text = entry.body.title.clone().or_else(|| entry.body.text.clone());
    let text = text.unwrap_or_else(|| SafeText::new(entry.subject.as_str()));
    Event { kind, from, to: None, text, about: About::Elsewhere, lasts: false, pending: false }
}

/// What is told in one entry.
fn moment(entry: &Entry, own: &Subject) -> Option<Event> {
    let kind = match &entry.kind {
        Kind::Change(_) if entry.is_marker() => MarkKind::Deploy,
        Kind::NoteAdded if entry.subject == *own => MarkKind::Note,
        Kind::ObjectiveChanged if entry.subject == *own => MarkKind::Objective,
        Kind::AckConfirmed => MarkKind::Ack,
        Kind::SilenceCreated | Kind::SilenceConfirmed => MarkKind::Silence,
        _ => return None,
    };
    Some(event(kind, entry, entry.at))
}

fn maintenance(span: &Exclusion) -> Option<Event> {
    Some(Event {
        kind: MarkKind::Maintenance,
        from: Time::from_timestamp(span.from, 0)?,
        to: Some(Time::from_timestamp(span.to, 0)?),
        text: span.reason.clone(),
        about: About::Objective,
        lasts: false,
        pending: false,
    })
}
