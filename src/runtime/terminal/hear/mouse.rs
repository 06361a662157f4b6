//! The mouse as terminals write it today (`CSI <`): only where somebody has asked for it.

use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind as Kind};

/// Button, column and row; the last letter says whether a button went down or up.
pub(super) fn sgr(body: &[u8], last: u8) -> Option<Event> {
    let text = std::str::from_utf8(body).ok()?;
    let mut numbers = text.split(';').map(|n| n.parse::<u16>().ok());
    let (bits, column, row) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let button = match bits & 3 {
        0 => MouseButton::Left,
        1 => MouseButton::Middle,
        _ => MouseButton::Right,
    };
    let kind = match (bits & 0b1100_0011, bits & 32 != 0, last) {
        (64, _, _) => Kind::ScrollUp,
        (65, _, _) => Kind::ScrollDown,
        (66, _, _) => Kind::ScrollLeft,
        (67, _, _) => Kind::ScrollRight,
        (3, true, _) => Kind::Moved,
        (0..=2, true, _) => Kind::Drag(button),
        (0..=2, false, b'M') => Kind::Down(button),
        (0..=2, false, _) => Kind::Up(button),
        _ => return None,
    };
    let held = [(4, KeyModifiers::SHIFT), (8, KeyModifiers::ALT), (16, KeyModifiers::CONTROL)];
    let modifiers = held.into_iter().filter(|(bit, _)| bits & bit != 0).fold(KeyModifiers::NONE, |all, (_, m)| all | m);
    Some(Event::Mouse(MouseEvent { kind, column: column.checked_sub(1)?, row: row.checked_sub(1)?, modifiers }))
}
