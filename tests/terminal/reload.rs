//! The configuration is written while the program runs in a real terminal, against a real Alertmanager.

use std::{fs, path::Path, process::Command};

use super::{
    harness::{PATIENCE, Start, Terminal},
    support::real::Real,
};

fn source(name: &str, server: &Real) -> String {
    format!("[[source]]\nname = \"{name}\"\nkind = \"alertmanager\"\nurl = \"{}\"\ninterval = \"1s\"\n", server.url())
}

fn open(home: &Path, text: &str, arguments: &[&str]) -> Terminal {
    let file = home.join("config.toml");
    fs::write(&file, text).unwrap();
    Start::watchfire(arguments).home(home).env("WATCHFIRE_CONFIG", file).size(120, 30).open()
}

/// The trust line.
fn trust(screen: &str) -> &str {
    screen.lines().nth(1).unwrap_or_default()
}

async fn with_an_alert() -> Real {
    let server = Real::alertmanager().await;
    let alert = r#"[{"labels": {"alertname": "QueueStuck", "severity": "critical"}}]"#;
    server.post("/api/v2/alerts", alert).await;
    server
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_file_that_is_saved_holds_and_a_wrong_one_does_not() {
    let home = tempfile::tempdir().unwrap();
    let (one, two) = (with_an_alert().await, with_an_alert().await);
    let file = home.path().join("config.toml");
    let mut terminal = open(home.path(), &source("one", &one), &[]);
    terminal.shows("it fires", |s| s.contains("QueueStuck") && trust(s).contains("one"));

    let both = format!("{}{}", source("one", &one), source("two", &two));
    fs::write(&file, &both).unwrap();
    terminal.shows("another source", |s| trust(s).contains("two") && s.contains("alerts 2"));

    // As sed does it: another file takes the place of this one.
    let sed = Command::new("sed").args(["-i", "s/alertmanager/alertmanagr/"]).arg(&file).status().unwrap();
    assert!(sed.success());
    terminal.shows("the mark", |s| trust(s).contains("config: 2 mistakes, the old one holds"));
    terminal.shows("what was there", |s| s.contains("alerts 2"));
    terminal.type_keys(", c");
    terminal.sees("config.toml:3:8: unknown kind `alertmanagr`; did you mean `alertmanager`?");
    terminal.type_keys("esc");

    fs::write(&file, source("one", &one)).unwrap();
    terminal.shows("one source", |s| !trust(s).contains("two") && !trust(s).contains("config"));
    terminal.shows("its alerts", |s| s.contains("alerts 1"));
    terminal.sees("one alert of two left the board");
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn production_is_named_over_everything_and_over_what_is_about_to_be_done() {
    let home = tempfile::tempdir().unwrap();
    let server = with_an_alert().await;
    let text = source("one", &server).replace("[[source]]", "[[profile.prod.source]]");
    let mut terminal = open(home.path(), &text, &["--profile", "prod"]);
    terminal.shows("the band", |s| s.starts_with("  PROD ") || s.starts_with(" PROD "));
    terminal.sees("QueueStuck");
    terminal.type_keys("a");
    terminal.sees(" on PROD");
    terminal.type_keys("esc");
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
    assert!(home.path().join("profiles/prod/journal.db").exists() && !home.path().join("journal.db").exists());
}
