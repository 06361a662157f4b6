//! What the terminal is asked, what its answers change, and that nothing waits for them or is typed by them.

use std::{fs, time::Duration};

use super::harness::{PATIENCE, Start, Terminal};

const MIDNIGHT: &str = "48;2;18;22;30";
const DAYLIGHT: &str = "48;2;251;250;247";

fn demo(more: &[&str]) -> Start {
    Start::watchfire(&[&["demo", "--scenario", "payment-outage"], more].concat())
}

fn leaves(mut terminal: Terminal) {
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
}

#[test]
fn auto_takes_the_light_theme_where_the_terminal_says_that_it_is_light() {
    let tells = b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1bP>|foot(1.16.2)\x1b\\\x1b[?62;22c";
    let terminal = demo(&["--theme", "auto"]).env("COLORTERM", "truecolor").tells(tells).open();
    terminal.sees("1 alerts");
    terminal.writes(DAYLIGHT);
    // No answer was taken for keys: they would have opened something.
    terminal.sees("help");
    leaves(terminal);
}

#[test]
fn a_notice_that_the_colours_changed_is_followed() {
    let mut terminal = demo(&["--theme", "auto"]).env("COLORTERM", "truecolor").open();
    terminal.sees("1 alerts");
    terminal.write(b"\x1b[?997;1n");
    terminal.writes(MIDNIGHT);
    terminal.write(b"\x1b[?997;2n");
    terminal.writes(DAYLIGHT);
    leaves(terminal);
}

#[test]
fn a_terminal_that_answers_nothing_holds_nothing_up_and_keeps_the_theme_for_any_background() {
    let terminal = demo(&["--theme", "auto"]).env("COLORTERM", "truecolor").mute().open();
    terminal.sees("1 alerts");
    assert!(!terminal.has_written("48;2;"));
    leaves(terminal);
}

#[test]
fn an_answer_that_comes_late_is_an_answer_all_the_same() {
    let mut terminal = demo(&["--theme", "auto"]).env("COLORTERM", "truecolor").mute().open();
    terminal.sees("1 alerts");
    terminal.looks_on(Duration::from_millis(1_500));
    terminal.write(b"\x1b]11;rgb:0000/");
    terminal.looks_on(Duration::from_millis(200));
    terminal.write(b"2b2b/3636\x07");
    terminal.writes(MIDNIGHT);
    leaves(terminal);
}

#[test]
fn a_terminal_that_says_who_it_is_gets_24_bits_though_colorterm_is_lost() {
    let terminal = demo(&["--theme", "midnight"]).tells(b"\x1bP>|kitty(0.35.2)\x1b\\\x1b[?62c").open();
    terminal.sees("1 alerts");
    terminal.writes(MIDNIGHT);
    leaves(terminal);
}

#[test]
fn no_color_is_kept_whatever_the_terminal_tells_and_colors_is_stronger() {
    let tells = b"\x1b]11;rgb:0/0/0\x1b\\\x1bP>|kitty(0.35.2)\x1b\\\x1b[?62c";
    let mut terminal = demo(&[]).env("NO_COLOR", "1").env("COLORTERM", "truecolor").tells(tells).open();
    terminal.sees("1 alerts");
    terminal.type_keys("j j");
    terminal.looks_on(Duration::from_millis(300));
    assert!(!terminal.has_written(";31m") && !terminal.has_written("\x1b[31m") && !terminal.has_written("38;"));
    assert!(terminal.has_written("7m"), "the selection is reversed");
    leaves(terminal);
    let terminal = demo(&["--colors", "16"]).env("NO_COLOR", "1").open();
    terminal.sees("HighErrorRate");
    terminal.writes("31m");
    leaves(terminal);
}

#[test]
fn a_console_and_a_vt100_are_asked_nothing_and_drawn_in_ascii() {
    for term in ["linux", "vt100"] {
        let terminal = demo(&[]).env("TERM", term).open();
        terminal.sees("1 alerts");
        terminal.shows("rules in ASCII", |screen| screen.contains("= 1 alerts") && screen.is_ascii());
        for question in ["\x1b]11;", "\x1b[>q", "\x1b[c", "\x1b[?2031"] {
            assert!(!terminal.has_written(question), "{term} is asked {question:?}");
        }
        leaves(terminal);
    }
}

#[test]
fn a_theme_is_tried_kept_and_written_into_the_configuration() {
    let home = tempfile::tempdir().unwrap();
    let kept = home.path().join("day");
    let config = kept.join("watchfire.toml");
    let arguments = ["demo", "--keep", kept.to_str().unwrap()];
    let mut terminal = Start::watchfire(&arguments).env("COLORTERM", "truecolor").home(home.path()).open();
    terminal.sees("1 alerts");
    let before = fs::read_to_string(&config).unwrap();
    terminal.type_keys(", t");
    terminal.sees("themes");
    terminal.type_keys("j");
    terminal.writes(MIDNIGHT);
    terminal.type_keys("w");
    terminal.sees("written to");
    let after = fs::read_to_string(&config).unwrap();
    assert!(after.contains("theme = \"midnight\""), "{after}");
    assert!(before.lines().all(|line| after.contains(line)), "{before}\n{after}");
    leaves(terminal);
}
