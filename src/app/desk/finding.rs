//! What a key left undone so that its frame could come first: rows to be looked at, values to be counted. It goes on in
//! steps between which keys are heard.
//!
//! Whoever needs all of it asks for its end. Refuses to know who calls when.

use crate::app::{App, effect::Effects};

use super::{Desk, completing, filtering, layer::Layer, view::LineKey};

/// What was selected when the filter changed, and not found yet: it is selected once it is found, unless a key moved
/// the selection meanwhile.
#[derive(Debug, Default)]
pub(super) struct Wanted(Option<LineKey>);

impl Wanted {
    pub(super) fn set(&mut self, wanted: Option<&LineKey>) {
        self.0 = wanted.cloned();
    }
}

impl Desk {
    /// Whether more rows may pass the filter than are seen yet.
    pub fn is_searching(&self) -> bool {
        self.sight.is_searching()
    }
}

impl App {
    /// Whether something is left to do that no key waits for.
    pub fn has_more(&self) -> bool {
        let counts = match self.desk.top_layer() {
            Some(Layer::Filter { list, .. }) => list.has_more(),
            Some(Layer::Seeing(seeing)) => seeing.has_more(),
            _ => false,
        };
        self.desk.sight.has_more() || self.desk.views.has_more() || counts
    }

    /// The next step of it.
    pub(crate) fn go_on(&mut self) -> Effects {
        if self.desk.sight.has_more() {
            look_on(self);
        } else if self.desk.views.has_more() {
            self.desk.views.count_on(&self.world, self.now);
        } else if let Some(Layer::Seeing(seeing)) = self.desk.layers.last_mut() {
            seeing.count_on(&self.world);
        } else {
            completing::count_on(self);
        }
        Vec::new()
    }
}

fn look_on(app: &mut App) {
    let desk = &mut app.desk;
    let (was_partial, before) = (desk.sight.is_searching(), desk.visible.len());
    desk.sight.go_on(&mut desk.visible, &app.world, app.now);
    let done = !desk.sight.has_more();
    // The rows seen stay while others are looked at aside; lines that are put in another order are put so once, at the end.
    let shown_as_is = was_partial && !desk.view.is_listed();
    let more = desk.visible.len() != before && (shown_as_is || before == 0);
    if done || more {
        desk.follow_seen(&app.world);
    }
    if done && was_partial {
        select_wanted(app);
    }
}

fn select_wanted(app: &mut App) {
    let Some(wanted) = app.desk.wanted.0.take() else { return };
    if app.desk.alerts.sticks() {
        filtering::select_passing(app, Some(&wanted));
    }
}

/// Everything that passes is needed at once.
pub(crate) fn to_the_end(app: &mut App) {
    while app.desk.sight.has_more() {
        look_on(app);
    }
}
