//! Alerts put together by the values of labels: which groups there are, who is in each, and what a header says of it.
//!
//! Linear in the alerts. Knows nothing of folding, of order on the screen, or of keys.

use std::{collections::HashMap, sync::Arc};

use crate::{
    app::world::{
        World,
        board::{Row, Slot},
    },
    domain::{
        Time,
        alert::{AlertState, Severity},
        text::SafeText,
    },
};

use super::routed::Made;

/// Owners that a header names; of more it says how many.
const OWNERS: usize = 2;

/// Which group: the values of the labels it is made by, in their order; an absent label is an empty value. Before them, where
/// a route makes it, the source and the route.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GroupKey(Arc<[SafeText]>);

impl GroupKey {
    pub fn values(&self) -> &[SafeText] {
        &self.0
    }
}

/// One group, and what its header says.
#[derive(Clone, Debug)]
pub struct Group {
    pub key: GroupKey,
    pub made: Made,
    /// Its alerts, as a span of [`Groups::order`].
    pub from: usize,
    pub count: usize,
    pub worst: Severity,
    pub tally: Tally,
    pub oldest: Time,
    pub owners: Vec<SafeText>,
    pub more_owners: usize,
}

/// How many alerts of a group are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub firing: usize,
    pub pending: usize,
    pub acked: usize,
    pub muted: usize,
    pub unknown: usize,
    pub resolved: usize,
}

impl Tally {
    fn add(&mut self, row: &Row) {
        let count = match (row.state, &row.ack) {
            (AlertState::Resolved, _) => &mut self.resolved,
            (AlertState::Unknown, _) => &mut self.unknown,
            (_, Some(_)) => &mut self.acked,
            (AlertState::Suppressed, None) => &mut self.muted,
            (AlertState::Pending, None) => &mut self.pending,
            (AlertState::Firing, None) => &mut self.firing,
        };
        *count += 1;
    }

    /// Each state that is not empty, in the order of how much it asks for.
    pub fn told(&self) -> impl Iterator<Item = (usize, &'static str)> {
        let all = [
            (self.firing, "firing"),
            (self.unknown, "UNKNOWN"),
            (self.pending, "pending"),
            (self.acked, "acked"),
            (self.muted, "muted"),
            (self.resolved, "resolved"),
        ];
        all.into_iter().filter(|(n, _)| *n > 0)
    }
}

/// All groups of the alerts that are seen.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// In the order of their first alerts.
    pub all: Vec<Group>,
    /// The alerts, group after group, each in the order they came in.
    pub order: Vec<Slot>,
}

impl Groups {
    pub fn alerts(&self, group: &Group) -> &[Slot] {
        self.order.get(group.from..group.from + group.count).unwrap_or_default()
    }

    pub fn find(&self, key: &GroupKey) -> Option<usize> {
        self.all.iter().position(|g| &g.key == key)
    }

    /// The group that an alert is in.
    pub fn holding(&self, slot: Slot) -> Option<&Group> {
        let at = self.order.iter().position(|s| *s == slot)?;
        self.all.iter().find(|g| (g.from..g.from + g.count).contains(&at))
    }

    /// Puts alerts together by the values of `labels`.
    pub fn of(world: &World, slots: &[Slot], labels: &[String]) -> Self {
        let mut finder = Finder::default();
        let none = SafeText::default();
        let found = slots.iter().filter_map(|slot| Some((*slot, world.board.at(*slot)?)));
        let put = |(slot, row): (Slot, &Row)| {
            let values = labels.iter().map(|n| row.alert.labels.get(n).unwrap_or(&none));
            (slot, finder.put(row, values, Made::default))
        };
        let member: Vec<(Slot, usize)> = found.map(put).collect();
        Self::placed(finder, member)
    }

    /// The groups that were found, each with a span of its members in their order.
    pub(super) fn placed(finder: Finder, member: Vec<(Slot, usize)>) -> Self {
        let mut all = finder.all;
        let mut from = 0;
        for group in &mut all {
            group.from = from;
            from += group.count;
        }
        let mut next: Vec<usize> = all.iter().map(|g| g.from).collect();
        let mut order: Vec<Slot> = member.iter().map(|(slot, _)| *slot).collect();
        for (slot, group) in member {
            order[next[group]] = slot;
            next[group] += 1;
        }
        Self { all, order }
    }
}

/// Groups as they are found, row after row.
#[derive(Default)]
pub(super) struct Finder {
    /// Groups by the hash of their keys; seldom more than one each.
    known: HashMap<u64, Vec<usize>>,
    all: Vec<Group>,
}

impl Finder {
    /// Puts a row into the group that these parts name; answers which.
    pub(super) fn put<'p>(
        &mut self,
        row: &Row,
        parts: impl Iterator<Item = &'p SafeText> + Clone,
        made: impl FnOnce() -> Made,
    ) -> usize {
        let hash = parts.clone().fold(FNV, |sum, part| fnv(sum, part.raw()));
        let all = &mut self.all;
        let same = |g: &Group| parts.clone().map(SafeText::raw).eq(g.key.values().iter().map(SafeText::raw));
        let found = self.known.entry(hash).or_default();
        let index = found.iter().copied().find(|i| same(&all[*i])).unwrap_or_else(|| {
            found.push(all.len());
            all.push(Group::begun(row, GroupKey(parts.clone().cloned().collect()), made()));
            all.len() - 1
        });
        all[index].take(row);
        index
    }
}

impl Group {
    fn begun(row: &Row, key: GroupKey, made: Made) -> Self {
        Self {
            key,
            made,
            from: 0,
            count: 0,
            worst: row.severity,
            tally: Tally::default(),
            oldest: row.alert.starts_at,
            owners: Vec::new(),
            more_owners: 0,
        }
    }

    fn take(&mut self, row: &Row) {
        self.count += 1;
        self.tally.add(row);
        self.oldest = self.oldest.min(row.alert.starts_at);
        // What has resolved is no worse than ashes, whatever it was.
        if row.resolved_at.is_none() {
            self.worst = self.worst.min(row.severity);
        }
        if let Some(ack) = &row.ack
            && !self.owners.contains(&ack.by)
        {
            if self.owners.len() < OWNERS { self.owners.push(ack.by.clone()) } else { self.more_owners += 1 }
        }
    }
}

const FNV: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, a word at a time; only to tell values apart quickly, every hit is compared.
fn fnv(sum: u64, text: &str) -> u64 {
    let step = |sum: u64, n: u64| (sum ^ n).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
    let mut chunks = text.as_bytes().chunks_exact(8);
    let sum = chunks.by_ref().fold(sum, |sum, c| step(sum, c.iter().fold(0, |n, b| n << 8 | u64::from(*b))));
    let rest = chunks.remainder().iter().fold(0xff, |n, b| n << 8 | u64::from(*b));
    step(sum, rest)
}
