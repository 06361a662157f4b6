//! Keys and the mouse as a recording writes them, and as the terminal's events. Any key that a terminal can send reads back as
//! it was.

use crossterm::event::{
    Event, KeyCode as Code, KeyEvent, KeyModifiers, MouseButton::Left, MouseEvent, MouseEventKind as Kind,
};

use crate::config::keymap::{Key, KeyCode};

use super::{Came, Hand};

/// Reads what [`Key`] displays, also those that nobody may bind.
///
/// # Errors
/// Says that it is no key.
pub fn read(text: &str) -> Result<Key, String> {
    let (mut ctrl, mut alt, mut rest) = (false, false, text);
    loop {
        let after = |name: &str| rest.strip_prefix(name).filter(|r| !r.is_empty());
        if let Some(after) = after("Ctrl-") {
            (ctrl, rest) = (true, after);
        } else if let Some(after) = after("Alt-") {
            (alt, rest) = (true, after);
        } else {
            break;
        }
    }
    let key = Key::parse(rest)?;
    Ok(Key { code: key.code, ctrl: ctrl || key.ctrl, alt: alt || key.alt })
}

/// The event that a terminal would have sent.
pub fn event(came: Came) -> Event {
    match came {
        Came::Key(key) => Event::Key(key_event(key)),
        Came::Paste(text) => Event::Paste(text),
        Came::Size(width, height) => Event::Resize(width, height),
        Came::Mouse(hand, column, row) => {
            Event::Mouse(MouseEvent { kind: kind(hand), column, row, modifiers: KeyModifiers::NONE })
        }
    }
}

/// What of the mouse is written down: all that means anything to a cockpit.
pub fn hand(kind: Kind) -> Option<Hand> {
    Some(match kind {
        Kind::Down(Left) => Hand::Press,
        Kind::Drag(Left) => Hand::Drag,
        Kind::Up(Left) => Hand::Release,
        Kind::ScrollDown => Hand::WheelDown,
        Kind::ScrollUp => Hand::WheelUp,
        _ => return None,
    })
}

fn kind(hand: Hand) -> Kind {
    match hand {
        Hand::Press => Kind::Down(Left),
        Hand::Drag => Kind::Drag(Left),
        Hand::Release => Kind::Up(Left),
        Hand::WheelDown => Kind::ScrollDown,
        Hand::WheelUp => Kind::ScrollUp,
    }
}

fn key_event(key: Key) -> KeyEvent {
    let code = match key.code {
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Insert => Code::Insert,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::F(n) => Code::F(n),
    };
    let mut held = KeyModifiers::NONE;
    held.set(KeyModifiers::CONTROL, key.ctrl);
    held.set(KeyModifiers::ALT, key.alt);
    KeyEvent::new(code, held)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{app::msg::Msg, runtime::terminal::input};

    #[test]
    fn whatever_a_hand_does_arrives_as_it_was_written_down() {
        for done in [Hand::Press, Hand::Drag, Hand::Release, Hand::WheelDown, Hand::WheelUp] {
            let Event::Mouse(arrived) = event(Came::Mouse(done, 3, 4)) else { panic!("{done:?}") };
            assert_eq!((hand(arrived.kind), arrived.column, arrived.row), (Some(done), 3, 4));
        }
        assert_eq!(hand(Kind::Moved), None);
    }

    #[test]
    fn every_key_is_read_as_it_is_written_and_arrives_as_it_was_sent() {
        let named = ["a", "G", " ", "-", "é", "火"].map(|c| KeyCode::Char(c.chars().next().unwrap()));
        let others = [KeyCode::Enter, KeyCode::Esc, KeyCode::BackTab, KeyCode::PageDown, KeyCode::F(12)];
        for code in named.into_iter().chain(others).chain([KeyCode::Char('h'), KeyCode::Char('z')]) {
            for (ctrl, alt) in [(false, false), (true, false), (false, true), (true, true)] {
                let key = Key { code, ctrl, alt };
                assert_eq!(read(&key.to_string()), Ok(key));
                let Some(Msg::Key(arrived)) = input::read(event(Came::Key(key))) else { panic!("{key}") };
                assert_eq!(arrived, key);
            }
        }
        assert!(read("hyper-x").unwrap_err().contains("is no key"));
    }
}
