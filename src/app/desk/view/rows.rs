//! The one door from the view to the board: which rows are seen, in the order of the board, and where one stands.
//!
//! Everything else in the view speaks of spots and never of how the board keeps its rows.

use crate::{
    app::world::{World, board::Row},
    domain::alert::AlertId,
};

/// Where a row stands on the board; good until the board changes.
pub type Spot = usize;

pub fn row(world: &World, spot: Spot) -> &Row {
    &world.board.rows[spot]
}

pub fn spot(world: &World, id: &AlertId) -> Option<Spot> {
    world.board.place(id)
}
