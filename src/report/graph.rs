//! What was left of a budget around an incident, as a picture: a step line, the incident as a band, its times as upright
//! lines. A few kilobytes of SVG, readable on a light and on a dark page.
//!
//! Draws from the counts themselves, as finely as they are known, so that the drop in the picture is the share in the text.

use std::fmt::Write;

use chrono::Duration;

use crate::domain::{
    Time,
    slo::{BudgetRow, assess::Assessment, span, tale::percent, timeline::Timeline},
    text::sanitise,
};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 260.0;
/// Room for the numbers at the left, the title above, the time below.
const LEFT: f64 = 56.0;
const TOP: f64 = 34.0;
const RIGHT: f64 = 12.0;
const BOTTOM: f64 = 34.0;
/// Points of the line.
const POINTS: i64 = 360;

/// Lines closer than this cannot both have a name beside them.
const CLOSE: f64 = 12.0;
/// Counts come in buckets: so long after the last one nothing is missing.
const NOT_YET: Duration = Duration::minutes(5);

/// A moment that is marked: its name and when it was.
pub type Mark = (&'static str, Time);

/// The picture; none where the budget was not counted around that time.
pub fn svg(row: &BudgetRow, (from, to): (Time, Time), marks: &[Mark]) -> Option<String> {
    let numbers = row.numbers()?;
    let margin = ((to - from) / 2).max(Duration::minutes(15));
    let (begin, end) = (from - margin, (to + margin).min(numbers.as_of));
    let line = span::line(row, numbers, begin);
    let points = left(numbers, &line, (begin, end))?;
    let plot = Plot::around(&points, (begin, end));
    let mut out = String::with_capacity(8_192);
    plot.frame(&mut out, row, (from, to.min(end)));
    plot.line(&mut out, &points);
    plot.marks(&mut out, marks, end);
    out.push_str("</svg>\n");
    Some(out)
}

/// What was left at each moment of the budget of the window that ends now.
fn left(numbers: &Assessment, line: &Timeline, (begin, end): (Time, Time)) -> Option<Vec<(Time, f64)>> {
    let (a, b) = (begin.timestamp(), end.timestamp());
    if b <= a || line.sum(a, b).total.is_none() {
        return None;
    }
    let remaining = numbers.remaining.filter(|r| r.is_finite())?;
    let head = numbers.as_of.timestamp();
    let step = ((b - a) / POINTS).max(1);
    let at = |t: i64| {
        let since = numbers.share(line.sum(t, head).bad.unwrap_or(0.0))?;
        Some((Time::from_timestamp(t, 0)?, remaining + since)).filter(|(_, left)| left.is_finite())
    };
    (a..b).step_by(usize::try_from(step).unwrap_or(1)).chain([b]).map(at).collect()
}

/// Where a moment and a share stand in the picture.
struct Plot {
    begin: Time,
    end: Time,
    low: f64,
    high: f64,
}

impl Plot {
    fn around(points: &[(Time, f64)], (begin, end): (Time, Time)) -> Self {
        let (low, high) = points.iter().fold((f64::MAX, f64::MIN), |(l, h), (_, v)| (l.min(*v), h.max(*v)));
        let pad = ((high - low) * 0.1).max(0.005);
        Self { begin, end, low: low - pad, high: high + pad }
    }

    #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
    fn x(&self, at: Time) -> f64 {
        let whole = (self.end - self.begin).num_seconds().max(1) as f64;
        let part = (at - self.begin).num_seconds() as f64 / whole;
        LEFT + part.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, share: f64) -> f64 {
        let part = (share - self.low) / (self.high - self.low);
        HEIGHT - BOTTOM - part.clamp(0.0, 1.0) * (HEIGHT - TOP - BOTTOM)
    }

    fn frame(&self, out: &mut String, row: &BudgetRow, (from, to): (Time, Time)) {
        let _ = write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             font-family=\"system-ui,sans-serif\" font-size=\"12\" fill=\"#777\">\n<title>{0}</title>\n\
             <text x=\"{LEFT}\" y=\"18\" font-size=\"14\" font-weight=\"bold\">{0}</text>\n",
            escape(&format!(
                "What was left of {} ({} % over {})",
                row.slo.title.line(),
                row.slo.objective.as_percent(),
                row.slo.window.words()
            ))
        );
        let (x, width) = (self.x(from), (self.x(to) - self.x(from)).max(1.0));
        let height = HEIGHT - TOP - BOTTOM;
        let _ = writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{TOP}\" width=\"{width:.1}\" height=\"{height}\" fill=\"#e5484d\" opacity=\"0.14\"/>"
        );
        for share in [self.high, f64::midpoint(self.high, self.low), self.low] {
            let y = self.y(share);
            let _ = writeln!(
                out,
                "<path d=\"M{LEFT} {y:.1}H{}\" stroke=\"#8884\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                WIDTH - RIGHT,
                LEFT - 6.0,
                y + 4.0,
                percent(share).replace(' ', "")
            );
        }
        self.axis(out);
    }

    fn axis(&self, out: &mut String) {
        let format = if self.end - self.begin > Duration::hours(20) { "%d.%m. %H:%M" } else { "%H:%M" };
        for part in 0..=4 {
            let at = self.begin + (self.end - self.begin) / 4 * part;
            let anchor = match part {
                0 => "start",
                4 => "end",
                _ => "middle",
            };
            let (x, y) = (self.x(at), HEIGHT - 12.0);
            let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text>", at.format(format));
        }
    }

    /// Spending is a step: the line holds its height until the next point.
    fn line(&self, out: &mut String, points: &[(Time, f64)]) {
        out.push_str("<path fill=\"none\" stroke=\"#e5484d\" stroke-width=\"2\" d=\"");
        let mut height = None;
        for (i, (at, share)) in points.iter().enumerate() {
            let y = format!("{:.1}", self.y(*share));
            match &height {
                None => drop(write!(out, "M{:.1} {y}", self.x(*at))),
                Some(before) if *before == y && i + 1 < points.len() => continue,
                Some(_) => drop(write!(out, "H{:.1}V{y}", self.x(*at))),
            }
            height = Some(y);
        }
        out.push_str("\"/>\n");
    }

    /// Marks that stand too close for two names share one line; what is not counted yet stands at the edge.
    fn marks(&self, out: &mut String, marks: &[Mark], end: Time) {
        let seen = |at: Time| self.begin <= at && at <= end + NOT_YET;
        let mut lines: Vec<(f64, String)> = Vec::new();
        for (name, at) in marks.iter().filter(|(_, at)| seen(*at)) {
            let x = self.x(*at);
            match lines.last_mut().filter(|(before, _)| (x - before).abs() < CLOSE) {
                Some((_, names)) => drop(write!(names, ", {name}")),
                None => lines.push((x, (*name).to_owned())),
            }
        }
        lines.iter().for_each(|(x, names)| self.mark(out, *x, names));
    }

    fn mark(&self, out: &mut String, x: f64, name: &str) {
        let low = HEIGHT - BOTTOM;
        let (left, top) = (if x + CLOSE > WIDTH - RIGHT { x - 10.0 } else { x + 3.0 }, TOP + 4.0);
        let _ = writeln!(
            out,
            "<path d=\"M{x:.1} {TOP}V{low:.1}\" stroke=\"#888\" stroke-dasharray=\"3 3\"/>\
             <text x=\"{left:.1}\" y=\"{top:.1}\" transform=\"rotate(90 {left:.1} {top:.1})\" font-size=\"11\">{name}</text>"
        );
    }
}

fn escape(text: &str) -> String {
    sanitise(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
