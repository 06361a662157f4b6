//! The burn-down of one window: what is left of the budget over time, the even spend beside it, and what happened under it.

use ratatui::layout::Rect;

use crate::{
    config::theme::Role,
    domain::{
        Time,
        alert::Severity,
        entry::Kind,
        slo::{BudgetRow, assess::Assessment},
    },
};

use super::{
    Canvas,
    budgets::percent,
    widgets::{
        plot::{Dots, row_of},
        text::Pen,
    },
};

/// Columns of the left axis.
const AXIS: u16 = 7;

/// Draws the graph: plot, marker row, time axis.
pub(crate) fn burn_down(c: &mut Canvas<'_>, area: Rect, row: &BudgetRow, numbers: &Assessment) {
    if area.height < 5 || area.width < AXIS + 10 {
        return;
    }
    let plot = Rect { x: area.x + AXIS, y: area.y, width: area.width - AXIS - 1, height: area.height - 2 };
    let end = numbers.as_of;
    let period = row.slo.window.period(end.timestamp());
    let start = end - chrono::Duration::seconds(end.timestamp() - period.begin);
    let scale = Scale::new(numbers, start, end);
    axis(c, area, plot, &scale);
    lines(c, plot, numbers, &scale);
    markers(c, plot, &scale);
    time_axis(c, plot, &scale);
}

/// What the plot shows: finite, with room below zero where the budget is overspent.
struct Scale {
    bottom: f64,
    start: Time,
    end: Time,
}

/// An overspent budget is drawn down to here; its number says the rest.
const LOWEST: f64 = -2.0;

impl Scale {
    fn new(numbers: &Assessment, start: Time, end: Time) -> Self {
        let least = numbers.burn_down.iter().filter_map(|(_, v)| *v).filter(|v| v.is_finite()).fold(0.0, f64::min);
        let infinite = numbers.remaining.is_some_and(|r| r == f64::NEG_INFINITY);
        let bottom = if infinite { LOWEST } else { least.max(LOWEST) };
        Self { bottom, start, end }
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "clamped to the width first"
    )]
    fn column(&self, at: Time, width: usize) -> Option<usize> {
        let span = (self.end - self.start).num_seconds() as f64;
        let share = (at - self.start).num_seconds() as f64 / span;
        (span > 0.0 && (0.0..=1.0).contains(&share))
            .then(|| ((share * width as f64) as usize).min(width.saturating_sub(1)))
    }
}

fn axis(c: &mut Canvas<'_>, area: Rect, plot: Rect, scale: &Scale) {
    let dim = c.look.style(Role::Dim);
    let label = |c: &mut Canvas<'_>, value: f64| {
        let Some(dot) = row_of(value, scale.bottom, 1.0, usize::from(plot.height) * 4) else { return };
        let line = u16::try_from(dot / 4).unwrap_or(0);
        let gutter = Rect { width: AXIS, ..area };
        Pen::new(c.buf, gutter, line).column_right(&percent(value).replace(".0", ""), usize::from(AXIS) - 1, dim);
    };
    label(c, 1.0);
    label(c, 0.0);
    if scale.bottom < -0.2 {
        label(c, scale.bottom);
    } else {
        label(c, 0.5);
    }
}

fn lines(c: &mut Canvas<'_>, plot: Rect, numbers: &Assessment, scale: &Scale) {
    let ascii = c.look.glyph("u", "a") == "a";
    let mut even = Dots::new(plot);
    let (width, height) = (even.width(), even.height());
    for x in (0..width).step_by(4) {
        if let Some(y) = row_of(1.0 - share(x, width), scale.bottom, 1.0, height) {
            even.set(x, y);
        }
    }
    even.draw(c.buf, plot, c.look.style(Role::GraphAlt), ascii);
    if let Some(zero) = row_of(0.0, scale.bottom, 1.0, height).filter(|_| scale.bottom < 0.0) {
        let mut floor = Dots::new(plot);
        (0..width).step_by(2).for_each(|x| floor.set(x, zero));
        floor.draw(c.buf, plot, c.look.style(Role::Bad), ascii);
    }
    let mut line = Dots::new(plot);
    line.line(&heights(numbers, scale, width, height));
    let role = super::budgets::remaining_role(Some(numbers), false);
    let role = if role == Role::Ok { Role::Graph } else { role };
    line.draw(c.buf, plot, c.look.style(role), ascii);
}

#[allow(clippy::cast_precision_loss, reason = "a screen is small")]
fn share(x: usize, width: usize) -> f64 {
    x as f64 / (width.max(2) - 1) as f64
}

/// One height a dot column: the lowest of the points that fall there, so that a step is never lost.
fn heights(numbers: &Assessment, scale: &Scale, width: usize, height: usize) -> Vec<Option<usize>> {
    let mut out: Vec<Option<usize>> = vec![None; width];
    let mut last: Option<(usize, usize)> = None;
    for (at, value) in &numbers.burn_down {
        let Some(x) = scale.column(*at, width) else { continue };
        let Some(y) = value.and_then(|v| row_of(v.max(LOWEST), scale.bottom, 1.0, height)) else {
            last = None;
            continue;
        };
        // Between two points of the same stretch the line holds its height, as spending is a step.
        if let Some((from, level)) = last {
            (from + 1..x).for_each(|between| out[between] = Some(level));
        }
        out[x] = Some(out[x].map_or(y, |before| before.max(y)));
        last = Some((x, y));
    }
    out
}

/// What happened, under the line: `D` deploy, `A` critical alert, `N` note.
fn markers(c: &mut Canvas<'_>, plot: Rect, scale: &Scale) {
    let y = plot.y + plot.height;
    let style = c.look.style(Role::Marker);
    let mut marks: Vec<(u8, &str, Time)> = Vec::new();
    for entry in &c.app.world.timeline.entries {
        match entry.kind {
            // What somebody did is drawn over what followed from it.
            Kind::Deploy => marks.push((2, "D", entry.at)),
            Kind::NoteAdded => marks.push((1, "N", entry.at)),
            Kind::AlertFired if entry.body.severity == Some(Severity::Critical) => marks.push((0, "A", entry.at)),
            _ => {}
        }
    }
    marks.sort_unstable();
    for (_, mark, at) in marks {
        if let Some(column) = scale.column(at, usize::from(plot.width)) {
            let x = plot.x + u16::try_from(column).unwrap_or(0);
            if c.buf.area.contains((x, y).into()) {
                c.buf[(x, y)].set_symbol(mark).set_style(style);
            }
        }
    }
}

fn time_axis(c: &mut Canvas<'_>, plot: Rect, scale: &Scale) {
    let dim = c.look.style(Role::Dim);
    let row = Rect { y: plot.y + plot.height + 1, height: 1, ..plot };
    let days = (scale.end - scale.start).num_days();
    let format = if days >= 2 { "%d.%m." } else { "%H:%M" };
    let middle = scale.start + (scale.end - scale.start) / 2;
    Pen::new(c.buf, row, 0).put(&scale.start.format(format).to_string(), dim);
    let text = middle.format(format).to_string();
    Pen::new(c.buf, row, 0).skip(usize::from(plot.width / 2).saturating_sub(text.len() / 2)).put(&text, dim);
    Pen::new(c.buf, row, 0).right("now", dim);
}
