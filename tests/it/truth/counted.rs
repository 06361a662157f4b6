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
//! The window is `(now - 28 d, now]` in whole buckets: it ends with the newest five minutes that are closed, and its
//! oldest hour counts whole. Buckets of an hour have sixty scrapes, those of five minutes five.

use std::{process::Stdio, time::Duration};

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use super::{
    HOUR,
    dialects::{self, WINDOW},
    services::{Service, services},
};
use crate::support::{machine_time, real::Real};

/// A thousandth.
const NEAR: f64 = 0.001;
const DIALECTS: [&str; 3] = ["file", "sloth", "pyrra"];
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
        let names = ["sloth_slo_info", "slo:period_error_budget_remaining:ratio"];
        let queries = names.map(|n| format!("count({n})"));
        for (query, least) in queries.iter().zip([wanted, 3.0]) {
            month.until_at_least(query, least).await;
        }
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
}

#[allow(clippy::cast_precision_loss, reason = "counts of requests")]
fn truth(service: &Service, head: i64) -> Truth {
    let budget: f64 = 0.001;
    let (from, covered) = window(service, head);
    let total = service.total_in(from, head).unwrap() as f64;
    let bad = service.bad_in(from, head).unwrap_or(0) as f64;
    let ratio = if total > 0.0 { bad / total } else { 0.0 };
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
    Truth { state, numbers }
}

/// Where the window begins, and the share of its buckets in which something was scraped twice.
#[allow(clippy::cast_precision_loss, reason = "a month")]
fn window(service: &Service, head: i64) -> (i64, f64) {
    let from = (head - WINDOW).div_euclid(HOUR) * HOUR;
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
    for (key, wanted) in &truth.numbers {
        let got = row[key].as_f64();
        let is_near = match (got, wanted) {
            (Some(got), Some(wanted)) => (got - wanted).abs() <= NEAR * wanted.abs(),
            (None, None) => true,
            _ => false,
        };
        if !is_near {
            let off = got.zip(*wanted).map_or(f64::NAN, |(g, w)| (g / w - 1.0) * 100.0);
            faults.push(format!("{id}: {key} is {got:?}, in truth {wanted:?} ({off:+.3} %)"));
        }
    }
    faults
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
}
