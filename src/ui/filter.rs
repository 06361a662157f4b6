//! The filter line in the footer's place; above it what is wrong, and above that how it may go on.

use ratatui::layout::Rect;

use crate::{
    app::desk::{completing::Completion, filtering::Wrong, text::TextBuffer},
    config::{keymap::Command, theme::Role},
    domain::filter::Note,
};

use super::{
    Canvas, Caret,
    widgets::text::{Pen, tail, width, wrap},
};

/// Of a candidate; what is said beside it stands behind.
const COLUMN: usize = 32;

pub(crate) fn draw(c: &mut Canvas<'_>, line: Rect, body: Rect, (text, list): (&TextBuffer, &Completion)) -> Caret {
    let mut rest = body;
    // What is still being written is not yet a mistake.
    let writing = |wrong: &&Wrong| list.offers.is_empty() || wrong.error.at < list.from();
    if let Some(wrong) = c.app.desk.filter.wrong.as_ref().filter(writing) {
        rest = above(c, rest, mistake(wrong, usize::from(body.width)));
    }
    offers(c, rest, list);
    written(c, line, text)
}

fn written(c: &mut Canvas<'_>, line: Rect, text: &TextBuffer) -> Caret {
    blank(c, line);
    let key = |command| c.app.key_of(command);
    let mut pen = Pen::new(c.buf, line, 0);
    pen.put("/ ", c.look.style(Role::Accent));
    let before = tail(text.before_cursor(), pen.left().saturating_sub(1));
    pen.put(before, c.look.base());
    let caret = (pen.x(), line.y);
    pen.put(&text.as_str()[text.before_cursor().len()..], c.look.base());
    if text.as_str().is_empty() {
        let (lists, keeps) = (key(Command::MenuTake), key(Command::MenuChoose));
        let keys = format!("({lists} lists, {keeps} keeps, {} restores)", key(Command::MenuCancel));
        pen.put(&format!("severity=critical  team=~\"pay.*\"  @age>15m  words  {keys}"), c.look.style(Role::Hint));
    }
    Caret { at: Some(caret) }
}

/// The text with marks below its mistake, and what is wrong beside them or, where that is too narrow, below.
fn mistake(wrong: &Wrong, columns: usize) -> Vec<(String, Role)> {
    let room = columns.saturating_sub(4).max(20);
    let (text, marks) = wrong.error.within(&wrong.text, room);
    let said = wrong.error.to_string();
    let mut lines = vec![(text, Role::Text)];
    if width(&marks) + 1 + width(&said) <= room {
        lines.push((format!("{marks} {said}"), Role::ErrorText));
    } else {
        lines.push((marks, Role::ErrorText));
        lines.extend(wrap(&said, room).into_iter().map(|l| (l, Role::ErrorText)));
    }
    lines
}

/// Draws lines at the foot of an area; answers what is left of it.
fn above(c: &mut Canvas<'_>, area: Rect, lines: Vec<(String, Role)>) -> Rect {
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height);
    let top = area.y + area.height - height;
    for (y, (text, role)) in (top..).zip(&lines).take(usize::from(height)) {
        let line = Rect { y, height: 1, ..area };
        blank(c, line);
        Pen::new(c.buf, line, 0).skip(2).put(text, c.look.style(*role));
    }
    Rect { height: area.height - height, ..area }
}

fn offers(c: &mut Canvas<'_>, area: Rect, list: &Completion) {
    let height = usize::from(area.height).min(list.offers.len());
    let first = (list.chosen.unwrap_or(0) + 1).saturating_sub(height);
    let top = area.y + area.height - u16::try_from(height).unwrap_or(0);
    for (y, (i, offer)) in (top..).zip(list.offers.iter().enumerate().skip(first)).take(height) {
        let line = Rect { y, height: 1, ..area };
        blank(c, line);
        let note = match offer.note {
            Note::Alerts(n) if list.is_partial => format!("{n} alerts or more"),
            Note::Alerts(1) => "1 alert".to_owned(),
            Note::Alerts(n) => format!("{n} alerts"),
            Note::Says(text) => text.to_owned(),
        };
        let chosen = list.chosen == Some(i);
        let mut pen = Pen::new(c.buf, line, 0);
        pen.put(if chosen { c.look.glyph("▌ ", "> ") } else { "  " }, c.look.style(Role::Accent));
        pen.column(&crate::domain::text::sanitise(&offer.text), COLUMN.min(usize::from(area.width) / 2), c.look.base());
        pen.skip(1).put(&note, c.look.style(Role::Dim));
        if chosen {
            c.buf.set_style(line, c.look.style(Role::Selection));
        }
    }
}

fn blank(c: &mut Canvas<'_>, line: Rect) {
    Pen::new(c.buf, line, 0).put(&" ".repeat(usize::from(line.width)), c.look.base());
}
