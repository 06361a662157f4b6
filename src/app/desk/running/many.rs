//! One action on all that is marked: from the plan to an end for each, and once more for those it failed on.

use crate::{
    app::{
        App,
        desk::layer::Layer,
        effect::Effects,
        world::actions::{Run, Set},
    },
    config::keymap::Command as Asked,
    domain::{
        Time,
        action::Target,
        op::{BatchId, OpId},
        text::SafeText,
    },
};

use super::{
    super::{
        strokes::{self, Stroke},
        view::LineKey,
    },
    Lot, PlanForm, RunSight, Sheet, TextBuffer, What, quit,
};

/// How a set goes, one line for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetSight {
    pub id: BatchId,
    /// Which of them is selected.
    pub place: usize,
}

/// What is marked, else the alerts of a selected group; and how many of them have gone. Of one alert that several sources
/// tell only the one before the person.
pub(super) fn targets(app: &App) -> (Vec<Target>, usize) {
    let is_group = matches!(app.desk.alerts.selected(), Some(LineKey::Group(_)));
    if app.desk.marked_count(&app.world) == 0 && !is_group {
        return (Vec::new(), 0);
    }
    let chosen = super::super::many::marked(app);
    let there: Vec<Target> = chosen.iter().filter_map(|c| app.world.target_of(&c.alert)).collect();
    let gone = chosen.len() - there.len();
    (there, gone)
}

/// Writes the first one down and shows how they go.
pub(super) fn start(app: &mut App, now: Time, form: &PlanForm, lot: Lot) -> Effects {
    let What::Action(action) = &form.what else { return Vec::new() };
    let named = |(target, why): (Target, String)| (SafeText::new(&target.name()), SafeText::new(&why));
    let left_out = lot.left_out.into_iter().map(named).collect();
    let what = (action.as_ref().clone(), form.inputs());
    let (id, effects) = app.world.start_set(now, what, lot.ready, left_out);
    app.desk.marks.clear();
    show(app, id);
    app.desk.follow(&app.world, now);
    effects
}

pub(super) fn show(app: &mut App, id: BatchId) {
    app.desk.layers.push(Layer::Action(Box::new(Sheet::Set(SetSight { id, place: 0 }))));
}

/// Whether the set of a run is before the person.
pub(super) fn shows(app: &App, op: &OpId) -> bool {
    let set = app.world.actions.run(op).and_then(|r| r.set.as_ref());
    match app.desk.layers.last() {
        Some(Layer::Action(sheet)) => {
            matches!((sheet.as_ref(), set), (Sheet::Set(sight), Some(set)) if sight.id == set.id)
        }
        _ => false,
    }
}

pub(super) fn key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let Some(Layer::Action(sheet)) = app.desk.layers.last_mut() else { return Vec::new() };
    let Sheet::Set(sight) = sheet.as_mut() else { return Vec::new() };
    let id = sight.id.clone();
    let len = app.world.actions.set(&id).map_or(0, |s| s.runs.len());
    if let Some(to) = strokes::step(stroke, sight.place, len) {
        sight.place = to;
        return Vec::new();
    }
    match stroke {
        Stroke::Asks(Asked::Quit) => return quit(app, now),
        Stroke::Asks(Asked::Back) => drop(app.desk.layers.pop()),
        Stroke::Asks(Asked::Open) => open(app),
        Stroke::Asks(Asked::RunStop) => return stop(app, now, &id),
        Stroke::Asks(Asked::RunAgain) => again(app, now, &id),
        _ => {}
    }
    Vec::new()
}

/// What the selected one said.
fn open(app: &mut App) {
    let Some(Layer::Action(sheet)) = app.desk.layers.last() else { return };
    let Sheet::Set(sight) = sheet.as_ref() else { return };
    let set = app.world.actions.set(&sight.id);
    let Some(op) = set.and_then(|s| s.runs.get(sight.place)).cloned() else { return };
    app.desk.layers.push(Layer::Action(Box::new(Sheet::Run(RunSight { op, top: None }))));
}

fn stop(app: &mut App, now: Time, id: &BatchId) -> Effects {
    if app.world.actions.set(id).is_none_or(|s| s.is_over(&app.world.actions)) {
        app.desk.say_bad(now, "all of them have ended already");
        return Vec::new();
    }
    app.world.stop_set(now, id)
}

/// The plan once more, for those it was not done on: it is shown before anything runs.
fn again(app: &mut App, now: Time, id: &BatchId) {
    let Some(set) = app.world.actions.set(id).cloned() else { return };
    if !set.is_over(&app.world.actions) {
        return app.desk.say_bad(now, "they are on their way still; stop them first, or wait");
    }
    let targets = app.world.not_done(&set);
    if targets.is_empty() {
        return app.desk.say_good(now, "it was done on every one that is still there");
    }
    let form = PlanForm::again(set, targets);
    app.desk.layers.pop();
    app.desk.layers.push(Layer::Action(Box::new(Sheet::Plan(form))));
}

impl PlanForm {
    /// As it was confirmed, on fewer.
    fn again(set: Set, targets: Vec<Target>) -> Self {
        let written: Vec<String> =
            set.action.inputs.iter().map(|i| set.inputs.get(&i.name).cloned().unwrap_or_default()).collect();
        let mut form = Self::new(What::Action(Box::new(set.action)), targets);
        form.fields.iter_mut().zip(written).for_each(|(field, text)| *field = TextBuffer::new(&text));
        form
    }
}

impl SetSight {
    /// Its runs, in the order of the plan.
    pub fn runs<'a>(&self, app: &'a App) -> Vec<&'a Run> {
        let actions = &app.world.actions;
        let set = actions.set(&self.id);
        set.map(|s| s.runs.iter().filter_map(|op| actions.run(op)).collect()).unwrap_or_default()
    }
}
