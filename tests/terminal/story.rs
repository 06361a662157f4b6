//! The whole of it against real servers: an exporter fails, Prometheus sees it, Alertmanager tells it, somebody acks it
//! and writes a note, the process is killed, and nothing that was said is lost.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::Command,
};

use serde_json::Value;
use watchfire::{
    domain::entry::{Entry, Kind},
    journal::Journal,
};

use super::{
    exporter::Exporter,
    harness::{Start, Terminal},
    support::real::Real,
};

const RULES: &str = r#"
groups:
  - name: queue
    rules:
      - alert: QueueStuck
        expr: queue_stuck == 1
        for: 0s
        labels: {severity: critical}
        annotations: {summary: "Nothing leaves the queue of {{ $labels.queue }}"}
"#;

const STUCK: &str = "queue_stuck{queue=\"mail\"} 1\n";
const FLOWS: &str = "queue_stuck{queue=\"mail\"} 0\n";

/// A Prometheus that scrapes this exporter every second, and tells that Alertmanager where there is one.
async fn prometheus(exporter: &Exporter, alertmanager: Option<&Real>, (rules, samples): (&str, &str)) -> Real {
    let targets = |address: &str| format!("[{{static_configs: [{{targets: [\"{address}\"]}}]}}]");
    let alerting =
        alertmanager.map_or_else(String::new, |a| format!("alerting: {{alertmanagers: {}}}\n", targets(a.address())));
    let config = format!(
        "global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}\nrule_files: [rules.yml]\n{alerting}\
         scrape_configs: [{{job_name: shop, static_configs: [{{targets: [\"{}\"]}}]}}]\n",
        exporter.address()
    );
    Real::prometheus_with(&config, rules, samples).await
}

fn open(home: &Path, configuration: &str) -> Terminal {
    let file = home.join("config.toml");
    std::fs::write(&file, format!("[user]\nname = \"ana\"\n{configuration}")).unwrap();
    Start::watchfire(&[]).home(home).env("WATCHFIRE_CONFIG", file).size(120, 40).open()
}

fn source(name: &str, kind: &str, server: &Real) -> String {
    format!("[[source]]\nname = \"{name}\"\nkind = \"{kind}\"\nurl = \"{}\"\ninterval = \"1s\"\n", server.url())
}

fn get(server: &Real, path: &str) -> Value {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", server.address()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// The alert's row on the board, above the timeline.
fn row(screen: &str) -> &str {
    let board = screen.split("3 timeline").next().unwrap_or_default();
    board.lines().find(|l| l.contains("QueueStuck")).unwrap_or_default()
}

/// Everything that the journal holds of alerts, oldest first, after its chain was checked.
async fn entries(home: &Path) -> Vec<Entry> {
    let journal = Journal::open(&home.join("journal.db")).await.unwrap();
    journal.verify().await.unwrap().unwrap();
    let entries = journal.recent(1_000).await.unwrap();
    entries.into_iter().filter(|e| e.subject.as_str().starts_with("alert:")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_alert_is_acked_and_noted_and_survives_kill_9_and_resolves() {
    let home = tempfile::tempdir().unwrap();
    let exporter = Exporter::start(|_| STUCK.into());
    let alertmanager = Real::alertmanager().await;
    let _prometheus = prometheus(&exporter, Some(&alertmanager), (RULES, "")).await;
    let source = source("prod", "alertmanager", &alertmanager);

    let mut terminal = open(home.path(), &source);
    terminal.shows("it fires", |s| row(s).contains("firing"));
    terminal.sees("Nothing leaves the queue of mail");
    acks(&mut terminal);
    is_carried_by_a_silence_on_exactly_its_labels(&alertmanager);
    notes(&mut terminal);
    terminal.dies_by_kill_9();

    let mut terminal = open(home.path(), &source);
    terminal.shows("the owner on the row", |s| row(s).contains("acked") && row(s).contains("ana"));
    terminal.type_keys("enter");
    terminal.shows("the note in its detail", |s| s.contains("notes") && s.contains("restarted the worker"));
    terminal.type_keys("esc");

    exporter.set(|_| FLOWS.into());
    terminal.shows("it is over", |s| row(s).contains("resolved"));
    terminal.type_keys("q");
    assert_eq!(terminal.ends(super::harness::PATIENCE), 0);
    terminal.is_given_back();
    let entries = entries(home.path()).await;
    tells_every_step_in_order(&entries);
    assert_eq!(told_by_the_command(home.path()), entries.iter().map(|e| e.kind.as_str()).collect::<Vec<_>>());
}

fn acks(terminal: &mut Terminal) {
    terminal.type_keys("a");
    terminal.shows("the plan", |s| s.contains("a silence on prod") && s.contains("mute nothing else"));
    terminal.write(b"looking at the worker");
    terminal.sees("reason: looking at the worker");
    terminal.type_keys("enter");
    terminal.shows("the ack on the row", |s| row(s).contains("acked") && row(s).contains("ana"));
}

fn notes(terminal: &mut Terminal) {
    terminal.type_keys("n");
    terminal.sees("note on QueueStuck");
    terminal.write(b"restarted the worker");
    terminal.sees("restarted the worker");
    terminal.type_keys("enter");
    terminal.shows("the note on the timeline", |s| !s.contains("note on") && s.contains("restarted the worker"));
}

fn is_carried_by_a_silence_on_exactly_its_labels(alertmanager: &Real) {
    let (alerts, silences) = (get(alertmanager, "/api/v2/alerts"), get(alertmanager, "/api/v2/silences"));
    let [silence] = silences.as_array().unwrap().as_slice() else { panic!("not one silence: {silences}") };
    assert_eq!(silence["createdBy"], "ana");
    assert_eq!(silence["comment"], "ACK! looking at the worker");
    let matchers = silence["matchers"].as_array().unwrap();
    let plain = |m: &&Value| m["isRegex"] == false && m["isEqual"] == true;
    assert_eq!(matchers.iter().filter(plain).count(), matchers.len(), "{silence}");
    let matched: serde_json::Map<String, Value> =
        matchers.iter().map(|m| (m["name"].as_str().unwrap().to_owned(), m["value"].clone())).collect();
    assert_eq!(Value::Object(matched), alerts[0]["labels"]);
}

fn tells_every_step_in_order(entries: &[Entry]) {
    let kinds: Vec<&Kind> = entries.iter().map(|e| &e.kind).collect();
    let steps = [Kind::AlertFired, Kind::AckIntended, Kind::AckConfirmed, Kind::NoteAdded, Kind::AlertResolved];
    assert_eq!(kinds, steps.iter().collect::<Vec<_>>());
    assert!(entries.iter().all(|e| e.subject == entries[0].subject));
    let text = |i: usize| entries[i].body.text.as_ref().map(|t| t.raw().to_owned());
    assert_eq!(text(3).as_deref(), Some("restarted the worker"));
    assert_eq!(entries[3].actor.raw(), "ana");
}

/// The kinds of what `watchfire timeline` answers about alerts.
fn told_by_the_command(home: &Path) -> Vec<String> {
    let run = Command::new(env!("CARGO_BIN_EXE_watchfire"))
        .args(["timeline", "-o", "json"])
        .env("WATCHFIRE_CONFIG", home.join("config.toml"))
        .env("WATCHFIRE_DATA_DIR", home)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let answer: Value = serde_json::from_slice(&run.stdout).unwrap();
    let of_alerts = |e: &&Value| e["subject"].as_str().unwrap().starts_with("alert:");
    let entries = answer["entries"].as_array().unwrap().iter().filter(of_alerts);
    entries.map(|e| e["kind"].as_str().unwrap().to_owned()).collect()
}

const SLO: &str = r#"
apiVersion: openslo/v1
kind: SLO
metadata: {name: shop-orders, displayName: Orders that do not fail}
spec:
  service: shop
  indicator:
    metadata: {name: orders}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'sum(orders_total{code=~"5.."})'}}}
        total: {metricSource: {type: Prometheus, spec: {query: sum(orders_total)}}}
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.9}]
"#;

/// One order in a hundred fails: what the exporter tells after so many minutes.
fn orders(minutes: i64) -> [(u16, i64); 2] {
    [(200, minutes * 99), (500, minutes)]
}

/// What a Prometheus that began three hours ago would have of this exporter.
#[allow(clippy::disallowed_methods, reason = "a real server lives in the machine's time")]
fn three_hours_of(exporter: &Exporter) -> String {
    let began = chrono::Utc::now().timestamp() - 181 * 60;
    let mut samples = String::from("# TYPE orders counter\n");
    for code in 0..2 {
        for minute in 0..180 {
            let (name, value) = orders(minute)[code];
            let labels = format!("code=\"{name}\",job=\"shop\",instance=\"{}\"", exporter.address());
            samples.push_str(&format!("orders_total{{{labels}}} {value} {}\n", began + minute * 60));
        }
    }
    samples + "# EOF\n"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_budget_over_what_an_exporter_counts_is_a_finite_number() {
    let home = tempfile::tempdir().unwrap();
    let exporter = Exporter::start(|_| {
        let lines = orders(181).map(|(code, n)| format!("orders_total{{code=\"{code}\"}} {n}\n"));
        format!("# TYPE orders_total counter\n{}", lines.concat())
    });
    let prometheus = prometheus(&exporter, None, ("groups: []\n", &three_hours_of(&exporter))).await;
    std::fs::write(home.path().join("shop.yaml"), SLO).unwrap();
    let source = source("metrics", "prometheus", &prometheus);
    let terminal = open(home.path(), &format!("[slo]\nfiles = [\"shop.yaml\"]\n{source}"));
    // One in a hundred failed and one in ten may: nine tenths of the budget are left.
    terminal.shows("what is left of it", |screen| {
        // Beside how much of the window was counted.
        let line = screen.lines().find(|l| l.contains("counted") && l.contains("not at pace")).unwrap_or_default();
        let mut shares = line.split_whitespace().filter_map(|word| word.strip_suffix('%')?.parse::<f64>().ok());
        shares.any(|left| (89.0..=91.0).contains(&left))
    });
}
