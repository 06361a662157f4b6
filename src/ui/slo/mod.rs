//! An SLO, whole: its graphs over one axis of time, the same in words, its tiers and numbers; and its burn-down beside
//! the budgets.

mod account;
pub(crate) mod asking;
mod burn_down;
mod burn_rate;
mod fan;
mod firing;
pub(in crate::ui) mod readout;
pub(in crate::ui) mod scale;
mod sheet;
mod signals;
pub(in crate::ui) mod strip;
pub(crate) mod suppose;

use std::sync::Arc;

use ratatui::{layout::Rect, style::Style};

use crate::{
    app::{
        desk::axis::{self, AxisSight, Graph},
        world::{
            happened::Event,
            lanes::{Lanes, Of},
        },
    },
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
    when::When,
    widgets::{
        frame::titled,
        text::{Pen, wrap},
    },
};

/// Rows below which a detail has no room for a graph beside its words.
const GRAPHS_FROM: u16 = 14;
/// Rows of a graph from which the other one is drawn, too.
const BOTH_FROM: u16 = 22;
/// Rows of a plot below which it says nothing.
const LEAST_PLOT: u16 = 3;
/// Rows of the cursor in words where no graph is drawn.
const TOLD: u16 = 3;
/// Rows of the graphs from which alerts have rows of their own.
const LANES_FROM: u16 = 30;
const MOST_LANES: u16 = 6;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, id: &SloId, scroll: usize, sight: &AxisSight) {
    let Some(row) = c.app.world.budgets.get(id).cloned() else {
        let mut sheet = Sheet::default();
        sheet.text("this SLO is no longer defined", Role::Hint);
        return sheet.draw(c, area, id.as_str(), scroll);
    };
    let told = c.app.world.retold(&row, c.app.now);
    let height = match area.height {
        ..GRAPHS_FROM => 0,
        _ if c.look.frugal => 1 + TOLD,
        rows => (rows * 3 / 5).min(40),
    };
    let (upper, lower) = split(area, height);
    match height {
        0 => {}
        _ if c.look.frugal => spelt(c, upper, &row, &told.happened, sight),
        _ => graphs(c, upper, &row, &told.happened, sight),
    }
    sheet::of(c, &row, &told).draw(c, lower, &row.slo.title.line(), scroll);
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
            burn_down::draw(c, plot, &n, span);
            strip::marks(c, below, &app.world.retold(row, app.now).happened, span, n.as_of);
            strip::time(c, Rect { y: below.y + 1, height: 1, ..below }, span, n.as_of);
            cursor(c, plot, &n, &sight, span);
            fan::label(c, plot, &n);
        }
    }
}

/// Its graph alone, over lanes that share its axis.
pub(in crate::ui) fn beside_lanes(c: &mut Canvas<'_>, area: Rect, row: &BudgetRow, sight: &AxisSight, span: Span) {
    let Some(n) = row.numbers.clone() else { return };
    let lanes = on(c, row);
    plot(c, area, (row, &lanes), &n, (span, sight.graph, sight.tier));
    cursor(c, area, &n, sight, span);
    if sight.graph == Graph::BurnRate {
        burn_rate::legend(c, area, &lanes, &n, sight.tier);
    }
}

/// The alerts about an objective, on its axis.
fn on(c: &Canvas<'_>, row: &BudgetRow) -> Arc<Lanes> {
    c.app.world.lanes(&Of::Slo(row.slo.id.clone()), c.app.now)
}

fn split(area: Rect, upper: u16) -> (Rect, Rect) {
    let upper = upper.min(area.height);
    (Rect { height: upper, ..area }, Rect { y: area.y + upper, height: area.height - upper, ..area })
}

fn title(c: &mut Canvas<'_>, area: Rect, row: &BudgetRow, sight: &AxisSight) -> Rect {
    let styles = (c.look.style(Role::Border), c.look.style(Role::Dim));
    let zone = if When::of(c.app).is_here() { " (in UTC)" } else { "" };
    let title = format!("{} {}{zone}", sight.graph.name(), row.slo.title.line());
    let right = match sight.graph {
        Graph::Month => "projected to its end".into(),
        _ => format!("{} of {} left", left(row.numbers()), row.slo.window.words()),
    };
    titled(c.buf, area, &title, &right, styles, c.look.rule(false))
}

/// The numbers and the part of time that is shown, or the reason why there are none, drawn.
fn counted(c: &mut Canvas<'_>, area: Rect, row: &BudgetRow, sight: &AxisSight) -> Option<(Arc<Assessment>, Span)> {
    let numbers = match sight.graph {
        Graph::Month => c.app.world.budgets.month(&row.slo.id),
        _ => row.numbers.clone(),
    };
    let numbers = numbers.filter(|n| n.burn_down.iter().any(|(_, v)| v.is_some()));
    let (Some(numbers), Some(whole)) = (numbers, axis::whole(&c.app.world, &row.slo.id, sight.graph)) else {
        let blind = c.app.world.budgets.is_blind(c.app.now);
        let text = match &row.trouble {
            Some(trouble) => format!("UNKNOWN: {}", trouble.what.line()),
            None if blind => "UNKNOWN: the counts could not be read".into(),
            None => "nothing was counted yet".into(),
        };
        Pen::new(c.buf, area, 0).skip(1).put(&text, c.look.style(Role::Hint));
        return None;
    };
    let (from, to) = sight.shown(whole, numbers.as_of);
    Some((numbers, Span { from, to }))
}

/// Top to bottom: the chosen graph, the other one where there is room, the traffic, what happened, the time, the cursor
/// in words.
fn graphs(c: &mut Canvas<'_>, area: Rect, row: &BudgetRow, happened: &[Event], sight: &AxisSight) {
    let inner = title(c, area, row, sight);
    let Some((n, span)) = counted(c, inner, row, sight) else { return };
    let lanes = on(c, row);
    let (inner, burned) = beside_their_names(c, inner, &lanes);
    let strip = if inner.height >= 16 { 3 } else { 1 };
    let room = inner.height.saturating_sub(3 + strip);
    let rows = signals::rows(signals::there(c, &row.slo.id), room);
    let (plots, below) = split(inner, room - rows.height());
    let (plots, when) = split(plots, plots.height - burned);
    if burned > 0 {
        super::axis::spans(c, Rect { x: area.x, width: area.width, ..when }, &lanes, (span, n.as_of));
    }
    let touched = scale::plot(Rect { height: plots.height + burned + below.height.saturating_sub(1), ..plots });
    c.hits.axis(touched, span);
    let second = if plots.height + 3 + strip >= BOTH_FROM { plots.height * 2 / 5 } else { 0 };
    let (first, other) = split(plots, plots.height - second);
    let beside = if sight.graph == Graph::BurnRate { Graph::BurnDown } else { Graph::BurnRate };
    let drawn = [(first, sight.graph), (other, beside)].into_iter().filter(|(area, _)| area.height >= LEAST_PLOT);
    let drawn: Vec<(Rect, Graph)> = drawn.collect();
    for (area, graph) in &drawn {
        plot(c, *area, (row, &lanes), &n, (span, *graph, sight.tier));
    }
    let (traffic, rest) = split(below, strip);
    strip::traffic(c, traffic, row, span);
    let (golden, rest) = split(rest, rows.height());
    signals::draw(c, golden, &row.slo.id, rows, (span, sight, n.as_of));
    strip::marks(c, rest, happened, span, n.as_of);
    strip::time(c, Rect { y: rest.y + 1, height: 1, ..rest }, span, n.as_of);
    cursor(c, plots, &n, sight, span);
    for (area, graph) in drawn {
        label(c, area, &lanes, &n, (graph, sight.tier));
    }
    let words = words(c, (row, &n), (happened, &lanes), sight, (span, scale::plot(rest).width));
    Pen::new(c.buf, rest, 2).skip(1).put(&words, c.look.style(Role::Accent));
}

/// The cursor in words alone, for a link on which a graph is dear.
fn spelt(c: &mut Canvas<'_>, area: Rect, row: &BudgetRow, happened: &[Event], sight: &AxisSight) {
    let inner = title(c, area, row, sight);
    let Some((n, span)) = counted(c, inner, row, sight) else { return };
    let lanes = on(c, row);
    let words = words(c, (row, &n), (happened, &lanes), sight, (span, scale::plot(inner).width));
    for (line, text) in (0..inner.height).zip(wrap(&words, usize::from(inner.width.saturating_sub(2)))) {
        Pen::new(c.buf, inner, line).skip(1).put(&text, c.look.style(Role::Accent));
    }
}

fn words(
    c: &Canvas<'_>,
    (row, n): (&BudgetRow, &Assessment),
    told: (&[Event], &Lanes),
    sight: &AxisSight,
    (span, columns): (Span, u16),
) -> String {
    let words = readout::line((row, n), told, sight, (span, usize::from(columns)));
    let signals = signals::readout(c.app.world.signals.of(&row.slo.id), sight.at(n.as_of), n.as_of);
    [vec![words], signals].concat().join("  ")
}

/// Where there is room, the alerts that are about it have a row each: their names move the graphs to the right.
fn beside_their_names(c: &Canvas<'_>, inner: Rect, lanes: &Lanes) -> (Rect, u16) {
    let rows = u16::try_from(lanes.rows.len()).unwrap_or(u16::MAX).min(MOST_LANES);
    if rows == 0 || inner.height < LANES_FROM { (inner, 0) } else { (super::axis::beside_names(c, inner), rows) }
}

fn plot(
    c: &mut Canvas<'_>,
    area: Rect,
    (row, lanes): (&BudgetRow, &Lanes),
    n: &Assessment,
    (span, graph, tier): (Span, Graph, usize),
) {
    match graph {
        Graph::BurnDown | Graph::Month => burn_down::draw(c, area, n, span),
        Graph::Rolling => burn_down::rolling(c, area, row, n, span),
        Graph::BurnRate => burn_rate::draw(c, area, (row, lanes), n, (span, tier)),
    }
}

/// What is written into a plot, over its lines.
fn label(c: &mut Canvas<'_>, area: Rect, lanes: &Lanes, n: &Assessment, (graph, tier): (Graph, usize)) {
    match graph {
        Graph::BurnDown | Graph::Month => fan::label(c, area, n),
        Graph::Rolling => {}
        Graph::BurnRate => burn_rate::legend(c, area, lanes, n, tier),
    }
}

/// A line down all plots where the cursor stands, one at the mark, and one at now, where nothing is drawn.
fn cursor(c: &mut Canvas<'_>, plots: Rect, n: &Assessment, sight: &AxisSight, span: Span) {
    let plot = scale::plot(plots);
    let styles = (c.look.style(Role::Accent), c.look.style(Role::Marker));
    if span.to > n.as_of {
        let now = (Some(n.as_of), c.look.glyph("╎", ":"), c.look.style(Role::BarEmpty));
        upright(c, plot, n, now, span);
    }
    let lines = [(sight.mark, c.look.glyph("┊", ":"), styles.1), (sight.cursor, c.look.glyph("│", "|"), styles.0)];
    lines.into_iter().for_each(|line| upright(c, plot, n, line, span));
}

/// Between what is drawn: a line that hid the newest counts would hide what it points at.
fn upright(c: &mut Canvas<'_>, plot: Rect, n: &Assessment, line: (Option<Time>, &str, Style), span: Span) {
    let (at, sign, style) = line;
    let Some(column) = at.and_then(|at| span.column(at.min(n.as_of), usize::from(plot.width))) else { return };
    for line in 0..plot.height {
        strip::put_beside(c.buf, Rect { y: plot.y + line, height: 1, ..plot }, column, sign, style);
    }
}
