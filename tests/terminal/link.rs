//! What the terminal answers, and what is not sent to one that does not: no answer is ever typed.

use std::time::Duration;

use super::{
    harness::{PATIENCE, Start},
    tokens::Token,
};

#[test]
fn a_terminal_that_answers_is_asked_again_and_no_answer_is_typed() {
    let mut terminal = Start::demo("payment-outage").size(120, 40).open();
    terminal.sees("DiskWillFill");
    terminal.type_keys("n");
    terminal.sees("note on");
    for _ in 0..3 {
        let before = terminal.questions();
        terminal.type_keys("ctrl-l");
        terminal.asks_after(before);
    }
    terminal.write(b"still one text");
    terminal.sees("still one text");
    let screen = terminal.screen();
    assert!(!screen.contains("[0n") && !screen.contains("0n"), "{screen}");
}

#[test]
fn a_mute_terminal_is_asked_twice_and_shows_everything_all_the_same() {
    let mut terminal = Start::demo("payment-outage").size(120, 40).mute().open();
    terminal.sees("DiskWillFill");
    for _ in 0..6 {
        terminal.type_keys("?");
        terminal.sees("Leave Watchfire.");
        terminal.type_keys("esc");
        terminal.sees("DiskWillFill");
    }
    assert!(terminal.questions() <= 2, "{} questions", terminal.questions());
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
}

#[test]
fn a_window_without_the_keys_is_drawn_seldom_and_at_once_when_it_has_them_again() {
    let mut terminal = Start::watchfire(&["demo", "--scenario", "quiet", "--speed", "60"]).open();
    terminal.sees("CALM");
    terminal.write(b"\x1b[O");
    // A minute goes by every second: what is drawn now was begun before that was heard.
    terminal.looks_on(Duration::from_secs(2));
    let before = terminal.screen();
    assert_eq!(terminal.looks_on(Duration::from_secs(3)), 0, "{before}");
    terminal.write(b"\x1b[I");
    terminal.shows("the clock of now", |screen| screen.lines().next() != before.lines().next());
}

#[test]
fn where_synchronised_updates_are_switched_off_everything_is_drawn_and_no_mark_stands_around_it() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.toml");
    let source = "[[source]]\nname = \"prod\"\nkind = \"alertmanager\"\nurl = \"http://127.0.0.1:1\"\n";
    let opened = |ui: &str| {
        std::fs::write(&file, format!("[ui]\n{ui}\n{source}")).unwrap();
        let terminal = Start::watchfire(&[]).home(home.path()).env("WATCHFIRE_CONFIG", &file).open();
        terminal.sees("prod unreachable");
        terminal
    };
    for (ui, marks) in [("synchronized = true", true), ("synchronized = false", false)] {
        let mut terminal = opened(ui);
        // Line breaks stand in no mark here: what is left to judge is the grammar.
        terminal.is_shared();
        terminal.type_keys("?");
        terminal.sees("Leave Watchfire.");
        terminal.type_keys("esc");
        terminal.sees_not("Leave Watchfire.");
        terminal.type_keys("q");
        assert_eq!(terminal.ends(PATIENCE), 0);
        terminal.is_given_back();
        let begun = terminal.tokens().iter().filter(|t| **t == Token::Csi("?2026".into(), 'h')).count();
        assert_eq!(begun > 0, marks, "{ui}: {begun} times");
        // One that was left open by whatever was there before is ended with all else.
        let ended = terminal.tokens().iter().filter(|t| **t == Token::Csi("?2026".into(), 'l')).count();
        assert_eq!(ended, begun + 1, "{ui}");
    }
}
