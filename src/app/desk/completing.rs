//! How a filter being typed may go on: the list above the filter line.

use crate::{
    app::App,
    domain::filter::{Candidate, Catalogue, What, spot},
};

use super::layer::Layer;

/// The list, and what it is made from. Nothing is offered before the first letter.
#[derive(Clone, Debug, Default)]
pub struct Completion {
    pub offers: Vec<Candidate>,
    pub chosen: Option<usize>,
    from: usize,
    /// Counted when it is first needed, for as long as the line is open.
    catalogue: Option<Catalogue>,
}

impl Completion {
    /// Where the piece begins that a candidate replaces.
    pub fn from(&self) -> usize {
        self.from
    }

    pub(super) fn close(&mut self) {
        self.offers.clear();
        self.chosen = None;
    }

    pub(super) fn choose_next(&mut self) {
        let last = self.offers.len().saturating_sub(1);
        self.chosen = Some(self.chosen.map_or(0, |at| (at + 1).min(last)));
    }

    /// Above the first nothing is chosen.
    pub(super) fn choose_previous(&mut self) {
        self.chosen = self.chosen.and_then(|at| at.checked_sub(1));
    }

    /// What is taken, and from where on it replaces what is written: the chosen one, else the first.
    pub(super) fn taken(&self) -> Option<(usize, String)> {
        let candidate = self.offers.get(self.chosen.unwrap_or(0))?;
        Some((self.from, candidate.text.clone()))
    }
}

/// Offers what fits the piece before the cursor.
pub(super) fn refresh(app: &mut App) {
    let Some(Layer::Filter { text, list, .. }) = app.desk.layers.last_mut() else { return };
    list.close();
    let Some(spot) = spot(text.as_str(), text.before_cursor().len()) else { return };
    let (world, now) = (&app.world, app.now);
    let catalogue =
        list.catalogue.get_or_insert_with(|| Catalogue::of(world.board.iter().map(|row| &row.alert.labels)));
    if let What::Value { name, .. } = &spot.what
        && catalogue.lacks(name)
    {
        catalogue.count(name, world.board.iter().map(|row| world.facts(row, now)));
    }
    list.offers = catalogue.offer(&spot);
    list.from = spot.from;
}
