//! Text that wants to harm the screen, in a real terminal. That no foreign byte gets out is the oracle's, in every test.

use super::{
    harness::{Start, Terminal},
    support::fixture,
};

fn open(columns: u16, rows: u16) -> Terminal {
    let scenario = fixture("scenarios/hostile.toml");
    let terminal = Start::demo(scenario.to_str().unwrap()).size(columns, rows).open();
    terminal.sees("Purple");
    terminal
}

/// The rows of the alerts pane: from below its title to the next one's.
fn alert_rows(terminal: &Terminal) -> Vec<u16> {
    let screen = terminal.screen();
    let lines: Vec<&str> = screen.lines().collect();
    let from = lines.iter().position(|l| l.contains("1 alerts")).unwrap() + 1;
    let to = from + lines[from..].iter().position(|l| l.contains("2 budgets") || l.contains("3 timeline")).unwrap();
    (from..to).map(|row| u16::try_from(row).unwrap()).collect()
}

/// The word that begins in this cell.
fn word_at(terminal: &Terminal, column: u16, row: u16) -> String {
    (column..).map(|c| terminal.cell(c, row)).take_while(|c| !c.trim().is_empty()).collect()
}

#[test]
fn every_row_keeps_its_columns_whatever_an_alert_says() {
    const STATES: [&str; 6] = ["firing", "muted", "acked", "pending", "resolved", "UNKNOWN"];
    for (columns, rows) in [(80, 40), (200, 60)] {
        let terminal = open(columns, rows);
        let mut told = 0;
        for row in alert_rows(&terminal) {
            let state = word_at(&terminal, 5, row);
            if !state.is_empty() {
                assert!(STATES.contains(&state.as_str()), "row {row} at {columns}x{rows}:\n{}", terminal.screen());
                told += 1;
            }
        }
        assert!(told >= 9, "only {told} rows:\n{}", terminal.screen());
    }
}

#[test]
fn a_wide_pane_keeps_the_column_of_the_source() {
    let terminal = open(200, 60);
    let screen = terminal.screen();
    let columns: Vec<u16> = alert_rows(&terminal)
        .into_iter()
        .filter_map(|row| {
            (60..110).find(|c| word_at(&terminal, *c, row) == "prod-eu" && terminal.cell(*c - 1, row).trim().is_empty())
        })
        .collect();
    assert!(columns.len() >= 9 && columns.iter().all(|c| *c == columns[0]), "{columns:?}\n{screen}");
}

/// Whatever the screen shows a whole new paint of it shows as well; something may have come.
fn leaves_nothing_behind(terminal: &mut Terminal) {
    let (before, written) = (still(&terminal.screen()), terminal.written());
    terminal.type_keys("ctrl-l");
    terminal.is_written(written + 800);
    terminal.shows(&format!("all of {before:#?}"), |after| {
        let after = still(after);
        before.iter().all(|line| after.contains(line))
    });
}

/// The lines between header and footer, those left out that tell how long ago something was, and the axis, which moves
/// on with the time.
fn still(screen: &str) -> Vec<String> {
    let mut on_axis = false;
    let stands = |line: &&str| {
        on_axis = !line.starts_with('━') && (on_axis || line.contains("follows ─"));
        !on_axis && !line.contains(" ago)")
    };
    let lines: Vec<&str> = screen.lines().filter(stands).collect();
    lines.get(2..lines.len().max(3) - 1).unwrap_or_default().iter().map(|line| (*line).to_owned()).collect()
}

#[test]
fn every_detail_can_be_opened_and_leaves_nothing_behind() {
    let mut terminal = open(80, 24);
    for _ in 0..12 {
        terminal.type_keys("enter");
        terminal.sees("Esc back");
        terminal.sees_not("asking the sources");
        leaves_nothing_behind(&mut terminal);
        terminal.type_keys("esc");
        terminal.sees("1 alerts");
        terminal.type_keys("a");
        terminal.shows("the plan, or why there is none", |s| s.contains("reason:") || s.contains("✗"));
        terminal.type_keys("esc");
        terminal.sees_not("reason:");
        terminal.type_keys("j");
    }
}
