//! The incidents that the journal knows, which alert belongs to which, and what is said of them here.
//!
//! Whatever is said is an entry of the journal: nothing is sent to any source, and nothing is known here before the
//! journal has it. What incidents are is `domain::incident`'s to tell.

mod joins;
mod plan;

use std::collections::{HashMap, HashSet};

use crate::{
    app::effect::{Effect, Effects, StoryOf},
    domain::{
        Time,
        alert::AlertId,
        entry::{Entry, Kind, NewEntry},
        incident::{
            BEFORE, Change, Clues, Incident, IncidentId, Incidents, Level, Line, Status, StatusTold, Timed, earlier,
            in_words, later,
        },
        op::OpId,
        text::SafeText,
    },
};

use super::{World, ops::Recording};

pub use plan::{DeclarePlan, Seed, read_filter};

/// What is known of incidents.
#[derive(Debug)]
pub struct Known {
    /// Every entry that says something of one.
    entries: Vec<Entry>,
    ids: HashSet<String>,
    pub all: Incidents,
    /// The open incident of each alert.
    of: HashMap<AlertId, IncidentId>,
    /// Alerts that the journal was told to let join.
    joining: HashSet<(IncidentId, AlertId)>,
    /// The timeline of the incident that is open, as the journal told it last.
    story: Option<(IncidentId, Vec<Entry>)>,
    /// The installation's severities, the worst first.
    pub levels: Vec<Level>,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            ids: HashSet::new(),
            all: Incidents::default(),
            of: HashMap::new(),
            joining: HashSet::new(),
            story: None,
            levels: Level::USUAL.map(Level::new).to_vec(),
        }
    }
}

/// Something to be said of an incident, before it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Saying {
    pub id: IncidentId,
    /// What the incident is called.
    pub title: SafeText,
    pub change: Change,
    /// What a person adds; may be empty.
    pub text: String,
    /// When it was so.
    pub at: Time,
}

impl Saying {
    pub fn new(incident: &Incident, change: Change, at: Time) -> Self {
        Self { id: incident.id.clone(), title: incident.title.clone(), change, text: String::new(), at }
    }

    /// `checkout is down is mitigated`: what the entry will say.
    pub fn in_words(&self) -> String {
        format!("{}: {}", self.title.line(), in_words(&self.change))
    }
}

impl Known {
    /// Takes entries in; answers whether any was news of an incident.
    pub(super) fn take(&mut self, entries: &[Entry]) -> bool {
        let news: Vec<Entry> = entries
            .iter()
            .filter(|e| matches!(e.kind, Kind::Incident(_)) && self.ids.insert(e.id.clone()))
            .cloned()
            .collect();
        if news.is_empty() {
            return false;
        }
        self.entries.extend(news);
        self.all = Incidents::of(&self.entries);
        self.of = self.all.open().flat_map(|i| i.alerts.keys().map(|id| (id.clone(), i.id.clone()))).collect();
        let (all, of) = (&self.all, &self.of);
        self.joining.retain(|(id, alert)| of.get(alert) != Some(id) && all.get(id).is_some_and(Incident::is_open));
        true
    }

    /// What belongs to the timeline of an incident grows while it is open.
    fn follow(&mut self, entries: &[Entry]) {
        if let Some((_, story)) = &mut self.story {
            let known: HashSet<&str> = story.iter().map(|e| e.id.as_str()).collect();
            let new: Vec<Entry> = entries.iter().filter(|e| !known.contains(e.id.as_str())).cloned().collect();
            story.extend(new);
        }
    }

    /// The open incident that an alert belongs to; empty for none.
    pub fn on(&self, id: &AlertId) -> &str {
        self.incident_of(id).map_or("", IncidentId::as_str)
    }

    pub fn incident_of(&self, id: &AlertId) -> Option<&IncidentId> {
        if self.of.is_empty() { None } else { self.of.get(id) }
    }

    /// All that the journal has of this incident, where it was read.
    pub fn read_of(&self, id: &IncidentId) -> &[Entry] {
        self.story.as_ref().filter(|(known, _)| known == id).map_or(&[], |(_, entries)| &entries[..])
    }

    /// Whether what the timeline shows of this incident is all that the journal has.
    pub fn is_read(&self, id: &IncidentId) -> bool {
        self.story.as_ref().is_some_and(|(known, _)| known == id)
    }
}

impl World {
    /// Entries of the journal: what they say of incidents. Answers whether any incident is other than before.
    pub(crate) fn hear_of_incidents(&mut self, entries: &[Entry]) -> bool {
        self.incidents.follow(entries);
        self.incidents.take(entries)
    }

    /// What belongs to the timeline of an incident has come from the journal.
    pub(crate) fn story_came(&mut self, id: IncidentId, mut entries: Vec<Entry>) {
        let known: HashSet<&str> = entries.iter().map(|e| e.id.as_str()).collect();
        let later: Vec<Entry> =
            self.timeline.entries.iter().filter(|e| !known.contains(e.id.as_str())).cloned().collect();
        entries.extend(later);
        self.recalled.heard();
        self.incidents.story = Some((id, entries));
    }

    /// Asks the journal for all that belongs to the timeline of an incident.
    pub fn read_story(&self, id: &IncidentId, now: Time) -> Option<Effect> {
        let incident = self.incidents.all.get(id)?;
        let span = self.story_span(incident, now);
        let entries = incident.entries.iter().map(|id| id.raw().to_owned()).collect();
        Some(Effect::Story(StoryOf { id: id.clone(), subjects: incident.subjects(), entries, span }))
    }

    /// From when to when the journal is asked for it: more than it lasted, as its times may be corrected.
    pub fn story_span(&self, incident: &Incident, now: Time) -> (Time, Time) {
        let (from, to) = incident.span(&self.clues(incident));
        let from = from.min(incident.declared_at().unwrap_or(from));
        (earlier(from, BEFORE), later(to.unwrap_or(now).max(from), BEFORE))
    }

    /// The timeline of an incident: of what the journal told, else of what is in memory.
    pub fn story(&self, incident: &Incident, now: Time) -> Vec<Line<'_>> {
        let entries: Vec<&Entry> = match &self.incidents.story {
            Some((known, entries)) if *known == incident.id => entries.iter().chain(self.made_part(incident)).collect(),
            _ => self.timeline.entries.iter().collect(),
        };
        incident.story(&entries, &self.clues(incident), now)
    }

    /// Entries in memory that somebody made a part of an incident.
    fn made_part(&self, incident: &Incident) -> impl Iterator<Item = &Entry> {
        let none = incident.entries.is_empty();
        let all = self.timeline.entries.iter().take(if none { 0 } else { usize::MAX });
        all.filter(|e| incident.entries.contains(e.id.as_str()))
    }

    /// An entry by its id, where it is in memory.
    pub fn entry_known(&self, id: &str) -> Option<&Entry> {
        let story = self.incidents.story.iter().flat_map(|(_, entries)| entries);
        self.timeline.entries.iter().chain(story).find(|e| e.id == id)
    }

    /// What the entries about its alerts suggest of its times.
    pub fn clues(&self, incident: &Incident) -> Clues {
        match &self.incidents.story {
            Some((known, entries)) if *known == incident.id => Clues::of(incident, entries),
            _ => Clues::of(incident, &self.timeline.entries),
        }
    }

    /// Each of its times that is known.
    pub fn times(&self, incident: &Incident) -> Vec<(crate::domain::incident::Moment, Timed)> {
        let clues = self.clues(incident);
        let all = crate::domain::incident::Moment::ALL;
        all.into_iter().filter_map(|m| Some((m, incident.time(m, &clues)?))).collect()
    }

    /// A word on the status; that it is resolved says with it what it cost, as far as the budgets are counted now.
    pub fn status_told(&self, incident: &Incident, status: Status, at: Time) -> StatusTold {
        if status != Status::Resolved {
            return StatusTold::new(status);
        }
        let (from, _) = incident.span(&self.clues(incident));
        StatusTold { status, cost: incident.costs(&self.budgets.rows, (from.min(at), at)) }
    }

    /// Says something of an incident: one entry in the journal.
    pub(crate) fn say_of_incident(&mut self, now: Time, saying: Saying) -> Effects {
        let body = saying.change.body(&saying.title, &saying.text);
        let entry = self.entry(saying.at, saying.change.kind(), saying.id.subject(), body);
        let what = Recording::Incident { words: saying.in_words() };
        self.record(now, what, entry, None)
    }

    /// The entry that takes an act on an incident back.
    pub(super) fn withdrawal(&self, entry: &Entry, op: &OpId, now: Time) -> NewEntry {
        let change = Change::Withdrawn(op.clone());
        let title = entry.body.title.clone().unwrap_or_default();
        self.entry(now, change.kind(), entry.subject.clone(), change.body(&title, ""))
    }

    /// The name of a task that is about to be added: no other run gives the same.
    pub fn next_task(&self) -> SafeText {
        SafeText::new(&format!("{}-t{}", self.session, self.ops.count()))
    }

    /// An id for what is about to be declared.
    pub(super) fn draw_incident(&mut self, now: Time) -> IncidentId {
        loop {
            let id = IncidentId::draw(&self.ops.next(&self.session), now);
            if self.incidents.all.get(&id).is_none() {
                return id;
            }
        }
    }
}
