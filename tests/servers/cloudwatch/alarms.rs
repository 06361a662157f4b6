//! Alarms of every kind, their pages, their refusals, and what they did before.

use chrono::Duration;
use serde_json::json;
use watchfire::domain::{
    alert::{AlertState, Severity},
    past::Was,
    source::SourceError,
};

use super::{
    connected,
    fake::{Fake, State, alarm, arn},
    named, now, states,
};

fn all_kinds() -> State {
    let mut partial = alarm("partial", "ALARM");
    partial["EvaluationState"] = json!("PARTIAL_DATA");
    partial["AlarmDescription"] = json!("Too many errors\nrunbook: https://w.example/5xx");
    let mut blind = alarm("blind", "OK");
    blind["EvaluationState"] = json!("EVALUATION_ERROR");
    let mut suppressed = alarm("quiet-tree", "ALARM");
    suppressed["ActionsSuppressedBy"] = json!("Alarm");
    suppressed["ActionsSuppressedReason"] = json!("deploy is in ALARM");
    State {
        metric: vec![
            alarm("page-5xx", "ALARM"),
            partial,
            blind,
            alarm("no-data", "INSUFFICIENT_DATA"),
            alarm("well", "OK"),
        ],
        composite: vec![alarm("tree", "ALARM"), suppressed],
        logs: vec![alarm("log", "ALARM"), alarm("new-word", "SNOOZED")],
        ..State::default()
    }
}

#[tokio::test]
async fn alarms_of_every_kind_are_told_and_none_is_green_that_could_not_see() {
    let fake = Fake::start(all_kinds()).await;
    let source = connected(&fake.server.url(), "severity_by_name = { \"page-*\" = \"critical\" }").await;
    let told = source.poll(now()).await.unwrap();
    assert!(told.complete && told.problems.is_empty(), "{:?}", told.problems);
    use AlertState::{Firing, Suppressed, Unknown};
    assert_eq!(
        states(&told),
        [
            ("blind", Unknown),
            ("log", Firing),
            ("no-data", Unknown),
            ("page-5xx", Firing),
            ("partial", Firing),
            ("quiet-tree", Suppressed),
            ("tree", Firing),
        ]
    );
    let page = named(&told, "page-5xx");
    assert_eq!(page.severity(), Severity::Critical);
    assert_eq!(named(&told, "tree").severity(), Severity::Warning);
    assert_eq!(page.starts_at, "2026-11-21T02:00:00.500Z".parse::<watchfire::domain::Time>().unwrap());
    let label = |name: &str| page.labels.value(name);
    assert_eq!((label("service"), label("cluster"), label("region")), ("web", "prod", "us-gov-west-1"));
    assert_eq!((label("partition"), label("account"), label("alarm_type")), ("aws-us-gov", "123456789012", "metric"));
    assert_eq!(page.annotations.value("condition"), "Sum of 5xx > 10 for 3 x 60s");
    assert_eq!(named(&told, "log").labels.value("alarm_type"), "log");
    let partial = named(&told, "partial");
    assert_eq!(partial.summary().unwrap().raw(), "Too many errors");
    assert_eq!(partial.runbook_url().unwrap().raw(), "https://w.example/5xx");
    assert!(partial.annotations.value("evaluation").starts_with("PARTIAL_DATA"));
    assert_eq!(named(&told, "quiet-tree").annotations.value("suppressed_by"), "Alarm: deploy is in ALARM");
}

#[tokio::test]
async fn alarms_without_data_are_shown_as_it_is_configured() {
    let fake = Fake::start(all_kinds()).await;
    let shown = async |own: &str| {
        let told = connected(&fake.server.url(), own).await.poll(now()).await.unwrap();
        told.alerts.iter().find(|a| a.name().raw() == "no-data").map(|a| a.state)
    };
    assert_eq!(shown("insufficient_data = \"hide\"").await, None);
    assert_eq!(shown("insufficient_data = \"firing\"").await, Some(AlertState::Firing));
}

#[tokio::test]
async fn an_alarm_between_two_answers_is_asked_for_by_its_name_before_it_is_gone() {
    let fake = Fake::start(State { metric: vec![alarm("a", "ALARM"), alarm("b", "ALARM")], ..State::default() }).await;
    let source = connected(&fake.server.url(), "ecs = false").await;
    assert_eq!(source.poll(now()).await.unwrap().alerts.len(), 2);
    fake.with(|s| {
        s.between.insert("a".into());
        s.metric[1] = alarm("b", "OK");
    });
    let told = source.poll(now() + Duration::minutes(1)).await.unwrap();
    assert_eq!(states(&told), [("a", AlertState::Firing)]);
}

#[tokio::test]
async fn those_that_are_well_are_asked_for_seldom() {
    let fake = Fake::start(all_kinds()).await;
    let source = connected(&fake.server.url(), "ecs = false").await;
    for minute in 0..10 {
        source.poll(now() + Duration::minutes(minute)).await.unwrap();
    }
    let of = |state: &str| fake.asked("DescribeAlarms").iter().filter(|b| b["StateValue"] == state).count();
    assert_eq!((of("OK"), of("ALARM"), of("INSUFFICIENT_DATA")), (1, 10, 10));
    source.poll(now() + Duration::minutes(10)).await.unwrap();
    assert_eq!(of("OK"), 2);
}

#[tokio::test]
async fn every_page_is_read_and_a_circle_of_pages_ends() {
    let metric = (0..7).map(|n| alarm(&format!("a{n}"), "ALARM")).collect();
    let fake = Fake::start(State { metric, page: 3, ..State::default() }).await;
    let source = connected(&fake.server.url(), "ecs = false").await;
    assert_eq!(source.poll(now()).await.unwrap().alerts.len(), 7);
    fake.with(|s| s.circle = Some("again"));
    let told = source.poll(now()).await.unwrap();
    assert!(!told.complete && told.alerts.len() >= 3);
    assert!(told.problems.iter().any(|p| p.why.raw().contains("read before")), "{:?}", told.problems);
}

#[tokio::test]
async fn an_alarm_that_cannot_be_read_hides_no_other() {
    let broken = json!({ "AlarmName": ["?"], "StateValue": "ALARM" });
    let mut nameless = alarm("nameless", "ALARM");
    nameless["AlarmArn"] = json!("not an arn");
    let fake = Fake::start(State { metric: vec![alarm("a", "ALARM"), nameless], ..State::default() }).await;
    let source = connected(&fake.server.url(), "ecs = false").await;
    let told = source.poll(now()).await.unwrap();
    assert_eq!(states(&told), [("a", AlertState::Firing)]);
    assert!(told.problems.iter().any(|p| p.at.raw() == "nameless"), "{:?}", told.problems);
    let body = json!({ "MetricAlarms": [broken, alarm("a", "ALARM")] }).to_string();
    fake.with(|s| s.refused.insert("DescribeAlarms", (200, body)));
    let told = source.poll(now()).await.unwrap();
    assert_eq!(states(&told), [("a", AlertState::Firing)]);
    assert!(told.problems.iter().any(|p| p.at.raw() == "metric alarms[0]"), "{:?}", told.problems);
}

#[tokio::test]
async fn aws_says_with_400_that_it_was_too_much_and_with_its_own_words_what_is_not_allowed() {
    let fake = Fake::start(State::default()).await;
    let source = connected(&fake.server.url(), "").await;
    let refuse = |name: &str, words: &str| {
        let body = json!({ "__type": format!("com.amazon.coral.service#{name}"), "Message": words }).to_string();
        fake.with(|s| s.refused.insert("DescribeAlarms", (400, body)));
    };
    refuse("ThrottlingException", "Rate exceeded");
    let error = source.poll(now()).await.unwrap_err();
    assert_eq!(error, SourceError::RateLimited { until: now() + Duration::seconds(30) });
    refuse("AccessDeniedException", "User: ana is not authorized");
    let error = source.poll(now()).await.unwrap_err();
    assert!(matches!(error, SourceError::Auth { .. }), "{error}");
    assert!(error.to_string().contains("allow cloudwatch:DescribeAlarms"), "{error}");
    refuse("ExpiredTokenException", "the key s3cr3t-of-aws has ended");
    let error = source.poll(now()).await.unwrap_err();
    assert!(matches!(error, SourceError::Auth { .. }) && error.to_string().contains("ExpiredToken"), "{error}");
    assert!(!error.to_string().contains("s3cr3t"), "{error}");
}

#[tokio::test]
async fn where_alarms_on_logs_are_not_known_the_others_are_told() {
    let server = crate::support::server::Server::start(|request| {
        if request.body.contains("LogAlarm") {
            let words = "Value '[MetricAlarm, CompositeAlarm, LogAlarm]' at 'alarmTypes' failed to satisfy constraint";
            let body = json!({ "__type": "ValidationError", "message": words }).to_string();
            return crate::support::server::Reply::status(400, &body);
        }
        let is_asked = request.body.contains("\"ALARM\"");
        let alarms = if is_asked { vec![alarm("a", "ALARM")] } else { Vec::new() };
        crate::support::server::Reply::json(json!({ "MetricAlarms": alarms, "CompositeAlarms": [] }).to_string())
    })
    .await;
    let told = connected(&server.url(), "ecs = false").await.poll(now()).await.unwrap();
    assert_eq!(states(&told), [("a", AlertState::Firing)]);
    let refused = server.seen().iter().filter(|r| r.body.contains("LogAlarm")).count();
    assert_eq!(refused, 1, "it is learnt once");
}

fn turn(minute: i64, from: &str, to: &str) -> serde_json::Value {
    let data = json!({ "oldState": { "stateValue": from }, "newState": { "stateValue": to, "stateReason": "why" } });
    json!({
        "AlarmName": "a", "AlarmArn": arn("alarm:a"), "HistoryItemType": "StateUpdate",
        "Timestamp": (now() + Duration::minutes(minute)).timestamp(),
        "HistorySummary": format!("Alarm updated from {from} to {to}"), "HistoryData": data.to_string(),
    })
}

#[tokio::test]
async fn when_an_alarm_burned_before_is_read_from_its_history() {
    let history = vec![turn(-5, "OK", "ALARM"), turn(-60, "ALARM", "OK"), turn(-90, "OK", "ALARM")];
    let fake = Fake::start(State { metric: vec![alarm("a", "ALARM")], history, ..State::default() }).await;
    let source = connected(&fake.server.url(), "history = true\necs = false").await;
    let told = source.poll(now()).await.unwrap();
    let since = now() - Duration::days(1);
    let past = source.past().unwrap().past(named(&told, "a"), since, now()).await.unwrap();
    let spans: Vec<_> =
        past.spans.iter().map(|s| ((now() - s.from).num_minutes(), (now() - s.to).num_minutes(), s.was)).collect();
    assert_eq!(spans, [(90, 60, Was::Firing), (5, 0, Was::Firing)]);
    assert_eq!(fake.asked("DescribeAlarmHistory")[0]["AlarmName"], "a");
    let longer = source.past().unwrap().past(named(&told, "a"), now() - Duration::days(20), now()).await.unwrap();
    assert_eq!(longer.spans[0].was, Was::Unknown, "AWS forgets after two weeks");
    let changes = source.changes().unwrap().changes(now() - Duration::hours(2), now()).await.unwrap();
    let titles: Vec<&str> = changes.iter().map(|c| c.title.raw()).collect();
    assert_eq!(titles, ["a: OK -> ALARM", "a: ALARM -> OK", "a: OK -> ALARM"]);
}
