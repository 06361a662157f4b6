//! Pending alerts: when they fire, from their rules, which are asked seldom and only while something is pending.

use chrono::Duration;
use watchfire::domain::{Time, alert::AlertState};

use super::connect;
use crate::support::{
    config, machine_time,
    real::Real,
    recorded_at,
    server::{Reply, Server},
};

fn alerts(list: &[(&str, &str, &str)]) -> Reply {
    let one = |(name, severity, state): &(&str, &str, &str)| {
        format!(
            r#"{{"labels":{{"alertname":"{name}","severity":"{severity}"}},"state":"{state}","activeAt":"2026-11-21T02:00:00Z"}}"#
        )
    };
    let list: Vec<String> = list.iter().map(one).collect();
    Reply::json(format!(r#"{{"status":"success","data":{{"alerts":[{}]}}}}"#, list.join(",")))
}

fn rules(list: &[(&str, &str, u32)]) -> Reply {
    let one = |(name, labels, seconds): &(&str, &str, u32)| {
        format!(r#"{{"type":"alerting","name":"{name}","query":"x","duration":{seconds},"labels":{labels}}}"#)
    };
    let list: Vec<String> = list.iter().map(one).collect();
    let groups = format!(r#"[{{"name":"g","file":"f","rules":[{},7]}}]"#, list.join(","));
    Reply::json(format!(r#"{{"status":"success","data":{{"groups":{groups}}}}}"#))
}

fn after(minutes: i64) -> Option<Time> {
    Some("2026-11-21T02:00:00Z".parse::<Time>().unwrap() + Duration::minutes(minutes))
}

#[tokio::test]
async fn the_rule_whose_labels_an_alert_has_says_when_it_fires() {
    let list =
        [("A", "critical", "pending"), ("A", "warning", "pending"), ("B", "info", "pending"), ("C", "info", "firing")];
    let told = [
        ("A", r#"{"severity":"critical"}"#, 300),
        ("A", r#"{"severity":"warning"}"#, 600),
        ("B", r#"{"severity":"{{ $labels.x }}"}"#, 60),
        ("B", "{}", 120),
        ("C", "{}", 60),
    ];
    let server = Server::routes(&[("/api/v1/alerts", alerts(&list)), ("/api/v1/rules", rules(&told))]).await;
    let source = connect(&[&server]).await;
    let snapshot = source.poll(recorded_at()).await.unwrap();
    let mut fires: Vec<(String, Option<Time>)> = snapshot
        .alerts
        .iter()
        .map(|a| (format!("{} {}", a.name().raw(), a.labels.value("severity")), a.fires_at))
        .collect();
    fires.sort();
    let wanted = [("A critical", after(5)), ("A warning", after(10)), ("B info", None), ("C info", None)];
    assert_eq!(fires, wanted.map(|(name, at)| (name.to_owned(), at)), "two rules may have raised B, and do not agree");
    source.poll(recorded_at() + Duration::minutes(4)).await.unwrap();
    let asked = || server.seen().into_iter().filter(|r| r.path == "/api/v1/rules").collect::<Vec<_>>();
    assert_eq!(asked().len(), 1, "what a rule said holds for a while");
    assert!(
        asked()[0].query.contains("exclude_alerts=true") && !asked()[0].query.contains("=C"),
        "{}",
        asked()[0].query
    );
    source.poll(recorded_at() + Duration::minutes(6)).await.unwrap();
    assert_eq!(asked().len(), 2);
}

#[tokio::test]
async fn rules_that_cannot_be_read_cost_no_alert() {
    let server = Server::routes(&[("/api/v1/alerts", alerts(&[("A", "critical", "pending")]))]).await;
    let snapshot = connect(&[&server]).await.poll(recorded_at()).await.unwrap();
    assert_eq!((snapshot.alerts.len(), snapshot.alerts[0].fires_at, snapshot.complete), (1, None, true));
}

#[tokio::test]
async fn nothing_is_asked_of_rules_while_nothing_is_pending() {
    let server = Server::routes(&[("/api/v1/alerts", alerts(&[("A", "critical", "firing")]))]).await;
    connect(&[&server]).await.poll(recorded_at()).await.unwrap();
    assert!(server.seen().iter().all(|r| r.path != "/api/v1/rules"));
}

#[tokio::test]
async fn a_real_prometheus_says_when_its_alert_fires() {
    let rules = "groups: [{name: g, rules: [{alert: Soon, expr: vector(1), for: 1h, labels: {severity: critical}}]}]";
    let real = Real::prometheus(rules, "").await;
    let source =
        watchfire::sources::connect(&config(watchfire::config::SourceKind::Prometheus, &[real.url()])).await.unwrap();
    let pending = async {
        loop {
            let snapshot = source.poll(machine_time()).await.unwrap();
            if let [alert] = &snapshot.alerts[..] {
                return alert.clone();
            }
            tokio::task::yield_now().await;
        }
    };
    let alert = tokio::time::timeout(std::time::Duration::from_secs(20), pending).await.expect("the rule is evaluated");
    assert_eq!((alert.state, alert.fires_at), (AlertState::Pending, Some(alert.starts_at + Duration::hours(1))));
}
