//! Help and palette: the commands with their keys, from the same table that dispatches them.

use ratatui::layout::Rect;

use crate::{
    app::desk::{
        here::why_not,
        layer::{Menu, MenuKind},
        touch::Spot,
    },
    config::{keymap::Command, theme::Role},
};

use super::{
    Canvas, Caret,
    widgets::text::{Pen, width, wrap},
};

/// Columns of the box, where there is room.
const WIDTH: u16 = 116;
/// Columns of the longest name of a command.
const NAMES: usize = 19;
/// Columns of the keys.
const KEYS: usize = 13;
/// Lines that a sentence has at most below the list.
const FOOT: u16 = 3;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, menu: &Menu) -> Caret {
    let wide = WIDTH.min(area.width.saturating_sub(2)).max(78);
    let foot = foot(c, menu, usize::from(wide.min(area.width).max(12)) - 4);
    let height = u16::try_from(menu.found.len()).unwrap_or(u16::MAX).saturating_add(4 + foot).max(6 + foot);
    let title = match menu.kind {
        MenuKind::Help => &format!("help: type to narrow, {} runs", c.key(Command::MenuChoose)),
        MenuKind::Palette => "commands",
    };
    let inner = c.dialog(area, (wide, height), title);
    let mut pen = Pen::new(c.buf, inner, 0);
    pen.put(": ", c.look.style(Role::Accent)).put(menu.text.before_cursor(), c.look.base());
    let caret = (pen.x(), inner.y);
    let rest = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    let foot = foot.min(rest.height / 2);
    list(c, Rect { height: rest.height - foot, ..rest }, menu);
    whole(c, Rect { y: rest.y + rest.height - foot, height: foot, ..rest }, menu);
    Caret { at: Some(caret) }
}

/// Lines below the list for what the selected command does, whole: as many as the longest wants that is cut in its row.
fn foot(c: &Canvas<'_>, menu: &Menu, columns: usize) -> u16 {
    let names = if menu.kind == MenuKind::Palette { NAMES + 1 } else { 0 };
    let room = columns.saturating_sub(KEYS + 1 + names);
    let told = menu.found.iter().map(|command| sentence(c, *command)).filter(|told| width(told) > room);
    told.map(|told| u16::try_from(wrap(&told, columns).len()).unwrap_or(1)).max().unwrap_or(0).min(FOOT)
}

/// Why not, and what it does.
fn sentence(c: &Canvas<'_>, command: Command) -> String {
    let why = why_not(c.app, command).map(|why| format!("({why}) ")).unwrap_or_default();
    format!("{why}{}", command.help())
}

fn whole(c: &mut Canvas<'_>, area: Rect, menu: &Menu) {
    let Some(command) = menu.found.get(menu.place) else { return };
    let told = wrap(&sentence(c, *command), usize::from(area.width.max(1)));
    for (line, text) in (0..area.height).zip(told) {
        Pen::new(c.buf, area, line).put(&text, c.look.style(Role::Hint));
    }
}

fn list(c: &mut Canvas<'_>, area: Rect, menu: &Menu) {
    let height = usize::from(area.height.max(1));
    let top = (menu.place + 1).saturating_sub(height);
    for line in 0..area.height {
        let index = top + usize::from(line);
        let Some(command) = menu.found.get(index) else { break };
        c.hits.line(area, line, Spot::Row(index));
        row(c, area, line, (menu, *command));
        if index == menu.place {
            c.choose(area, line);
        }
    }
    if menu.found.is_empty() {
        Pen::new(c.buf, area, 0).put("no command is called that", c.look.style(Role::Hint));
    }
}

/// Its keys here, its name, and what it does; or why it cannot do it here.
fn row(c: &mut Canvas<'_>, area: Rect, line: u16, (menu, command): (&Menu, Command)) {
    let here = c.app.desk.context();
    let keys = c.app.keymap.chords_in(command, here);
    let keys = if keys.is_empty() { c.app.keymap.chords(command) } else { keys };
    let why = why_not(c.app, command);
    let role = if why.is_some() { Role::Dim } else { Role::Text };
    let mut pen = Pen::new(c.buf, area, line);
    let key_role = if why.is_some() { Role::Dim } else { Role::FooterKey };
    pen.column(&keys.join("  "), KEYS, c.look.style(key_role)).skip(1);
    if menu.kind == MenuKind::Palette {
        pen.column(command.name(), NAMES, c.look.style(Role::Dim)).skip(1);
    }
    if let Some(why) = why {
        pen.put(&format!("({why}) "), c.look.style(Role::Hint));
    }
    pen.put(command.help(), c.look.style(role));
}
