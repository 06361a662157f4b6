//! The burn-down of one window: what is left of the budget over time, and the even spend beside it.

use ratatui::layout::Rect;

use crate::{
    config::theme::Role,
    domain::{
        Time, duration,
        slo::{BudgetRow, assess::Assessment, curve},
    },
    ui::{
        Canvas,
        budgets::{percent, remaining_role},
        widgets::{
            plot::{Dots, row_of},
            text::Pen,
        },
    },
};

use super::{
    fan,
    scale::{self, GUTTER, Span},
};

/// An overspent budget is drawn down to here; its number says the rest.
const LOWEST: f64 = -2.0;
const HOUR: i64 = 3_600;
/// Rows from which quarters have a place on the axis.
const QUARTERS_FROM: u16 = 12;

/// Draws the line of the window's budget on the part of time that is shown.
pub(super) fn draw(c: &mut Canvas<'_>, area: Rect, numbers: &Assessment, span: Span) {
    let plot = scale::plot(area);
    let bottom = bottom(numbers);
    axis(c, area, bottom);
    floor(c, plot, bottom);
    even_spend(c, plot, numbers, (span, bottom));
    fan::draw(c, plot, numbers, (span, bottom));
    let role = remaining_role(Some(numbers), false);
    line(c, plot, &numbers.burn_down, (span, bottom, role));
}

fn bottom(numbers: &Assessment) -> f64 {
    let least = numbers.burn_down.iter().filter_map(|(_, v)| *v).filter(|v| v.is_finite()).fold(0.0, f64::min);
    let infinite = numbers.remaining.is_some_and(|r| r == f64::NEG_INFINITY);
    if infinite { LOWEST } else { least.max(LOWEST) }
}

fn axis(c: &mut Canvas<'_>, area: Rect, bottom: f64) {
    let dim = c.look.style(Role::Dim);
    let values: &[f64] = match () {
        () if bottom < -0.2 => &[1.0, 0.0, bottom],
        () if area.height >= QUARTERS_FROM => &[1.0, 0.75, 0.5, 0.25, 0.0],
        () => &[1.0, 0.5, 0.0],
    };
    for value in values {
        let Some(dot) = row_of(*value, bottom, 1.0, usize::from(area.height) * 4) else { return };
        let line = u16::try_from(dot / 4).unwrap_or(0);
        let gutter = Rect { width: GUTTER, ..area };
        Pen::new(c.buf, gutter, line).column_right(&percent(*value).replace(".0", ""), usize::from(GUTTER) - 1, dim);
    }
}

/// The line that must not be crossed, where something lies below it; what is below is hatched.
fn floor(c: &mut Canvas<'_>, plot: Rect, bottom: f64) {
    if bottom >= 0.0 {
        return;
    }
    let (mut floor, mut below) = (Dots::new(plot), Dots::new(plot));
    let Some(zero) = row_of(0.0, bottom, 1.0, floor.height()) else { return };
    for x in (0..floor.width()).step_by(2) {
        floor.set(x, zero);
        (zero + 2..below.height()).step_by(4).filter(|y| (x / 2 + y / 4) % 4 == 0).for_each(|y| below.set(x, y));
    }
    let style = c.look.style(Role::Bad);
    below.draw(c.buf, plot, style, c.look.pen('/'));
    floor.draw(c.buf, plot, style, c.look.pen('-'));
}

/// The faint diagonal: a budget that is spent evenly over its period.
fn even_spend(c: &mut Canvas<'_>, plot: Rect, numbers: &Assessment, (span, bottom): (Span, f64)) {
    let period = numbers.period;
    let mut even = Dots::new(plot);
    let axis = span.axis(even.width());
    for x in (0..even.width()).step_by(4) {
        let at = axis.edge(x);
        let value = 1.0 - share(at - period.begin, period.end - period.begin);
        let inside = (period.begin..=period.end).contains(&at);
        if let Some(y) = row_of(value, bottom, 1.0, even.height()).filter(|_| inside) {
            even.set(x, y);
        }
    }
    even.draw(c.buf, plot, c.look.style(Role::GraphAlt), c.look.pen('.'));
}

#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
fn share(part: i64, whole: i64) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// What the rolling window had left at each moment for which the counts hold a whole window before it.
pub(super) fn rolling(c: &mut Canvas<'_>, area: Rect, row: &BudgetRow, numbers: &Assessment, span: Span) {
    let plot = scale::plot(area);
    let window = row.slo.window.seconds();
    let head = numbers.as_of.timestamp();
    let axis_of = span.axis(usize::from(plot.width));
    let curve = curve::burn_curve(&row.history, &row.slo.objective, head, axis_of, window);
    let since =
        row.history.pieces(head, head - axis_of.from + window).iter().find(|p| p.sums.covered > 0).map(|p| p.end);
    let full = since.map_or(i64::MAX, |since| since + window - HOUR);
    let moment = |at| Time::from_timestamp(at, 0).unwrap_or(numbers.as_of);
    let whole = curve.into_iter().filter(|(at, _)| *at >= full);
    let points: Vec<(Time, Option<f64>)> = whole.map(|(at, burn)| (moment(at), burn.map(|b| 1.0 - b))).collect();
    let least = points.iter().filter_map(|(_, v)| *v).filter(|v| v.is_finite()).fold(0.0, f64::min).max(LOWEST);
    axis(c, area, least);
    floor(c, plot, least);
    if points.len() < 2 {
        let text = format!("the counts reach back no farther than one window of {}", duration::prometheus(window));
        Pen::new(c.buf, plot, plot.height / 2).skip(2).put(&text, c.look.style(Role::Hint));
    }
    line(c, plot, &points, (span, least, remaining_role(row.numbers(), false)));
}

fn line(c: &mut Canvas<'_>, plot: Rect, points: &[(Time, Option<f64>)], (span, bottom, role): (Span, f64, Role)) {
    let mut line = Dots::new(plot);
    let heights = heights(points, span, bottom, (line.width(), line.height()));
    line.line(&heights);
    let role = if role == Role::Ok { Role::Graph } else { role };
    line.draw(c.buf, plot, c.look.style(role), c.look.pen('*'));
}

/// One height a dot column: the lowest of the points that fall there, so that a step is never lost.
fn heights(
    points: &[(Time, Option<f64>)],
    span: Span,
    bottom: f64,
    (width, height): (usize, usize),
) -> Vec<Option<usize>> {
    let mut out: Vec<Option<usize>> = vec![None; width];
    let mut last: Option<(usize, usize)> = None;
    for (at, value) in points {
        let Some(y) = value.and_then(|v| row_of(v.max(LOWEST), bottom, 1.0, height)) else {
            last = None;
            continue;
        };
        let Some(x) = span.column(*at, width) else {
            // A line that comes from before the part that is shown begins at its left edge.
            last = (*at < span.from).then_some((0, y));
            continue;
        };
        // Between two points of the same stretch the line holds its height, as spending is a step.
        if let Some((from, level)) = last {
            (from..x).for_each(|between| out[between] = Some(out[between].map_or(level, |b| b.max(level))));
        }
        out[x] = Some(out[x].map_or(y, |before| before.max(y)));
        last = Some((x, y));
    }
    out
}
