//! What is wrong with a pod.

use chrono::Duration;

use crate::domain::Time;

use super::{
    object::{Finding, Object},
    options::Options,
    resource::Resource,
    wire::{Condition, ContainerStatus, Terminated, WirePod},
};

/// A container that ran this long after a crash is forgiven: the kubelet forgets its back-off then too.
const FORGIVEN_AFTER: Duration = Duration::minutes(10);
/// Reason of a container that crashes again and again.
pub(super) const LOOPS: &str = "CrashLoopBackOff";
/// How much slower than by its back-offs alone a loop may be: images, init containers, runs of other lengths.
const LATE: (f64, Duration) = (1.25, Duration::minutes(10));
/// How long a container that was killed once, or a pod that was evicted, is worth a row.
const REMEMBERED: Duration = Duration::hours(1);

pub(super) fn object(pod: &WirePod, options: &Options) -> Object {
    let mut object = Object::new(Resource::Pods, &pod.metadata);
    object.findings = findings(pod, options);
    object
}

fn findings(pod: &WirePod, options: &Options) -> Vec<Finding> {
    // One that is asked to go is the business of whoever asked.
    if pod.metadata.deletion_timestamp.is_some() {
        return Vec::new();
    }
    match pod.status.phase.as_deref() {
        Some("Failed") => failed(pod).into_iter().collect(),
        Some("Succeeded") => Vec::new(),
        _ => alive(pod, options),
    }
}

fn failed(pod: &WirePod) -> Option<Finding> {
    let status = &pod.status;
    let finished = statuses(pod).filter_map(|s| s.state.as_ref()?.terminated.as_ref()?.finished_at).max();
    let at = finished.or(transition(pod, "Ready")).or(status.start_time).unwrap_or_else(|| began(pod));
    if status.reason.as_deref() == Some("Evicted") {
        let evicted = Finding::at_once("Evicted", at, "was evicted", status.message.as_deref());
        return Some(Finding { until: Some(at + REMEMBERED), ..evicted });
    }
    // The job of a pod says itself when it gave up.
    if pod.metadata.owner().is_some_and(|o| o.kind == "Job") {
        return None;
    }
    let words = match status.reason.as_deref() {
        Some(reason) => format!("failed ({reason})"),
        None => "failed".to_owned(),
    };
    Some(Finding::at_once("PodFailed", at, words, status.message.as_deref()))
}

fn alive(pod: &WirePod, options: &Options) -> Vec<Finding> {
    let found: Vec<Finding> = statuses(pod).filter_map(|s| container(pod, s)).collect();
    if found.iter().any(|f| f.until.is_none()) {
        return found;
    }
    let slow = waits(pod, options).or_else(|| unready(pod, options));
    found.into_iter().chain(slow).collect()
}

fn statuses(pod: &WirePod) -> impl Iterator<Item = &ContainerStatus> {
    let status = &pod.status;
    status.init_container_statuses.iter().flatten().chain(status.container_statuses.iter().flatten())
}

fn began(pod: &WirePod) -> Time {
    pod.status.start_time.or(pod.metadata.creation_timestamp).unwrap_or_default()
}

fn condition<'a>(pod: &'a WirePod, kind: &str) -> Option<&'a Condition> {
    pod.status.conditions.iter().flatten().find(|c| c.kind == kind)
}

fn transition(pod: &WirePod, kind: &str) -> Option<Time> {
    condition(pod, kind)?.last_transition_time
}

/// What its own state tells of one container.
fn container(pod: &WirePod, status: &ContainerStatus) -> Option<Finding> {
    let (state, last) = (status.state.as_ref()?, status.last_state.as_ref().and_then(|l| l.terminated.as_ref()));
    let finding = if let Some(waiting) = &state.waiting {
        let reason = waiting.reason.as_deref().unwrap_or_default();
        stuck(pod, status, reason, waiting.message.as_deref(), last)?
    } else {
        let ended = last.or(state.terminated.as_ref())?;
        crashed(pod, status, ended)?
    };
    Some(Finding { container: Some(status.name.clone()), ..finding })
}

fn stuck(
    pod: &WirePod,
    status: &ContainerStatus,
    reason: &str,
    message: Option<&str>,
    last: Option<&Terminated>,
) -> Option<Finding> {
    let since = transition(pod, "Ready").unwrap_or_else(|| began(pod));
    let at_once = |reason: &str, words: String| Some(Finding::at_once(reason, since, words, message));
    match reason {
        // It begins; how long that may last is asked of the whole pod.
        "" | "ContainerCreating" | "PodInitializing" => None,
        LOOPS => Some(loops(pod, since, status, last, message)),
        "ErrImagePull"
        | "ImagePullBackOff"
        | "InvalidImageName"
        | "ErrImageNeverPull"
        | "RegistryUnavailable"
        | "ImageInspectError"
        | "SignatureValidationFailed" => {
            at_once("ImagePullBackOff", format!("cannot get its image{}", image(pod, &status.name)))
        }
        "CreateContainerConfigError" => at_once(reason, "lacks a part of its configuration".to_owned()),
        "CreateContainerError" | "RunContainerError" => at_once(reason, "cannot be started".to_owned()),
        // What is not known is told as it stands.
        other => at_once(other, format!("waits: {other}")),
    }
}

fn image(pod: &WirePod, name: &str) -> String {
    let mut all = pod.spec.containers.iter().chain(&pod.spec.init_containers);
    all.find(|c| c.name == name).and_then(|c| c.image.as_deref()).map_or_else(String::new, |i| format!(" {i}"))
}

fn loops(
    pod: &WirePod,
    since: Time,
    status: &ContainerStatus,
    last: Option<&Terminated>,
    message: Option<&str>,
) -> Finding {
    let known = last.and_then(|l| l.finished_at).map_or(since, |ended| ended.min(since));
    let since = last.and_then(|l| from_the_first(pod, status, l)).unwrap_or(known);
    let how = last.map_or_else(String::new, |l| format!("{}, ", ending(l)));
    let words = format!("crashes again and again ({how}{})", restarts(status));
    let said = last.and_then(|l| l.message.as_deref()).filter(|m| !m.trim().is_empty());
    Finding::at_once(LOOPS, since, words, said.or(message))
}

/// When the pod began, where its crashes fill the time since then. Of a pod that ran well before, nothing that stays the
/// same from crash to crash tells when it began to loop.
fn from_the_first(pod: &WirePod, status: &ContainerStatus, last: &Terminated) -> Option<Time> {
    let (began, ended) = (pod.status.start_time?, last.finished_at?);
    let run = last.started_at.map_or(0, |started| (ended - started).num_seconds().max(0));
    let restarts = status.restart_count.clamp(0, 100_000);
    // The kubelet waits 10 s, then twice as long each time, and never longer than five minutes.
    let waits = 10 * ((1 << restarts.min(5)) - 1) + 300 * (restarts - 5).max(0);
    let looped = (waits + (restarts + 1).saturating_mul(run)) as f64;
    let passed = (ended - began).num_seconds();
    (passed >= 0 && passed as f64 <= looped * LATE.0 + LATE.1.num_seconds() as f64).then_some(began)
}

fn ending(ended: &Terminated) -> String {
    match ended.reason.as_deref() {
        Some("OOMKilled") => format!("OOMKilled, exit {}", ended.exit_code),
        _ => format!("exit {}", ended.exit_code),
    }
}

fn restarts(status: &ContainerStatus) -> String {
    match status.restart_count {
        1 => "1 restart".to_owned(),
        n => format!("{n} restarts"),
    }
}

/// It runs now, or just ended: between two crashes it is still looping.
fn crashed(pod: &WirePod, status: &ContainerStatus, ended: &Terminated) -> Option<Finding> {
    let at = ended.finished_at?;
    let started = status.state.as_ref().and_then(|s| s.running.as_ref()?.started_at);
    let bad = ended.exit_code != 0;
    if bad && status.restart_count > 2 {
        let since = transition(pod, "Ready").filter(|_| !status.ready).unwrap_or(at);
        let looping = loops(pod, since, status, Some(ended), None);
        return Some(Finding { until: Some(started.unwrap_or(at) + FORGIVEN_AFTER), ..looping });
    }
    if ended.reason.as_deref() != Some("OOMKilled") {
        return None;
    }
    let words = format!("was killed for want of memory ({})", restarts(status));
    let killed = Finding::at_once("OOMKilled", at, words, ended.message.as_deref());
    Some(Finding { until: Some(at + REMEMBERED), ..killed })
}

/// It has no node, or its containers do not begin.
fn waits(pod: &WirePod, options: &Options) -> Option<Finding> {
    if pod.status.phase.as_deref().is_some_and(|p| p != "Pending") {
        return None;
    }
    let scheduled = condition(pod, "PodScheduled");
    let nowhere = scheduled.filter(|c| c.status == "False" && c.reason.as_deref() == Some("Unschedulable"));
    if let Some(nowhere) = nowhere {
        let since = nowhere.last_transition_time.unwrap_or_else(|| began(pod));
        let found = Finding::at_once("Unschedulable", since, "fits on no node", nowhere.message.as_deref());
        return Some(Finding { from: since + options.pending_after, is_shown_early: true, ..found });
    }
    let since = began(pod);
    let doing = statuses(pod).find_map(|s| s.state.as_ref()?.waiting.as_ref()?.reason.clone());
    let doing = doing.map_or_else(String::new, |d| format!(" ({d})"));
    let words = format!("has not begun after {}{doing}", Options::words(options.pending_after));
    Some(Finding { from: since + options.pending_after, ..Finding::at_once("Pending", since, words, None) })
}

fn unready(pod: &WirePod, options: &Options) -> Option<Finding> {
    let ready =
        condition(pod, "Ready").filter(|c| c.status != "True" && c.reason.as_deref() != Some("PodCompleted"))?;
    if pod.metadata.owner().is_some_and(|o| o.kind == "Job") {
        return None;
    }
    let since = ready.last_transition_time.unwrap_or_else(|| began(pod));
    let words = format!("not ready for more than {}", Options::words(options.unready_after));
    let found = Finding::at_once("NotReady", since, words, ready.message.as_deref());
    Some(Finding { from: since + options.unready_after, ..found })
}
