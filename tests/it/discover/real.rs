//! A real server evaluates rules in the generators' shapes, and everything comes back.

use watchfire::domain::slo::{
    BucketSpan, CountSeries, OriginKind, Window,
    burn::{Alerting, Severity},
};

use super::{
    by_id, connect, declared, queries,
    shapes::{HEAD, Pyrra, Sloth, grafana},
    until,
};
use crate::support::{machine_time, real::Real};

const DAY: i64 = 86_400;
/// A value that breaks out of everything that quotes carelessly.
pub const HOSTILE: &str = "/pay\"}) or vector(1) #\\{";

/// Requests of two handlers, one of them failing every tenth, in the last three hours, a sample a minute.
pub fn samples() -> String {
    let now = machine_time().timestamp() / 60 * 60;
    let mut text = String::from("# TYPE http_requests counter\n");
    for (handler, code, pace) in [("/ok", "200", 20), (HOSTILE, "200", 9), (HOSTILE, "500", 1)] {
        let handler = handler.replace('\\', "\\\\").replace('"', "\\\"");
        for i in 0..=180 {
            let at = now - (180 - i) * 60;
            let value = pace * i;
            text += &format!("http_requests_total{{job=\"web\",handler=\"{handler}\",code=\"{code}\"}} {value} {at}\n");
        }
    }
    text + "# EOF\n"
}

fn sloth<'a>(name: &'a str, ratio: &str) -> Sloth<'a> {
    let ratio = ratio.to_owned();
    Sloth { service: "shop", name, objective: "99.9", days: 30, ratio, alerts: true, labels: &[("owner", "ana")] }
}

const ERRORS: &str = r#"sum(rate(http_requests_total{code=~"5.."}[WINDOW]))"#;

fn quotient(by: &str) -> String {
    let by = if by.is_empty() { String::new() } else { format!(" by ({by})") };
    let half = |m: &str| format!("(sum{by} (rate(http_requests_total{{{m}}}[WINDOW])))");
    format!("{}\n/\n{}", half(r#"job="web",code=~"(5..|429)""#), half(r#"job="web""#))
}

#[tokio::test]
async fn what_sloth_generated_is_rebuilt_from_its_rules() {
    let slos = [
        sloth("events", &quotient("")),
        Sloth { days: 28, objective: "99.95", ..sloth("raw", "(1 - avg_over_time(up[WINDOW]))") },
        Sloth { alerts: false, ..sloth("grouped", &quotient("handler")) },
        sloth("recovered", &format!("({ERRORS} / sum(rate(http_requests_total[WINDOW])))")),
    ];
    let rules: String = slos.iter().map(Sloth::groups).collect();
    let server = Real::prometheus(&format!("{HEAD}{rules}"), &samples()).await;
    let source = connect(server.url()).await;
    let found = until(|| declared(&*source), |d| d.slos.len() == 4).await;
    assert!(found.notes.is_empty(), "{:?}", found.notes);
    let found = by_id(found.slos);

    let events = &found["shop-events"];
    assert_eq!((events.objective.as_percent(), events.window), ("99.9", Window::rolling(30 * DAY)));
    assert_eq!((events.service.raw(), events.name.raw(), events.labels.value("owner")), ("shop", "events", "ana"));
    assert_eq!(events.alerting, Alerting::Recomputed);
    assert_eq!(events.origin.kind, OriginKind::Rules);
    assert!(events.origin.place.raw().starts_with("sloth-slo-sli-recordings-shop-events in "), "{}", events.origin);
    let errors = r#"sum(rate(http_requests_total{code=~"(5..|429)",job="web"}[5m]))"#;
    assert_eq!(queries(events), ("bad", errors, r#"sum(rate(http_requests_total{job="web"}[5m]))"#));

    let raw = &found["shop-raw"];
    assert_eq!((raw.objective.as_percent(), raw.window), ("99.95", Window::rolling(28 * DAY)));
    assert_eq!(queries(raw), ("ratio", r#"slo:sli_error:ratio_rate5m{sloth_id="shop-raw"}"#, ""));
    assert_eq!((&raw.alerting, raw.indicator.is_time_weighted()), (&Alerting::Recomputed, true));

    let grouped = &found["shop-grouped"];
    assert_eq!((&grouped.alerting, &grouped.grouping[..]), (&Alerting::Off, &["handler".to_owned()][..]));
    assert_eq!(queries(&found["shop-recovered"]).0, "bad");
}

#[tokio::test]
async fn groups_are_rows_whose_counts_add_up_to_their_parent_however_their_labels_are_called() {
    let rules = format!("{HEAD}{}", sloth("grouped", &quotient("handler")).groups());
    let server = Real::prometheus(&rules, &samples()).await;
    let source = connect(server.url()).await;
    let counts = source.counts().unwrap();
    let parent = until(|| declared(&*source), |d| d.slos.iter().any(|s| !s.grouping.is_empty())).await.slos;
    let split = counts.groups(&parent, machine_time()).await.unwrap();
    assert!(split.notes.is_empty(), "{:?}", split.notes);
    let handlers: Vec<&str> = split.slos.iter().map(|s| s.group.value("handler")).collect();
    assert_eq!(handlers, [HOSTILE, "/ok"], "the worst first");
    assert!(split.slos.iter().all(|s| s.parent_id() == "shop-grouped" && s.grouping.is_empty()));

    let to = machine_time().timestamp() / 300 * 300 - 300;
    let span = BucketSpan { from: to - 3_600, to, step: 300 };
    let all: Vec<_> = parent.iter().chain(&split.slos).cloned().collect();
    let counted = counts.count(&all, span, machine_time()).await.unwrap().series;
    let sum = |c: &CountSeries| {
        let sum = |pick: fn(&watchfire::domain::slo::Bucket) -> Option<f64>| {
            c.buckets.iter().filter_map(pick).sum::<f64>().round()
        };
        (sum(|b| b.bad), sum(|b| b.total))
    };
    assert_eq!(counted.iter().map(sum).collect::<Vec<_>>(), [(60.0, 1_800.0), (60.0, 600.0), (0.0, 1_200.0)]);
}

fn pyrra<'a>(name: &'a str, base: &'a str, ratio: &'a str, increase: (&'a str, &'a str)) -> Pyrra<'a> {
    Pyrra { name, target: "0.99", base, ratio, increase, labels: &[("job", "web")], generic: false }
}

const REQUESTS: (&str, &str) = ("increase4w", r#"sum by (code) (increase(http_requests_total{job="web"}[4w]))"#);

#[tokio::test]
async fn what_pyrra_generated_is_rebuilt_with_and_without_generic_rules() {
    let plain = r#"sum(rate(http_requests_total{code=~"5..",job="web"}[WINDOW])) / sum(rate(http_requests_total{job="web"}[WINDOW]))"#;
    let latency = r#"(sum(rate(took_seconds_count{job="web"}[WINDOW])) - sum(rate(took_seconds_bucket{job="web",le="1"}[WINDOW]))) / sum(rate(took_seconds_count{job="web"}[WINDOW]))"#;
    let gauge = "(sum(count_over_time(probe_success[WINDOW])) - sum(sum_over_time(probe_success[WINDOW]))) / sum(count_over_time(probe_success[WINDOW]))";
    let grouped = "sum by (handler) (rate(http_requests_total{code=~\"5..\"}[WINDOW])) / sum by (handler) (rate(http_requests_total[WINDOW]))";
    let native = "1 - histogram_fraction(0, 0.2, sum(rate(took_seconds{job=\"web\"}[WINDOW])))";
    let slos = [
        Pyrra { generic: true, target: "0.995", ..pyrra("generic", "http_requests", plain, REQUESTS) },
        pyrra("latency", "took_seconds", latency, ("increase4w", "sum(increase(took_seconds_count[4w]))")),
        pyrra("gauge", "probe_success", gauge, ("count4w", "sum(count_over_time(probe_success[4w]))")),
        pyrra("grouped", "http_requests", grouped, REQUESTS),
        pyrra(HOSTILE, "http_requests", plain, REQUESTS),
        pyrra("native", "took_seconds", native, ("increase4w", "sum(increase(took_seconds[4w]))")),
    ];
    let rules: String = slos.iter().map(Pyrra::groups).collect();
    let server = Real::prometheus(&format!("{HEAD}{rules}"), &samples()).await;
    let source = connect(server.url()).await;
    let found = until(|| declared(&*source), |d| d.slos.len() == slos.len()).await;
    assert!(found.notes.is_empty(), "{:?}", found.notes);
    let found = by_id(found.slos);
    for (id, slo) in &found {
        let objective = if id == "generic" { "99.5" } else { "99" };
        assert_eq!((slo.objective.as_percent(), slo.window), (objective, Window::rolling(28 * DAY)), "{id}");
        assert_eq!((&slo.alerting, slo.service.raw()), (&Alerting::Scaled, "web"), "{id}");
    }
    let errors = r#"sum(rate(http_requests_total{code=~"5..",job="web"}[5m]))"#;
    assert_eq!(queries(&found[HOSTILE]), ("bad", errors, r#"sum(rate(http_requests_total{job="web"}[5m]))"#));
    assert_eq!(queries(&found["latency"]).0, "good", "all less good is a count of good");
    let scrapes = "sum(count_over_time(probe_success[5m]))";
    assert_eq!(queries(&found["gauge"]), ("good", "sum(sum_over_time(probe_success[5m]))", scrapes));
    assert_eq!(found["grouped"].grouping, ["handler"]);
    assert!(found["native"].indicator.estimate);
    assert_eq!(queries(&found["native"]).2, r#"histogram_count(sum(rate(took_seconds{job="web"}[5m])))"#);
}

#[tokio::test]
async fn what_grafana_generated_is_rebuilt_under_its_name() {
    let (good, total) = (r#"sum(rate(http_requests_total{code="200"}[5m]))"#, "sum(rate(http_requests_total[5m]))");
    let two =
        grafana("u1", "Checkout works", "0.995", good, total) + &grafana("u2", "Checkout works", "0.9", good, total);
    let server = Real::prometheus(&format!("{HEAD}{two}"), &samples()).await;
    let source = connect(server.url()).await;
    let found = until(|| declared(&*source), |d| d.slos.len() == 2).await;
    let found = by_id(found.slos);
    let slo = &found["Checkout works"];
    assert_eq!((slo.objective.as_percent(), slo.window), ("99.5", Window::rolling(28 * DAY)));
    assert_eq!((slo.title.raw(), slo.service.raw(), slo.labels.value("team")), ("Checkout works", "web", "a"));
    assert_eq!(queries(slo), ("good", good, total));
    let Alerting::Fixed(tiers) = &slo.alerting else { panic!("{:?}", slo.alerting) };
    let tiers: Vec<_> = tiers.iter().map(|t| (t.severity, t.short_s, t.long_s, t.factor, t.for_s)).collect();
    assert_eq!(tiers, [(Severity::Page, 300, 3_600, 13.44, 120), (Severity::Page, 1_800, 21_600, 5.6, 120)]);
    assert_eq!(found["Checkout works (u2)"].objective.as_percent(), "90");
}

#[tokio::test]
async fn recorded_numbers_come_with_their_age_and_nothing_recorded_is_told_from_no_rules() {
    let quiet = r#"(sum(rate(nothing_bad_total[WINDOW])) / sum(rate(nothing_total[WINDOW])))"#;
    let ratio = "sum(rate(http_requests_total{code=~\"5..\",job=\"web\"}[WINDOW])) / sum(rate(http_requests_total{job=\"web\"}[WINDOW]))";
    let rules = [
        sloth("events", &quotient("")).groups(),
        sloth("quiet", quiet).groups(),
        sloth("grouped", &quotient("handler")).groups(),
        Pyrra { generic: true, ..pyrra("pyrra", "http_requests", ratio, REQUESTS) }.groups(),
    ];
    let server = Real::prometheus(&format!("{HEAD}{}", rules.concat()), &samples()).await;
    let source = connect(server.url()).await;
    let counts = source.counts().unwrap();
    let mut wanted = until(|| declared(&*source), |d| d.slos.len() == 4).await.slos;
    wanted.extend(counts.groups(&wanted, machine_time()).await.unwrap().slos);
    wanted
        .push(watchfire::domain::slo::Slo { id: watchfire::domain::slo::SloId::new("elsewhere"), ..wanted[0].clone() });
    let ask = || async { counts.recorded(&wanted, machine_time()).await.unwrap() };
    let hourly = |r: &watchfire::domain::slo::row::Recorded| r.burn[2];
    let whole = |r: &watchfire::domain::slo::row::Recorded| hourly(r).is_some() && r.remaining.is_some();
    let found = until(ask, |all| all.len() == 6 && all.iter().filter(|(_, r)| whole(r)).count() == 3).await;
    let of = |id: &str| &found.iter().find(|(i, _)| i.as_str() == id).unwrap_or_else(|| panic!("{id} in {found:?}")).1;
    // One of thirty fails: 33 times what 99.9 % allows, and 3.3 times what 99 % does.
    assert!((hourly(of("shop-events")).unwrap() - 33.33).abs() < 0.5, "{found:?}");
    assert!((hourly(of("pyrra")).unwrap() - 3.33).abs() < 0.05, "an error ratio whatever its name: {found:?}");
    let events = of("shop-events");
    assert!((events.remaining.unwrap() + 32.33).abs() < 0.5 && events.stale_s.unwrap() < 60, "{events:?}");
    assert!(events.took_s.unwrap() < 10.0 && events.every_s == Some(1.0), "{events:?}");
    assert!((of("pyrra").remaining.unwrap() + 2.33).abs() < 0.05, "{found:?}");
    let failing = found.iter().find(|(id, _)| id.as_str().contains("/pay")).unwrap();
    assert!((hourly(&failing.1).unwrap() - 100.0).abs() < 1.0, "{failing:?}");
    let quiet = of("shop-quiet");
    assert_eq!((quiet.remaining, hourly(quiet), quiet.stale_s.is_some()), (None, None, true));
    assert_eq!(hourly(of("shop-grouped")), None, "a folded parent is recorded nowhere");
    assert!(!found.iter().any(|(id, _)| id.as_str() == "elsewhere"));
}
