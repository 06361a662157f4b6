//! Instances: those without the VM they should have, as the database knows; and, where the configuration asks for it, how
//! every VM's agent says it fares.
//!
//! To ask the agents is a task of the director, which waits behind deploys and contacts every VM. So it is begun every
//! five minutes at most, and its answer fetched by a later poll, whenever it is there.

use std::{collections::BTreeMap, sync::Arc};

use chrono::Duration;
use serde_json::value::RawValue;

use super::{
    director::Director,
    tasks::Draft,
    wire::{Deployment, Instance, Task},
};
use crate::{
    domain::{
        Time,
        alert::Alert,
        source::{Problem, SourceError},
        text::SafeText,
    },
    sources::{
        http::{Call, Failure},
        items,
    },
};

/// How often the list of deployments, and of one the instances, are asked for.
const LISTED: Duration = Duration::minutes(5);
/// Deployments that are asked for at one poll.
const AT_ONCE: usize = 5;
/// An agent's answer that does not come within this is not waited for.
const GIVEN_UP: Duration = Duration::minutes(30);

#[derive(Default)]
pub(super) struct Vms {
    listed: Option<Time>,
    deployments: BTreeMap<String, Known>,
    /// Since when an instance is in the state that is wrong.
    since: BTreeMap<(String, String), (String, Time)>,
}

#[derive(Default)]
struct Known {
    asked: Option<Time>,
    rows: Vec<Instance>,
    /// A task that asks the agents, since when; when the last was begun; what it said.
    task: Option<(i64, Time)>,
    begun: Option<Time>,
    agents: Vec<Instance>,
}

impl Vms {
    /// Asks what is due. Answers what could not be read.
    ///
    /// # Errors
    /// As every request for what nothing is known without.
    pub(super) async fn renew(
        &mut self,
        director: &Director,
        only: &[String],
        vitals: Option<Duration>,
        now: Time,
    ) -> Result<Vec<Problem>, SourceError> {
        if self.listed.is_none_or(|at| now - at >= LISTED) {
            let query = ["exclude_configs", "exclude_releases", "exclude_stemcells"].map(|q| (q, "true".to_owned()));
            let list: Vec<Deployment> = director.get("deployments", &query, now).await?;
            let names = list.into_iter().map(|d| d.name).filter(|n| only.is_empty() || only.contains(n));
            let mut before = std::mem::take(&mut self.deployments);
            self.deployments = names.map(|n| (n.clone(), before.remove(&n).unwrap_or_default())).collect();
            self.listed = Some(now);
        }
        let mut problems = Vec::new();
        let mut due: Vec<(Option<Time>, String)> = self
            .deployments
            .iter()
            .map(|(n, k)| (k.asked, n.clone()))
            .filter(|(at, _)| at.is_none_or(|at| now - at >= LISTED))
            .collect();
        due.sort();
        for (_, name) in due.into_iter().take(AT_ONCE) {
            let Some(known) = self.deployments.get_mut(&name) else { continue };
            match director.get(&format!("deployments/{name}/instances"), &[], now).await {
                Ok(rows) => (known.rows, known.asked) = (rows, Some(now)),
                // It was deleted since it was listed.
                Err(Failure { status: Some(404), .. }) => drop(self.deployments.remove(&name)),
                Err(failure) => problems.push(problem(&name, &failure.error)),
            }
        }
        if let Some(every) = vitals {
            for (name, known) in &mut self.deployments {
                if let Err(error) = known.agents(name, director, every, now).await {
                    problems.push(problem(name, &error));
                }
            }
        }
        Ok(problems)
    }

    /// What is wrong with which instance.
    pub(super) fn alerts(&mut self, director: &SafeText, now: Time) -> Vec<Arc<Alert>> {
        let mut wrong: Vec<(String, Instance, &'static str, String)> = Vec::new();
        for (deployment, known) in &self.deployments {
            let missing = known
                .rows
                .iter()
                .filter(|i| i.expects_vm == Some(true) && i.vm_cid.as_deref().is_none_or(str::is_empty));
            wrong.extend(missing.map(|i| (deployment.clone(), i.clone(), "critical", "has no VM".to_owned())));
            wrong.extend(known.agents.iter().filter_map(|i| {
                let (severity, word) = judged(i)?;
                Some((deployment.clone(), i.clone(), severity, word))
            }));
        }
        let before = std::mem::take(&mut self.since);
        let mut alerts = Vec::new();
        for (deployment, instance, severity, word) in wrong {
            let key = (deployment.clone(), instance.name());
            let known = before.get(&key).filter(|(w, _)| *w == word).map(|(_, at)| *at);
            let began = known.unwrap_or(now);
            if self.since.insert(key, (word.clone(), began)).is_none() {
                alerts.push(alert(director, (&deployment, &instance), (severity, &word), began, now));
            }
        }
        alerts
    }
}

/// How bad it is, and a word for it; none for one that is well, or is not meant to be.
fn judged(instance: &Instance) -> Option<(&'static str, String)> {
    let meant = instance.state.as_deref().is_none_or(|s| s == "started") && instance.ignore != Some(true);
    let state = instance.job_state.as_deref().filter(|_| meant)?;
    match state {
        "running" | "starting" => None,
        "unresponsive agent" => Some(("critical", "does not answer (unresponsive agent)".to_owned())),
        "failing" => Some(("error", "is failing".to_owned())),
        // A word that is not known is told, and is no disaster.
        other => Some(("warning", format!("is {other}"))),
    }
}

fn alert(
    director: &SafeText,
    (deployment, instance): (&str, &Instance),
    (severity, word): (&'static str, &str),
    began: Time,
    now: Time,
) -> Arc<Alert> {
    let name = instance.name();
    let mut said = instance.failing();
    said.extend(instance.vitals());
    let draft = Draft {
        name: "BoshInstanceFailing",
        key: format!("{deployment}\n{name}"),
        severity,
        director,
        deployment,
        labels: vec![
            ("job", instance.job_name.clone()),
            ("instance", name.clone()),
            ("az", instance.az.clone().unwrap_or_default()),
        ],
        annotations: vec![("summary", format!("{deployment}: {name} {word}")), ("description", said.join(", "))],
        began,
    };
    draft.alert(now)
}

fn problem(name: &str, error: &SourceError) -> Problem {
    Problem { at: format!("instances of {name}").into(), why: error.to_string().into() }
}

impl Known {
    /// Begins a task where one is due, or looks after the one that was begun.
    async fn agents(&mut self, name: &str, director: &Director, every: Duration, now: Time) -> Result<(), SourceError> {
        let Some((task, since)) = self.task else {
            if self.begun.is_none_or(|at| now - at >= every) {
                self.begun = Some(now);
                let (path, query) = (format!("deployments/{name}/instances"), [("format", "full".to_owned())]);
                self.task = Some((director.begin(Call::get(&path).query(&query), now).await?, now));
            }
            return Ok(());
        };
        let state = director.get::<Task>(&format!("tasks/{task}"), &[], now).await?;
        match state.state.as_str() {
            "done" => {
                self.task = None;
                self.agents = lines(&director.output(task, "result", 0, now).await?)?;
            }
            _ if state.runs() && now - since < GIVEN_UP => {}
            // What was known before is not known any more.
            other => {
                self.task = None;
                return Err(SourceError::rejected(format!("the task {task} that asks its agents is {other}")));
            }
        }
        Ok(())
    }
}

/// An instance a line. One that cannot be read makes the answer unreadable: it might be the one that is down.
fn lines(output: &[u8]) -> Result<Vec<Instance>, SourceError> {
    let text = String::from_utf8_lossy(output);
    let rows: Result<Vec<&RawValue>, _> =
        text.lines().filter(|l| !l.trim().is_empty()).map(serde_json::from_str).collect();
    let rows = rows.map_err(|e| SourceError::malformed(format!("a line of a task's result is no JSON: {e}")))?;
    let (instances, problems) = items::each(&rows, "result", Ok::<Instance, String>);
    match problems.first() {
        Some(problem) => Err(SourceError::malformed(format!("{}: {}", problem.at, problem.why))),
        None => Ok(instances),
    }
}
