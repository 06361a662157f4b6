//! A mouse event and the map of the frame it fell on, as what the heart understands. Knows no state of the cockpit.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind as Kind};

use crate::{app::desk::touch::Touch, ui::hits::Hits};

/// What was drawn last, and the axis on which the button is held.
#[derive(Clone, Debug, Default)]
pub struct Mouse {
    hits: Hits,
    held: Option<crate::ui::hits::Hit>,
}

impl Mouse {
    /// Another frame was drawn.
    pub fn see(&mut self, hits: Hits) {
        self.hits = hits;
    }

    /// What an event means; none where it means nothing here.
    pub fn read(&mut self, event: MouseEvent) -> Option<Touch> {
        let (column, row) = (event.column, event.row);
        match event.kind {
            Kind::Down(MouseButton::Left) => {
                self.held = self.hits.at(column, row).cloned();
                Some(Touch::Press(self.held.as_ref()?.spot(column)))
            }
            // A drag belongs to the axis on which it began, wherever the pointer is.
            Kind::Drag(MouseButton::Left) => self.held.as_ref()?.moment(column).map(Touch::Drag),
            Kind::Up(_) => {
                self.held = None;
                None
            }
            Kind::ScrollDown | Kind::ScrollUp => {
                let over = self.hits.at(column, row)?.spot(column);
                Some(Touch::Wheel { over, down: event.kind == Kind::ScrollDown })
            }
            _ => None,
        }
    }
}
