//! What is wrong with a workload, a job or a node, and which template a workload has.

use chrono::Duration;

use crate::domain::Time;

use super::{
    object::{Finding, Object, Rollout},
    resource::Resource,
    wire::{Condition, Meta, WireNode, WireWorkload},
};

/// How long a controller may take to see that its workload was changed.
const OBSERVED_WITHIN: Duration = Duration::minutes(2);

pub(super) fn object(resource: Resource, workload: &WireWorkload) -> Object {
    let mut object = Object::new(resource, &workload.metadata);
    object.wants = workload.spec.replicas.or(workload.status.desired_number_scheduled);
    object.rollout = rollout(resource, workload);
    if workload.metadata.deletion_timestamp.is_none() {
        object.findings = match resource {
            Resource::Jobs => job(workload).into_iter().collect(),
            Resource::ReplicaSets => Vec::new(),
            _ => stuck(workload),
        };
    }
    object
}

fn conditions(workload: &WireWorkload) -> impl Iterator<Item = &Condition> {
    workload.status.conditions.iter().flatten()
}

fn since(condition: &Condition, meta: &Meta) -> Time {
    condition.last_transition_time.or(meta.creation_timestamp).unwrap_or_default()
}

fn stuck(workload: &WireWorkload) -> Vec<Finding> {
    let meta = &workload.metadata;
    let late = conditions(workload).find(|c| {
        c.kind == "Progressing" && c.status == "False" && c.reason.as_deref() == Some("ProgressDeadlineExceeded")
    });
    let late = late.map(|c| {
        let words = "its rollout is stuck: the deadline for progress has passed";
        Finding::at_once("ProgressDeadlineExceeded", since(c, meta), words, c.message.as_deref())
    });
    let refused = conditions(workload).find(|c| c.kind == "ReplicaFailure" && c.status == "True").map(|c| {
        let why = c.reason.as_deref().unwrap_or("no reason given");
        let words = format!("its pods cannot be made ({why})");
        Finding::at_once("ReplicaFailure", since(c, meta), words, c.message.as_deref())
    });
    late.into_iter().chain(refused).chain(unobserved(workload)).collect()
}

fn unobserved(workload: &WireWorkload) -> Option<Finding> {
    let (wanted, seen) = (workload.metadata.generation?, workload.status.observed_generation.unwrap_or(0));
    if seen >= wanted {
        return None;
    }
    let since = written(&workload.metadata).1.or(workload.metadata.creation_timestamp).unwrap_or_default();
    let words = format!("its controller has not seen generation {wanted}, only {seen}");
    Some(Finding { from: since + OBSERVED_WITHIN, ..Finding::at_once("GenerationNotObserved", since, words, None) })
}

fn job(workload: &WireWorkload) -> Option<Finding> {
    let failed = conditions(workload).find(|c| c.kind == "Failed" && c.status == "True")?;
    let why = failed.reason.as_deref().unwrap_or("no reason given");
    let since = since(failed, &workload.metadata);
    Some(Finding::at_once("JobFailed", since, format!("failed ({why})"), failed.message.as_deref()))
}

fn rollout(resource: Resource, workload: &WireWorkload) -> Option<Rollout> {
    let meta = &workload.metadata;
    let revision = match resource {
        Resource::Deployments | Resource::ReplicaSets => meta.annotation("deployment.kubernetes.io/revision"),
        Resource::StatefulSets => workload.status.update_revision.as_deref(),
        Resource::DaemonSets => meta.annotation("deprecated.daemonset.template.generation"),
        _ => None,
    }?;
    let template = workload.spec.template.as_ref()?;
    let containers = template.spec.init_containers.iter().chain(&template.spec.containers);
    let images = containers.map(|c| (c.name.clone(), c.image.clone().unwrap_or_default())).collect();
    let (by, at) = written(meta);
    let cause = meta.annotation("kubernetes.io/change-cause").map(str::to_owned);
    Some(Rollout { revision: revision.to_owned(), images, by, at, cause })
}

/// Who wrote its template last, and when.
fn written(meta: &Meta) -> (Option<String>, Option<Time>) {
    let last = meta.managed_fields.iter().flatten().filter(|m| m.made_pods()).max_by_key(|m| m.time);
    (last.and_then(|m| m.manager.clone()), last.and_then(|m| m.time))
}

pub(super) fn node(node: &WireNode) -> Object {
    let mut object = Object::new(Resource::Nodes, &node.metadata);
    let at = |c: &Condition| since(c, &node.metadata);
    let found = |c: &Condition| match (c.kind.as_str(), c.status.as_str()) {
        ("Ready", "True") => None,
        ("Ready", status) => {
            let words = if status == "Unknown" { "does not report any more" } else { "is not ready" };
            Some(Finding::at_once("NodeNotReady", at(c), words, c.message.as_deref()))
        }
        (kind @ ("MemoryPressure" | "DiskPressure" | "PIDPressure" | "NetworkUnavailable"), "True") => {
            Some(Finding::at_once(kind, at(c), format!("says {kind}"), c.message.as_deref()))
        }
        _ => None,
    };
    object.findings = node.status.conditions.iter().flatten().filter_map(found).collect();
    object
}
