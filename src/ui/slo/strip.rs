//! What goes under a plot: the traffic with what failed of it, what happened, and the time.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use crate::{
    app::world::happened::Event,
    config::theme::Role,
    domain::{
        Time,
        slo::{BudgetRow, curve, series::Sums},
    },
    ui::{Canvas, widgets::text::Pen},
};

use super::scale::{self, GUTTER, Span};

const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const SIGNS: [&str; 5] = [" ", ".", ":", "|", "#"];
/// Under the newest counts.
const NOW: &str = " now ";

/// Total events dim, bad ones on top of them, both under a square root so that few are seen beside many.
pub(in crate::ui) fn traffic(c: &mut Canvas<'_>, area: Rect, row: &BudgetRow, span: Span) {
    let plot = scale::plot(area);
    let Some(head) = row.numbers().map(|n| n.as_of.timestamp()) else { return };
    let columns = curve::columns(&row.history, head, span.axis(usize::from(plot.width)));
    let most = columns.iter().filter_map(|s| s.total).fold(0.0, f64::max);
    let unit = match row.slo.unit() {
        "seconds" => "secs",
        unit => unit,
    };
    Pen::new(c.buf, Rect { width: GUTTER, ..area }, 0).column_right(
        unit,
        usize::from(GUTTER) - 1,
        c.look.style(Role::Dim),
    );
    let dim = c.look.style(Role::BarEmpty);
    let signs: &[&str] = if c.look.glyph("u", "a") == "u" { &EIGHTHS } else { &SIGNS };
    let beta = row.slo.objective.budget_ratio();
    for (x, sums) in (plot.x..plot.x + plot.width).zip(&columns) {
        // The usual errors are always there: what spends more than its share has their colour.
        let spends = sums.bad.unwrap_or(0.0) > beta * sums.total.unwrap_or(0.0);
        let bad = c.look.style(if spends { Role::Bad } else { Role::GraphAlt });
        // In one row the failed ones have no room of their own.
        let (good, bad) = if plot.height == 1 && spends { (bad, bad) } else { (dim, bad) };
        let sums = if plot.height > 1 { *sums } else { Sums { bad: None, ..*sums } };
        column(c.buf, (x, plot.y, plot.height), sums, most, (signs, (good, bad)));
    }
}

/// One column from the bottom up: what failed in its colour, the rest dim.
fn column(buf: &mut Buffer, (x, y, height): (u16, u16, u16), sums: Sums, most: f64, look: (&[&str], (Style, Style))) {
    let (signs, (good, bad)) = look;
    let steps = signs.len() - 1;
    let all = level(sums.total, most, usize::from(height) * steps);
    let failed = level(sums.bad, most, usize::from(height) * steps).min(all);
    for line in 0..height {
        let below = usize::from(height - 1 - line) * steps;
        let (fill, style) =
            if failed > below { (failed, behind(bad, good, all >= below + steps)) } else { (all, good) };
        let sign = signs[fill.saturating_sub(below).min(steps)];
        let place = (x, y + line);
        if sign != " " && buf.area.contains(place.into()) {
            buf[place].set_symbol(sign).set_style(style);
        }
    }
}

/// What failed stands before what did not, where that fills the cell.
fn behind(bad: Style, good: Style, is_full: bool) -> Style {
    match good.fg.filter(|_| is_full && good.add_modifier.is_empty()) {
        Some(colour) => bad.bg(colour),
        None => bad,
    }
}

/// Steps of `full`; what is not nothing is at least one.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "clamped first"
)]
fn level(count: Option<f64>, most: f64, full: usize) -> usize {
    let Some(count) = count.filter(|c| c.is_finite() && *c > 0.0 && most > 0.0) else { return 0 };
    ((count / most).clamp(0.0, 1.0).sqrt() * full as f64).ceil() as usize
}

/// What happened, a letter each; of several in one cell the weightiest.
pub(in crate::ui) fn marks(c: &mut Canvas<'_>, area: Rect, happened: &[Event], span: Span, now: Time) {
    let plot = Rect { height: 1, ..scale::plot(area) };
    let mut marks: Vec<&Event> = happened.iter().collect();
    marks.sort_by_key(|m| m.kind);
    let (style, bar) = (c.look.style(Role::Marker), c.look.glyph("━", "="));
    for mark in marks {
        let end = mark.to.or(mark.lasts.then_some(now)).filter(|_| mark.kind.is_bar()).unwrap_or(mark.from);
        // What happened since the newest count stands at its edge.
        let is_new = span.to >= now && mark.from <= c.app.now;
        if (mark.from > span.to && !is_new) || end < span.from {
            continue;
        }
        let column = |at: Time| span.column(at.clamp(span.from, span.to), usize::from(plot.width));
        let (Some(first), Some(last)) = (column(mark.from), column(end)) else { continue };
        (first..=last).for_each(|x| put(c.buf, plot, x, bar, style));
        // What began before the part that is shown has its letter at the edge.
        put(c.buf, plot, first, mark.kind.letter(), style);
    }
}

pub(in crate::ui) fn put(buf: &mut Buffer, plot: Rect, column: usize, sign: &str, style: Style) {
    let place = (plot.x.saturating_add(u16::try_from(column).unwrap_or(u16::MAX)), plot.y);
    if column < usize::from(plot.width) && buf.area.contains(place.into()) {
        buf[place].set_symbol(sign).set_style(style);
    }
}

/// A line through what is drawn: its own sign where nothing is, else the cell turned over.
pub(in crate::ui) fn over(buf: &mut Buffer, plot: Rect, column: usize, sign: &str, style: Style) {
    let place = (plot.x.saturating_add(u16::try_from(column).unwrap_or(u16::MAX)), plot.y);
    if column >= usize::from(plot.width) || !buf.area.contains(place.into()) {
        return;
    }
    match buf[place].symbol() {
        " " | "·" | "." => put(buf, plot, column, sign, style),
        _ => {
            buf[place].set_style(Style::new().add_modifier(ratatui::style::Modifier::REVERSED));
        }
    }
}

/// As [`put`], where the cell is empty.
pub(in crate::ui) fn put_beside(buf: &mut Buffer, plot: Rect, column: usize, sign: &str, style: Style) {
    let place = (plot.x.saturating_add(u16::try_from(column).unwrap_or(u16::MAX)), plot.y);
    if buf.area.contains(place.into()) && buf[place].symbol() == " " {
        put(buf, plot, column, sign, style);
    }
}

/// The time at both ends and between, and where now is.
pub(in crate::ui) fn time(c: &mut Canvas<'_>, area: Rect, span: Span, head: Time) {
    let plot = Rect { height: 1, ..scale::plot(area) };
    let dim = c.look.style(Role::Dim);
    let width = usize::from(plot.width);
    let format = scale::format(span);
    let parts = (width / 18).clamp(1, 8);
    let now = span.column(head, width).map(|column| column.saturating_sub(2).min(width.saturating_sub(NOW.len())));
    let is_free = |from: usize, to: usize| now.is_none_or(|now| to <= now || from >= now + NOW.len());
    for part in 0..=parts {
        let column = (width * part / parts).min(width.saturating_sub(1));
        let text = span.moment(column, width).format(format).to_string();
        let start = match part {
            0 => 0,
            p if p == parts => width.saturating_sub(text.len()),
            _ => column.saturating_sub(text.len() / 2),
        };
        if is_free(start, start + text.len()) {
            Pen::new(c.buf, plot, 0).skip(start).put(&text, dim);
        }
    }
    if let Some(start) = now {
        Pen::new(c.buf, plot, 0).skip(start).put(NOW, c.look.style(Role::Accent));
    }
}
