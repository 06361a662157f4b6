//! What was changed before an alert began: nearest first in place, then in time.
//!
//! A change that came before is not a cause. That it stands here says only that it came before, and how near it was.

use std::cmp::Reverse;

use chrono::Duration;

use crate::domain::{
    alert::Alert,
    change::Weight,
    entry::Entry,
    label::Labels,
    source::{SourceName, Unread},
};

use super::World;

/// Most that are told.
pub const SHOWN: usize = 5;
/// How long before an alert a change may lie that somebody meant.
const MEANT: Duration = Duration::hours(6);
/// The same of what happened by itself.
const HAPPENED: Duration = Duration::hours(1);
/// Clocks differ a little: what is told so much later may have come before.
const SKEW: Duration = Duration::seconds(5);

/// Labels that name what runs, where it runs, and on what.
const SERVICES: [&str; 9] =
    ["service", "app", "job", "deployment", "statefulset", "daemonset", "container", "component", "app_name"];
const NAMESPACES: [&str; 6] = ["namespace", "kubernetes_namespace", "space", "team", "project", "organization"];
const CLUSTERS: [&str; 6] = ["cluster", "region", "environment", "env", "foundation", "datacenter"];

/// How near in place a change is to an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    Service,
    Namespace,
    Cluster,
    Elsewhere,
}

impl Nearness {
    pub fn in_words(self) -> Option<&'static str> {
        match self {
            Self::Service => Some("same service"),
            Self::Namespace => Some("same namespace"),
            Self::Cluster => Some("same cluster"),
            Self::Elsewhere => None,
        }
    }
}

/// One change before an alert.
#[derive(Clone, Copy, Debug)]
pub struct Before<'a> {
    pub entry: &'a Entry,
    pub nearness: Nearness,
    /// From the change to the beginning of the alert; never negative.
    pub ago: Duration,
    /// How often the like happened, this one the last time.
    pub times: usize,
}

impl World {
    /// The sources whose changes cannot be read now: who looks for a cause must know what is not in the list.
    pub fn changes_unread(&self) -> impl Iterator<Item = (&SourceName, &Unread)> {
        self.sources.iter().filter_map(|s| Some((&s.about.name, s.changes_unread.as_ref()?)))
    }

    /// The changes before an alert, out of the newest entries of the journal.
    pub fn changed_before(&self, alert: &Alert) -> Vec<Before<'_>> {
        let began = alert.starts_at;
        let mut found: Vec<Before<'_>> = Vec::new();
        for entry in self.timeline.entries.iter().rev() {
            let Some(weight) = entry.weight() else { continue };
            let ago = began - entry.at;
            let reach = match weight {
                Weight::Marker => MEANT,
                Weight::Crash | Weight::Event => HAPPENED,
                Weight::Quiet | Weight::Paging => continue,
            };
            if ago < -SKEW || ago > reach {
                continue;
            }
            let alike = |b: &&mut Before<'_>| b.entry.kind == entry.kind && b.entry.body.title == entry.body.title;
            match found.iter_mut().find(alike) {
                Some(known) => known.times += 1,
                None => {
                    let nearness = nearness(entry, &alert.labels);
                    found.push(Before { entry, nearness, ago: ago.max(Duration::zero()), times: 1 });
                }
            }
        }
        let meant = |b: &Before<'_>| !b.entry.is_marker();
        found.sort_by_key(|b| (b.nearness, meant(b), b.ago, Reverse(b.entry.seq)));
        found.truncate(SHOWN);
        found
    }
}

/// By the names that both tell; a service may be told with its namespace before it: `shop/checkout`.
fn nearness(entry: &Entry, labels: &Labels) -> Nearness {
    let Some(service) = entry.changed_service() else { return Nearness::Elsewhere };
    let parts: Vec<&str> = service.raw().split('/').map(str::trim).filter(|p| !p.is_empty()).collect();
    let is_named = |names: &[&str], part: &str| {
        names.iter().any(|name| labels.get(name).is_some_and(|v| v.raw().eq_ignore_ascii_case(part)))
    };
    let of = |names: &[&str]| parts.iter().any(|part| is_named(names, part));
    match () {
        () if parts.last().is_some_and(|last| is_named(&SERVICES, last)) => Nearness::Service,
        () if of(&NAMESPACES) => Nearness::Namespace,
        () if of(&CLUSTERS) => Nearness::Cluster,
        () => Nearness::Elsewhere,
    }
}
