//! Which rows tell the same alert by the configured correlations: who stands beside whom, kept up to date with the rows
//! that changed. Without a correlation there is nothing here and nothing to do.
//!
//! Nothing is merged: each row keeps its own tale. Refuses to know how they are shown.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher, Hash, Hasher},
};

use foldhash::fast::FixedState;

use crate::domain::correlation::Correlation;

use super::board::{Board, Row, Slot};

/// Most tales of one alert; a correlation that joins more joins too much, and joins nothing.
pub const MOST: usize = 20;

/// Rows that are one alert, told several times: together they are a band.
#[derive(Debug, Default)]
pub struct Twins {
    by: Vec<Correlation>,
    /// The hash of the key of each slot, one for each correlation; 0 where it has none.
    keys: Vec<u64>,
    /// Slots in the order of their keys.
    alike: BTreeSet<(u64, Slot)>,
    /// The band of each slot; 0 where it is alone.
    band: Vec<u32>,
    /// The slots of each band, by its number less one; empty where that is free.
    bands: Vec<Vec<Slot>>,
    free: Vec<u32>,
    /// The board's version that this is as old as.
    seen: Option<u64>,
}

impl Twins {
    pub(super) fn new(by: Vec<Correlation>) -> Self {
        Self { by, ..Self::default() }
    }

    /// Whether nothing is correlated.
    pub fn is_off(&self) -> bool {
        self.by.is_empty()
    }

    /// Whether no row has a twin.
    pub fn is_empty(&self) -> bool {
        self.bands.len() == self.free.len()
    }

    /// The number of the band that a slot is of; below [`Twins::numbers`].
    pub fn band(&self, slot: Slot) -> Option<usize> {
        self.band.get(slot.index()).filter(|band| **band > 0).map(|band| *band as usize)
    }

    pub fn numbers(&self) -> usize {
        self.bands.len() + 1
    }

    /// The others that tell the same alert, in the order of the board. Of a crowd only some, which are no band.
    pub fn beside(&self, board: &Board, slot: Slot) -> Vec<Slot> {
        let mut others = match self.band(slot) {
            Some(band) => self.bands[band - 1].clone(),
            None => (0..self.by.len()).flat_map(|by| self.crowd(board, slot, by)).take(MOST).collect(),
        };
        others.retain(|other| *other != slot);
        others.sort_by(|a, b| board.compare(*a, *b));
        others.dedup();
        others
    }

    /// Some of those that a correlation which joins too many finds.
    fn crowd(&self, board: &Board, slot: Slot, by: usize) -> Vec<Slot> {
        let alike = self.alike(self.key(slot, by));
        if alike.len() <= MOST { Vec::new() } else { self.twins_among(board, slot, by, &alike) }
    }

    /// Brings it up to date with the rows that changed.
    pub(super) fn follow(&mut self, board: &Board) {
        if self.by.is_empty() {
            return;
        }
        let changed = self.seen.and_then(|version| Some(board.changed_since(version)?.collect::<Vec<_>>()));
        let changed = changed.unwrap_or_else(|| {
            *self = Self::new(std::mem::take(&mut self.by));
            board.slots().to_vec()
        });
        self.seen = Some(board.version);
        let mut touched = Vec::new();
        changed.into_iter().for_each(|slot| self.put(board, slot, &mut touched));
        touched.sort_unstable();
        touched.dedup();
        let mut loose = touched.clone();
        touched.into_iter().for_each(|slot| loose.extend(self.dissolve(slot)));
        loose.into_iter().for_each(|slot| self.join(board, slot));
    }

    fn key(&self, slot: Slot, by: usize) -> u64 {
        self.keys.get(slot.index() * self.by.len() + by).copied().unwrap_or_default()
    }

    /// A slot under the keys of the row that it has now; notes whose company that changes.
    fn put(&mut self, board: &Board, slot: Slot, touched: &mut Vec<Slot>) {
        let count = self.by.len();
        let end = (slot.index() + 1) * count;
        if self.keys.len() < end {
            self.keys.resize(end, 0);
            self.band.resize(slot.index() + 1, 0);
        }
        for by in 0..count {
            let before = self.key(slot, by);
            let now = board.at(slot).map_or(0, |row| hash(&self.by[by], by, row));
            if before == now {
                continue;
            }
            touched.extend(self.company(before));
            self.alike.remove(&(before, slot));
            if now != 0 {
                self.alike.insert((now, slot));
            }
            touched.extend(self.company(now));
            self.keys[slot.index() * count + by] = now;
            touched.push(slot);
        }
    }

    /// Slots under a key, as many as tell whether they are too many.
    fn alike(&self, key: u64) -> Vec<Slot> {
        if key == 0 {
            return Vec::new();
        }
        self.alike.range((key, Slot::FIRST)..=(key, Slot::LAST)).map(|(_, slot)| *slot).take(MOST + 1).collect()
    }

    /// Those whom one more or one less may concern: in a crowd it is all the same.
    fn company(&self, key: u64) -> Vec<Slot> {
        let past = self.alike.range((key, Slot::FIRST)..=(key, Slot::LAST)).nth(MOST + 1).is_some();
        if past { Vec::new() } else { self.alike(key) }
    }

    /// A band is one no more; answers who was in it.
    fn dissolve(&mut self, slot: Slot) -> Vec<Slot> {
        let Some(band) = self.band(slot) else { return Vec::new() };
        let members = std::mem::take(&mut self.bands[band - 1]);
        members.iter().for_each(|member| self.band[member.index()] = 0);
        self.free.extend(u32::try_from(band));
        members
    }

    /// Finds the band of a slot that is in none.
    fn join(&mut self, board: &Board, slot: Slot) {
        if self.band(slot).is_some() || board.at(slot).is_none() {
            return;
        }
        let mut members = vec![slot];
        let mut asked = 0;
        while let Some(one) = members.get(asked).copied().filter(|_| members.len() <= MOST) {
            for by in 0..self.by.len() {
                let alike = self.alike(self.key(one, by));
                let twins = if alike.len() > MOST { Vec::new() } else { self.twins_among(board, one, by, &alike) };
                twins.into_iter().for_each(|twin| {
                    if !members.contains(&twin) {
                        members.push(twin)
                    }
                });
            }
            asked += 1;
        }
        if (2..=MOST).contains(&members.len()) {
            self.found(members);
        }
    }

    fn found(&mut self, members: Vec<Slot>) {
        let band = self.free.pop().unwrap_or_else(|| {
            self.bands.push(Vec::new());
            u32::try_from(self.bands.len()).unwrap_or(u32::MAX)
        });
        members.iter().for_each(|member| self.band[member.index()] = band);
        self.bands[band as usize - 1] = members;
    }

    /// A hash may lie: the labels are looked at. Two rows of one source are two alerts there.
    fn twins_among(&self, board: &Board, slot: Slot, by: usize, alike: &[Slot]) -> Vec<Slot> {
        let Some(row) = board.at(slot) else { return Vec::new() };
        let correlation = &self.by[by];
        let is_twin = |other: &Row| {
            other.id.source != row.id.source && correlation.is_same(&row.alert.labels, &other.alert.labels)
        };
        alike.iter().copied().filter(|other| board.at(*other).is_some_and(is_twin)).collect()
    }
}

/// Of what a row must have in common with its twins; 0 where that is nothing.
fn hash(correlation: &Correlation, by: usize, row: &Row) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    by.hash(&mut hasher);
    let known = correlation.joins(&row.id.source) && correlation.write_key(&row.alert.labels, &mut hasher);
    if known { hasher.finish().max(1) } else { 0 }
}
