//! The desk's selection among the lines of the alerts pane: how it follows them, moves in them, and what it stands for.

use crate::{app::world::World, domain::alert::AlertId};

use super::{
    super::{Desk, cursor::Motion},
    LineKey,
};

impl Desk {
    /// The rows changed, or how they are seen: the lines, and where the selection stands among them.
    pub(crate) fn follow_lines(&mut self, world: &World) {
        if !self.view.stands_still(self.alerts.sticks()) {
            self.view.let_go();
        }
        self.view.arrange(world, &self.visible);
        self.raise_hidden(world);
        let (view, visible) = (&self.view, &self.visible);
        self.alerts.follow(view.len(visible), |key| view.find(world, visible, key), |at| view.key(world, visible, at));
        // The line is the same, though another tells it now, or more do, or fewer.
        if let Some(key) = self.alerts.place().and_then(|place| view.key(world, visible, place)) {
            self.alerts.rename(key);
        }
    }

    /// An alert that a fold hides is not lost: its header stands for it.
    fn raise_hidden(&mut self, world: &World) {
        let Some(selected) = self.alerts.selected().filter(|_| self.view.is_grouped() && !self.alerts.sticks()) else {
            return;
        };
        let header = self.view.header_of(world, selected);
        let Some(header) = header.filter(|key| self.view.folds.is_folded(key)) else { return };
        let key = LineKey::Group(header);
        if let Some(place) = self.view.find(world, &self.visible, &key) {
            self.alerts.select(key, place);
        }
    }

    pub(crate) fn go_lines(&mut self, world: &World, motion: Motion) {
        let (view, visible) = (&self.view, &self.visible);
        self.alerts.go(motion, view.len(visible), |at| view.key(world, visible, at));
        let arrived = world.storm.total();
        if !self.view.stands_still(self.alerts.sticks()) {
            // Whoever leaves the lines alone sees them in their order again.
            self.follow_lines(world);
        } else if self.view.arrived_since(arrived).is_none() {
            self.view.hold(arrived);
        }
    }

    /// Puts lines that were held back into their order.
    pub(crate) fn sort_again(&mut self, world: &World) {
        let held = self.view.arrived_since(0).is_some();
        self.view.let_go();
        self.follow_lines(world);
        if held {
            self.view.hold(world.storm.total());
        }
        self.scroll(world);
    }

    /// The selected alert, of a joined line the worst; none where a header is selected, or nothing.
    pub fn selected_alert(&self) -> Option<&AlertId> {
        match self.alerts.selected()? {
            LineKey::Alert(id) => Some(id),
            LineKey::Twins(ids) => ids.first(),
            LineKey::Group(_) => None,
        }
    }

    /// What an act on the selected line is about: the alert, all its tales, or all alerts of the group.
    pub fn selected_alerts(&self, world: &World) -> Vec<AlertId> {
        self.alerts.selected().map(|key| self.view.alerts_of(world, key)).unwrap_or_default()
    }
}
