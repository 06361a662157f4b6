//! Help and palette: the commands with their keys, from the same table that dispatches them.

use ratatui::layout::Rect;

use crate::{
    app::desk::layer::{Menu, MenuKind},
    config::theme::Role,
};

use super::{
    Canvas, Caret,
    widgets::{frame::dialog, text::Pen},
};

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, menu: &Menu) -> Caret {
    let height = u16::try_from(menu.found.len()).unwrap_or(u16::MAX).saturating_add(4).max(6);
    let title = match menu.kind {
        MenuKind::Help => "help: type to narrow, Enter runs",
        MenuKind::Palette => "commands",
    };
    let style = c.look.style(Role::BorderFocus);
    let inner = dialog(c.buf, area, (78, height), title, style, c.look.base());
    let mut pen = Pen::new(c.buf, inner, 0);
    pen.put(": ", c.look.style(Role::Accent)).put(menu.text.before_cursor(), c.look.base());
    let caret = (pen.x(), inner.y);
    list(c, Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner }, menu);
    Caret { at: Some(caret) }
}

fn list(c: &mut Canvas<'_>, area: Rect, menu: &Menu) {
    let height = usize::from(area.height.max(1));
    let top = (menu.place + 1).saturating_sub(height);
    for line in 0..area.height {
        let index = top + usize::from(line);
        let Some(command) = menu.found.get(index) else { break };
        let keys = c.app.keymap.chords(*command).join("  ");
        let mut pen = Pen::new(c.buf, area, line);
        pen.column(&keys, 13, c.look.style(Role::FooterKey)).skip(1);
        if menu.kind == MenuKind::Palette {
            pen.column(command.name(), 15, c.look.style(Role::Dim)).skip(1);
        }
        pen.put(command.help(), c.look.base());
        if index == menu.place {
            c.choose(area, line);
        }
    }
    if menu.found.is_empty() {
        Pen::new(c.buf, area, 0).put("no command holds these words", c.look.style(Role::Hint));
    }
}
