//! A chord that is not finished: how it may go on, over the foot of the screen, until somebody goes on or leaves.

use ratatui::{
    layout::Rect,
    widgets::{Clear, Widget},
};

use crate::{
    app::desk::touch::Spot,
    config::{
        keymap::{Chord, Command, Match},
        theme::Role,
    },
};

use super::{
    Canvas, hints,
    widgets::{
        frame::titled,
        text::{Pen, width},
    },
};

/// Columns of one continuation.
const COLUMN: u16 = 38;
/// Columns of the longest label.
const LABEL: usize = 8;

/// Draws over the lower end of the body, where a chord waits.
pub(crate) fn draw(c: &mut Canvas<'_>, body: Rect) {
    let desk = &c.app.desk;
    let Match::Prefix(mut next) = c.app.keymap.lookup(desk.context(), &desk.pending) else { return };
    next.sort_by_key(|(chord, _)| chord.to_string());
    let count = u16::try_from(next.len()).unwrap_or(u16::MAX);
    // A sentence is read whole where there are few: side by side only as many as the lower half cannot hold.
    let columns = count.div_ceil((body.height / 2).max(1)).clamp(1, (body.width / COLUMN).max(1));
    let height = (count.div_ceil(columns) + 1).min(body.height);
    let area = Rect { y: body.y + body.height - height, height, ..body }.intersection(c.buf.area);
    Clear.render(area, c.buf);
    c.buf.set_style(area, c.look.base());
    let styles = (c.look.style(Role::BorderFocus), c.look.style(Role::Title));
    let title = Chord(desk.pending.clone()).to_string();
    let keys: Vec<String> = hints::of_chord(c.app).iter().map(|(key, does)| format!("{key} {does}")).collect();
    let inner = titled(c.buf, area, &title, &keys.join(", "), styles, c.look.rule(true));
    c.hits.add(area, Spot::Layer);
    let rows = inner.height.max(1);
    for (i, (chord, command)) in (0u16..).zip(&next) {
        let (column, line) = (i / rows, i % rows);
        if column >= columns {
            break;
        }
        let x = inner.x + column * (inner.width / columns);
        let cell = Rect { x, width: (inner.width / columns).saturating_sub(1), ..inner };
        entry(c, cell, line, (chord, *command));
    }
}

fn entry(c: &mut Canvas<'_>, cell: Rect, line: u16, (chord, command): (&Chord, Command)) {
    let keys = chord.to_string();
    c.hits.line(cell, line, Spot::Keys(chord.clone()));
    let mut pen = Pen::new(c.buf, cell, line);
    pen.skip(1).column(&keys, width(&keys).max(5), c.look.style(Role::FooterKey)).skip(1);
    // Its name first: the sentence may be longer than the line.
    pen.column(command.label(), LABEL, c.look.style(Role::Accent)).skip(1);
    pen.put(command.help(), c.look.base());
}
