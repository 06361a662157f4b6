//! The same walk through the program in terminals of other names: each is sent only what it knows, and is given back.

use std::path::Path;

use super::{
    harness::{PATIENCE, Start, Terminal},
    tokens::Token,
};

fn open(term: &str) -> Terminal {
    let start = Start::demo("payment-outage").size(120, 40).env("TERM", Path::new(term));
    let terminal = start.open();
    terminal.sees("DiskWillFill");
    terminal
}

/// Moves, filters, opens, goes back, writes a note, scrolls, leaves; with the Esc that every terminal has.
fn walk(terminal: &mut Terminal) {
    terminal.type_keys("j k j");
    terminal.type_keys("/");
    terminal.sees("filter");
    terminal.write(b"DiskWill\r");
    terminal.shows("what passes the filter", |s| s.contains("DiskWillFill") && !alerts(s).contains("Ratio"));
    terminal.type_keys("enter");
    terminal.sees("Esc back");
    terminal.write(b"\x1b");
    terminal.sees_not("Esc back");
    terminal.type_keys("n");
    terminal.sees("note on");
    terminal.write(b"seen from here");
    terminal.sees("seen from here");
    terminal.type_keys("enter");
    terminal.shows("the note on the timeline", |s| !s.contains("note on") && s.contains("seen from here"));
    // The help scrolls.
    terminal.type_keys("?");
    terminal.sees("Leave Watchfire.");
    terminal.type_keys("down down down");
    terminal.write(b"\x1b");
    terminal.sees_not("Leave Watchfire.");
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
}

/// The board, above the timeline.
fn alerts(screen: &str) -> &str {
    screen.split("3 timeline").next().unwrap_or_default()
}

/// The codes of every style that was set.
fn styles(terminal: &Terminal) -> Vec<u16> {
    let of = |token: &Token| match token {
        Token::Csi(body, 'm') => body.split(';').map(|code| code.parse().unwrap_or(0)).collect(),
        _ => Vec::new(),
    };
    terminal.tokens().iter().flat_map(of).collect()
}

/// The last letters of what is no text, and no mode.
fn letters(terminal: &Terminal) -> String {
    let of = |token: &Token| match token {
        Token::Csi(body, last) if !body.starts_with('?') => Some(*last),
        _ => None,
    };
    terminal.tokens().iter().filter_map(of).collect()
}

/// What is no ASCII; the demonstration's own texts are.
fn beyond_ascii(terminal: &Terminal) -> String {
    let of = |token: Token| match token {
        Token::Text(c) if !c.is_ascii() => Some(c),
        _ => None,
    };
    terminal.tokens().into_iter().filter_map(of).collect()
}

#[test]
fn xterm_has_256_colours_and_all_of_it() {
    let mut terminal = open("xterm-256color");
    walk(&mut terminal);
    assert_ne!(beyond_ascii(&terminal), "");
}

#[test]
fn screen_and_tmux_by_name_are_sent_no_24_bits() {
    for term in ["screen-256color", "tmux-256color", "screen"] {
        let mut terminal = open(term);
        walk(&mut terminal);
        let styles = styles(&terminal);
        assert!(!styles.windows(2).any(|w| w == [38, 2] || w == [48, 2]), "{term}");
    }
}

#[test]
fn the_linux_console_has_sixteen_colours_and_ascii() {
    let mut terminal = open("linux");
    walk(&mut terminal);
    assert_eq!(beyond_ascii(&terminal), "");
    assert!(styles(&terminal).iter().all(|code| ![38, 48].contains(code)));
    assert!(!letters(&terminal).contains(['S', 'T']), "{}", letters(&terminal));
}

#[test]
fn a_vt100_is_sent_what_it_knew_in_1978() {
    let mut terminal = open("vt100");
    walk(&mut terminal);
    assert_eq!(beyond_ascii(&terminal), "");
    // Bold, underlined and reversed; the rest is a colour, or ends one attribute alone.
    let strange: Vec<u16> = styles(&terminal).into_iter().filter(|code| ![0, 1, 2, 3, 4, 7].contains(code)).collect();
    assert_eq!(strange, [0_u16; 0]);
    let known = |last: char| "ABCDHJKmrn".contains(last);
    assert!(letters(&terminal).chars().all(known), "{}", letters(&terminal));
}

#[test]
fn colours_that_are_asked_for_are_drawn_even_where_the_terminal_is_said_to_have_none() {
    let start = Start::watchfire(&["demo", "--theme", "midnight", "--colors", "16"])
        .size(120, 40)
        .env("TERM", Path::new("vt100"));
    let terminal = start.open();
    terminal.sees("DiskWillFill");
    let styles = styles(&terminal);
    assert!(styles.iter().any(|code| (31..=37).contains(code)) && !styles.contains(&38));
}

/// No escape, no control but the end of a line.
fn is_lines(terminal: &Terminal) {
    let odd = |t: &Token| !matches!(t, Token::Text(_) | Token::Control(b'\r' | b'\n'));
    let odd: Vec<Token> = terminal.tokens().into_iter().filter(odd).collect();
    assert_eq!(odd, [], "{}", terminal.screen());
}

#[test]
fn a_dumb_terminal_is_sent_lines_and_no_sequence() {
    let mut terminal = Start::demo("payment-outage").size(80, 60).env("TERM", Path::new("dumb")).open();
    terminal.sees("CertificateExpiresSoon");
    terminal.write(b"quit\n");
    assert_eq!(terminal.ends(PATIENCE), 0);
    let screen = terminal.screen();
    assert!(screen.contains("CertificateExpiresSoon") && screen.contains("TERM is dumb"), "{screen}");
    is_lines(&terminal);
}
