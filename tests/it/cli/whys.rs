//! `alerts why` and `alerts show`: whole answers on a real Alertmanager.

use serde_json::{Value, json};

use super::Home;
use crate::support::{machine_time, real::Real};

const CONFIG: &str = r"
route:
  receiver: blackhole
  group_by: [alertname]
  group_wait: 0s
  routes:
  - matchers: [severity=critical]
    receiver: oncall
    group_wait: 1s
inhibit_rules:
- source_matchers: [alertname=NodeDown]
  target_matchers: [severity=critical]
  equal: [instance]
receivers:
- name: blackhole
- name: oncall
  webhook_configs: [{url: 'http://127.0.0.1:9/hunter2'}]
";

fn alert(labels: &Value) -> Value {
    json!({"labels": labels, "startsAt": machine_time() - chrono::Duration::minutes(10)})
}

/// Four alerts: one pages, one keeps another silent, one is silenced by bob.
async fn burning() -> Real {
    let real = Real::alertmanager_routing(CONFIG).await;
    let silence = json!({
        "matchers": [{"name": "alertname", "value": "Full", "isRegex": false, "isEqual": true}],
        "startsAt": machine_time(),
        "endsAt": machine_time() + chrono::Duration::hours(1),
        "createdBy": "bob",
        "comment": "disk swap"
    });
    real.post("/api/v2/silences", &silence.to_string()).await;
    let alerts = json!([
        alert(&json!({"alertname": "Slow", "severity": "critical", "instance": "a"})),
        alert(&json!({"alertname": "NodeDown", "instance": "b"})),
        alert(&json!({"alertname": "Cold", "severity": "critical", "instance": "b"})),
        {"labels": {"alertname": "Full", "severity": "critical", "instance": "c"}, "startsAt": machine_time()},
    ]);
    real.post("/api/v2/alerts", &alerts.to_string()).await;
    let settled = async {
        while muted(&real).await < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), settled).await.expect("two alerts are muted");
    real
}

async fn muted(real: &Real) -> usize {
    let alerts = real.get("/api/v2/alerts").await;
    alerts.as_array().unwrap().iter().filter(|a| a["status"]["state"] == "suppressed").count()
}

async fn why(home: &Home, name: &str) -> Value {
    let answer = home.run(&["alerts", "why", name, "-o", "json"]).await.ends_with(0).json();
    assert_eq!(answer["schema"], "watchfire/why/1");
    assert!(!answer.to_string().contains("hunter2"));
    answer["alerts"][0]["why"][0].clone()
}

#[tokio::test]
async fn each_way_an_alert_can_go_is_told_with_its_reason() {
    let real = burning().await;
    let home = Home::on(&real.url(), "");
    let slow = why(&home, "Slow").await;
    let route = &slow["routes"][0];
    assert_eq!(route["path"], json!([[], [r#"severity="critical""#]]));
    assert_eq!((&route["receiver"], &route["integrations"]), (&json!("oncall"), &json!(["webhook"])));
    assert_eq!((&route["group"], &route["group_wait"]), (&json!({"alertname": "Slow"}), &json!(1)));
    assert_eq!(route["outcome"], "told");
    assert!(slow["verdict"].as_str().unwrap().starts_with("paged `oncall` at "), "{slow}");
    let full = why(&home, "Full").await;
    let verdict = full["verdict"].as_str().unwrap();
    assert!(verdict.starts_with("did not page `oncall`: muted by the silence of bob until "), "{verdict}");
    assert!(verdict.ends_with(": disk swap"), "{verdict}");
    let cold = why(&home, "Cold").await;
    assert!(cold["verdict"].as_str().unwrap().starts_with("did not page `oncall`: inhibited by NodeDown ("), "{cold}");
    let rule = r#"{alertname="NodeDown"} inhibits {severity="critical"}, equal in instance"#;
    assert_eq!(cold["routes"][0]["mutes"][0]["rule"], rule);
    let down = why(&home, "NodeDown").await;
    assert_eq!(down["verdict"], "did not page: its route leads to the receiver `blackhole`, which tells nobody");
}

#[tokio::test]
async fn one_alert_is_shown_whole_and_what_matches_nothing_is_named() {
    let real = burning().await;
    let home = Home::on(&real.url(), "");
    let shown = home.run(&["alerts", "show", "Cold"]).await.ends_with(0).out;
    for wanted in [
        "labels",
        "why it paged",
        "inhibited by NodeDown",
        "from the live configuration of prod",
        "related",
        "same instance=b",
    ] {
        assert!(shown.contains(wanted), "{wanted}: {shown}");
    }
    let many = home.run(&["alerts", "show", "severity=critical"]).await.ends_with(2);
    assert!(many.err.contains("3 alerts match"), "{}", many.err);
    home.run(&["alerts", "why", "Nothing"]).await.ends_with(1);
}

#[tokio::test]
async fn a_pending_alert_has_not_reached_alertmanager_and_would_go_there() {
    let real = Real::alertmanager_routing(CONFIG).await;
    let rules = "groups: [{name: g, rules: [{alert: Soon, expr: vector(1), for: 1h, labels: {severity: critical}}]}]";
    let metrics = Real::prometheus(rules, "").await;
    let pending = async {
        while metrics.get("/api/v1/alerts").await["data"]["alerts"].as_array().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), pending).await.expect("the rule is evaluated");
    let home =
        Home::on(&real.url(), &format!("[[source]]\nname=\"metrics\"\nkind=\"prometheus\"\nurl=\"{}\"", metrics.url()));
    let soon = why(&home, "Soon").await;
    assert_eq!(soon["verdict"], "pending: has not reached prod; it would go to `oncall`");
}
