//! Which rows of the board this person sees: those that pass the view's filter and the typed one. Where few rows
//! changed, few are asked; where a filter only got narrower, only what passed before.
//!
//! A key waits for no look at a hundred thousand rows: after a filter changed so many are looked at as one may wait
//! for, from the top of the board, and the rest afterwards, in steps. Until then what is seen says that there may be
//! more. Knows the board only by its slots, and the filters only by their answers.

use crate::{
    app::world::{
        World,
        board::{Row, Slot},
    },
    domain::{Time, filter::Filter},
};

/// The view's and the typed one; both must let a row pass.
type Filters<'f> = [Option<&'f Filter>; 2];

/// Rows that are looked at in one step.
pub(super) const AT_ONCE: usize = 2048;
/// Rows that are fetched from memory together.
const TOGETHER: usize = 64;

/// Rows that pass, in the order of the board, and what they were chosen by.
#[derive(Debug, Default)]
pub(super) struct Sight {
    /// The board's version; none before it was looked at.
    version: Option<u64>,
    filters: [Option<Filter>; 2],
    /// The second in which it was looked at last.
    looked: i64,
    search: Option<Search>,
    /// Whether all rows are to be looked at again, though neither the board nor the filters changed.
    again: bool,
}

/// A look at many rows that has not come to its end.
#[derive(Debug)]
struct Search {
    slots: Vec<Slot>,
    at: usize,
    /// How many more rows each filter lets pass.
    left: [usize; 2],
    /// What passed so far, where what was seen before stays until the end.
    aside: Option<Vec<Slot>>,
}

impl Search {
    fn over(slots: Vec<Slot>, filters: Filters<'_>) -> Self {
        let left = filters.map(|f| f.and_then(Filter::limit).unwrap_or(usize::MAX));
        Self { slots, at: 0, left, aside: None }
    }

    /// Looks at the next rows; what passes comes behind what passed before.
    fn step<'w>(&mut self, passed: &mut Vec<Slot>, world: &'w World, filters: Filters<'w>, now: Time) {
        let until = self.slots.len().min(self.at + AT_ONCE);
        let mut sieves = filters.map(|f| f.map(Filter::sieve));
        sieves.iter_mut().zip(self.left).for_each(|(sieve, left)| sieve.iter_mut().for_each(|s| s.leave(left)));
        let asks_new = filters.into_iter().flatten().any(Filter::asks_what_is_new);
        let mut passes = |row: &'w Row| {
            let facts = world.facts_asked(row, now, asks_new);
            sieves.iter_mut().flatten().all(|sieve| sieve.passes(&facts))
        };
        for some in self.slots[self.at..until].chunks(TOGETHER) {
            passed.extend(fetched(some, world).into_iter().filter(|(_, row)| passes(row)).map(|(slot, _)| slot));
        }
        self.left = sieves.map(|sieve| sieve.map_or(usize::MAX, |s| s.left()));
        self.at = until;
    }

    fn is_over(&self) -> bool {
        self.at >= self.slots.len()
    }
}

impl Sight {
    /// Brings the list up to date, as far as one may wait for it.
    pub(super) fn look(&mut self, visible: &mut Vec<Slot>, world: &World, filters: Filters<'_>, now: Time) {
        let seen = self.version.replace(world.board.version);
        let before = [self.filters[0].as_ref(), self.filters[1].as_ref()];
        let same = before == filters;
        let unmoved = seen == Some(world.board.version);
        let limited = filters.into_iter().flatten().any(Filter::is_limited);
        let wider = !narrowed(before, filters);
        if !same {
            self.filters = filters.map(Option::<&Filter>::cloned);
        }
        match seen {
            Some(_) if same && unmoved => self.look_for_the_time(visible, world, now),
            Some(_) if same && limited => {
                self.search = None;
                *visible = passing(world.board.slots(), world, (filters, now));
            }
            Some(_) if same && self.is_searching() => self.begin(visible, world, world.board.slots().to_vec(), now),
            Some(seen) if same => {
                let was_again = self.search.take().is_some();
                follow(visible, world, (filters, now), seen);
                self.again |= was_again;
                self.look_for_the_time(visible, world, now);
            }
            Some(_) if unmoved && !wider => {
                let mut slots = std::mem::take(visible);
                if let Some(search) = self.search.take().filter(|s| s.aside.is_none()) {
                    slots.extend(&search.slots[search.at..]);
                }
                self.begin(visible, world, slots, now);
            }
            _ => self.begin(visible, world, world.board.slots().to_vec(), now),
        }
    }

    /// What passes may be answered otherwise now: it is worked out aside, so that nothing seen goes before that.
    fn look_for_the_time(&mut self, visible: &mut Vec<Slot>, world: &World, now: Time) {
        let timed = self.filters.iter().flatten().any(Filter::minds_the_time) && now.timestamp() != self.looked;
        if self.search.is_some() || !(timed || std::mem::take(&mut self.again)) {
            return;
        }
        self.looked = now.timestamp();
        let filters = [self.filters[0].as_ref(), self.filters[1].as_ref()];
        let mut search = Search::over(world.board.slots().to_vec(), filters);
        search.aside = Some(Vec::new());
        self.search = Some(search);
        self.go_on(visible, world, now);
    }

    fn begin(&mut self, visible: &mut Vec<Slot>, world: &World, slots: Vec<Slot>, now: Time) {
        (self.looked, self.again) = (now.timestamp(), false);
        let filters = [self.filters[0].as_ref(), self.filters[1].as_ref()];
        if filters.iter().all(Option::is_none) {
            (self.search, *visible) = (None, slots);
            return;
        }
        visible.clear();
        self.search = Some(Search::over(slots, filters));
        self.go_on(visible, world, now);
    }

    /// Looks at some more rows.
    pub(super) fn go_on(&mut self, visible: &mut Vec<Slot>, world: &World, now: Time) {
        let Some(search) = &mut self.search else { return };
        let filters = [self.filters[0].as_ref(), self.filters[1].as_ref()];
        match search.aside.take() {
            None => search.step(visible, world, filters, now),
            Some(mut aside) => {
                search.step(&mut aside, world, filters, now);
                if search.is_over() {
                    *visible = aside;
                } else {
                    search.aside = Some(aside);
                }
            }
        }
        if search.is_over() {
            self.search = None;
        }
    }

    /// All rows are looked at again with the next look.
    pub(super) fn doubt(&mut self) {
        self.again = true;
    }

    /// Whether there is more to look at.
    pub(super) fn has_more(&self) -> bool {
        self.search.is_some()
    }

    /// Whether more rows may pass than are seen.
    pub(super) fn is_searching(&self) -> bool {
        self.search.as_ref().is_some_and(|s| s.aside.is_none())
    }
}

/// The rows of these slots. They lie far apart: all are asked for before any is looked at, so that the memory is waited
/// for once and not once a row.
fn fetched<'w>(slots: &[Slot], world: &'w World) -> Vec<(Slot, &'w Row)> {
    let rows: Vec<_> = slots.iter().filter_map(|slot| Some((*slot, world.board.at(*slot)?))).collect();
    std::hint::black_box(rows.iter().map(|(_, row)| row.alert.labels.len()).sum::<usize>());
    rows
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
    let asks_new = filters.into_iter().flatten().any(Filter::asks_what_is_new);
    let mut passes = |slot: &Slot| {
        let Some(row) = world.board.at(*slot) else { return false };
        let facts = world.facts_asked(row, now, asks_new);
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
