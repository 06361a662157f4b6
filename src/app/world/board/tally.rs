//! Counts that are kept while rows come and go, so that no frame counts them.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use crate::domain::{alert::Severity, source::SourceName};

use super::{order::Slot, row::Row};

/// A row that burns with nobody on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Came {
    pub slot: Slot,
    /// It burned before, and somebody was on it or something muted it.
    pub again: bool,
}

#[derive(Debug, Default)]
pub(super) struct Tally {
    burning: [usize; Severity::ALL.len()],
    pending: usize,
    acked: usize,
    /// Rows of each source that have not resolved.
    alive: Vec<(SourceName, usize)>,
    /// Rows with an ack, resolved ones too.
    owned: HashSet<Slot, RandomState>,
    /// Rows that began to burn with nobody on them, and were not told yet.
    came: Vec<Came>,
}

impl Tally {
    pub(super) fn replace(&mut self, slot: Slot, old: Option<&Row>, new: Option<&Row>) {
        if let Some(place) = old.and_then(|r| self.place(r)) {
            *place -= 1;
        }
        if let Some(place) = new.and_then(|r| self.place(r)) {
            *place += 1;
        }
        if let Some(alive) = old.and_then(|r| self.alive_like(r)) {
            *alive -= 1;
        }
        if let Some(alive) = new.and_then(|r| self.alive_like(r)) {
            *alive += 1;
        }
        if new.is_some_and(|r| r.ack.is_some()) {
            self.owned.insert(slot);
        } else if old.is_some_and(|r| r.ack.is_some()) {
            self.owned.remove(&slot);
        }
        if new.is_some_and(Row::burns_alone) && !old.is_some_and(Row::burns_alone) {
            self.came.push(Came { slot, again: old.is_some_and(Row::was_held) });
        }
    }

    fn alive_like(&mut self, row: &Row) -> Option<&mut usize> {
        if row.resolved_at.is_some() {
            return None;
        }
        let at = self.alive.iter().position(|(name, _)| *name == row.id.source).unwrap_or_else(|| {
            self.alive.push((row.id.source.clone(), 0));
            self.alive.len() - 1
        });
        self.alive.get_mut(at).map(|(_, count)| count)
    }

    pub(super) fn alive(&self, source: &SourceName) -> usize {
        self.alive.iter().find(|(name, _)| name == source).map_or(0, |(_, count)| *count)
    }

    fn place(&mut self, row: &Row) -> Option<&mut usize> {
        match row.rank() {
            0 => self.burning.get_mut(row.severity as usize),
            1 => Some(&mut self.pending),
            2 => Some(&mut self.acked),
            _ => None,
        }
    }

    pub(super) fn burning(&self, severity: Severity) -> usize {
        self.burning[severity as usize]
    }

    pub(super) fn pending(&self) -> usize {
        self.pending
    }

    pub(super) fn acked(&self) -> usize {
        self.acked
    }

    pub(super) fn owned(&self) -> impl Iterator<Item = Slot> {
        self.owned.iter().copied()
    }

    pub(super) fn take_came(&mut self) -> Vec<Came> {
        std::mem::take(&mut self.came)
    }
}
