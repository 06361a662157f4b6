//! The small menu of what to copy, or which link to open.

use ratatui::layout::Rect;

use crate::{
    app::desk::picking::{Does, Pick},
    config::{keymap::Command, theme::Role},
};

use super::{Canvas, hints::Hint, widgets::text::Pen};

pub(super) const KEYS: &[Hint] = &[
    Hint::Words("a letter", "takes it"),
    Hint::Keys(&[Command::Down, Command::Up], "move"),
    Hint::Keys(&[Command::Open], "choose"),
    Hint::Keys(&[Command::Back], "leave"),
];

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, pick: &Pick) {
    let verb = if pick.does == Does::Copy { "copy" } else { "open" };
    let height = u16::try_from(pick.items.len()).unwrap_or(u16::MAX).saturating_add(2);
    let title = format!("{verb}: {}", pick.of);
    let inner = c.dialog(area, (78, height), &title);
    let top = (pick.place + 1).saturating_sub(usize::from(inner.height.max(1)));
    let labels = pick.items.iter().map(|i| super::widgets::text::width(&i.label)).max().unwrap_or(0);
    for (row, (index, item)) in (0..inner.height).zip(pick.items.iter().enumerate().skip(top)) {
        let first = item.text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
        let shown = crate::domain::text::SafeText::new(first);
        let mut pen = Pen::new(c.buf, inner, row);
        pen.put(&item.key.to_string(), c.look.style(Role::FooterKey)).skip(1);
        pen.column(&item.label, labels.min(26), c.look.base()).skip(2).put(&shown.line(), c.look.style(Role::Dim));
        if index == pick.place {
            let line = Rect { y: inner.y + row, height: 1, ..inner };
            c.buf.set_style(line, c.look.style(Role::Selection));
        }
    }
}
