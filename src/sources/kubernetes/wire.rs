//! The API's JSON, as far as it is read. Whatever else stands in an object is never kept: a cluster has many.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::Time;

/// A list, whose items are read one by one.
#[derive(Deserialize)]
pub(super) struct List<'a> {
    pub(super) metadata: ListMeta,
    #[serde(borrow)]
    pub(super) items: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListMeta {
    pub(super) resource_version: Option<String>,
    #[serde(rename = "continue")]
    pub(super) next: Option<String>,
}

/// One line of a watch.
#[derive(Deserialize)]
pub(super) struct Line<'a> {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(borrow)]
    pub(super) object: &'a RawValue,
}

/// What is read of every object, also of one that cannot be read otherwise.
#[derive(Deserialize)]
pub(super) struct Bare {
    pub(super) metadata: BareMeta,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
pub(super) struct BareMeta {
    pub(super) uid: Option<String>,
    pub(super) name: Option<String>,
    pub(super) resource_version: Option<String>,
}

/// What an ERROR line holds.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Status {
    pub(super) code: Option<i64>,
    pub(super) reason: Option<String>,
    pub(super) message: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Version {
    pub(super) git_version: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Meta {
    pub(super) uid: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) namespace: String,
    pub(super) generation: Option<i64>,
    pub(super) creation_timestamp: Option<Time>,
    pub(super) deletion_timestamp: Option<Time>,
    #[serde(default)]
    pub(super) labels: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub(super) annotations: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub(super) owner_references: Option<Vec<Owner>>,
    #[serde(default)]
    pub(super) managed_fields: Option<Vec<Managed>>,
}

impl Meta {
    pub(super) fn label(&self, name: &str) -> Option<&str> {
        self.labels.as_ref()?.get(name).map(String::as_str).filter(|l| !l.is_empty())
    }

    pub(super) fn annotation(&self, name: &str) -> Option<&str> {
        self.annotations.as_ref()?.get(name).map(String::as_str).filter(|a| !a.is_empty())
    }

    pub(super) fn owner(&self) -> Option<&Owner> {
        let owners = self.owner_references.as_deref()?;
        owners.iter().find(|o| o.controller == Some(true)).or(owners.first())
    }

    /// What it belongs to, in the words that others use for it.
    pub(super) fn service(&self) -> Option<&str> {
        ["app.kubernetes.io/name", "app", "k8s-app"].iter().find_map(|l| self.label(l))
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Owner {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) uid: String,
    pub(super) controller: Option<bool>,
}

/// Who wrote which fields when.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Managed {
    pub(super) manager: Option<String>,
    pub(super) time: Option<Time>,
    pub(super) fields_v1: Option<serde_json::Value>,
}

impl Managed {
    /// Whether it wrote what the pods are made of.
    pub(super) fn made_pods(&self) -> bool {
        let spec = self.fields_v1.as_ref().and_then(|f| f.get("f:spec"));
        spec.is_some_and(|s| s.get("f:template").is_some())
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct WirePod {
    pub(super) metadata: Meta,
    #[serde(default)]
    pub(super) spec: PodSpec,
    #[serde(default)]
    pub(super) status: PodStatus,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct PodSpec {
    pub(super) node_name: Option<String>,
    pub(super) containers: Vec<Container>,
    pub(super) init_containers: Vec<Container>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Container {
    pub(super) name: String,
    pub(super) image: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct PodStatus {
    pub(super) phase: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) message: Option<String>,
    pub(super) start_time: Option<Time>,
    pub(super) conditions: Option<Vec<Condition>>,
    pub(super) init_container_statuses: Option<Vec<ContainerStatus>>,
    pub(super) container_statuses: Option<Vec<ContainerStatus>>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Condition {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) status: String,
    pub(super) reason: Option<String>,
    pub(super) message: Option<String>,
    pub(super) last_transition_time: Option<Time>,
    pub(super) last_update_time: Option<Time>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContainerStatus {
    pub(super) name: String,
    #[serde(default)]
    pub(super) ready: bool,
    #[serde(default)]
    pub(super) restart_count: i64,
    #[serde(default)]
    pub(super) state: Option<ContainerState>,
    #[serde(default)]
    pub(super) last_state: Option<ContainerState>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ContainerState {
    pub(super) waiting: Option<Waiting>,
    pub(super) running: Option<Running>,
    pub(super) terminated: Option<Terminated>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Waiting {
    pub(super) reason: Option<String>,
    pub(super) message: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Running {
    pub(super) started_at: Option<Time>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Terminated {
    pub(super) exit_code: i64,
    pub(super) reason: Option<String>,
    pub(super) message: Option<String>,
    pub(super) started_at: Option<Time>,
    pub(super) finished_at: Option<Time>,
}

/// A deployment, a stateful set, a daemon set, a replica set or a job.
#[derive(Debug, Deserialize)]
pub(super) struct WireWorkload {
    pub(super) metadata: Meta,
    #[serde(default)]
    pub(super) spec: WorkloadSpec,
    #[serde(default)]
    pub(super) status: WorkloadStatus,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WorkloadSpec {
    pub(super) replicas: Option<i64>,
    pub(super) template: Option<Template>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Template {
    pub(super) spec: PodSpec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct WorkloadStatus {
    pub(super) observed_generation: Option<i64>,
    pub(super) desired_number_scheduled: Option<i64>,
    pub(super) update_revision: Option<String>,
    pub(super) conditions: Option<Vec<Condition>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct WireNode {
    pub(super) metadata: Meta,
    #[serde(default)]
    pub(super) status: NodeStatus,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NodeStatus {
    pub(super) conditions: Option<Vec<Condition>>,
}

/// An event, in the words of events.k8s.io/v1 and of core/v1.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireEvent {
    pub(super) metadata: Meta,
    #[serde(default, alias = "message")]
    pub(super) note: Option<String>,
    #[serde(default)]
    pub(super) reason: Option<String>,
    #[serde(default, rename = "type")]
    pub(super) kind: Option<String>,
    #[serde(default, alias = "involvedObject")]
    pub(super) regarding: Regarding,
    #[serde(default)]
    pub(super) series: Option<Series>,
    #[serde(default)]
    pub(super) event_time: Option<Time>,
    #[serde(default, alias = "count")]
    pub(super) deprecated_count: Option<i64>,
    #[serde(default, alias = "firstTimestamp")]
    pub(super) deprecated_first_timestamp: Option<Time>,
    #[serde(default, alias = "lastTimestamp")]
    pub(super) deprecated_last_timestamp: Option<Time>,
    #[serde(default, alias = "reportingComponent")]
    pub(super) reporting_controller: Option<String>,
    #[serde(default, alias = "source")]
    pub(super) deprecated_source: Option<Component>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Regarding {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) uid: String,
    /// `spec.containers{app}`
    pub(super) field_path: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Series {
    pub(super) count: i64,
    pub(super) last_observed_time: Option<Time>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Component {
    pub(super) component: Option<String>,
}
