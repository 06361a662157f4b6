//! Keys that were typed before the person could see what they would confirm, and what a stop from outside leaves behind.

use super::harness::{Start, Terminal};

fn open() -> Terminal {
    let terminal = Start::demo("payment-outage").size(120, 40).open();
    terminal.sees("DiskWillFill");
    terminal
}

const HINT: &str = "does not count";

#[test]
fn a_burst_of_keys_opens_a_plan_and_confirms_nothing() {
    let mut terminal = open();
    terminal.write(b"a\r\r\r");
    terminal.shows("the plan with a hint", |s| s.contains("reason:") && s.contains(HINT));
    // Now it was on the screen.
    terminal.type_keys("enter");
    terminal.shows("the ack", |s| !s.contains("reason:") && s.contains("acked"));
}

#[test]
fn what_is_typed_ahead_is_the_reason_and_its_enter_does_not_count() {
    let mut terminal = open();
    terminal.write(b"alooking at it\r");
    terminal.shows("the reason with a hint", |s| s.contains("reason: looking at it") && s.contains(HINT));
    terminal.type_keys("esc");
    terminal.sees_not("reason:");
}

#[test]
fn in_a_terminal_that_never_answers_a_plan_can_be_confirmed_once_that_is_known() {
    let mut terminal = Start::demo("payment-outage").size(120, 40).mute().open();
    terminal.sees("DiskWillFill");
    terminal.type_keys("? esc");
    terminal.sees_not("Leave Watchfire.");
    terminal.write(b"a\r");
    terminal.shows("the plan with a hint", |s| s.contains("reason:") && s.contains(HINT));
    // An answer is waited for a second from the question on, and none comes.
    terminal.looks_on(std::time::Duration::from_millis(1_500));
    terminal.type_keys("enter");
    terminal.shows("the ack", |s| !s.contains("reason:") && s.contains("acked"));
}
