//! An SLO, whole: its graphs over one axis of time, the same in words, its tiers and numbers; and its burn-down beside
//! the budgets.

mod account;
pub(crate) mod asking;
mod burn_down;
mod burn_rate;
mod readout;
mod scale;
mod sheet;
mod signals;
mod strip;
pub(crate) mod suppose;

use ratatui::{layout::Rect, style::Style};

use crate::{
    app::desk::axis::{AxisSight, Graph},
    config::theme::Role,
    domain::{
        Time,
        slo::{BudgetRow, SloId, assess::Assessment},
    },
};

use self::scale::Span;
use super::{
    Canvas,
    budgets::left,
    detail::Sheet,
    widgets::{frame::titled, text::Pen},
};

/// Rows below which a detail has no room for a graph beside its words.
const GRAPHS_FROM: u16 = 14;
/// Rows of a graph from which the other one is drawn, too.
const BOTH_FROM: u16 = 22;
/// Rows of a plot below which it says nothing.
const LEAST_PLOT: u16 = 3;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, id: &SloId, scroll: usize, sight: &AxisSight) {
    let Some(row) = c.app.world.budgets.get(id).cloned() else {
        let mut sheet = Sheet::default();
        sheet.text("this SLO is no longer defined", Role::Hint);
        return sheet.draw(c, area, id.as_str(), scroll);
    };
    let height = if area.height >= GRAPHS_FROM { (area.height * 3 / 5).min(40) } else { 0 };
    let (upper, lower) = split(area, height);
    if height > 0 {
        graphs(c, upper, &row, sight);
    }
    sheet::of(c, &row).draw(c, lower, &row.slo.title.line(), scroll);
}

/// The selected budget's burn-down, beside the list.
pub(crate) fn draw_beside(c: &mut Canvas<'_>, area: Rect) {
    if area.height < 5 {
        return;
    }
    let app = c.app;
    let budgets = &app.world.budgets;
    let selected = app.desk.budgets.selected().and_then(|id| budgets.get(id)).or_else(|| budgets.rows.first());
    if let Some(row) = selected {
        let sight = AxisSight::default();
        let inner = title(c, area, row, &sight);
        if let Some((n, span)) = counted(c, inner, row, &sight) {
            let (plot, below) = split(inner, inner.height.saturating_sub(2));
            burn_down::draw(c, plot, row, n, span);
            strip::marks(c, Rect { height: 1, ..below }, row, span);
            strip::time(c, Rect { y: below.y + 1, height: 1, ..below }, span, n.as_of);
        }
    }
}

fn split(area: Rect, upper: u16) -> (Rect, Rect) {
    let upper = upper.min(area.height);
    (Rect { height: upper, ..area }, Rect { y: area.y + upper, height: area.height - upper, ..area })
}

fn title(c: &mut Canvas<'_>, area: Rect, row: &BudgetRow, sight: &AxisSight) -> Rect {
    let styles = (c.look.style(Role::Border), c.look.style(Role::Dim));
    let name = match sight.graph {
        Graph::BurnDown => "burn-down",
        Graph::BurnRate => "burn rate",
        Graph::Rolling => "left, rolling",
    };
    let title = format!("{name} {}", row.slo.title.line());
    let right = format!("{} of {} left", left(row.numbers()), row.slo.window.words());
    titled(c.buf, area, &title, &right, styles, c.look.glyph("─", "-"))
}

/// The numbers and the part of time that is shown, or the reason why there are none, drawn.
fn counted<'a>(
    c: &mut Canvas<'_>,
    area: Rect,
    row: &'a BudgetRow,
    sight: &AxisSight,
) -> Option<(&'a Assessment, Span)> {
    let numbers = row.numbers().filter(|n| n.burn_down.iter().any(|(_, v)| v.is_some()));
    let whole = c.app.world.budgets.axis(&row.slo.id);
    let (Some(numbers), Some(whole)) = (numbers, whole) else {
        let blind = c.app.world.budgets.is_blind(c.app.now);
        let text = match &row.trouble {
            Some(trouble) => format!("UNKNOWN: {}", trouble.what.line()),
            None if blind => "UNKNOWN: the counts could not be read".into(),
            None => "nothing was counted yet".into(),
        };
        Pen::new(c.buf, area, 0).skip(1).put(&text, c.look.style(Role::Hint));
        return None;
    };
    let (from, to) = sight.shown(whole);
    Some((numbers, Span { from, to }))
}

/// Top to bottom: the chosen graph, the other one where there is room, the traffic, what happened, the time, the cursor
/// in words.
fn graphs(c: &mut Canvas<'_>, area: Rect, row: &BudgetRow, sight: &AxisSight) {
    let inner = title(c, area, row, sight);
    let Some((n, span)) = counted(c, inner, row, sight) else { return };
    let strip = if inner.height >= 16 { 3 } else { 1 };
    let room = inner.height.saturating_sub(3 + strip);
    let rows = signals::rows(signals::there(c, &row.slo.id), room);
    let (plots, below) = split(inner, room - rows.height());
    let second = if plots.height + 3 + strip >= BOTH_FROM { plots.height * 2 / 5 } else { 0 };
    let (first, other) = split(plots, plots.height - second);
    if first.height >= LEAST_PLOT {
        plot(c, first, row, n, (span, sight.graph, sight.tier));
    }
    if second >= LEAST_PLOT {
        let graph = if sight.graph == Graph::BurnRate { Graph::BurnDown } else { Graph::BurnRate };
        plot(c, other, row, n, (span, graph, sight.tier));
    }
    let (traffic, rest) = split(below, strip);
    strip::traffic(c, traffic, row, span);
    let (golden, rest) = split(rest, rows.height());
    signals::draw(c, golden, &row.slo.id, rows, (span, sight, n.as_of));
    strip::marks(c, Rect { height: 1, ..rest }, row, span);
    strip::time(c, Rect { y: rest.y + 1, height: 1, ..rest }, span, n.as_of);
    cursor(c, plots, n, sight, span);
    if sight.graph == Graph::BurnDown {
        burn_down::end(c, first, n, span);
    }
    let words = readout::line(c, row, n, sight, (span, usize::from(scale::plot(rest).width)));
    Pen::new(c.buf, rest, 2).skip(1).put(&words, c.look.style(Role::Accent));
}

fn plot(c: &mut Canvas<'_>, area: Rect, row: &BudgetRow, n: &Assessment, (span, graph, tier): (Span, Graph, usize)) {
    match graph {
        Graph::BurnDown => burn_down::draw(c, area, row, n, span),
        Graph::Rolling => burn_down::rolling(c, area, row, n, span),
        Graph::BurnRate => burn_rate::draw(c, area, row, n, (span, tier)),
    }
}

/// A line down all plots where the cursor stands, and one at the mark.
fn cursor(c: &mut Canvas<'_>, plots: Rect, n: &Assessment, sight: &AxisSight, span: Span) {
    let plot = scale::plot(plots);
    let styles = (c.look.style(Role::Accent), c.look.style(Role::Marker));
    if span.to > n.as_of {
        let now = (Some(n.as_of), c.look.glyph("╎", ":"), c.look.style(Role::Dim));
        upright(c, plot, n, now, span);
    }
    let lines = [(sight.mark, c.look.glyph("┊", ":"), styles.1), (sight.cursor, c.look.glyph("│", "|"), styles.0)];
    lines.into_iter().for_each(|line| upright(c, plot, n, line, span));
}

fn upright(c: &mut Canvas<'_>, plot: Rect, n: &Assessment, line: (Option<Time>, &str, Style), span: Span) {
    let (at, sign, style) = line;
    let Some(column) = at.and_then(|at| span.column(at.min(n.as_of), usize::from(plot.width))) else { return };
    for line in 0..plot.height {
        strip::put(c.buf, Rect { y: plot.y + line, height: 1, ..plot }, column, sign, style);
    }
}
