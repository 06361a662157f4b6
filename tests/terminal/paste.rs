//! What comes in that nobody typed: pastes, and sequences that a slow link tears apart.

use super::harness::{Start, Terminal};

fn open() -> Terminal {
    let terminal = Start::demo("payment-outage").size(120, 40).open();
    terminal.sees("DiskWillFill");
    terminal
}

#[test]
fn a_paste_onto_the_board_is_ignored_with_a_hint_and_acks_nothing() {
    let mut terminal = open();
    terminal.paste(&"a\n".repeat(1_000));
    terminal.sees("pasted text was ignored");
    terminal.type_keys("j");
    terminal.sees_not("pasted text was ignored");
    let screen = terminal.screen();
    assert!(!screen.contains("reason:") && !screen.contains("acking"), "{screen}");
}

#[test]
fn a_paste_into_a_note_is_its_text() {
    let mut terminal = open();
    terminal.type_keys("n");
    terminal.sees("note on");
    terminal.paste("rolled back\nat 20:31");
    terminal.shows("both lines in the form", |s| s.contains("rolled back") && s.contains("at 20:31"));
    terminal.sees("note on");
}

#[test]
fn a_paste_into_a_reason_is_one_line_and_sends_nothing() {
    let mut terminal = open();
    terminal.type_keys("a");
    terminal.sees("reason:");
    terminal.paste("looking\ninto it\n");
    terminal.sees("reason: looking into it");
}

#[test]
fn half_a_sequence_does_not_freeze_the_screen() {
    let mut terminal = Start::watchfire(&["demo", "--speed", "60"]).open();
    terminal.sees("DiskWillFill");
    terminal.write(b"\x1b[");
    let before = terminal.screen();
    // A minute goes by every second: its clock must go on.
    terminal.shows("the clock to go on", |screen| screen.lines().next() != before.lines().next());
    terminal.write(b"B");
    terminal.type_keys("?");
    terminal.sees("Leave Watchfire.");
}
