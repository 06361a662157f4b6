//! Alerts that several sources tell, on one line: which tales that line has, which is the worst, and what a person took
//! apart. A matter of seeing: the rows stay what they are.
//!
//! A line stands where the first of its tales would stand. Refuses to know why two rows are the same alert.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashSet},
};

use crate::{
    app::world::{
        World,
        board::{Row, Slot},
    },
    domain::{
        Time,
        alert::{AlertId, AlertState, Severity},
    },
};

use super::Line;

/// Which lines are taken apart.
#[derive(Clone, Debug, Default)]
pub struct Apart {
    all: bool,
    /// Alerts of lines that are seen the other way.
    except: HashSet<AlertId>,
}

impl Apart {
    /// Whether no line can be joined.
    pub(super) fn is_everything(&self) -> bool {
        self.all && self.except.is_empty()
    }

    /// Takes all apart, or joins all again; answers whether they are apart now.
    pub(super) fn turn_all(&mut self) -> bool {
        *self = Self { all: !self.all, except: HashSet::new() };
        self.all
    }

    /// Takes these apart, or joins them again; answers whether they are apart now.
    pub(super) fn turn(&mut self, members: &[AlertId]) -> bool {
        let was_other = members.iter().any(|id| self.except.contains(id));
        if was_other {
            self.except.retain(|id| !members.contains(id));
        } else {
            self.except.extend(members.iter().cloned());
        }
        self.all == was_other
    }

    /// The bands that are seen in the other way than the rest.
    fn bands(&self, world: &World) -> BTreeSet<usize> {
        let slots = self.except.iter().filter_map(|id| world.board.slot(id));
        slots.filter_map(|slot| world.twins.band(slot)).collect()
    }
}

/// Where a line stands among those that were one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    First,
    Inner,
    Last,
}

/// The tales of the joined lines.
#[derive(Debug, Default)]
pub struct Joined {
    /// Of each joined line the span in `members`.
    spans: Vec<(usize, usize)>,
    members: Vec<Slot>,
}

impl Joined {
    pub fn members(&self, line: usize) -> &[Slot] {
        self.spans.get(line).and_then(|(from, to)| self.members.get(*from..*to)).unwrap_or_default()
    }

    /// The joined line that tells of an alert.
    pub(super) fn holding(&self, slot: Slot) -> Option<usize> {
        let at = self.members.iter().position(|member| *member == slot)?;
        self.spans.iter().position(|(from, to)| (*from..*to).contains(&at))
    }

    /// How many alerts have no line of their own.
    pub fn without_a_line(&self) -> usize {
        self.members.len() - self.spans.len()
    }
}

/// Tales of one alert, the one that asks for most first.
pub fn worst_first<'w>(world: &'w World, members: &[Slot]) -> Vec<&'w Row> {
    let mut rows: Vec<&Row> = members.iter().filter_map(|slot| world.board.at(*slot)).collect();
    rows.sort_by_key(|row| gravity(row));
    rows
}

/// What is seen to burn with nobody on it, then what nobody can see, whatever it said last: calm is only what is known to be.
fn gravity(row: &Row) -> (u8, Severity, Reverse<Time>, &AlertId) {
    let rank = match (row.state, &row.ack) {
        (AlertState::Firing, None) => 0,
        (AlertState::Unknown, _) => 1,
        (AlertState::Pending, None) => 2,
        (AlertState::Firing | AlertState::Pending | AlertState::Suppressed, Some(_)) => 3,
        (AlertState::Suppressed, None) => 4,
        (AlertState::Resolved, _) => 5,
    };
    (rank, row.severity, Reverse(row.alert.starts_at), &row.id)
}

/// Puts twins on one line, list after list.
pub(super) struct Joiner<'w> {
    world: &'w World,
    apart: &'w Apart,
    others: BTreeSet<usize>,
    /// By the number of a band: how many of it are in the list, and which line is theirs, counted from 1.
    counts: Vec<u32>,
    line_of: Vec<u32>,
    pub(super) joined: Joined,
}

impl<'w> Joiner<'w> {
    pub(super) fn new(world: &'w World, apart: &'w Apart) -> Self {
        let zeros = vec![0; world.twins.numbers()];
        let others = apart.bands(world);
        Self { world, apart, others, counts: zeros.clone(), line_of: zeros, joined: Joined::default() }
    }

    /// The lines of these alerts, in their order.
    pub(super) fn lines(&mut self, slots: &[Slot], lines: &mut Vec<Line>) {
        if self.world.twins.is_empty() || self.apart.is_everything() {
            lines.extend(slots.iter().copied().map(Line::Alert));
            return;
        }
        let world = self.world;
        let bands = || slots.iter().filter_map(|slot| world.twins.band(*slot));
        bands().for_each(|band| self.counts[band] += 1);
        for slot in slots {
            match world.twins.band(*slot).filter(|band| self.counts[*band] > 1) {
                None => lines.push(Line::Alert(*slot)),
                Some(band) => self.tell(*slot, band, slots, lines),
            }
        }
        for band in bands() {
            (self.counts[band], self.line_of[band]) = (0, 0);
        }
    }

    fn tell(&mut self, slot: Slot, band: usize, slots: &[Slot], lines: &mut Vec<Line>) {
        let by_hand = self.others.contains(&band);
        let is_first = self.line_of[band] == 0;
        match (self.apart.all == by_hand, by_hand) {
            // Whoever comes first makes room for all of them.
            (true, _) if is_first => self.join(slot, band, lines),
            (true, _) => self.add(slot, band),
            (false, true) if is_first => self.beneath(band, slots, lines),
            (false, true) => {}
            (false, false) => lines.push(Line::Alert(slot)),
        }
    }

    /// Those that a person took apart stand together, the worst first, each on its line.
    fn beneath(&mut self, band: usize, slots: &[Slot], lines: &mut Vec<Line>) {
        let of_band = |slot: &Slot| self.world.twins.band(*slot) == Some(band);
        let mut all: Vec<Slot> = slots.iter().copied().filter(of_band).collect();
        all.sort_by_key(|slot| self.world.board.at(*slot).map(gravity));
        let last = all.len() - 1;
        let branch = |at: usize| match at {
            0 => Branch::First,
            _ if at == last => Branch::Last,
            _ => Branch::Inner,
        };
        lines.extend(all.into_iter().enumerate().map(|(at, slot)| Line::Apart(slot, branch(at))));
        self.line_of[band] = 1;
    }

    fn join(&mut self, slot: Slot, band: usize, lines: &mut Vec<Line>) {
        let from = self.joined.members.len();
        let count = self.counts[band] as usize;
        lines.push(Line::Twins(self.joined.spans.len()));
        self.joined.spans.push((from, from + 1));
        self.line_of[band] = u32::try_from(self.joined.spans.len()).unwrap_or(u32::MAX);
        self.joined.members.resize(from + count, slot);
    }

    fn add(&mut self, slot: Slot, band: usize) {
        if let Some((_, to)) = self.joined.spans.get_mut(self.line_of[band] as usize - 1) {
            self.joined.members[*to] = slot;
            *to += 1;
        }
    }
}
