//! What only a source of kind `kubernetes` has.

use crate::config::schema::{Key, Kind, may};

/// A second, in milliseconds.
const SECOND: i64 = 1_000;
const DAY: i64 = 24 * 60 * 60 * SECOND;

/// The keys of `[source.kubernetes]`.
pub(in crate::config) const KEYS: &[Key] = &[
    may(
        "kubeconfig",
        Kind::Path,
        "Instead of url: a kubeconfig; left out, $KUBECONFIG, ~/.kube/config, or the service account of the pod it runs in.",
    ),
    may("context", Kind::Text, "The context of the kubeconfig; left out, its current one."),
    may("namespaces", Kind::List, "Only these; left out, all, and nodes with them."),
    may("selector", Kind::Text, "Only pods and workloads with these labels, as kubectl's -l."),
    may(
        "events",
        Kind::Text,
        "Which events reach the timeline, as kubectl's --field-selector; left out, type!=Normal.",
    ),
    may(
        "resources",
        Kind::List,
        "What is read: pods, deployments, statefulsets, daemonsets, jobs, replicasets, events, nodes; left out, all.",
    ),
    may("cluster", Kind::Text, "The label `cluster` of its alerts; left out, the kubeconfig's name of it."),
    may("severity", Kind::Texts, "The severity of a reason, over the built-in table."),
    may(
        "pending_after",
        Kind::Duration(10 * SECOND, DAY),
        "How long a pod may wait for its node or its containers; left out, 5m.",
    ),
    may("unready_after", Kind::Duration(10 * SECOND, DAY), "How long a running pod may be not ready; left out, 10m."),
    may("notes", Kind::Bool, "Whether a note may be put on a workload as an annotation; left out, it may not."),
    may(
        "page",
        Kind::Text,
        "The page of an object, where you have such; {kind}, {namespace} and {name} are filled in.",
    ),
    may(
        "insecure_skip_tls_verify",
        Kind::Bool,
        "Repeats what the kubeconfig says of its cluster: without this, an unverified server is refused.",
    ),
];
