//! What of a service is an alert: a rollout that failed or whose tasks fail, and fewer tasks than are wanted.
//!
//! A service that was below for a moment is pending: every rollout and every scaling is below for a while.

use std::collections::BTreeMap;

use chrono::Duration;

use super::{
    Seen, page,
    wire::{Deployment, Service},
};
use crate::{
    domain::{
        Time,
        alert::{Alert, AlertState},
        label::Labels,
        text::SafeText,
    },
    sources::cloudwatch::{
        alert::fingerprint,
        place::{Arn, Region, short},
    },
};

/// How long a service may run less than it should before that fires.
const BELOW_FOR: Duration = Duration::minutes(3);

/// What one alert says beyond its service.
struct Case<'a> {
    /// What tells it from the others of its service.
    key: String,
    name: &'a str,
    severity: &'a str,
    summary: String,
    native: &'a str,
    began: Time,
    state: AlertState,
    fires_at: Option<Time>,
}

pub(super) fn alerts(seen: &Seen, below: &BTreeMap<String, Time>, region: &Region, now: Time) -> Vec<Alert> {
    let service = &seen.service;
    let rollouts = service.deployments.iter().filter_map(|d| rollout(service, d, now));
    let since = below.get(&service.service_arn).copied();
    let cases = rollouts.chain(since.map(|since| shortage(service, since, now)));
    cases.map(|case| alert(case, seen, region)).collect()
}

fn rollout<'a>(service: &Service, deployment: &'a Deployment, now: Time) -> Option<Case<'a>> {
    let task = short(deployment.task_definition.as_deref().unwrap_or("its task definition")).to_owned();
    let name = &service.service_name;
    let reason = deployment.rollout_state_reason.as_deref().filter(|r| !r.is_empty());
    let why = reason.map(|r| format!(": {r}")).unwrap_or_default();
    let native = deployment.rollout_state.as_deref().unwrap_or("IN_PROGRESS");
    let (name, severity, summary) = if deployment.has_failed() {
        ("EcsDeploymentFailed", "critical", format!("{name}: the deployment of {task} failed{why}"))
    } else if deployment.failed_tasks > 0 && native != "COMPLETED" {
        let count = deployment.failed_tasks;
        ("EcsTasksFail", "error", format!("{name}: {count} tasks of {task} failed, one after the other{why}"))
    } else {
        return None;
    };
    let began = deployment.updated_at.or(deployment.created_at).filter(|_| deployment.has_failed());
    let began = began.or(deployment.created_at).unwrap_or(now).min(now);
    let (key, state) = (format!("{name}:{}", deployment.id), AlertState::Firing);
    Some(Case { key, name, severity, summary, native, began, state, fires_at: None })
}

fn shortage(service: &Service, began: Time, now: Time) -> Case<'static> {
    let fires = began + BELOW_FOR;
    let is_pending = now < fires && service.running_count > 0;
    let (name, running, wanted) = (&service.service_name, service.running_count, service.desired_count);
    Case {
        key: "below".to_owned(),
        name: "EcsServiceBelowDesired",
        severity: if running == 0 { "critical" } else { "warning" },
        summary: format!("{name}: {running} of {wanted} tasks run, {} are starting", service.pending_count),
        native: "ACTIVE",
        began,
        state: if is_pending { AlertState::Pending } else { AlertState::Firing },
        fires_at: is_pending.then_some(fires),
    }
}

fn alert(case: Case<'_>, seen: &Seen, region: &Region) -> Alert {
    let service = &seen.service;
    let arn = Arn::read(&service.service_arn);
    let labels: Labels = [
        ("alertname", case.name),
        ("severity", case.severity),
        ("service", service.service_name.as_str()),
        ("cluster", short(&service.cluster_arn)),
        ("region", arn.map_or_else(|| region.as_str(), |a| a.region)),
        ("account", arn.map_or("", |a| a.account)),
        ("partition", arn.map_or("", |a| a.partition)),
        ("aws_namespace", "AWS/ECS"),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| (SafeText::new(name), SafeText::new(value)))
    .collect();
    Alert {
        state: case.state,
        fires_at: case.fires_at,
        source_url: page(service, region),
        ..Alert::firing(
            fingerprint(&format!("{}:{}", service.service_arn, case.key)),
            labels,
            annotations(&case, seen),
            case.began,
        )
    }
}

/// The last words of ECS and of the tasks that stopped are the cause more often than not.
fn annotations(case: &Case<'_>, seen: &Seen) -> Labels {
    let mut lines: Vec<String> = Vec::new();
    for task in seen.stopped.iter().filter(|t| t.crashed()) {
        let line = format!("task {} stopped: {}", short(&task.task_arn), task.words());
        if lines.len() < 5 {
            lines.push(line);
        }
    }
    let newest = seen.service.events.iter().max_by_key(|e| e.created_at).and_then(|e| e.message.as_deref());
    lines.extend(newest.map(|message| format!("ECS: {message}")));
    [("summary", case.summary.clone()), ("description", lines.join("\n")), ("state", case.native.to_owned())]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (SafeText::new(name), SafeText::new(&value)))
        .collect()
}
