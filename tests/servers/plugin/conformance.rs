//! `watchfire plugin check`, run as a person would: on the examples, on what is built in, and on plugins that break one rule.

use std::process::{Command, Output};

use serde_json::Value;

use super::path;
use crate::support::real::Real;

fn watchfire(arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config.toml");
    std::fs::write(&config, "").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_watchfire"));
    command.env("WATCHFIRE_CONFIG", &config).env("HOME", home.path()).env("TRIAL_TOKEN", "hunter2hunter2");
    command.args(arguments).output().unwrap()
}

/// The exit code, and what was tried: its name, its result, its reason with the line.
fn check(arguments: &[&str]) -> (i32, Vec<(String, String, String)>) {
    let output = watchfire(&[&["plugin", "check", "-o", "json"], arguments].concat());
    let said = String::from_utf8_lossy(&output.stdout);
    let answer: Value = serde_json::from_str(&said)
        .unwrap_or_else(|e| panic!("{e}: {said} {}", String::from_utf8_lossy(&output.stderr)));
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let row = |row: &Value| (text(row, "check"), text(row, "result"), text(row, "why") + " | " + &text(row, "line"));
    (output.status.code().unwrap(), answer["checks"].as_array().unwrap().iter().map(row).collect())
}

fn failed(rows: &[(String, String, String)]) -> Vec<&(String, String, String)> {
    rows.iter().filter(|(_, result, _)| result == "failed").collect()
}

fn odd(habit: &str) -> (i32, Vec<(String, String, String)>) {
    let program = path("tests/servers/plugin/odd.py");
    check(&["--patience", "2s", "--secret", "token=TRIAL_TOKEN", &program, habit])
}

#[test]
fn the_one_in_bash_passes() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("disk"), "full").unwrap();
    let (code, rows) = check(&[&path("assets/plugins/directory.sh"), dir.path().to_str().unwrap()]);
    assert_eq!((code, failed(&rows)), (0, vec![]));
    assert!(rows.iter().any(|(name, _, why)| name == "lists its alerts" && why.starts_with("1 alert")), "{rows:?}");
}

#[tokio::test]
async fn the_one_in_python_passes_against_a_real_alertmanager() {
    let server = Real::alertmanager().await;
    server.post("/api/v2/alerts", r#"[{"labels":{"alertname":"Down"}},{"labels":{"alertname":"Up"}}]"#).await;
    let (set, program) = (format!("url={}", server.url()), path("assets/plugins/alertmanager.py"));
    let run = move || check(&["--set", &set, "--secret", "token=TRIAL_TOKEN", &program]);
    let (code, rows) = tokio::task::spawn_blocking(run).await.unwrap();
    assert_eq!((code, failed(&rows)), (0, vec![]));
    assert!(rows.iter().any(|(name, _, why)| name == "lists its alerts" && why.starts_with("2 alerts")), "{rows:?}");
}

#[test]
fn what_is_built_in_passes_when_it_is_served() {
    let home = tempfile::tempdir().unwrap();
    let day = home.path().join("day.toml");
    std::fs::write(&day, "[sim]\nscenario = \"payment-outage\"\nbegan = \"2026-11-21T02:00:00Z\"\n").unwrap();
    let program = env!("CARGO_BIN_EXE_watchfire");
    let serve = ["--config", day.to_str().unwrap(), "plugin", "serve", "--source", "prod-eu"];
    let (code, rows) = check(&[&[program], &serve[..]].concat());
    assert_eq!((code, failed(&rows)), (0, vec![]), "{rows:?}");
}

#[test]
fn good_plugins_pass_with_all_that_they_promise() {
    for habit in ["good", "acts", "push", "pages", "noise", "secret"] {
        let (code, rows) = odd(habit);
        let mut failures = failed(&rows);
        // A verb that nobody knows is told to who wrote it, though the cockpit only leaves it out.
        failures.retain(|(name, ..)| name != "plans: teleport");
        assert_eq!((failures, code), (vec![], i32::from(habit == "acts")), "{habit}");
    }
}

#[test]
fn one_that_feeds_budgets_passes_with_what_it_counts_or_answers() {
    let program = path("tests/servers/plugin/budget.py");
    for (how, name, words) in [
        ("counts", "counts its objectives", "1 of 1 objective"),
        ("counts", "declares objectives", "1 objective"),
        ("promql", "answers a range", "12 values"),
    ] {
        let (code, rows) = check(&[&program, how]);
        assert_eq!((code, failed(&rows)), (0, vec![]), "{how}");
        assert!(rows.iter().any(|(n, _, why)| n == name && why.starts_with(words)), "{rows:?}");
    }
}

#[test]
fn a_plugin_that_breaks_a_rule_fails_at_that_rule_with_the_line() {
    for (habit, name, words) in [
        ("stillborn", "says what it can", "exit status: 7"),
        ("future", "says what it can", "`protocol` is 2"),
        ("numbers", "every line is a message", "`id` is no string"),
        ("crash", "lists its alerts", "the disk is gone"),
        ("garbage", "every line is a message", "Traceback: this is no protocol"),
        ("unasked", "answers only what was asked", "\"id\": \"nobody\""),
        ("twice", "answers each question once", "a second time"),
        ("gappy", "parts come in order, before their answer", "\"seq\": 1"),
        ("late-part", "parts come in order, before their answer", "after its answer"),
        ("flood", "does not flood", "$/chatter"),
        ("deaf", "lists its alerts", "no answer to `alerts/list`"),
        ("long", "every line is a message", "at most 4194304"),
        ("circle", "lists its alerts", "in a circle"),
        ("lie", "lists its alerts", "2099"),
        ("leak", "tells no secret", "stands in its output or its log"),
        ("fragile", "bears bad input", "this is no JSON"),
        ("agreeable", "refuses a method that it does not know", "should be refused"),
        ("silent-plan", "plans: ack", "does not say what it would do"),
        ("lingers", "ends when asked", "SIGTERM"),
        ("stubborn", "ends when asked", "had to be killed"),
    ] {
        let (code, rows) = odd(habit);
        assert_eq!(code, 1, "{habit}: {rows:?}");
        let found = failed(&rows).into_iter().any(|(n, _, why)| n == name && why.contains(words));
        assert!(found, "{habit}: {:#?}", failed(&rows));
        assert!(rows.iter().all(|(_, _, why)| !why.contains("hunter2")), "{habit}: {rows:?}");
    }
}

#[test]
fn the_table_shows_what_failed_and_the_line_below() {
    let output = watchfire(&["plugin", "check", &path("tests/servers/plugin/odd.py"), "unasked"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("FAILED") && said.contains("passed") && said.contains("\"id\": \"nobody\""), "{said}");
}

#[test]
fn a_program_that_is_not_there_is_a_mistake_of_who_typed_it() {
    let output = watchfire(&["plugin", "check", "/nowhere/plugin"]);
    assert_eq!(output.status.code(), Some(2));
    let output = watchfire(&["plugin", "check", "--secret", "token=NO_SUCH_VARIABLE", "/bin/true"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("NO_SUCH_VARIABLE is not set"));
    let output = watchfire(&["plugin", "serve", "--source", "nobody"]);
    assert_eq!(output.status.code(), Some(2));
}
