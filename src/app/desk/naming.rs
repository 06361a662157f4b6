//! A thing is named rather than walked to: by who reads lines and has no rows to move over. What is named is selected as a
//! key would have selected it, so that the command after it means the same. Knows no numbers and no words.

use crate::{
    app::{App, effect::Effects, world::silences::SilenceId},
    config::keymap::Command,
    domain::{Time, alert::AlertId, incident::IncidentId, op::Covered, slo::SloId},
};

use super::{
    act, finding,
    incidents::{self, opened::Spot},
    layer::Layer,
    layout::Pane,
    silence_list,
    view::LineKey,
};

/// What the next command is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Naming {
    /// Nothing but the pane of the alerts: whatever was open is left.
    Panes,
    /// The watch itself: the timeline, and no entry of it.
    Watch,
    /// One alert is selected; several are marked.
    Alerts(Vec<AlertId>),
    Budget(SloId),
    /// An entry of the timeline, by its id.
    Entry(String),
    Silence(SilenceId),
    Incident(IncidentId),
    /// A part of an incident: an alert, a task, an entry of its timeline.
    Part(IncidentId, Spot),
}

/// Selects it, with nothing else open.
pub(crate) fn pick(app: &mut App, now: Time, pick: &Naming) -> Effects {
    app.desk.toast = None;
    app.desk.pending.clear();
    app.desk.layers.clear();
    match pick {
        Naming::Panes => act::focus(app, Pane::Alerts),
        Naming::Watch => watch(app),
        Naming::Alerts(ids) => alerts(app, now, ids),
        Naming::Budget(id) => budget(app, now, id),
        Naming::Entry(id) => entry(app, now, id),
        Naming::Silence(id) => silence(app, now, id),
        Naming::Incident(id) => incident(app, now, id),
        Naming::Part(id, spot) => part(app, now, id, spot),
    }
}

/// A command that was asked for by its name.
pub(crate) fn run(app: &mut App, now: Time, command: Command) -> Effects {
    app.desk.toast = None;
    app.desk.pending.clear();
    if app.desk.focus == Pane::Alerts {
        app.world.looked(now);
    }
    act::run(app, now, command)
}

fn watch(app: &mut App) -> Effects {
    let effects = act::focus(app, Pane::Timeline);
    app.desk.timeline.forget();
    effects
}

fn alerts(app: &mut App, now: Time, ids: &[AlertId]) -> Effects {
    drop(act::focus(app, Pane::Alerts));
    app.desk.marks.clear();
    finding::to_the_end(app);
    let told: Vec<Covered> = ids.iter().filter_map(|id| covered(app, id)).collect();
    match (ids, &told[..]) {
        ([_], [one]) => alert(app, now, one.alert.clone()),
        (_, all) if all.len() == ids.len() && !all.is_empty() => {
            app.desk.marks.only(told);
            Vec::new()
        }
        ([_], _) => gone(app, now, "that alert has gone"),
        (all, left) => {
            let why = format!("{} of these {} alerts have gone", all.len() - left.len(), all.len());
            gone(app, now, &why)
        }
    }
}

/// The alert as it is told now, be it by another source than before.
fn covered(app: &App, id: &AlertId) -> Option<Covered> {
    let row = app.world.board.at(app.world.slot_of(id)?)?;
    Some(Covered { alert: row.id.clone(), title: row.name().clone() })
}

/// One that is not among the lines, for a filter or a fold hides it, is opened.
fn alert(app: &mut App, now: Time, id: AlertId) -> Effects {
    let (world, visible) = (&app.world, &app.desk.visible);
    let place = app.desk.view.find(world, visible, &LineKey::Alert(id.clone()));
    let key = place.and_then(|place| Some((place, app.desk.view.key(world, visible, place)?)));
    match key {
        Some((place, key)) => {
            app.desk.alerts.select(key, place);
            app.desk.scroll(&app.world);
            Vec::new()
        }
        None => act::show_alert(app, now, id),
    }
}

fn budget(app: &mut App, now: Time, id: &SloId) -> Effects {
    drop(act::focus(app, Pane::Budgets));
    match app.world.budgets.rows.iter().position(|row| &row.slo.id == id) {
        Some(place) => app.desk.budgets.select(id.clone(), place),
        None => return gone(app, now, "that budget has gone"),
    }
    Vec::new()
}

fn entry(app: &mut App, now: Time, id: &str) -> Effects {
    drop(act::focus(app, Pane::Timeline));
    match app.desk.told(&app.world).iter().position(|entry| entry.id == id) {
        Some(place) => app.desk.timeline.select(id.to_owned(), place),
        None => return gone(app, now, "that entry is no longer in memory, `watchfire timeline` has it"),
    }
    Vec::new()
}

fn silence(app: &mut App, now: Time, id: &SilenceId) -> Effects {
    let effects = silence_list::open(app);
    let Some(Layer::Silences(list)) = app.desk.layers.last_mut() else { return effects };
    match list.rows.iter().position(|row| &row.id() == id) {
        Some(place) => list.cursor.select(id.clone(), place),
        None => return gone(app, now, "that silence has gone"),
    }
    effects
}

/// All of its alerts are there: who reads lines has no row to open the rest by.
fn incident(app: &mut App, now: Time, id: &IncidentId) -> Effects {
    let effects = incidents::open(app, now, id.clone());
    if let Some(Layer::Incident(opened)) = app.desk.layers.last_mut() {
        opened.all_alerts = true;
    }
    effects
}

fn part(app: &mut App, now: Time, id: &IncidentId, spot: &Spot) -> Effects {
    let mut effects = incident(app, now, id);
    let Some(Layer::Incident(opened)) = app.desk.layers.last_mut() else { return effects };
    match opened.spots(&app.world, now).iter().position(|s| s == spot) {
        Some(place) => opened.cursor.select(spot.clone(), place),
        None => effects.extend(gone(app, now, "that is no part of this incident")),
    }
    effects
}

fn gone(app: &mut App, now: Time, what: &str) -> Effects {
    app.desk.say_bad(now, format!("{what}; nothing was done"));
    Vec::new()
}
