//! The band over whatever is about to be done: in which profile it will be.

use ratatui::layout::Rect;

use crate::app::desk::layer::Layer;

use super::{Canvas, widgets::text::Pen};

/// Lower than this there is no row to spare; the header names the profile there, too.
const ROOMY: u16 = 12;

/// Draws the band where the layer is a plan and a profile is in force; answers the rest of the area.
pub(crate) fn over(c: &mut Canvas<'_>, layer: &Layer, area: Rect) -> Rect {
    let Some(profile) = c.app.world.profile.as_ref().filter(|_| area.height >= ROOMY) else { return area };
    if !layer.is_of_a_plan() || matches!(layer, Layer::Menu(_) | Layer::Filter { .. } | Layer::Seeing(_)) {
        return area;
    }
    let style = c.look.band(profile.colour);
    let row = Rect { height: 1, ..area };
    let text = format!(" on {}", profile.shout());
    Pen::new(c.buf, row, 0).column(&text, usize::from(area.width), style);
    Rect { y: area.y + 1, height: area.height - 1, ..area }
}
