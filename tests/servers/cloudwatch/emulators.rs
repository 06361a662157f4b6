//! The source before ministack, whose alarms are judged from metrics, and moto, which knows the other parts of the world.

use serde_json::json;
use watchfire::domain::{Time, alert::AlertState, past::Was, source::SourceError};

use super::{configured, emulator::Emulator, named, states};
use crate::support::machine_time;

const ALARMS: &str = "GraniteServiceVersion20100801";
const ECS: &str = "AmazonEC2ContainerServiceV20141113";

async fn source(url: &str) -> std::sync::Arc<dyn watchfire::sources::Source> {
    let mut config = configured(url, "");
    config.own = watchfire::config::kinds::Own::default().with("region", "us-gov-west-1");
    super::super::sources::connect(&config).await.unwrap()
}

async fn put_alarm(emulator: &Emulator, name: &str) {
    let body = json!({
        "AlarmName": name, "MetricName": "5xx", "Namespace": "Shop", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": [{ "Name": "ServiceName", "Value": "web" }], "AlarmDescription": "too many errors",
    });
    emulator.does(&format!("{ALARMS}.PutMetricAlarm"), body).await;
}

async fn set(emulator: &Emulator, name: &str, state: &str) {
    let body = json!({ "AlarmName": name, "StateValue": state, "StateReason": "5.0 was greater than 1.0" });
    emulator.does(&format!("{ALARMS}.SetAlarmState"), body).await;
}

#[tokio::test]
async fn ministack_tells_of_metric_and_composite_alarms_and_of_what_they_did_before() {
    let emulator = Emulator::ministack().await;
    for n in 0..120 {
        put_alarm(&emulator, &format!("cpu-{n}")).await;
    }
    set(&emulator, "cpu-0", "ALARM").await;
    let rule = json!({ "AlarmName": "tree", "AlarmRule": "ALARM(\"cpu-0\") OR ALARM(\"cpu-1\")" });
    emulator.does(&format!("{ALARMS}.PutCompositeAlarm"), rule).await;
    let source = source(&emulator.url()).await;
    let told = source.poll(machine_time()).await.unwrap();
    assert!(told.complete, "{:?}", told.problems);
    assert_eq!(told.alerts.len(), 121, "every page was read");
    let (alarm, tree) = (named(&told, "cpu-0"), named(&told, "tree"));
    assert_eq!((alarm.state, tree.state), (AlertState::Firing, AlertState::Firing));
    assert_eq!(tree.labels.value("alarm_type"), "composite");
    assert_eq!(alarm.summary().unwrap().raw(), "too many errors");
    assert_eq!(named(&told, "cpu-7").state, AlertState::Unknown, "it has no data");
    let since = machine_time() - chrono::Duration::hours(1);
    let past = source.past().unwrap().past(alarm, since, machine_time() + chrono::Duration::seconds(5)).await.unwrap();
    assert!(past.spans.iter().any(|s| s.was == Was::Firing), "{past:?}");
    set(&emulator, "cpu-0", "OK").await;
    let told = source.poll(machine_time()).await.unwrap();
    assert!(told.alerts.iter().all(|a| a.name().raw() != "cpu-0"), "{:?}", states(&told));
}

#[tokio::test]
async fn ministack_tells_of_services_and_their_deployments() {
    let emulator = Emulator::ministack().await;
    emulator.does(&format!("{ECS}.CreateCluster"), json!({ "clusterName": "prod" })).await;
    let task = json!({
        "family": "web", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256",
        "memory": "512", "containerDefinitions": [{ "name": "app", "image": "shop", "memory": 128 }],
    });
    emulator.does(&format!("{ECS}.RegisterTaskDefinition"), task).await;
    let network = json!({ "awsvpcConfiguration": { "subnets": ["subnet-1"] } });
    let service = json!({
        "cluster": "prod", "serviceName": "web", "taskDefinition": "web", "desiredCount": 2, "launchType": "FARGATE",
        "networkConfiguration": network,
    });
    emulator.does(&format!("{ECS}.CreateService"), service).await;
    let source = source(&emulator.url()).await;
    let told = source.poll(machine_time()).await.unwrap();
    assert!(told.complete && told.problems.is_empty(), "{:?}", told.problems);
    let changes = source.changes().unwrap().changes(Time::UNIX_EPOCH, machine_time()).await.unwrap();
    let deploy = changes.iter().find(|c| c.kind.raw() == "deploy").expect("no deployment is told");
    assert_eq!((deploy.title.raw(), deploy.service.as_ref().unwrap().raw()), ("web web:1", "web"));
    assert!(deploy.id.as_ref().unwrap().raw().starts_with("ecs-svc/"), "{deploy:?}");
}

#[tokio::test]
async fn moto_tells_of_the_part_of_the_world_an_alarm_is_in_and_fails_with_a_page() {
    let emulator = Emulator::moto().await;
    put_alarm(&emulator, "cpu").await;
    set(&emulator, "cpu", "ALARM").await;
    let source = source(&emulator.url()).await;
    let told = source.poll(machine_time()).await.unwrap();
    let alarm = named(&told, "cpu");
    assert_eq!(alarm.state, AlertState::Firing);
    assert_eq!((alarm.labels.value("partition"), alarm.labels.value("region")), ("aws-us-gov", "us-gov-west-1"));
    let page = alarm.source_url.as_ref().unwrap().raw();
    assert!(page.starts_with("https://console.amazonaws-us-gov.com/"), "{page}");
    assert!(told.problems.iter().any(|p| p.at.raw() == "mute rules"), "what fails is said: {:?}", told.problems);
    let since = machine_time() - chrono::Duration::hours(1);
    let error = source.past().unwrap().past(alarm, since, machine_time()).await.unwrap_err();
    assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
}
