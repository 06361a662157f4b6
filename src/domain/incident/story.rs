//! The timeline of an incident: what was written about it, and about its alerts and budgets while it lasted.

use chrono::Duration;

use super::{
    Clues, Corrections, Incident, IncidentId, Tag,
    clues::{earlier, later},
    note::belongs_to,
    order::key,
};
use crate::domain::{
    Time,
    change::Weight,
    entry::{Entry, Kind},
    text::SafeText,
};

/// What changed so long before it started may have caused it.
const LEAD: Duration = Duration::hours(1);
/// What comes so soon after its end belongs to it: alerts that resolve, silences that end.
const TAIL: Duration = Duration::minutes(15);
/// An entry told later than this after the fact says so.
const LATE: Duration = Duration::minutes(1);

/// One line of it.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    pub entry: &'a Entry,
    /// The correction that holds, where there is one; the entry keeps the old text.
    pub corrected: Option<&'a Entry>,
    pub tag: Option<Tag>,
    pub skew: Option<Skew>,
}

/// How far apart the time of a thing and the time of its telling are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skew {
    /// A person told of it so much later.
    Late(Duration),
    /// It is told as of a time that was still to come: two clocks disagree by at least this.
    Ahead(Duration),
}

/// How far the telling is from the thing, where that is worth a word. What a monitor tells late is its nature.
pub fn skew(entry: &Entry) -> Option<Skew> {
    let late = entry.recorded_at - entry.at;
    match () {
        () if late <= -Duration::seconds(5) => Some(Skew::Ahead(-late)),
        () if late >= LATE && is_of_a_person(&entry.kind) => Some(Skew::Late(late)),
        () => None,
    }
}

/// Whether a person says so; everything else writes itself.
pub fn is_of_a_person(kind: &Kind) -> bool {
    let runs = matches!(kind, Kind::ActionStarted | Kind::ActionEnded | Kind::ActionUnknown | Kind::RunbookTicked);
    runs || matches!(kind, Kind::NoteAdded | Kind::NoteCorrected | Kind::NoiseMarked | Kind::Incident(_))
}

impl<'a> Line<'a> {
    /// An entry as it is to be shown.
    pub fn of(entry: &'a Entry, corrections: &Corrections<'a>) -> Self {
        let corrected = corrections.on(entry).last().copied();
        let tag = corrected.and_then(Tag::of).or_else(|| Tag::of(entry));
        Self { entry, corrected, tag, skew: skew(entry) }
    }

    /// What is shown: the corrected text where there is one.
    pub fn text(&self) -> Option<&'a SafeText> {
        self.corrected.and_then(|c| c.body.text.as_ref()).or(self.entry.body.text.as_ref())
    }
}

impl Incident {
    /// Its timeline by the time of the things, of entries in any order. `now` ends it while it is open.
    pub fn story<'a>(&self, entries: &[&'a Entry], clues: &Clues, now: Time) -> Vec<Line<'a>> {
        let corrections = Corrections::of(entries.iter().copied());
        let (from, to) = self.span(clues);
        let span = (from, to.unwrap_or(now).max(from));
        let mut told: Vec<&Entry> = entries.iter().copied().filter(|e| self.tells(e, span)).collect();
        told.sort_by(|a, b| (a.at, key(a)).cmp(&(b.at, key(b))));
        told.dedup_by(|a, b| a.id == b.id);
        told.into_iter().map(|e| Line::of(e, &corrections)).collect()
    }

    fn tells(&self, entry: &Entry, (from, to): (Time, Time)) -> bool {
        // A correction is shown where what it corrects is.
        if entry.kind == Kind::NoteCorrected {
            return false;
        }
        if let Some(known) = self.is_linked(entry) {
            return known;
        }
        let lead = if entry.is_marker() { LEAD } else { Duration::zero() };
        if entry.at < earlier(from, lead) || entry.at > later(to, TAIL) {
            return false;
        }
        match &entry.kind {
            Kind::Change(_) => entry.weight() != Some(Weight::Quiet),
            Kind::SourceLost | Kind::SourceBack => true,
            _ => self.is_about(entry),
        }
    }

    /// Whether somebody said that it belongs to the incident, or that it does not; none where nobody did.
    fn is_linked(&self, entry: &Entry) -> Option<bool> {
        if let Some(id) = IncidentId::of(&entry.subject) {
            return Some(id == self.id);
        }
        if self.left_out.contains(entry.id.as_str()) || self.entries.contains(entry.id.as_str()) {
            return Some(self.entries.contains(entry.id.as_str()));
        }
        belongs_to(entry).map(|id| id == self.id)
    }

    fn is_about(&self, entry: &Entry) -> bool {
        let slo = || entry.subject.as_str().strip_prefix("slo:").is_some_and(|id| self.slos.contains(id));
        match entry.subject.as_alert() {
            Some(id) => self.alerts.contains_key(&id),
            None => slo(),
        }
    }

    /// Whose entries tell of it: for a journal that is asked by subject.
    pub fn subjects(&self) -> Vec<crate::domain::entry::Subject> {
        use crate::domain::entry::Subject;
        let alerts = self.alerts.keys().map(Subject::alert);
        let slos = self.slos.iter().map(|slo| Subject::slo(slo.raw()));
        std::iter::once(IncidentId::subject(&self.id)).chain(alerts).chain(slos).collect()
    }
}
