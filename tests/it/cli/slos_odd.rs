//! `slo`: composites, and rows that something is in the way of, on a real Prometheus.

use super::slos;
use crate::support::real::Real;

/// Of one half one of a hundred fails, of the other nothing does.
const COMPOSITE: &str = r#"apiVersion: openslo/v1
kind: SLO
metadata: {name: journey}
spec:
  service: shop
  timeWindow: [{duration: 7d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives:
    - displayName: answers
      target: 0.98
      compositeWeight: 3
      indicator: {metadata: {name: a}, spec: {ratioMetric: {counter: true, bad: {metricSource: {spec: {query: 'requests_total{code="500"}'}}}, total: {metricSource: {spec: {query: requests_total}}}}}}
    - displayName: receipts
      target: 0.98
      indicator: {metadata: {name: b}, spec: {ratioMetric: {counter: true, bad: {metricSource: {spec: {query: 'requests_total{code="none"}'}}}, total: {metricSource: {spec: {query: requests_total}}}}}}
"#;

#[tokio::test]
async fn a_composite_is_listed_shown_and_explained_by_its_parts() {
    let server = Real::prometheus("groups: []\n", &slos::samples()).await;
    let home = slos::home(&server.url());
    std::fs::write(home.path("slo.yaml"), COMPOSITE).unwrap();
    let answer = home.run(&["slo", "list", "-o", "json"]).await.ends_with(0).json();
    let slos = answer["slos"].as_array().unwrap();
    let whole = slos.iter().find(|s| s["id"] == "journey").unwrap_or_else(|| panic!("{answer}"));
    // Three quarters of 1 % of 2 % that may.
    assert!((whole["remaining"].as_f64().unwrap() - 0.625).abs() < 0.01, "{whole}");
    assert_eq!((&whole["state"], &answer["complete"]), (&"ok".into(), &true.into()));
    assert!((whole["burn"]["1h"].as_f64().unwrap() - 0.375).abs() < 0.01, "{whole}");
    let shown = home.run(&["slo", "show", "journey"]).await.ends_with(0);
    assert!(shown.out.contains("the mean of its parts by weight: journey-answers (weight 3)"), "{}", shown.out);
    assert!(shown.out.contains("98 % of seconds good"), "{}", shown.out);
    let told = home.run(&["slo", "explain", "journey", "bad"]).await.ends_with(0);
    assert!(told.out.contains("sum of w * (1 - SLI) of its parts / sum of w"), "{}", told.out);
    let drilled = home.run(&["slo", "drill", "journey"]).await.ends_with(1);
    assert!(drilled.err.contains("drill into one of them, as journey-answers"), "{}", drilled.err);
    home.run(&["slo", "gate", "journey"]).await.ends_with(0);
    // One part that is wrong makes the whole unknown, and says which.
    std::fs::write(home.path("slo.yaml"), COMPOSITE.replace("{code=\"none\"}", "{code=\"none\"} offset 1d")).unwrap();
    let ran = home.run(&["slo", "list", "-o", "json"]).await;
    let answer = ran.json();
    let whole = answer["slos"].as_array().unwrap().iter().find(|s| s["id"] == "journey").unwrap().clone();
    assert_eq!((&whole["state"], &whole["remaining"]), (&"no_data".into(), &serde_json::Value::Null));
    assert!(whole["trouble"].as_str().unwrap().starts_with("its part journey-receipts: "), "{whole}");
    assert!(ran.err.contains("journey-receipts cannot be counted: "), "{}", ran.err);
    home.run(&["slo", "gate", "journey"]).await.ends_with(3);
}

#[tokio::test]
async fn what_a_server_refuses_is_said_of_that_row_alone() {
    let server = Real::prometheus("groups: []\n", &slos::samples()).await;
    let home = slos::home(&server.url());
    let broken = slos::SLO.replace("name: checkout", "name: broken").replace("{code=\"500\"}", "{code=\"500\"} - (");
    std::fs::write(home.path("slo.yaml"), format!("{}---\n{broken}", slos::SLO)).unwrap();
    let ran = home.run(&["slo", "list", "-o", "json"]).await;
    let answer = ran.json();
    let of = |id: &str| answer["slos"].as_array().unwrap().iter().find(|s| s["id"] == id).unwrap().clone();
    assert_eq!((&of("checkout")["state"], of("checkout").get("trouble")), (&"exhausted".into(), None));
    assert_eq!(of("broken")["state"], "no_data");
    assert!(of("broken")["trouble"].as_str().unwrap().contains("parse error"), "{answer}");
    let shown = home.run(&["slo", "show", "broken"]).await;
    assert!(shown.out.contains("UNKNOWN: not counted") && shown.out.contains("parse error"), "{}", shown.out);
    let linted = home.run(&["slo", "lint", "broken"]).await.ends_with(1);
    assert!(linted.out.contains("correct its definition"), "{}", linted.out);
}
