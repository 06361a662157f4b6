//! What is wrong, as alerts: crash loops, instances that are down, deployments that do not come to an end.
//!
//! Knows no HTTP. Cloud Foundry has no alerts of its own: these are drawn from what it tells.

use std::{collections::BTreeMap, sync::Arc};

use chrono::Duration;

use super::{
    deploys::Deploys,
    feed::why,
    health::{Health, Process},
    names::{App, Names},
    wire::{Deployment, Event},
};
use crate::domain::{
    Time,
    alert::Alert,
    duration,
    label::{Fingerprint, Labels},
    text::SafeText,
};

/// Indices that are named; of more their number is.
const NAMED: usize = 10;

/// When something is an alert.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) crashes: usize,
    pub(super) within: Duration,
    pub(super) deploys_within: Duration,
}

/// What an alert is made of.
struct Draft<'a> {
    /// What tells it from others of its name.
    key: &'a str,
    name: &'static str,
    severity: &'static str,
    app: &'a App,
    labels: Vec<(&'static str, String)>,
    summary: String,
    description: String,
    began: Time,
}

impl Draft<'_> {
    fn alert(self, url: Option<SafeText>, now: Time) -> Arc<Alert> {
        let app = self.app;
        let mut labels = vec![
            ("alertname", self.name.to_owned()),
            ("severity", self.severity.to_owned()),
            ("service", app.name.raw().to_owned()),
            ("app", app.name.raw().to_owned()),
            ("space", app.space.raw().to_owned()),
            ("organization", app.organization.raw().to_owned()),
        ];
        labels.extend(self.labels);
        labels.retain(|(_, value)| !value.is_empty());
        let mut annotations = vec![("summary", self.summary), ("app_guid", app.guid.clone())];
        if !self.description.is_empty() {
            annotations.push(("description", self.description));
        }
        let (labels, annotations) = (labels.into_iter().collect(), annotations.into_iter().collect());
        let alert = Alert::firing(identity(self.name, self.key), labels, annotations, self.began.min(now));
        Arc::new(Alert { source_url: url, ..alert })
    }
}

/// By guids, so that a new name is no new alert.
fn identity(name: &str, key: &str) -> Fingerprint {
    [("alertname", name), ("key", key)].into_iter().collect::<Labels>().fingerprint()
}

/// Apps that crash again and again: since the first crash of the run that still goes on.
pub(super) fn crash_loops(
    crashes: &[&Event],
    limits: Limits,
    names: &Names,
    page: &dyn Fn(&App) -> Option<SafeText>,
    now: Time,
) -> Vec<Arc<Alert>> {
    let mut by_app: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
    for crash in crashes {
        by_app.entry(&crash.target.guid).or_default().push(crash);
    }
    let mut alerts = Vec::new();
    for (guid, crashes) in by_app {
        let app = names.app(guid);
        let recent = crashes.iter().filter(|c| now - c.created_at <= limits.within).count();
        let Some(last) = crashes.last().filter(|_| recent >= limits.crashes && names.sees(&app)) else { continue };
        // Back from the newest for as long as no gap is longer than the window.
        let mut began = last.created_at;
        for crash in crashes.iter().rev() {
            if began - crash.created_at > limits.within {
                break;
            }
            began = crash.created_at;
        }
        let indices: Vec<String> =
            crashes.iter().filter(|c| c.created_at >= began).filter_map(|c| c.datum("index")).collect();
        let within = duration::short(limits.within);
        let draft = Draft {
            key: guid,
            name: "CloudFoundryCrashLoop",
            severity: "error",
            app: &app,
            labels: vec![("process", last.process().to_owned()), ("instance", listed(indices))],
            summary: format!("{} crashed {recent} times within {within}{}", app.name, why(last)),
            description: last.datum("reason").map(|r| format!("the last time: {r}")).unwrap_or_default(),
            began,
        };
        alerts.push(draft.alert(page(&app), now));
    }
    alerts
}

/// Processes of which instances do not run.
pub(super) fn down(
    health: &Health,
    names: &Names,
    page: &dyn Fn(&App) -> Option<SafeText>,
    now: Time,
) -> Vec<Arc<Alert>> {
    let one = |(guid, kind): (&str, &str), process: &Process| {
        let app = names.app(guid);
        let began = process.since.filter(|_| names.sees(&app))?;
        let (down, all) = (process.down.len(), process.instances);
        let states: Vec<String> = process.down.iter().map(|(i, state)| format!("{i} {state}")).collect();
        let draft = Draft {
            key: &format!("{guid}/{kind}"),
            name: "CloudFoundryInstancesDown",
            severity: if down == all { "critical" } else { "error" },
            app: &app,
            labels: vec![
                ("process", kind.to_owned()),
                ("instance", listed(process.down.iter().map(|(i, _)| i.to_string()).collect())),
            ],
            summary: format!("{}: {down} of {all} instances of {kind} do not run", app.name),
            description: [listed(states), process.why.clone()].join("; ").trim_end_matches("; ").to_owned(),
            began,
        };
        Some(draft.alert(page(&app), now))
    };
    health.processes.iter().filter_map(|((guid, kind), p)| one((guid, kind), p)).collect()
}

/// Deployments that failed, or are under way for too long.
pub(super) fn deployments(
    deploys: &Deploys,
    limits: Limits,
    names: &Names,
    page: &dyn Fn(&App) -> Option<SafeText>,
    now: Time,
) -> Vec<Arc<Alert>> {
    let one = |d: &Deployment| {
        let app = names.app(d.app());
        let long = now - d.created_at > limits.deploys_within;
        if !names.sees(&app) || !(long || d.error().is_some()) {
            return None;
        }
        let reason = d.status.reason.to_ascii_lowercase();
        let healthy = d.status.details.as_ref().and_then(|d| d.last_successful_healthcheck);
        let mut said: Vec<String> = d.error().map(|e| e.raw().to_owned()).into_iter().collect();
        said.extend(healthy.map(|at| format!("last healthy {} UTC", at.format("%H:%M:%S"))));
        let (name, severity, began, what) = match d.error() {
            Some(_) => ("CloudFoundryDeploymentFails", "error", d.created_at, "does not succeed"),
            None => {
                ("CloudFoundryDeploymentSlow", "warning", d.created_at + limits.deploys_within, "is under way for long")
            }
        };
        let draft = Draft {
            key: &d.guid,
            name,
            severity,
            app: &app,
            labels: vec![("status", reason.clone())],
            summary: format!(
                "{}: its deployment {what} ({reason} since {} UTC)",
                app.name,
                d.created_at.format("%H:%M")
            ),
            description: said.join("; "),
            began,
        };
        Some(draft.alert(page(&app), now))
    };
    deploys.active.values().filter_map(one).collect()
}

fn listed(mut items: Vec<String>) -> String {
    items.sort_by_key(|i| (i.len(), i.clone()));
    items.dedup();
    let more = items.len().saturating_sub(NAMED);
    items.truncate(NAMED);
    let list = items.join(",");
    if more > 0 { format!("{list} and {more} more") } else { list }
}
