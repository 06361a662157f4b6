//! Walking from an open alert to those that may burn for the same reason.

use crate::{
    app::{App, effect::Effects},
    domain::Time,
};

use super::{Desk, act, layer::Layer};

impl Desk {
    /// Which of the related alerts is marked, where an alert is open.
    pub fn picked_related(&self) -> Option<usize> {
        match self.layers.last() {
            Some(Layer::Alert { related, .. }) => *related,
            _ => None,
        }
    }
}

/// Marks the next related alert, and the first again after the last.
pub(super) fn next(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Alert { id, related, .. }) = app.desk.layers.last_mut() else {
        app.desk.say_bad(now, "open an alert first: related alerts stand in its detail");
        return Vec::new();
    };
    let count = app.world.walk(id).len();
    *related = (count > 0).then(|| related.map_or(0, |place| (place + 1) % count));
    if count == 0 {
        app.desk.say_bad(now, "nothing on the board is related to this alert");
    }
    Vec::new()
}

/// Opens the marked one over the alert that is open; Esc comes back.
pub(super) fn open(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Alert { id, related: Some(place), .. }) = app.desk.layers.last() else { return Vec::new() };
    match app.world.walk(id).into_iter().nth(*place) {
        Some(other) => act::show_alert(app, now, other),
        None => Vec::new(),
    }
}

/// The open alert is delivered now by another source: it is the same alert, and stays open.
pub(crate) fn follow(app: &mut App) -> Effects {
    let Some(Layer::Alert { id, .. }) = app.desk.layers.last() else { return Vec::new() };
    if app.world.board.get(id).is_some() {
        return Vec::new();
    }
    let host = app.world.slot_of(id).and_then(|slot| app.world.board.at(slot)).map(|row| row.id.clone());
    match (host, app.desk.layers.last_mut()) {
        (Some(host), Some(Layer::Alert { id, .. })) => {
            *id = host;
            come_back(app, app.now)
        }
        _ => Vec::new(),
    }
}

/// An alert that lay under another is on top again: what is known around it is asked anew.
pub(super) fn come_back(app: &mut App, now: Time) -> Effects {
    match app.desk.layers.pop() {
        Some(Layer::Alert { id, scroll, related, sight }) => {
            let effects = act::show_alert(app, now, id);
            if let Some(Layer::Alert { scroll: s, related: r, sight: a, .. }) = app.desk.layers.last_mut() {
                (*s, *r, *a) = (scroll, related, sight);
            }
            effects
        }
        Some(other) => {
            app.desk.layers.push(other);
            Vec::new()
        }
        None => Vec::new(),
    }
}
