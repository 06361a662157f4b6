//! The silences that cover chosen alerts: one exact set a piece while there is room for it, else as few and as narrow as can be.
//!
//! Knows label sets alone: neither sources nor people, and nothing of how a silence is sent.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    label::Labels,
    matcher::{MatchOp, Matcher},
    silence::exact_matchers,
};

/// One silence to be: what it says, whom it is for, and whom else it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    pub matchers: Vec<Matcher>,
    /// Places among the chosen that it is for; each chosen one is in exactly one cover.
    pub covers: Vec<usize>,
    /// Places among the others that it matches too.
    pub beyond: Vec<usize>,
    /// Combinations of its values that nobody has seen yet and that it would match.
    pub unseen: u64,
}

/// Covers every chosen label set with at most `most` matcher sets, where that can be; the same answer for the same question.
///
/// Label sets with different names never share a set: a missing label is not covered by an alternation of values. So there
/// are more than `most` where more kinds of label sets were chosen. Within a kind, labels that all share are `=`, those that
/// differ are alternations; what reaches furthest is split first, as long as there is room.
pub fn cover(chosen: &[&Labels], others: &[&Labels], most: usize) -> Vec<Cover> {
    let question = Question { chosen, others };
    let everyone: Vec<usize> = (0..others.len()).collect();
    let mut groups: Vec<Group<'_>> = if chosen.len() <= most {
        (0..chosen.len()).map(|i| question.group(vec![i], &everyone)).collect()
    } else {
        question.kinds().into_iter().map(|members| question.group(members, &everyone)).collect()
    };
    while groups.len() < most
        && let Some(worst) = worst(&groups)
    {
        let group = groups.swap_remove(worst);
        groups.extend(question.split(&group));
    }
    groups.sort_by_key(|g| g.members.first().copied());
    groups.into_iter().map(|g| question.finish(g)).collect()
}

/// The narrowest set for all of them at once; they have the same label names.
pub fn together(chosen: &[&Labels]) -> Vec<Matcher> {
    let question = Question { chosen, others: &[] };
    matchers(&question.group((0..chosen.len()).collect(), &[]).values)
}

struct Question<'a> {
    chosen: &'a [&'a Labels],
    others: &'a [&'a Labels],
}

/// Chosen ones that one silence is to cover.
struct Group<'a> {
    members: Vec<usize>,
    /// The values of each label name.
    values: BTreeMap<&'a str, BTreeSet<&'a str>>,
    beyond: Vec<usize>,
    /// How many of those beyond a split can leave out.
    spare: usize,
    unseen: u64,
}

/// The one whose split does most good; none where no split does any.
fn worst(groups: &[Group<'_>]) -> Option<usize> {
    let reach = |g: &Group<'_>| (g.spare, g.unseen);
    let splits = groups.iter().enumerate().filter(|(_, g)| g.members.len() > 1 && reach(g) > (0, 0));
    splits.max_by_key(|(_, g)| (reach(g), std::cmp::Reverse(g.members[0]))).map(|(i, _)| i)
}

impl<'a> Question<'a> {
    /// The chosen ones by their label names.
    fn kinds(&self) -> Vec<Vec<usize>> {
        let mut kinds: BTreeMap<Vec<&str>, Vec<usize>> = BTreeMap::new();
        for (i, labels) in self.chosen.iter().enumerate() {
            kinds.entry(pairs(labels).map(|(n, _)| n).collect()).or_default().push(i);
        }
        kinds.into_values().collect()
    }

    /// `near` are the others that may be reached.
    fn group(&self, members: Vec<usize>, near: &[usize]) -> Group<'a> {
        let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for member in &members {
            pairs(self.chosen[*member]).for_each(|(name, value)| {
                values.entry(name).or_default().insert(value);
            });
        }
        let beyond: Vec<usize> = near.iter().copied().filter(|i| reaches(&values, self.others[*i])).collect();
        let wanted: BTreeSet<Vec<&str>> = members.iter().map(|i| part(&values, self.chosen[*i])).collect();
        let stray = |i: &&usize| !wanted.contains(&part(&values, self.others[**i]));
        let spare = beyond.iter().filter(stray).count();
        let strays: BTreeSet<Vec<&str>> = beyond.iter().filter(stray).map(|i| part(&values, self.others[*i])).collect();
        let all = values.values().fold(1_u64, |n, v| n.saturating_mul(v.len() as u64));
        let unseen = all.saturating_sub((wanted.len() + strays.len()) as u64);
        Group { members, values, beyond, spare, unseen }
    }

    /// In two halves along the label that leaves the least beyond.
    fn split(&self, group: &Group<'a>) -> Vec<Group<'a>> {
        let differing = group.values.iter().filter(|(_, values)| values.len() > 1);
        let halves = differing.map(|(name, values)| {
            let middle = values.iter().nth(values.len() / 2).copied().unwrap_or_default();
            let (low, high): (Vec<usize>, Vec<usize>) =
                group.members.iter().partition(|i| self.chosen[**i].value(name) < middle);
            [self.group(low, &group.beyond), self.group(high, &group.beyond)]
        });
        let reach =
            |pair: &[Group<'_>; 2]| (pair[0].spare + pair[1].spare, pair[0].unseen.saturating_add(pair[1].unseen));
        halves.min_by_key(reach).map(Vec::from).unwrap_or_default()
    }

    fn finish(&self, group: Group<'_>) -> Cover {
        let matchers = match &group.members[..] {
            [one] => exact_matchers(self.chosen[*one]),
            _ => matchers(&group.values),
        };
        Cover { matchers, covers: group.members, beyond: group.beyond, unseen: group.unseen }
    }
}

/// To Alertmanager an empty label is an absent one.
fn pairs(labels: &Labels) -> impl Iterator<Item = (&str, &str)> {
    labels.iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| (n.raw(), v.raw()))
}

fn reaches(values: &BTreeMap<&str, BTreeSet<&str>>, labels: &Labels) -> bool {
    values.iter().all(|(name, values)| values.contains(labels.value(name)))
}

/// The values of the labels that the group names.
fn part<'l>(values: &BTreeMap<&str, BTreeSet<&str>>, labels: &'l Labels) -> Vec<&'l str> {
    values.keys().map(|name| labels.value(name)).collect()
}

fn matchers(values: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<Matcher> {
    values.iter().map(|(name, values)| matcher(name, values)).collect()
}

fn matcher(name: &str, values: &BTreeSet<&str>) -> Matcher {
    let first = values.first().copied().unwrap_or_default();
    if values.len() == 1 {
        return Matcher::equal(name, first);
    }
    let any: Vec<String> = values.iter().map(|v| escaped(v)).collect();
    // Escaped text is always a regular expression; were it none, the narrower matcher is the safe one.
    Matcher::new(name, MatchOp::Regex, any.join("|")).unwrap_or_else(|_| Matcher::equal(name, first))
}

/// As Go's `regexp.QuoteMeta`: what is no metacharacter stays as it is, for people read it.
fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::matcher::all_match;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().copied().collect()
    }

    fn refs(all: &[Labels]) -> Vec<&Labels> {
        all.iter().collect()
    }

    fn nodes(n: usize) -> Vec<Labels> {
        (0..n).map(|i| labels(&[("alertname", "NodeDown"), ("instance", &format!("10.0.0.{i}:9100"))])).collect()
    }

    #[test]
    fn while_there_is_room_each_has_a_silence_of_its_own() {
        let chosen = nodes(3);
        let covers = cover(&refs(&chosen), &[], 3);
        assert_eq!(covers.len(), 3);
        assert!(covers.iter().zip(&chosen).all(|(c, l)| c.matchers == exact_matchers(l) && c.unseen == 0));
    }

    #[test]
    fn above_the_limit_what_differs_is_an_alternation_of_what_was_chosen() {
        let covers = cover(&refs(&nodes(3)), &[], 2);
        let [one] = &covers[..] else { panic!("{covers:?}") };
        let written: Vec<String> = one.matchers.iter().map(ToString::to_string).collect();
        let regex = r#"instance=~"10\\.0\\.0\\.0:9100|10\\.0\\.0\\.1:9100|10\\.0\\.0\\.2:9100""#;
        assert_eq!(written, [r#"alertname="NodeDown""#, regex]);
    }

    #[test]
    fn a_split_leaves_out_whom_nobody_chose() {
        let chosen =
            [labels(&[("a", "1"), ("b", "1")]), labels(&[("a", "2"), ("b", "2")]), labels(&[("a", "3"), ("b", "3")])];
        let other = [labels(&[("a", "1"), ("b", "2")])];
        let covers = cover(&refs(&chosen), &refs(&other), 2);
        assert!(covers.iter().all(|c| c.beyond.is_empty()), "{covers:?}");
        let covers = cover(&refs(&chosen), &refs(&other), 1);
        assert_eq!((covers[0].beyond.as_slice(), covers[0].unseen), (&[0][..], 5));
    }

    #[test]
    fn who_lacks_a_label_is_covered_by_a_set_that_does_not_name_it() {
        let chosen = [labels(&[("a", "1")]), labels(&[("a", "2")]), labels(&[("a", "1"), ("b", "1")])];
        let covers = cover(&refs(&chosen), &[], 2);
        assert_eq!(covers.iter().map(|c| c.covers.clone()).collect::<Vec<_>>(), [vec![0, 1], vec![2]]);
    }

    fn value() -> impl Strategy<Value = String> {
        prop_oneof![
            "[ab]",
            Just(".*".to_owned()),
            Just("a|b".to_owned()),
            Just("x\ny".to_owned()),
            "[$^()\\[\\]\\\\+-]{1,3}"
        ]
    }

    fn sets() -> impl Strategy<Value = Vec<Labels>> {
        let one = prop::collection::btree_map("[abc]", value(), 1..4).prop_map(|m| m.into_iter().collect::<Labels>());
        prop::collection::vec(one, 1..24).prop_map(|mut all| {
            let mut seen = std::collections::HashSet::new();
            all.retain(|l| seen.insert(l.fingerprint()));
            all
        })
    }

    proptest! {
        #[test]
        fn everyone_chosen_is_covered_and_everyone_else_who_is_reached_is_named(
            all in sets(), cut in 0.0..1.0_f64, most in 1_usize..12,
        ) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of a short list")]
            let at = 1 + (cut * (all.len() - 1) as f64) as usize;
            let (chosen, others) = (refs(&all[..at]), refs(&all[at..]));
            let covers = cover(&chosen, &others, most);
            prop_assert_eq!(&covers, &cover(&chosen, &others, most));
            let mut covered: Vec<usize> = covers.iter().flat_map(|c| c.covers.clone()).collect();
            covered.sort_unstable();
            prop_assert_eq!(covered, (0..chosen.len()).collect::<Vec<_>>());
            let kinds = Question { chosen: &chosen, others: &others }.kinds().len();
            prop_assert!(covers.len() <= most.max(kinds));
            for c in &covers {
                prop_assert!(c.covers.iter().all(|i| all_match(&c.matchers, chosen[*i])), "{:?}", c);
                let reached: Vec<usize> =
                    (0..others.len()).filter(|i| all_match(&c.matchers, others[*i])).collect();
                prop_assert_eq!(&reached, &c.beyond);
            }
        }
    }
}
