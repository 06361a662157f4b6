//! `watchfire slo list` beside the truth: a month of a real Prometheus, in which every request is known.
//!
//! What the numbers have to be, case by case (the definitions are those of [`super::counters`]):
//!
//! | service | `total`, `bad` | `sli`, `consumed`, `remaining` | state |
//! |---|---|---|---|
//! | busy, sparse | all that scrapes saw grow in the window | of these counts | `ok` or `exhausted` |
//! | reset | the same; a reset adds the new value | of these counts | as above |
//! | gap | the same without the gap, good and bad alike | of these counts | as above; `coverage` is what is left |
//! | idle | 0 | `sli` null, 0, 1 | `no_traffic` |
//! | spotless (no error series) | all; bad is 0, not unknown | 1, 0, 1 | `ok` |
//! | late (the first error begins the series) | all; bad is all but the first scrape's | of these counts | as above |
//!
//! `burn` over a look back is `bad / total / budget` of that look back, null while nothing was scraped in it and 0 where
//! nothing was requested. Only after a restart it is less exact: `increase` stretches no counter below zero, so that the
//! first errors of a new process weigh up to a sixth less in a bucket of five scrapes; over a day that is within 2 %.
//! The three dialects count the same, so they have the same numbers to the last digits.
//!
//! The window is `(now - 28 d, now]` in whole buckets: it ends with the newest five minutes that are closed, and its
//! oldest hour counts whole. Buckets of an hour have sixty scrapes, those of five minutes five. What Sloth's rules recorded
//! of the same month is there too, and is wrong (a mean of ratios): whoever leans on it fails.

use std::{process::Stdio, time::Duration};

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use super::{
    DAY, HOUR, MINUTE,
    dialects::{self, WINDOW},
    services::{Service, services},
};
use crate::support::{machine_time, real::Real};

/// A thousandth.
const NEAR: f64 = 0.001;
const DIALECTS: [&str; 3] = ["file", "sloth", "pyrra"];
const BURNS: [(&str, i64); 7] = [
    ("5m", 5 * MINUTE),
    ("30m", 30 * MINUTE),
    ("1h", HOUR),
    ("2h", 2 * HOUR),
    ("6h", 6 * HOUR),
    ("1d", DAY),
    ("3d", 3 * DAY),
];
/// What Sloth's rules say that the busy service consumed.
const RECORDED: &str = "slo:period_burn_rate:ratio{sloth_id=\"sloth-busy\"}";
const CONFIG: &str = "global: {evaluation_interval: 5s}\nrule_files: [rules.yml]\n";

/// A server with a month behind it, whose rules are evaluated.
struct Month {
    services: Vec<Service>,
    server: Real,
}

impl Month {
    async fn new() -> Self {
        let until = machine_time().timestamp();
        let services = services(until);
        let mut samples = String::from("# TYPE requests counter\n");
        services.iter().for_each(|s| s.write(&mut samples));
        samples += &dialects::recorded_by_sloth(&services, until);
        samples += "# EOF\n";
        let server = Real::prometheus_with(CONFIG, &dialects::rules(&services), &samples).await;
        let month = Self { services, server };
        let wanted = month.services.len() as f64;
        month.until_at_least("count(sloth_slo_info)", wanted).await;
        month.until_at_least(&format!("count({RECORDED})"), 1.0).await;
        month.until_at_least("count(count by (slo) (requests:increase4w))", wanted).await;
        month
    }

    async fn value(&self, query: &str) -> Option<f64> {
        let encoded: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let answer = self.server.get(&format!("/api/v1/query?query={encoded}")).await;
        answer["data"]["result"][0]["value"][1].as_str()?.parse().ok()
    }

    /// Rules take a moment to be evaluated.
    async fn until_at_least(&self, query: &str, least: f64) {
        let mut look = tokio::time::interval(Duration::from_millis(100));
        let there = async {
            while self.value(query).await.unwrap_or(0.0) < least {
                look.tick().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), there).await.unwrap_or_else(|_| panic!("{query} < {least}"));
    }

    /// The answer, and the ends of the windows that it may be of: a bucket may close on the way.
    async fn list(&self) -> (Value, [i64; 2]) {
        let home = tempfile::tempdir().unwrap();
        let source =
            format!("[[source]]\nname = \"metrics\"\nkind = \"prometheus\"\nurl = \"{}\"\n", self.server.url());
        std::fs::write(home.path().join("config.toml"), source + "[slo]\nfiles = [\"slo.yaml\"]\n").unwrap();
        std::fs::write(home.path().join("slo.yaml"), dialects::openslo(&self.services)).unwrap();
        let newest = || machine_time().timestamp() / 300 * 300;
        let before = newest();
        let answer = list(&home).await;
        (answer, [before, newest()])
    }
}

async fn list(home: &TempDir) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_watchfire"));
    command.args(["slo", "list", "-o", "json"]).env_clear().current_dir(home.path()).stdin(Stdio::null());
    command.env("HOME", home.path()).env("LANG", "C.UTF-8");
    for (name, inside) in [("CONFIG", "config.toml"), ("DATA_DIR", "data"), ("CACHE_DIR", "cache")] {
        command.env(format!("WATCHFIRE_{name}"), home.path().join(inside));
    }
    let output = command.output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", output.status);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {said}"))
}

/// What has to be said of one service.
struct Truth {
    state: &'static str,
    /// Key and number; none = null.
    numbers: Vec<(&'static str, Option<f64>)>,
    burn: Vec<(&'static str, Option<f64>)>,
    /// How near its burn rates come.
    near: f64,
}

#[allow(clippy::cast_precision_loss, reason = "counts of requests")]
fn truth(service: &Service, head: i64) -> Truth {
    let budget: f64 = 0.001;
    let (from, covered) = window(service, head);
    let total = service.total_in(from, head).unwrap() as f64;
    let bad = service.bad_in(from, head).unwrap_or(0) as f64;
    let ratio = if total > 0.0 { bad / total } else { 0.0 };
    let restarts = service.name == "reset";
    let backs = BURNS.into_iter().filter(|(_, back)| !restarts || *back >= DAY);
    let burn = backs.map(|(name, back)| (name, burn(service, begin(head, back), head, budget))).collect();
    let near = if restarts { 20.0 * NEAR } else { NEAR };
    let state = match () {
        () if total == 0.0 => "no_traffic",
        () if ratio >= budget => "exhausted",
        () => "ok",
    };
    let numbers = vec![
        ("total", Some(total)),
        ("bad", Some(bad)),
        ("sli", (total > 0.0).then_some(1.0 - ratio)),
        ("consumed", Some(ratio / budget)),
        ("remaining", Some(1.0 - ratio / budget)),
        ("coverage", Some(covered)),
    ];
    Truth { state, numbers, burn, near }
}

#[allow(clippy::cast_precision_loss, reason = "counts of requests")]
fn burn(service: &Service, from: i64, to: i64, budget: f64) -> Option<f64> {
    let total = service.total_in(from, to)?;
    let bad = service.bad_in(from, to).unwrap_or(0);
    Some(if total > 0 { bad as f64 / total as f64 / budget } else { 0.0 })
}

/// Where a look back begins: what is older than a day is kept in hours, of which the oldest counts whole.
fn begin(head: i64, back: i64) -> i64 {
    let from = head - back;
    if back > DAY { from.div_euclid(HOUR) * HOUR } else { from }
}

/// Where the window begins, and the share of its buckets in which something was scraped twice.
#[allow(clippy::cast_precision_loss, reason = "a month")]
fn window(service: &Service, head: i64) -> (i64, f64) {
    let from = begin(head, WINDOW);
    let last = head.div_euclid(HOUR) * HOUR;
    let hours = (from / HOUR..last / HOUR).map(|h| (h * HOUR, (h + 1) * HOUR));
    let fives = (last / 300..head / 300).map(|f| (f * 300, (f + 1) * 300));
    let buckets: Vec<(i64, i64)> = hours.chain(fives).collect();
    let told = buckets.iter().filter(|(from, to)| service.total_in(*from, *to).is_some());
    let covered: i64 = told.map(|(from, to)| to - from).sum();
    (from, covered as f64 / (head - from) as f64)
}

/// What is wrong with a row.
fn faults(row: &Value, truth: &Truth) -> Vec<String> {
    let id = &row["id"];
    let mut faults = Vec::new();
    if row["state"] != truth.state {
        faults.push(format!("{id}: state is {}, in truth {}", row["state"], truth.state));
    }
    let numbers = truth.numbers.iter().map(|(key, wanted)| (*key, row[*key].as_f64(), *wanted, NEAR));
    let burn = truth.burn.iter().map(|(back, wanted)| (*back, row["burn"][*back].as_f64(), *wanted, truth.near));
    let wrong = numbers.chain(burn).filter(|(_, got, wanted, near)| !is_near(*got, *wanted, *near));
    faults.extend(wrong.map(|(key, got, wanted, _)| {
        let off = got.zip(wanted).map_or(f64::NAN, |(g, w)| (g / w - 1.0) * 100.0);
        format!("{id}: {key} is {got:?}, in truth {wanted:?} ({off:+.3} %)")
    }));
    faults
}

fn is_near(got: Option<f64>, wanted: Option<f64>, near: f64) -> bool {
    match (got, wanted) {
        (Some(got), Some(wanted)) => (got - wanted).abs() <= near * wanted.abs(),
        (None, None) => true,
        _ => false,
    }
}

#[tokio::test]
async fn a_month_is_counted_as_it_was_from_a_file_and_from_the_rules_of_sloth_and_of_pyrra() {
    let month = Month::new().await;
    let (answer, heads) = month.list().await;
    let rows = answer["slos"].as_array().unwrap();
    assert_eq!(rows.len(), DIALECTS.len() * month.services.len(), "{answer}");
    let of = |dialect: &str, service: &Service| {
        let id = format!("{dialect}-{}", service.name);
        rows.iter().find(|r| r["id"] == id.as_str()).unwrap_or_else(|| panic!("no {id}: {answer}"))
    };
    let all = |head: i64| -> Vec<String> {
        let of_one = |service| {
            let truth = truth(service, head);
            DIALECTS.iter().flat_map(|d| faults(of(d, service), &truth)).collect::<Vec<_>>()
        };
        month.services.iter().flat_map(of_one).collect()
    };
    let faults = heads.map(all).into_iter().min_by_key(Vec::len).unwrap();
    assert!(faults.is_empty(), "{} are wrong:\n{}", faults.len(), faults.join("\n"));
    for service in &month.services {
        let [file, sloth, pyrra] = DIALECTS.map(|d| of(d, service));
        assert!(sloth["origin"].as_str().unwrap().contains("sloth-slo-sli-recordings"), "{}", sloth["origin"]);
        for (key, number) in file.as_object().unwrap().iter().filter(|(_, v)| v.is_number()) {
            let agree = |other: &Value| is_near(other[key].as_f64(), number.as_f64(), 1e-9);
            assert!(agree(sloth) && agree(pyrra), "{}: {key}: {number}, {}, {}", service.name, sloth[key], pyrra[key]);
        }
    }
    let busy = truth(&month.services[0], heads[1]).numbers.iter().find(|n| n.0 == "consumed").unwrap().1;
    let recorded = month.value(RECORDED).await;
    assert!(recorded.is_some() && !is_near(recorded, busy, 10.0 * NEAR), "what is recorded is no lie: {recorded:?}");
}
