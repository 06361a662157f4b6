//! The order of the alerts: the board's own, or another one asked for. At most n log n, and in the number of *distinct*
//! values where a text decides.

use std::collections::BTreeMap;

use crate::{
    app::world::{World, board::Row},
    config::Sort,
};

use super::rows::{self, Spot};

/// The alerts in the order that is asked for; equal ones stay as the board has them.
pub fn sorted(world: &World, spots: &[Spot], sort: &Sort) -> Vec<Spot> {
    match sort {
        Sort::Severity => spots.to_vec(),
        Sort::Newest => by_time(world, spots, |row| -row.alert.starts_at.timestamp_millis()),
        Sort::Oldest => by_time(world, spots, |row| row.alert.starts_at.timestamp_millis()),
        Sort::Name => by_text(world, spots, |row| row.name().raw()),
        Sort::Source => by_text(world, spots, |row| row.id.source.as_str()),
        // Who lacks the label comes last: what was asked for is what is there.
        Sort::Label(name) => {
            let (with, without): (Vec<Spot>, Vec<Spot>) =
                spots.iter().partition(|s| rows::row(world, **s).alert.labels.get(name).is_some());
            let mut all = by_text(world, &with, |row| row.alert.labels.value(name));
            all.extend(without);
            all
        }
    }
}

fn by_time(world: &World, spots: &[Spot], key: impl Fn(&Row) -> i64) -> Vec<Spot> {
    let mut keyed: Vec<(i64, usize, Spot)> =
        spots.iter().enumerate().map(|(i, s)| (key(rows::row(world, *s)), i, *s)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, _, spot)| spot).collect()
}

fn by_text<'a>(world: &'a World, spots: &[Spot], key: impl Fn(&'a Row) -> &'a str) -> Vec<Spot> {
    let mut buckets: BTreeMap<&str, Vec<Spot>> = BTreeMap::new();
    for spot in spots {
        buckets.entry(key(rows::row(world, *spot))).or_default().push(*spot);
    }
    buckets.into_values().flatten().collect()
}
