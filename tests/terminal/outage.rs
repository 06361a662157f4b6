//! The payment outage, lived through from the page to the last word on it, with a `kill -9` in the middle; and the document
//! of the morning after, which stands in `assets/` as the example. `UPDATE=1` writes it anew.
//!
//! The day is kept in a directory. Its clock hardly moves while a cockpit is open, so that what is written in a chapter is
//! written in that second, whatever the machine has to do beside.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use super::harness::{PATIENCE, Start, Terminal};

const SLO: &str = "checkout/availability";
/// What the incident of the example is called: each run draws another name.
const NAME: &str = "INC-0302-EXAMPLE";

/// The next chapter: a new process on the same journal.
fn opens(home: &Path, at: &str) -> Terminal {
    let day = ["demo", "--keep", "outage", "--at", at, "--speed", "0.001"];
    let terminal = Start::watchfire(&day).home(home).size(140, 70).open();
    terminal.shows_within("what the budgets have left", PATIENCE * 3, |s| {
        s.contains("2 budgets 4") && s.contains("% of 30d left") && !s.contains("counting")
    });
    terminal
}

fn quits(mut terminal: Terminal) {
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
}

/// The alert's row on the board.
fn row<'a>(screen: &'a str, name: &str) -> &'a str {
    let board = screen.split("3 timeline").next().unwrap_or_default();
    board.lines().find(|l| l.contains(name)).unwrap_or_default()
}

fn writes(terminal: &mut Terminal, text: &str) {
    terminal.write(text.as_bytes());
    // A long one is broken into lines; it is there when its last word is.
    terminal.sees(text.rsplit(' ').next().unwrap_or(text));
}

/// The incident, from wherever the board is.
fn opens_the_incident(terminal: &mut Terminal) {
    terminal.type_keys("I");
    terminal.sees("Checkouts fail");
    terminal.type_keys("enter");
    terminal.sees("declared by ana");
    terminal.type_keys("F");
    terminal.sees("without what machines wrote");
}

fn notes(terminal: &mut Terminal, tag: &str, text: &str) {
    terminal.type_keys("n");
    terminal.sees("note on");
    terminal.write(format!("#{tag} ").as_bytes());
    writes(terminal, text);
    terminal.type_keys("enter");
    terminal.shows("the note on the timeline", |s| s.contains(&format!("[{tag}]")) && !s.contains("note on"));
}

fn says(terminal: &mut Terminal, status: &str, because: &str) {
    terminal.type_keys("s");
    terminal.sees("status:");
    terminal.type_keys(&status[..1]);
    if status == "identified" {
        terminal.type_keys("i");
    }
    terminal.sees(&format!("‹ {status} ›"));
    terminal.type_keys("tab tab");
    writes(terminal, because);
    terminal.type_keys("enter");
    terminal.shows("the status", |s| s.contains(&format!("{status}  sev2")));
}

fn adds_a_task(terminal: &mut Terminal, text: &str, owner: &str) {
    terminal.type_keys("t");
    terminal.sees("new task:");
    writes(terminal, text);
    terminal.type_keys("tab");
    writes(terminal, owner);
    terminal.type_keys("enter");
    terminal.shows("the task", |s| s.contains(text) && !s.contains("new task:"));
}

/// The day begins, and is ana's.
fn begins(home: &Path) {
    let day = ["demo", "--keep", "outage", "--at", "12m30s", "--speed", "0.001"];
    let frame = Command::new(env!("CARGO_BIN_EXE_watchfire")).args(day).current_dir(home).output().unwrap();
    assert!(frame.status.success(), "{}", String::from_utf8_lossy(&frame.stderr));
    let file = home.join("outage/watchfire.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("[user]\nname = \"ana\"\n\n{text}")).unwrap();
}

fn is_paged_acks_and_declares(home: &Path) {
    let mut terminal = opens(home, "12m30s");
    terminal.shows("the page", |s| row(s, "HighErrorRate").contains("firing"));
    terminal.type_keys("a");
    terminal.sees("reason:");
    writes(&mut terminal, "looking at checkout");
    terminal.type_keys("enter");
    terminal.shows("whose it is", |s| row(s, "HighErrorRate").contains("acked"));
    terminal.type_keys("i");
    terminal.sees("declare an incident");
    terminal.type_keys("ctrl-u");
    writes(&mut terminal, "Checkouts fail");
    terminal.type_keys("tab tab tab");
    writes(&mut terminal, "mei");
    terminal.type_keys("tab tab");
    writes(&mut terminal, "service=~\"checkout|payment|storefront|orders\"");
    terminal.type_keys("enter");
    terminal.sees("declared by ana");
    terminal.type_keys("F");
    terminal.sees("without what machines wrote");
    notes(&mut terminal, "customer", "support: cards are declined since 20:10");
    terminal.dies_by_kill_9();
}

fn goes_on_after_the_kill_and_runs_an_action(home: &Path) {
    let mut terminal = opens(home, "17m");
    terminal.shows("whose it still is", |s| {
        row(s, "HighErrorRate").contains("acked") && row(s, "HighErrorRate").contains("ana")
    });
    terminal.type_keys("g");
    select(&mut terminal, "HighErrorRate");
    terminal.type_keys("x");
    terminal.sees("rollback");
    writes(&mut terminal, "pods");
    terminal.type_keys("enter");
    terminal.sees("checkout-7d9f4-x2k1");
    terminal.type_keys("esc esc");
    opens_the_incident(&mut terminal);
    terminal.sees("cards are declined");
    notes(&mut terminal, "hypothesis", "4.12.0 keeps its connections to the provider, and the pool of 50 is empty");
    says(&mut terminal, "identified", "no free connection since checkout 4.12.0");
    notes(&mut terminal, "decision", "back to 4.11.3; ben builds it");
    quits(terminal);
}

/// What ended while nobody watched is made up for from the journal.
fn hears_what_ended(terminal: &Terminal) {
    terminal.shows("what ended meanwhile", |s| {
        let timeline = s.split("3 timeline").nth(1).unwrap_or_default();
        timeline.lines().any(|l| l.contains("resolved") && l.contains("nobody watched"))
    });
}

/// Goes down the board until this alert is selected.
fn select(terminal: &mut Terminal, name: &str) {
    for _ in 0..40 {
        if row(&terminal.screen(), name).trim_start().starts_with('▌') {
            return;
        }
        let before = terminal.screen();
        terminal.type_keys("j");
        terminal.shows("the next row", |s| s != before);
    }
    panic!("{name} is on no row:\n{}", terminal.screen());
}

fn mitigates(home: &Path) {
    let mut terminal = opens(home, "36m");
    hears_what_ended(&terminal);
    opens_the_incident(&mut terminal);
    says(&mut terminal, "mitigated", "4.11.3 is out, the errors are gone");
    adds_a_task(&mut terminal, "alert on free connections to the provider", "ben");
    adds_a_task(&mut terminal, "let the canary stop a rollout by itself", "zoe");
    quits(terminal);
}

fn resolves(home: &Path) {
    let mut terminal = opens(home, "45m");
    hears_what_ended(&terminal);
    opens_the_incident(&mut terminal);
    terminal.type_keys("s");
    terminal.sees("status:");
    terminal.type_keys("r");
    terminal
        .shows("what it cost, before it is said", |s| s.contains("resolved; cost") && s.contains("% of the budget of"));
    terminal.type_keys("enter");
    terminal.sees("resolved  sev2");
    terminal.type_keys("X");
    terminal.sees("# Checkouts fail");
    terminal.type_keys("w");
    terminal.sees("its graph beside it");
    quits(terminal);
}

/// What a command says of the kept day, as JSON.
fn asks(home: &Path, arguments: &[&str]) -> Value {
    let run = Command::new(env!("CARGO_BIN_EXE_watchfire"))
        .args(["--config", "outage/watchfire.toml"])
        .args(arguments)
        .env("WATCHFIRE_DATA_DIR", home)
        .env("TZ", "UTC")
        .current_dir(home)
        .output()
        .unwrap();
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).unwrap_or_default()
}

/// When each step was, as the document has it: its kind, its time, who did it.
fn holds_every_step(document: &Value) {
    let timeline = document["timeline"].as_array().unwrap();
    let steps = [
        ("change.deploy", "20:09:00", "ben"),
        ("alert.fired", "20:10:20", "prod-eu"),
        ("ack.confirmed", "20:12:30", "ana"),
        ("incident.declared", "20:12:30", "ana"),
        ("note.added", "20:12:30", "ana"),
        ("action.started", "20:17:00", "ana"),
        ("action.ended", "20:17:00", "ana"),
        ("note.added", "20:17:00", "ana"),
        ("incident.status", "20:17:00", "ana"),
        ("change.rollback", "20:31:00", "ben"),
        ("incident.status", "20:36:00", "ana"),
        ("incident.task", "20:36:00", "ana"),
        ("incident.status", "20:45:00", "ana"),
    ];
    for (kind, at, who) in steps {
        let is = |r: &&Value| {
            r["kind"] == kind && r["who"] == who && r["at"].as_str().unwrap().contains(&format!("2026-03-02T{at}"))
        };
        assert!(timeline.iter().any(|r| is(&r)), "no {kind} at {at} by {who}: {timeline:#?}");
    }
    let times = document["times"].as_array().unwrap();
    let time = |n: usize| times[n]["at"].as_str().unwrap()[11..19].to_owned();
    let wanted = ["20:10:20", "20:10:20", "20:12:30", "20:36:00", "20:45:00"];
    assert_eq!([0, 1, 2, 3, 4].map(time), wanted);
}

/// The figure of the document, of `slo show` for the same time, and of the word that it is resolved are one.
fn costs_what_the_budget_says(home: &Path, id: &str, document: &Value) {
    let cost = document["impact"].as_array().unwrap().iter().find(|c| c["id"] == SLO).unwrap();
    let [from, to] = ["from", "to"].map(|key| cost[key].as_str().unwrap());
    let shown = asks(home, &["slo", "show", SLO, "--from", from, "--to", to, "-o", "json"]);
    let spent = &shown["slos"][0]["span"];
    let incident = asks(home, &["incident", "show", id, "-o", "json"])["incidents"][0].clone();
    let told = incident["cost"]["value"].as_array().unwrap().iter().find(|c| c["slo"] == SLO).unwrap().clone();
    for (ours, theirs) in [("share", "share"), ("failed", "bad"), ("total", "total"), ("from", "from"), ("to", "to")] {
        assert_eq!(cost[ours], spent[theirs], "{ours}: {cost} {spent}");
        assert_eq!(cost[ours], told[theirs], "{ours}: {cost} {told}");
    }
    let share = cost["share"].as_f64().unwrap();
    assert!((0.05..5.0).contains(&share), "{share} of the budget");
    assert_eq!(told["share"].as_f64().unwrap(), told["bad"].as_f64().unwrap() / told["allowed"].as_f64().unwrap());
    assert_eq!(cost["told"], Value::Null, "nothing differs, so one figure is told");
}

#[test]
fn the_payment_outage_is_lived_through_killed_once_and_told_in_the_morning() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    begins(home);
    is_paged_acks_and_declares(home);
    goes_on_after_the_kill_and_runs_an_action(home);
    mitigates(home);
    resolves(home);

    let all = asks(home, &["incident", "list", "--all", "-o", "json"]);
    let id = all["incidents"][0]["id"].as_str().unwrap();
    let document = asks(home, &["incident", "export", id, "-o", "json"])["postmortem"].clone();
    holds_every_step(&document);
    costs_what_the_budget_says(home, id, &document);

    asks(home, &["incident", "export", id, "--out", "example-post-mortem.md"]);
    let by_key: Vec<PathBuf> = std::fs::read_dir(home).unwrap().map(|e| e.unwrap().path()).collect();
    let starts = |p: &&PathBuf| p.file_name().unwrap().to_string_lossy().starts_with(id);
    assert_eq!(by_key.iter().filter(starts).count(), 2, "the document of the cockpit and its graph: {by_key:?}");
    for name in ["example-post-mortem.md", "example-post-mortem-checkout-availability.svg"] {
        let text = std::fs::read_to_string(home.join(name)).unwrap();
        keeps(name, &text.replace(id, NAME));
    }
}

/// Compares a file of `assets/` with what it should hold, or writes it.
fn keeps(name: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, wanted).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "{name} is not current: run UPDATE=1 cargo test --test terminal outage; this run made:\n{wanted}"
    );
}
