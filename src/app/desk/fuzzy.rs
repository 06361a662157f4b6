//! How well a few letters stand for a name: they come in it in this order, best at the beginnings of its words and side
//! by side. Pure.

const MATCHED: i32 = 10;
const BEGINS: i32 = 12;
const BESIDE: i32 = 8;
/// For each letter that is skipped between two, and before the first.
const SKIPPED: i32 = 1;
/// No gap costs more.
const GAP: i32 = 6;
const NEVER: i32 = i32::MIN / 2;

/// How well `typed` stands for `name`, letters of any size; higher is better, none where it does not.
pub fn rank(typed: &str, name: &str) -> Option<i32> {
    let typed: Vec<char> = typed.to_lowercase().chars().collect();
    let name: Vec<char> = name.to_lowercase().chars().collect();
    if typed.is_empty() {
        return Some(0);
    }
    // The best that ends at each letter of the name, for the letters typed so far.
    let mut best: Vec<i32> = vec![NEVER; name.len()];
    for (i, letter) in typed.iter().enumerate() {
        best = (0..name.len())
            .map(|at| if name[at] == *letter { ending(&name, &best, (i == 0, at)) } else { NEVER })
            .collect();
    }
    let best = best.into_iter().max().filter(|best| *best > NEVER / 2)?;
    let left = i32::try_from(name.len().saturating_sub(typed.len())).unwrap_or(i32::MAX);
    Some(best - left.min(GAP))
}

fn ending(name: &[char], before: &[i32], (first, at): (bool, usize)) -> i32 {
    let begins = at == 0 || !name[at - 1].is_alphanumeric();
    let own = MATCHED + if begins { BEGINS } else { 0 };
    if first {
        return own - gap(at);
    }
    let on = |from: usize| match at - from {
        1 => before[from] + BESIDE,
        far => before[from] - gap(far - 1),
    };
    (0..at).filter(|from| before[*from] > NEVER / 2).map(on).max().map_or(NEVER, |best| best + own)
}

fn gap(letters: usize) -> i32 {
    i32::try_from(letters).unwrap_or(GAP).min(GAP) * SKIPPED
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<'a>(typed: &str, names: &[&'a str]) -> &'a str {
        let mut ranked: Vec<(i32, &str)> = names.iter().filter_map(|n| Some((rank(typed, n)?, *n))).collect();
        ranked.sort_by_key(|(rank, _)| -rank);
        ranked.first().map_or("", |(_, name)| name)
    }

    #[test]
    fn letters_stand_for_a_name_in_its_order_alone() {
        assert!(rank("aack", "alerts.ack").is_some());
        assert_eq!(rank("kca", "alerts.ack"), None);
        assert_eq!(rank("ackk", "alerts.ack"), None);
        assert_eq!(rank("", "alerts.ack"), Some(0));
    }

    #[test]
    fn beginnings_and_neighbours_count_most() {
        let names = ["alerts.ack", "alerts.unack", "alerts.facets", "slo.whatif", "axis.closer", "alerts.fold_all"];
        assert_eq!(best("ack", &names), "alerts.ack");
        assert_eq!(best("unack", &names), "alerts.unack");
        assert_eq!(best("WI", &names), "slo.whatif");
        assert_eq!(best("afl", &names), "alerts.fold_all");
        assert_eq!(best("clo", &names), "axis.closer");
    }
}
