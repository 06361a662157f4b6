//! A pane's title line and the box of a dialog. Borders cost rows and bytes; a title is enough for a pane.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    widgets::{Block, Clear, Widget},
};

use super::text::{Pen, clip};

/// Draws `─ title ───── right ─` on the first row; answers the rest of the area.
pub fn titled(buf: &mut Buffer, area: Rect, title: &str, right: &str, styles: (Style, Style), rule: &str) -> Rect {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return area;
    }
    let (rule_style, title_style) = styles;
    for x in area.x..area.x + area.width {
        buf[(x, area.y)].set_symbol(rule).set_style(rule_style);
    }
    let mut pen = Pen::new(buf, area, 0);
    pen.skip(1).put(&format!(" {title} "), title_style);
    if !right.is_empty() {
        let room = pen.left().saturating_sub(4);
        // A thin rule is to be seen, and what stands in it to be read.
        let style = if matches!(rule, "─" | "-") { title_style } else { rule_style };
        pen.right(&format!(" {} ", clip(right, room)), style);
    }
    Rect { y: area.y + 1, height: area.height - 1, ..area }
}

/// A box in the middle of `area`, cleared, at most `width` by `height`; answers its inside. Always inside the area.
pub fn dialog(buf: &mut Buffer, area: Rect, size: (u16, u16), title: &str, style: Style, base: Style) -> Rect {
    let area = area.intersection(buf.area);
    let (width, height) = (size.0.min(area.width), size.1.min(area.height));
    let outer = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    Clear.render(outer, buf);
    buf.set_style(outer, base);
    let title = format!(" {} ", clip(title, usize::from(width.saturating_sub(6))));
    let block = Block::bordered().border_style(style).title(title).title_style(style);
    let inner = block.inner(outer);
    block.render(outer, buf);
    Rect { x: inner.x + u16::from(inner.width > 2), width: inner.width.saturating_sub(2), ..inner }
}
