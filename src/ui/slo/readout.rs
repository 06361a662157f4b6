//! The graph in words: what stood under the cursor, and what was spent from here to there.

use crate::{
    app::{
        desk::axis::AxisSight,
        world::{
            happened::{About, Event},
            lanes::Lanes,
            marks::MarkKind,
        },
    },
    domain::{
        Time, duration,
        slo::{
            BudgetRow,
            assess::Assessment,
            curve::{self, Axis},
            series::Sums,
        },
    },
    ui::{axis::entries, budgets::percent},
};

use super::scale::Span;

/// Things that are named beside what was spent.
const NAMED: usize = 2;

/// One line: the moment, what was left, how fast it burned, what happened; and between the marks what was spent.
pub(in crate::ui) fn line(
    (row, n): (&BudgetRow, &Assessment),
    (happened, lanes): (&[Event], &Lanes),
    sight: &AxisSight,
    (span, columns): (Span, usize),
) -> String {
    let at = sight.at(n.as_of);
    let window = column(span, columns, at);
    if let Some((from, to)) = sight.marked(n.as_of).filter(|(from, to)| from < to) {
        return format!("{}{}", spent(row, n, from, to), lay_within(happened, n, (from, to)));
    }
    let mut parts = vec![when(at, n.as_of)];
    parts.extend(left_at(n, at).map(|left| format!("{} left", percent(left))));
    let here = between(row, n, window);
    parts.extend(rate(row, here).map(|b| format!("burn {b:.1}x")));
    let counted = match here.total {
        Some(total) => format!("{:.0} bad of {total:.0}", here.bad.unwrap_or(0.0)),
        None => "not counted".into(),
    };
    // What the cursor was sent to is said before what its column came to.
    match edge(lanes, sight) {
        Some(edge) => parts.extend([edge, counted]),
        None => parts.extend([Some(counted), told(happened, n, (window, at))].into_iter().flatten()),
    }
    parts.join("  ")
}

/// What begins or ends where the cursor stands, to the second.
fn edge(lanes: &Lanes, sight: &AxisSight) -> Option<String> {
    let at = sight.cursor?;
    let here = entries::within(lanes, (at, at + chrono::Duration::seconds(1)));
    let more = if here.len() > 1 { format!(" (+{})", here.len() - 1) } else { String::new() };
    Some(format!("{}{more}", here.first()?.text))
}

fn when(at: Time, head: Time) -> String {
    if at >= head { format!("now, {} UTC", at.format("%H:%M")) } else { at.format("%a %d.%m. %H:%M").to_string() }
}

/// What was left at a moment: the point of the line that stood then.
pub(in crate::ui) fn left_at(n: &Assessment, at: Time) -> Option<f64> {
    let place = n.burn_down.partition_point(|(t, _)| *t <= at);
    n.burn_down.get(place.checked_sub(1)?)?.1
}

/// The stretch of one column around a moment.
fn column(span: Span, columns: usize, at: Time) -> (i64, i64) {
    let axis = span.axis(columns);
    let i = axis.column(at.timestamp()).unwrap_or(columns.saturating_sub(1));
    (axis.edge(i), axis.edge(i + 1))
}

pub(in crate::ui) fn between(row: &BudgetRow, n: &Assessment, (from, to): (i64, i64)) -> Sums {
    let columns = curve::columns(&row.history, n.as_of.timestamp(), Axis::new(from, to, 1));
    columns.into_iter().next().unwrap_or_default()
}

pub(in crate::ui) fn rate(row: &BudgetRow, sums: Sums) -> Option<f64> {
    crate::domain::slo::budget::budget(&row.slo.objective, sums.total, sums.bad).burn.filter(|b| b.is_finite())
}

/// `14.2% of the budget from 10:02 to 10:44 (42m): 1227 bad of 8400`
pub(in crate::ui) fn spent(row: &BudgetRow, n: &Assessment, from: Time, to: Time) -> String {
    let sums = between(row, n, (from.timestamp(), to.timestamp()));
    let (Some(bad), Some(total)) = (sums.bad, sums.total) else {
        return format!("from {} to {}: not counted", from.format("%d.%m. %H:%M"), to.format("%d.%m. %H:%M"));
    };
    let share = n.allowed_bad.filter(|a| *a > 0.0).map_or_else(|| "--".into(), |a| percent(bad / a));
    let span = duration::short(to - from);
    let format = if to - from > chrono::Duration::hours(24) { "%d.%m. %H:%M" } else { "%H:%M" };
    let (from, to) = (from.format(format), to.format(format));
    format!("{share} of the budget from {from} to {to} ({span}): {bad:.0} bad of {total:.0}")
}

/// `  (incident: shop is down, deploy: v7)`: what happened between the marks, the weightiest first.
fn lay_within(happened: &[Event], n: &Assessment, (from, to): (Time, Time)) -> String {
    let mut inside: Vec<&Event> =
        happened.iter().filter(|e| touches(e, n, (from.timestamp(), to.timestamp()))).collect();
    inside.sort_by_key(|e| std::cmp::Reverse(weight(e)));
    let names: Vec<String> =
        inside.iter().take(NAMED).map(|e| format!("{} {}", e.kind.word(), e.text.line())).collect();
    let more = if inside.len() > NAMED { format!(", +{}", inside.len() - NAMED) } else { String::new() };
    if names.is_empty() { String::new() } else { format!("  ({}{more})", names.join(", ")) }
}

/// The weightiest of what happened in a column, how long it lasted, and how many there were.
fn told(happened: &[Event], n: &Assessment, (window, at): ((i64, i64), Time)) -> Option<String> {
    let mut inside: Vec<&Event> = happened.iter().filter(|e| touches(e, n, window)).collect();
    // What the cursor was sent to before what is weightier.
    inside.sort_by_key(|e| std::cmp::Reverse((e.from == at || e.to == Some(at), weight(e))));
    let first = inside.first()?;
    let ended = if first.to == Some(at) && first.from < at { " ended" } else { "" };
    let lasted = match (first.to, first.lasts) {
        (Some(to), _) if to > first.from => format!(" ({})", duration::short(to - first.from)),
        (None, true) if first.pending => " (pending)".into(),
        (None, true) => " (goes on)".into(),
        _ => String::new(),
    };
    let more = if inside.len() > 1 { format!(" (+{})", inside.len() - 1) } else { String::new() };
    Some(format!("{} {}{ended}{lasted}{more}", first.kind.word(), first.text.line()))
}

/// What is about the objective before what only happened then.
fn weight(e: &Event) -> (bool, MarkKind) {
    (e.about == About::Objective, e.kind)
}

/// Whether something lies in `(from, to]`: what is drawn as a bar with all of it, all else with its beginning and its end.
fn touches(e: &Event, n: &Assessment, (from, to): (i64, i64)) -> bool {
    let end = e.to.or(e.lasts.then_some(n.as_of)).filter(|_| e.kind.is_bar()).unwrap_or(e.from);
    let ends = e.to.is_some_and(|t| t.timestamp() > from && t.timestamp() <= to);
    ends || (end.timestamp() > from && e.from.timestamp() <= to)
}
