//! The guided tour of the demo: which step it is at, and whether what the step asks for was done.
//!
//! A step waits for the person. What was done is read off the heart: what is selected, what lies on top, what the
//! journal says of this person. Knows no words and no keys.

use crate::{
    app::{App, effect::Effects, world::World},
    config::tour::{Deed, Step, steps},
    domain::{Time, alert::AlertId, entry::Kind, incident::Part},
};

use super::{Desk, layer::Layer};

/// Rows that it takes above the footer.
const ROWS: u16 = 4;
/// Below this height it would leave too little of what it speaks of.
const LOWEST: u16 = 18;

/// How far somebody is.
#[derive(Clone, Debug, Default)]
pub struct Tour {
    /// Whether acts here touch nothing real.
    pub possible: bool,
    /// Whether it is mentioned in the footer.
    pub offered: bool,
    pub on: bool,
    /// Steps that are over.
    pub step: usize,
    /// Whether the step before was done and not passed over.
    pub praised: bool,
    since: Standing,
}

/// All that a step can be told by.
#[derive(Clone, Debug, Default, PartialEq)]
struct Standing {
    selected: Option<AlertId>,
    top: Top,
    filtered: bool,
    cursor: Option<Time>,
    acked: usize,
    undone: usize,
    declared: usize,
    noted: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Top {
    #[default]
    Panes,
    Alert,
    Budget,
    Help,
    Else,
}

impl Tour {
    /// The step that waits; none where all are over.
    pub fn waits(&self) -> Option<&'static Step> {
        steps().get(self.step)
    }

    /// The step whose reason is still to be said.
    pub fn was(&self) -> Option<&'static Step> {
        steps().get(self.step.checked_sub(1)?).filter(|_| self.praised)
    }

    /// Rows that it takes of a screen of this height.
    pub fn rows(&self, height: u16) -> u16 {
        if self.on && height >= LOWEST { ROWS } else { 0 }
    }

    fn on_to(&mut self, step: usize, praised: bool, since: Standing) {
        (self.step, self.praised, self.since) = (step, praised, since);
    }
}

impl Standing {
    fn of(world: &World, desk: &Desk) -> Self {
        let mine = |is: fn(&Kind) -> bool| {
            world.timeline.entries.iter().filter(|e| is(&e.kind) && e.actor.raw() == world.user).count()
        };
        let sight = desk.layers.iter().rev().find_map(|layer| match layer {
            Layer::Alert { sight, .. } | Layer::Slo { sight, .. } => Some(sight),
            _ => None,
        });
        Self {
            selected: desk.selected_alert().cloned(),
            top: top(desk),
            filtered: desk.filter.holds.is_some(),
            cursor: sight.and_then(|s| s.cursor),
            acked: mine(|k| matches!(k, Kind::AckConfirmed)),
            undone: mine(|k| matches!(k, Kind::UnackConfirmed)),
            declared: mine(|k| matches!(k, Kind::Incident(Part::Declared))),
            noted: mine(|k| matches!(k, Kind::NoteAdded)),
        }
    }

    /// Whether this was done between then and now.
    fn has_done(&self, deed: Deed, now: &Self) -> bool {
        match deed {
            Deed::Moved => now.selected.is_some() && now.selected != self.selected,
            Deed::Opened => now.top == Top::Alert,
            Deed::Returned => now.top == Top::Panes,
            Deed::Filtered => now.filtered && now.top == Top::Panes,
            Deed::Acked => now.acked > self.acked,
            Deed::Undone => now.undone > self.undone,
            Deed::Budget => now.top == Top::Budget,
            Deed::Travelled => now.cursor.is_some() && now.cursor != self.cursor,
            Deed::Declared => now.declared > self.declared,
            Deed::Noted => now.noted > self.noted,
            Deed::Helped => now.top == Top::Help,
        }
    }
}

fn top(desk: &Desk) -> Top {
    match desk.top_layer() {
        None => Top::Panes,
        Some(Layer::Alert { .. }) => Top::Alert,
        Some(Layer::Slo { .. }) => Top::Budget,
        Some(Layer::Menu(menu)) if menu.kind == super::layer::MenuKind::Help => Top::Help,
        Some(_) => Top::Else,
    }
}

/// The command: begins, takes up again, or passes over a step.
pub(crate) fn run(app: &mut App, now: Time) -> Effects {
    let standing = Standing::of(&app.world, &app.desk);
    let tour = &mut app.desk.tour;
    tour.offered = false;
    match (tour.possible, tour.on) {
        (false, _) => {
            app.desk.say_bad(now, "the tour is part of a fresh demo alone: run `watchfire demo`, without --keep");
            return Vec::new();
        }
        (true, true) if tour.waits().is_some() => tour.on_to(tour.step + 1, false, standing),
        (true, true) => tour.on = false,
        (true, false) => {
            tour.on = true;
            // Once it is over it begins anew.
            let step = if tour.waits().is_some() { tour.step } else { 0 };
            tour.on_to(step, false, standing);
        }
    }
    if app.desk.tour.on && app.desk.height < LOWEST {
        app.desk.tour.on = false;
        app.desk.say_bad(now, format!("the tour needs a terminal of {LOWEST} lines"));
    }
    app.desk.scroll(&app.world);
    Vec::new()
}

/// Going back where there is nothing to go back from. Answers whether it was the tour's.
pub(crate) fn leave(app: &mut App, now: Time) -> bool {
    if !app.desk.tour.on {
        return false;
    }
    app.desk.tour.on = false;
    if app.desk.tour.waits().is_some() {
        app.desk.say_good(now, "the tour waits where you left it");
    }
    app.desk.scroll(&app.world);
    true
}

/// Goes on where the step was done.
pub(crate) fn follow(app: &mut App) {
    let Some(step) = app.desk.tour.waits().filter(|_| app.desk.tour.on) else { return };
    let standing = Standing::of(&app.world, &app.desk);
    let tour = &mut app.desk.tour;
    if tour.since.has_done(step.deed, &standing) {
        tour.on_to(tour.step + 1, true, standing);
    }
}
