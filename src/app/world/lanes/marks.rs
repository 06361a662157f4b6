//! What happened beside the alerts of an axis: who took them, what was muted, said, done and changed, what was blind.

use std::collections::BTreeSet;

use crate::domain::{
    Time,
    alert::AlertId,
    change::Weight,
    entry::{Entry, Kind, Subject},
    incident::{Corrections, Incident, Line, Moment},
    silence::Silence,
    text::SafeText,
};

use super::{
    super::{World, marks::MarkKind},
    Mark, Of,
    members::Member,
};

/// Whose entries count.
struct Whose<'a> {
    alerts: BTreeSet<&'a AlertId>,
    slo: Option<Subject>,
    incident: Option<&'a Incident>,
}

impl World {
    pub(super) fn marks_of(&self, of: &Of, members: &[Member], whole: (Time, Time), now: Time) -> Vec<Mark> {
        let incident = match of {
            Of::Incident(id) => self.incidents.all.get(id),
            Of::Alert(id) => self.incidents.incident_of(id).and_then(|id| self.incidents.all.get(id)),
            Of::Slo(_) => None,
        };
        // Of an alert only what is about itself: its neighbours have lanes, not a say.
        let own = if matches!(of, Of::Alert(_)) { &members[..members.len().min(1)] } else { members };
        let whose = Whose {
            alerts: own.iter().map(|m| &m.id).collect(),
            slo: self.slo_of(of, members).map(|id| Subject::slo(id.as_str())),
            incident,
        };
        let entries = self.told(of);
        let mut marks = self.silenced(own, &entries);
        marks.extend(incident.map(|i| self.lasted(i)));
        let corrections = Corrections::of(entries.iter().copied());
        let ours = entries.iter().filter(|e| whose.counts(e));
        marks.extend(ours.filter_map(|e| self.mark(e, &entries, &corrections)));
        marks.retain(|m| m.from <= whole.1 && m.end(now) >= whole.0);
        marks.sort_by(|a, b| (a.from, a.kind, &a.text).cmp(&(b.from, b.kind, &b.text)));
        marks.dedup_by(|a, b| a.entry.is_some() && a.entry.as_ref().map(|e| &e.id) == b.entry.as_ref().map(|e| &e.id));
        marks
    }

    /// The entries that may tell of it: for an incident all that the journal has of it, where that was read.
    fn told(&self, of: &Of) -> Vec<&Entry> {
        let mut entries: Vec<&Entry> = self.timeline.entries.iter().collect();
        let more: &[Entry] = match of {
            Of::Incident(id) => self.incidents.read_of(id),
            Of::Alert(_) | Of::Slo(_) => self.timeline.history.as_ref().map_or(&[], |(_, entries)| &entries[..]),
        };
        let known: BTreeSet<&str> = entries.iter().map(|e| e.id.as_str()).collect();
        entries.extend(more.iter().filter(|e| !known.contains(e.id.as_str())));
        entries.sort_by_key(|e| (e.at, e.seq));
        entries
    }

    /// From its start to its end.
    fn lasted(&self, incident: &Incident) -> Mark {
        let clues = self.clues(incident);
        let (from, to) = incident.span(&clues);
        let from = incident.time(Moment::Started, &clues).map_or(from, |t| t.at);
        let text = SafeText::new(&format!("{} {}", incident.id, incident.title.line()));
        Mark { kind: MarkKind::Incident, from, to, lasts: to.is_none(), text, entry: None }
    }

    fn mark(&self, entry: &Entry, entries: &[&Entry], corrections: &Corrections<'_>) -> Option<Mark> {
        let kind = kind(entry)?;
        let (to, lasts) = match entry.kind {
            Kind::AckConfirmed => (self.ack_end(entry, entries), false),
            Kind::SourceLost => {
                let back = following(entry, entries, |k| *k == Kind::SourceBack);
                let blind =
                    self.sources.iter().any(|s| s.is_blind() && Subject::source(&s.about.name) == entry.subject);
                (back, back.is_none() && blind)
            }
            Kind::SilenceCreated | Kind::SilenceConfirmed => (entry.body.until, false),
            _ => (None, false),
        };
        let text = Line::of(entry, corrections).text().cloned().unwrap_or_default();
        Some(Mark { kind, from: entry.at, to, lasts, text, entry: Some(entry.clone()) })
    }

    /// When it was taken back, broke or was over; else until when it was given.
    fn ack_end(&self, entry: &Entry, entries: &[&Entry]) -> Option<Time> {
        let over =
            |k: &Kind| matches!(k, Kind::AckBroken | Kind::AckReleased | Kind::UnackConfirmed | Kind::AckConfirmed);
        let ended = following(entry, entries, over);
        let given = entry.body.until;
        ended.into_iter().chain(given).min()
    }

    /// The silences that touch these alerts, as their sources hold them; an ack's where the journal has no word of it.
    fn silenced(&self, own: &[Member], entries: &[&Entry]) -> Vec<Mark> {
        let is_told = |s: &Silence| {
            s.is_ack() && entries.iter().any(|e| e.kind == Kind::AckConfirmed && e.body.silence.as_ref() == Some(&s.id))
        };
        let mut marks = Vec::new();
        for source in &self.sources {
            let members: Vec<&Member> = own.iter().filter(|m| m.id.source == source.about.name).collect();
            let touching = source.silences.iter().filter(|s| members.iter().any(|m| s.matches(&m.labels)));
            marks.extend(touching.filter(|s| !is_told(s)).map(of_silence));
        }
        marks
    }
}

fn of_silence(silence: &Silence) -> Mark {
    let kind = if silence.is_ack() { MarkKind::Ack } else { MarkKind::Silence };
    let matchers: Vec<String> = silence.matchers.iter().map(ToString::to_string).collect();
    let (by, why) = (silence.created_by.line(), silence.reason());
    let text = SafeText::new(&format!("by {by}: {} ({})", why.line(), matchers.join(", ")));
    Mark { kind, from: silence.starts_at, to: Some(silence.ends_at), lasts: false, text, entry: None }
}

/// When the next entry of such a kind about the same was.
fn following(entry: &Entry, entries: &[&Entry], is: impl Fn(&Kind) -> bool) -> Option<Time> {
    let after = entries.partition_point(|e| (e.at, e.seq) <= (entry.at, entry.seq));
    entries[after..].iter().find(|e| e.subject == entry.subject && is(&e.kind)).map(|e| e.at)
}

fn kind(entry: &Entry) -> Option<MarkKind> {
    Some(match &entry.kind {
        Kind::AckConfirmed | Kind::AckBroken | Kind::AckReleased | Kind::UnackConfirmed => MarkKind::Ack,
        Kind::NoteAdded | Kind::NoiseMarked => MarkKind::Note,
        Kind::Change(_) => return of_change(entry.weight()?),
        Kind::ObjectiveChanged => MarkKind::Objective,
        Kind::SourceLost => MarkKind::Outage,
        Kind::Incident(_) => MarkKind::Incident,
        other if other.as_str().starts_with("action.") => MarkKind::Action,
        _ => return None,
    })
}

/// Noise is the timeline's alone.
fn of_change(weight: Weight) -> Option<MarkKind> {
    match weight {
        Weight::Marker => Some(MarkKind::Deploy),
        Weight::Crash => Some(MarkKind::Crash),
        Weight::Paging => Some(MarkKind::Page),
        Weight::Event => Some(MarkKind::Event),
        Weight::Quiet => None,
    }
}

impl Whose<'_> {
    fn counts(&self, entry: &Entry) -> bool {
        match entry.kind {
            Kind::Change(_) | Kind::SourceLost => return true,
            _ => {}
        }
        let of_incident = |i: &&Incident| {
            i.id.subject() == entry.subject
                || entry.body.more.get("incident").and_then(|v| v.as_str()) == Some(i.id.as_str())
        };
        let of_watch = entry.subject == Subject::watch() && entry.kind == Kind::NoteAdded;
        of_watch
            || self.slo.as_ref() == Some(&entry.subject)
            || self.incident.as_ref().is_some_and(of_incident)
            || entry.subject.as_alert().is_some_and(|id| self.alerts.contains(&id))
    }
}
