//! The panel of the configuration: each change old and new, each mistake with its place.

use ratatui::layout::Rect;

use crate::{
    app::settings::panel::{Line, lines},
    config::theme::Role,
};

use super::{
    Canvas, Caret,
    widgets::text::{Pen, wrap},
};

const WIDTH: u16 = 110;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, scroll: usize) -> Caret {
    let columns = usize::from(WIDTH.min(area.width).saturating_sub(6)).max(1);
    let mut rows: Vec<(String, Role)> = Vec::new();
    for line in lines(c.app) {
        let (mark, text, role) = match line {
            Line::Head(text) => ("", text, Role::Title),
            Line::Bad(text) => (c.look.glyph("✗ ", "x "), text, Role::ErrorText),
            Line::Danger(text) => ("! ", text, Role::Warning),
            Line::Plain(text) => ("  ", text, Role::Text),
        };
        rows.extend(wrap(&format!("{mark}{text}"), columns).into_iter().map(|row| (row, role)));
    }
    let height = u16::try_from(rows.len() + 2).unwrap_or(u16::MAX);
    let size = (WIDTH, height);
    let inner = c.dialog(area, size, "configuration");
    let top = scroll.min(rows.len().saturating_sub(usize::from(inner.height)));
    for (line, (text, role)) in (0..inner.height).zip(rows.iter().skip(top)) {
        Pen::new(c.buf, inner, line).put(text, c.look.style(*role));
    }
    Caret::default()
}
