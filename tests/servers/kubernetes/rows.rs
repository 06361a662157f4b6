//! From objects to rows.

use serde_json::{Value, json};
use watchfire::domain::alert::{AlertState, Severity};

use super::{
    DEPLOYMENTS, JOBS, NODES, PODS, STATEFULSETS, crashing, deployment, fake::Fake, later, names, now, only, pod,
    ready, source,
};

async fn told(objects: &[(&str, Value)], own: &str) -> watchfire::domain::source::Snapshot {
    let fake = Fake::start().await;
    objects.iter().for_each(|(collection, object)| fake.put(collection, object.clone()));
    source(&fake.url(), own).await.poll(now()).await.unwrap()
}

fn waiting(reason: &str) -> Value {
    json!({
        "phase": "Pending", "startTime": "2026-11-21T02:59:00Z",
        "containerStatuses": [{ "name": "app", "state": { "waiting": { "reason": reason, "message": "the reason's words" } } }],
    })
}

#[tokio::test]
async fn many_pods_of_a_deployment_are_one_row_with_a_count() {
    let fake = Fake::start().await;
    fake.put(DEPLOYMENTS, deployment("2", "shop/web:2"));
    fake.put(PODS, pod("web-5d4-a", crashing(14)));
    fake.put(PODS, pod("web-5d4-b", crashing(2)));
    fake.put(PODS, pod("web-5d4-c", ready()));
    let source = source(&fake.url(), "page = \"https://k8s.example/{kind}/{namespace}/{name}\"").await;
    let snapshot = source.poll(now()).await.unwrap();
    let first = only(&snapshot).clone();
    assert_eq!(first.fingerprint.as_str(), "uid-web/CrashLoopBackOff");
    let summary = "2 of 3 pods of deployment web: container app crashes again and again (exit 1, 14 restarts)";
    assert_eq!(first.annotations.value("summary"), summary);
    assert_eq!(first.annotations.value("pods"), "web-5d4-a, web-5d4-b");
    let label = |name: &str| first.labels.value(name).to_owned();
    assert_eq!(
        (label("service"), label("namespace"), label("deployment")),
        ("checkout".into(), "shop".into(), "web".into())
    );
    assert_eq!((label("container"), label("pod"), label("cluster")), ("app".into(), String::new(), "prod".into()));
    assert_eq!((first.severity(), first.state), (Severity::Error, AlertState::Firing));
    assert_eq!(first.source_url.as_ref().unwrap().raw(), "https://k8s.example/deployment/shop/web");
    assert_eq!(snapshot.version.as_ref().unwrap().raw(), "v1.36.0");

    // Other pods, another crash: the same row of the same episode.
    fake.delete(PODS, "shop", "web-5d4-a");
    fake.put(PODS, pod("web-5d4-z", crashing(3)));
    source.listens().unwrap().heard(now()).await;
    let second = only(&source.poll(later(30)).await.unwrap()).clone();
    assert_eq!((second.fingerprint, second.starts_at), (first.fingerprint, first.starts_at));
}

#[tokio::test]
async fn each_way_to_fail_has_its_reason() {
    for (reason, row) in [
        ("ErrImagePull", "ImagePullBackOff"),
        ("ImagePullBackOff", "ImagePullBackOff"),
        ("InvalidImageName", "ImagePullBackOff"),
        ("CreateContainerConfigError", "CreateContainerConfigError"),
        ("RunContainerError", "RunContainerError"),
    ] {
        let told = told(&[(PODS, pod("web-5d4-a", waiting(reason)))], "").await;
        let alert = only(&told);
        assert_eq!((alert.labels.value("reason"), alert.severity()), (row, Severity::Error), "{reason}");
        assert_eq!(alert.annotations.value("description"), "the reason's words");
    }
    let told = told(&[(PODS, pod("web-5d4-a", waiting("BitsOnStrike")))], "").await;
    assert_eq!((names(&told), only(&told).severity()), (vec!["BitsOnStrike"], Severity::Unknown));
}

#[tokio::test]
async fn a_container_that_runs_between_two_crashes_still_loops_until_it_held_out() {
    let running = |since: &str| {
        json!({
            "phase": "Running", "conditions": [{ "type": "Ready", "status": "True" }],
            "containerStatuses": [{
                "name": "app", "ready": true, "restartCount": 7, "state": { "running": { "startedAt": since } },
                "lastState": { "terminated": { "exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-21T02:40:00Z" } },
            }],
        })
    };
    let told = told(&[(PODS, pod("web-5d4-a", running("2026-11-21T02:55:00Z")))], "").await;
    let summary = only(&told).annotations.value("summary");
    assert!(summary.contains("(OOMKilled, exit 137, 7 restarts)"), "{summary}");
    let told = self::told(&[(PODS, pod("web-5d4-a", running("2026-11-21T02:50:00Z")))], "").await;
    assert!(told.alerts.is_empty(), "{told:?}");
}

#[tokio::test]
async fn a_pod_that_was_killed_once_or_evicted_is_told_for_an_hour() {
    let killed = json!({
        "phase": "Running", "conditions": [{ "type": "Ready", "status": "True" }],
        "containerStatuses": [{
            "name": "app", "ready": true, "restartCount": 1, "state": { "running": { "startedAt": "2026-11-21T02:40:01Z" } },
            "lastState": { "terminated": { "exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-21T02:40:00Z" } },
        }],
    });
    let evicted = json!({
        "phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory.",
        "startTime": "2026-11-21T02:50:00Z",
    });
    let fake = Fake::start().await;
    fake.put(PODS, pod("web-5d4-a", killed));
    fake.put(PODS, pod("web-5d4-b", evicted));
    let source = source(&fake.url(), "").await;
    assert_eq!(names(&source.look(now()).await.unwrap()), ["Evicted", "OOMKilled"]);
    assert_eq!(names(&source.look(later(2400)).await.unwrap()), ["Evicted"]);
    assert_eq!(names(&source.look(later(3600)).await.unwrap()), [""; 0]);
}

#[tokio::test]
async fn a_pod_without_a_node_is_pending_and_then_fires() {
    let nowhere = json!({
        "phase": "Pending",
        "conditions": [{
            "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
            "message": "0/3 nodes are available: 3 Insufficient memory.", "lastTransitionTime": "2026-11-21T02:58:40Z",
        }],
    });
    let fake = Fake::start().await;
    fake.put(PODS, pod("web-5d4-a", nowhere));
    let source = source(&fake.url(), "").await;
    let early = source.look(now()).await.unwrap();
    assert_eq!((only(&early).state, only(&early).fires_at), (AlertState::Pending, Some(later(180))));
    let late = source.look(later(180)).await.unwrap();
    assert_eq!((only(&late).state, only(&late).fires_at), (AlertState::Firing, None));
    assert!(only(&late).annotations.value("description").contains("Insufficient memory"));
}

#[tokio::test]
async fn a_pod_that_does_not_begin_or_is_not_ready_for_long_is_told() {
    let creating = |at: &str| {
        json!({
            "phase": "Pending", "startTime": at,
            "containerStatuses": [{ "name": "app", "state": { "waiting": { "reason": "ContainerCreating" } } }],
        })
    };
    let unready = |at: &str| {
        json!({
            "phase": "Running", "conditions": [{ "type": "Ready", "status": "False", "lastTransitionTime": at }],
            "containerStatuses": [{ "name": "app", "state": { "running": { "startedAt": at } } }],
        })
    };
    let (long, short) = ("2026-11-21T02:50:00Z", "2026-11-21T02:56:00Z");
    let own = "pending_after = \"5m\"\nunready_after = \"10m\"";
    assert_eq!(names(&told(&[(PODS, pod("a", creating(long)))], own).await), ["Pending"]);
    assert_eq!(names(&told(&[(PODS, pod("a", unready(long)))], own).await), ["NotReady"]);
    assert_eq!(
        names(&told(&[(PODS, pod("a", creating(short))), (PODS, pod("b", unready(short)))], own).await),
        [""; 0]
    );
    assert_eq!(names(&told(&[(PODS, pod("a", unready(short)))], "unready_after = \"1m\"").await), ["NotReady"]);
}

#[tokio::test]
async fn a_rollout_that_is_stuck_is_told_in_both_ways() {
    let mut stuck = deployment("2", "shop/web:2");
    stuck["status"]["conditions"] = json!([{
        "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded",
        "message": "ReplicaSet \"web-5d4\" has timed out progressing.", "lastTransitionTime": "2026-11-21T02:55:00Z",
    }]);
    let mut unseen = deployment("2", "shop/web:2");
    unseen["kind"] = json!("StatefulSet");
    unseen["metadata"]["uid"] = json!("uid-set");
    unseen["status"]["observedGeneration"] = json!(0);
    let told = told(&[(DEPLOYMENTS, stuck), (STATEFULSETS, unseen)], "").await;
    assert_eq!(names(&told), ["GenerationNotObserved", "ProgressDeadlineExceeded"]);
}

#[tokio::test]
async fn of_a_scheduled_job_the_newest_run_counts() {
    let run = |name: &str, at: &str, failed: bool| {
        let conditions = json!([{
            "type": if failed { "Failed" } else { "Complete" }, "status": "True",
            "reason": "BackoffLimitExceeded", "message": "Job has reached the specified backoff limit",
            "lastTransitionTime": at,
        }]);
        json!({
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": {
                "name": name, "namespace": "shop", "creationTimestamp": at,
                "ownerReferences": [{ "kind": "CronJob", "name": "bill", "uid": "uid-bill", "controller": true }],
            },
            "status": { "conditions": conditions },
        })
    };
    let (early, late) = ("2026-11-21T02:00:00Z", "2026-11-21T02:30:00Z");
    let both = told(&[(JOBS, run("bill-1", early, true)), (JOBS, run("bill-2", late, true))], "").await;
    assert_eq!(only(&both).annotations.value("summary"), "cronjob bill: failed (BackoffLimitExceeded)");
    assert_eq!(only(&both).labels.value("cronjob"), "bill");
    let mended = told(&[(JOBS, run("bill-1", early, true)), (JOBS, run("bill-2", late, false))], "").await;
    assert!(mended.alerts.is_empty(), "{mended:?}");
}

#[tokio::test]
async fn a_node_that_does_not_report_is_critical_unless_the_configuration_says_else() {
    let node = json!({
        "apiVersion": "v1", "kind": "Node", "metadata": { "name": "n1", "uid": "uid-n1" },
        "status": { "conditions": [
            { "type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown", "lastTransitionTime": "2026-11-21T02:55:00Z" },
            { "type": "DiskPressure", "status": "False" },
        ] },
    });
    let snapshot = told(&[(NODES, node.clone())], "cluster = \"eu-1\"").await;
    let alert = only(&snapshot);
    assert_eq!((alert.severity(), alert.labels.value("instance")), (Severity::Critical, "n1"));
    assert_eq!(
        (alert.labels.value("cluster"), alert.annotations.value("summary")),
        ("eu-1", "node n1: does not report any more")
    );
    let snapshot = told(&[(NODES, node)], "severity = { NodeNotReady = \"info\" }").await;
    assert_eq!(only(&snapshot).severity(), Severity::Info);
}

#[tokio::test]
async fn one_object_that_cannot_be_read_is_a_problem_and_the_rest_is_told() {
    let mut broken = pod("broken", json!({ "phase": 7 }));
    broken["metadata"]["name"] = json!("broken\u{1b}[2J");
    let told = told(&[(PODS, broken), (PODS, pod("web-5d4-a", crashing(1)))], "").await;
    assert_eq!(names(&told), ["CrashLoopBackOff"]);
    assert!(!told.complete);
    assert!(told.problems[0].at.shown().starts_with("pods: broken"), "{:?}", told.problems);
}
