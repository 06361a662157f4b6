//! The board: every job's last result in one answer, and an alert for each that is red, since it went red.
//!
//! Knows no HTTP. A job that nobody may see is none here; a red one that is paused stays, and says so.

use std::sync::Arc;

use url::Url;

use super::{
    Rules,
    wire::{self, Build, Job},
};
use crate::domain::{
    Time,
    alert::Alert,
    held::Held,
    label::{Fingerprint, Labels},
    text::SafeText,
};

/// What tells a job from every other: instances of one pipeline share its name.
pub(super) fn identity(job: &Job) -> Fingerprint {
    let vars = wire::instance(job.pipeline_instance_vars.as_ref());
    let pairs =
        [("job", job.name.as_str()), ("pipeline", &job.pipeline_name), ("team", &job.team_name), ("vars", &vars)];
    pairs.into_iter().collect::<Labels>().fingerprint()
}

/// Since when a job is red: when the first build of this run of failures ended.
pub(super) fn red_since(job: &Job) -> Option<Time> {
    let finished = job.finished_build.as_ref().filter(|b| b.is_red())?;
    let first = job.transition_build.as_ref().filter(|b| b.is_red()).unwrap_or(finished);
    first.ended().or_else(|| first.began()).or_else(|| finished.ended())
}

/// The alert of a red job; none for any other.
pub(super) fn alert(job: &Job, rules: &Rules, page: &Url, now: Time) -> Option<Alert> {
    let finished = job.finished_build.as_ref().filter(|b| b.is_red())?;
    let since = red_since(job).unwrap_or(now).min(now);
    Some(Alert {
        source_url: Some(SafeText::new(build_page(page, job, finished).as_str())),
        held: Some(Arc::new(Held { word: held(job, finished).into(), ..Held::default() })),
        ..Alert::firing(identity(job), labels(job, rules), annotations(job, finished), since)
    })
}

fn held(job: &Job, finished: &Build) -> String {
    match &job.paused_by {
        _ if !job.paused => finished.status.clone(),
        Some(by) if !by.is_empty() => format!("{}, paused by {by}", finished.status),
        _ => format!("{}, paused", finished.status),
    }
}

fn labels(job: &Job, rules: &Rules) -> Labels {
    let deploys = rules.deploys(&job.name);
    let vars = wire::instance(job.pipeline_instance_vars.as_ref());
    let mut pairs = vec![
        ("alertname", "ConcourseJobFailed".to_owned()),
        ("severity", if deploys { "error" } else { "warning" }.to_owned()),
        ("service", job.pipeline_name.clone()),
        ("team", job.team_name.clone()),
        ("pipeline", job.pipeline_name.clone()),
        ("job", job.name.clone()),
        ("kind", if deploys { "deploy" } else { "build" }.to_owned()),
    ];
    if !vars.is_empty() {
        pairs.push(("instance", vars));
    }
    pairs.into_iter().collect()
}

fn annotations(job: &Job, finished: &Build) -> Labels {
    let name = full_name(&job.pipeline_name, job.pipeline_instance_vars.as_ref(), Some(&job.name));
    let mut pairs = vec![
        ("summary", format!("{name} #{} {}", finished.name, finished.status)),
        ("build", finished.name.clone()),
        ("build_id", finished.id.to_string()),
        ("status", finished.status.clone()),
    ];
    let mut said = Vec::new();
    if let Some(first) = job.transition_build.as_ref().filter(|b| b.is_red() && b.id != finished.id) {
        said.push(format!("red since #{}", first.name));
    }
    if let Some(next) = &job.next_build {
        said.push(format!("#{} is {}", next.name, next.status));
    }
    if job.paused {
        said.push("the job is paused".to_owned());
    }
    if let Some(comment) = finished.comment.as_ref().filter(|c| !c.trim().is_empty()) {
        said.push(format!("comment: {}", comment.trim()));
    }
    if !said.is_empty() {
        pairs.push(("description", said.join("; ")));
    }
    pairs.into_iter().collect()
}

/// `shop(branch:main)/deploy`.
pub(super) fn full_name(
    pipeline: &str,
    vars: Option<&serde_json::Map<String, serde_json::Value>>,
    job: Option<&str>,
) -> String {
    let vars = wire::instance(vars);
    let vars = if vars.is_empty() { vars } else { format!("({vars})") };
    job.map_or_else(|| format!("{pipeline}{vars}"), |job| format!("{pipeline}{vars}/{job}"))
}

fn build_page(page: &Url, job: &Job, build: &Build) -> Url {
    let parts = ["teams", &job.team_name, "pipelines", &job.pipeline_name, "jobs", &job.name, "builds", &build.name];
    with(page, &parts, &wire::query(job.pipeline_instance_vars.as_ref()))
}

/// A page beneath another; every part is one segment.
pub(super) fn with(page: &Url, parts: &[&str], query: &[(String, String)]) -> Url {
    let mut url = page.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(parts);
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}
