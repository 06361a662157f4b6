//! Where the paces of the last hours and days lead: a dotted fan between the one that spends the budget soonest and the
//! one that does so latest, and the moment in words.

use ratatui::layout::Rect;

use crate::{
    config::theme::Role,
    domain::{
        Time,
        slo::{
            assess::Assessment,
            when::{RunsDry, paces, runs_out_words},
        },
    },
    ui::{
        Canvas,
        widgets::{
            plot::{Dots, row_of},
            text::{Pen, width},
        },
    },
};

use super::scale::{self, Span};

/// What is left above which the line itself runs where the words would stand.
const HIGH: f64 = 0.85;

/// From what is left now down to nothing at each end of the stretch; the present pace in closer dots.
pub(super) fn draw(c: &mut Canvas<'_>, plot: Rect, numbers: &Assessment, (span, bottom): (Span, f64)) {
    let (Some(left), Some(dry)) = (numbers.remaining, numbers.runs_dry()) else { return };
    let (mut fan, mut pace) = (Dots::new(plot), Dots::new(plot));
    let (columns, height) = (fan.width(), fan.height());
    for x in 0..columns {
        let at = Time::from_timestamp(span.axis(columns).edge(x), 0).unwrap_or(span.to);
        if at <= numbers.as_of {
            continue;
        }
        let row = |end: Option<Time>| row_of(left_at(left, numbers.as_of, at, end), bottom, 1.0, height);
        if let (Some(upper), Some(lower)) = (row(dry.latest), row(Some(dry.soonest))) {
            (upper..=lower).filter(|y| is_dotted(x, *y)).for_each(|y| fan.set(x, y));
        }
        let foretold = dry.foretold.filter(|end| at <= *end);
        if let Some(y) = foretold.and_then(|end| row(Some(end))).filter(|_| x % 2 == 0) {
            pace.set(x, y);
        }
    }
    let style = c.look.style(Role::Warning);
    fan.draw(c.buf, plot, c.look.style(Role::BarEmpty), c.look.pen(':'));
    pace.draw(c.buf, plot, style, c.look.pen('o'));
}

/// Every fourth dot, in a diagonal pattern: lighter than a line.
fn is_dotted(x: usize, y: usize) -> bool {
    x.is_multiple_of(2) && (x / 2 + y).is_multiple_of(3)
}

/// What is left at a moment on a straight way to nothing at `end`; without an end it stays.
#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
fn left_at(left: f64, now: Time, at: Time, end: Option<Time>) -> f64 {
    let Some(end) = end else { return left };
    let whole = (end - now).num_seconds().max(1) as f64;
    let gone = (at - now).num_seconds() as f64 / whole;
    left * (1.0 - gone).max(0.0)
}

/// When it runs out, over everything else, where the line is not.
pub(super) fn label(c: &mut Canvas<'_>, area: Rect, numbers: &Assessment) {
    let plot = scale::plot(area);
    let Some(text) = words(numbers) else { return };
    let line = if numbers.remaining.is_some_and(|r| r > HIGH) { plot.height * 2 / 3 } else { 0 };
    let room = usize::from(plot.width);
    // What the meter beside it says stands on another pace: where there is room, each says which.
    let longer = numbers.runs_dry().and_then(|_| paces(numbers)).map(|paces| format!("{text} {paces}"));
    let text = longer.filter(|longer| width(longer) * 3 <= room * 2).unwrap_or(text);
    if width(&text) <= room {
        Pen::new(c.buf, plot, line).skip(room - width(&text)).put(&text, c.look.style(Role::Warning));
    }
}

fn words(numbers: &Assessment) -> Option<String> {
    let dry: Option<RunsDry> = numbers.runs_dry();
    let is_told = dry.is_some() || numbers.recovers_at.is_some();
    is_told.then(|| runs_out_words(numbers, numbers.as_of))
}
