//! The answers of ECS, as they are sent.

use serde::Deserialize;

use crate::{
    domain::Time,
    sources::cloudwatch::{api::Page, wire::moment},
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Clusters {
    pub(super) cluster_arns: Vec<String>,
    pub(super) next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServiceArns {
    pub(super) service_arns: Vec<String>,
    pub(super) next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Described {
    pub(super) services: Option<Vec<Service>>,
    pub(super) failures: Option<Vec<Failed>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Failed {
    pub(super) arn: Option<String>,
    pub(super) reason: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Service {
    pub(super) service_arn: String,
    pub(super) service_name: String,
    pub(super) cluster_arn: String,
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) desired_count: i64,
    #[serde(default)]
    pub(super) running_count: i64,
    #[serde(default)]
    pub(super) pending_count: i64,
    #[serde(default)]
    pub(super) deployments: Vec<Deployment>,
    #[serde(default)]
    pub(super) events: Vec<Event>,
}

impl Service {
    pub(super) fn is_below(&self) -> bool {
        self.running_count < self.desired_count
    }

    /// Whether it is worth asking why its tasks stopped.
    pub(super) fn is_in_trouble(&self) -> bool {
        self.is_below() || self.deployments.iter().any(|d| d.failed_tasks > 0 || d.has_failed())
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Deployment {
    pub(super) id: String,
    pub(super) status: Option<String>,
    pub(super) task_definition: Option<String>,
    #[serde(default)]
    pub(super) failed_tasks: i64,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<Time>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) updated_at: Option<Time>,
    pub(super) rollout_state: Option<String>,
    pub(super) rollout_state_reason: Option<String>,
}

impl Deployment {
    pub(super) fn has_failed(&self) -> bool {
        self.rollout_state.as_deref() == Some("FAILED")
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event {
    pub(super) id: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<Time>,
    pub(super) message: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaskArns {
    pub(super) task_arns: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tasks {
    pub(super) tasks: Option<Vec<Stopped>>,
}

/// A task that runs no more.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Stopped {
    pub(super) task_arn: String,
    #[serde(default, deserialize_with = "moment")]
    pub(super) stopped_at: Option<Time>,
    pub(super) stop_code: Option<String>,
    pub(super) stopped_reason: Option<String>,
    #[serde(default)]
    pub(super) containers: Vec<Container>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Container {
    pub(super) name: Option<String>,
    pub(super) exit_code: Option<i64>,
    pub(super) reason: Option<String>,
}

impl Stopped {
    /// Whether it stopped by itself, and not because somebody wanted fewer or newer ones.
    pub(super) fn crashed(&self) -> bool {
        let code = self.stop_code.as_deref().unwrap_or_default();
        !matches!(code, "UserInitiated" | "ServiceSchedulerInitiated" | "SpotInterruption" | "TerminationNotice")
    }

    /// `Essential container in task exited (app: exit 137, OutOfMemoryError)`
    pub(super) fn words(&self) -> String {
        let reason = self.stopped_reason.as_deref().or(self.stop_code.as_deref()).unwrap_or("stopped");
        let of = |c: &Container| {
            let exit = c.exit_code.filter(|n| *n != 0).map(|n| format!("exit {n}"));
            let said: Vec<String> = exit.into_iter().chain(c.reason.clone()).collect();
            (!said.is_empty()).then(|| format!("{}: {}", c.name.as_deref().unwrap_or("container"), said.join(", ")))
        };
        let containers: Vec<String> = self.containers.iter().filter_map(of).collect();
        if containers.is_empty() { reason.to_owned() } else { format!("{reason} ({})", containers.join("; ")) }
    }
}

impl Page for Clusters {
    fn next(&self) -> Option<&str> {
        self.next_token.as_deref()
    }
}

impl Page for ServiceArns {
    fn next(&self) -> Option<&str> {
        self.next_token.as_deref()
    }
}
