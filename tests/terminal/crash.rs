//! `kill -9` in the middle of many acts, against a real Alertmanager behind a proxy on a bad day: the next cockpit finishes
//! them, none is lost, none is there twice, and each alert has its end. And what a second cockpit sees of the first.

use std::{collections::BTreeSet, path::Path, time::Duration};

use serde_json::{Value, json};
use watchfire::{
    domain::entry::{Entry, Kind},
    journal::Journal,
};

use super::{
    harness::{Start, Terminal},
    support::{proxy::Proxy, real::Real},
};

const ALERTS: usize = 250;
/// Requests to write that have come by when it is killed: some acts have ended then, some not, some were never sent.
const KILLED_AT: usize = 140;
/// For what goes through a proxy that loses answers.
const LONG: Duration = Duration::from_secs(120);

async fn server_with(alerts: usize) -> Real {
    let server = Real::alertmanager().await;
    let all: Vec<Value> = (0..alerts)
        .map(|i| json!({"labels": {"alertname": "NodeDown", "instance": format!("10.0.{}.{}:9100", i / 250, i % 250)}}))
        .collect();
    server.post("/api/v2/alerts", &json!(all).to_string()).await;
    server
}

fn open(home: &Path, user: &str, url: &str) -> Terminal {
    let file = home.join(format!("{user}.toml"));
    let source = format!("[[source]]\nname = \"prod\"\nkind = \"alertmanager\"\nurl = \"{url}\"\ninterval = \"1s\"\n");
    std::fs::write(&file, format!("[user]\nname = \"{user}\"\n[ack]\nsilences_max = 1000\n{source}")).unwrap();
    Start::watchfire(&[]).home(home).env("WATCHFIRE_CONFIG", file).size(120, 40).open()
}

fn acks_all(terminal: &mut Terminal, alerts: usize) {
    terminal.sees(&format!("alerts {alerts}"));
    terminal.type_keys("* a");
    terminal.sees(&format!("ack {alerts} alerts"));
    terminal.write(b"the whole rack");
    terminal.sees("the whole rack");
    terminal.type_keys("enter");
}

/// The labels that the standing silences name, in an order of their own.
async fn silenced(server: &Real) -> Vec<String> {
    let silences = server.get("/api/v2/silences").await;
    let standing = silences.as_array().unwrap().iter().filter(|s| s["status"]["state"] == "active");
    let named = |s: &Value| {
        let mut names: Vec<String> = s["matchers"].as_array().unwrap().iter().map(Value::to_string).collect();
        names.sort();
        names.concat()
    };
    standing.map(named).collect()
}

fn of_kind<'a>(entries: &'a [Entry], kind: &'a Kind) -> Vec<&'a str> {
    entries.iter().filter(|e| &e.kind == kind).map(|e| e.subject.as_str()).collect()
}

fn distinct<T: Ord>(all: &[T]) -> usize {
    all.iter().collect::<BTreeSet<_>>().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acts_that_kill_9_cut_off_are_finished_by_the_next_start_none_lost_none_twice() {
    let home = tempfile::tempdir().unwrap();
    let server = server_with(ALERTS).await;
    let proxy = Proxy::before(server.address(), 20_261_121).await;
    let mut terminal = open(home.path(), "ana", &proxy.url());
    acks_all(&mut terminal, ALERTS);
    terminal.shows_within("the middle of it", LONG, |_| proxy.tally.of(|t| &t.writes) >= KILLED_AT);
    terminal.dies_by_kill_9();

    let journal = Journal::open(&home.path().join("journal.db")).await.unwrap();
    let left = journal.undone().await.unwrap().len();
    assert!((1..ALERTS).contains(&left), "{left} acts have no end yet");
    let before = silenced(&server).await.len();
    assert!((1..ALERTS).contains(&before), "{before} silences stand");

    let mut terminal = open(home.path(), "ana", &proxy.url());
    terminal.sees("ana's acts");
    terminal.shows_within("that each has its owner", LONG, |s| s.contains(&format!("{ALERTS} acked")));
    terminal.shows_within("that nothing is under way", LONG, |s| !s.contains("ana's acts"));
    terminal.type_keys("q");
    terminal.ends(LONG);

    let stands = silenced(&server).await;
    assert_eq!((stands.len(), distinct(&stands)), (ALERTS, ALERTS), "none lost, none twice");
    assert!(journal.undone().await.unwrap().is_empty());
    let entries = journal.recent(10_000).await.unwrap();
    for kind in [Kind::AckIntended, Kind::AckConfirmed] {
        let told = of_kind(&entries, &kind);
        assert_eq!((told.len(), distinct(&told)), (ALERTS, ALERTS), "{kind}");
    }
    assert!(of_kind(&entries, &Kind::AckRefused).is_empty() && of_kind(&entries, &Kind::AckUnknown).is_empty());
    journal.verify().await.unwrap().unwrap();
    let left = std::fs::read_dir(home.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    assert_eq!(left.filter(|name| name.contains("-run-")).count(), 0, "no sign of a run is left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_cockpit_sees_what_the_first_is_doing_and_who_did_it() {
    let home = tempfile::tempdir().unwrap();
    let server = server_with(ALERTS).await;
    let proxy = Proxy::before(server.address(), 7).await;
    let mut ana = open(home.path(), "ana", &proxy.url());
    let mut ben = open(home.path(), "ben", &server.url());
    ben.sees(&format!("alerts {ALERTS}"));
    acks_all(&mut ana, ALERTS);
    ben.shows("what ana is doing", |s| s.contains("ana's acts"));
    ana.shows_within("the last of them", LONG, |s| s.contains(&format!("{ALERTS} acked")));
    ben.shows_within("whose they are", LONG, |s| s.contains(&format!("{ALERTS} acked")) && !s.contains("ana's acts"));
    assert!(ben.screen().lines().any(|l| l.contains("NodeDown") && l.contains("ana")), "{}", ben.screen());
    for terminal in [&mut ana, &mut ben] {
        terminal.type_keys("q");
        terminal.ends(LONG);
    }
    assert_eq!(silenced(&server).await.len(), ALERTS);
}
