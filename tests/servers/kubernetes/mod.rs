//! Sources of kind `kubernetes`: against recorded streams of a real API server, and a fake that is held to them.

mod encrypted;
mod episodes;
mod fake;
mod logins;
mod notes;
mod roles;
mod rows;
mod shapes;
mod timeline;
mod watches;

use std::sync::Arc;

use serde_json::{Value, json};
use watchfire::{
    config::{self, SourceConfig, SourceKind, request},
    domain::{
        Time,
        alert::Alert,
        source::{Snapshot, SourceError},
    },
};

use super::sources::{self, Source};

use super::contract::{Held, nothing_before};
use crate::support::server::{Reply, Request};

pub const PODS: &str = "api/v1/pods";
pub const NODES: &str = "api/v1/nodes";
pub const DEPLOYMENTS: &str = "apis/apps/v1/deployments";
pub const STATEFULSETS: &str = "apis/apps/v1/statefulsets";
pub const DAEMONSETS: &str = "apis/apps/v1/daemonsets";
pub const REPLICASETS: &str = "apis/apps/v1/replicasets";
pub const JOBS: &str = "apis/batch/v1/jobs";
pub const EVENTS: &str = "apis/events.k8s.io/v1/events";

/// A quarter of an hour after everything in the fake.
pub fn now() -> Time {
    "2026-11-21T03:00:40Z".parse().unwrap()
}

pub fn later(seconds: i64) -> Time {
    now() + chrono::Duration::seconds(seconds)
}

/// A source as a file configures it; `own` stands under `[source.kubernetes]`.
pub fn configured(common: &str, own: &str) -> SourceConfig {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    let text = format!("[[source]]\nname = \"prod\"\nkind = \"kubernetes\"\n{common}\n[source.kubernetes]\n{own}\n");
    std::fs::write(&path, text).unwrap();
    let request = config::Request {
        explicit: Some(path),
        env: request::Env::of(&[]),
        dirs: request::Dirs { data: Some(dir.path().into()), ..request::Dirs::default() },
        login: "ana".to_owned(),
        flags: request::Flags::default(),
        mode_of: |_, _| Some(0o600),
    };
    config::load(&request).unwrap_or_else(|e| panic!("{e:#?}")).sources.remove(0)
}

/// A source that asks this address, without a token.
pub async fn source(url: &str, own: &str) -> Arc<dyn Source> {
    sources::connect(&configured(&format!("url = \"{url}\""), own)).await.unwrap()
}

pub async fn refused(common: &str, own: &str) -> SourceError {
    match sources::connect(&configured(common, own)).await {
        Err(error) => error,
        Ok(source) => source.poll(now()).await.unwrap_err(),
    }
}

pub fn only(snapshot: &Snapshot) -> &Alert {
    assert_eq!(snapshot.alerts.len(), 1, "{:#?}", snapshot.alerts);
    &snapshot.alerts[0]
}

pub fn names(snapshot: &Snapshot) -> Vec<&str> {
    let mut names: Vec<&str> = snapshot.alerts.iter().map(|a| a.labels.value("alertname")).collect();
    names.sort_unstable();
    names
}

/// `shop/web`, a deployment of three.
pub fn deployment(revision: &str, image: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {
            "name": "web", "namespace": "shop", "uid": "uid-web",
            "labels": { "app.kubernetes.io/name": "checkout" },
            "annotations": { "deployment.kubernetes.io/revision": revision },
        },
        "spec": { "replicas": 3, "template": { "spec": { "containers": [{ "name": "app", "image": image }] } } },
        "status": { "observedGeneration": 99, "conditions": [] },
    })
}

/// A pod of it.
pub fn pod(name: &str, status: Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": name, "namespace": "shop",
            "labels": { "pod-template-hash": "5d4", "app": "web" },
            "ownerReferences": [{
                "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-5d4", "uid": "uid-set", "controller": true,
            }],
        },
        "spec": { "nodeName": "n1", "containers": [{ "name": "app", "image": "shop/web:2" }] },
        "status": status,
    })
}

pub fn crashing(restarts: i64) -> Value {
    json!({
        "phase": "Running", "startTime": "2026-11-21T02:40:00Z",
        "conditions": [{ "type": "Ready", "status": "False", "lastTransitionTime": "2026-11-21T02:50:00Z" }],
        "containerStatuses": [{
            "name": "app", "ready": false, "restartCount": restarts,
            "state": { "waiting": { "reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container" } },
            "lastState": { "terminated": { "exitCode": 1, "reason": "Error", "finishedAt": "2026-11-21T02:58:00Z" } },
        }],
    })
}

pub fn ready() -> Value {
    json!({
        "phase": "Running", "startTime": "2026-11-21T02:40:00Z",
        "conditions": [{ "type": "Ready", "status": "True", "lastTransitionTime": "2026-11-21T02:41:00Z" }],
        "containerStatuses": [{
            "name": "app", "ready": true, "restartCount": 0, "state": { "running": { "startedAt": "2026-11-21T02:40:30Z" } },
        }],
    })
}

fn good(r: &Request, _: &str) -> Reply {
    Reply::json(match r.path.as_str() {
        "/version" => r#"{"major":"1","minor":"36","gitVersion":"v1.36.0"}"#,
        _ if r.query.contains("watch=1") => "",
        _ => r#"{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"8"},"items":[]}"#,
    })
}

#[tokio::test]
async fn it_keeps_its_word() {
    let config = |url| crate::support::config(SourceKind::Kubernetes, &[url]);
    Held { config, before: nothing_before, good, goes_on_at_404: false }.keeps_its_word().await;
}

/// The server is there; what it lists is bad.
#[tokio::test]
async fn it_keeps_its_word_where_only_lists_are_bad() {
    let before = |r: &Request, _: &str| (r.path == "/version").then(|| Reply::json("{}"));
    let config = |url| crate::support::config(SourceKind::Kubernetes, &[url]);
    Held { config, before, good, goes_on_at_404: false }.keeps_its_word().await;
}
