//! Keys as terminals write them: xterm's, the VT220's, the Linux console's.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
    Event::Key(KeyEvent::new(code, modifiers))
}

/// The first key of what is no sequence, and its length; none where a character is not whole. What is no key is skipped.
pub(super) fn plain(bytes: &[u8]) -> Option<(usize, Option<Event>)> {
    let none = KeyModifiers::NONE;
    let ctrl = |c| key(KeyCode::Char(c), KeyModifiers::CONTROL);
    let event = match *bytes.first()? {
        b'\r' => key(KeyCode::Enter, none),
        b'\t' => key(KeyCode::Tab, none),
        0x7f => key(KeyCode::Backspace, none),
        0 => ctrl(' '),
        c @ 1..=0x1a => ctrl(char::from(c - 1 + b'a')),
        0x1b => key(KeyCode::Esc, none),
        c @ 0x1c..=0x1f => ctrl(char::from(c - 0x1c + b'4')),
        _ => return character(bytes),
    };
    Some((1, Some(event)))
}

fn character(bytes: &[u8]) -> Option<(usize, Option<Event>)> {
    let length = match bytes[0] {
        0..0x80 => 1,
        0xc2..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf5 => 4,
        _ => return Some((1, None)),
    };
    let whole = &bytes[..length.min(bytes.len())];
    match std::str::from_utf8(whole) {
        Ok(text) => Some((length, text.chars().next().map(letter))),
        Err(why) if why.error_len().is_none() => None,
        Err(_) => Some((1, None)),
    }
}

fn letter(c: char) -> Event {
    key(KeyCode::Char(c), if c.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE })
}

pub(super) fn with_alt(event: Event) -> Event {
    match event {
        Event::Key(mut key) => {
            key.modifiers |= KeyModifiers::ALT;
            Event::Key(key)
        }
        other => other,
    }
}

/// An Esc that nothing followed, or one and a letter that could begin a string.
pub(super) fn alone(held: &[u8]) -> Option<Event> {
    match held {
        [0x1b] => Some(key(KeyCode::Esc, KeyModifiers::NONE)),
        [0x1b, c] => Some(with_alt(letter(char::from(*c)))),
        _ => None,
    }
}

/// `ESC O`: the arrows of the application mode, and F1 to F4.
pub(super) fn ss3(last: u8) -> Option<Event> {
    named(last).map(|code| key(code, KeyModifiers::NONE))
}

/// `ESC [ [`: the Linux console's F1 to F5.
pub(super) fn console(last: u8) -> Option<Event> {
    matches!(last, b'A'..=b'E').then(|| key(KeyCode::F(last - b'A' + 1), KeyModifiers::NONE))
}

fn named(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        _ => return None,
    })
}

/// A sequence by its parameters and its last letter; none where it is no key: an answer, or nothing we know.
pub(super) fn csi(body: &[u8], last: u8) -> Option<Event> {
    let text = std::str::from_utf8(body).ok()?;
    if is_let_go(text) {
        return None;
    }
    let mut parameters = text.split(';').map(|p| p.split(':').next().unwrap_or_default());
    let first = parameters.next().unwrap_or_default();
    let held = parameters.next().and_then(|p| p.parse().ok()).map_or(KeyModifiers::NONE, modifiers);
    match last {
        b'I' if body.is_empty() => Some(Event::FocusGained),
        b'O' if body.is_empty() => Some(Event::FocusLost),
        b'Z' => Some(key(KeyCode::BackTab, KeyModifiers::SHIFT)),
        b'u' => unicode(first.parse().ok()?).map(|code| key(code, held)),
        b'~' => tilde(first.parse().ok()?).map(|code| key(code, held)),
        // With parameters of its own `R` tells a place: an answer.
        b'R' if !body.is_empty() => None,
        _ if first.is_empty() || first == "1" => named(last).map(|code| key(code, held)),
        _ => None,
    }
}

/// Whether it tells that a key was let go of: `modifiers:3`, as terminals say that were asked to tell of it.
fn is_let_go(text: &str) -> bool {
    text.split(';').nth(1).and_then(|held| held.split(':').nth(1)) == Some("3")
}

/// A key by its code point, as terminals write it that tell every key from every other.
fn unicode(point: u32) -> Option<KeyCode> {
    Some(match char::from_u32(point)? {
        '\x1b' => KeyCode::Esc,
        '\r' => KeyCode::Enter,
        '\t' => KeyCode::Tab,
        '\x7f' => KeyCode::Backspace,
        c if c.is_control() => return None,
        c => KeyCode::Char(c),
    })
}

fn tilde(number: u8) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        n @ 11..=15 => KeyCode::F(n - 10),
        n @ 17..=21 => KeyCode::F(n - 11),
        n @ 23..=26 => KeyCode::F(n - 12),
        n @ 28..=29 => KeyCode::F(n - 15),
        n @ 31..=34 => KeyCode::F(n - 17),
        _ => return None,
    })
}

/// As xterm counts them: one more than the sum of Shift 1, Alt 2, Ctrl 4.
fn modifiers(parameter: u8) -> KeyModifiers {
    let bits = parameter.saturating_sub(1);
    [(1, KeyModifiers::SHIFT), (2, KeyModifiers::ALT), (4, KeyModifiers::CONTROL)]
        .into_iter()
        .filter(|(bit, _)| bits & bit != 0)
        .fold(KeyModifiers::NONE, |all, (_, modifier)| all | modifier)
}
