//! The order of the alerts: the board's own, or another one asked for. At most n log n, and in the number of *distinct*
//! values where a text decides.

use std::collections::BTreeMap;

use crate::{
    app::world::{
        World,
        board::{Row, Slot},
    },
    config::Sort,
};

/// The alerts in the order that is asked for; equal ones stay as the board has them.
pub fn sorted(world: &World, slots: &[Slot], sort: &Sort) -> Vec<Slot> {
    match sort {
        Sort::Severity => slots.to_vec(),
        Sort::Newest => by_time(world, slots, |row| -row.alert.starts_at.timestamp_millis()),
        Sort::Oldest => by_time(world, slots, |row| row.alert.starts_at.timestamp_millis()),
        Sort::Name => by_text(world, slots, |row| row.name().raw()),
        Sort::Source => by_text(world, slots, |row| row.id.source.as_str()),
        // Who lacks the label comes last: what was asked for is what is there.
        Sort::Label(name) => {
            let (with, without): (Vec<Slot>, Vec<Slot>) =
                slots.iter().partition(|s| world.board.at(**s).is_some_and(|row| row.alert.labels.get(name).is_some()));
            let mut all = by_text(world, &with, |row| row.alert.labels.value(name));
            all.extend(without);
            all
        }
    }
}

fn by_time(world: &World, slots: &[Slot], key: impl Fn(&Row) -> i64) -> Vec<Slot> {
    let mut keyed: Vec<(i64, usize, Slot)> =
        slots.iter().enumerate().filter_map(|(i, s)| Some((key(world.board.at(*s)?), i, *s))).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, _, slot)| slot).collect()
}

fn by_text<'a>(world: &'a World, slots: &[Slot], key: impl Fn(&'a Row) -> &'a str) -> Vec<Slot> {
    let mut buckets: BTreeMap<&str, Vec<Slot>> = BTreeMap::new();
    for (slot, row) in slots.iter().filter_map(|slot| Some((*slot, world.board.at(*slot)?))) {
        buckets.entry(key(row)).or_default().push(slot);
    }
    buckets.into_values().flatten().collect()
}
