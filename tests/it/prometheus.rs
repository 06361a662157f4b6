//! Prometheus: alerts of its rules, queries, and events counted in buckets.

mod pending;
mod seams;
mod signals;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use watchfire::{
    config::SourceKind,
    domain::{
        Time,
        alert::AlertState,
        slo::{Bucket, BucketSpan, CountSeries, Counted, Indicator, Objective, Slo, Tally, Window},
        source::SourceError,
    },
    sources::{self, Source, prometheus::Prometheus},
};

use crate::support::{
    config, machine_time,
    real::Real,
    recorded_at,
    server::{Reply, Request, Server},
};

/// Midnight, long ago, in Unix seconds.
pub const START: i64 = 1_735_689_600;

pub const RULES: &str = r#"
groups:
  - name: watch
    rules:
      - {alert: Burning, expr: vector(1), labels: {severity: critical}, annotations: {summary: "it burns"}}
      - {alert: Smoking, expr: vector(1), for: 1h, labels: {severity: warning}}
"#;

/// Three hours, a sample a minute: nine good requests, one bad; one event, which is bad every other minute.
pub fn samples() -> String {
    type Value = fn(i64) -> i64;
    let series: [(&str, Value); 4] = [
        ("http_requests_total{code=\"200\"}", |i| 9 * i),
        ("http_requests_total{code=\"500\"}", |i| i),
        ("events", |_| 1),
        ("bad_events", |i| i % 2),
    ];
    let mut text = String::new();
    for (name, value) in series {
        let kind = if name.contains("total") { "counter" } else { "gauge" };
        let family = name.split('{').next().unwrap_or(name).trim_end_matches("_total");
        if !text.contains(&format!("# TYPE {family} ")) {
            text.push_str(&format!("# TYPE {family} {kind}\n"));
        }
        (0..=180).for_each(|i| text.push_str(&format!("{name} {} {}\n", value(i), START + 60 * i)));
    }
    text + "# EOF\n"
}

fn slo(id: &str, counted: Counted, total: &str, counter: bool) -> Slo {
    let indicator = Indicator::events(counted, total, counter);
    Slo::new(id, Objective::percent("99").unwrap(), Window::rolling(86_400), indicator)
}

fn bad(id: &str, query: &str, total: &str) -> Slo {
    slo(id, Counted::Bad(query.into()), total, true)
}

/// One of each flavour of query, and one whose bad half does not exist.
pub fn slos() -> Vec<Slo> {
    let requests = "http_requests_total";
    vec![
        bad(
            "template",
            "sum(rate(http_requests_total{code=~\"5..\"}[{{.window}}]))",
            "sum(rate(http_requests_total[5m]))",
        ),
        slo(
            "counter",
            Counted::Good("sum by (code) (http_requests_total{code=\"200\"}) # good".into()),
            requests,
            true,
        ),
        slo("gauge", Counted::Bad("sum(bad_events)".into()), "events", false),
        bad("absent", "http_requests_total{code=\"599\"}", requests),
    ]
}

/// Waits for rules to be judged.
pub async fn until_alerts(source: &dyn Source, wanted: usize) {
    let look = async {
        let mut look = tokio::time::interval(Duration::from_millis(50));
        while source.poll(machine_time()).await.unwrap().alerts.len() < wanted {
            look.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), look).await.expect("the rules are judged");
}

async fn connect(servers: &[&Server]) -> Arc<dyn Source> {
    let urls: Vec<String> = servers.iter().map(|s| s.url()).collect();
    sources::connect(&config(SourceKind::Prometheus, &urls)).await.unwrap()
}

fn at(seconds: i64) -> Time {
    Time::from_timestamp(seconds, 0).unwrap()
}

async fn tally(server: &Server, wanted: &[Slo], span: BucketSpan) -> Result<Tally, SourceError> {
    let source = connect(&[server]).await;
    source.counts().unwrap().count(wanted, span, at(span.to + 60)).await
}

async fn count(server: &Server, wanted: &[Slo], span: BucketSpan) -> Result<Vec<CountSeries>, SourceError> {
    Ok(tally(server, wanted, span).await?.series)
}

fn form(request: &Request) -> HashMap<String, String> {
    url::form_urlencoded::parse(request.body.as_bytes()).into_owned().collect()
}

#[tokio::test]
async fn a_real_server_shows_what_fires_and_what_is_about_to() {
    let server = Real::prometheus(RULES, "").await;
    let source = sources::connect(&config(SourceKind::Prometheus, &[server.url()])).await.unwrap();
    until_alerts(&*source, 2).await;
    let snapshot = source.poll(machine_time()).await.unwrap();
    let state = |name: &str| snapshot.alerts.iter().find(|a| *a.name() == name).map(|a| a.state);
    assert_eq!((state("Burning"), state("Smoking")), (Some(AlertState::Firing), Some(AlertState::Pending)));
    assert!(snapshot.version.is_some() && snapshot.complete);
}

#[tokio::test]
async fn a_real_server_counts_what_happened_in_each_bucket() {
    let server = Real::prometheus(RULES, &samples()).await;
    let source = sources::connect(&config(SourceKind::Prometheus, &[server.url()])).await.unwrap();
    let span = BucketSpan { from: START, to: START + 7_200, step: 3_600 };
    let series = source.counts().unwrap().count(&slos(), span, machine_time()).await.unwrap().series;
    let near = |got: Option<f64>, wanted: f64| got.is_some_and(|g| (g - wanted).abs() <= wanted * 0.02);
    let expected = [
        ("template", Some(60.0), 600.0),
        ("counter", Some(60.0), 600.0),
        ("gauge", Some(30.0), 60.0),
        ("absent", None, 600.0),
    ];
    for (series, (id, bad, total)) in series.iter().zip(expected) {
        assert_eq!(series.slo.as_str(), id);
        assert_eq!(series.buckets.iter().map(|b| b.end).collect::<Vec<_>>(), [START + 3_600, START + 7_200]);
        for bucket in &series.buckets {
            assert!(near(bucket.total, total), "{id} {bucket:?}");
            assert!(bad.map_or(bucket.bad.is_none(), |b| near(bucket.bad, b)), "{id} {bucket:?}");
        }
    }
}

#[tokio::test]
async fn a_query_is_posted_with_a_deadline_and_its_numbers_are_read() {
    let server = Server::always(Reply::recorded("prometheus/2.42.0/query-up")).await;
    let source = Prometheus::connect(&config(SourceKind::Prometheus, &[server.url()])).await.unwrap();
    let series = source.instant("up{a=\"&=+\"}", at(1_795_229_251), recorded_at()).await.unwrap();
    assert_eq!(series.len(), 4);
    assert_eq!((series[3].labels.value("job"), series[3].points[0].1), ("dead", 0.0));
    let sent = &server.seen()[0];
    assert_eq!((sent.method.as_str(), form(sent)["query"].as_str()), ("POST", "up{a=\"&=+\"}"));
    assert_eq!((form(sent)["timeout"].as_str(), form(sent)["time"].as_str()), ("10s", "1795229251"));
}

#[tokio::test]
async fn infinity_and_no_number_are_gaps() {
    for name in ["query-inf", "query-nan"] {
        let server = Server::always(Reply::recorded(&format!("prometheus/2.53.3/{name}"))).await;
        let source = Prometheus::connect(&config(SourceKind::Prometheus, &[server.url()])).await.unwrap();
        let series = source.instant("x", at(0), recorded_at()).await.unwrap();
        assert!(series.iter().all(|s| s.points.is_empty()), "{series:?}");
    }
}

#[tokio::test]
async fn a_refused_query_is_told_in_the_servers_words() {
    for (name, words) in [("err-parse", "unexpected end of input"), ("err-resolution", "11,000 points")] {
        let server = Server::always(Reply::recorded(&format!("prometheus/2.42.0/{name}"))).await;
        let source = Prometheus::connect(&config(SourceKind::Prometheus, &[server.url()])).await.unwrap();
        let error = source.instant("x{", at(0), recorded_at()).await.unwrap_err();
        assert!(matches!(&error, SourceError::Rejected { why } if why.raw().contains(words)), "{error}");
    }
}

#[tokio::test]
async fn warnings_make_absence_mean_nothing() {
    let body = r#"{"status":"success","data":{"alerts":[]},"warnings":["store 10.0.0.7 is away"]}"#;
    let server = Server::always(Reply::json(body)).await;
    let snapshot = connect(&[&server]).await.poll(recorded_at()).await.unwrap();
    assert!(!snapshot.complete);
    assert_eq!(snapshot.problems[0].why, "store 10.0.0.7 is away");
}

#[tokio::test]
async fn two_rules_that_raise_one_label_set_are_one_row_that_fires() {
    let alert = |state: &str| {
        format!(r#"{{"labels":{{"alertname":"A"}},"state":"{state}","activeAt":"2026-11-21T02:00:00Z"}}"#)
    };
    let list = [alert("pending"), alert("firing"), alert("pending"), r#"{"labels":7}"#.into()].join(",");
    let server = Server::always(Reply::json(format!(r#"{{"status":"success","data":{{"alerts":[{list}]}}}}"#))).await;
    let snapshot = connect(&[&server]).await.poll(recorded_at()).await.unwrap();
    assert_eq!((snapshot.alerts.len(), snapshot.alerts[0].state), (1, AlertState::Firing));
    assert_eq!(snapshot.problems[0].at, "alerts[3]");
}

#[tokio::test]
async fn the_second_server_of_a_pair_answers_for_the_first() {
    let away = Server::always(Reply::status(503, "starting")).await;
    let there = Server::routes(&[("/api/v1/alerts", Reply::recorded("prometheus/2.42.0/alerts"))]).await;
    let snapshot = connect(&[&away, &there]).await.poll(recorded_at()).await.unwrap();
    assert_eq!((snapshot.alerts.len(), snapshot.complete, snapshot.version), (2, true, None));
    assert_eq!(snapshot.missing_members[0].0.raw(), away.address());
}

const NOTHING: &str = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;

fn is_range(request: &Request) -> bool {
    request.path.ends_with("query_range")
}

/// Answers `7` for every half at every step, and does not know how often there is a scrape.
fn sevens(request: &Request) -> Reply {
    if !is_range(request) {
        return Reply::json(NOTHING);
    }
    let form = form(request);
    let number = |name: &str| form[name].parse::<i64>().unwrap();
    let ends = (number("start")..=number("end")).step_by(usize::try_from(number("step")).unwrap());
    let values: Vec<String> = ends.map(|end| format!("[{end},\"7\"]")).collect();
    let keys = form["query"].split("\"wf\", \"").skip(1).filter_map(|rest| rest.split('"').next());
    let series: Vec<String> =
        keys.map(|key| format!(r#"{{"metric":{{"wf":"{key}"}},"values":[{}]}}"#, values.join(","))).collect();
    Reply::json(format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":[{}]}}}}"#, series.join(",")))
}

#[tokio::test]
async fn many_slos_share_a_query_and_a_day_is_the_most_it_covers() {
    let server = Server::start(sevens).await;
    let wanted: Vec<Slo> = (0..25).map(|i| bad(&format!("slo{i}"), "bad_total", "all_total")).collect();
    let span = BucketSpan { from: START, to: START + 2 * 86_400, step: 3_600 };
    let series = count(&server, &wanted, span).await.unwrap();
    assert_eq!(
        series.iter().map(|s| s.slo.as_str().to_owned()).collect::<Vec<_>>(),
        (0..25).map(|i| format!("slo{i}")).collect::<Vec<_>>()
    );
    let all = |s: &CountSeries| s.buckets.iter().all(|b| (b.bad, b.total) == (Some(7.0), Some(7.0)));
    assert!(series.iter().all(|s| s.buckets.len() == 48 && all(s)));
    let seen: Vec<Request> = server.seen().into_iter().filter(is_range).collect();
    assert_eq!(seen.len(), 4, "two batches, two days");
    for request in &seen {
        let form = form(request);
        let (start, end): (i64, i64) = (form["start"].parse().unwrap(), form["end"].parse().unwrap());
        assert!(end - start < 86_400 && start % 3_600 == 0);
        assert!(form["query"].starts_with(r#"label_replace(sum(increase(bad_total[1h])), "wf", "0.c", "", "") or "#));
    }
}

#[tokio::test]
async fn a_query_that_is_too_expensive_is_asked_in_smaller_pieces() {
    let granted: Arc<Mutex<Vec<(i64, i64)>>> = Arc::default();
    let log = granted.clone();
    let server = Server::start(move |request| {
        if !is_range(request) {
            return sevens(request);
        }
        let form = form(request);
        let span = (form["start"].parse::<i64>().unwrap(), form["end"].parse::<i64>().unwrap());
        if span.1 - span.0 >= 4 * 3_600 {
            return Reply::status(422, r#"{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory"}"#);
        }
        log.lock().unwrap().push(span);
        sevens(request)
    })
    .await;
    let span = BucketSpan { from: START, to: START + 86_400, step: 300 };
    let series = count(&server, &[bad("a", "x", "y")], span).await.unwrap();
    assert!(series[0].buckets.len() == 288 && series[0].buckets.iter().all(|b| b.bad == Some(7.0)));
    let granted = granted.lock().unwrap();
    assert!(granted.windows(2).all(|w| w[1].1 + 300 == w[0].0), "newest first, nothing asked twice: {granted:?}");
}

#[tokio::test]
async fn a_query_that_is_too_expensive_for_an_hour_says_what_would_help() {
    let server = Server::always(Reply::status(
        422,
        r#"{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory"}"#,
    ))
    .await;
    let span = BucketSpan { from: START, to: START + 86_400, step: 300 };
    let tally = tally(&server, &[bad("a", "x", "y")], span).await.unwrap();
    let (id, trouble) = &tally.refused[0];
    assert!(tally.series.is_empty() && id.as_str() == "a" && trouble.what.raw().contains("add a recording rule"));
    let rule = trouble.rule.as_ref().unwrap().raw();
    assert!(rule.contains("sum(increase(x[5m]))") && rule.contains("sum(increase(y[5m]))"), "{rule}");
    // One of them asks what server it is.
    assert!(server.seen().len() < 9, "halved, not asked for ever");
}

#[tokio::test]
async fn one_wrong_query_does_not_hide_the_others() {
    let server = Server::start(|request| match form(request)["query"].contains("wrong") {
        true => Reply::status(400, r#"{"status":"error","errorType":"bad_data","error":"no such thing"}"#),
        false => sevens(request),
    })
    .await;
    let mut wanted: Vec<Slo> = (0..9).map(|i| bad(&format!("slo{i}"), "x", "y")).collect();
    wanted[4] = bad("wrong", "wrong", "y");
    wanted[7] = bad("elsewhen", "sum(rate(x[5m] offset 1d))", "y");
    let span = BucketSpan { from: START, to: START + 300, step: 300 };
    let tally = tally(&server, &wanted, span).await.unwrap();
    assert_eq!(tally.series.iter().map(|s| s.slo.as_str()).collect::<String>(), "slo0slo1slo2slo3slo5slo6slo8");
    for (id, words) in [("wrong", "no such thing"), ("elsewhen", "offset")] {
        let (_, trouble) = tally.refused.iter().find(|(slo, _)| slo.as_str() == id).unwrap();
        assert!(trouble.what.raw().contains(words), "{trouble:?}");
    }
}

#[tokio::test]
async fn good_is_turned_into_bad_and_where_none_is_known_nothing_was_good() {
    let body = r#"{"status":"success","data":{"resultType":"matrix","result":[
        {"metric":{"wf":"0.c"},"values":[[1735689900,"90"],[1735690200,"120"],[1735690500,"NaN"]]},
        {"metric":{"wf":"0.t"},"values":[[1735689900,"100"],[1735690200,"100"],[1735690500,"100"],[1735690507,"5"]]},
        {"metric":{"wf":"9.t"},"values":[[1735689900,"100"]]},{"metric":{},"values":[[1735689900,"100"]]}]}}"#;
    let server = Server::always(Reply::json(body)).await;
    let span = BucketSpan { from: START, to: START + 1_200, step: 300 };
    let series = count(&server, &[slo("a", Counted::Good("x".into()), "y", true)], span).await.unwrap();
    let row = |end, bad, total| Bucket { end: START + end, bad, total };
    let wanted = [
        row(300, Some(10.0), Some(100.0)),
        row(600, Some(0.0), Some(100.0)),
        row(900, Some(100.0), Some(100.0)),
        row(1_200, None, None),
    ];
    assert_eq!(series[0].buckets, wanted);
}

#[tokio::test]
async fn a_refused_token_ends_the_count_at_once() {
    let server = Server::always(Reply::status(401, "Unauthorized")).await;
    let wanted: Vec<Slo> = (0..20).map(|i| bad(&format!("slo{i}"), "x", "y")).collect();
    let span = BucketSpan { from: START, to: START + 86_400, step: 300 };
    assert!(matches!(count(&server, &wanted, span).await, Err(SourceError::Auth { .. })));
    let counts = server.seen().iter().filter(|r| !r.path.ends_with("buildinfo")).count();
    assert_eq!(counts, 1);
}
