//! What a minute costs a real server: questions as it counts them itself, and samples as it tells them.

use std::sync::Arc;

use chrono::DurationRound as _;

use watchfire::{
    app::effect::Eyes,
    domain::slo::{BucketSpan, BudgetRow, Counted, Indicator, Objective, Slo, Window},
    runtime::budgets::Means,
    sources::Source,
};

use super::{DAY, connect, counting, watched};
use crate::{
    discover::shapes::{HEAD, Sloth},
    support::{machine_time, real::Real},
};

const MANY: usize = 500;
const SEEN: usize = 25;
/// Rules are there and are not evaluated: what they would record is filled in.
const STILL: &str = "global: {evaluation_interval: 1h}\nrule_files: [rules.yml]\n";

fn rules() -> String {
    let names: Vec<String> = (0..MANY).map(|i| format!("s{i}")).collect();
    let half = |i: usize, code: &str| format!("(sum(rate(r_total{{i=\"{i}\"{code}}}[WINDOW])))");
    let groups: String = names
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let ratio = format!("{}\n/\n{}", half(i, ",code=\"5\""), half(i, ""));
            Sloth { service: "shop", name, objective: "99.9", days: 30, ratio, alerts: true, labels: &[] }.groups()
        })
        .collect();
    format!("{HEAD}{groups}")
}

/// What each of them has left, as recorded in the last minutes.
fn recorded() -> String {
    let now = machine_time().timestamp();
    let mut text = String::from("# TYPE slo:period_error_budget_remaining:ratio gauge\n");
    for i in 0..MANY {
        let labels = format!("sloth_id=\"shop-s{i}\",sloth_service=\"shop\",sloth_slo=\"s{i}\"");
        for back in [240, 120, 1] {
            text += &format!("slo:period_error_budget_remaining:ratio{{{labels}}} 0.5 {}\n", now - back);
        }
    }
    text + "# EOF\n"
}

async fn questions(server: &Real) -> u64 {
    let mut sum = 0;
    for path in ["/api/v1/query", "/api/v1/query_range", "/api/v1/rules", "/api/v1/series", "/api/v1/labels"] {
        sum += server.questions(path).await;
    }
    sum
}

#[tokio::test]
async fn five_hundred_recorded_slos_cost_nine_questions_a_minute_and_one_for_twenty_that_are_seen() {
    let server = Real::prometheus_with(STILL, &rules(), &recorded()).await;
    let source: Arc<dyn Source> = connect(server.url()).await;
    // An hour closes in the very minute in which the rules are read again.
    let begin = (machine_time() - chrono::Duration::minutes(70)).duration_trunc(chrono::Duration::hours(1)).unwrap()
        + chrono::Duration::seconds(54 * 60 + 10);
    let (eyes, rows) = watched(&[]);
    let mut counting = counting(&source, Vec::new(), Means::default(), begin).watching(rows);
    counting.refresh(begin, None).await.unwrap();
    let report = counting.report(begin, None);
    assert_eq!(report.rows.len(), MANY);
    let half = |r: &BudgetRow| r.recorded.as_ref().is_some_and(|recorded| recorded.remaining == Some(0.5));
    assert!(report.rows.iter().all(half), "as recorded");
    assert!(report.rows.iter().filter(|r| r.said(begin).is_some()).count() >= MANY - 100, "and shown so");
    let seen: Vec<_> = report.rows.iter().take(SEEN).map(|r| r.slo.id.clone()).collect();
    eyes.send_replace(Eyes { close: seen.first().cloned(), seen });
    // The past of what is seen is read once.
    counting.refresh(begin + chrono::Duration::minutes(1), None).await.unwrap();
    let mut before = questions(&server).await;
    for minute in 2..14 {
        let now = begin + chrono::Duration::minutes(minute);
        counting.refresh(now, None).await.unwrap();
        let after = questions(&server).await;
        let most = 9 + SEEN.div_ceil(20) as u64;
        assert!(after - before <= most, "{} questions in minute {minute}", after - before);
        assert!(after > before, "somebody is asked");
        before = after;
    }
    let report = counting.report(begin + chrono::Duration::minutes(13), None);
    let seen = report.rows.iter().filter(|r| r.counted_at.is_some()).count();
    assert!(seen >= SEEN, "{seen} are counted");
}

/// A month of requests, one a second, of which a hundredth fails; a sample a minute.
fn month() -> String {
    let now = machine_time().timestamp() / 60 * 60;
    let mut text = String::from("# TYPE r counter\n");
    for (code, pace) in [("200", 594), ("500", 6)] {
        for i in 0..=(30 * DAY / 60) {
            text += &format!("r_total{{code=\"{code}\"}} {} {}\n", pace * i, now - 30 * DAY + 60 * i);
        }
    }
    text + "# EOF\n"
}

#[tokio::test]
async fn a_tail_reads_a_hundredth_of_what_one_ratio_over_a_month_reads() {
    let server = Real::prometheus("groups: []\n", &month()).await;
    let source = connect(server.url()).await;
    let indicator = Indicator::events(Counted::Bad("r_total{code=\"500\"}".into()), "r_total", true);
    let slo = Slo::new("r", Objective::percent("99").unwrap(), Window::rolling(30 * DAY), indicator);
    let to = machine_time().timestamp() / 300 * 300;
    let span = BucketSpan { from: to - 600, to, step: 300 };
    let tally = source.counts().unwrap().count(&[slo], span, machine_time()).await.unwrap();
    assert!(tally.series[0].buckets[0].total.is_some_and(|n| (n - 3_000.0).abs() < 60.0), "{tally:?}");

    let half = |selector: &str| format!("sum(increase({selector}[30d]))");
    let query = format!("{} / {}", half("r_total{code=\"500\"}"), half("r_total"));
    let encoded: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let answer = server.get(&format!("/api/v1/query?stats=all&query={encoded}")).await;
    let ratio = answer["data"]["stats"]["samples"]["totalQueryableSamples"].as_u64().unwrap();
    let tail = tally.samples.unwrap();
    assert!(tail > 0 && tail * 100 <= ratio, "{tail} against {ratio}");
}
