//! Where a moment and a value stand on a plot. Every number is checked before it becomes a cell.

use ratatui::layout::Rect;

use crate::domain::{Time, slo::curve::Axis};

/// Columns of the left axis.
pub(in crate::ui) const GUTTER: u16 = 7;

/// A plot's part of time.
#[derive(Clone, Copy, Debug)]
pub(in crate::ui) struct Span {
    pub from: Time,
    pub to: Time,
}

impl Span {
    /// Into how many columns the counts are laid.
    pub(in crate::ui) fn axis(self, columns: usize) -> Axis {
        Axis::new(self.from.timestamp(), self.to.timestamp(), columns)
    }

    /// The cell of `width` that holds a moment.
    pub(in crate::ui) fn column(self, at: Time, width: usize) -> Option<usize> {
        if width == 0 { None } else { self.axis(width).column(at.timestamp()) }
    }

    /// The moment in the middle of a cell.
    pub(in crate::ui) fn moment(self, column: usize, width: usize) -> Time {
        let axis = self.axis(width);
        let middle = i64::midpoint(axis.edge(column), axis.edge(column + 1));
        Time::from_timestamp(middle, 0).unwrap_or(self.to)
    }
}

/// The plot of an area: right of the left axis.
pub(in crate::ui) fn plot(area: Rect) -> Rect {
    Rect { x: area.x + GUTTER.min(area.width), width: area.width.saturating_sub(GUTTER + 1), ..area }
}

/// How a moment is written where the axis is this long.
pub(in crate::ui) fn format(span: Span) -> &'static str {
    match (span.to - span.from).num_hours() {
        0..=47 => "%H:%M",
        48..=335 => "%a %d.%m.",
        _ => "%d.%m.",
    }
}
