//! Incidents: what a group of alerts and budgets came to, who is on it, what is to be done, and when each thing was.
//!
//! Nothing here is kept: an [`Incident`] is a projection of append-only journal entries about `incident:ID`. Each entry
//! of a kind `incident.*` holds one [`Change`]; [`Incidents::of`] folds any of them, in whatever order they came, into the
//! same incidents. Two people may edit one incident: both entries stand, and of two words on one thing the later wins:
//! by `recorded_at`, then by the run that wrote it and its count, then by the entry's id. `at` says when a thing was,
//! `recorded_at` when it was told; an entry may tell of an hour ago.
//!
//! ```text
//! entries ──> Change::read ──> Incidents::of ──> Incident { title, level, status, roles, tasks, alerts, slos, times }
//!                                                   │ + the entries about its alerts: Clues
//!                                                   ├──> time(Moment, clues): said, else suggested
//!                                                   └──> story: its timeline, corrections applied
//! ```
//!
//! | kind | says |
//! |---|---|
//! | `incident.declared` | title, level, roles, what is linked at once |
//! | `incident.changed` | another title or level |
//! | `incident.status` | investigating, identified, mitigated, resolved; what it cost, once it is resolved |
//! | `incident.role` | somebody has a role, or no longer |
//! | `incident.task` | a task, its owner, whether it is done |
//! | `incident.attached`, `incident.detached` | alerts, budgets, other entries, the filter by which new alerts join |
//! | `incident.time` | when it started, was detected, acknowledged, mitigated, resolved |
//! | `incident.withdrawn` | an act, by its id, is taken back: what it said counts no more |
//!
//! A note on an incident is a `note.added` about `incident:ID`, its tag under `tag`; one about something else names the
//! incident under `incident`. `note.corrected` names the entry it corrects under `corrects`: the new text is shown, the old
//! one stays. Refuses to know who reads the journal, what a screen is, and what time it is.

mod change;
mod clues;
mod cost;
mod fold;
mod id;
mod note;
mod order;
mod story;
mod tell;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Time, alert::AlertId, label::Labels, text::SafeText};

pub use change::{Attached, Change, Changed, Declared, Detached, RoleTold, StatusTold, TaskTold, TimeTold};
pub use clues::{BEFORE, Clues, Timed, Whence, earlier, later};
pub use cost::Cost;
pub use id::IncidentId;
pub use note::{CORRECTS, Corrections, INCIDENT, TAG, Tag};
pub use order::{Key, key};
pub use story::{Line, Skew, is_of_a_person, skew};
pub use tell::{deed, in_words, sentence};
pub use words::{Level, Moment, Part, Role, Status};

/// One word on something, and who said it when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said<T> {
    pub value: T,
    pub by: SafeText,
    /// When it was so.
    pub at: Time,
    /// When it was told.
    pub recorded_at: Time,
    /// The id of the entry that says so.
    pub entry: String,
}

/// An incident as all entries about it tell it.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    pub id: IncidentId,
    pub title: SafeText,
    pub level: Level,
    /// Every word on the status that stands, in the order in which it was told: the last one holds.
    pub statuses: Vec<Said<Status>>,
    /// None where the journal at hand lacks the declaration.
    pub declared: Option<Said<()>>,
    pub roles: Roles,
    /// In the order in which they were told.
    pub tasks: Vec<Task>,
    pub alerts: BTreeMap<AlertId, Link>,
    /// Alerts that were detached: named still, and they do not join again by themselves.
    pub detached: BTreeMap<AlertId, Link>,
    /// Ids of linked budgets.
    pub slos: BTreeSet<SafeText>,
    /// New alerts that this matches join by themselves.
    pub filter: Option<SafeText>,
    /// Ids of entries about something else that somebody made a part of its timeline, and of those taken out of it.
    pub entries: BTreeSet<SafeText>,
    pub left_out: BTreeSet<SafeText>,
    /// What it cost, as it was told when it was resolved; none while it is open.
    pub cost: Option<Said<Vec<Cost>>>,
    /// Every word on a time that stands, in the order in which it was told: the last one holds; none as a value takes
    /// the word back.
    pub times: BTreeMap<Moment, Vec<Said<Option<Time>>>>,
    /// Its declaration was taken back: it is listed with the closed ones and says so.
    pub withdrawn: bool,
}

/// Who does what. A person is a name as the journal writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Roles {
    pub commander: Option<SafeText>,
    pub scribe: Option<SafeText>,
    pub liaison: Option<SafeText>,
    pub responders: BTreeSet<SafeText>,
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Task {
    /// `1`, `2`, ...: in the order of telling. Stands for one incident only.
    pub number: usize,
    /// The id by which entries name it: that of the act that added it.
    pub id: SafeText,
    pub text: SafeText,
    pub owner: Option<SafeText>,
    /// Who did it and when; none while it is open.
    pub done: Option<Said<()>>,
    pub added: Said<()>,
}

/// A linked alert: enough of it to name it when it has gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    pub alert: AlertId,
    /// Its name.
    pub title: SafeText,
    #[serde(default)]
    pub labels: Labels,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Time>,
    /// When somebody had acked it, where it was acked when it was linked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acked_at: Option<Time>,
    /// It joined by the filter; nobody linked it by hand.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub joined: bool,
}

/// All incidents, by their ids: those declared first come first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Incidents {
    all: Vec<Incident>,
}

impl Incidents {
    /// Folds entries into incidents; what is about no incident is passed over, and one that comes twice counts once.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a super::entry::Entry>) -> Self {
        Self { all: fold::fold(entries) }
    }

    /// In the order in which they were declared.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Incident> {
        self.all.iter()
    }

    /// Neither resolved nor withdrawn.
    pub fn open(&self) -> impl DoubleEndedIterator<Item = &Incident> {
        self.all.iter().filter(|i| i.is_open())
    }

    pub fn get(&self, id: &IncidentId) -> Option<&Incident> {
        self.all.iter().find(|i| i.id == *id)
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The one that is meant by an id, in any case, or by enough of its end.
    ///
    /// # Errors
    /// A sentence with the nearest ids, or with all that it may be.
    pub fn find(&self, text: &str) -> Result<&Incident, String> {
        id::find(&self.all, text)
    }

    /// The open incident that an alert belongs to; of several the one declared last.
    pub fn of_alert(&self, id: &AlertId) -> Option<&Incident> {
        self.open().rev().find(|i| i.alerts.contains_key(id))
    }
}

impl Incident {
    pub fn status(&self) -> Status {
        self.statuses.last().map_or(Status::Investigating, |s| s.value)
    }

    pub fn is_open(&self) -> bool {
        !self.withdrawn && self.status() != Status::Resolved
    }

    /// When it was declared; where that is unknown, when the first word on it was.
    pub fn declared_at(&self) -> Option<Time> {
        self.declared.as_ref().map(|d| d.at).or_else(|| self.statuses.first().map(|s| s.at))
    }

    /// The task with this number (`2`, `#2`) or this id.
    pub fn task(&self, name: &str) -> Option<&Task> {
        let number = name.trim_start_matches('#').parse::<usize>().ok();
        self.tasks.iter().find(|t| Some(t.number) == number || t.id == name)
    }

    pub fn open_tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(|t| t.done.is_none())
    }
}

impl Roles {
    /// Who has a role, one line each: `commander ana`.
    pub fn each(&self) -> impl Iterator<Item = (Role, &SafeText)> {
        let ones = [(Role::Commander, &self.commander), (Role::Scribe, &self.scribe), (Role::Liaison, &self.liaison)];
        let ones = ones.into_iter().filter_map(|(role, who)| Some((role, who.as_ref()?)));
        ones.chain(self.responders.iter().map(|who| (Role::Responder, who)))
    }
}
