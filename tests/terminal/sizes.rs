//! A window that is drawn at any size, and redrawn when that changes.

use super::harness::{PATIENCE, Start};

#[test]
fn a_storm_of_sizes_ends_in_the_right_layout() {
    let mut terminal = Start::demo("payment-outage").open();
    terminal.sees("DiskWillFill");
    // A fixed walk over sizes, the smallest and the largest among them.
    let (mut columns, mut rows) = (7_u16, 3_u16);
    for turn in 0..300_u16 {
        (columns, rows) = match turn % 50 {
            0 => (1, 1),
            25 => (250, 60),
            _ => ((columns * 37 + 11) % 250 + 1, (rows * 13 + 5) % 60 + 1),
        };
        terminal.resize(columns, rows);
    }
    terminal.resize(200, 60);
    terminal.shows("the layout of 200x60", |screen| {
        let lines: Vec<&str> = screen.lines().collect();
        let beside = |l: &&str| l.contains("1 alerts") && l.contains("2 budgets");
        lines.iter().any(beside) && lines.get(59).is_some_and(|footer| footer.contains("help"))
    });
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
}

#[test]
fn a_terminal_of_one_cell_is_no_reason_to_die() {
    let mut terminal = Start::demo("payment-outage").size(1, 1).open();
    terminal.shows("that there is more", |screen| screen.starts_with('…'));
    terminal.resize(80, 24);
    terminal.sees("1 alerts");
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
}

#[test]
fn ctrl_l_paints_anew() {
    let mut terminal = Start::demo("quiet").open();
    terminal.sees("CALM");
    let before = terminal.written();
    terminal.type_keys("ctrl-l");
    terminal.is_written(before + 1_000);
    terminal.sees("CALM");
}
