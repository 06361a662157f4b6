//! Colours and attributes: from one style to another in the fewest bytes.

use std::io::Write;

use ratatui::{
    buffer::Cell,
    style::{Color, Modifier},
};

use super::picture::{SEEN_ON_BLANK, is_blank};

/// What the pen writes with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ink {
    pub fg: Color,
    pub bg: Color,
    pub modifier: Modifier,
}

impl Ink {
    pub const PLAIN: Self = Self { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

    pub fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// Whether a cell written with this looks as it should.
    pub fn suits(self, cell: &Cell) -> bool {
        let any_letter = is_blank(cell) && cell.modifier.is_empty() && !self.modifier.intersects(SEEN_ON_BLANK);
        if any_letter { self.bg == cell.bg } else { self == Self::of(cell) }
    }

    /// What to write a cell with: a blank changes no more than what is seen of it.
    pub fn towards(self, cell: &Cell) -> Self {
        if is_blank(cell) && cell.modifier.is_empty() {
            Self { bg: cell.bg, modifier: self.modifier.difference(SEEN_ON_BLANK), ..self }
        } else {
            Self::of(cell)
        }
    }
}

/// Switches of a modifier: on, off, and what else goes off with it.
const SWITCHES: [(Modifier, &str, &str); 8] = [
    (Modifier::BOLD, "1", "22"),
    (Modifier::DIM, "2", "22"),
    (Modifier::ITALIC, "3", "23"),
    (Modifier::UNDERLINED, "4", "24"),
    (Modifier::SLOW_BLINK, "5", "25"),
    (Modifier::REVERSED, "7", "27"),
    (Modifier::HIDDEN, "8", "28"),
    (Modifier::CROSSED_OUT, "9", "29"),
];

/// Writes the shortest sequence from one style to another; nothing where they are the same. Where no attribute `ends` alone
/// all of them do, and what stays is set again.
pub(super) fn change(out: &mut Vec<u8>, (from, to): (Ink, Ink), ends_one: bool) {
    if from == to {
        return;
    }
    let ended = |was: Color, is: Color| was != is && is == Color::Reset;
    let ends = !to.modifier.contains(from.modifier) || ended(from.fg, to.fg) || ended(from.bg, to.bg);
    let step = codes(from, to);
    let anew = codes(Ink::PLAIN, to);
    // A sequence without a code means 0; a first code that is left out does too.
    let shorter = anew.len() + usize::from(!anew.is_empty()) < step.len();
    let (reset, body) = if shorter || (ends && !ends_one) { (true, anew) } else { (false, step) };
    out.extend_from_slice(b"\x1b[");
    if reset && !body.is_empty() {
        out.push(b';');
    }
    out.extend_from_slice(&body);
    out.push(b'm');
}

fn codes(from: Ink, to: Ink) -> Vec<u8> {
    let mut body = Vec::with_capacity(24);
    let mut kept = from.modifier;
    for (modifier, _, off) in SWITCHES {
        if kept.contains(modifier) && !to.modifier.contains(modifier) {
            push(&mut body, off);
            kept = SWITCHES.iter().filter(|s| s.2 == off).fold(kept, |kept, s| kept.difference(s.0));
        }
    }
    for (modifier, on, _) in SWITCHES {
        if to.modifier.contains(modifier) && !kept.contains(modifier) {
            push(&mut body, on);
        }
    }
    if from.fg != to.fg {
        colour(&mut body, to.fg, Ground::Fore);
    }
    if from.bg != to.bg {
        colour(&mut body, to.bg, Ground::Back);
    }
    body
}

fn push(body: &mut Vec<u8>, code: &str) {
    if !body.is_empty() {
        body.push(b';');
    }
    body.extend_from_slice(code.as_bytes());
}

#[derive(Clone, Copy)]
enum Ground {
    Fore = 30,
    Back = 40,
}

/// The first sixteen by their short names, the palette of 256, or red, green and blue.
fn colour(body: &mut Vec<u8>, colour: Color, ground: Ground) {
    let base = ground as u16;
    if !body.is_empty() {
        body.push(b';');
    }
    // Writing to a vector cannot fail.
    let _ = match (named(colour), colour) {
        (Some(n @ 0..8), _) => write!(body, "{}", base + n),
        (Some(n), _) => write!(body, "{}", base + 60 + n - 8),
        (None, Color::Indexed(n)) => write!(body, "{};5;{n}", base + 8),
        (None, Color::Rgb(r, g, b)) => write!(body, "{};2;{r};{g};{b}", base + 8),
        (None, _) => write!(body, "{}", base + 9),
    };
}

fn named(colour: Color) -> Option<u16> {
    Some(match colour {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        Color::Indexed(n @ 0..16) => u16::from(n),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(from: Ink, to: Ink) -> String {
        let mut out = Vec::new();
        change(&mut out, (from, to), true);
        String::from_utf8(out).unwrap()
    }

    fn ink(fg: Color, bg: Color, modifier: Modifier) -> Ink {
        Ink { fg, bg, modifier }
    }

    #[test]
    fn only_what_changes_is_said_in_one_sequence() {
        let red = ink(Color::Red, Color::Blue, Modifier::BOLD);
        assert_eq!(written(Ink::PLAIN, red), "\x1b[1;31;44m");
        assert_eq!(written(red, ink(Color::Green, Color::Blue, Modifier::BOLD)), "\x1b[32m");
        assert_eq!(written(red, red), "");
    }

    #[test]
    fn a_reset_is_taken_where_it_is_shorter() {
        let red = ink(Color::Red, Color::Blue, Modifier::BOLD);
        assert_eq!(written(red, Ink::PLAIN), "\x1b[m");
        assert_eq!(written(red, ink(Color::Reset, Color::Reset, Modifier::DIM)), "\x1b[;2m");
        assert_eq!(written(ink(Color::Reset, Color::Reset, Modifier::BOLD), Ink::PLAIN), "\x1b[m");
    }

    #[test]
    fn bold_and_dim_go_off_together_and_the_one_that_stays_is_said_again() {
        let both = ink(Color::Rgb(1, 2, 3), Color::Indexed(200), Modifier::BOLD | Modifier::DIM);
        assert_eq!(written(both, Ink { modifier: Modifier::DIM, ..both }), "\x1b[22;2m");
    }

    #[test]
    fn where_nothing_ends_alone_everything_does_and_what_stays_is_said_again() {
        let loud = ink(Color::Reset, Color::Reset, Modifier::BOLD | Modifier::REVERSED);
        let mut out = Vec::new();
        change(&mut out, (loud, Ink { modifier: Modifier::BOLD, ..loud }), false);
        change(&mut out, (Ink::PLAIN, loud), false);
        assert_eq!(String::from_utf8(out).unwrap(), "\x1b[;1m\x1b[1;7m");
    }

    #[test]
    fn a_colour_has_its_shortest_name() {
        let of = |fg| written(Ink::PLAIN, ink(fg, Color::Reset, Modifier::empty()));
        assert_eq!(of(Color::Indexed(1)), "\x1b[31m");
        assert_eq!(of(Color::LightCyan), "\x1b[96m");
        assert_eq!(of(Color::Indexed(200)), "\x1b[38;5;200m");
        assert_eq!(of(Color::Rgb(1, 2, 3)), "\x1b[38;2;1;2;3m");
    }
}
