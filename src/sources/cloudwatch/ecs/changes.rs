//! What happened to services: new deployments, ECS' own words, tasks that stopped; each is told once.
//!
//! ECS repeats its last hundred events in every answer, and tells them late now and then: they are known by their ids.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;

use super::{Seen, page, wire::Deployment};
use crate::{
    domain::{Time, source::Change, text::SafeText},
    sources::cloudwatch::place::{Region, short},
};

/// How far back the first answer is told.
const FIRST: Duration = Duration::days(1);
/// How late something may be told.
const LATE: Duration = Duration::hours(1);

/// What is known and what of it was told.
#[derive(Debug, Default)]
pub(super) struct News {
    known: BTreeMap<String, Change>,
    told: BTreeSet<String>,
}

impl News {
    /// Takes in one answer; what is in it no more is forgotten.
    pub(super) fn learn(&mut self, seen: &[Seen], region: &Region) {
        let all = seen.iter().flat_map(|s| of(s, region));
        let all: BTreeMap<String, Change> = all.filter_map(|c| Some((c.id.as_ref()?.raw().to_owned(), c))).collect();
        self.told.retain(|id| all.contains_key(id));
        self.known = all;
    }

    /// Those since then that were not told, oldest first.
    pub(super) fn take(&mut self, since: Time, now: Time) -> Vec<Change> {
        let from = (now - FIRST).max(if since == Time::UNIX_EPOCH { since } else { since - LATE });
        let is_new = |(id, change): &(&String, &Change)| change.at > from && !self.told.contains(*id);
        let mut new: Vec<Change> = self.known.iter().filter(is_new).map(|(_, c)| c.clone()).collect();
        new.sort_by_key(|c| c.at);
        self.told.extend(self.known.keys().cloned());
        new
    }
}

fn of(seen: &Seen, region: &Region) -> Vec<Change> {
    let (service, page) = (&seen.service, page(&seen.service, region));
    let change = |at, id: &str, kind: &str, title: String, text: String| Change {
        at,
        kind: SafeText::new(kind),
        title: SafeText::new(&title),
        by: "ECS".into(),
        text: SafeText::new(&text),
        service: Some(SafeText::new(&service.service_name)),
        id: Some(SafeText::new(id)),
        url: page.clone(),
    };
    let deployed = service.deployments.iter().filter_map(|d| {
        let title = format!("{} {}", service.service_name, short(d.task_definition.as_deref().unwrap_or_default()));
        Some(change(d.created_at?, &d.id, "deploy", title, words(d)))
    });
    let events = service.events.iter().filter_map(|e| {
        let message = e.message.clone().unwrap_or_default();
        Some(change(e.created_at?, e.id.as_deref()?, "ecs", message, String::new()))
    });
    let stopped = seen.stopped.iter().filter(|t| t.crashed()).filter_map(|t| {
        let title = format!("{}: a task stopped", service.service_name);
        Some(change(t.stopped_at?, &t.task_arn, "crash", title, t.words()))
    });
    deployed.chain(events).chain(stopped).collect()
}

fn words(deployment: &Deployment) -> String {
    let said = [&deployment.status, &deployment.rollout_state, &deployment.rollout_state_reason];
    said.into_iter().flatten().filter(|t| !t.is_empty()).cloned().collect::<Vec<_>>().join(", ")
}
