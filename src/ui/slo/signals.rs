//! The golden signals on the axis of the graphs: a row each, or two where there is room. Which rows those are is worked out
//! from the height alone; what could not be read is UNKNOWN with its age, and a gap is left empty.

use ratatui::{layout::Rect, style::Style};

use crate::{
    app::desk::axis::AxisSight,
    config::theme::Role,
    domain::{
        Time,
        signals::{Golden, Line, Signal, columns, tale},
        slo::SloId,
    },
    ui::{Canvas, widgets::text::Pen},
};

use super::scale::{self, GUTTER, Span};

const EIGHTHS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const SIGNS: [&str; 8] = ["_", ".", ",", "-", "=", "+", "*", "#"];
/// Rows that the plots above keep.
const PLOTS_MIN: u16 = 4;
/// And what they keep before a signal gets a row of its own for its words.
const PLOTS_ROOMY: u16 = 12;

/// How many signals are drawn, and with how many rows each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) signals: u16,
    pub(super) each: u16,
}

impl Rows {
    pub(super) fn height(self) -> u16 {
        self.signals * self.each
    }
}

/// What fits below the plots: first every signal one row, then each a second one for its words.
pub(super) fn rows(there: usize, room: u16) -> Rows {
    let there = u16::try_from(there).unwrap_or(u16::MAX);
    let each = if room.saturating_sub(PLOTS_ROOMY) >= there.saturating_mul(2) { 2 } else { 1 };
    Rows { signals: there.min(room.saturating_sub(PLOTS_MIN) / each), each }
}

/// How many there are to draw.
pub(super) fn there(c: &Canvas<'_>, id: &SloId) -> usize {
    c.app.world.signals.of(id).map_or(0, |g| g.lines.len())
}

/// The most important ones, in the order of the four.
pub(super) fn draw(
    c: &mut Canvas<'_>,
    area: Rect,
    id: &SloId,
    rows: Rows,
    (span, sight, head): (Span, &AxisSight, Time),
) {
    let app = c.app;
    let Some(golden) = app.world.signals.of(id).filter(|_| rows.signals > 0) else { return };
    let mut kept: Vec<&Line> = golden.by_importance();
    kept.truncate(usize::from(rows.signals));
    let shown = golden.lines.iter().filter(|l| kept.iter().any(|k| std::ptr::eq(*k, *l)));
    for (i, line) in (0..rows.signals).zip(shown) {
        let own = Rect { y: area.y + i * rows.each, height: rows.each, ..area };
        one(c, own, line, (span, sight.cursor, head));
    }
}

fn one(c: &mut Canvas<'_>, area: Rect, line: &Line, (span, cursor, head): (Span, Option<Time>, Time)) {
    let (now, roomy) = (c.app.now, area.height > 1);
    let spark = Rect { y: area.y + area.height - 1, height: 1, ..area };
    let name = clipped(&line.ask.name.line());
    Pen::new(c.buf, Rect { width: GUTTER, ..spark }, 0).column_right(
        &name,
        usize::from(GUTTER) - 1,
        c.look.style(role(line, now)),
    );
    let plot = scale::plot(spark);
    let values = line.columns(span.axis(usize::from(plot.width)));
    bars(c, plot, line, &values);
    let there = cursor.filter(|at| *at < head);
    if let Some(column) = there.and_then(|at| span.column(at, usize::from(plot.width))) {
        super::strip::put(c.buf, plot, column, c.look.glyph("│", "|"), c.look.style(Role::Accent));
    }
    let words = words(line, &values, (there, now), roomy);
    let (place, style) = if roomy { (Rect { height: 1, ..area }, Role::Text) } else { (plot, Role::Title) };
    let start = if roomy { usize::from(GUTTER) } else { 0 };
    let style = if line.is_fresh(now) || there.is_some() { style } else { Role::Unknown };
    Pen::new(c.buf, place, 0).skip(start).put(&words, c.look.style(style));
}

fn role(line: &Line, now: Time) -> Role {
    match line.outlook.as_ref().and_then(|o| o.short(now)) {
        Some(_) => Role::Warning,
        None => Role::Dim,
    }
}

fn clipped(name: &str) -> String {
    name.chars().take(usize::from(GUTTER) - 1).collect()
}

/// What stands beside the row: the value, the scale, what it is of, when it is full; over it where there is no room, the
/// value and the forecast.
fn words(line: &Line, values: &[Option<f64>], (cursor, now): (Option<Time>, Time), roomy: bool) -> String {
    let value = at(line, cursor, now);
    let full = line.outlook.as_ref().and_then(|o| o.short(now));
    let range = columns::range(values);
    if !roomy {
        let most = range
            .filter(|_| full.is_none() && line.is_fresh(now))
            .map(|(_, most)| format!("max {}", line.ask.unit.write(most)));
        return [Some(value), full, most].into_iter().flatten().collect::<Vec<_>>().join(", ") + " ";
    }
    let scale = range.map(|r| tale::scale(line, r));
    let basis = line.ask.basis.line().into_owned();
    let name = format!("{} {}", line.ask.signal.as_str(), line.ask.name.line());
    let parts = [Some(name), Some(value), scale, line.outlook.as_ref().map(|o| o.words(now)), Some(basis)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
}

/// The value where the cursor stands, else that of now.
fn at(line: &Line, cursor: Option<Time>, now: Time) -> String {
    match cursor {
        Some(at) => line.at(at.timestamp()).map_or_else(|| "no data there".into(), |v| line.ask.unit.write(v)),
        None => tale::value(line, now).replace(" now", ""),
    }
}

/// From nothing, or from the least where that is far from nothing, to the most; of a share that fills up to its limit.
fn bars(c: &mut Canvas<'_>, plot: Rect, line: &Line, values: &[Option<f64>]) {
    let Some((low, high)) = columns::range(values) else { return };
    let bottom = low.min(0.0);
    let top = if line.ask.signal == Signal::Saturation { line.ask.full_at.unwrap_or(high).max(high) } else { high };
    let signs = if c.look.glyph("u", "a") == "u" { EIGHTHS } else { SIGNS };
    let style = style(c, line);
    for (column, value) in values.iter().enumerate() {
        if let Some(value) = value {
            super::strip::put(c.buf, plot, column, signs[level(*value, bottom, top, line.ask.signal)], style);
        }
    }
}

fn style(c: &Canvas<'_>, line: &Line) -> Style {
    c.look.style(match line.ask.signal {
        Signal::Latency => Role::Graph,
        Signal::Traffic => Role::GraphAlt,
        Signal::Errors => Role::Bad,
        Signal::Saturation => Role::Warning,
    })
}

/// One of eight; what is all along nothing lies on the ground.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped first")]
fn level(value: f64, bottom: f64, top: f64, signal: Signal) -> usize {
    let share = (value - bottom) / (top - bottom);
    // Few errors are seen beside many, as in the strip above.
    let share = if signal == Signal::Errors { share.sqrt() } else { share };
    if share.is_finite() { (share.clamp(0.0, 1.0) * 7.0).round() as usize } else { 0 }
}

/// For the line that says what stood under the cursor.
pub(super) fn readout(golden: Option<&Golden>, at: Time, head: Time) -> Vec<String> {
    let Some(golden) = golden.filter(|_| at < head) else { return Vec::new() };
    let told =
        |line: &Line| Some(format!("{} {}", line.ask.name.line(), line.ask.unit.write(line.at(at.timestamp())?)));
    golden.by_importance().into_iter().filter_map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_give_way_to_the_plots_and_words_to_rows() {
        let of = |room| {
            let r = rows(4, room);
            (r.signals, r.each)
        };
        assert_eq!(
            [of(0), of(4), of(6), of(8), of(19), of(20), of(50)],
            [(0, 1), (0, 1), (2, 1), (4, 1), (4, 1), (4, 2), (4, 2)]
        );
        assert_eq!(rows(0, 50).height(), 0);
    }

    #[test]
    fn a_value_that_is_none_is_on_the_ground() {
        assert_eq!(
            [(0.0, 0.0), (f64::NAN, 1.0), (9.0, 1.0)].map(|(v, top)| level(v, 0.0, top, Signal::Errors)),
            [0, 0, 7]
        );
    }
}
