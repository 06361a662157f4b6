//! Which label splits a flood of alerts best: into few groups, of which none is nearly all of it.
//!
//! The score of a label is `coverage * (H - k / 6) + bonus`: `H` the entropy in bits of its `k` values over the alerts that
//! have it, `coverage` the share of alerts that do. `H` is what one learns by knowing the value; `k / 6` is what it costs to
//! look at `k` groups (the sum is highest near nine even groups). A bonus goes to labels that name a problem or a place.

use std::collections::HashMap;

use crate::app::world::{
    World,
    board::{Row, Slot},
};

/// Alerts looked at, spread evenly: enough to tell shares apart, whatever the flood.
const SAMPLE: usize = 5_000;
/// Values after which a label is one of identity and splits nothing.
const VALUES_MAX: usize = 500;
/// How much a group costs, in bits.
const COST: f64 = 1.0 / 6.0;
/// What people think in.
const BONUS: [(&str, f64); 5] =
    [("alertname", 1.0), ("cluster", 0.5), ("service", 0.5), ("namespace", 0.25), ("job", 0.25)];

/// How often each value of a label was seen.
type Values<'a> = HashMap<&'a str, usize>;

/// The label that splits these alerts best; none where no label has two values.
pub fn best(world: &World, slots: &[Slot]) -> Option<String> {
    let step = slots.len().div_ceil(SAMPLE).max(1);
    best_of(slots.iter().step_by(step).filter_map(|slot| world.board.at(*slot)))
}

fn best_of<'a>(rows: impl Iterator<Item = &'a Row>) -> Option<String> {
    let mut labels: HashMap<&str, Values<'_>> = HashMap::new();
    let mut total = 0;
    for row in rows.filter(|r| r.resolved_at.is_none()) {
        total += 1;
        for (name, value) in row.alert.labels.iter().filter(|(name, _)| name.raw() != "severity") {
            let values = labels.entry(name.raw()).or_default();
            if values.len() <= VALUES_MAX {
                *values.entry(value.raw()).or_default() += 1;
            }
        }
    }
    let scored =
        labels.iter().filter(|(_, v)| (2..=VALUES_MAX).contains(&v.len())).map(|(n, v)| (score(n, v, total), *n));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)));
    best.map(|(_, name)| name.to_owned())
}

fn score(name: &str, values: &Values<'_>, total: usize) -> f64 {
    usefulness(name, values.values().copied(), total)
}

/// The score of a label, by how many of `total` alerts have each of its values.
#[allow(clippy::cast_precision_loss, reason = "counts of alerts, far below 2^52")]
pub fn usefulness(name: &str, values: impl Iterator<Item = usize> + Clone, total: usize) -> f64 {
    let have: usize = values.clone().sum();
    let share = |n: usize| n as f64 / have as f64;
    let entropy: f64 = values.clone().map(|n| -share(n) * share(n).log2()).sum();
    let bonus = BONUS.iter().find(|(n, _)| *n == name).map_or(0.0, |(_, bonus)| *bonus);
    let coverage = have as f64 / total.max(1) as f64;
    coverage * (entropy - values.count() as f64 * COST + bonus)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A label with `k` values of equal shares over `of` alerts, of which `have` have it.
    fn even(name: &str, k: usize, (have, of): (usize, usize)) -> f64 {
        let names: Vec<String> = (0..k).map(|i| i.to_string()).collect();
        let values: Values<'_> = names.iter().map(|n| (n.as_str(), have / k)).collect();
        score(name, &values, of)
    }

    #[test]
    fn few_groups_beat_two_and_hundreds() {
        let (two, eight, hundred) = (even("x", 2, (800, 800)), even("x", 8, (800, 800)), even("x", 100, (800, 800)));
        assert!(eight > two && eight > hundred, "{two} {eight} {hundred}");
    }

    #[test]
    fn a_label_that_few_alerts_have_splits_little() {
        assert!(even("x", 4, (800, 800)) > even("x", 8, (200, 800)));
    }

    #[test]
    fn among_equals_the_name_of_the_alert_wins() {
        assert!(even("alertname", 6, (600, 600)) > even("service", 6, (600, 600)));
        assert!(even("service", 6, (600, 600)) > even("rack", 6, (600, 600)));
    }

    #[test]
    fn nearly_everything_in_one_group_is_no_split() {
        let lopsided: Values<'_> = [("a", 990), ("b", 5), ("c", 5)].into_iter().collect();
        assert!(score("x", &lopsided, 1_000) < even("y", 3, (999, 999)));
    }
}
