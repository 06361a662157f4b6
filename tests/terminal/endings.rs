//! Every way out that a process can control gives the terminal back.

use std::time::Duration;

use super::harness::{PATIENCE, SOON, Start, Terminal, lives};

fn open() -> Terminal {
    let terminal = Start::demo("quiet").open();
    terminal.sees("CALM");
    terminal
}

#[test]
fn q_leaves_and_the_terminal_is_as_it_was() {
    let mut terminal = open();
    let taken = terminal.modes();
    assert!(taken.alternate_screen && taken.bracketed_paste && !taken.cursor_shown && !terminal.is_cooked());
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
}

#[test]
fn ctrl_c_leaves_as_well() {
    let mut terminal = open();
    terminal.type_keys("ctrl-c");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
}

#[test]
fn every_signal_that_ends_gives_the_terminal_back_within_a_second() {
    for (name, number) in [("TERM", 15), ("HUP", 1), ("INT", 2), ("QUIT", 3)] {
        let terminal = open();
        terminal.signal(name);
        // A second is promised; the deadline leaves a busy machine three.
        assert_eq!(terminal.ends(SOON), 128 + number, "SIG{name}");
        terminal.is_given_back();
    }
}

#[test]
fn a_closed_session_ends_it_and_nothing_spins() {
    let mut terminal = open();
    terminal.hangs_up(|t| t.type_keys("?"));
    terminal.ends(SOON);
    assert!(!lives(terminal.pid()));
}

#[test]
fn a_closed_session_ends_it_where_hangups_are_ignored() {
    let mut terminal = Start::demo("quiet").through(&["sh", "-c", "trap '' HUP; exec \"$@\"", "sh"]).open();
    terminal.sees("CALM");
    terminal.hangs_up(|t| t.type_keys("?"));
    terminal.ends(SOON);
}

#[test]
fn a_closed_session_ends_it_where_no_signal_tells_of_it() {
    let mut terminal = Start::demo("quiet").through(&["env", "--block-signal=HUP"]).open();
    terminal.sees("CALM");
    terminal.hangs_up(|t| t.type_keys("?"));
    // Nobody tells, so it must look: two seconds, and as many again for a busy machine.
    terminal.ends(Duration::from_secs(4));
}

#[test]
fn a_terminal_that_does_not_read_cannot_hold_up_a_signal() {
    let mut terminal = open();
    terminal.stops_reading(|t| t.type_keys("?"));
    for turn in 0..40 {
        terminal.resize(if turn % 2 == 0 { 250 } else { 249 }, 60);
        terminal.looks_on(Duration::from_millis(20));
    }
    terminal.signal("TERM");
    assert_eq!(terminal.ends(SOON), 128 + 15);
    assert!(terminal.is_cooked(), "the line discipline is still raw");
}

#[test]
fn what_was_done_stands_on_the_screen_that_is_given_back() {
    let mut terminal = Start::watchfire(&["demo", "--scenario", "payment-outage", "--at", "20m"]).size(120, 40).open();
    terminal.sees("BURNING");
    terminal.type_keys("a");
    terminal.sees("reason:");
    terminal.type_keys("enter");
    terminal.sees("2 acked");
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
    terminal.writes("watchfire: 1 ack, in the journal");
}
