//! Services of ECS: what of them is an alert, and what a change.

use chrono::Duration;
use serde_json::{Value, json};
use watchfire::domain::{
    Time,
    alert::{AlertState, Severity},
};

use super::{
    connected,
    fake::{Fake, State, alarm, ecs},
    named, now, states,
};

fn service(name: &str, desired: i64, running: i64) -> Value {
    json!({
        "serviceArn": ecs(&format!("service/prod/{name}")), "serviceName": name, "clusterArn": ecs("cluster/prod"),
        "status": "ACTIVE", "desiredCount": desired, "runningCount": running, "pendingCount": 0,
        "deployments": [deployment(name, "COMPLETED", 0)],
        "events": [event(1, "(service web) has reached a steady state.")],
    })
}

fn deployment(name: &str, rollout: &str, failed: i64) -> Value {
    json!({
        "id": format!("ecs-svc/{name}"), "status": "PRIMARY", "taskDefinition": ecs(&format!("task-definition/{name}:12")),
        "failedTasks": failed, "createdAt": seconds(-20), "updatedAt": seconds(-10), "rolloutState": rollout,
        "rolloutStateReason": "ECS deployment circuit breaker: tasks failed to start.",
    })
}

fn event(id: i64, message: &str) -> Value {
    json!({ "id": format!("event-{id}"), "createdAt": seconds(-5 + id), "message": message })
}

fn seconds(minutes: i64) -> f64 {
    (now() + Duration::minutes(minutes)).timestamp() as f64
}

fn at(minutes: i64) -> Time {
    now() + Duration::minutes(minutes)
}

#[tokio::test]
async fn a_service_below_what_it_should_run_is_pending_and_then_fires() {
    let fake =
        Fake::start(State { services: vec![service("web", 3, 1), service("api", 2, 2)], ..State::default() }).await;
    let source = connected(&fake.server.url(), "").await;
    let told = source.poll(now()).await.unwrap();
    assert_eq!(states(&told), [("EcsServiceBelowDesired", AlertState::Pending)]);
    let alert = named(&told, "EcsServiceBelowDesired");
    assert_eq!(alert.fires_at, Some(at(3)));
    assert_eq!((alert.labels.value("service"), alert.labels.value("cluster")), ("web", "prod"));
    assert_eq!(alert.summary().unwrap().raw(), "web: 1 of 3 tasks run, 0 are starting");
    let told = source.poll(at(3)).await.unwrap();
    assert_eq!(states(&told), [("EcsServiceBelowDesired", AlertState::Firing)]);
    assert_eq!(told.alerts[0].starts_at, now());
    fake.with(|s| s.services[0]["runningCount"] = json!(0));
    let told = source.poll(at(4)).await.unwrap();
    assert_eq!(told.alerts[0].severity(), Severity::Critical);
    fake.with(|s| s.services[0]["runningCount"] = json!(3));
    assert!(source.poll(at(5)).await.unwrap().alerts.is_empty());
}

#[tokio::test]
async fn a_rollout_that_fails_says_why_its_tasks_stopped() {
    let mut web = service("web", 2, 2);
    web["deployments"] = json!([deployment("web", "FAILED", 4), deployment("old", "COMPLETED", 0)]);
    let mut api = service("api", 2, 2);
    api["deployments"] = json!([deployment("api", "IN_PROGRESS", 2)]);
    let task = json!({
        "taskArn": ecs("task/prod/abc"), "stoppedAt": seconds(-3), "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "containers": [{ "name": "app", "exitCode": 137, "reason": "OutOfMemoryError" }],
    });
    let scaled =
        json!({ "taskArn": ecs("task/prod/def"), "stoppedAt": seconds(-2), "stopCode": "ServiceSchedulerInitiated" });
    let fake = Fake::start(State { services: vec![web, api], tasks: vec![task, scaled], ..State::default() }).await;
    let source = connected(&fake.server.url(), "").await;
    let told = source.poll(now()).await.unwrap();
    let (failed, failing) = (named(&told, "EcsDeploymentFailed"), named(&told, "EcsTasksFail"));
    assert_eq!((failed.severity(), failing.severity()), (Severity::Critical, Severity::Error));
    assert!(
        failed.summary().unwrap().raw().starts_with("web: the deployment of web:12 failed: ECS deployment circuit")
    );
    let description = failed.annotations.value("description");
    assert!(
        description.contains("Essential container in task exited (app: exit 137, OutOfMemoryError)"),
        "{description}"
    );
    assert!(!description.contains("def"), "{description}");
    assert_eq!(failed.starts_at, at(-10));
    let changes = source.changes().unwrap().changes(Time::UNIX_EPOCH, now()).await.unwrap();
    let kinds: Vec<&str> = changes.iter().map(|c| c.kind.raw()).collect();
    assert_eq!(kinds.iter().filter(|k| **k == "crash").count(), 1, "{changes:#?}");
    assert_eq!(kinds.iter().filter(|k| **k == "deploy").count(), 3);
}

#[tokio::test]
async fn what_ecs_says_is_told_once_however_often_it_says_it() {
    let fake = Fake::start(State { services: vec![service("web", 2, 2)], ..State::default() }).await;
    let source = connected(&fake.server.url(), "").await;
    let news = async |since, now| {
        source.poll(now).await.unwrap();
        let changes = source.changes().unwrap().changes(since, now).await.unwrap();
        changes.iter().map(|c| (c.kind.raw().to_owned(), c.id.clone().unwrap().raw().to_owned())).collect::<Vec<_>>()
    };
    let pair = |kind: &str, id: &str| (kind.to_owned(), id.to_owned());
    assert_eq!(news(Time::UNIX_EPOCH, now()).await, [pair("deploy", "ecs-svc/web"), pair("ecs", "event-1")]);
    assert_eq!(news(now(), at(1)).await, []);
    // It happened before the last answer, and was not in it.
    fake.with(|s| s.services[0]["events"].as_array_mut().unwrap().insert(0, event(2, "(service web) is unhealthy")));
    assert_eq!(news(at(1), at(2)).await, [pair("ecs", "event-2")]);
}

#[tokio::test]
async fn services_are_described_ten_at_a_time_and_listed_seldom() {
    let services = (0..25).map(|n| service(&format!("s{n}"), 1, 1)).collect();
    let fake = Fake::start(State { services, ..State::default() }).await;
    let source = connected(&fake.server.url(), "clusters = [\"prod\"]").await;
    source.poll(now()).await.unwrap();
    source.poll(at(1)).await.unwrap();
    assert_eq!(fake.asked("DescribeServices").len(), 6);
    assert_eq!((fake.asked("ListServices").len(), fake.asked("ListClusters").len()), (1, 0));
    assert_eq!(fake.asked("ListTasks").len(), 0, "nobody is in trouble");
}

#[tokio::test]
async fn where_ecs_does_not_answer_its_rows_are_unknown_and_the_alarms_are_told() {
    let metric = vec![alarm("a", "ALARM")];
    let fake = Fake::start(State { metric, services: vec![service("web", 3, 0)], ..State::default() }).await;
    let source = connected(&fake.server.url(), "").await;
    source.poll(now()).await.unwrap();
    let body = json!({ "__type": "AccessDeniedException", "message": "no" }).to_string();
    fake.with(|s| s.refused.insert("DescribeServices", (400, body)));
    let told = source.poll(at(1)).await.unwrap();
    assert_eq!(states(&told), [("EcsServiceBelowDesired", AlertState::Unknown), ("a", AlertState::Firing)]);
    let why = told.problems[0].why.raw();
    assert!(why.contains("allow ecs:DescribeServices") && why.contains("ecs = false"), "{why}");
    assert!(told.complete, "an alarm that is well again is gone");
}
