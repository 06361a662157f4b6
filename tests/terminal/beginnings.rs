//! The first frame, the frame where there is no terminal, what an idle screen costs, and what a killed one left behind.

use std::{net::TcpListener, path::Path, process::Command, time::Duration};

use super::harness::{PATIENCE, Start};

/// A configuration with one Alertmanager at this address.
fn configured(home: &Path, address: &str) -> Start {
    let file = home.join("config.toml");
    std::fs::write(
        &file,
        format!("[[source]]\nname = \"prod\"\nkind = \"alertmanager\"\nurl = \"http://{address}\"\n"),
    )
    .unwrap();
    Start::watchfire(&[]).home(home).env("WATCHFIRE_CONFIG", file)
}

#[test]
fn the_first_frame_waits_for_no_source() {
    let home = tempfile::tempdir().unwrap();
    // Takes connections and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut terminal = configured(home.path(), &silent.local_addr().unwrap().to_string()).open();
    terminal.sees("prod connecting");
    terminal.sees("UNKNOWN");
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
}

#[test]
fn without_a_terminal_one_frame_is_printed_as_text() {
    let home = tempfile::tempdir().unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_watchfire"))
        .args(["demo", "--scenario", "quiet"])
        .env_clear()
        .env("HOME", home.path())
        .env("TMPDIR", home.path())
        .env("LANG", "C.UTF-8")
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8(run.stdout).unwrap(), String::from_utf8(run.stderr).unwrap());
    assert_eq!(run.status.code(), Some(0), "{err}");
    assert!(out.contains("CALM") && out.contains("1 alerts") && !out.contains('\x1b'), "{out}");
    assert!(err.contains("no terminal") && err.contains("one frame"), "{err}");
}

#[test]
fn an_idle_screen_costs_next_to_nothing() {
    let terminal = Start::demo("quiet").open();
    terminal.sees("CALM");
    // What begins with the first frame has been drawn by then: budgets counted, sources asked.
    terminal.looks_on(Duration::from_secs(3));
    let bytes = terminal.looks_on(Duration::from_secs(10));
    assert!(bytes < 10 * 100, "{bytes} bytes in ten seconds");
}

#[test]
fn half_a_note_survives_kill_9() {
    let home = tempfile::tempdir().unwrap();
    // Nobody listens there: a note needs no source.
    let mut terminal = configured(home.path(), "127.0.0.1:1").open();
    terminal.sees("never read");
    terminal.type_keys("n");
    terminal.sees("note on");
    terminal.write("half a thought about the déploy".as_bytes());
    terminal.sees("half a thought about the déploy");
    terminal.type_keys("esc");
    terminal.sees("kept as a draft");
    terminal.type_keys("n");
    // It came back from the journal: it is on disk.
    terminal.sees("your half-written note is back");
    terminal.write(b", and more");
    terminal.sees("déploy, and more");
    terminal.dies_by_kill_9();

    let mut terminal = configured(home.path(), "127.0.0.1:1").open();
    terminal.sees("never read");
    terminal.type_keys("n");
    terminal.sees("half a thought about the déploy");
}
