//! What may burn for the same reason: alerts that share labels few others have, and began close by.
//!
//! Worked out for one alert: the board's index of labels counts how many share each of its values and names them.

use std::{cmp::Reverse, collections::HashMap};

use foldhash::fast::RandomState;

use crate::domain::{
    alert::{AlertId, AlertState, Severity},
    label::Labels,
    text::SafeText,
};

use super::board::{Board, Row, Slot};

/// Most that are named.
pub const SHOWN: usize = 6;
/// Seconds after which a distance of beginnings halves what it adds.
const CLOSE_S: f64 = 300.0;
/// Labels that say what an alert is and not where it burns.
const OF_THE_RULE: [&str; 3] = ["severity", "prometheus", "receiver"];
/// What makes it worth a line: about as much as one label that one alert in five has.
const LEAST: f64 = 1.5;
/// What severe ones weigh more.
const WORSE: f64 = 0.1;
/// Rows that are looked at before it is asked whether the rest can weigh enough.
const LOOKED: usize = 256;
/// On a board of few alerts two that share a value may do so by chance: as if this many more were there.
const SMALL: usize = 8;

/// An alert that may belong to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    pub id: AlertId,
    /// `name=value` that both have, the rarest first.
    pub shared: Vec<String>,
    /// Seconds from the open alert's beginning to this one's; negative = it began before.
    pub offset_s: i64,
    pub weight: f64,
}

/// The nearest, best first.
pub fn of(board: &Board, id: &AlertId) -> Vec<Related> {
    let Some(row) = board.get(id) else { return Vec::new() };
    let weights = weights(board, row);
    let mut found: Vec<(f64, &Row)> = Vec::new();
    for (i, (labels, slot)) in sharing(board, row, &weights).into_iter().enumerate() {
        // What comes now shares less: it cannot weigh more than those that will be named.
        if i % LOOKED == 0 && found.len() >= SHOWN && most(labels) < least_shown(&mut found) {
            break;
        }
        let other = board.at(slot).filter(|other| is_candidate(row, other));
        let weighed = other.map(|other| (weigh(row, other, labels), other));
        found.extend(weighed.filter(|(weight, _)| *weight >= LEAST));
    }
    let order = |(weight, other): &(f64, &Row)| (Reverse(bits(*weight)), other.severity, other.id.clone());
    if found.len() > SHOWN {
        found.select_nth_unstable_by_key(SHOWN, order);
        found.truncate(SHOWN);
    }
    found.sort_by_key(order);
    found.into_iter().map(|(weight, other)| told(row, other, weight, &weights)).collect()
}

/// Who shares a label that tells something, and what all the shared ones weigh together, the heaviest first. None of
/// the rows is looked at for it.
fn sharing(board: &Board, row: &Row, weights: &[f64]) -> Vec<(f64, Slot)> {
    let mut found: HashMap<Slot, f64, RandomState> = HashMap::default();
    for ((name, value), weight) in row.alert.labels.iter().zip(weights).filter(|(_, w)| **w > 0.0) {
        for slot in board.carriers(name.raw(), value.raw()) {
            *found.entry(slot).or_default() += weight;
        }
    }
    let mut found: Vec<(f64, Slot)> = found.into_iter().map(|(slot, weight)| (weight, slot)).collect();
    found.sort_unstable_by_key(|(weight, slot)| (Reverse(bits(*weight)), *slot));
    found
}

/// The most that one with such labels can weigh.
fn most(labels: f64) -> f64 {
    labels * 2.0 + WORSE
}

/// What the last of those weighs that would be named now; the others are not needed any more.
fn least_shown(found: &mut Vec<(f64, &Row)>) -> f64 {
    let (_, (least, _), _) = found.select_nth_unstable_by_key(SHOWN - 1, |(weight, _)| Reverse(bits(*weight)));
    let least = *least;
    // Those that weigh the same are told apart later.
    found.retain(|(weight, _)| *weight >= least);
    least
}

/// A weight is never negative, so its bits are in its order.
fn bits(weight: f64) -> u64 {
    weight.to_bits()
}

/// Another tale of the same alert is no other alert, and one that is over explains little.
fn is_candidate(row: &Row, other: &Row) -> bool {
    other.id != row.id
        && other.state != AlertState::Resolved
        && other.alert.labels != row.alert.labels
        && !(row.name() == other.name() && is_same(&row.alert.labels, &other.alert.labels))
}

fn is_same(a: &Labels, b: &Labels) -> bool {
    a.is_subset_of(b) || b.is_subset_of(a)
}

/// For each label of the row, in its order: minus the logarithm of how large a share of the board has it, of a board
/// that is never very small. What more than half of the board has tells nothing.
#[allow(clippy::cast_precision_loss, reason = "no board has 2^52 alerts")]
fn weights(board: &Board, row: &Row) -> Vec<f64> {
    let all = (board.len() + SMALL) as f64;
    let weight = |(name, value): (&SafeText, &SafeText)| {
        let count = board.carrying(name.raw(), value.raw()).max(1);
        let tells = !OF_THE_RULE.contains(&name.raw()) && count * 2 <= board.len();
        if tells { -(count as f64 / all).ln() } else { 0.0 }
    };
    row.alert.labels.iter().map(weight).collect()
}

fn shared<'a>(row: &'a Row, other: &'a Row) -> impl Iterator<Item = (usize, &'a str, &'a str)> {
    let pairs = row.alert.labels.iter().enumerate();
    pairs
        .filter(|(_, (name, value))| other.alert.labels.get(name.raw()) == Some(value))
        .map(|(i, (n, v))| (i, n.raw(), v.raw()))
}

/// Rare values that both have; that they began together makes them count up to twice. Severe ones come first at a tie.
fn weigh(row: &Row, other: &Row, labels: f64) -> f64 {
    let apart = (other.alert.starts_at - row.alert.starts_at).num_seconds().unsigned_abs();
    #[allow(clippy::cast_precision_loss, reason = "seconds between two alerts")]
    let near = 1.0 / (1.0 + apart as f64 / CLOSE_S);
    let worse = if other.severity <= Severity::Error { WORSE } else { 0.0 };
    if labels > 0.0 { labels * (1.0 + near) + worse } else { 0.0 }
}

fn told(row: &Row, other: &Row, weight: f64, weights: &[f64]) -> Related {
    let mut both: Vec<_> = shared(row, other).filter(|(i, _, _)| weights[*i] > 0.0).collect();
    both.sort_by_key(|(i, _, _)| Reverse(bits(weights[*i])));
    let line = |text: &str| SafeText::new(text).line().into_owned();
    Related {
        id: other.id.clone(),
        shared: both.into_iter().map(|(_, n, v)| format!("{}={}", line(n), line(v))).collect(),
        offset_s: (other.alert.starts_at - row.alert.starts_at).num_seconds(),
        weight,
    }
}
