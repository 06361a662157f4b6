//! What returned while this person was away: a list that they clear by hand, one by one or whole.

use crate::{
    app::{
        App,
        desk::{
            act,
            layer::Layer,
            strokes::{self, Stroke},
        },
        effect::Effects,
    },
    config::keymap::Command,
    domain::{Time, alert::AlertId},
};

use super::layer::Seeing;

pub(crate) fn open(app: &mut App, now: Time) -> Effects {
    if app.world.returned.waiting.is_empty() {
        app.desk.say_good(now, "nothing came and went while you were away");
        return Vec::new();
    }
    app.desk.layers.push(Layer::Seeing(Seeing::Returned { place: 0 }));
    Vec::new()
}

pub(super) fn key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let waiting = app.world.returned.waiting.len();
    let Some(Layer::Seeing(Seeing::Returned { place })) = app.desk.layers.last_mut() else { return Vec::new() };
    if let Some(to) = strokes::step(stroke, *place, waiting) {
        *place = to;
        return Vec::new();
    }
    let at = (*place).min(waiting.saturating_sub(1));
    match stroke {
        Stroke::Asks(Command::Open) => show(app, at),
        Stroke::Asks(Command::Mark) => clear(app, now, Some(at)),
        Stroke::Asks(Command::ReturnedClear) => clear(app, now, None),
        _ => Vec::new(),
    }
}

/// The alert whole; one that has left the board has its history yet.
fn show(app: &mut App, at: usize) -> Effects {
    match app.world.returned.waiting.get(at).and_then(|r| AlertId::of(&r.subject)) {
        Some(id) => act::show_alert(app, app.now, id),
        None => Vec::new(),
    }
}

/// Takes one from the queue, or all; an empty queue closes.
fn clear(app: &mut App, now: Time, at: Option<usize>) -> Effects {
    let waiting = &mut app.world.returned.waiting;
    match at {
        Some(at) if at < waiting.len() => drop(waiting.remove(at)),
        Some(_) => {}
        None => waiting.clear(),
    }
    let left = waiting.len();
    if let Some(Layer::Seeing(Seeing::Returned { place })) = app.desk.layers.last_mut() {
        *place = (*place).min(left.saturating_sub(1));
    }
    if left == 0 {
        app.desk.layers.pop();
        app.desk.say_good(now, "all that came and went is cleared");
    }
    app.world.keep_seen(now)
}
