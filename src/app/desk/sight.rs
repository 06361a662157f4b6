//! Which rows of the board this person sees: those that pass the view's filter and the typed one. Where few rows
//! changed, few are asked; where a filter only got narrower, only what passed before.
//!
//! Knows the board only by its slots, and the filters only by their answers.

use crate::{
    app::world::{World, board::Slot},
    domain::{Time, filter::Filter},
};

/// The view's and the typed one; both must let a row pass.
type Filters<'f> = [Option<&'f Filter>; 2];

/// Rows that pass, in the order of the board, and what they were chosen by.
#[derive(Debug, Default)]
pub(super) struct Sight {
    /// The board's version; none before it was looked at.
    version: Option<u64>,
    filters: [Option<Filter>; 2],
}

impl Sight {
    /// Brings the list up to date.
    pub(super) fn look(&mut self, visible: &mut Vec<Slot>, world: &World, filters: Filters<'_>, now: Time) {
        let seen = self.version.replace(world.board.version);
        let before = [self.filters[0].as_ref(), self.filters[1].as_ref()];
        let same = before == filters;
        let steady = filters.into_iter().flatten().all(is_steady);
        let unchanged = steady && seen == Some(world.board.version);
        match seen {
            Some(_) if same && unchanged => {}
            Some(seen) if same && steady => follow(visible, world, (filters, now), seen),
            Some(_) if unchanged && narrowed(before, filters) => *visible = passing(visible, world, (filters, now)),
            _ => *visible = passing(world.board.slots(), world, (filters, now)),
        }
        if !same {
            self.filters = filters.map(Option::<&Filter>::cloned);
        }
    }
}

/// Whether everything that passes now passed before.
fn narrowed(before: Filters<'_>, now: Filters<'_>) -> bool {
    before.into_iter().zip(now).all(|pair| match pair {
        (None, _) => true,
        (Some(before), Some(now)) => now.narrows(before),
        (Some(_), None) => false,
    })
}

/// Looks only at rows that changed, where it can be told which they are.
fn follow(visible: &mut Vec<Slot>, world: &World, by: (Filters<'_>, Time), seen: u64) {
    let board = &world.board;
    let changed = board.changed_since(seen).filter(|_| by.0.iter().any(Option::is_some));
    let Some(changed) = changed else {
        *visible = passing(board.slots(), world, by);
        return;
    };
    let mut changed: Vec<Slot> = changed.collect();
    let marks = board.marks(&changed);
    visible.retain(|s| !marks.has(*s));
    changed.sort_unstable();
    changed.dedup();
    changed.retain(|s| board.at(*s).is_some());
    board.put_into(visible, passing(&changed, world, by));
}

/// As many rows lie in the fastest memory in any order.
const FEW: usize = 1024;

fn passing(slots: &[Slot], world: &World, (filters, now): (Filters<'_>, Time)) -> Vec<Slot> {
    let mut sieves: Vec<_> = filters.into_iter().flatten().map(Filter::sieve).collect();
    if sieves.is_empty() {
        return slots.to_vec();
    }
    let mut passes = |slot: &Slot| {
        let Some(row) = world.board.at(*slot) else { return false };
        let facts = world.facts(row, now);
        sieves.iter_mut().all(|sieve| sieve.passes(&facts))
    };
    if slots.len() < FEW || filters.into_iter().flatten().any(Filter::is_limited) {
        return slots.iter().copied().filter(|s| passes(s)).collect();
    }
    // In the order of memory, where rows and their alerts lie one behind the other: that is several times as fast.
    let mut passed = slots.to_vec();
    passed.sort_unstable();
    passed.retain(|s| passes(s));
    let marks = world.board.marks(&passed);
    slots.iter().copied().filter(|s| marks.has(*s)).collect()
}

/// What asks for an age may be answered otherwise a second later, and of the first N each new row may be one.
fn is_steady(filter: &Filter) -> bool {
    !filter.minds_the_time() && !filter.is_limited()
}
