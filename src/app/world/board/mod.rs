//! The board: all sources' alerts merged, worst first. A row vanishes only when it has been resolved and seen.
//!
//! Rows keep their slot; what changed is told by slot, so that nobody need look at the rest. Refuses to know why a row
//! changed: `merge` beside it says what each row is.

mod counted;
mod kept;
mod order;
mod pairs;
mod row;
mod tally;

use std::{cmp::Ordering, collections::HashMap, sync::OnceLock};

use foldhash::fast::RandomState;

use crate::domain::{
    alert::{AlertId, Severity},
    label::Fingerprint,
    matcher::{MatchOp, Matcher, all_match},
    source::SourceName,
};

use self::{order::merge, pairs::Pairs, tally::Tally};

pub(crate) use self::counted::Counted;
pub(crate) use self::pairs::hash as hash_pair;
pub use self::{order::Slot, row::Row};

/// All rows in the order of the pane.
#[derive(Debug, Default)]
pub struct Board {
    rows: Vec<Option<Row>>,
    free: Vec<Slot>,
    order: Vec<Slot>,
    /// By the place of the source among the sources.
    index: Vec<(SourceName, HashMap<Fingerprint, Slot, RandomState>)>,
    /// Made when it is first asked for: who only lists alerts never asks.
    pairs: OnceLock<Pairs>,
    tally: Tally,
    /// Rows that stay where they stand.
    kept: Vec<Slot>,
    /// Slots whose place in the order may be another, or none.
    adrift: Vec<Slot>,
    /// Which slot changed with which version; complete for whoever has seen version `since`.
    log: Vec<(u64, Slot)>,
    since: u64,
    /// How often it changed: what is derived from rows is as old as this.
    pub version: u64,
}

impl Board {
    pub fn new(sources: impl IntoIterator<Item = SourceName>) -> Self {
        let index = sources.into_iter().map(|name| (name, HashMap::default())).collect();
        Self { index, ..Self::default() }
    }

    /// In the order of the pane.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Row> {
        Rows { board: self, slots: self.order.iter() }
    }

    /// In the order of the pane.
    pub fn slots(&self) -> &[Slot] {
        &self.order
    }

    pub fn len(&self) -> usize {
        self.order.len()
    }

    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    pub fn at(&self, slot: Slot) -> Option<&Row> {
        self.rows.get(slot.index())?.as_ref()
    }

    pub fn slot(&self, id: &AlertId) -> Option<Slot> {
        let (_, slots) = self.index.iter().find(|(name, _)| *name == id.source)?;
        slots.get(&id.fingerprint).copied()
    }

    pub fn get(&self, id: &AlertId) -> Option<&Row> {
        self.at(self.slot(id)?)
    }

    /// Where a slot stands in a list that is in the order of the board.
    pub fn place_in(&self, list: &[Slot], slot: Slot) -> Option<usize> {
        self.at(slot)?;
        let place = list.partition_point(|other| self.compare(*other, slot) == Ordering::Less);
        (list.get(place) == Some(&slot)).then_some(place)
    }

    /// What stands first; slots without a row stand last.
    pub fn compare(&self, a: Slot, b: Slot) -> Ordering {
        let key = |r: &Row| r.key();
        match (self.at(a), self.at(b)) {
            (Some(a), Some(b)) => key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id)),
            (a, b) => a.is_none().cmp(&b.is_none()),
        }
    }

    /// Puts slots, in any order, into a list that is in the order of the board.
    pub(crate) fn put_into(&self, list: &mut Vec<Slot>, mut new: Vec<Slot>) {
        if new.len() > list.len() / 4 {
            list.append(&mut new);
            self.sort(list);
        } else {
            self.sort(&mut new);
            merge(list, &new, |a, b| self.compare(a, b));
        }
    }

    /// By keys that lie side by side: rows lie all over the memory.
    fn sort(&self, slots: &mut [Slot]) {
        let mut keyed: Vec<_> = slots.iter().map(|s| (self.at(*s).map(Row::key), *s)).collect();
        keyed.sort_unstable();
        slots.iter_mut().zip(&keyed).for_each(|(place, (_, slot))| *place = *slot);
        // What is equal so far stands in the order of identities, and most often does already.
        let id = |slot: Slot| self.at(slot).map(|r| &r.id);
        let mut rest = slots;
        for same in keyed.chunk_by(|a, b| a.0 == b.0) {
            let (these, behind) = rest.split_at_mut(same.len());
            if !these.is_sorted_by_key(|s| id(*s)) {
                these.sort_unstable_by_key(|s| id(*s));
            }
            rest = behind;
        }
    }

    /// The slots that changed, came or went since a version was seen; none where that is too long ago to tell.
    pub fn changed_since(&self, version: u64) -> Option<impl Iterator<Item = Slot>> {
        let from = self.log.partition_point(|(v, _)| *v <= version);
        (version >= self.since).then(|| self.log[from..].iter().map(|(_, slot)| *slot))
    }

    /// How many rows of a severity burn with nobody on them.
    pub fn burning(&self, severity: Severity) -> usize {
        self.tally.burning(severity)
    }

    /// How many are early warnings yet.
    pub fn pending(&self) -> usize {
        self.tally.pending()
    }

    /// How many rows of a source have not resolved.
    pub fn alive(&self, source: &SourceName) -> usize {
        self.tally.alive(source)
    }

    /// How many rows carry a label, as its index tells: none is looked at.
    pub(super) fn carrying(&self, name: &str, value: &str) -> usize {
        self.pairs().with(name, value).len()
    }

    /// Their slots.
    pub(super) fn carriers(&self, name: &str, value: &str) -> impl Iterator<Item = Slot> {
        self.pairs().with(name, value)
    }

    /// How many somebody is on.
    pub fn acked(&self) -> usize {
        self.tally.acked()
    }

    /// Rows of a source that all the matchers match, in the order of the board; looks at few where one of them is `=`.
    pub fn matching<'b>(&'b self, source: &'b SourceName, matchers: &'b [Matcher]) -> impl Iterator<Item = &'b Row> {
        let exact = matchers.iter().filter(|m| m.op == MatchOp::Equal && !m.value.is_empty());
        let rarest = exact.map(|m| self.pairs().with(&m.name, &m.value)).min_by_key(ExactSizeIterator::len);
        let mut slots: Vec<Slot> = rarest.map_or_else(|| self.order.clone(), Iterator::collect);
        slots.retain(|s| self.at(*s).is_some_and(|r| r.id.source == *source && all_match(matchers, &r.alert.labels)));
        self.sort(&mut slots);
        slots.into_iter().filter_map(|s| self.at(s))
    }

    /// Rows of any source that carry a label.
    pub(super) fn with_label(&self, name: &str, value: &str) -> impl Iterator<Item = (Slot, &Row)> {
        self.pairs().with(name, value).filter_map(|s| Some((s, self.at(s)?)))
    }

    /// Who carries which label is found quickly from now on.
    pub(super) fn index_labels(&self) {
        self.pairs();
    }

    fn pairs(&self) -> &Pairs {
        self.pairs
            .get_or_init(|| Pairs::of(self.rows.iter().zip(0..).filter_map(|(r, at)| Some((Slot(at), r.as_ref()?)))))
    }

    pub(super) fn source_name(&self, source: usize) -> Option<&SourceName> {
        self.index.get(source).map(|(name, _)| name)
    }

    /// The slot of an alert of the source at this place.
    pub(super) fn slot_of(&self, source: usize, fingerprint: &Fingerprint) -> Option<Slot> {
        self.index[source].1.get(fingerprint).copied()
    }

    /// Rows that somebody is on, in no order.
    pub(super) fn owned(&self) -> impl Iterator<Item = &Row> {
        self.tally.owned().filter_map(|s| self.at(s))
    }
}

/// How it is changed: any number of `add`, `set` and `remove`, then `settle`.
impl Board {
    /// Puts a row in the place of the one that tells of the same alert, by the same labels.
    pub(super) fn set(&mut self, slot: Slot, mut row: Row) {
        let Some(old) = self.rows[slot.index()].as_mut().filter(|old| !old.says_the_same(&row)) else { return };
        (row.also, row.kept) = (std::mem::take(&mut old.also), old.kept);
        if old.key() != row.key() {
            self.adrift.push(slot);
        }
        self.tally.replace(slot, Some(old), Some(&row));
        *old = row;
        self.log.push((self.version + 1, slot));
    }

    pub(super) fn add(&mut self, source: usize, row: Row) -> Slot {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.rows.push(None);
            Slot(u32::try_from(self.rows.len() - 1).unwrap_or(u32::MAX))
        });
        self.index[source].1.insert(row.id.fingerprint.clone(), slot);
        if let Some(pairs) = self.pairs.get_mut() {
            pairs.add(slot, &row.alert.labels);
        }
        self.tally.replace(slot, None, Some(&row));
        self.rows[slot.index()] = Some(row);
        self.adrift.push(slot);
        self.log.push((self.version + 1, slot));
        slot
    }

    /// Makes room for what a source's first answer brings.
    pub(super) fn expect(&mut self, source: usize, alerts: usize) {
        let (_, slots) = &mut self.index[source];
        if slots.is_empty() {
            slots.reserve(alerts);
            self.rows.reserve_exact(alerts);
            self.adrift.reserve_exact(alerts);
        }
    }

    /// Takes a row away, where there is one.
    pub(super) fn remove(&mut self, source: usize, fingerprint: &Fingerprint) -> Option<(Slot, Row)> {
        let slot = self.index[source].1.remove(fingerprint)?;
        let row = self.rows[slot.index()].take()?;
        if let Some(pairs) = self.pairs.get_mut() {
            pairs.remove(slot, &row.alert.labels);
        }
        self.tally.replace(slot, Some(&row), None);
        self.adrift.push(slot);
        self.log.push((self.version + 1, slot));
        Some((slot, row))
    }

    pub(super) fn set_also(&mut self, slot: Slot, also: Vec<SourceName>) {
        if let Some(row) = self.rows[slot.index()].as_mut().filter(|r| r.also != also) {
            row.also = also;
            self.log.push((self.version + 1, slot));
        }
    }

    /// The labels that `matching` and `with_label` look for are those of the rows from now on.
    pub(super) fn settle_labels(&mut self) {
        if let Some(pairs) = self.pairs.get_mut() {
            pairs.settle();
        }
    }

    /// Brings what changed into order; answers whether anything did.
    pub(super) fn settle(&mut self) -> bool {
        self.settle_labels();
        let changed = self.log.last().is_some_and(|(v, _)| *v > self.version);
        self.version += u64::from(changed);
        let mut adrift = std::mem::take(&mut self.adrift);
        if !adrift.is_empty() {
            self.take_out(&mut adrift);
            let mut order = std::mem::take(&mut self.order);
            self.put_into(&mut order, adrift);
            self.order = order;
        }
        if self.log.len() > 1024.max(self.rows.len() / 8) {
            (self.log, self.since) = (Vec::new(), self.version);
        }
        changed
    }

    /// Takes the slots that are adrift out of the order, and those without a row out of them.
    fn take_out(&mut self, adrift: &mut Vec<Slot>) {
        adrift.sort_unstable();
        adrift.dedup();
        let marks = self.marks(adrift);
        self.order.retain(|s| !marks.has(*s));
        let (alive, gone) = adrift.iter().partition(|s| self.rows[s.index()].is_some());
        *adrift = alive;
        // A slot is free only now, so that no two rows share one within a change.
        self.free.extend::<Vec<Slot>>(gone);
    }

    /// Rows that became pages since this was asked last, in the order of the board.
    pub(crate) fn take_pages(&mut self) -> Vec<Slot> {
        let mut pages = self.tally.take_pages();
        self.sort(&mut pages);
        pages.dedup();
        pages.retain(|s| self.at(*s).is_some_and(Row::is_page));
        pages
    }

    /// These slots, to be asked for quickly.
    pub(crate) fn marks(&self, slots: &[Slot]) -> Marks {
        let mut marks = vec![false; self.rows.len()];
        slots.iter().for_each(|s| marks[s.index()] = true);
        Marks(marks)
    }
}

/// A set of slots, one byte each.
pub(crate) struct Marks(Vec<bool>);

impl Marks {
    pub(crate) fn has(&self, slot: Slot) -> bool {
        self.0.get(slot.index()).is_some_and(|mark| *mark)
    }
}

struct Rows<'b> {
    board: &'b Board,
    slots: std::slice::Iter<'b, Slot>,
}

impl<'b> Iterator for Rows<'b> {
    type Item = &'b Row;

    fn next(&mut self) -> Option<&'b Row> {
        self.slots.find_map(|s| self.board.at(*s))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.slots.size_hint()
    }
}

impl ExactSizeIterator for Rows<'_> {}
