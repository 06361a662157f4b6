//! The one axis: burn rate or burn-down on top, when alerts burned below it, what happened under that, and the moment
//! under the cursor spelt out. Draws what the lanes hold; knows neither sources nor where a span comes from.

pub(crate) mod entries;
mod marks;
mod spans;
pub(crate) mod words;

use ratatui::layout::Rect;

use crate::{
    app::{
        desk::axis::{AxisSight, names},
        world::lanes::{Lanes, Of},
    },
    config::theme::Role,
    domain::{Time, duration, slo::BudgetRow},
};

use super::{
    Canvas,
    budgets::left,
    slo::{
        self,
        scale::{self, Span},
        strip,
    },
    when::When,
    widgets::frame::titled,
};

pub(in crate::ui) use spans::draw as spans;

/// Rows below which the words have the screen alone.
const LEAST: u16 = 10;
/// Rows of a graph below which it says nothing.
const LEAST_GRAPH: u16 = 4;
const MOST_GRAPH: u16 = 14;
/// Rows of words where nothing is drawn beside them.
const MOST_WORDS: u16 = 10;

/// How many rows each part has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Shape {
    graph: u16,
    spans: u16,
    marks: u16,
    words: u16,
}

/// The axis on top, and below it whatever else there is to say.
pub(crate) fn over(
    c: &mut Canvas<'_>,
    area: Rect,
    (of, sight): (&Of, &AxisSight),
    rest: impl FnOnce(&mut Canvas<'_>, Rect),
) {
    let upper = draw(c, area, of, sight).min(area.height);
    rest(c, Rect { y: area.y + upper, height: area.height - upper, ..area });
}

/// Draws it into the upper part of an area; answers how many rows that took.
fn draw(c: &mut Canvas<'_>, area: Rect, of: &Of, sight: &AxisSight) -> u16 {
    if area.height < LEAST {
        return 0;
    }
    let lanes = c.app.world.lanes(of, c.app.now);
    let budget = lanes.slo.as_ref().and_then(|id| c.app.world.budgets.get(id)).cloned();
    let counted = budget.as_ref().is_some_and(|row| row.numbers().is_some());
    let kinds = marks::kinds(&lanes).len();
    let shape = match c.look.frugal {
        true => Shape { words: (area.height / 3).clamp(3, MOST_WORDS), ..Shape::default() },
        false => shape(area.height, (lanes.rows.len(), kinds), counted),
    };
    let height = 2 + shape.graph + shape.spans + shape.marks + shape.words - u16::from(c.look.frugal);
    let (from, to) = sight.shown(lanes.whole, lanes.whole.1);
    let span = Span { from, to };
    let area = Rect { height: height.min(area.height), ..area };
    let inner = title(c, area, (&lanes, budget.as_ref()), sight, span);
    parts(c, inner, shape, (&lanes, budget.as_ref(), sight, span));
    area.height
}

/// What fits: a lane, the marks, the words and the time always; then whatever makes it easier to read.
fn shape(room: u16, (rows, kinds): (usize, usize), counted: bool) -> Shape {
    let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let (rows, kinds) = (small(rows).max(1), small(kinds).max(1));
    // The words below keep half of the screen.
    let mut left = (room / 2).saturating_sub(2);
    let mut take = |most: u16| {
        let taken = most.min(left);
        left -= taken;
        taken
    };
    let mut shape = Shape { spans: take(1), marks: take(1), words: take(2), graph: 0 };
    shape.spans += take((rows - 1).min(2));
    let graph = if counted { take(LEAST_GRAPH) } else { 0 };
    let free = kinds - 1;
    let more = take(free);
    shape.marks += if more == free { more } else { 0 };
    shape.words += take(1);
    let wanted = (room / 4).clamp(LEAST_GRAPH, MOST_GRAPH);
    shape.graph = if graph < LEAST_GRAPH { 0 } else { graph + take(wanted - LEAST_GRAPH) };
    shape.spans += take(rows.saturating_sub(shape.spans));
    shape.words += take(2);
    // A large screen tells what happened before, too; on a small one the rows are the detail's.
    shape.words += take(if room >= 40 { room / 10 } else { 0 });
    shape
}

fn title(
    c: &mut Canvas<'_>,
    area: Rect,
    (lanes, budget): (&Lanes, Option<&BudgetRow>),
    sight: &AxisSight,
    span: Span,
) -> Rect {
    let styles = (c.look.style(Role::Border), c.look.style(Role::Title));
    let length = duration::short(span.to - span.from);
    let follows = if sight.cursor.is_none() { ", follows" } else { "" };
    let graph = budget.map_or(String::new(), |row| format!("{} {}, ", sight.graph.name(), row.slo.title.line()));
    // Clocks on an axis show UTC: whoever reads another everywhere else must be told.
    let zone = if When::of(c.app).is_here() { ", in UTC" } else { "" };
    let title = format!("{graph}{length}{follows}{zone}");
    let right = match budget {
        Some(_) if c.app.world.budgets.is_blind(c.app.now) => "budget UNKNOWN: not counted of late".into(),
        Some(row) => format!("{} of {} left", left(row.numbers()), row.slo.window.words()),
        None if lanes.slo.is_some() => "its budget is not defined any more".into(),
        None => "no budget is known of it".into(),
    };
    titled(c.buf, area, &title, &right, styles, c.look.rule(false))
}

/// Everything an axis is drawn of.
type Drawn<'a> = (&'a Lanes, Option<&'a BudgetRow>, &'a AxisSight, Span);

fn parts(c: &mut Canvas<'_>, inner: Rect, shape: Shape, drawn: Drawn<'_>) {
    let (lanes, budget, sight, span) = drawn;
    if c.look.frugal {
        return words::draw(c, inner, drawn);
    }
    let mut rest = inner;
    let mut next = |height: u16| {
        let height = height.min(rest.height);
        let part = Rect { height, ..rest };
        rest = Rect { y: rest.y + height, height: rest.height - height, ..rest };
        part
    };
    let (graph, burned, marked, time, told) =
        (next(shape.graph), next(shape.spans), next(shape.marks), next(1), next(shape.words));
    if let Some(row) = budget.filter(|_| graph.height > 0) {
        slo::beside_lanes(c, beside_names(c, graph), row, sight, span);
    }
    let head = lanes.whole.1;
    let lower = burned.height + marked.height + time.height;
    let whole = Rect { height: graph.height + lower, ..inner };
    let touched = plot(c, whole);
    c.hits.axis(touched, span);
    spans(c, burned, lanes, (span, head));
    marks::draw(c, marked, lanes, (span, head));
    strip::time(c, beside_names(c, time), span, head);
    let below = Rect { height: burned.height + marked.height, ..burned };
    cursor(c, (below, time), sight, (span, head));
    words::draw(c, told, drawn);
}

/// The area of a graph whose plot lies right of the names.
pub(in crate::ui) fn beside_names(c: &Canvas<'_>, area: Rect) -> Rect {
    let shift = names(c.app.desk.width).saturating_sub(scale::GUTTER).min(area.width);
    Rect { x: area.x + shift, width: area.width - shift, ..area }
}

/// The plot of a row of lanes.
fn plot(c: &Canvas<'_>, area: Rect) -> Rect {
    scale::plot(beside_names(c, area))
}

/// Down all lanes where the cursor stands, and where the mark is; under them a sign on the line of the time.
fn cursor(c: &mut Canvas<'_>, (lanes, time): (Rect, Rect), sight: &AxisSight, (span, head): (Span, Time)) {
    let lanes = plot(c, lanes);
    let time = plot(c, time);
    let signs = [
        (sight.mark, c.look.glyph("┊", ":"), c.look.glyph("△", "+"), c.look.style(Role::Marker)),
        (sight.cursor, c.look.glyph("│", "|"), c.look.glyph("▲", "^"), c.look.style(Role::Accent)),
    ];
    for (at, line, foot, style) in signs {
        let Some(column) = at.and_then(|at| span.column(at.min(head), usize::from(lanes.width))) else { continue };
        for y in 0..lanes.height {
            let row = Rect { y: lanes.y + y, height: 1, ..lanes };
            strip::over(c.buf, row, column, line, style);
        }
        strip::put(c.buf, time, column, foot, style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_below_keep_half_of_the_screen_and_a_lane_always_has_room() {
        for room in LEAST..120 {
            for rows in [0, 1, 5, 60] {
                for kinds in 0..8 {
                    for counted in [false, true] {
                        let s = shape(room, (rows, kinds), counted);
                        assert!(2 + s.graph + s.spans + s.marks + s.words <= (room / 2).max(5), "{room} {s:?}");
                        assert!(s.spans >= 1 && s.marks >= 1 && s.words >= 1, "{room} {s:?}");
                        assert!(s.graph == 0 || s.graph >= LEAST_GRAPH, "{room} {s:?}");
                    }
                }
            }
        }
        assert!(shape(27, (2, 2), true).graph >= LEAST_GRAPH, "100x30 has a graph");
    }
}
