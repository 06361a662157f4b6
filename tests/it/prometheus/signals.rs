//! The golden signals on a real Prometheus: what it has by convention is recognised by the labels of the objective, and a
//! disk that fills up is full when its line says.

use chrono::Duration;
use watchfire::{
    config::SourceKind,
    domain::{
        Time,
        signals::{Golden, Line, Look, Outlook, Signal, columns},
        slo::{Counted, Indicator, Objective, Slo, Window, curve::Axis},
        source::SourceName,
        text::SafeText,
    },
    runtime::{
        clock::Clock,
        golden::{Purse, Reading},
    },
    sources,
};

use crate::support::{
    config, machine_time,
    real::Real,
    recorded_at,
    server::{Reply, Request, Server},
};

const STEP: i64 = 60;
const DAY: i64 = 86_400;

/// Two days: a service that answers slower and worse in the last hour, beside one of another name; its host's disk.
fn samples(now: i64) -> String {
    let mut text = String::new();
    let begin = now - 2 * DAY;
    let moments = || (0..=2 * DAY / STEP).map(move |i| begin + i * STEP);
    let bad_since = now - 3_600;
    let mut series = |name: &str, labels: &str, value: &dyn Fn(i64) -> f64| {
        for at in moments() {
            text.push_str(&format!("{name}{{{labels}}} {} {at}\n", value(at)));
        }
    };
    let since = |at: i64, from: i64| (at - from).max(0) as f64;
    let requests = |at: i64| 10.0 * since(at, begin);
    series("http_requests_total", r#"job="shop",code="200",instance="db-1:80""#, &|at| {
        requests(at) - 0.5 * 10.0 * since(at, bad_since)
    });
    series("http_requests_total", r#"job="shop",code="503",instance="db-1:80""#, &|at| {
        0.5 * 10.0 * since(at, bad_since)
    });
    series("http_requests_total", r#"job="other",code="200",instance="db-2:80""#, &|at| 1000.0 * since(at, begin));
    for (le, share, late) in [("0.1", 1.0, 0.0), ("1", 1.0, 0.0), ("10", 1.0, 1.0), ("+Inf", 1.0, 1.0)] {
        let labels = format!(r#"job="shop",instance="db-1:80",le="{le}""#);
        series("http_request_duration_seconds_bucket", &labels, &|at| {
            10.0 * (share * since(at, begin) - share * since(at, bad_since) + late * since(at, bad_since))
        });
    }
    series("up", r#"job="shop",instance="db-1:80""#, &|_| 1.0);
    for (mount, used, slope) in [("/", 0.5, 0.0), ("/var", 0.4, 0.1 / DAY as f64)] {
        let labels = format!(r#"job="node",instance="db-1:9100",mountpoint="{mount}",fstype="ext4""#);
        series("node_filesystem_size_bytes", &labels, &|_| 1e11);
        series("node_filesystem_avail_bytes", &labels, &|at| 1e11 * (1.0 - used - slope * since(at, begin)));
    }
    // Types are told before their samples, and series of one name stand together.
    let mut out = String::new();
    for (name, kind) in [
        ("http_requests_total", "counter"),
        ("http_request_duration_seconds_bucket", "untyped"),
        ("up", "gauge"),
        ("node_filesystem_size_bytes", "gauge"),
        ("node_filesystem_avail_bytes", "gauge"),
    ] {
        let family = name.strip_suffix("_total").unwrap_or(name);
        let kind = if kind == "untyped" { "unknown" } else { kind };
        out.push_str(&format!("# TYPE {family} {kind}\n"));
        text.lines().filter(|l| l.starts_with(&format!("{name}{{"))).for_each(|l| {
            out.push_str(l);
            out.push('\n');
        });
    }
    out + "# EOF\n"
}

fn slo(total: &str) -> Slo {
    let counted = Counted::Bad(r#"http_requests_total{job="shop",code=~"5.."}"#.into());
    let indicator = Indicator::events(counted, total, true);
    let slo = Slo::new("shop/availability", Objective::percent("99").unwrap(), Window::rolling(2 * DAY), indicator);
    Slo { service: SafeText::new("shop"), ..slo }
}

async fn read(server: &Real, slo: Slo, now: Time) -> Golden {
    let source = sources::connect(&config(SourceKind::Prometheus, &[server.url()])).await.unwrap();
    let axis = Axis::new(now.timestamp() - 2 * DAY, now.timestamp(), 72);
    let look = Look { slo, configured: Vec::new(), span: columns::moments(axis, now.timestamp()) };
    Reading::new(vec![source], Clock::from(now, 1.0), Purse::of(5_000_000)).once(&look).await
}

fn line(golden: &Golden, signal: Signal) -> &Line {
    golden.lines.iter().find(|l| l.ask.signal == signal).unwrap_or_else(|| panic!("no {signal:?}: {golden:#?}"))
}

fn near(value: Option<f64>, expected: f64) -> bool {
    value.is_some_and(|v| (v - expected).abs() <= 0.02 * expected)
}

#[tokio::test]
async fn requests_and_their_durations_are_recognised_by_the_labels_of_the_objective() {
    let now = machine_time() - Duration::seconds(60);
    let server = Real::prometheus("", &samples(now.timestamp())).await;
    let golden = read(&server, slo(r#"http_requests_total{job="shop"}"#), now).await;
    assert_eq!(golden.problem, None);
    let value = |signal| line(&golden, signal).now.and_then(|(_, v)| v);
    assert!(near(value(Signal::Traffic), 10.0), "not the other service's: {:?}", value(Signal::Traffic));
    assert!(near(value(Signal::Errors), 0.5), "{:?}", value(Signal::Errors));
    assert!(value(Signal::Latency).is_some_and(|v| v > 1.0), "{:?}", value(Signal::Latency));
    let latency = line(&golden, Signal::Latency);
    let calm = latency.at(now.timestamp() - DAY).unwrap();
    assert!(calm <= 0.1, "a day ago it was fast: {calm}");
    assert!(latency.points.len() > 40 && latency.points.len() < 150, "{}", latency.points.len());
    assert!(near(line(&golden, Signal::Errors).at(now.timestamp() - DAY).map(|v| v + 1.0), 1.0), "no error is no gap");
}

#[tokio::test]
async fn a_disk_that_fills_up_is_foretold_on_the_host_of_the_service() {
    let now = machine_time() - Duration::seconds(60);
    let server = Real::prometheus("", &samples(now.timestamp())).await;
    let golden = read(&server, slo(r#"http_requests_total{job="shop"}"#), now).await;
    let disk = line(&golden, Signal::Saturation);
    assert!(disk.ask.query.contains(r#"mountpoint="/var""#), "{}", disk.ask.query);
    assert!(near(disk.now.and_then(|(_, v)| v), 0.6), "{disk:#?}");
    let Some(Outlook::Full { at, .. }) = disk.outlook else { panic!("{:?}", disk.outlook) };
    let expected = now + Duration::days(4);
    assert!((at - expected).abs() < Duration::minutes(30), "{at} {expected}");
}

#[tokio::test]
async fn a_service_that_nobody_measures_is_told_as_such() {
    let now = machine_time() - Duration::seconds(60);
    let server = Real::prometheus("", &samples(now.timestamp())).await;
    let stranger =
        Slo { indicator: Indicator::of(SourceName::new("prod")), service: SafeText::new("nobody"), ..slo("") };
    let nobody = read(&server, stranger, now).await;
    assert!(nobody.lines.is_empty() && nobody.is_known && nobody.missing().count() == 4, "{nobody:#?}");
    assert!(nobody.looked_for.line().contains("nobody"));
}

/// The query of a form, as it was meant.
fn query(request: &Request) -> String {
    let pairs = url::form_urlencoded::parse(request.body.as_bytes()).into_owned();
    pairs.into_iter().find(|(n, _)| n == "query").map(|(_, v)| v).unwrap_or_default()
}

#[tokio::test]
async fn a_query_that_the_server_refuses_says_so_on_its_own_row_alone() {
    let now = recorded_at();
    let answer = move |request: &Request| {
        let query = query(request);
        let vector = |labels: &str| {
            let body = format!(r#"{{"metric":{{{labels}}},"value":[{},"1"]}}"#, now.timestamp());
            Reply::json(format!(r#"{{"status":"success","data":{{"resultType":"vector","result":[{body}]}}}}"#))
        };
        match query.as_str() {
            q if q.starts_with("group by (__name__") => {
                vector(r#""__name__":"http_request_duration_seconds_bucket","job":"shop","code":"200""#)
            }
            q if q.starts_with("histogram_quantile") => {
                let body = r#"{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory"}"#;
                Reply::with(422, "Content-Type: application/json\r\n", body)
            }
            q if q.contains("http_request_duration_seconds_count") => {
                let body = format!(r#"{{"metric":{{}},"values":[[{},"7"]]}}"#, now.timestamp());
                Reply::json(format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":[{body}]}}}}"#))
            }
            _ => Reply::json(r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#),
        }
    };
    let server = Server::start(answer).await;
    let source = sources::connect(&config(SourceKind::Prometheus, &[server.url()])).await.unwrap();
    let axis = Axis::new(now.timestamp() - DAY, now.timestamp(), 72);
    let slo = slo(r#"http_requests_total{job="shop"}"#);
    let look = Look { slo, configured: Vec::new(), span: columns::moments(axis, now.timestamp()) };
    let golden = Reading::new(vec![source], Clock::from(now, 1.0), Purse::of(0)).once(&look).await;
    let refused = line(&golden, Signal::Latency);
    assert!(refused.trouble.as_ref().is_some_and(|t| t.line().contains("too expensive")), "{refused:#?}");
    let traffic = line(&golden, Signal::Traffic);
    assert_eq!((traffic.trouble.clone(), traffic.now.and_then(|(_, v)| v)), (None, Some(7.0)));
    let asked = server.seen().iter().filter(|r| query(r).starts_with("histogram_quantile")).count();
    assert!(asked <= 2, "what is refused is not asked again and again: {asked}");
}
