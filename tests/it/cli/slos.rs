//! `slo`: numbers that a real Prometheus counted.

use serde_json::Value;

use super::{Home, keys};
use crate::support::{machine_time, real::Real};

pub(super) const SLO: &str = r#"apiVersion: openslo/v1
kind: SLO
metadata: {name: checkout}
spec:
  service: shop
  indicator:
    metadata: {name: answered}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'requests_total{code="500"}'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'requests_total'}}}
  timeWindow: [{duration: 7d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
"#;

/// Three hours of a hundred requests a minute, one of which fails.
pub(super) fn samples() -> String {
    let now = machine_time().timestamp() / 60 * 60;
    let mut out = "# TYPE requests counter\n".to_owned();
    for (code, each) in [("200", 99), ("500", 1)] {
        for minute in 0..=180_i64 {
            let at = now - (180 - minute) * 60;
            out.push_str(&format!("requests_total{{code=\"{code}\"}} {} {at}\n", each * minute));
        }
    }
    out + "# EOF\n"
}

pub(super) fn home(url: &str) -> Home {
    let source = format!("[[source]]\nname = \"metrics\"\nkind = \"prometheus\"\nurl = \"{url}\"\n");
    let home = Home::with(&format!("{source}[slo]\nfiles = [\"slo.yaml\"]\n"));
    std::fs::write(home.path("slo.yaml"), SLO).unwrap();
    home
}

#[tokio::test]
async fn a_budget_has_every_key_of_the_interface_and_the_numbers_of_the_server() {
    let server = Real::prometheus("groups: []\n", &samples()).await;
    let home = home(&server.url());
    let answer = home.run(&["slo", "list", "-o", "json"]).await.ends_with(0).json();
    assert_eq!((&answer["schema"], &answer["complete"]), (&"watchfire/slo/1".into(), &true.into()));
    let slo = &answer["slos"][0];
    let wanted = "bad burn consumed coverage exhausts_at id method name objective origin recovers_at remaining service \
                  sli state tiers total window";
    assert_eq!(keys(slo).join(" "), wanted);
    let mut windows = keys(&slo["burn"]);
    windows.sort_unstable();
    assert_eq!(windows, ["1d", "1h", "2h", "30m", "3d", "5m", "6h"]);
    assert_eq!(keys(&slo["tiers"][0]), ["factor", "firing", "long", "severity", "short", "unreachable"]);
    assert_eq!((&slo["id"], &slo["objective"], &slo["window"]), (&"checkout".into(), &"99.9".into(), &604_800.into()));
    let burn = slo["burn"]["1h"].as_f64().unwrap();
    assert!((burn - 10.0).abs() < 1.0, "one of a hundred fails, one of a thousand may: {burn}");
    assert_eq!(slo["state"], "exhausted");
    assert!((slo["sli"].as_f64().unwrap() - 0.99).abs() < 0.002, "{slo}");
    let ran = home.run(&["slo", "show", "checkout"]).await.ends_with(0);
    assert!(ran.out.contains("99.9 % of events good over 7d") && ran.out.contains("exhausted"), "{}", ran.out);
    let ran = home.run(&["slo", "show", "chekout"]).await.ends_with(1);
    assert!(ran.err.contains("known: checkout"), "{}", ran.err);
}

#[tokio::test]
async fn budgets_that_cannot_be_counted_are_unknown_and_the_answer_is_incomplete() {
    let home = home("http://127.0.0.1:1");
    let ran = home.run(&["slo", "list", "-o", "json"]).await.ends_with(3);
    let answer = ran.json();
    assert_eq!((&answer["complete"], &answer["sources"][0]["state"]), (&false.into(), &"unreachable".into()));
    let slo = &answer["slos"][0];
    assert_eq!((&slo["state"], &slo["remaining"], &slo["burn"]["1h"]), (&"no_data".into(), &Value::Null, &Value::Null));
    assert!(ran.err.contains("metrics: unreachable"), "{}", ran.err);
    let table = home.run(&["slo", "list", "--allow-partial"]).await.ends_with(0);
    assert!(table.out.contains("UNKNOWN"), "{}", table.out);
}

#[tokio::test]
async fn a_definition_that_cannot_be_read_hides_no_other_and_is_told() {
    let home = home("http://127.0.0.1:1");
    std::fs::write(
        home.path("slo.yaml"),
        format!("{SLO}---\napiVersion: openslo/v1\nkind: SLO\nmetadata: {{name: half}}\n"),
    )
    .unwrap();
    let ran = home.run(&["slo", "list", "-o", "json"]).await.ends_with(3);
    assert_eq!(ran.json()["slos"][0]["id"], "checkout");
    assert!(ran.err.contains("half") || ran.err.contains("slo.yaml"), "{}", ran.err);
}

/// The same requests, defined as Sloth and as Pyrra do; and a gauge that is always 1, whose scrapes are its events.
const OTHERS: &str = r#"
---
version: prometheus/v1
service: shop
slos:
  - name: sloth
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(requests_total{code="500"}[{{.window}}]))
        total_query: sum(rate(requests_total[{{.window}}]))
---
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: pyrra}
spec:
  target: "99.9"
  window: 1w
  indicator:
    ratio:
      errors: {metric: 'requests_total{code="500"}'}
      total: {metric: requests_total}
---
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: gauge}
spec: {target: "99", window: 1w, indicator: {bool_gauge: {metric: ready}}}
"#;

#[tokio::test]
async fn one_service_has_the_same_numbers_whatever_the_format_of_its_file() {
    // Off the minute, as scrapes are: older servers count a sample on the edge of two buckets in both.
    let first = machine_time().timestamp() / 60 * 60 - 180 * 60 - 23;
    let ready = (0..=180_i64).map(|m| format!("ready {} {}\n", i64::from(m != 90), first + m * 60)).collect::<String>();
    let samples = samples().replace("# EOF\n", "# TYPE ready gauge\n") + &ready + "# EOF\n";
    let server = Real::prometheus("groups: []\n", &samples).await;
    let home = home(&server.url());
    std::fs::write(home.path("slo.yaml"), SLO.to_owned() + OTHERS).unwrap();
    let text = std::fs::read_to_string(home.path("config.toml")).unwrap();
    std::fs::write(home.path("config.toml"), text + "sloth_period = \"7d\"\n").unwrap();
    let answer = home.run(&["slo", "list", "-o", "json"]).await.ends_with(0).json();
    let slos = answer["slos"].as_array().unwrap();
    let of = |id: &str| slos.iter().find(|s| s["id"] == id).unwrap_or_else(|| panic!("{id}: {answer}"));
    for id in ["shop-sloth", "pyrra"] {
        for key in ["window", "objective"] {
            assert_eq!(of(id)[key], of("checkout")[key], "{id} {key}");
        }
        for key in ["total", "bad", "remaining", "sli"] {
            let (one, other) = (of(id)[key].as_f64().unwrap(), of("checkout")[key].as_f64().unwrap());
            assert!((one - other).abs() <= 1e-9 * other.abs(), "{id} {key}: {one}, {other}");
        }
    }
    let (bad, total) = (of("gauge")["bad"].as_f64().unwrap(), of("gauge")["total"].as_f64().unwrap());
    // The bucket that is still open, up to five minutes, is not counted yet.
    let about_three_hours = (174.0..=181.0).contains(&total);
    assert!((bad - 1.0).abs() < 0.01 && about_three_hours, "one scrape of three hours failed: {bad} of {total}");
}
