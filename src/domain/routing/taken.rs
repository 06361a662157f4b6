//! Into which group a server puts a label set: the route that takes it, and the values of the labels it groups by.
//!
//! Where several routes take it (`continue`), the last one counts: those before it get a copy. Two label sets that agree
//! in every label a matcher asks for go the same way, so a tree is walked once for each such shape ([`Memo`]).

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use super::{
    Policy,
    route::{GroupBy, Route, Way},
};
use crate::domain::{label::Labels, text::SafeText};

/// Shapes that are remembered; a tree that asks for a label of identity has as many as there are alerts.
const SHAPES_MAX: usize = 200_000;

/// Where a way through the routes ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The matchers on the way down and the receiver at its end: what tells this route from others, in this configuration
    /// and in a later one.
    pub route: SafeText,
    pub receiver: SafeText,
    pub group_by: GroupBy,
    /// The receivers of routes before it that take the same label sets.
    pub also: Vec<SafeText>,
}

impl Taken {
    /// The labels that name a group here, with an empty value where one is absent.
    pub fn group_of(&self, labels: &Labels) -> Labels {
        match &self.group_by {
            GroupBy::All => labels.clone(),
            GroupBy::Labels(names) => {
                names.iter().map(|n| (n.clone(), labels.get(n.raw()).cloned().unwrap_or_default())).collect()
            }
        }
    }
}

impl Policy {
    /// The route that takes a label set; none where the tree takes nothing at all.
    pub fn takes(&self, labels: &Labels) -> Option<Taken> {
        let ways = self.root.ways(labels);
        let (last, before) = ways.split_last()?;
        let end = last.end()?;
        let mut also: Vec<SafeText> = Vec::new();
        for receiver in before.iter().filter_map(Way::end).map(|r| &r.options.receiver) {
            if *receiver != end.options.receiver && !also.contains(receiver) {
                also.push(receiver.clone());
            }
        }
        Some(Taken {
            route: key(last),
            receiver: end.options.receiver.clone(),
            group_by: end.options.group_by.clone(),
            also,
        })
    }

    /// Whether it has a route of this key.
    pub fn has(&self, route: &SafeText) -> bool {
        holds(&self.root, "", route.raw())
    }
}

fn step(route: &Route) -> String {
    let matchers: Vec<String> = route.matchers.iter().map(ToString::to_string).collect();
    format!("{{{}}}", matchers.join(","))
}

fn ended(path: &str, route: &Route) -> String {
    format!("{path} -> {}", route.options.receiver.raw())
}

fn key(way: &Way<'_>) -> SafeText {
    let path: Vec<String> = way.steps.iter().map(|s| step(s.route)).collect();
    SafeText::new(&way.end().map_or_else(String::new, |end| ended(&path.join("/"), end)))
}

fn holds(route: &Route, above: &str, wanted: &str) -> bool {
    let path = if above.is_empty() { step(route) } else { format!("{above}/{}", step(route)) };
    ended(&path, route) == wanted || route.routes.iter().any(|child| holds(child, &path, wanted))
}

/// The ways through one policy that were walked already.
#[derive(Clone, Debug)]
pub struct Memo {
    policy: Arc<Policy>,
    /// Every label that a matcher of the tree asks for.
    asked: Vec<String>,
    known: HashMap<u64, Vec<Walked>>,
    shapes: usize,
}

#[derive(Clone, Debug)]
struct Walked {
    values: Box<[SafeText]>,
    taken: Option<Arc<Taken>>,
}

impl Memo {
    pub fn new(policy: &Arc<Policy>) -> Self {
        let mut asked = Vec::new();
        ask(&policy.root, &mut asked);
        asked.sort_unstable();
        asked.dedup();
        Self { policy: policy.clone(), asked, known: HashMap::new(), shapes: 0 }
    }

    pub fn is_of(&self, policy: &Arc<Policy>) -> bool {
        Arc::ptr_eq(&self.policy, policy)
    }

    /// As [`Policy::takes`].
    pub fn takes(&mut self, labels: &Labels) -> Option<Arc<Taken>> {
        let mut hasher = DefaultHasher::new();
        self.asked.iter().for_each(|name| labels.value(name).hash(&mut hasher));
        let hash = hasher.finish();
        let same = |w: &&Walked| self.asked.iter().zip(&*w.values).all(|(n, v)| labels.value(n) == v.raw());
        if let Some(walked) = self.known.get(&hash).and_then(|all| all.iter().find(same)) {
            return walked.taken.clone();
        }
        self.walk(hash, labels)
    }

    fn walk(&mut self, hash: u64, labels: &Labels) -> Option<Arc<Taken>> {
        if self.shapes >= SHAPES_MAX {
            self.known.clear();
            self.shapes = 0;
        }
        let taken = self.policy.takes(labels).map(Arc::new);
        let values = self.asked.iter().map(|n| labels.get(n).cloned().unwrap_or_default()).collect();
        self.known.entry(hash).or_default().push(Walked { values, taken: taken.clone() });
        self.shapes += 1;
        taken
    }
}

fn ask(route: &Route, asked: &mut Vec<String>) {
    asked.extend(route.matchers.iter().map(|m| m.name.clone()));
    route.routes.iter().for_each(|child| ask(child, asked));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Time, domain::matcher::Matcher, domain::routing::route::Options};

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().copied().collect()
    }

    fn route(matchers: Vec<Matcher>, receiver: &str, group_by: GroupBy, routes: Vec<Route>) -> Route {
        let options = Options { receiver: receiver.into(), group_by, ..Options::default() };
        Route { matchers, options, mute: Vec::new(), active: Vec::new(), goes_on: receiver == "archive", routes }
    }

    fn policy() -> Arc<Policy> {
        let by = |names: &[&str]| GroupBy::Labels(names.iter().map(|n| SafeText::new(n)).collect());
        let db = route(vec![Matcher::equal("team", "db")], "db", by(&["cluster"]), Vec::new());
        let archive = route(Vec::new(), "archive", GroupBy::All, Vec::new());
        let root = route(Vec::new(), "oncall", by(&["alertname"]), vec![archive, db]);
        let (inhibits, intervals, receivers) = (Vec::new(), Default::default(), Vec::new());
        Arc::new(Policy { read_at: Time::UNIX_EPOCH, root, inhibits, intervals, receivers, problems: Vec::new() })
    }

    #[test]
    fn of_several_routes_the_last_one_takes_it_and_the_others_are_named() {
        let taken = policy().takes(&labels(&[("team", "db"), ("cluster", "eu"), ("pod", "1")])).unwrap();
        assert_eq!((taken.receiver.raw(), taken.also.as_slice()), ("db", &[SafeText::new("archive")][..]));
        assert_eq!(taken.route.raw(), "{}/{team=\"db\"} -> db");
        assert_eq!(taken.group_of(&labels(&[("team", "db")])), labels(&[("cluster", "")]), "absent is empty");
        assert!(policy().has(&taken.route) && !policy().has(&"{}/{team=\"web\"} -> db".into()));
    }

    #[test]
    fn a_memo_answers_as_the_tree_does_and_walks_it_once_a_shape() {
        let (policy, pods) = (policy(), 50);
        let mut memo = Memo::new(&policy);
        for i in 0..pods {
            let pod = i.to_string();
            for team in ["db", "web"] {
                let labels = labels(&[("team", team), ("pod", &pod)]);
                assert_eq!(memo.takes(&labels).as_deref(), policy.takes(&labels).as_ref());
            }
        }
        assert_eq!(memo.shapes, 2, "no matcher asks for the pod");
    }
}
