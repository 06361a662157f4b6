//! The tree of routes, walked as Alertmanager walks it: depth first, the first child that matches unless it goes on.

use chrono::Duration;

use crate::domain::{
    label::Labels,
    matcher::{Matcher, all_match},
    text::SafeText,
};

/// What a route has where nobody says otherwise: Alertmanager's own defaults, in seconds.
pub const GROUP_WAIT: i64 = 30;
pub const GROUP_INTERVAL: i64 = 5 * 60;
pub const REPEAT_INTERVAL: i64 = 4 * 3_600;

/// By which labels a route makes groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// `...`: every label set is a group of its own.
    All,
    Labels(Vec<SafeText>),
}

/// What a route hands down to its children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    pub receiver: SafeText,
    pub group_by: GroupBy,
    pub group_wait: Duration,
    pub group_interval: Duration,
    pub repeat_interval: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            receiver: SafeText::default(),
            group_by: GroupBy::Labels(Vec::new()),
            group_wait: Duration::seconds(GROUP_WAIT),
            group_interval: Duration::seconds(GROUP_INTERVAL),
            repeat_interval: Duration::seconds(REPEAT_INTERVAL),
        }
    }
}

/// One route, with all that it inherited.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    pub matchers: Vec<Matcher>,
    pub options: Options,
    /// Names of intervals in which it is mute; never inherited.
    pub mute: Vec<SafeText>,
    /// Names of intervals outside which it is mute; never inherited.
    pub active: Vec<SafeText>,
    /// `continue`: the next siblings are tried though this one matched.
    pub goes_on: bool,
    pub routes: Vec<Route>,
}

/// One route on the way down.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    pub route: &'a Route,
    /// How many of its siblings before it do not match.
    pub passed: usize,
}

/// One way down: from the root to the route that takes the alert.
#[derive(Clone, Debug)]
pub struct Way<'a> {
    pub steps: Vec<Step<'a>>,
}

impl<'a> Way<'a> {
    /// The route that takes the alert.
    pub fn end(&self) -> Option<&'a Route> {
        self.steps.last().map(|s| s.route)
    }
}

impl Route {
    fn matches(&self, labels: &Labels) -> bool {
        all_match(&self.matchers, labels)
    }

    /// Every way that a label set takes from here, in the order of the file; at least one from a root.
    pub fn ways(&self, labels: &Labels) -> Vec<Way<'_>> {
        let mut ways = Vec::new();
        self.walk(labels, &mut vec![Step { route: self, passed: 0 }], &mut ways);
        ways
    }

    /// Answers whether this route took it.
    fn walk<'a>(&'a self, labels: &Labels, path: &mut Vec<Step<'a>>, ways: &mut Vec<Way<'a>>) -> bool {
        if !self.matches(labels) {
            return false;
        }
        let before = ways.len();
        for (passed, child) in self.routes.iter().enumerate() {
            path.push(Step { route: child, passed });
            let took = child.walk(labels, path, ways);
            path.pop();
            if took && !child.goes_on {
                break;
            }
        }
        if ways.len() == before {
            ways.push(Way { steps: path.clone() });
        }
        true
    }

    /// The labels that name the group of a label set here.
    pub fn group_of(&self, labels: &Labels) -> Labels {
        let is_key = |name: &SafeText| match &self.options.group_by {
            GroupBy::All => true,
            GroupBy::Labels(names) => names.contains(name),
        };
        labels.iter().filter(|(n, _)| is_key(n)).map(|(n, v)| (n.clone(), v.clone())).collect()
    }
}
