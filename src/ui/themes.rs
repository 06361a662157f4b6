//! The list of themes, in the corner where it hides the least: the screen behind it is the sample.

use ratatui::layout::Rect;

use crate::{
    app::desk::dress::Trying,
    config::{keymap::Command, theme::Role},
};

use super::{Canvas, hints::Hint, widgets::text::Pen};

pub(crate) const KEYS: &[Hint] = &[
    Hint::Keys(&[Command::Down, Command::Up], "look at it"),
    Hint::Keys(&[Command::Open], "keep for this run"),
    Hint::Keys(&[Command::ThemeWrite], "keep in the configuration"),
    Hint::Keys(&[Command::Back], "as before"),
];

/// Columns of the list at most, and of a name in it.
const WIDTH: u16 = 58;
const NAME: usize = 13;
/// The roles that a sample shows: what a glance at the cockpit must tell apart.
const SAMPLE: [(Role, &str); 6] = [
    (Role::Critical, "critical"),
    (Role::Error, "error"),
    (Role::Warning, "warning"),
    (Role::Info, "info"),
    (Role::Ok, "ok"),
    (Role::Unknown, "unknown"),
];

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, list: &Trying) {
    let rows = u16::try_from(list.shelf.len() + 1).unwrap_or(u16::MAX);
    let size = (WIDTH.min(area.width), rows.saturating_add(4).min(area.height));
    let corner =
        Rect { x: area.x + area.width - size.0, y: area.y + area.height - size.1, width: size.0, height: size.1 };
    let title = if c.look.frugal { "themes (of a slow link: severities alone)" } else { "themes" };
    let inner = c.dialog(corner, size, title);
    let foot = u16::from(inner.height > 3) * 2;
    let room = Rect { height: inner.height - foot, ..inner };
    let top = (list.place + 1).saturating_sub(usize::from(room.height.max(1)));
    for line in 0..room.height {
        let place = top + usize::from(line);
        if place <= list.shelf.len() {
            row(c, Rect { y: room.y + line, height: 1, ..room }, list, place);
        }
    }
    if foot > 0 {
        sample(c, Rect { y: inner.y + room.height + 1, height: 1, ..inner });
    }
}

fn row(c: &mut Canvas<'_>, area: Rect, list: &Trying, place: usize) {
    let dress = &c.app.desk.dress;
    let shelved = place.checked_sub(1).and_then(|i| list.shelf.get(i));
    let (name, about, wrong) = match shelved {
        None => ("auto", dress.pair().map_or_else(String::new, pair), false),
        Some(s) => match &s.theme {
            Ok(theme) => (s.name.as_str(), theme.about.clone(), false),
            Err(errors) => (s.name.as_str(), format!("{} mistakes in its file", errors.len()), true),
        },
    };
    let mark = if name == dress.name() { c.look.glyph("●", "*") } else { " " };
    let about_style = c.look.style(if wrong { Role::ErrorText } else { Role::Dim });
    let mut pen = Pen::new(c.buf, area, 0);
    pen.column(mark, 2, c.look.style(Role::Accent)).column(name, NAME, c.look.base()).put(&about, about_style);
    if place == list.place {
        c.buf.set_style(area, c.look.style(Role::Selection));
    }
}

fn pair((light, dark): (&str, &str)) -> String {
    format!("by the background: {light} or {dark}")
}

fn sample(c: &mut Canvas<'_>, area: Rect) {
    let mut pen = Pen::new(c.buf, area, 0);
    for (role, word) in SAMPLE {
        pen.put(word, c.look.style(role)).skip(1);
    }
    let (what, dress) = (super::widgets::text::width("16 colours"), &c.app.desk.dress);
    if pen.left() > what {
        pen.right(dress.colours.depth.words(), c.look.style(Role::Hint));
    }
}
