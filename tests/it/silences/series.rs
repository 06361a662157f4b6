//! What a silence would mute that does not fire now, asked of a real Prometheus.

use watchfire::{
    config::SourceKind,
    domain::silence::{beyond::Beyond, check},
    sources::{Source, prometheus::Prometheus},
};

use crate::support::{
    config, machine_time,
    real::Real,
    server::{Reply, Server},
};

const RULES: &str = r#"
groups:
  - name: watch
    rules:
      - {alert: DiskFull, expr: up == 7, labels: {severity: critical, team: data}}
"#;

/// An alert of the day before yesterday, one of last month, and series of half an hour ago.
fn samples() -> String {
    let now = machine_time().timestamp();
    let (minutes, days) = (now - 1_800, now - 2 * 86_400);
    let long_ago = now - 30 * 86_400;
    let alert = |name: &str, instance: &str, state: &str, at: i64| {
        format!("ALERTS{{alertname=\"{name}\",alertstate=\"{state}\",instance=\"{instance}\",team=\"data\"}} 1 {at}\n")
    };
    let up = |instance: &str| format!("up{{instance=\"{instance}\",job=\"node\"}} 1 {minutes}\n");
    [
        "# TYPE ALERTS gauge\n".to_owned(),
        alert("DiskFull", "db-1", "firing", days),
        alert("DiskFull", "db-2", "firing", long_ago),
        alert("DiskFull", "db-3", "pending", days),
        alert("HighLatency", "db-1", "firing", days),
        "# TYPE up gauge\n".to_owned(),
        up("db-1"),
        up("db-2"),
        up("web-1"),
        "# EOF\n".to_owned(),
    ]
    .concat()
}

async fn asked(server: &Real, matchers: &str) -> Beyond {
    let source = Prometheus::connect(&config(SourceKind::Prometheus, &[server.url()])).await.unwrap();
    let matchers = check::read(matchers).unwrap();
    source.metrics().unwrap().beyond(&matchers, machine_time()).await
}

fn instances(sets: &watchfire::domain::silence::beyond::Sets) -> Vec<String> {
    let mut all: Vec<String> =
        sets.known.iter().map(|s| format!("{} {}", s.value("alertname"), s.value("instance"))).collect();
    all.sort();
    all
}

#[tokio::test]
async fn alerts_of_the_last_days_and_series_with_its_labels_are_told() {
    let server = Real::prometheus(RULES, &samples()).await;
    let beyond = asked(&server, r#"alertname="DiskFull", instance=~"db-.*""#).await;
    let (fired, series) = (beyond.fired.unwrap(), beyond.series.unwrap());
    assert_eq!(instances(&fired), ["DiskFull db-1"], "neither what only waited nor last month's");
    assert_eq!((fired.count(), fired.known[0].get("alertstate")), ("1".into(), None));
    assert_eq!(instances(&series), [" db-1", " db-2"], "series, and none of them Prometheus' own of alerts");
    assert_eq!(series.left_out.iter().map(|n| n.raw()).collect::<Vec<_>>(), ["alertname"]);
}

#[tokio::test]
async fn labels_that_only_rules_or_the_outside_add_are_left_out_and_that_is_said() {
    let server = Real::prometheus(RULES, &samples()).await;
    let beyond = asked(&server, r#"cluster="eu", severity="critical", team="data", job="node", pod="""#).await;
    let (fired, series) = (beyond.fired.unwrap(), beyond.series.unwrap());
    let names = |sets: &watchfire::domain::silence::beyond::Sets| -> Vec<String> {
        sets.left_out.iter().map(|n| n.raw().to_owned()).collect()
    };
    assert_eq!(names(&series), ["cluster", "severity", "team"]);
    assert_eq!(series.known.len(), 3);
    assert_eq!(names(&fired), ["cluster", "severity", "job"], "no alert of the past carries these");
    assert_eq!(fired.known.len(), 2);
    let only = asked(&server, r#"cluster="eu""#).await;
    assert!(only.series.unwrap().not_asked.is_some() && only.fired.unwrap().not_asked.is_some());
}

#[tokio::test]
async fn a_server_that_fails_says_so_in_place_and_one_that_answers_too_much_is_cut() {
    let series: Vec<String> = (0..1_500).map(|i| format!(r#"{{"__name__":"up","job":"n","i":"{i}"}}"#)).collect();
    let good = |data: &str| Reply::json(format!(r#"{{"status":"success","data":{data}}}"#));
    let server = Server::routes(&[
        ("/api/v1/labels", good(r#"["__name__","job","i"]"#)),
        ("/api/v1/rules", good(r#"{"groups":[]}"#)),
        ("/api/v1/series", good(&format!("[{}]", series.join(",")))),
        ("/api/v1/query", Reply::status(503, "busy")),
    ])
    .await;
    let source = Prometheus::connect(&config(SourceKind::Prometheus, &[server.url()])).await.unwrap();
    let beyond = source.metrics().unwrap().beyond(&check::read("job=\"n\"").unwrap(), machine_time()).await;
    let sets = beyond.series.unwrap();
    assert_eq!((sets.count(), sets.known.len()), ("1000 or more".into(), 1_000));
    assert!(beyond.fired.unwrap_err().to_string().contains("503"));
}
