//! When alerts burned, a row each: firing full, pending lighter, unknown as `?`, calm a faint dot. Calm is never drawn
//! where nobody watched.

use ratatui::layout::Rect;

use crate::{
    app::{
        desk::axis::names,
        world::lanes::{Lane, Lanes},
    },
    config::theme::Role,
    domain::{Time, past::Was},
    ui::{
        Canvas,
        slo::{scale::Span, strip},
        widgets::text::{Pen, clip, clip_middle, width},
    },
};

/// A row each, as far as there are rows; the last says how many have none.
pub(in crate::ui) fn draw(c: &mut Canvas<'_>, area: Rect, lanes: &Lanes, (span, head): (Span, Time)) {
    let shown = usize::from(area.height);
    if lanes.rows.is_empty() {
        let text = "no alert is known of it";
        Pen::new(c.buf, area, 0).skip(1).put(text, c.look.style(Role::Hint));
        return;
    }
    let left = lanes.rows.len().saturating_sub(shown) + lanes.more;
    for (line, lane) in (0..area.height).zip(&lanes.rows) {
        let row = Rect { y: area.y + line, height: 1, ..area };
        let hidden = if line + 1 == area.height { left } else { 0 };
        name(c, row, lane, hidden);
        burned(c, super::plot(c, row), lane, (span, head));
    }
}

fn name(c: &mut Canvas<'_>, row: Rect, lane: &Lane, hidden: usize) {
    let columns = names(c.app.desk.width);
    let room = usize::from(columns.saturating_sub(1));
    let (sign, letter) = c.look.mark(lane.severity);
    let count = if lane.count > 1 { format!(" x{}", lane.count) } else { String::new() };
    let more = if hidden > 0 { format!(" +{hidden}") } else { String::new() };
    let tail = format!("{count}{more}");
    let room = room.saturating_sub(3 + width(&tail));
    let label = lane.label();
    // What tells it from the others stands first, so its end may go.
    let text = if lane.place.is_empty() { clip_middle(&label, room) } else { clip(&label, room) };
    let severity = c.look.style(c.look.severity(lane.severity));
    let (style, dim) = (c.look.style(Role::Text), c.look.style(Role::Dim));
    let mut pen = Pen::new(c.buf, Rect { width: columns.saturating_sub(1).min(row.width), ..row }, 0);
    pen.put(sign, severity).put(letter, severity).skip(1).put(&text, style).put(&tail, dim);
}

fn burned(c: &mut Canvas<'_>, plot: Rect, lane: &Lane, (span, head): (Span, Time)) {
    let severity = c.look.style(c.look.severity(lane.severity));
    let (pending, unknown, calm) =
        (c.look.style(Role::Warning), c.look.style(Role::Unknown), c.look.style(Role::BarEmpty));
    let signs = (c.look.glyph("█", "#"), c.look.glyph("▒", "-"), c.look.glyph("·", "."));
    for (column, was) in cells(lane, (span, head), usize::from(plot.width)).into_iter().enumerate() {
        let (sign, style) = match was {
            Cell::Was(Was::Firing) => (signs.0, severity),
            Cell::Was(Was::Pending) => (signs.1, pending),
            Cell::Was(Was::Unknown) => ("?", unknown),
            Cell::Calm => (signs.2, calm),
            Cell::Beyond => continue,
        };
        strip::put(c.buf, plot, column, sign, style);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Was(Was),
    Calm,
    /// Still to come.
    Beyond,
}

/// The worst of each column's time.
pub(super) fn cells(lane: &Lane, (span, head): (Span, Time), columns: usize) -> Vec<Cell> {
    let axis = span.axis(columns);
    let last = axis.column(head.timestamp().clamp(axis.from, axis.to)).unwrap_or(0);
    let last = if head < span.from { None } else { Some(last) };
    let mut out: Vec<Cell> =
        (0..columns).map(|i| if last.is_some_and(|last| i <= last) { Cell::Calm } else { Cell::Beyond }).collect();
    for s in &lane.past.spans {
        let (from, to) = (s.from.timestamp().max(axis.from), s.to.timestamp().min(axis.to));
        // What is shorter than a column, or than a second, still has one.
        if s.to < span.from || s.from > span.to || from > to {
            continue;
        }
        let (Some(first), Some(last)) =
            (axis.column((from + 1).min(axis.to)), axis.column(to.max((from + 1).min(axis.to))))
        else {
            continue;
        };
        for cell in out.get_mut(first..=last).into_iter().flatten() {
            *cell = match *cell {
                Cell::Was(was) => Cell::Was(was.min(s.was)),
                Cell::Calm | Cell::Beyond => Cell::Was(s.was),
            };
        }
    }
    out
}
