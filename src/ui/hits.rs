//! What lies where on the screen that was drawn: a frame brings its own map, so that no mouse event is read against
//! another one. Knows places and what the heart calls them.

use ratatui::layout::{Position, Rect};

use crate::{app::desk::touch::Spot, domain::Time};

use super::slo::scale::Span;

/// A part of the screen.
#[derive(Clone, Debug)]
pub struct Hit {
    area: Rect,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Spot(Spot),
    /// A column a moment.
    Axis(Span),
}

impl Hit {
    /// What a press there means. Beyond the ends of an axis it means its ends.
    pub fn spot(&self, column: u16) -> Spot {
        match &self.what {
            What::Spot(spot) => spot.clone(),
            What::Axis(span) => Spot::Moment(moment(*span, self.area, column)),
        }
    }

    /// The moment of a column, where this is an axis.
    pub fn moment(&self, column: u16) -> Option<Time> {
        match self.what {
            What::Axis(span) => Some(moment(span, self.area, column)),
            What::Spot(_) => None,
        }
    }
}

fn moment(span: Span, area: Rect, column: u16) -> Time {
    let column = column.saturating_sub(area.x).min(area.width.saturating_sub(1));
    span.moment(usize::from(column), usize::from(area.width))
}

/// Everything that may be pressed; what was drawn last lies on top.
#[derive(Clone, Debug, Default)]
pub struct Hits(Vec<Hit>);

impl Hits {
    pub(crate) fn add(&mut self, area: Rect, spot: Spot) {
        self.0.push(Hit { area, what: What::Spot(spot) });
    }

    /// One line of an area.
    pub(crate) fn line(&mut self, area: Rect, line: u16, spot: Spot) {
        self.add(Rect { y: area.y + line, height: 1, ..area }, spot);
    }

    pub(in crate::ui) fn axis(&mut self, area: Rect, span: Span) {
        if area.width > 0 {
            self.0.push(Hit { area, what: What::Axis(span) });
        }
    }

    /// A dialog lies over the panes: only the keys at the foot of the screen are still there.
    pub(super) fn cover(&mut self, body: Rect) {
        self.0.retain(|hit| matches!(hit.what, What::Spot(Spot::Keys(_))));
        self.0.insert(0, Hit { area: body, what: What::Spot(Spot::Layer) });
    }

    /// What lies at a place.
    pub fn at(&self, column: u16, row: u16) -> Option<&Hit> {
        self.0.iter().rev().find(|hit| hit.area.contains(Position { x: column, y: row }))
    }
}
