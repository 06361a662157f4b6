//! When alerts fired, shaded behind the burn rate: those that were seen to fire, and before anybody saw them the moments at
//! which both windows of the tier were above its line.

use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};

use crate::{
    app::world::{
        happened::{About, Event},
        marks::MarkKind,
    },
    config::theme::Role,
    domain::slo::{
        BudgetRow,
        assess::{Assessment, TierStatus},
        burn::Severity,
        curve,
    },
    ui::Canvas,
};

use super::{scale::Span, strip};

/// The alerts that name the objective.
fn seen(happened: &[Event]) -> impl Iterator<Item = &Event> {
    happened.iter().filter(|e| e.kind == MarkKind::Alert && e.about == About::Objective)
}

pub(super) fn draw(
    c: &mut Canvas<'_>,
    plot: Rect,
    (row, happened): (&BudgetRow, &[Event]),
    numbers: &Assessment,
    (span, tier): (Span, &TierStatus),
) {
    let known_since = seen(happened).map(|e| e.from.timestamp()).min();
    let replayed = c.look.style(role(tier.severity));
    for (from, to) in replay(row, numbers, (span, tier)) {
        let to = known_since.map_or(to, |since| to.min(since));
        if from < to {
            shade(c, plot, span, (from, to), (c.look.glyph("░", ":"), replayed));
        }
    }
    for event in seen(happened) {
        let end = event.to.or(event.lasts.then_some(numbers.as_of)).unwrap_or(event.from);
        let sign = if event.pending { c.look.glyph("░", ":") } else { c.look.glyph("▒", "%") };
        let style = c.look.style(if event.pending { Role::Warning } else { Role::Bad });
        shade(c, plot, span, (event.from.timestamp() - 1, end.timestamp()), (sign, style));
    }
}

/// What the shades say.
pub(super) fn legend(c: &Canvas<'_>, happened: &[Event], tier: &TierStatus) -> Vec<(&'static str, Role, String)> {
    let limit = format!("{:.1}x", tier.factor).replace(".0x", "x");
    let mut out = vec![(
        c.look.glyph("░", ":"),
        role(tier.severity),
        format!("{} above {limit}, replayed", tier.severity.as_str()),
    )];
    if seen(happened).next().is_some() {
        out.push((c.look.glyph("▒", "%"), Role::Bad, "alerts as they fired".into()));
    }
    out
}

pub(super) fn role(severity: Severity) -> Role {
    if severity == Severity::Page { Role::Bad } else { Role::Warning }
}

/// `(from, to]` in Unix seconds: from the first to the last moment at which both windows were above the tier's line.
fn replay(row: &BudgetRow, numbers: &Assessment, (span, tier): (Span, &TierStatus)) -> Vec<(i64, i64)> {
    let head = numbers.as_of.timestamp();
    let curve = |back: i64| curve::burn_curve(&row.history, &row.slo.objective, head, span.axis(1), back);
    let mut goes_on = false;
    let mut found: Vec<(i64, i64)> = Vec::new();
    for ((at, long), (_, short)) in curve(tier.long_s).into_iter().zip(curve(tier.short_s)) {
        let above = |rate: Option<f64>| rate.is_some_and(|r| r > tier.factor);
        let both = above(long) && above(short);
        match found.last_mut().filter(|_| goes_on && both) {
            Some((_, to)) => *to = at,
            None if both => found.push((at - 1, at)),
            None => {}
        }
        goes_on = both;
    }
    found
}

fn shade(c: &mut Canvas<'_>, plot: Rect, span: Span, (from, to): (i64, i64), (sign, style): (&str, Style)) {
    let axis = span.axis(usize::from(plot.width));
    let (first, last) = (from.max(axis.from) + 1, to.min(axis.to));
    let (Some(first), Some(last)) = (axis.column(first), axis.column(last)) else { return };
    for line in 0..plot.height {
        let strip = Rect { y: plot.y + line, height: 1, ..plot };
        (first..=last).for_each(|column| strip::put(c.buf, strip, column, sign, style.add_modifier(Modifier::DIM)));
    }
}
