//! What is still to be written down of the alerts that came and went: made into entries a batch at a time, so that a
//! hundred thousand that fire at once are never a hundred thousand entries at once.
//!
//! Refuses to know where entries go. What a killed cockpit had not told is told again by the next one.

use std::{collections::VecDeque, sync::Arc};

use crate::{
    app::effect::Effects,
    domain::{Time, alert::Alert, entry::NewEntry},
};

use super::{World, observe};

/// Entries made in one go: as many as the journal tells back in one.
pub(super) const BATCH: usize = 1_000;
/// Alerts that wait for a journal that cannot be written; later ones are not written down.
const WAITING_MAX: usize = 200_000;

/// Alerts of one source in the order in which they came and went.
#[derive(Debug, Default)]
pub(super) struct Untold(VecDeque<Turn>);

/// One that fired, or resolved at a moment.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) alert: Arc<Alert>,
    pub(super) resolved_at: Option<Time>,
}

impl Untold {
    pub(super) fn push(&mut self, alert: Arc<Alert>, resolved_at: Option<Time>) {
        if self.0.len() < WAITING_MAX {
            self.0.push_back(Turn { alert, resolved_at });
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Those that fired, but for the oldest `from`.
    pub(super) fn fired(&self, from: usize) -> impl Iterator<Item = &Alert> {
        self.0.iter().skip(from).filter(|t| t.resolved_at.is_none()).map(|t| &*t.alert)
    }

    /// Lets go of all but the oldest `len`.
    pub(super) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// Those that resolved come first: who begins anew can be told of what fires, but not of what has gone.
    fn ends_first(&mut self) {
        let (ends, begins): (Vec<Turn>, Vec<Turn>) = self.0.drain(..).partition(|t| t.resolved_at.is_some());
        self.0 = ends.into_iter().chain(begins).collect();
    }

    fn next(&mut self) -> Option<Turn> {
        let turn = self.0.pop_front();
        if self.0.is_empty() {
            self.0 = VecDeque::new();
        }
        turn
    }
}

impl World {
    /// The next batch, unless the journal cannot be written.
    pub(crate) fn tell_batch(&mut self) -> Vec<NewEntry> {
        let mut batch = Vec::new();
        if self.journal_fault.is_some() {
            return batch;
        }
        for source in &mut self.sources {
            while batch.len() < BATCH
                && let Some(turn) = source.untold.next()
            {
                batch.push(source.turn_entry(&turn));
            }
        }
        self.is_telling |= !batch.is_empty();
        batch
    }

    /// The journal took what it was told: it is ready for more.
    pub(crate) fn tell_more(&mut self) -> Effects {
        observe(self.tell_batch())
    }

    /// Goes on telling where the journal said nothing since the last tick: it may have been unable to write.
    pub(super) fn tell_on_tick(&mut self) -> Vec<NewEntry> {
        if std::mem::take(&mut self.is_telling) { Vec::new() } else { self.tell_batch() }
    }

    pub(super) fn has_untold(&self) -> bool {
        self.untold() > 0
    }

    /// How many wait to be written down.
    pub(crate) fn untold(&self) -> usize {
        self.sources.iter().map(|s| s.untold.len()).sum()
    }

    /// For the last batches before the end.
    pub(crate) fn ends_first(&mut self) {
        self.sources.iter_mut().for_each(|s| s.untold.ends_first());
    }
}
