//! What one pass of a filter over a large board costs, in time and allocations (there should be none).

use chrono::Duration;
use divan::{AllocProfiler, Bencher, black_box};
use watchfire::domain::{
    Time,
    alert::{AlertState, Severity},
    filter::{Facts, Filter},
    label::{Fingerprint, Labels},
    source::SourceName,
};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

const ALERTS: usize = 10_000;

struct Row {
    labels: Labels,
    annotations: Labels,
    fingerprint: Fingerprint,
}

fn board() -> Vec<Row> {
    (0..ALERTS).map(row).collect()
}

fn row(i: usize) -> Row {
    let labels: Labels = [
        ("alertname", format!("Alert{}", i % 40)),
        ("cluster", format!("eu-{}", i % 5)),
        ("instance", format!("node-{i}.example:9100")),
        ("job", format!("job-{}", i % 25)),
        ("severity", ["critical", "warning", "info"][i % 3].to_owned()),
        ("replicas", (i % 7).to_string()),
    ]
    .into_iter()
    .collect();
    let summary = format!("The disk of node-{i} will be full within four hours at the rate of the last six");
    let annotations = [("summary", summary), ("runbook_url", format!("https://run.example/{i}"))].into_iter().collect();
    Row { fingerprint: labels.fingerprint(), labels, annotations }
}

#[divan::bench(args = [
    "severity=critical",
    "job=~\"job-1.*\" severity!=info",
    "checkout",
    "DISK node-99",
    "@age>15m replicas<3",
    "(severity=critical or cluster=~\"eu-[12]\") @state=firing @ack=false",
])]
fn ten_thousand_alerts(bencher: Bencher<'_, '_>, text: &str) {
    let board = board();
    let source = SourceName::new("prod");
    let now = Time::default() + Duration::days(1);
    let Ok(filter) = Filter::parse(text) else { panic!("{text}") };
    let facts = |row| facts(row, &source, now);
    bencher.bench_local(|| board.iter().filter(|row| black_box(&filter).matches(&facts(row))).count());
}

fn facts<'a>(row: &'a Row, source: &'a SourceName, now: Time) -> Facts<'a> {
    Facts {
        labels: &row.labels,
        annotations: &row.annotations,
        state: AlertState::Firing,
        severity: Severity::Critical,
        source,
        fingerprint: &row.fingerprint,
        starts_at: now - Duration::minutes(20),
        now,
        silenced_by: &[],
        silence_authors: Vec::new(),
        inhibited_by: &[],
        ack: None,
        stale: false,
    }
}

#[divan::bench]
fn reading_a_filter(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| Filter::parse(black_box("severity=critical team=~\"web|api\" checkout @age>15m")).is_ok());
}

fn main() {
    divan::main();
}
