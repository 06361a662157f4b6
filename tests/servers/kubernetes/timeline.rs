//! Rollouts and events, as entries.

use serde_json::{Value, json};
use watchfire::domain::{Time, source::Change};

use super::{DEPLOYMENTS, EVENTS, PODS, REPLICASETS, deployment, fake::Fake, later, now, pod, ready, source};
use crate::support::{
    fixture,
    server::{Reply, Server},
};

async fn changes(source: &dyn watchfire::sources::Source, since: Time, now: Time) -> Vec<Change> {
    source.changes().unwrap().changes(since, now).await.unwrap()
}

fn told(changes: &[Change]) -> Vec<(&str, &str)> {
    changes.iter().map(|c| (c.kind.raw(), c.title.raw())).collect()
}

fn set(revision: &str, image: &str, at: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {
            "name": format!("web-{revision}"), "namespace": "shop", "creationTimestamp": at,
            "labels": { "app.kubernetes.io/name": "checkout" },
            "annotations": { "deployment.kubernetes.io/revision": revision },
            "ownerReferences": [{ "kind": "Deployment", "name": "web", "uid": "uid-web", "controller": true }],
        },
        "spec": { "template": { "spec": { "containers": [{ "name": "app", "image": image }] } } },
    })
}

#[tokio::test]
async fn a_rollout_is_told_with_its_images_and_who_wrote_it() {
    let fake = Fake::start().await;
    fake.put(DEPLOYMENTS, deployment("1", "shop/web:1"));
    let source = source(&fake.url(), "").await;
    source.poll(now()).await.unwrap();
    assert!(changes(&*source, Time::UNIX_EPOCH, now()).await.is_empty());
    // The template first, the controller's revision after it: one rollout.
    fake.put(DEPLOYMENTS, deployment("1", "shop/web:2"));
    fake.put(DEPLOYMENTS, deployment("2", "shop/web:2"));
    source.listens().unwrap().heard(now()).await;
    source.poll(later(6)).await.unwrap();
    let new = changes(&*source, now(), later(6)).await;
    assert_eq!(told(&new), [("rollout", "deployment shop/web: shop/web:1 -> shop/web:2")]);
    let change = &new[0];
    assert_eq!(
        (change.kind.raw(), change.by.raw(), change.id.as_ref().unwrap().raw()),
        ("rollout", "curl", "uid-web/2")
    );
    assert_eq!(change.service.as_ref().unwrap().raw(), "checkout");
    assert!(changes(&*source, later(6), later(7)).await.is_empty(), "what was told is told once");
}

#[tokio::test]
async fn rollouts_of_the_last_days_are_known_from_their_replica_sets() {
    let fake = Fake::start().await;
    fake.put(REPLICASETS, set("8", "shop/web:8", "2026-11-01T10:00:00Z"));
    fake.put(REPLICASETS, set("9", "shop/web:9", "2026-11-20T10:00:00Z"));
    fake.put(REPLICASETS, set("10", "shop/web:10", "2026-11-21T01:00:00Z"));
    // Rolled back to: its age is that of its first time.
    fake.put(REPLICASETS, set("11", "shop/web:7", "2026-11-19T10:00:00Z"));
    let source = source(&fake.url(), "").await;
    source.poll(now()).await.unwrap();
    let all = changes(&*source, Time::UNIX_EPOCH, now()).await;
    assert_eq!(
        told(&all),
        [
            ("rollout", "deployment shop/web: shop/web:8 -> shop/web:9"),
            ("rollout", "deployment shop/web: shop/web:9 -> shop/web:10"),
        ]
    );
    assert_eq!(all[1].at.to_rfc3339(), "2026-11-21T01:00:00+00:00");
    assert_eq!(all[1].id.as_ref().unwrap().raw(), "uid-web/10");
}

fn event(count: i64) -> Value {
    json!({
        "apiVersion": "events.k8s.io/v1", "kind": "Event",
        "metadata": { "name": "e1", "namespace": "shop", "uid": "uid-e1" },
        "note": "Back-off restarting failed container", "reason": "BackOff", "type": "Warning",
        "regarding": { "kind": "Pod", "name": "web-5d4-a", "namespace": "shop" }, "reportingController": "kubelet",
        "series": { "count": count, "lastObservedTime": "2026-11-21T03:00:00.000000Z" },
    })
}

#[tokio::test]
async fn an_event_that_is_seen_again_is_the_same_entry() {
    let fake = Fake::start().await;
    fake.put(DEPLOYMENTS, deployment("1", "shop/web:1"));
    fake.put(PODS, pod("web-5d4-a", ready()));
    fake.put(EVENTS, event(1));
    let source = source(&fake.url(), "").await;
    source.poll(now()).await.unwrap();
    let first = changes(&*source, Time::UNIX_EPOCH, now()).await;
    assert_eq!(told(&first), [("event", "BackOff pod shop/web-5d4-a")]);
    assert_eq!((first[0].by.raw(), first[0].service.as_ref().unwrap().raw()), ("kubelet", "checkout"));
    fake.put(EVENTS, event(7));
    source.listens().unwrap().heard(now()).await;
    source.poll(later(5)).await.unwrap();
    let again = changes(&*source, now(), later(5)).await;
    let place = |c: &Change| (c.at, c.id.clone(), c.title.clone());
    assert_eq!((again.len(), place(&again[0])), (1, place(&first[0])));
    assert_eq!(again[0].text.raw(), "Back-off restarting failed container (7 times, last at 03:00:00 UTC)");
    // What the cluster forgets stays told.
    fake.delete(EVENTS, "shop", "e1");
    source.poll(later(6)).await.unwrap();
    assert!(changes(&*source, later(5), later(6)).await.is_empty());
}

#[tokio::test]
async fn the_recorded_stream_of_a_real_server_is_read() {
    let stream = std::fs::read_to_string(fixture("recordings/kubernetes/1.36-apiextensions/watch.ndjson")).unwrap();
    let server = Server::start(move |r| match (r.path.as_str(), r.query.contains("watch=1")) {
        ("/version", _) => Reply::json("{}"),
        (_, true) => Reply::json(&stream),
        _ => Reply::json(r#"{"metadata":{"resourceVersion":"9"},"items":[]}"#),
    })
    .await;
    let source = source(&server.url(), "resources = [\"events\"]").await;
    let snapshot = source.poll(now()).await.unwrap();
    assert!(snapshot.complete && snapshot.problems.is_empty(), "{snapshot:?}");
    let all = changes(&*source, Time::UNIX_EPOCH, now()).await;
    assert_eq!(told(&all), [("event", "BackOff pod prod/web-1"), ("event", "BackOff pod prod/web-1")]);
    assert_eq!(all[0].text.raw(), "Back-off restarting failed container (7 times, last at 02:00:00 UTC)");
    assert_eq!(all[1].text.raw(), "Back-off restarting failed container");
    source.poll(later(1)).await.unwrap();
    let seen = server.seen();
    let again = seen.iter().rfind(|r| r.query.contains("watch=1")).unwrap();
    assert!(again.query.contains("resourceVersion=12"), "it goes on from the bookmark: {}", again.query);
}

#[tokio::test]
async fn events_of_old_servers_and_old_roles_are_read_as_well() {
    let old = json!({
        "metadata": { "resourceVersion": "9" },
        "items": [{
            "metadata": { "name": "e1", "namespace": "shop", "uid": "u1" }, "message": "it failed", "reason": "Failed",
            "involvedObject": { "kind": "Pod", "name": "web", "namespace": "shop" }, "count": 3, "type": "Warning",
            "firstTimestamp": "2026-11-21T02:30:00Z", "lastTimestamp": "2026-11-21T02:40:00Z", "eventTime": null,
            "source": { "component": "kubelet", "host": "n1" }, "reportingComponent": "",
        }],
    });
    let server = Server::start(move |r| match (r.path.as_str(), r.query.contains("watch=1")) {
        ("/api/v1/events", false) => Reply::json(old.to_string()),
        ("/api/v1/events", true) => Reply::json(""),
        _ => Reply::status(404, "no"),
    })
    .await;
    let source = source(&server.url(), "resources = [\"events\"]").await;
    assert!(source.poll(now()).await.unwrap().complete);
    let all = changes(&*source, Time::UNIX_EPOCH, now()).await;
    assert_eq!((all[0].by.raw(), all[0].text.raw()), ("kubelet", "it failed (3 times, last at 02:40:00 UTC)"));
}
