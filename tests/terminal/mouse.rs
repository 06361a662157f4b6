//! The mouse as a terminal tells of it: only while somebody wants it, and never after the end.

use super::harness::{PATIENCE, Start, Terminal};

/// The line of the alert that this is about.
fn row_of(terminal: &Terminal, text: &str) -> usize {
    let screen = terminal.screen();
    screen.lines().position(|l| l.contains(text)).unwrap_or_else(|| panic!("no {text}:\n{screen}")) + 1
}

fn click(terminal: &mut Terminal, column: usize, row: usize) {
    terminal.write(format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m").as_bytes());
}

#[test]
fn a_terminal_is_not_asked_for_the_mouse_unless_somebody_wants_it() {
    let mut terminal = Start::demo("payment-outage").open();
    terminal.sees("DiskWillFill");
    assert_eq!(terminal.modes().mouse, (false, false));
    let row = row_of(&terminal, "DiskWillFill");
    click(&mut terminal, 20, row);
    click(&mut terminal, 20, row);
    terminal.type_keys("?");
    terminal.sees("type to narrow");
    terminal.type_keys("esc q");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
}

#[test]
fn a_mouse_that_is_on_opens_a_line_and_is_given_back_by_a_key() {
    let mut terminal = Start::watchfire(&["demo", "--scenario", "payment-outage", "--mouse"]).size(120, 40).open();
    terminal.sees("DiskWillFill");
    terminal.shows("that the mouse is on", |screen| screen.lines().next().is_some_and(|l| l.contains("mouse")));
    assert_eq!(terminal.modes().mouse, (true, true));
    let row = row_of(&terminal, "DiskWillFill");
    click(&mut terminal, 20, row);
    click(&mut terminal, 20, row);
    terminal.sees("Esc");
    terminal.sees_not("2 budgets");
    terminal.type_keys("esc");
    terminal.sees("2 budgets");
    terminal.type_keys(", m");
    terminal.sees("the mouse is the terminal's");
    assert_eq!(terminal.modes().mouse, (false, false));
    terminal.type_keys(", m");
    terminal.sees("the mouse is on");
    assert_eq!(terminal.modes().mouse, (true, true));
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
}

#[test]
fn a_signal_takes_the_mouse_back_as_well() {
    let terminal = Start::watchfire(&["demo", "--scenario", "quiet", "--mouse"]).open();
    terminal.sees("CALM");
    assert_eq!(terminal.modes().mouse, (true, true));
    terminal.signal("TERM");
    terminal.ends(PATIENCE);
    terminal.is_given_back();
}
