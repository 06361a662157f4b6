//! By which routes each source tells people, as its live configuration was read last: the groups that follow from it.
//!
//! A configuration seldom changes, so it is asked for now and then; one that was read stays until a newer one is. Where none
//! was ever read, a guess stands in for it, and is called one.

use std::{collections::BTreeMap, sync::Arc};

use chrono::Duration;

use crate::{
    app::effect::{Effect, Effects},
    domain::{
        Time,
        alert::Alert,
        contract::Group,
        label::Labels,
        routing::{Policy, taken::Taken},
        source::{SourceError, SourceName},
    },
};

use super::{World, board::Row};

/// What Alertmanager groups by in the configuration that most begin with.
pub const GUESS: [&str; 3] = ["alertname", "cluster", "service"];

/// How long what was read is believed; how long after a failure it is asked for again.
const READ_AGAIN: Duration = Duration::minutes(5);
const TRY_AGAIN: Duration = Duration::minutes(1);

/// What each source that delivers alerts shows of its routes.
#[derive(Debug, Default)]
pub struct Routes(BTreeMap<SourceName, Shown>);

#[derive(Debug, Default)]
struct Shown {
    asked_at: Option<Time>,
    policy: Option<Arc<Policy>>,
    /// Why it could not be read the last time.
    error: Option<SourceError>,
}

impl Shown {
    fn is_due(&self, now: Time) -> bool {
        let wait = if self.error.is_some() || self.policy.is_none() { TRY_AGAIN } else { READ_AGAIN };
        self.asked_at.is_none_or(|at| now - at >= wait)
    }
}

impl Routes {
    /// What holds for the alerts of a source: its own, that of another source that has the alert too, or the only one there is
    /// for an alert of a source that delivers none itself.
    pub fn of(&self, source: &SourceName, also: &[SourceName]) -> Option<(&SourceName, &Arc<Policy>)> {
        let known = |name: &SourceName| self.0.get_key_value(name).and_then(|(n, s)| Some((n, s.policy.as_ref()?)));
        if let Some(own) = self.0.get(source) {
            return own.policy.as_ref().and_then(|_| known(source));
        }
        also.iter().find_map(known).or_else(|| {
            let mut all = self.0.keys();
            all.next().filter(|_| all.next().is_none()).and_then(known)
        })
    }

    /// Sources of which nothing was read yet, with the reason where there is one.
    pub fn unread(&self) -> impl Iterator<Item = (&SourceName, Option<&SourceError>)> {
        self.0.iter().filter(|(_, s)| s.policy.is_none()).map(|(name, s)| (name, s.error.as_ref()))
    }

    /// Sources with routes of which parts could not be read.
    pub fn in_part(&self) -> impl Iterator<Item = &SourceName> {
        let has_problems = |s: &Shown| s.policy.as_ref().is_some_and(|p| !p.problems.is_empty());
        self.0.iter().filter(move |(_, s)| has_problems(s)).map(|(name, _)| name)
    }

    pub(super) fn forget(&mut self, source: &SourceName) {
        self.0.remove(source);
    }

    pub fn sources(&self) -> usize {
        self.0.len()
    }
}

impl World {
    /// Asks for the routes of sources that deliver alerts, where they were not read of late.
    pub(crate) fn ask_routes(&mut self, now: Time) -> Effects {
        let delivers = self.sources.iter().filter(|s| s.about.can.alerts && !s.about.can.evaluates);
        let mut effects = Vec::new();
        for name in delivers.map(|s| s.about.name.clone()) {
            let shown = self.routes.0.entry(name.clone()).or_default();
            if shown.is_due(now) {
                shown.asked_at = Some(now);
                effects.push(Effect::ReadRoutes(name));
            }
        }
        effects
    }

    /// Takes what was read; answers whether anything follows from it that did not before.
    pub(crate) fn routes_told(&mut self, name: SourceName, told: Result<Arc<Policy>, SourceError>) -> bool {
        let shown = self.routes.0.entry(name).or_default();
        match told {
            Err(error) => shown.error.replace(error).is_none() && shown.policy.is_none(),
            Ok(policy) => {
                shown.error = None;
                let same = shown.policy.as_ref().is_some_and(|old| says_the_same(old, &policy));
                if !same {
                    shown.policy = Some(policy);
                    self.pages.forget();
                    self.follow_pages();
                }
                !same
            }
        }
    }

    /// The group of an ack's alert: by the labels of the configuration where it names some, else as the source routes.
    pub(crate) fn ack_group(&self, row: &Row) -> Group<'_> {
        let labels = &row.alert.labels;
        if let Some(names) = &self.ack.group_by {
            return Group::by(labels, names);
        }
        let Some((_, policy)) = self.routes.of(&row.id.source, &row.also) else {
            return Group::by(labels, &GUESS);
        };
        let Some(taken) = policy.takes(labels) else { return Group::by(labels, &GUESS) };
        let group = taken.group_of(labels);
        let holds = {
            let (taken, group) = (taken.clone(), group.clone());
            move |other: &Alert| is_in(policy, &taken, &group, &other.labels)
        };
        Group { route: Some(taken.route), labels: group, holds: Box::new(holds) }
    }

    /// Whether an alert of a source falls into a group of a route. Where nobody can say, because the routes cannot be read or
    /// are others by now, the labels alone decide: an ack rather breaks than hides a newcomer.
    pub(crate) fn is_routed_into(&self, source: &SourceName, (route, group): Routed<'_>, labels: &Labels) -> bool {
        let Some((_, policy)) = self.routes.of(source, &[]).filter(|(_, p)| p.has(route)) else { return true };
        policy.takes(labels).is_some_and(|t| t.route == *route && t.group_of(labels) == *group)
    }
}

/// A route by its key, and the labels of a group there.
type Routed<'a> = (&'a crate::domain::text::SafeText, &'a Labels);

fn is_in(policy: &Policy, taken: &Taken, group: &Labels, labels: &Labels) -> bool {
    policy.takes(labels).is_some_and(|t| t.route == taken.route && t.group_of(labels) == *group)
}

fn says_the_same(old: &Policy, new: &Policy) -> bool {
    old.root == new.root && old.problems == new.problems && old.receivers == new.receivers
}
