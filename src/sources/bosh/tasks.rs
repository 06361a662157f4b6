//! Tasks: what failed, what takes long, and what was done.
//!
//! Knows no HTTP. A failed task is an alert until the same succeeds for the same deployment.

use std::{collections::BTreeMap, sync::Arc};

use chrono::Duration;

use super::wire::Task;
use crate::domain::{
    Time,
    alert::Alert,
    duration,
    label::{Fingerprint, Labels},
    source::Change,
    text::SafeText,
};

/// When a task is an alert.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) tasks_within: Duration,
    pub(super) failed_for: Duration,
}

/// What an alert of this source is made of.
pub(super) struct Draft<'a> {
    pub(super) name: &'static str,
    /// What tells it from others of its name.
    pub(super) key: String,
    pub(super) severity: &'static str,
    pub(super) director: &'a SafeText,
    pub(super) deployment: &'a str,
    pub(super) labels: Vec<(&'static str, String)>,
    pub(super) annotations: Vec<(&'static str, String)>,
    pub(super) began: Time,
}

impl Draft<'_> {
    pub(super) fn alert(self, now: Time) -> Arc<Alert> {
        let mut labels = vec![
            ("alertname", self.name.to_owned()),
            ("severity", self.severity.to_owned()),
            ("service", self.deployment.to_owned()),
            ("deployment", self.deployment.to_owned()),
            ("cluster", self.director.raw().to_owned()),
        ];
        labels.extend(self.labels);
        labels.retain(|(_, value)| !value.is_empty());
        let annotations = self.annotations.into_iter().filter(|(_, value)| !value.is_empty());
        let (fingerprint, labels) = (identity(self.name, &self.key), labels.into_iter().collect());
        Arc::new(Alert::firing(fingerprint, labels, annotations.collect(), self.began.min(now)))
    }
}

fn identity(name: &str, key: &str) -> Fingerprint {
    [("alertname", name), ("key", key)].into_iter().collect::<Labels>().fingerprint()
}

/// The alerts of all tasks that are known, by number.
pub(super) fn alerts(tasks: &BTreeMap<i64, Task>, limits: Limits, director: &SafeText, now: Time) -> Vec<Arc<Alert>> {
    let mut runs: BTreeMap<(&str, &str), Vec<&Task>> = BTreeMap::new();
    for task in tasks.values().filter(|t| !t.runs()) {
        runs.entry((&task.deployment, &task.description)).or_default().push(task);
    }
    let failed = runs.into_iter().filter_map(|(what, tasks)| failed(what, &tasks, limits, director, now));
    let long = tasks.values().filter_map(|t| long(t, limits, director, now));
    failed.chain(long).collect()
}

/// Ended tasks of one deployment and description, in order: the failures since the last success.
fn failed(
    (deployment, description): (&str, &str),
    tasks: &[&Task],
    limits: Limits,
    director: &SafeText,
    now: Time,
) -> Option<Arc<Alert>> {
    // One that was cancelled says nothing of either.
    let since = tasks.iter().rposition(|t| t.state == "done").map_or(0, |at| at + 1);
    let run: Vec<&&Task> = tasks[since..].iter().filter(|t| t.failed()).collect();
    let (first, last) = (run.first()?, run.last()?);
    if last.at().is_none_or(|at| now - at > limits.failed_for) {
        return None;
    }
    let times = if run.len() > 1 { format!(", {} times", run.len()) } else { String::new() };
    let draft = Draft {
        name: "BoshTaskFailed",
        key: format!("{deployment}\n{description}"),
        severity: if last.is_deploy() { "error" } else { "warning" },
        director,
        deployment,
        labels: vec![("status", last.state.clone())],
        annotations: vec![
            ("summary", format!("{} failed{times} (task {})", of(description, deployment), last.id)),
            ("description", last.result.clone()),
            ("task", last.id.to_string()),
        ],
        began: first.at().unwrap_or(now),
    };
    Some(draft.alert(now))
}

fn long(task: &Task, limits: Limits, director: &SafeText, now: Time) -> Option<Arc<Alert>> {
    let began = task.began().or_else(|| task.at()).filter(|_| task.runs())?;
    if now - began <= limits.tasks_within {
        return None;
    }
    let what = of(&task.description, &task.deployment);
    let draft = Draft {
        name: "BoshTaskLong",
        key: task.id.to_string(),
        severity: "warning",
        director,
        deployment: &task.deployment,
        labels: vec![("status", task.state.clone())],
        annotations: vec![
            ("summary", format!("{what} is {} since {} UTC (task {})", task.state, began.format("%H:%M"), task.id)),
            ("task", task.id.to_string()),
        ],
        began: began + limits.tasks_within,
    };
    Some(draft.alert(now))
}

fn of(description: &str, deployment: &str) -> String {
    if deployment.is_empty() { description.to_owned() } else { format!("{deployment}: {description}") }
}

/// What was done in `(since, now]`.
pub(super) fn changes(tasks: &BTreeMap<i64, Task>, since: Time) -> Vec<Change> {
    let change = |task: &Task, at: Time, what: &str| {
        let took =
            task.began().filter(|_| what != "began").map(|began| format!("took {}", duration::short(at - began)));
        let result = Some(task.result.clone()).filter(|r| !r.is_empty() && what != "began");
        Change {
            at,
            kind: if task.is_deploy() { "deploy" } else { "task" }.into(),
            title: format!("{} {what}", of(&task.description, &task.deployment)).into(),
            by: task.user.clone().unwrap_or_default(),
            text: took.into_iter().chain(result).collect::<Vec<_>>().join("; ").into(),
            service: Some(SafeText::new(&task.deployment)).filter(|d| !d.is_empty()),
            id: Some(format!("task-{}-{what}", task.id).into()),
            url: None,
        }
    };
    let told = |task: &Task| {
        let began = task.began().filter(|at| *at > since && task.is_deploy()).map(|at| change(task, at, "began"));
        let ended = task.at().filter(|at| *at > since && !task.runs()).map(|at| change(task, at, &task.state));
        [began, ended].into_iter().flatten().collect::<Vec<_>>()
    };
    tasks.values().flat_map(told).collect()
}
