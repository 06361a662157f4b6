//! A defect gives the terminal back and says its reason where it can be read.

use super::harness::{PATIENCE, SOON, Start, Terminal};

fn failing(place: &str) -> Terminal {
    Start::demo("quiet").size(120, 24).env("WATCHFIRE_FAIL", place).open()
}

#[test]
fn a_panic_in_a_task_gives_the_terminal_back_and_says_why() {
    let terminal = failing("task");
    assert_eq!(terminal.ends(PATIENCE), 1);
    terminal.is_given_back();
    terminal.sees("a defect ended it: a task failed on purpose at src/runtime/failpoint.rs");
}

#[test]
fn a_panic_in_the_loop_gives_the_terminal_back_and_says_why() {
    let terminal = failing("loop");
    assert_eq!(terminal.ends(PATIENCE), 1);
    terminal.is_given_back();
    terminal.sees("a defect ended it: the loop failed on purpose at src/runtime/failpoint.rs");
}

#[test]
fn a_loop_that_hangs_cannot_hold_up_a_signal() {
    let mut terminal = failing("hang");
    terminal.sees("CALM");
    // It hangs in the first frame after 700 ms: by then no key is answered any more.
    terminal.looks_on(std::time::Duration::from_secs(2));
    terminal.type_keys("?");
    terminal.looks_on(std::time::Duration::from_secs(1));
    assert!(!terminal.screen().contains("Leave Watchfire."));
    terminal.signal("TERM");
    assert_eq!(terminal.ends(SOON), 128 + 15);
    terminal.is_given_back();
}
