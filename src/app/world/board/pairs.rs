//! Which rows carry a label with a value: an index of eight bytes a label, so that what asks for one alert of a
//! hundred thousand looks at few.
//!
//! It tells who may carry the pair, by a hash; whoever asks looks at the labels themselves.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::domain::label::Labels;

use super::{
    order::{Slot, merge},
    row::Row,
};

/// Pairs in order: the hash in the upper half, the slot in the lower.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    all: Vec<u64>,
    new: Vec<u64>,
    old: Vec<u64>,
}

/// Of `name="value"`.
pub(crate) fn hash(name: &str, value: &str) -> u64 {
    FixedState::default().hash_one((name, value))
}

const UPPER: u64 = 0xffff_ffff_0000_0000;

fn pair(name: &str, value: &str, slot: Slot) -> u64 {
    hash(name, value) & UPPER | u64::from(slot.0)
}

impl Pairs {
    pub(super) fn of<'a>(rows: impl Iterator<Item = (Slot, &'a Row)>) -> Self {
        let mut pairs = Self::default();
        rows.for_each(|(slot, row)| pairs.add(slot, &row.alert.labels));
        pairs.settle();
        pairs
    }

    pub(super) fn add(&mut self, slot: Slot, labels: &Labels) {
        self.new.extend(labels.iter().map(|(n, v)| pair(n.raw(), v.raw(), slot)));
    }

    pub(super) fn remove(&mut self, slot: Slot, labels: &Labels) {
        self.old.extend(labels.iter().map(|(n, v)| pair(n.raw(), v.raw(), slot)));
    }

    /// Takes in what was removed and, after that, what was added.
    pub(super) fn settle(&mut self) {
        if !self.old.is_empty() {
            self.cut();
        }
        let mut new = std::mem::take(&mut self.new);
        new.sort_unstable();
        if self.all.is_empty() {
            new.shrink_to_fit();
            self.all = new;
        } else if new.len() > self.all.len() / 8 {
            self.all.reserve_exact(new.len());
            self.all.append(&mut new);
            self.all.sort_unstable();
        } else {
            merge(&mut self.all, &new, |a, b| a.cmp(&b));
        }
    }

    fn cut(&mut self) {
        let mut old = std::mem::take(&mut self.old);
        old.sort_unstable();
        let mut old = old.into_iter().peekable();
        self.all.retain(|pair| {
            while old.next_if(|o| o < pair).is_some() {}
            old.next_if_eq(pair).is_none()
        });
    }

    /// Rows that may carry the pair, and how many they are.
    pub(super) fn with(&self, name: &str, value: &str) -> impl ExactSizeIterator<Item = Slot> {
        let hash = hash(name, value) & UPPER;
        let from = self.all.partition_point(|p| *p < hash);
        let many = self.all[from..].partition_point(|p| p & UPPER == hash);
        #[allow(clippy::cast_possible_truncation, reason = "the lower half is the slot")]
        self.all[from..from + many].iter().map(|p| Slot(*p as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pod: &str) -> Labels {
        [("alertname", "A"), ("pod", pod)].into_iter().collect()
    }

    fn with(pairs: &Pairs, name: &str, value: &str) -> Vec<u32> {
        pairs.with(name, value).map(|s| s.0).collect()
    }

    #[test]
    fn a_slot_that_got_another_row_is_found_under_the_new_labels_only() {
        let mut pairs = Pairs::default();
        for i in 0..20 {
            pairs.add(Slot(i), &labels(&format!("p{i}")));
        }
        pairs.settle();
        assert_eq!((with(&pairs, "pod", "p3"), pairs.with("alertname", "A").len()), (vec![3], 20));
        pairs.remove(Slot(3), &labels("p3"));
        pairs.add(Slot(3), &labels("x"));
        pairs.settle();
        assert_eq!((with(&pairs, "pod", "p3"), with(&pairs, "pod", "x")), (vec![], vec![3]));
        assert_eq!(pairs.with("alertname", "A").len(), 20);
    }
}
