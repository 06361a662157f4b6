//! The newest entries of the journal, oldest first, and how many notes each subject has.

use std::collections::{BTreeMap, HashSet, VecDeque};

use crate::domain::entry::{Entry, Kind, Subject};

/// Entries kept in memory; the journal has the rest.
pub const KEPT: usize = 2_000;

#[derive(Debug, Default)]
pub struct Timeline {
    pub entries: VecDeque<Entry>,
    /// Whether the journal has told what it has.
    pub is_read: bool,
    /// The ids of those entries.
    known: HashSet<String>,
    pub notes: BTreeMap<Subject, usize>,
    /// All that the journal has on the subject that is open.
    pub history: Option<(Subject, Vec<Entry>)>,
}

impl Timeline {
    /// Takes entries in by the time they tell of; an entry known already is not taken twice.
    pub(crate) fn take(&mut self, entries: Vec<Entry>) {
        self.is_read = true;
        for entry in entries {
            if !self.known.insert(entry.id.clone()) {
                continue;
            }
            if entry.kind == Kind::NoteAdded {
                *self.notes.entry(entry.subject.clone()).or_default() += 1;
            }
            if let Some((subject, history)) = &mut self.history
                && *subject == entry.subject
            {
                history.push(entry.clone());
            }
            let place = self.entries.partition_point(|e| (e.at, e.seq) <= (entry.at, entry.seq));
            self.entries.insert(place, entry);
        }
        while self.entries.len() > KEPT {
            if let Some(gone) = self.entries.pop_front() {
                self.known.remove(&gone.id);
            }
        }
    }

    pub fn of<'a>(&'a self, subject: &'a Subject) -> Box<dyn Iterator<Item = &'a Entry> + 'a> {
        match &self.history {
            Some((known, entries)) if known == subject => Box::new(entries.iter()),
            _ => Box::new(self.entries.iter().filter(move |e| &e.subject == subject)),
        }
    }
}
