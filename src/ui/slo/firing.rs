//! When alerts fired, shaded behind the burn rate: those on the objective as the lanes have them, and where nobody watched
//! them the moments at which both windows of the tier were above its line.

use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};

use crate::{
    app::world::lanes::{Lane, Lanes},
    config::theme::Role,
    domain::{
        past::{self, Was},
        slo::{
            BudgetRow,
            assess::{Assessment, TierStatus},
            burn::Severity,
            curve,
        },
    },
    ui::Canvas,
};

use super::{scale::Span, strip};

/// The alerts that name the objective.
fn named(lanes: &Lanes) -> impl Iterator<Item = &Lane> {
    lanes.rows.iter().filter(|lane| lane.names)
}

fn seen(lanes: &Lanes) -> impl Iterator<Item = &past::Span> {
    named(lanes).flat_map(|lane| &lane.past.spans).filter(|s| s.was != Was::Unknown)
}

pub(super) fn draw(
    c: &mut Canvas<'_>,
    plot: Rect,
    (row, lanes): (&BudgetRow, &Lanes),
    numbers: &Assessment,
    (span, tier): (Span, &TierStatus),
) {
    let replayed = c.look.style(role(tier.severity));
    for (from, to) in unwatched(&replay(row, numbers, (span, tier)), lanes) {
        shade(c, plot, span, (from, to), (c.look.glyph("░", ":"), replayed));
    }
    for burned in seen(lanes) {
        let (sign, role) = match burned.was {
            Was::Firing => (c.look.glyph("▒", "%"), Role::Bad),
            Was::Pending | Was::Unknown => (c.look.glyph("░", ":"), Role::Warning),
        };
        let style = c.look.style(role);
        shade(c, plot, span, (burned.from.timestamp() - 1, burned.to.timestamp()), (sign, style));
    }
}

/// What the shades say.
pub(super) fn legend(c: &Canvas<'_>, lanes: &Lanes, tier: &TierStatus) -> Vec<(&'static str, Role, String)> {
    let limit = format!("{:.1}x", tier.factor).replace(".0x", "x");
    let mut out = vec![(
        c.look.glyph("░", ":"),
        role(tier.severity),
        format!("{} above {limit}, replayed", tier.severity.as_str()),
    )];
    if seen(lanes).any(|s| s.was == Was::Firing) {
        out.push((c.look.glyph("▒", "%"), Role::Bad, "alerts as they fired".into()));
    }
    out
}

pub(super) fn role(severity: Severity) -> Role {
    if severity == Severity::Page { Role::Bad } else { Role::Warning }
}

/// What of these stretches no alert on the objective is known for: a replay stands in for what nobody saw, never beside it.
fn unwatched(stretches: &[(i64, i64)], lanes: &Lanes) -> Vec<(i64, i64)> {
    let mut left = stretches.to_vec();
    if named(lanes).next().is_none() {
        return left;
    }
    for lane in named(lanes) {
        let unknown = lane.past.spans.iter().filter(|s| s.was == Was::Unknown);
        let unknown: Vec<(i64, i64)> = unknown.map(|s| (s.from.timestamp(), s.to.timestamp())).collect();
        let cut = |(from, to): &(i64, i64)| -> Vec<(i64, i64)> {
            unknown.iter().map(|(a, b)| (*a.max(from), *b.min(to))).filter(|(from, to)| from < to).collect()
        };
        left = left.iter().flat_map(cut).collect();
    }
    left
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Time,
        alert::Severity as AlertSeverity,
        past::{Past, Span as Burned},
        text::SafeText,
    };

    fn lane(spans: &[(i64, i64, Was)]) -> Lane {
        let at = |s| Time::from_timestamp(s, 0).unwrap();
        let spans = spans.iter().map(|(from, to, was)| Burned { from: at(*from), to: at(*to), was: *was });
        Lane {
            name: SafeText::new("Burn"),
            place: SafeText::default(),
            severity: AlertSeverity::Critical,
            count: 1,
            names: true,
            past: Past::new(at(0), at(1_000), spans),
            waiting: Vec::new(),
            failed: Vec::new(),
        }
    }

    fn lanes(rows: Vec<Lane>) -> Lanes {
        let at = |s| Time::from_timestamp(s, 0).unwrap();
        Lanes { slo: None, rows, more: 0, marks: Vec::new(), whole: (at(0), at(1_000)) }
    }

    #[test]
    fn a_replay_stands_only_where_nobody_watched() {
        let replayed = [(100, 300), (600, 700)];
        assert_eq!(unwatched(&replayed, &lanes(Vec::new())), replayed);
        let known_late = lane(&[(0, 200, Was::Unknown), (600, 650, Was::Firing)]);
        assert_eq!(unwatched(&replayed, &lanes(vec![known_late.clone()])), [(100, 200)]);
        assert_eq!(unwatched(&replayed, &lanes(vec![known_late, lane(&[])])), []);
    }
}
