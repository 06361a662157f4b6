//! One incident that is open: what may be selected in it, and what its keys say of it.

use crate::{
    app::{
        App,
        effect::Effects,
        world::{World, incidents::Saying},
    },
    config::keymap::Command,
    domain::{
        Time,
        alert::AlertId,
        entry::{Entry, Kind},
        incident::{Change, Detached, Incident, IncidentId, Line, Link, TaskTold},
        slo::SloId,
        text::SafeText,
    },
};

use super::super::{
    act,
    axis::{AxisSight, Graph},
    cursor::{ListCursor, Motion},
    forms,
    layer::Layer,
    paper,
};
use super::{form::Form, read, say};

#[derive(Clone, Debug)]
pub struct Opened {
    pub id: IncidentId,
    pub cursor: ListCursor<Spot>,
    /// What machines wrote is not shown.
    pub folded: bool,
    /// Every alert is shown, not the first few.
    pub all_alerts: bool,
    /// How its time axis is looked at.
    pub sight: AxisSight,
    /// The journal was asked for its timeline.
    pub(super) asked: bool,
}

/// What may be selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    Task(SafeText),
    Alert(AlertId),
    /// The alerts that are not shown: Enter shows them.
    More,
    Slo(SloId),
    Entry(String),
}

/// Alerts that are shown where there are more than a few.
const FEW: usize = 5;

impl Opened {
    pub(super) fn new(id: IncidentId) -> Self {
        Self {
            id,
            cursor: ListCursor::default(),
            folded: false,
            all_alerts: false,
            sight: AxisSight { graph: Graph::BurnRate, ..AxisSight::default() },
            asked: false,
        }
    }

    /// In the order in which they stand: tasks, alerts, budgets, the timeline.
    pub fn spots(&self, world: &World, now: Time) -> Vec<Spot> {
        let Some(incident) = world.incidents.all.get(&self.id) else { return Vec::new() };
        let tasks = incident.tasks.iter().map(|t| Spot::Task(t.id.clone()));
        let (shown, left) = self.alerts(incident);
        let more = (left > 0).then_some(Spot::More);
        let alerts = shown.into_iter().map(|l| Spot::Alert(l.alert.clone())).chain(more);
        let slos = incident.slos.iter().map(|s| Spot::Slo(SloId::new(s.raw())));
        let lines = self.lines(world, incident, now).into_iter().map(|l| Spot::Entry(l.entry.id.clone()));
        tasks.chain(alerts).chain(slos).chain(lines).collect()
    }

    /// The linked alerts that are shown, those that fired first in front, and how many are not.
    pub fn alerts<'i>(&self, incident: &'i Incident) -> (Vec<&'i Link>, usize) {
        let mut all: Vec<&Link> = incident.alerts.values().collect();
        all.sort_by_key(|l| (l.starts_at.is_none(), l.starts_at));
        let shown = if self.all_alerts || all.len() <= FEW + 1 { all.len() } else { FEW };
        let left = all.len() - shown;
        all.truncate(shown);
        (all, left)
    }

    /// The lines of its timeline that are shown.
    pub fn lines<'w>(&self, world: &'w World, incident: &Incident, now: Time) -> Vec<Line<'w>> {
        let mut lines = world.story(incident, now);
        if self.folded {
            lines.retain(|l| !l.entry.is_of_a_machine());
        }
        lines
    }

    pub(super) fn follow(&mut self, world: &World, now: Time) {
        let spots = self.spots(world, now);
        self.cursor.follow(spots.len(), |spot| spots.iter().position(|s| s == spot), |at| spots.get(at).cloned());
    }

    pub(super) fn go(&mut self, world: &World, now: Time, motion: Motion) {
        let spots = self.spots(world, now);
        self.cursor.go(motion, spots.len(), |at| spots.get(at).cloned());
    }
}

/// What a command does in it; none of its own: what it does everywhere.
pub(super) fn run(app: &mut App, now: Time, command: Command) -> Option<Effects> {
    let Some(Layer::Incident(opened)) = app.desk.layers.last_mut() else { return None };
    opened.cursor.hold();
    let (id, spot) = (opened.id.clone(), opened.cursor.selected().cloned());
    match command {
        Command::FoldMachines => {
            opened.folded = !opened.folded;
            opened.follow(&app.world, now);
            return Some(Vec::new());
        }
        Command::Open => return open(app, now, spot?),
        Command::PostMortem => return Some(paper::post_mortem(app, id)),
        _ => {}
    }
    let incident = app.world.incidents.all.get(&id)?.clone();
    Some(match command {
        Command::IncidentStatus => ask(app, now, read::status(&incident)),
        Command::IncidentRole => ask(app, now, read::role(&incident, &app.world.user)),
        Command::IncidentTask => ask(app, now, read::task(&incident)),
        Command::IncidentTimes => ask(app, now, read::time(&incident)),
        Command::IncidentAttach => ask(app, now, read::attach(&incident)),
        Command::IncidentTitle => ask(app, now, read::rename(&app.world, &incident)),
        Command::Mark if matches!(spot, Some(Spot::Task(_))) => tick(app, now, &incident, spot),
        Command::IncidentDetach => detach(app, now, &incident, spot),
        Command::IncidentCorrect => correct(app, now, spot),
        _ => return None,
    })
}

fn ask(app: &mut App, now: Time, form: Form) -> Effects {
    match app.world.may_write() {
        Ok(()) => app.desk.layers.push(Layer::Tell(Box::new(form))),
        Err(why) => app.desk.say_bad(now, why),
    }
    Vec::new()
}

fn open(app: &mut App, now: Time, spot: Spot) -> Option<Effects> {
    Some(match spot {
        Spot::Task(task) => {
            let Some(Layer::Incident(opened)) = app.desk.layers.last() else { return None };
            let incident = app.world.incidents.all.get(&opened.id)?.clone();
            let form = read::edit_task(&incident, incident.task(task.raw())?);
            ask(app, now, form)
        }
        Spot::Alert(id) => act::show_alert(app, now, id),
        Spot::More => {
            if let Some(Layer::Incident(opened)) = app.desk.layers.last_mut() {
                opened.all_alerts = true;
                opened.follow(&app.world, now);
            }
            Vec::new()
        }
        Spot::Slo(id) => act::show_slo(app, now, id),
        Spot::Entry(id) => {
            app.desk.layers.push(Layer::Entry { id, scroll: 0 });
            Vec::new()
        }
    })
}

/// A task is done, or is to be done again.
fn tick(app: &mut App, now: Time, incident: &Incident, spot: Option<Spot>) -> Effects {
    let Some(Spot::Task(id)) = spot else {
        app.desk.say_bad(now, "no task is selected; t adds one");
        return Vec::new();
    };
    let Some(task) = incident.task(id.raw()) else { return Vec::new() };
    let told = TaskTold { task: id, what: Some(task.text.clone()), owner: None, done: Some(task.done.is_none()) };
    say(app, now, Saying::new(incident, Change::Task(told), now))
}

fn detach(app: &mut App, now: Time, incident: &Incident, spot: Option<Spot>) -> Effects {
    let told = match spot {
        Some(Spot::Alert(id)) => Detached { alerts: vec![id], ..Detached::default() },
        Some(Spot::Slo(id)) => Detached { slos: [SafeText::new(id.as_str())].into(), ..Detached::default() },
        Some(Spot::Entry(id)) if app.world.entry_known(&id).is_some_and(|e| IncidentId::of(&e.subject).is_none()) => {
            Detached { entries: [SafeText::new(&id)].into(), ..Detached::default() }
        }
        _ => {
            let key = app.key_of(Command::IncidentDetach);
            let first = "select an alert, a budget or an entry about something else first";
            app.desk.say_bad(now, format!("{first}: {key} takes it out"));
            return Vec::new();
        }
    };
    say(app, now, Saying::new(incident, Change::Detached(told), now))
}

/// Another text for the note that is selected.
fn correct(app: &mut App, now: Time, spot: Option<Spot>) -> Effects {
    let Some(Spot::Entry(id)) = spot else {
        app.desk.say_bad(now, "select a note in the timeline first: c corrects it");
        return Vec::new();
    };
    let entry: Option<Entry> = app.world.entry_known(&id).cloned();
    match entry.filter(|e| e.kind == Kind::NoteAdded) {
        Some(note) => forms::open_correction(app, now, &note),
        None => {
            app.desk
                .say_bad(now, "only a note has a text to correct; a time or a status is corrected by another (T, s)");
            Vec::new()
        }
    }
}
