//! A pane's title line and the box of a dialog. Borders cost rows and bytes; a title is enough for a pane.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    widgets::{Block, Clear, Widget},
};

use super::text::{Pen, clip, clip_middle};

/// The line that a title stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub sign: &'static str,
    pub is_thin: bool,
    /// Drawn all along; else its sign stands before the title alone.
    pub along: bool,
}

/// What sets a dialog off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    pub style: Style,
    pub base: Style,
    /// Whole rows that are blank but for a title in a rule; none: a box.
    pub rows: Option<Rule>,
}

/// Draws `─ title ───── right ─` on the first row; answers the rest of the area.
pub fn titled(buf: &mut Buffer, area: Rect, title: &str, right: &str, styles: (Style, Style), rule: Rule) -> Rect {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return area;
    }
    let (rule_style, title_style) = styles;
    let signs = if rule.along { area.width } else { 1 };
    for x in area.x..area.x + signs {
        buf[(x, area.y)].set_symbol(rule.sign).set_style(rule_style);
    }
    let mut pen = Pen::new(buf, area, 0);
    pen.skip(1).put(&format!(" {title} "), title_style);
    if !right.is_empty() {
        let room = pen.left().saturating_sub(4);
        // A thin rule is to be seen, and what stands in it to be read.
        let style = if rule.is_thin { title_style } else { rule_style };
        pen.right(&format!(" {} ", clip(right, room)), style);
    }
    Rect { y: area.y + 1, height: area.height - 1, ..area }
}

/// A box in the middle of `area`, cleared, at most `width` by `height`; answers its inside. Always inside the area.
pub fn dialog(buf: &mut Buffer, area: Rect, size: (u16, u16), title: &str, edge: Edge) -> Rect {
    let area = area.intersection(buf.area);
    let (width, height) = (size.0.min(area.width), size.1.min(area.height));
    let outer = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    if let Some(rule) = edge.rows {
        return rows(buf, Rect { x: area.x, width: area.width, ..outer }, (width, title), (edge, rule));
    }
    cleared(buf, outer, edge.base);
    let title = format!(" {} ", clip_middle(title, usize::from(width.saturating_sub(6))));
    let block = Block::bordered().border_style(edge.style).title(title).title_style(edge.style);
    let inner = block.inner(outer);
    block.render(outer, buf);
    inside(inner)
}

fn cleared(buf: &mut Buffer, area: Rect, base: Style) {
    Clear.render(area, buf);
    buf.set_style(area, base);
}

/// Blank rows cost next to nothing: the box is as wide as the area, and its inside as wide as it would be in a box.
fn rows(buf: &mut Buffer, outer: Rect, (width, title): (u16, &str), (edge, rule): (Edge, Rule)) -> Rect {
    cleared(buf, outer, edge.base);
    let below = titled(buf, outer, title, "", (edge.style, edge.style), rule);
    let height = below.height.saturating_sub(1);
    inside(Rect { x: outer.x + 1, width: width.saturating_sub(2), height, ..below })
}

/// A column free at each side.
fn inside(inner: Rect) -> Rect {
    Rect { x: inner.x + u16::from(inner.width > 2), width: inner.width.saturating_sub(2), ..inner }
}
