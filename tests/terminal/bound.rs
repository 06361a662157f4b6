//! Keys of one's own, written while the program runs: a kept demo is acked, noted and taken back with them.

use std::fs;

use super::harness::{PATIENCE, Start};

const KEYS: &str = "\n[keys]\npreset = \"vim\"\n\"form.send\" = \"ctrl-g\"\n\"question.yes\" = \"Y\"\n";

#[test]
fn a_kept_demo_takes_up_keys_that_are_written_and_an_alert_is_acked_noted_and_let_go_with_them() {
    let home = tempfile::tempdir().unwrap();
    let kept = home.path().join("kept");
    let dir = kept.display().to_string();
    let start = Start::watchfire(&["demo", "--keep", &dir, "--scenario", "payment-outage", "--at", "20m"]);
    let mut terminal = start.home(home.path()).size(120, 40).open();
    terminal.sees("HighErrorRate");
    let file = kept.join("watchfire.toml");
    let text = fs::read_to_string(&file).unwrap() + KEYS;
    fs::write(&file, text).unwrap();
    terminal.sees("configuration: ");

    terminal.type_keys("/");
    terminal.write(b"HighErrorRate");
    terminal.type_keys("enter");
    terminal.sees_not("CertificateExpiresSoon");
    terminal.type_keys("g g");
    terminal.type_keys("a");
    terminal.sees("Ctrl-g send the ack");
    terminal.write(b"on it");
    terminal.type_keys("enter");
    terminal.sees("reason: on it");
    terminal.type_keys("ctrl-g");
    terminal.sees("HighErrorRate acked until");

    terminal.type_keys("n");
    terminal.sees("Ctrl-g keep");
    terminal.write(b"rolled back");
    terminal.type_keys("ctrl-g");
    terminal.sees("note kept");

    terminal.type_keys("A");
    terminal.sees("take it back? [Y/N]");
    terminal.type_keys("y");
    terminal.sees("nothing was changed");
    terminal.type_keys("A");
    terminal.sees("take it back? [Y/N]");
    terminal.type_keys("Y");
    terminal.sees_not("take it back?");
    terminal.sees_not("nothing was changed");
    terminal.type_keys("Z Z");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
}
