//! New alerts that match the filter of an open incident join it by themselves: an entry, as when a person links one.

use crate::{
    app::{
        effect::{Effect, Effects},
        world::board::Row,
    },
    domain::{
        Time,
        entry::NewEntry,
        filter::Filter,
        incident::{Attached, BEFORE, Change, Incident, IncidentId, Link, earlier},
        text::SafeText,
    },
};

use super::{World, plan::read_filter};

impl World {
    /// The alerts that fire and match, in the order of the board.
    pub(super) fn matching<'w>(&'w self, filter: &'w Filter, now: Time) -> impl Iterator<Item = &'w Row> {
        let mut sieve = filter.sieve();
        let there = self.board.iter().filter(|r| r.resolved_at.is_none());
        there.filter(move |r| sieve.passes(&self.facts(r, now)))
    }

    /// The alerts that fire and match, as they are linked by hand.
    pub fn links_of(&self, filter: &Filter, now: Time) -> Vec<Link> {
        self.matching(filter, now).filter_map(|r| self.link(&r.id, false)).collect()
    }

    /// Lets alerts join the open incidents whose filter they match. One that was detached by hand stays out, and what
    /// began long before the incident is not part of it.
    pub(crate) fn join_incidents(&mut self, now: Time) -> Effects {
        if self.may_write().is_err() {
            return Vec::new();
        }
        let joining = self.incidents.all.open().filter_map(|i| Some((i, self.joiners(i, now)?)));
        let all: Vec<(IncidentId, SafeText, Vec<Link>)> =
            joining.map(|(i, links)| (i.id.clone(), i.title.clone(), links)).collect();
        let mut entries = Vec::new();
        for (id, title, links) in all {
            for link in links {
                self.incidents.joining.insert((id.clone(), link.alert.clone()));
                entries.push(joined(&id, &title, link, now));
            }
        }
        if entries.is_empty() { Vec::new() } else { vec![Effect::Observe(entries)] }
    }

    fn joiners(&self, incident: &Incident, now: Time) -> Option<Vec<Link>> {
        let filter = read_filter(incident.filter.as_ref()?.raw()).ok()?;
        let since = earlier(incident.declared_at()?, BEFORE);
        let is_new = |r: &&Row| {
            r.alert.starts_at >= since
                && !incident.alerts.contains_key(&r.id)
                && !incident.detached.contains_key(&r.id)
                && !self.incidents.joining.contains(&(incident.id.clone(), r.id.clone()))
        };
        Some(self.matching(&filter, now).filter(is_new).filter_map(|r| self.link(&r.id, true)).collect())
    }
}

/// Whoever sees it first writes it, once.
fn joined(id: &IncidentId, title: &SafeText, link: Link, now: Time) -> NewEntry {
    let once = format!("incident.joined:{}:{}", id.as_str(), link.alert);
    let change = Change::Attached(Attached { alerts: vec![link], ..Attached::default() });
    NewEntry {
        at: now,
        actor: SafeText::new("watchfire"),
        kind: change.kind(),
        subject: id.subject(),
        source: None,
        body: change.body(title, ""),
        once: Some(once),
    }
}
