//! Counts the values of the labels of many alerts in steps, so that no key waits for a hundred thousand of them.
//!
//! Knows nothing of what the counts are for. A row that left meanwhile is not counted.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::{
    app::world::{World, board::Slot},
    domain::text::SafeText,
};

use super::{facets::Facet, split};

/// Rows that are counted in one step: about 5 ms of work.
pub(super) const AT_ONCE: usize = 2048;
/// Values of one label that are listed; the rest is a number.
const VALUES_MAX: usize = 40;

type Counts = HashMap<SafeText, usize, FixedState>;

/// A count on its way.
#[derive(Clone, Debug)]
pub(super) struct Counting {
    slots: Vec<Slot>,
    at: usize,
    labels: HashMap<SafeText, Counts, FixedState>,
}

impl Counting {
    pub(super) fn over(slots: &[Slot]) -> Self {
        Self { slots: slots.to_vec(), at: 0, labels: HashMap::default() }
    }

    pub(super) fn step(&mut self, world: &World) {
        let until = self.slots.len().min(self.at + AT_ONCE);
        for row in self.slots[self.at..until].iter().filter_map(|slot| world.board.at(*slot)) {
            for (name, value) in row.alert.labels.iter() {
                let values = match self.labels.get_mut(name) {
                    Some(values) => values,
                    None => self.labels.entry(name.clone()).or_default(),
                };
                match values.get_mut(value) {
                    Some(count) => *count += 1,
                    None => drop(values.insert(value.clone(), 1)),
                }
            }
        }
        self.at = until;
    }

    pub(super) fn is_over(&self) -> bool {
        self.at >= self.slots.len()
    }

    /// Counted so far, and how many there are.
    pub(super) fn progress(&self) -> (usize, usize) {
        (self.at, self.slots.len())
    }

    /// What was counted, the labels that split best first.
    pub(super) fn facets(&self) -> Vec<Facet> {
        let mut facets: Vec<Facet> =
            self.labels.iter().map(|(name, values)| facet(name, values, self.slots.len())).collect();
        facets.sort_by(|a, b| b.usefulness.total_cmp(&a.usefulness).then_with(|| a.name.cmp(&b.name)));
        facets
    }
}

fn facet(name: &SafeText, counts: &Counts, total: usize) -> Facet {
    let usefulness = split::usefulness(name.raw(), counts.values().copied(), total);
    let mut values: Vec<(&SafeText, usize)> = counts.iter().map(|(v, n)| (v, *n)).collect();
    let order = |a: &(&SafeText, usize), b: &(&SafeText, usize)| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0));
    if values.len() > VALUES_MAX {
        values.select_nth_unstable_by(VALUES_MAX, order);
        values.truncate(VALUES_MAX);
    }
    values.sort_by(order);
    let values = values.into_iter().map(|(v, n)| (v.clone(), n)).collect();
    Facet { name: name.clone(), values, distinct: counts.len(), usefulness }
}
