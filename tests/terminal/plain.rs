//! Line by line in a real terminal: nothing but text leaves, the line discipline stays a shell's, and what was said survives.

use std::path::Path;

use super::harness::{PATIENCE, Start, Terminal};

fn demo(home: &Path) -> Terminal {
    let kept = home.join("kept").display().to_string();
    Start::watchfire(&["demo", "--plain", "--keep", &kept, "--at", "20m"]).home(home).size(200, 200).open()
}

/// Printable text, line ends, the bell.
#[track_caller]
fn is_text_alone(terminal: &Terminal) {
    let text = String::from_utf8(terminal.bytes()).unwrap();
    let foreign = text.chars().find(|c| c.is_control() && !matches!(c, '\r' | '\n' | '\x07'));
    assert_eq!(foreign, None, "{text:?}");
    let drawn = text.chars().find(|c| matches!(c, '\u{2500}'..='\u{25ff}' | '\u{2800}'..='\u{28ff}'));
    assert_eq!(drawn, None, "{text}");
}

#[test]
fn an_incident_is_worked_line_by_line_and_survives_kill_9() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = demo(home.path());
    terminal.sees("5, critical HighErrorRate, firing");
    assert!(terminal.is_cooked(), "the terminal edits the line, not we");
    terminal.write(b"ack 5 looking at the checkout\n");
    terminal.sees("yes sends it");
    terminal.write(b"yes\n");
    terminal.sees("HighErrorRate acked until");
    terminal.write(b"note 5 rolled back\n");
    terminal.sees("note kept");
    terminal.write(b"note 5 half a \\\n");
    terminal.sees("written so far: half a");
    is_text_alone(&terminal);
    terminal.dies_by_kill_9();

    let kept = home.path().join("kept").display().to_string();
    let mut terminal = Start::watchfire(&["demo", "--plain", "--keep", &kept]).home(home.path()).size(200, 200).open();
    // By then the journal has long been read.
    terminal.sees("budget b1");
    terminal.write(b"timeline\n");
    terminal.shows("what was said before", |s| s.contains(" note HighErrorRate by ") && s.contains(": rolled back"));
    terminal.shows("the ack", |s| s.contains("acked HighErrorRate by ") && s.contains("looking at the checkout"));
    terminal.write(b"quit\n");
    assert_eq!(terminal.ends(PATIENCE), 0);
    is_text_alone(&terminal);
    terminal.is_given_back();
}

#[test]
fn a_dumb_terminal_gets_lines_without_being_asked_and_is_told_so() {
    let mut terminal = Start::demo("payment-outage").env("TERM", "dumb").size(200, 100).open();
    terminal.sees("TERM is dumb");
    terminal.sees("`help` tells the words");
    is_text_alone(&terminal);
    // Ctrl-D on an empty line.
    terminal.write(b"\x04");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
}

#[test]
fn a_script_is_worked_to_its_end_and_fails_where_a_line_could_not_be_done() {
    for (script, code) in [("ack 5 mine\\nyes\\nstatus\\n", 0), ("ack 99 mine\\n", 1)] {
        let shell = format!("printf '{script}' | \"$@\"");
        let terminal = Start::watchfire(&["demo", "--plain", "--at", "20m"]).through(&["sh", "-c", &shell, "sh"]);
        let terminal = terminal.size(200, 200).open();
        assert_eq!(terminal.ends(PATIENCE), code, "{}", terminal.screen());
        is_text_alone(&terminal);
    }
}

#[test]
fn a_script_is_told_what_is_unknown_and_ends_with_another_code_than_one_that_was_told_all() {
    let home = tempfile::tempdir().unwrap();
    // Takes connections and never says a word.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let file = home.path().join("config.toml");
    let address = silent.local_addr().unwrap();
    let source = format!("[[source]]\nname = \"prod\"\nkind = \"alertmanager\"\nurl = \"http://{address}\"\n");
    std::fs::write(&file, source).unwrap();
    let shell = "printf 'alerts\\nquit\\n' | \"$@\"";
    let start = Start::watchfire(&["--plain"]).home(home.path()).env("WATCHFIRE_CONFIG", file);
    let terminal = start.through(&["sh", "-c", shell, "sh"]).size(200, 100).open();
    assert_eq!(terminal.ends(PATIENCE), 3, "{}", terminal.screen());
    let screen = terminal.screen();
    assert!(screen.contains("prod is still connecting, UNKNOWN for"), "{screen}");
    assert!(screen.contains("UNKNOWN: not every source could be read, so this is not calm"), "{screen}");
    is_text_alone(&terminal);
}

#[test]
fn a_script_that_ends_in_the_middle_of_a_form_has_failed_and_what_it_answered_can_be_read() {
    let shell = "printf 'ack 5 mine\\n' | \"$@\"";
    let terminal = Start::watchfire(&["demo", "--plain", "--at", "20m"]).through(&["sh", "-c", shell, "sh"]);
    let terminal = terminal.size(200, 200).open();
    assert_eq!(terminal.ends(PATIENCE), 1, "{}", terminal.screen());
    let screen = terminal.screen();
    assert!(screen.contains("the lines end before this is answered: it was not sent"), "{screen}");
    is_text_alone(&terminal);
}
