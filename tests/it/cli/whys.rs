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
    let axis = home.run(&["alerts", "show", "Cold", "--axis", "--from", "30m"]).await.ends_with(0).out;
    for wanted in ["axis from ", "UNKNOWN from ", "nobody watched; fires since ", "happened\n", "between\n", "(30m)"] {
        assert!(axis.contains(wanted), "{wanted}: {axis}");
    }
    assert!(!axis.contains("calm"), "nobody remembers that it was: {axis}");
    home.run(&["alerts", "show", "Cold", "--from", "30m"]).await.ends_with(2);
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
    let table = home.run(&["alerts", "Soon"]).await.ends_with(0).out;
    assert!(table.contains("fires in 59m"), "{table}");
}

/// An Alertmanager with one alert of these labels, silenced or not.
async fn cluster(labels: &Value, silenced: bool) -> Real {
    let real = Real::alertmanager_routing(CONFIG).await;
    if silenced {
        let silence = json!({
            "matchers": [{"name": "alertname", "value": "Slow", "isRegex": false, "isEqual": true}],
            "startsAt": machine_time(),
            "endsAt": machine_time() + chrono::Duration::hours(1),
            "createdBy": "bob",
            "comment": "known"
        });
        real.post("/api/v2/silences", &silence.to_string()).await;
    }
    real.post("/api/v2/alerts", &json!([alert(labels)]).to_string()).await;
    let settled = async {
        while muted(&real).await < usize::from(silenced) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), settled).await.expect("the silence is in force");
    real
}

fn two(eu: &Real, us: &Real, by: &str) -> Home {
    let source = |name: &str, real: &Real| {
        format!("[[source]]\nname = \"{name}\"\nkind = \"alertmanager\"\nurl = \"{}\"\n", real.url())
    };
    let joined = format!("[[correlation]]\nsources = [\"eu\", \"us\"]\n{by}\n");
    Home::with(&(source("eu", eu) + &source("us", us) + &joined))
}

#[tokio::test]
async fn two_clusters_that_tell_one_alert_are_linked_and_each_keeps_its_tale() {
    let eu = cluster(&json!({"alertname": "Slow", "instance": "a", "cluster": "eu"}), false).await;
    let us = cluster(&json!({"alertname": "Slow", "instance": "a", "cluster": "us"}), true).await;
    let home = two(&eu, &us, "ignore = [\"cluster\"]");
    let shown = home.run(&["alerts", "show", "cluster=eu", "-o", "json"]).await.ends_with(0).json();
    let links = shown["alert"]["links"].as_array().unwrap();
    assert_eq!(links.len(), 1, "{shown}");
    assert_eq!((&links[0]["kind"], &links[0]["state"]), (&json!("twin"), &json!("suppressed")));
    assert!(links[0]["id"].as_str().unwrap().starts_with("us/"));
    assert_eq!(links[0]["differs"], json!(["cluster=us (here eu)"]));
    let text = home.run(&["alerts", "show", "cluster=eu"]).await.ends_with(0).out;
    assert!(
        text.contains("the sources do not agree: eu says firing, us says muted; the worst counts: firing"),
        "{text}"
    );
    let table = home.run(&["alerts", "Slow"]).await.ends_with(0).out;
    assert!(table.contains("eu +1") && table.contains("us +1"), "{table}");
    // Nothing is merged: both rows stand, each under its own source.
    let board = home.run(&["alerts", "Slow", "-o", "json"]).await.ends_with(0).json();
    let rows = board["alerts"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    for row in rows {
        assert_eq!(row["links"][0]["kind"], "twin");
        assert!(rows.iter().any(|other| other["id"] != row["id"] && other["id"] == row["links"][0]["id"]), "{board}");
    }
    drop(us);
    let blind = home.run(&["alerts", "show", "cluster=eu"]).await.ends_with(3);
    assert!(blind.out.contains("eu/") && blind.err.contains("us"), "{} {}", blind.out, blind.err);
}

#[tokio::test]
async fn alertmanager_and_its_prometheus_are_one_row_with_two_tales() {
    let real = Real::alertmanager_routing(CONFIG).await;
    // It waits until Prometheus has found its Alertmanager; what fires before is sent again only after a minute.
    let rules = "groups: [{name: g, rules: [{alert: Hot, expr: vector(1), for: 7s, labels: {severity: critical}}]}]";
    let config = format!(
        "global: {{evaluation_interval: 1s, external_labels: {{cluster: eu}}}}\nrule_files: [rules.yml]\n\
         alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{}']}}]}}]}}\n",
        real.address()
    );
    let metrics = Real::prometheus_with(&config, rules, "").await;
    let delivered = async {
        while real.get("/api/v2/alerts").await.as_array().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), delivered).await.expect("the alert is delivered");
    let home =
        Home::on(&real.url(), &format!("[[source]]\nname=\"metrics\"\nkind=\"prometheus\"\nurl=\"{}\"", metrics.url()));
    let shown = home.run(&["alerts", "show", "Hot", "-o", "json"]).await.ends_with(0).json();
    let alert = &shown["alert"];
    assert_eq!(alert["sources"], json!(["prod", "metrics"]));
    assert_eq!(
        (&alert["links"][0]["kind"], &alert["links"][0]["differs"]),
        (&json!("echo"), &json!(["cluster=absent (here eu)"]))
    );
    assert!(alert["past"]["fired"].as_u64().unwrap() >= 1, "{alert}");
    assert_eq!(alert["why"][0]["routes"][0]["receiver"], "oncall");
}

#[tokio::test]
async fn a_correlation_that_names_no_source_or_no_label_is_a_mistake_with_its_place() {
    let home = Home::with(
        "[[source]]\nname=\"eu\"\nkind=\"alertmanager\"\nurl=\"http://127.0.0.1:9\"\n[[correlation]]\nsources=[\"eu\",\"uss\"]\n",
    );
    let ran = home.run(&["config", "check"]).await.ends_with(2);
    for wanted in ["no source is called `uss`", "neither `labels` nor `ignore`"] {
        assert!(ran.err.contains(wanted), "{}", ran.err);
    }
}
