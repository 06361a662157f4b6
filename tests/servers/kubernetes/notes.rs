//! Notes on workloads.

use std::sync::Arc;

use serde_json::json;
use watchfire::{
    domain::{
        alert::AlertId,
        held::{Applied, Request, Verb},
        op::OpId,
        source::{SourceError, SourceName},
    },
    sources::Source,
};

use super::{
    DAEMONSETS, DEPLOYMENTS, JOBS, PODS, STATEFULSETS, crashing, deployment, fake::Fake, now, pod, roles::role, source,
};

fn request(fingerprint: &str, text: &str) -> Request {
    Request {
        verb: Verb::Note,
        alert: AlertId {
            source: SourceName::new("prod"),
            fingerprint: watchfire::domain::label::Fingerprint::new(fingerprint),
        },
        began: now(),
        actor: "ana".into(),
        text: text.into(),
        until: None,
    }
}

async fn crashing_web() -> (Fake, Arc<dyn Source>) {
    let fake = Fake::start().await;
    fake.put(DEPLOYMENTS, deployment("1", "shop/web:1"));
    fake.put(PODS, pod("web-5d4-a", crashing(3)));
    let source = source(&fake.url(), "notes = true").await;
    source.poll(now()).await.unwrap();
    (fake, source)
}

#[tokio::test]
async fn a_note_is_an_annotation_that_is_read_back() {
    let (fake, source) = crashing_web().await;
    let (requests, op) = (source.requests().unwrap(), OpId("0198-ab".into()));
    let note = request("uid-web/CrashLoopBackOff", "rolling back,\nsee #42");
    let plan = requests.plan(&note, now()).await.unwrap();
    let words: Vec<&str> = plan.effects.iter().map(|e| e.raw()).collect();
    assert!(words[0].contains("deployment shop/web") && words[1].contains("GitOps"), "{words:?}");
    assert!(fake.world().seen.iter().all(|r| r.method == "GET"), "a plan changes nothing");
    assert_eq!(requests.is_so(&op, &note, None, now()).await.unwrap(), None);
    let id = Some("note.watchfire/0198-ab".into());
    let done = Applied::Done { until: None, id };
    assert_eq!(requests.apply(&op, &note, now()).await.unwrap(), done);
    assert_eq!(requests.is_so(&op, &note, None, now()).await.unwrap(), Some(done));
    let seen = fake.world().seen.clone();
    let patch = seen.iter().find(|r| r.method == "PATCH").unwrap();
    assert_eq!(patch.path, "/apis/apps/v1/namespaces/shop/deployments/web");
    assert_eq!(patch.headers["content-type"], "application/merge-patch+json");
    let body: serde_json::Value = serde_json::from_str(&patch.body).unwrap();
    let value = "2026-11-21T03:00:40Z ana: rolling back, see #42";
    assert_eq!(body, json!({ "metadata": { "annotations": { "note.watchfire/0198-ab": value } } }));
}

#[tokio::test]
async fn a_note_that_a_controller_takes_away_is_told() {
    let (fake, source) = crashing_web().await;
    fake.world().reverts = true;
    let note = request("uid-web/CrashLoopBackOff", "hello");
    let applied = source.requests().unwrap().apply(&OpId("1".into()), &note, now()).await.unwrap();
    assert!(matches!(&applied, Applied::Otherwise { why } if why.raw().contains("took it away")), "{applied:?}");
}

#[tokio::test]
async fn the_manuals_roles_allow_a_note_on_every_workload_and_nothing_else() {
    let fake = Fake::start().await;
    let both = || role("watchfire").union(&role("watchfire-notes")).cloned().collect();
    fake.world().allowed = Some(both());
    for (collection, uid) in [(DEPLOYMENTS, "u1"), (STATEFULSETS, "u2"), (DAEMONSETS, "u3"), (JOBS, "u4")] {
        let conditions = json!([
            { "type": "ReplicaFailure", "status": "True", "reason": "FailedCreate" },
            { "type": "Failed", "status": "True", "reason": "DeadlineExceeded" },
        ]);
        fake.put(
            collection,
            json!({
                "metadata": { "name": "w", "namespace": "shop", "uid": uid },
                "status": { "observedGeneration": 9, "conditions": conditions },
            }),
        );
    }
    let source = source(&fake.url(), "notes = true").await;
    let told = source.poll(now()).await.unwrap();
    assert_eq!(told.alerts.len(), 4, "{told:?}");
    for alert in &told.alerts {
        let note = request(alert.fingerprint.as_str(), "seen");
        let applied = source.requests().unwrap().apply(&OpId("1".into()), &note, now()).await.unwrap();
        assert!(matches!(applied, Applied::Done { .. }), "{applied:?}");
    }
    assert_eq!(fake.world().used, both());
}

#[tokio::test]
async fn what_cannot_be_noted_says_why() {
    let (fake, source) = crashing_web().await;
    let requests = source.requests().unwrap();
    let why = async |request: &Request| match requests.plan(request, now()).await {
        Err(SourceError::Rejected { why }) => why.raw().to_owned(),
        other => panic!("{other:?}"),
    };
    assert!(why(&request("uid-web/Gone", "x")).await.contains("look again"));
    assert!(why(&request("uid-web/CrashLoopBackOff", " \n")).await.contains("without words"));
    assert!(why(&request("uid-web/CrashLoopBackOff", &"x".repeat(1_001))).await.contains("1000 characters"));
    let ack = Request { verb: Verb::Ack, ..request("uid-web/CrashLoopBackOff", "x") };
    assert!(why(&ack).await.contains("no ack"));
    fake.put(
        PODS,
        json!({ "metadata": { "name": "bare", "namespace": "shop", "uid": "u-bare" }, "status": crashing(1) }),
    );
    source.listens().unwrap().heard(now()).await;
    source.poll(now()).await.unwrap();
    assert!(why(&request("u-bare/CrashLoopBackOff", "x")).await.contains("pod bare takes no note"));
}

#[tokio::test]
async fn who_did_not_ask_for_notes_has_none() {
    let fake = Fake::start().await;
    let source = source(&fake.url(), "").await;
    assert!(source.requests().is_none() && source.describe().can.ways.is_empty());
}
