//! Relatives of Prometheus: VictoriaMetrics and vmalert, the real ones; Mimir and Thanos as far as their answers differ.

mod real;

use std::time::Duration as Wait;

use watchfire::{
    config::{SourceConfig, SourceKind, kinds::Own},
    domain::{
        Time,
        alert::AlertState,
        slo::{BucketSpan, Counted, Indicator, Objective, Slo, Window},
        source::SourceError,
    },
};

use super::sources::{self, Source};

use self::real::{VICTORIA, VMALERT, Victoria};
use crate::support::{
    config, machine_time,
    server::{Reply, Server},
};

const SUCCESS: &str = r#"{"status":"success","data":{"alerts":[],"groups":[]}}"#;

async fn source(url: String, own: Own) -> std::sync::Arc<dyn Source> {
    sources::connect(&SourceConfig { own, ..config(SourceKind::Prometheus, &[url]) }).await.unwrap()
}

fn slo() -> Slo {
    let indicator = Indicator::events(Counted::Bad("errors_total".into()), "requests_total", true);
    Slo::new("x", Objective::percent("99").unwrap(), Window::rolling(86_400), indicator)
}

/// Requests and errors every 15 seconds in `(from, to]`: 3 more requests each time, one more error each fourth.
fn history(from: i64, to: i64) -> String {
    let lines = (from..=to)
        .step_by(15)
        .enumerate()
        .map(|(i, at)| format!("requests_total{{}} {} {at}000\nerrors_total{{}} {} {at}000\n", 3 * i, i / 4));
    lines.collect()
}

#[tokio::test]
async fn what_was_pushed_is_what_is_counted_and_the_hidden_tail_is_no_bucket() {
    let victoria = Victoria::start(VICTORIA, &[]).await;
    let now = machine_time().timestamp();
    // On a multiple of the bucket, far enough back for every sample to be shown.
    let end = (now - 60) / 300 * 300;
    victoria.push(&history(end - 3_600, end)).await;
    let source = source(victoria.url(), Own::default()).await;
    let span = BucketSpan { from: end - 1_800, to: end, step: 300 };
    let counts = source.counts().unwrap();
    let tally = counts.count(&[slo()], span, machine_time()).await.unwrap();
    let buckets = &tally.series[0].buckets;
    assert_eq!(buckets.len(), 6, "{tally:?}");
    for bucket in buckets {
        assert_eq!((bucket.bad, bucket.total), (Some(5.0), Some(60.0)), "{buckets:?}");
    }

    let at = Time::from_timestamp(end, 0).unwrap();
    let span = BucketSpan { to: end + 600, ..span };
    let ends = async |seconds: i64| {
        let asked = counts.count(&[slo()], span, at + chrono::Duration::seconds(seconds)).await.unwrap();
        asked.series[0].buckets.last().map(|b| b.end)
    };
    assert_eq!(ends(29).await, Some(end - 300), "the end of the newest bucket is hidden still");
    assert_eq!(ends(30).await, Some(end));
}

#[tokio::test]
async fn a_server_that_evaluates_no_rules_is_not_calm_and_one_that_does_is_asked_instead() {
    let victoria = Victoria::start(VICTORIA, &["-search.latencyOffset=5s"]).await;
    let alone = source(victoria.url(), Own::default()).await.poll(machine_time()).await.unwrap();
    assert!(
        !alone.complete && alone.problems.iter().any(|p| p.why.raw().contains("rules_url")),
        "{:?}",
        alone.problems
    );
    assert_eq!(alone.version.unwrap().raw(), "VictoriaMetrics (hides the newest 5s)");

    let rules = "groups:\n- name: g\n  interval: 1s\n  rules:\n  - {alert: Smoke, expr: vector(1), labels: {severity: warning}}\n  \
                 - {alert: Later, expr: vector(1), for: 1h, labels: {severity: info}}\n";
    let vmalert = Victoria::vmalert(VMALERT, rules, &victoria.url()).await;
    let source = source(victoria.url(), Own::default().with("rules_url", &vmalert.url())).await;
    let told = loop {
        let told = source.poll(machine_time()).await.unwrap();
        if told.alerts.len() == 2 {
            break told;
        }
        tokio::time::sleep(Wait::from_millis(50)).await;
    };
    assert!(told.complete && told.problems.is_empty(), "{:?}", told.problems);
    let alert = |name: &str| told.alerts.iter().find(|a| a.name().raw() == name).unwrap();
    let (smoke, later) = (alert("Smoke"), alert("Later"));
    assert_eq!((smoke.state, later.state), (AlertState::Firing, AlertState::Pending));
    assert!(smoke.source_url.as_ref().unwrap().raw().contains("group_id="), "{:?}", smoke.source_url);
    assert_eq!(later.fires_at.unwrap() - later.starts_at, chrono::Duration::hours(1));
    let details = source.details().unwrap().details(later, machine_time()).await.unwrap();
    assert!(details.iter().any(|d| d.value.raw().contains("vector(1)")), "{details:?}");
}

#[tokio::test]
async fn who_says_that_nobody_evaluates_rules_has_budgets_and_no_alarm_about_it() {
    let victoria = Victoria::start(VICTORIA, &[]).await;
    let own = Own::default().with("rules_url", "none");
    let source = source(victoria.url(), own).await;
    let told = source.poll(machine_time()).await.unwrap();
    assert!(told.complete && told.problems.is_empty() && !source.describe().can.alerts, "{told:?}");
}

#[tokio::test]
async fn a_wrong_query_is_refused_in_the_servers_words_and_is_not_asked_smaller_and_smaller() {
    let words = r#"{"status":"error","errorType":"422","error":"error when executing query: unexpected token; unparsed data: \"x\""}"#;
    let server = Server::start(move |r| match r.path.as_str() {
        "/api/v1/query_range" => Reply::with(422, "Content-Type: application/json\r\n", words),
        "/api/v1/query" => Reply::json(r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#),
        _ => Reply::json(r#"{"status":"success","data":{"version":"2.42.0"}}"#),
    })
    .await;
    let source = source(server.url(), Own::default()).await;
    let now = machine_time();
    let span = BucketSpan { from: now.timestamp() - 86_400, to: now.timestamp(), step: 300 };
    let tally = source.counts().unwrap().count(&[slo()], span, now).await.unwrap();
    assert!(tally.refused[0].1.what.raw().contains("unparsed data"), "{tally:?}");
    assert_eq!(server.seen().iter().filter(|r| r.path == "/api/v1/query_range").count(), 1);
}

#[tokio::test]
async fn a_part_of_the_events_is_never_a_count() {
    for partial in [r#""isPartial":true"#, r#""warnings":["store 10.0.0.7 is away"]"#] {
        let body =
            format!(r#"{{"status":"success",{partial},"data":{{"resultType":"matrix","result":[],"alerts":[]}}}}"#);
        let server = Server::start(move |r| match r.path.as_str() {
            "/api/v1/status/buildinfo" => Reply::json(r#"{"status":"success","data":{"version":"0.34.0"}}"#),
            "/api/v1/query" => Reply::json(r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#),
            _ => Reply::json(&body),
        })
        .await;
        let source = source(server.url(), Own::default()).await;
        let now = machine_time();
        let span = BucketSpan { from: now.timestamp() - 3_600, to: now.timestamp(), step: 300 };
        let error = source.counts().unwrap().count(&[slo()], span, now).await.unwrap_err();
        assert!(matches!(&error, SourceError::Unreachable { why } if why.raw().contains("missing")), "{error}");
        let told = source.poll(now).await.unwrap();
        assert!(!told.complete && !told.problems.is_empty(), "{told:?}");
        assert_eq!(told.version.unwrap().raw(), "Thanos 0.34.0");
    }
}

#[tokio::test]
async fn a_tenant_is_asked_for_and_its_prefix_is_part_of_the_address() {
    let server = Server::start(|r| match (r.headers.get("x-scope-orgid"), r.path.as_str()) {
        (None, _) => Reply::status(401, "no org id\n"),
        (Some(_), "/prometheus/api/v1/status/buildinfo") => {
            Reply::json(r#"{"status":"success","data":{"application":"Grafana Mimir","version":"2.10.0"}}"#)
        }
        (Some(_), "/prometheus/api/v1/alerts") => Reply::json(SUCCESS),
        _ => Reply::status(404, "no such page"),
    })
    .await;
    let config = config(SourceKind::Prometheus, &[format!("{}/prometheus", server.url())]);
    let polled = async |config: &SourceConfig| sources::connect(config).await.unwrap().poll(machine_time()).await;
    let error = polled(&config).await.unwrap_err();
    assert!(matches!(&error, SourceError::Auth { why } if why.raw().contains("X-Scope-OrgID")), "{error}");
    let headers = vec![("X-Scope-OrgID".to_owned(), "team-a".into())];
    let told = polled(&SourceConfig { headers, ..config }).await.unwrap();
    assert!(told.complete && told.problems.is_empty(), "{told:?}");
    assert_eq!(told.version.unwrap().raw(), "Grafana Mimir 2.10.0");
}
