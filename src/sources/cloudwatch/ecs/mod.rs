//! Services of ECS, on Fargate or not: which run less than they should, what was deployed, and what ECS says of it.
//!
//! Services are listed seldom and described, ten a question, at every poll. Where ECS does not answer, what it told last
//! stays, as unknown: the alarms beside it are not held up.

mod changes;
mod judge;
mod wire;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use chrono::Duration;
use serde_json::json;

use self::wire::{Clusters, Described, Service, ServiceArns, Stopped, TaskArns, Tasks};
use super::{
    api::{Action, Api},
    options::Options,
    place::{Region, short},
};
use crate::domain::{
    Time,
    alert::{Alert, AlertState},
    source::{Change, Problem, SourceError},
    text::SafeText,
};

/// How often it is asked which services there are.
const LIST_EVERY: Duration = Duration::minutes(10);
/// Most services in one question.
const DESCRIBED_MAX: usize = 10;
/// Most services that are watched: fifty questions a poll.
const SERVICES_MAX: usize = 500;
/// Of how many services that are in trouble it is asked why their tasks stopped.
const STOPPED_MAX: usize = 5;
/// Most stopped tasks of one service that are asked for.
const TASKS_MAX: usize = 20;

/// What was told last.
#[derive(Debug, Default)]
pub(super) struct Ecs(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    /// ARNs of services by those of their clusters.
    services: Vec<(String, Vec<String>)>,
    listed_at: Option<Time>,
    /// Why some are not watched.
    left_out: Option<String>,
    alerts: Vec<Alert>,
    /// Since when a service runs less than it should, by its ARN.
    below: BTreeMap<String, Time>,
    changes: changes::News,
}

/// A service, and why its tasks stopped.
struct Seen {
    service: Service,
    stopped: Vec<Stopped>,
}

impl Ecs {
    /// What there is to tell, and what could not be read.
    pub(super) async fn read(
        &self,
        api: &Api,
        (options, region): (&Options, &Region),
        now: Time,
    ) -> (Vec<Alert>, Vec<Problem>) {
        if !options.ecs {
            return (Vec::new(), Vec::new());
        }
        let problem = |why: &str| Problem { at: "ecs".into(), why: SafeText::new(why) };
        match self.seen(api, options, now).await {
            Ok((seen, mut problems)) => {
                problems.extend(self.with(|m| m.left_out.as_deref().map(problem)));
                (self.learn(&seen, region, now), problems)
            }
            Err(error) => {
                let hint = if matches!(error, SourceError::Auth { .. }) { "; or set ecs = false" } else { "" };
                (self.with(|m| m.alerts.iter().map(as_unknown).collect()), vec![problem(&format!("{error}{hint}"))])
            }
        }
    }

    /// What changed and was not told yet.
    pub(super) fn news(&self, since: Time, now: Time) -> Vec<Change> {
        self.with(|m| m.changes.take(since, now))
    }

    fn learn(&self, seen: &[Seen], region: &Region, now: Time) -> Vec<Alert> {
        self.with(|m| {
            let below: BTreeSet<&str> =
                seen.iter().filter(|s| s.service.is_below()).map(|s| s.service.service_arn.as_str()).collect();
            m.below.retain(|arn, _| below.contains(arn.as_str()));
            for arn in below {
                m.below.entry(arn.to_owned()).or_insert(now);
            }
            m.alerts = seen.iter().flat_map(|s| judge::alerts(s, &m.below, region, now)).collect();
            m.changes.learn(seen, region);
            m.alerts.clone()
        })
    }

    async fn seen(&self, api: &Api, options: &Options, now: Time) -> Result<(Vec<Seen>, Vec<Problem>), SourceError> {
        if self.with(|m| m.listed_at.is_none_or(|at| now - at >= LIST_EVERY)) {
            let (services, left_out) = list(api, options, now).await?;
            self.with(|m| (m.services, m.left_out, m.listed_at) = (services, left_out, Some(now)));
        }
        let (mut seen, mut problems) = (Vec::new(), Vec::new());
        for (cluster, arns) in self.with(|m| m.services.clone()) {
            for some in arns.chunks(DESCRIBED_MAX) {
                let body = json!({ "cluster": cluster, "services": some });
                let told: Described = api.ask(Action::DescribeServices, &body, now).await?;
                for failure in told.failures.unwrap_or_default() {
                    problems.extend(self.failed(&failure));
                }
                let services = told.services.unwrap_or_default().into_iter();
                let here = services.filter(|s| s.status.as_deref() != Some("INACTIVE"));
                seen.extend(here.map(|service| Seen { service, stopped: Vec::new() }));
            }
        }
        let in_trouble = seen.iter_mut().filter(|s| s.service.is_in_trouble()).take(STOPPED_MAX);
        for one in in_trouble {
            match stopped(api, &one.service, now).await {
                Ok(tasks) => one.stopped = tasks,
                Err(error) => {
                    let at = format!("stopped tasks of {}", one.service.service_name);
                    problems.push(Problem { at: at.into(), why: SafeText::new(&error.to_string()) });
                    break;
                }
            }
        }
        Ok((seen, problems))
    }

    /// A service that is gone is no problem: the next poll lists them anew.
    fn failed(&self, failure: &wire::Failed) -> Option<Problem> {
        let reason = failure.reason.as_deref().unwrap_or("for a reason that is not told");
        if reason == "MISSING" {
            self.with(|m| m.listed_at = None);
            return None;
        }
        let arn = failure.arn.as_deref().unwrap_or("a service");
        Some(Problem { at: SafeText::new(short(arn)), why: SafeText::new(reason) })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Memory) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn as_unknown(alert: &Alert) -> Alert {
    Alert { state: AlertState::Unknown, fires_at: None, ..alert.clone() }
}

type Services = (Vec<(String, Vec<String>)>, Option<String>);

async fn list(api: &Api, options: &Options, now: Time) -> Result<Services, SourceError> {
    let mut left_out = None;
    let clusters = if options.clusters.is_empty() {
        let all = api.pages::<Clusters>(Action::ListClusters, json!({ "maxResults": 100 }), now).await?;
        left_out = all.cut.map(str::to_owned);
        all.pages.into_iter().flat_map(|p| p.cluster_arns).collect()
    } else {
        options.clusters.clone()
    };
    let (mut services, mut count) = (Vec::new(), 0);
    for cluster in clusters {
        let body = json!({ "cluster": cluster, "maxResults": 100 });
        let all = api.pages::<ServiceArns>(Action::ListServices, body, now).await?;
        left_out = left_out.or(all.cut.map(str::to_owned));
        let mut arns: Vec<String> = all.pages.into_iter().flat_map(|p| p.service_arns).collect();
        arns.truncate(SERVICES_MAX.saturating_sub(count));
        count += arns.len();
        services.push((cluster, arns));
        if count >= SERVICES_MAX {
            let why = format!("only {SERVICES_MAX} services are watched: name the clusters that matter (clusters)");
            return Ok((services, Some(why)));
        }
    }
    Ok((services, left_out))
}

/// ECS keeps stopped tasks for an hour or so.
async fn stopped(api: &Api, service: &Service, now: Time) -> Result<Vec<Stopped>, SourceError> {
    let cluster = &service.cluster_arn;
    let body = json!({
        "cluster": cluster, "serviceName": service.service_name, "desiredStatus": "STOPPED", "maxResults": TASKS_MAX,
    });
    let arns: TaskArns = api.ask(Action::ListTasks, &body, now).await?;
    if arns.task_arns.is_empty() {
        return Ok(Vec::new());
    }
    let body = json!({ "cluster": cluster, "tasks": arns.task_arns });
    let told: Tasks = api.ask(Action::DescribeTasks, &body, now).await?;
    let mut tasks = told.tasks.unwrap_or_default();
    tasks.sort_by_key(|t| std::cmp::Reverse(t.stopped_at));
    Ok(tasks)
}

/// The page of a service's events.
fn page(service: &Service, region: &Region) -> Option<SafeText> {
    let page = region.service_page(short(&service.cluster_arn), &service.service_name)?;
    Some(SafeText::new(&page))
}
