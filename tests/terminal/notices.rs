//! What the terminal is told beside frames: its title, notifications, texts for its clipboard, links; each as it can take it.

use super::harness::{PATIENCE, Start, Terminal};
use super::tokens::Token;

/// A page comes within seconds.
fn demo() -> Start {
    Start::watchfire(&["demo", "--scenario", "payment-outage", "--at", "20m"]).size(120, 40)
}

fn opened(start: Start) -> Terminal {
    let terminal = start.open();
    terminal.sees("BURNING");
    terminal
}

#[test]
fn the_title_has_what_burns_and_is_given_back() {
    let mut terminal = opened(demo());
    terminal.tells("its title", |t| matches!(t, Token::Title(title) if title.contains(" critical - watchfire")));
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
}

#[test]
fn inside_tmux_there_is_no_title_and_a_copy_goes_plain_and_wrapped() {
    let mut terminal = opened(demo().env("TMUX", "/tmp/none,1,0").env("TERM", "tmux-256color"));
    terminal.type_keys("y n");
    terminal.sees("sent to the terminal's clipboard");
    terminal.tells("a copy", |t| matches!(t, Token::Copy(_)));
    terminal.tells(
        "the same for the terminal behind",
        |t| matches!(t, Token::Wrapped(inner) if matches!(**inner, Token::Copy(_))),
    );
    assert!(!terminal.told().iter().any(|t| matches!(t, Token::Title(_))));
}

#[test]
fn a_new_page_is_told_in_the_words_of_the_terminal_though_another_window_has_the_keys() {
    for (term, program) in [("xterm-256color", "iTerm.app"), ("foot", ""), ("xterm-kitty", "")] {
        let start = Start::watchfire(&["demo", "--scenario", "payment-outage", "--speed", "60", "--at", "5m"]);
        let mut terminal = start.size(120, 40).env("TERM", term).env("TERM_PROGRAM", program).open();
        terminal.sees("1 alerts");
        terminal.write(b"\x1b[O");
        terminal.tells("a notification", |t| matches!(t, Token::Notice(_)));
        terminal.tells("a bell", |t| *t == Token::Control(0x07));
    }
}

#[test]
fn a_runbook_is_a_link_where_the_terminal_takes_links_and_text_everywhere() {
    let address = "https://runbooks.example";
    for (program, takes) in [("WezTerm", true), ("", false)] {
        let mut terminal = opened(demo().env("TERM_PROGRAM", program));
        terminal.type_keys("enter");
        terminal.sees(address);
        let linked = terminal.told().iter().any(|t| matches!(t, Token::Link(Some(url)) if url.starts_with(address)));
        assert_eq!(linked, takes, "{program}");
    }
}

#[test]
fn over_ssh_a_link_is_copied_and_shown_with_a_code() {
    let mut terminal = opened(demo().env("SSH_CONNECTION", "1 2 3 4"));
    terminal.type_keys("enter o");
    terminal.sees("Not opened here: this runs on another machine than your screen.");
    terminal.shows("the code", |screen| screen.contains('█') && screen.contains("https://"));
    terminal.tells("a copy", |t| matches!(t, Token::Copy(_)));
    terminal.type_keys("esc");
    terminal.sees_not("Not opened here");
}
