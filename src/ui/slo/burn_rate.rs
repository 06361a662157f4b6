//! How fast a budget was spent: burn rate on a logarithmic axis, the tier's two windows, and the lines they fire at.
//!
//! A column shows the most that was measured in it: a spike is never averaged away.

use ratatui::layout::Rect;

use crate::{
    app::world::lanes::Lanes,
    config::theme::Role,
    domain::{
        duration,
        slo::{BudgetRow, assess::Assessment, curve},
    },
    ui::{
        Canvas,
        widgets::{
            plot::{Dots, row_of},
            text::Pen,
        },
    },
};

use super::{
    firing,
    scale::{self, GUTTER, Span},
};

/// Below this a rate is drawn at the bottom: as good as nothing.
const LEAST: f64 = 0.1;

/// Draws both windows of the tier with that number.
pub(super) fn draw(
    c: &mut Canvas<'_>,
    area: Rect,
    (row, lanes): (&BudgetRow, &Lanes),
    numbers: &Assessment,
    (span, tier): (Span, usize),
) {
    let plot = scale::plot(area);
    let most = most(row, numbers);
    let Some(tier) = numbers.tiers.get(tier).or(numbers.tiers.first()) else {
        Pen::new(c.buf, plot, 0).put("nobody is alerted on this objective", c.look.style(Role::Hint));
        return;
    };
    firing::draw(c, plot, (row, lanes), numbers, (span, tier));
    rules(c, area, plot, numbers, most);
    for (back, role, sign) in [(tier.short_s, Role::GraphAlt, '+'), (tier.long_s, Role::Graph, '*')] {
        line(c, plot, (row, numbers, back), (span, most, role, sign));
    }
}

/// Which lines these are, in the upper left, where the oldest rates stand.
pub(super) fn legend(c: &mut Canvas<'_>, area: Rect, lanes: &Lanes, numbers: &Assessment, tier: usize) {
    let Some(tier) = numbers.tiers.get(tier).or(numbers.tiers.first()) else { return };
    let plot = scale::plot(area);
    let (long, short) = (duration::prometheus(tier.long_s), duration::prometheus(tier.short_s));
    let mut parts = vec![(c.look.glyph("━", "*"), Role::Graph, long), (c.look.glyph("─", "+"), Role::GraphAlt, short)];
    parts.extend(firing::legend(c, lanes, tier));
    let dim = c.look.style(Role::Dim);
    let mut pen = Pen::new(c.buf, plot, 0);
    for (sign, role, text) in parts {
        pen.put(sign, c.look.style(role)).put(&format!(" {text} "), dim);
    }
}

/// The top of the axis: no rate is above a full outage, and few graphs need to reach that far.
fn most(row: &BudgetRow, numbers: &Assessment) -> f64 {
    let full = 1.0 / row.slo.objective.budget_ratio().max(1e-9);
    let tiers = numbers.tiers.iter().map(|t| t.factor).fold(10.0, f64::max);
    let seen = numbers.burn.iter().filter_map(|(_, b)| *b).filter(|b| b.is_finite()).fold(0.0, f64::max);
    (tiers.max(seen) * 2.0).clamp(1.0, full.max(1.0))
}

fn height_of(rate: f64, most: f64, height: usize) -> Option<usize> {
    let log = |v: f64| v.max(LEAST).log10();
    if rate.is_nan() { None } else { row_of(log(rate.min(most)), LEAST.log10(), log(most), height) }
}

/// A rule at each tier's factor, and at 1: what lies above it cannot go on for a whole window.
fn rules(c: &mut Canvas<'_>, area: Rect, plot: Rect, numbers: &Assessment, most: f64) {
    let dim = c.look.style(Role::Dim);
    let mut dots = Dots::new(plot);
    let mut labels = vec![(1.0, "1x".to_owned())];
    labels.extend(numbers.tiers.iter().map(|t| (t.factor, format!("{:.1}x", t.factor).replace(".0x", "x"))));
    labels.push((most, format!("{most:.0}x")));
    let mut used = Vec::new();
    for (rate, label) in labels {
        let Some(y) = height_of(rate, most, dots.height()) else { continue };
        (0..dots.width()).step_by(6).for_each(|x| dots.set(x, y));
        let line = u16::try_from(y / 4).unwrap_or(0);
        if !used.contains(&line) {
            used.push(line);
            let gutter = Rect { width: GUTTER, ..area };
            Pen::new(c.buf, gutter, line).column_right(&label, usize::from(GUTTER) - 1, dim);
        }
    }
    dots.draw(c.buf, plot, c.look.style(Role::BarEmpty), c.look.pen('.'));
}

fn line(
    c: &mut Canvas<'_>,
    plot: Rect,
    (row, numbers, back): (&BudgetRow, &Assessment, i64),
    (span, most, role, sign): (Span, f64, Role, char),
) {
    let mut dots = Dots::new(plot);
    let axis = span.axis(dots.width());
    let mut heights: Vec<Option<usize>> = vec![None; dots.width()];
    let mut last: Option<(usize, usize)> = None;
    for (at, rate) in curve::burn_curve(&row.history, &row.slo.objective, numbers.as_of.timestamp(), axis, back) {
        let (Some(x), Some(y)) = (axis.column(at), rate.and_then(|r| height_of(r, most, dots.height()))) else {
            last = None;
            continue;
        };
        // An hour is one point and several dots wide: the line goes on between two that follow each other.
        if let Some((from, level)) = last {
            (from + 1..x).for_each(|between| heights[between] = Some(level));
        }
        heights[x] = Some(heights[x].map_or(y, |before| before.min(y)));
        last = Some((x, y));
    }
    dots.line(&heights);
    dots.draw(c.buf, plot, c.look.style(role), c.look.pen(sign));
}
