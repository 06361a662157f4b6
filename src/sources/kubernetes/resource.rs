//! What is read of a cluster: the resources, and where they are.
//!
//! Knows paths. What an object says, `wire` knows; what it means, `trouble` and `history`.

use crate::domain::source::SourceError;

/// One resource of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Resource {
    Pods,
    Deployments,
    StatefulSets,
    DaemonSets,
    Jobs,
    ReplicaSets,
    Events,
    Nodes,
}

impl Resource {
    pub(super) const ALL: [Self; 8] = [
        Self::Pods,
        Self::Deployments,
        Self::StatefulSets,
        Self::DaemonSets,
        Self::Jobs,
        Self::ReplicaSets,
        Self::Events,
        Self::Nodes,
    ];

    /// As the API and a role call it.
    pub(super) fn plural(self) -> &'static str {
        match self {
            Self::Pods => "pods",
            Self::Deployments => "deployments",
            Self::StatefulSets => "statefulsets",
            Self::DaemonSets => "daemonsets",
            Self::Jobs => "jobs",
            Self::ReplicaSets => "replicasets",
            Self::Events => "events",
            Self::Nodes => "nodes",
        }
    }

    fn group(self) -> &'static str {
        match self {
            Self::Pods | Self::Nodes => "api/v1",
            Self::Jobs => "apis/batch/v1",
            Self::Events => "apis/events.k8s.io/v1",
            Self::Deployments | Self::StatefulSets | Self::DaemonSets | Self::ReplicaSets => "apis/apps/v1",
        }
    }

    pub(super) fn path(self, namespace: Option<&str>) -> String {
        path(self.group(), namespace.filter(|_| self.has_namespace()), self.plural())
    }

    /// Where the same is found on servers and with roles of old.
    pub(super) fn other_path(self, namespace: Option<&str>) -> Option<String> {
        (self == Self::Events).then(|| path("api/v1", namespace, "events"))
    }

    pub(super) fn has_namespace(self) -> bool {
        self != Self::Nodes
    }

    /// Whether alerts come of it: where it cannot be read, an alert that is not there need not be over.
    pub(super) fn makes_alerts(self) -> bool {
        !matches!(self, Self::ReplicaSets | Self::Events)
    }

    /// Old replica sets are history: they are read once, and what follows is seen at their deployment.
    pub(super) fn is_watched(self) -> bool {
        self != Self::ReplicaSets
    }

    /// Whether a label selector of pods and workloads is meant for it.
    pub(super) fn is_selected(self) -> bool {
        !matches!(self, Self::Events | Self::Nodes)
    }

    /// Those that are wanted; all but what a role in a namespace cannot see, where nothing is said.
    ///
    /// # Errors
    /// `Rejected` where one is not known.
    pub(super) fn wanted(named: &[String], has_namespaces: bool) -> Result<Vec<Self>, SourceError> {
        if named.is_empty() {
            return Ok(Self::ALL.into_iter().filter(|r| r.has_namespace() || !has_namespaces).collect());
        }
        let read = |name: &String| Self::ALL.into_iter().find(|r| r.plural() == name.trim().to_ascii_lowercase());
        let unknown = |name: &String| {
            let known: Vec<&str> = Self::ALL.iter().map(|r| r.plural()).collect();
            SourceError::rejected(format!("`resources` has `{name}`, which is none of: {}", known.join(", ")))
        };
        named.iter().map(|name| read(name).ok_or_else(|| unknown(name))).collect()
    }
}

fn path(group: &str, namespace: Option<&str>, plural: &str) -> String {
    match namespace {
        Some(namespace) => format!("{group}/namespaces/{namespace}/{plural}"),
        None => format!("{group}/{plural}"),
    }
}
