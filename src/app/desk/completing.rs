//! How a filter being typed may go on: the list above the filter line.

use crate::{
    app::{App, world::World},
    domain::{
        Time,
        filter::{Candidate, Catalogue, Name, Spot, What, spot},
    },
};

use super::layer::Layer;

/// Alerts that are counted while a key waits, and with each step after it until all are: a key must not wait for a
/// hundred thousand.
const AT_ONCE: usize = 1_000;
const AT_A_STEP: usize = 4_000;

/// The list, and what it is made from. Nothing is offered before the first letter.
#[derive(Clone, Debug, Default)]
pub struct Completion {
    pub offers: Vec<Candidate>,
    pub chosen: Option<usize>,
    from: usize,
    /// Whether more alerts have what is offered than were counted so far.
    pub is_partial: bool,
    is_open: bool,
    /// How many alerts were counted when it was made.
    offered: usize,
    /// Counted when it is first needed, for as long as the line is open.
    catalogue: Catalogue,
    /// How many alerts were counted for the values of each name; for the names themselves under none.
    counted: Vec<(Option<Name>, usize)>,
}

impl Completion {
    /// Whether more is to be counted for it.
    pub(super) fn has_more(&self) -> bool {
        self.is_open && self.is_partial
    }

    /// Where the piece begins that a candidate replaces.
    pub fn from(&self) -> usize {
        self.from
    }

    pub(super) fn close(&mut self) {
        self.offers.clear();
        self.is_open = false;
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
    if list.counted(&spot) == 0 {
        list.count(&spot, &app.world, app.now, AT_ONCE);
    }
    list.offer(&spot, &app.world);
}

/// Counts on where the alerts are many; what was chosen stays so.
pub(crate) fn count_on(app: &mut App) {
    let Some(Layer::Filter { text, list, .. }) = app.desk.layers.last_mut() else { return };
    if !list.is_open || !list.is_partial {
        return;
    }
    let Some(spot) = spot(text.as_str(), text.before_cursor().len()) else { return };
    let chosen = list.chosen.and_then(|at| list.offers.get(at)).map(|c| c.text.clone());
    list.count(&spot, &app.world, app.now, AT_A_STEP);
    let counted = list.counted(&spot);
    // Each time twice as many were counted: the list is made anew from all that was found.
    if counted < list.offered * 2 && counted < app.world.board.len() {
        return;
    }
    list.offer(&spot, &app.world);
    list.chosen = chosen.and_then(|text| list.offers.iter().position(|c| c.text == text));
}

impl Completion {
    fn counted(&self, spot: &Spot) -> usize {
        self.counted.iter().find(|(name, _)| name.as_ref() == valued(spot)).map_or(0, |(_, counted)| *counted)
    }

    /// Counts the next so many alerts.
    fn count(&mut self, spot: &Spot, world: &World, now: Time, many: usize) {
        let (from, wanted) = (self.counted(spot), valued(spot));
        let rows = world.board.iter().skip(from).take(many);
        match wanted {
            Some(name) => {
                let asks_new = name.pseudo && name.text == "@new";
                self.catalogue.count(name, rows.map(|row| world.facts_asked(row, now, asks_new)));
            }
            None => self.catalogue.count_names(rows.map(|row| &row.alert.labels)),
        }
        self.counted.retain(|(name, _)| name.as_ref() != wanted);
        self.counted.push((wanted.cloned(), from + many));
    }

    fn offer(&mut self, spot: &Spot, world: &World) {
        self.offers = self.catalogue.offer(spot);
        self.from = spot.from;
        self.is_open = true;
        self.offered = self.counted(spot);
        self.is_partial = self.counted(spot) < world.board.len();
    }
}

/// The name whose values are asked for.
fn valued(spot: &Spot) -> Option<&Name> {
    match &spot.what {
        What::Value { name, .. } => Some(name),
        What::Name { .. } => None,
    }
}
