//! Which rows of the board this person sees: those that pass the filter. Where few rows changed, few are asked.
//!
//! Knows the board only by its slots, and the filter only by its answers.

use crate::{
    app::world::{World, board::Slot},
    domain::{Time, filter::Filter},
};

/// Rows that pass, in the order of the board, and what they were chosen by.
#[derive(Debug, Default)]
pub(super) struct Sight {
    /// The board's version; none before it was looked at.
    version: Option<u64>,
    filter: Option<Filter>,
}

impl Sight {
    /// Brings the list up to date.
    pub(super) fn look(&mut self, visible: &mut Vec<Slot>, world: &World, filter: Option<&Filter>, now: Time) {
        let before = self.version.replace(world.board.version);
        let same_board = before == Some(world.board.version);
        let same_filter = self.filter.as_ref() == filter;
        // One that does not even narrow itself asks for an age or a number of rows: every row counts every time.
        let narrows = |older: &Option<Filter>| match (filter, older) {
            (Some(new), Some(old)) => new.narrows(old),
            (_, None) => true,
            (None, Some(_)) => false,
        };
        let narrows = narrows(&self.filter);
        match before {
            Some(seen) if same_filter && narrows && !same_board => follow(visible, world, (filter, now), seen),
            Some(_) if same_filter && narrows => {}
            // A letter more: what did not pass before does not pass now.
            Some(_) if narrows && same_board => *visible = passing(visible, world, (filter, now)),
            _ => *visible = passing(world.board.slots(), world, (filter, now)),
        }
        if !same_filter {
            self.filter = filter.cloned();
        }
    }
}

/// Looks only at rows that changed, where it can be told which they are.
fn follow(visible: &mut Vec<Slot>, world: &World, by: (Option<&Filter>, Time), seen: u64) {
    let board = &world.board;
    let changed = board.changed_since(seen).filter(|_| by.0.is_some());
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

fn passing(slots: &[Slot], world: &World, (filter, now): (Option<&Filter>, Time)) -> Vec<Slot> {
    let Some(filter) = filter else { return slots.to_vec() };
    let mut sieve = filter.sieve();
    let passes = |slot: &Slot| {
        let row = world.board.at(*slot);
        row.is_some_and(|row| sieve.passes(&row.facts(world.silence_authors(row), now)))
    };
    slots.iter().copied().filter(passes).collect()
}
