//! Bytes in, words out.

use crossterm::event::{KeyCode, KeyModifiers};

use super::*;

/// Keys as a keymap spells them; answers and the rest by name.
fn word(heard: &Heard) -> String {
    match heard {
        Heard::Answer => "answer".into(),
        Heard::Told(told) => format!("{told:?}").to_lowercase(),
        Heard::Event(Event::Key(key)) => {
            let held = [(KeyModifiers::CONTROL, "ctrl-"), (KeyModifiers::ALT, "alt-"), (KeyModifiers::SHIFT, "shift-")];
            let held: String = held.iter().filter(|(m, _)| key.modifiers.contains(*m)).map(|(_, w)| *w).collect();
            match key.code {
                KeyCode::Char(c) => format!("{held}{c}"),
                code => format!("{held}{code:?}").to_lowercase(),
            }
        }
        Heard::Event(Event::Paste(text)) => format!("paste({text})"),
        Heard::Event(event) => format!("{event:?}"),
    }
}

fn words(heard: &[Heard]) -> String {
    heard.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn hears(bytes: &[u8]) -> String {
    words(&Ear::default().take(bytes))
}

const SPOKEN: [(&str, &str); 24] = [
    ("\x1b[27u\x1b[97;5u\x1b[?1uj", "esc ctrl-a j"),
    ("ja", "j a"),
    ("A", "shift-A"),
    ("ü漢", "ü 漢"),
    ("\r\t\x7f", "enter tab backspace"),
    ("\x03\x1a\0", "ctrl-c ctrl-z ctrl- "),
    ("\x1b[A\x1bOB", "up down"),
    ("\x1b[1;5C", "ctrl-right"),
    ("\x1b[3~\x1b[5;2~", "delete shift-pageup"),
    ("\x1b[Z", "shift-backtab"),
    ("\x1bOP\x1b[15~\x1b[24~\x1b[[A", "f(1) f(5) f(12) f(1)"),
    ("\x1bx", "alt-x"),
    ("\x1b1j", "alt-1 j"),
    ("\x1b[I\x1b[O", "FocusGained FocusLost"),
    ("\x1b[0n", "answer"),
    ("j\x1b[0nk", "j answer k"),
    ("\x1b[?64;1;2c\x1b[12;40R\x1b[?2026;2$y", "fence"),
    ("\x1b]11;rgb:1e1e/1e1e/2e2e\x07j", "ground(dark) j"),
    ("\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\j", "ground(light) j"),
    ("\x1bP>|tmux 3.3a\x1b\\j", "name(\"tmux 3.3a\") j"),
    ("\x1b[?997;2n\x1b]4;1;rgb:1/1/1\x07j", "ground(light) j"),
    ("\x1b[200~a\nq\x1b[A\x1b[201~j", "paste(a\nq\x1b[A) j"),
    ("\x1b[M !!j", "j"),
    ("\u{20ac}\x1b[99xj", "€ j"),
];

#[test]
fn keys_pastes_and_answers_are_told_apart() {
    for (bytes, wanted) in SPOKEN {
        assert_eq!(hears(bytes.as_bytes()), wanted, "{bytes:?}");
    }
}

#[test]
fn however_a_sequence_is_torn_it_is_heard_the_same() {
    for (bytes, wanted) in SPOKEN {
        for at in 0..bytes.len() {
            let mut ear = Ear::default();
            let mut heard = ear.take(&bytes.as_bytes()[..at]);
            heard.extend(ear.take(&bytes.as_bytes()[at..]));
            assert_eq!(words(&heard), wanted, "{bytes:?} torn at {at}");
        }
        let mut ear = Ear::default();
        let heard: Vec<Heard> = bytes.bytes().flat_map(|b| ear.take(&[b])).collect();
        assert_eq!(words(&heard), wanted, "{bytes:?} byte by byte");
    }
}

#[test]
fn an_esc_is_a_key_when_nothing_follows() {
    let mut ear = Ear::default();
    assert_eq!(words(&ear.take(b"\x1b")), "");
    assert!(ear.hesitates());
    assert_eq!(words(&ear.nothing_follows()), "esc");
    assert!(!ear.hesitates());
    assert_eq!(words(&ear.take(b"[")), "[");
    assert_eq!(hears(b"\x1b\x1b[A"), "esc up");
}

#[test]
fn an_answer_that_comes_after_its_esc_was_taken_for_a_key_types_nothing() {
    let mut ear = Ear::default();
    ear.take(b"\x1b");
    assert_eq!(words(&ear.nothing_follows()), "esc");
    assert_eq!(words(&ear.take(b"[0nj")), "answer j");
}

/// An Esc that was taken for a key, and what comes later, piece by piece; `_` stands for a while without anything.
fn after_esc(asked: bool, pieces: &[&str]) -> String {
    let mut ear = Ear::default();
    ear.expects(asked);
    ear.take(b"\x1b");
    let mut heard = ear.nothing_follows();
    for piece in pieces {
        heard.extend(if *piece == "_" { ear.nothing_follows() } else { ear.take(piece.as_bytes()) });
    }
    words(&heard)
}

#[test]
fn once_the_terminal_was_asked_no_late_and_torn_answer_is_typed() {
    for pieces in [
        &["[", "0", "n"][..],
        &["[", "0n"],
        &["[0", "_", "n"],
        &["[?64;1", ";2c"],
        &["]11;rgb:1e1e/1e", "1e/2e2e\x07"],
        &["]", "11;rgb:1e1e/1e1e/2e2e\x1b\\"],
        &["P>|tmux 3.3a", "\x1b\\"],
        &["[?2026;2$y"],
    ] {
        let heard = after_esc(true, pieces);
        let told = [" answer", " fence", " ground(dark)", " name(\"tmux 3.3a\")"];
        let typed = told.iter().fold(heard.clone(), |rest, told| rest.replace(told, ""));
        assert_eq!(typed, "esc", "{pieces:?}: {heard}");
    }
}

#[test]
fn a_hand_that_types_after_esc_is_heard_all_the_same() {
    assert_eq!(after_esc(true, &["[", "_", "j"]), "esc [ j");
    assert_eq!(after_esc(true, &["]", "_"]), "esc ]");
    assert_eq!(after_esc(true, &["P", "_", "j"]), "esc shift-P j");
    assert_eq!(after_esc(true, &["j", "n"]), "esc j n");
    assert_eq!(after_esc(false, &["[", "]", "P1"]), "esc [ ] shift-P 1");
}

#[test]
fn an_arrow_that_comes_after_its_esc_moves_and_types_no_capital() {
    assert_eq!(after_esc(false, &["[A", "j"]), "esc up j");
    assert_eq!(after_esc(false, &["[1;5C"]), "esc ctrl-right");
}

#[test]
fn a_key_that_is_let_go_of_is_no_key() {
    assert_eq!(hears(b"\x1b[97;1:1u\x1b[97;1:3u\x1b[97;5:3u\x1b[13;1:3u\x1b[1;1:3Aj"), "a j");
    assert_eq!(hears(b"\x1b[97;1:2u"), "a", "held down it repeats");
}

#[test]
fn half_a_sequence_waits_however_long_and_half_a_string_not_for_ever() {
    let mut ear = Ear::default();
    ear.take(b"\x1b[0");
    assert!(!ear.hesitates());
    assert_eq!(words(&ear.nothing_follows()), "");
    assert_eq!(words(&ear.take(b"n")), "answer");
    ear.take(b"\x1b]11;");
    assert_eq!(words(&ear.take(b"\x03")), "ctrl-c");
    ear.take(b"\x1b]11;");
    assert_eq!(words(&ear.take(b"\x1b[A")), "up");
    ear.take(&[b"\x1b]".as_slice(), &[b'x'; 5000]].concat());
    assert_eq!(words(&ear.take(b"j")), "j");
}

#[test]
fn what_is_no_text_is_no_key() {
    assert_eq!(hears(b"\xff\xc3\x28\x80j"), "( j");
}

#[test]
fn a_click_and_a_wheel_have_their_place() {
    let heard = hears(b"\x1b[<0;10;5M\x1b[<65;10;5M");
    assert!(heard.contains("Down(Left), column: 9, row: 4") && heard.contains("ScrollDown"), "{heard}");
}
