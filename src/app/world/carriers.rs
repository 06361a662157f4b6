//! The silences of one source that carry acks, found by the labels of an alert: each alert is compared with the few that
//! could match it, and not with all.

use std::collections::HashMap;

use crate::domain::{
    label::Labels,
    matcher::{MatchOp, Matcher},
    silence::Silence,
};

use super::board::hash_pair;

#[derive(Debug, Default)]
pub struct Carriers<'a> {
    /// Each under the rarest `name="value"` that it asks for.
    by_pair: HashMap<u64, Vec<&'a Silence>>,
    /// Those that ask for no value in particular.
    loose: Vec<&'a Silence>,
}

impl<'a> Carriers<'a> {
    pub fn new(silences: &[&'a Silence]) -> Self {
        let mut common: HashMap<u64, u32> = HashMap::new();
        for pair in silences.iter().flat_map(|s| pairs(s)) {
            *common.entry(pair).or_default() += 1;
        }
        let mut carriers = Self::default();
        for silence in silences {
            match pairs(silence).min_by_key(|pair| common.get(pair)) {
                Some(pair) => carriers.by_pair.entry(pair).or_default().push(silence),
                None => carriers.loose.push(silence),
            }
        }
        carriers
    }

    /// Those that match the labels, in no order.
    pub fn on<'s>(&'s self, labels: &'s Labels) -> impl Iterator<Item = &'a Silence> + 's {
        // Nothing is hashed where nothing is to be found.
        let wanted = labels.iter().filter(|_| !self.by_pair.is_empty());
        let hashes = wanted.map(|(n, v)| hash_pair(n.raw(), v.raw()));
        let found = hashes.filter_map(|hash| self.by_pair.get(&hash)).flatten();
        found.chain(&self.loose).copied().filter(|s| s.matches(labels))
    }
}

/// The pairs without which a silence matches nothing.
fn pairs(silence: &Silence) -> impl Iterator<Item = u64> {
    let exact = |m: &&Matcher| m.op == MatchOp::Equal && !m.value.is_empty();
    silence.matchers.iter().filter(exact).map(|m| hash_pair(&m.name, &m.value))
}
