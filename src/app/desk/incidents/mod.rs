//! Incidents before a person: the list, one that is open, the forms to say something of one.
//!
//! What is said is shown first, written when it is confirmed, and taken back with undo. Nothing is sent to any source.

pub(crate) mod draft;
pub mod form;
pub mod list;
pub mod opened;
pub mod read;
mod start;

use crate::{
    app::{
        App,
        effect::Effects,
        world::{incidents::Saying, lanes::Of},
    },
    config::keymap::Command,
    domain::{Time, incident::IncidentId},
};

use super::{cursor::Motion, layer::Layer, strokes::Stroke};

use form::What;
use list::List;
use opened::Opened;

/// `i`: opens the incident that what is before you belongs to, else a form to declare one from it.
pub(crate) fn declare(app: &mut App, now: Time) -> Effects {
    if let Some(id) = start::known(app) {
        return open(app, now, id);
    }
    let seed = start::seed(app);
    match app.world.may_write() {
        Ok(()) => draft::open(app, read::declare(&app.world, seed)),
        Err(why) => {
            app.desk.say_bad(now, why);
            Vec::new()
        }
    }
}

/// The list of all incidents.
pub(crate) fn open_list(app: &mut App) -> Effects {
    app.desk.layers.retain(|l| !matches!(l, Layer::Incidents(_) | Layer::Incident(_)));
    app.desk.layers.push(Layer::Incidents(List::default()));
    follow(app);
    Vec::new()
}

/// One incident, whole.
pub(crate) fn open(app: &mut App, now: Time, id: IncidentId) -> Effects {
    app.desk.layers.retain(|l| !matches!(l, Layer::Incident(o) if o.id == id));
    app.desk.layers.push(Layer::Incident(Opened::new(id)));
    follow(app);
    read_story(app, now)
}

/// Asks the journal, once, for all that belongs to the timeline of the incident that is open.
fn read_story(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Incident(opened)) = app.desk.layers.iter_mut().rev().find(|l| matches!(l, Layer::Incident(_)))
    else {
        return Vec::new();
    };
    if opened.asked {
        return Vec::new();
    }
    let effect = app.world.read_story(&opened.id, now);
    opened.asked |= effect.is_some();
    let of = Of::Incident(opened.id.clone());
    let mut effects: Effects = effect.into_iter().collect();
    effects.extend(app.world.recall_lanes(&of, now));
    effects
}

/// Entries of the journal came; where there is news of incidents among them, a filter may be answered otherwise.
pub(crate) fn heard(app: &mut App, news: bool) -> Effects {
    let now = app.now;
    if news {
        app.desk.look_again(&app.world, now);
    }
    follow(app);
    let mut effects = read_story(app, now);
    if news {
        effects.extend(app.world.join_incidents(now));
    }
    effects
}

/// Something changed: lists tell it anew.
fn follow(app: &mut App) {
    let (world, now) = (&app.world, app.now);
    for layer in &mut app.desk.layers {
        match layer {
            Layer::Incidents(list) => list.follow(world),
            Layer::Incident(opened) => opened.follow(world, now),
            _ => {}
        }
    }
}

pub(crate) fn go(app: &mut App, motion: Motion) {
    let (world, now) = (&app.world, app.now);
    match app.desk.layers.last_mut() {
        Some(Layer::Incidents(list)) => list.go(world, motion),
        Some(Layer::Incident(opened)) => opened.go(world, now, motion),
        _ => {}
    }
}

/// A command in the list or in an open incident; none of theirs: what it does everywhere.
pub(crate) fn run(app: &mut App, now: Time, command: Command) -> Option<Effects> {
    match app.desk.layers.last() {
        Some(Layer::Incidents(_)) => list::run(app, now, command),
        Some(Layer::Incident(_)) => opened::run(app, now, command),
        _ => None,
    }
}

/// A key in a form.
pub(crate) fn form_key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let Some(Layer::Tell(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    match stroke {
        Stroke::Asks(Command::FormCancel) => {
            if let Some(Layer::Tell(form)) = app.desk.layers.pop() {
                draft::leave(app, now, &form);
            }
            Vec::new()
        }
        Stroke::Asks(Command::FormSend) => send(app, now),
        stroke => {
            form.key(stroke);
            draft::save(app)
        }
    }
}

/// Pasted text goes into the field that has the keys.
pub(crate) fn paste(app: &mut App, text: &str) -> Effects {
    if let Some(Layer::Tell(form)) = app.desk.layers.last_mut() {
        form.paste(text);
    }
    draft::save(app)
}

/// Writes what the form shows, or says why it cannot.
fn send(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Tell(mut form)) = app.desk.layers.pop() else { return Vec::new() };
    let asked = app.world.may_write().and_then(|()| read::asked(&form, &app.world, now));
    match asked {
        Ok(read::Asked::Declare(plan, at)) => {
            app.desk.marks.clear();
            let (id, mut effects) = app.world.declare(now, at, plan.told, "");
            app.desk.layers.push(Layer::Incident(Opened::new(id)));
            effects.extend(draft::done(app, &form));
            effects
        }
        Ok(read::Asked::Say(sayings)) => {
            if matches!(form.what, What::Declare(_)) {
                app.desk.marks.clear();
            }
            let mut effects: Effects =
                sayings.into_iter().flat_map(|saying| app.world.say_of_incident(now, saying)).collect();
            effects.extend(draft::done(app, &form));
            effects
        }
        Err(why) => {
            form.error = Some(why);
            app.desk.layers.push(Layer::Tell(form));
            Vec::new()
        }
    }
}

/// Says one thing at once, where nothing is left to be asked.
fn say(app: &mut App, now: Time, saying: Saying) -> Effects {
    match app.world.may_write() {
        Ok(()) => app.world.say_of_incident(now, saying),
        Err(why) => {
            app.desk.say_bad(now, why);
            Vec::new()
        }
    }
}
