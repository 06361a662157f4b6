//! A terminal that shows what it is sent, held against the frame that was drawn.

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};
use unicode_width::UnicodeWidthStr;

/// What can be seen of a cell: its text, its colours where they show, its attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    text: String,
    wide: bool,
    fg: vt100::Color,
    bg: vt100::Color,
    /// Bold, dim, italic, underlined, reversed.
    attributes: [bool; 5],
}

impl Sight {
    /// Letters, or what shows without one.
    fn seen(mut self) -> Self {
        if self.text.is_empty() {
            " ".clone_into(&mut self.text);
        }
        let [_, _, _, underlined, reversed] = self.attributes;
        if self.text == " " && !underlined && !reversed {
            self.fg = vt100::Color::Default;
            self.attributes = [false; 5];
        }
        self
    }
}

fn colour(colour: Color) -> vt100::Color {
    match colour {
        Color::Red => vt100::Color::Idx(1),
        Color::Gray => vt100::Color::Idx(7),
        Color::LightBlue => vt100::Color::Idx(12),
        Color::Indexed(n) => vt100::Color::Idx(n),
        Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
        _ => vt100::Color::Default,
    }
}

fn drawn(cell: &Cell, text: &str) -> Sight {
    let has = |m| cell.modifier.contains(m);
    Sight {
        text: text.to_owned(),
        wide: text.width() == 2,
        fg: colour(cell.fg),
        bg: colour(cell.bg),
        attributes: [
            has(Modifier::BOLD),
            has(Modifier::DIM),
            has(Modifier::ITALIC),
            has(Modifier::UNDERLINED),
            has(Modifier::REVERSED),
        ],
    }
    .seen()
}

fn shown(cell: &vt100::Cell) -> Sight {
    Sight {
        text: cell.contents().to_owned(),
        wide: cell.is_wide(),
        fg: cell.fgcolor(),
        bg: cell.bgcolor(),
        attributes: [cell.bold(), cell.dim(), cell.italic(), cell.underline(), cell.inverse()],
    }
    .seen()
}

/// The first difference between a frame and what a terminal shows.
pub fn difference(frame: &Buffer, terminal: &vt100::Screen) -> Option<String> {
    for y in 0..frame.area.height {
        let mut x = 0;
        while x < frame.area.width {
            let cell = &frame[(x, y)];
            let width = u16::try_from(cell.symbol().width().max(1)).unwrap();
            // Half of a wide character is not drawn at all.
            let text = if x + width > frame.area.width { " " } else { cell.symbol() };
            let (wanted, found) = (drawn(cell, text), terminal.cell(y, x).map(shown));
            if found.as_ref() != Some(&wanted) {
                return Some(format!("at column {x}, row {y}: {found:?} instead of {wanted:?}"));
            }
            x += width;
        }
    }
    None
}
