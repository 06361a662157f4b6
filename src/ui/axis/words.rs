//! The cursor spelt out: when it is, what each alert was, what was left of the budget and how fast it went, and every
//! entry there in full; between two marks what was spent.

use chrono::Duration;
use ratatui::layout::Rect;

use crate::{
    app::world::lanes::{Lane, Lanes},
    config::theme::Role,
    domain::{Time, duration, past::Was, slo::BudgetRow},
    ui::{
        Canvas,
        budgets::percent,
        slo::{readout, scale::Span},
        widgets::text::{Pen, clip, wrap},
    },
};

use super::{
    Drawn,
    entries::{self, Told, clock},
};

/// Alerts that are named in one line.
const NAMED: usize = 4;

/// Bytes of one sentence for each cell of the room there is: what is longer cannot be read here.
const BYTES: usize = 4;

pub(super) fn draw(c: &mut Canvas<'_>, area: Rect, drawn: Drawn<'_>) {
    let columns = usize::from(super::plot(c, area).width);
    let width = usize::from(area.width.saturating_sub(2)).max(10);
    let height = usize::from(area.height);
    let mut rows: Vec<(String, Role)> = Vec::new();
    let mut left = 0;
    for (text, role) in lines(drawn, columns) {
        // Thousands may have happened in one column, and a note may be a megabyte.
        if rows.len() > height {
            left += 1;
            continue;
        }
        let text = bounded(&text, width * (height + 1) * BYTES);
        rows.extend(wrap(text, width).into_iter().map(|line| (line, role)));
    }
    left += rows.len().saturating_sub(height);
    let spare = height.saturating_sub(rows.len());
    if spare > 0 && left == 0 {
        rows.extend(earlier(drawn, spare).into_iter().map(|text| (clip(&text, width).into_owned(), Role::Dim)));
    }
    for (line, (text, role)) in (0..area.height).zip(rows) {
        let mut pen = Pen::new(c.buf, area, line);
        if left > 0 && line + 1 == area.height {
            pen.right(&format!(" +{left} lines"), c.look.style(Role::Hint));
        }
        pen.skip(1).put(&text, c.look.style(role));
    }
}

fn bounded(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// Where there is room left: what happened before that, the newest first.
fn earlier((lanes, _, sight, _): Drawn<'_>, most: usize) -> Vec<String> {
    let head = lanes.whole.1;
    if sight.marked(head).is_some() {
        return Vec::new();
    }
    let at = sight.at(head);
    let moments = lanes.moments();
    let before = moments.iter().rev().filter(|m| **m < at);
    let told = before.take(most + 1).flat_map(|m| entries::within(lanes, (*m, *m + Duration::milliseconds(1))));
    told.skip(1).take(most).map(|t| format!("{} {}", clock(t.at, head), t.text)).collect()
}

fn lines((lanes, budget, sight, span): Drawn<'_>, columns: usize) -> Vec<(String, Role)> {
    let head = lanes.whole.1;
    if let Some((from, to)) = sight.marked(head).filter(|(from, to)| from < to) {
        return between(lanes, budget, (from, to));
    }
    let at = sight.at(head);
    let window = column(span, columns, at, head);
    let mut first = vec![moment(at, head)];
    let mut states = lanes.rows.iter().take(NAMED).map(|lane| state(lane, at));
    first.extend(budget.and_then(|row| spending(row, window)));
    first.extend(states.next());
    let mut lines = vec![(first.join("  "), Role::Accent)];
    let mut told = entries::within(lanes, window);
    // What the cursor was sent to before what else its column holds.
    told.sort_by_key(|t| t.at != at);
    if told.is_empty() {
        lines.push((around(lanes, at), Role::Dim));
    }
    let lasting = entries::in_force(lanes, window);
    lines.extend(told.into_iter().chain(lasting).map(|t| sentence(&t, head)));
    // What happened is spelt out before what the neighbours did.
    lines.push((states.collect::<Vec<_>>().join("  "), Role::Dim));
    lines
}

fn sentence(told: &Told, head: Time) -> (String, Role) {
    (format!("{} {}", clock(told.at, head), told.text), told.role)
}

/// The stretch of the cursor's column; the last one with what happens now.
fn column(span: Span, columns: usize, at: Time, head: Time) -> (Time, Time) {
    let axis = span.axis(columns);
    let i = axis.column(at.timestamp()).unwrap_or(columns.saturating_sub(1));
    let moment = |s: i64| Time::from_timestamp(s, 0).unwrap_or(at);
    let second = Duration::seconds(1);
    let (from, to) = (moment(axis.edge(i)) + second, moment(axis.edge(i + 1)) + second);
    // Of a column of less than a second the cursor's own moment is left.
    let from = from.min(at);
    (from, if at >= head { to.max(at + second) } else { to.max(from + Duration::milliseconds(1)) })
}

fn moment(at: Time, head: Time) -> String {
    if at >= head {
        return format!("now, {} UTC", at.format("%H:%M:%S"));
    }
    format!("{} UTC, {} ago", clock(at, head), duration::short(head - at))
}

/// `CheckoutBurn firing since 14:02 (32m)`.
fn state(lane: &Lane, at: Time) -> String {
    let name = lane.label();
    let why = match (lane.waiting.first(), lane.failed.first()) {
        (_, Some((source, _))) => format!(" ({source} cannot be asked)"),
        (Some(source), None) => format!(" (asking {source})"),
        (None, None) => String::new(),
    };
    match lane.at(at) {
        None => format!("{name} calm"),
        Some(s) if s.was == Was::Unknown => format!("{name} unknown{why}"),
        Some(s) => format!("{name} {} since {} ({})", s.was.as_str(), clock(s.from, at), duration::short(at - s.from)),
    }
}

/// `62% left  burn 14.2x`.
fn spending(row: &BudgetRow, (from, to): (Time, Time)) -> Option<String> {
    let n = row.numbers()?;
    let here = readout::between(row, n, (from.timestamp() - 1, to.timestamp() - 1));
    let left = readout::left_at(n, to).map(|left| format!("{} left", percent(left)));
    let burn = readout::rate(row, here).map(|b| format!("burn {b:.1}x"));
    let uncounted = here.total.is_none().then(|| "not counted".to_owned());
    let parts: Vec<String> = left.into_iter().chain(burn).chain(uncounted).collect();
    Some(parts.join("  "))
}

/// Where nothing happened: what did before, and what next.
fn around(lanes: &Lanes, at: Time) -> String {
    let head = lanes.whole.1;
    let one = |moment: Time| {
        let told = entries::within(lanes, (moment, moment + Duration::milliseconds(1)));
        told.first().map(|t| format!("{} {}", clock(t.at, head), t.text))
    };
    let before = lanes.edges().filter(|m| *m < at).max().and_then(one).map(|t| format!("before (H): {t}"));
    let next = lanes.edges().filter(|m| *m > at).min().and_then(one).map(|t| format!("next (L): {t}"));
    let parts: Vec<String> = before.into_iter().chain(next).collect();
    if parts.is_empty() {
        "nothing is known to have happened".into()
    } else {
        format!("nothing here; {}", parts.join("; "))
    }
}

/// What was spent between two marks, how long each alert burned, and what happened.
pub(crate) fn between(lanes: &Lanes, budget: Option<&BudgetRow>, (from, to): (Time, Time)) -> Vec<(String, Role)> {
    let head = lanes.whole.1;
    let spent = budget.and_then(|row| Some(readout::spent(row, row.numbers()?, from, to)));
    let first = spent.unwrap_or_else(|| {
        format!("from {} to {} ({})", clock(from, head), clock(to, head), duration::short(to - from))
    });
    let burned: Vec<String> = lanes.rows.iter().take(NAMED).map(|lane| lasted(lane, (from, to))).collect();
    let mut lines = vec![(first, Role::Accent), (burned.join("  "), Role::Text)];
    let told = entries::within(lanes, (from, to + Duration::milliseconds(1)));
    lines.extend(told.iter().map(|t| sentence(t, head)));
    lines
}

fn lasted(lane: &Lane, (from, to): (Time, Time)) -> String {
    let (firing, unknown) = lane.within(from, to);
    let blind =
        if unknown > Duration::zero() { format!(", {} unknown", duration::long(unknown)) } else { String::new() };
    match firing > Duration::zero() {
        true => format!("{} fired {}{blind}", lane.label(), duration::long(firing)),
        false if blind.is_empty() => format!("{} did not fire", lane.label()),
        false => format!("{} was not seen to fire{blind}", lane.label()),
    }
}
