//! Alerts put together by the values of labels: which groups there are, who is in each, and what a header says of it.
//!
//! Linear in the alerts. Knows nothing of folding, of order on the screen, or of keys.

use std::{collections::HashMap, sync::Arc};

use foldhash::fast::RandomState;

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
    /// Whether any of them has not resolved.
    burns: bool,
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
        let none = SafeText::default();
        Self::put_together(world, slots, |finder, row| {
            let values = labels.iter().map(|n| row.alert.labels.get(n).unwrap_or(&none));
            finder.put(row, values, Made::default)
        })
    }

    /// Puts alerts together as `put` says of each. Rows are looked at in the order of memory, where they and their
    /// labels lie one behind the other: that is several times as fast.
    pub(super) fn put_together(world: &World, slots: &[Slot], mut put: impl FnMut(&mut Finder, &Row) -> usize) -> Self {
        let mut finder = Finder::default();
        let mut placed: Vec<(Slot, usize)> = slots.iter().copied().zip(0..).collect();
        placed.sort_unstable();
        let mut member = vec![usize::MAX; slots.len()];
        let mut acked: Vec<(usize, &SafeText)> = Vec::new();
        for (slot, place) in placed {
            let Some(row) = world.board.at(slot) else { continue };
            member[place] = put(&mut finder, row);
            acked.extend(row.ack.as_ref().map(|ack| (place, &ack.by)));
        }
        let mut all = in_order_of_first(finder.all, &mut member);
        acked.sort_unstable_by_key(|(place, _)| *place);
        acked.into_iter().for_each(|(place, by)| all[member[place]].is_owned_by(by));
        let order = laid_out(&mut all, slots, &member);
        Self { all, order }
    }
}

/// Groups stand in the order of their first alerts; `member` tells the group of each alert, before and after.
fn in_order_of_first(groups: Vec<Group>, member: &mut [usize]) -> Vec<Group> {
    let mut groups: Vec<(Option<Group>, usize)> = groups.into_iter().map(|g| (Some(g), 0)).collect();
    let mut all = Vec::with_capacity(groups.len());
    for at in member.iter_mut() {
        let Some((group, rank)) = groups.get_mut(*at) else { continue };
        if let Some(group) = group.take() {
            *rank = all.len();
            all.push(group);
        }
        *at = *rank;
    }
    all
}

/// The alerts group after group; tells each group where its own begin.
fn laid_out(all: &mut [Group], slots: &[Slot], member: &[usize]) -> Vec<Slot> {
    let mut from = 0;
    for group in all.iter_mut() {
        group.from = from;
        from += group.count;
    }
    let mut next: Vec<usize> = all.iter().map(|g| g.from).collect();
    let mut order: Vec<Slot> = slots.iter().copied().take(from).collect();
    for (slot, group) in slots.iter().zip(member) {
        if let Some(at) = next.get_mut(*group) {
            order[*at] = *slot;
            *at += 1;
        }
    }
    order
}

/// Groups as they are found, row after row.
#[derive(Default)]
pub(super) struct Finder {
    /// Groups by the hash of their keys; seldom more than one each.
    known: HashMap<u64, Vec<usize>, RandomState>,
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
            burns: false,
        }
    }

    fn take(&mut self, row: &Row) {
        self.count += 1;
        self.tally.add(row);
        self.oldest = self.oldest.min(row.alert.starts_at);
        // What has resolved is no worse than ashes, whatever it was.
        let burns = row.resolved_at.is_none();
        match (burns, self.burns) {
            (true, false) => self.worst = row.severity,
            (false, true) => {}
            _ => self.worst = self.worst.min(row.severity),
        }
        self.burns |= burns;
    }

    fn is_owned_by(&mut self, owner: &SafeText) {
        if self.owners.contains(owner) {
            return;
        }
        if self.owners.len() < OWNERS { self.owners.push(owner.clone()) } else { self.more_owners += 1 }
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
