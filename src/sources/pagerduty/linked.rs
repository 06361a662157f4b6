//! The alerts that an incident is made of: the keys under which other systems know them, and what they say.
//!
//! One question an incident, so it is asked only when the incident changed, and of few at a time: the others have their
//! turn at the next poll.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::Value;

use super::{
    Pagerduty,
    memory::Memory,
    pages::{self, Ask},
    wire::{Body, Incident, IncidentAlert},
};
use crate::domain::{Time, text::SafeText};

/// Incidents whose alerts are asked for in one poll.
const AT_ONCE: usize = 8;
/// Pages of alerts of one incident.
const PAGES: usize = 1;
/// Keys and details that are kept of one incident.
const KEYS: usize = 20;
const DETAILS: usize = 20;

/// What an incident looked like when its alerts were read.
pub(super) type Mark = (Option<i64>, Option<Time>, Option<Time>);

#[derive(Clone, Debug, Default)]
pub(super) struct Linked {
    pub(super) mark: Mark,
    /// `alert_key` of each, which is the `dedup_key` of who sent it.
    pub(super) keys: Vec<SafeText>,
    pub(super) severity: Option<SafeText>,
    /// What the first of them says of itself: as labels, and in words.
    pub(super) labels: Vec<(&'static str, SafeText)>,
    pub(super) details: Vec<(String, SafeText)>,
}

fn mark(incident: &Incident) -> Mark {
    (incident.alert_counts.and_then(|c| c.all), incident.updated_at, incident.last_status_change_at)
}

impl Pagerduty {
    /// Reads those of incidents that are new or changed, and forgets those of incidents that are over.
    pub(super) async fn link(&self, incidents: &[Incident], memory: &Memory, now: Time) {
        let stale: Vec<&Incident> = {
            let mut known = memory.known();
            let open: HashSet<&SafeText> = incidents.iter().map(|i| &i.id).collect();
            known.linked.retain(|id, _| open.contains(id));
            let fresh = |i: &&Incident| known.linked.get(&i.id).is_none_or(|l| l.mark != mark(i));
            incidents.iter().filter(fresh).take(AT_ONCE).collect()
        };
        let read =
            join_all(stale.into_iter().map(async |incident| (incident, self.alerts_of(incident, now).await))).await;
        let mut known = memory.known();
        for (incident, linked) in read {
            // An answer that fails leaves what was known, and is asked for again.
            if let Some(linked) = linked {
                known.linked.insert(incident.id.clone(), linked);
            }
        }
    }

    async fn alerts_of(&self, incident: &Incident, now: Time) -> Option<Linked> {
        if !is_id(incident.id.raw()) {
            return None;
        }
        let path = format!("incidents/{}/alerts", incident.id.raw());
        let ask = Ask { path: &path, list: "alerts", query: Vec::new(), pages: PAGES };
        let alerts = pages::read::<IncidentAlert>(&self.http, ask, now).await.ok()?.items;
        Some(Linked { mark: mark(incident), ..Linked::of(&alerts) })
    }
}

/// Whether it can be a part of an address.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

impl Linked {
    fn of(alerts: &[IncidentAlert]) -> Self {
        let mut keys: Vec<SafeText> = alerts.iter().filter_map(|a| a.alert_key.clone()).collect();
        keys.retain(|key| !key.raw().trim().is_empty());
        keys.sort();
        keys.dedup();
        keys.truncate(KEYS);
        let body = alerts.iter().find_map(|a| a.body.as_ref());
        Self {
            mark: Mark::default(),
            keys,
            severity: alerts.iter().find_map(|a| a.severity.clone()),
            labels: body.map(labels).unwrap_or_default(),
            details: body.map(details).unwrap_or_default(),
        }
    }
}

/// Where it came from, by the names under which labels of other systems go.
fn labels(body: &Body) -> Vec<(&'static str, SafeText)> {
    let names = [
        ("source_origin", "instance"),
        ("source_component", "component"),
        ("service_group", "group"),
        ("event_class", "class"),
    ];
    let Some(fields) = &body.cef_details else { return Vec::new() };
    let said = |field: &str| fields.get(field)?.as_str().filter(|t| !t.is_empty()).map(SafeText::new);
    names.into_iter().filter_map(|(field, label)| Some((label, said(field)?))).collect()
}

/// What its sender wrote into it, one level deep.
fn details(body: &Body) -> Vec<(String, SafeText)> {
    match &body.details {
        Some(Value::String(text)) if !text.trim().is_empty() => vec![("details".to_owned(), SafeText::new(text))],
        Some(Value::Object(fields)) => {
            fields.iter().filter_map(|(name, value)| Some((name.clone(), text(value)?))).take(DETAILS).collect()
        }
        _ => Vec::new(),
    }
}

/// A value as a person reads it; none where there is nothing to read.
pub(super) fn text(value: &Value) -> Option<SafeText> {
    match value {
        Value::Null => None,
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(SafeText::new(text)),
        other => Some(SafeText::new(&other.to_string())),
    }
}
