//! How Alertmanager decides whom it tells: the tree of routes, rules of inhibition, intervals of the clock.
//!
//! Knows receivers by name and by whether they tell anybody; how they are reached is nobody's business here.

pub mod group_key;
pub mod inhibit;
pub mod interval;
pub mod route;
pub mod taken;
pub mod verdict;

use std::collections::BTreeMap;

use self::{inhibit::InhibitRule, interval::Interval, route::Route};
use super::{Time, text::SafeText};

/// Everything of a configuration that decides whom an alert reaches.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// When it was read from the running server.
    pub read_at: Time,
    pub root: Route,
    pub inhibits: Vec<InhibitRule>,
    /// By name; one holds where any of its parts does.
    pub intervals: BTreeMap<SafeText, Vec<Interval>>,
    pub receivers: Vec<Receiver>,
    /// What could not be read, each in a sentence: an answer that leans on it is no answer.
    pub problems: Vec<SafeText>,
}

/// Whom a route tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    pub name: SafeText,
    /// The kinds of its integrations, such as `pagerduty`; none means that it tells nobody.
    pub kinds: Vec<SafeText>,
}

impl Policy {
    pub fn receiver(&self, name: &SafeText) -> Option<&Receiver> {
        self.receivers.iter().find(|r| &r.name == name)
    }

    /// Whether an interval of this name holds; none where it is not known or lies in a zone that is not.
    pub fn holds(&self, name: &SafeText, at: Time) -> Option<bool> {
        let parts = self.intervals.get(name)?;
        let told: Vec<Option<bool>> = parts.iter().map(|p| p.contains(at)).collect();
        if told.contains(&Some(true)) {
            return Some(true);
        }
        (!told.contains(&None)).then_some(false)
    }
}
