//! The timeline pane: which entries are shown, and that machines' may be left out.

use crate::{
    app::{App, effect::Effects, world::World},
    domain::entry::{Entry, Kind},
};

use super::{Desk, cursor::Motion};

impl Desk {
    /// The entries that the pane shows, the oldest first. A correction is shown where what it corrects is.
    pub fn told<'w>(&self, world: &'w World) -> Vec<&'w Entry> {
        let shown = |e: &&Entry| e.kind != Kind::NoteCorrected && !(self.folded && e.is_of_a_machine());
        world.timeline.entries.iter().filter(shown).collect()
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
