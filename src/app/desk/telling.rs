//! The timeline pane: which entries are shown, and that machines' may be left out.

use std::collections::HashSet;

use crate::{
    app::{App, effect::Effects, world::World},
    domain::{
        entry::{Entry, Kind},
        op::OpId,
    },
};

use super::{Desk, cursor::Motion};

impl Desk {
    /// The entries that the pane shows, the oldest first. A correction is shown where what it corrects is, and an act is
    /// one line: what came of it takes the place of what was meant to be done.
    pub fn told<'w>(&self, world: &'w World) -> Vec<&'w Entry> {
        let entries = &world.timeline.entries;
        let ended: HashSet<&OpId> =
            entries.iter().filter(|e| !e.is_intent()).filter_map(|e| e.body.op.as_ref()).collect();
        let is_over = |e: &Entry| e.is_intent() && e.body.op.as_ref().is_some_and(|op| ended.contains(op));
        let left_out = |e: &Entry| {
            e.kind == Kind::NoteCorrected || is_over(e) || !self.kinds.shows(e) || (self.folded && e.is_of_a_machine())
        };
        entries.iter().filter(|e| !left_out(e)).collect()
    }

    pub(super) fn follow_timeline(&mut self, world: &World) {
        let entries = self.told(world);
        self.timeline.follow(
            entries.len(),
            |id| entries.iter().position(|e| &e.id == id),
            |i| entries.get(i).map(|e| e.id.clone()),
        );
    }

    pub(super) fn go_timeline(&mut self, world: &World, motion: Motion) {
        let entries = self.told(world);
        self.timeline.go(motion, entries.len(), |i| entries.get(i).map(|e| e.id.clone()));
    }
}

/// Leaves out what machines wrote, or shows it again.
pub(super) fn fold(app: &mut App) -> Effects {
    app.desk.folded = !app.desk.folded;
    app.desk.timeline.forget();
    app.desk.follow_others(&app.world);
    app.desk.scroll(&app.world);
    let text = if app.desk.folded { "what machines wrote is left out" } else { "every entry is shown" };
    app.desk.say_good(app.now, text);
    Vec::new()
}
