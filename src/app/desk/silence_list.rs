//! The list of all silences: extend in two keys, end, edit, make anew; several at once where several are marked.

use std::collections::BTreeSet;

use crate::{
    app::{
        App,
        effect::Effects,
        world::{
            silence_rows::SilenceRow,
            silences::{Later, SilenceId},
        },
    },
    config::keymap::Command,
    domain::{Time, silence::find::Find},
};

use super::{
    cursor::{ListCursor, Motion},
    layer::Layer,
    silence_form::SilenceForm,
    silencing,
    strokes::Stroke,
    text::TextBuffer,
};

/// The list as it is looked at.
#[derive(Clone, Debug, Default)]
pub struct SilenceList {
    /// Those that pass the filter.
    pub rows: Vec<SilenceRow>,
    /// How many there are in all.
    pub all: usize,
    pub cursor: ListCursor<SilenceId>,
    pub marked: BTreeSet<SilenceId>,
    pub filter: TextBuffer,
    /// Whether keys go to the filter.
    pub filtering: bool,
}

impl SilenceList {
    /// What an act is about: the marked ones, else the selected one.
    fn meant(&self) -> Vec<SilenceId> {
        if self.marked.is_empty() {
            self.cursor.selected().cloned().into_iter().collect()
        } else {
            self.marked.iter().cloned().collect()
        }
    }

    pub(crate) fn go(&mut self, motion: Motion, height: usize) {
        let rows = &self.rows;
        self.cursor.go(motion, rows.len(), |i| rows.get(i).map(SilenceRow::id));
        self.cursor.scroll(height, rows.len());
    }

    fn take(&mut self, rows: Vec<SilenceRow>, height: usize) {
        self.all = rows.len();
        self.marked.retain(|id| rows.iter().any(|r| &r.id() == id));
        let find = Find::typed(self.filter.as_str());
        self.rows = rows.into_iter().filter(|r| find.matches(r.source.as_str(), &r.silence)).collect();
        let rows = &self.rows;
        self.cursor.follow(
            rows.len(),
            |id| rows.iter().position(|r| &r.id() == id),
            |i| rows.get(i).map(SilenceRow::id),
        );
        self.cursor.scroll(height, rows.len());
    }
}

/// Most lines that problems may take from the list.
pub const PROBLEMS_MAX: usize = 3;

/// Lines of silences that the screen has room for.
fn height(app: &App) -> usize {
    let body = app.desk.regions(&app.world).body.height;
    let problems = app.world.silence_problems().len().min(PROBLEMS_MAX);
    usize::from(body.saturating_sub(2)).saturating_sub(problems).max(1)
}

pub(crate) fn open(app: &mut App) -> Effects {
    if !app.desk.layers.iter().any(|l| matches!(l, Layer::Silences(_))) {
        app.desk.layers.push(Layer::Silences(SilenceList::default()));
    }
    follow(app);
    Vec::new()
}

/// Something changed: the list, wherever it lies, tells it anew.
pub(crate) fn follow(app: &mut App) {
    if !app.desk.layers.iter().any(|l| matches!(l, Layer::Silences(_))) {
        return;
    }
    let (rows, height) = (app.world.silence_rows(app.now), height(app));
    for layer in &mut app.desk.layers {
        if let Layer::Silences(list) = layer {
            list.take(rows, height);
            break;
        }
    }
}

pub(crate) fn go(app: &mut App, motion: Motion) {
    let height = height(app);
    if let Some(Layer::Silences(list)) = app.desk.layers.last_mut() {
        list.go(motion, height);
    }
}

/// A command in the list or in the detail of one; none of theirs: what it does everywhere.
pub(crate) fn run(app: &mut App, now: Time, command: Command) -> Option<Effects> {
    if let Some(Layer::Silences(list)) = app.desk.layers.last_mut() {
        list.cursor.hold();
    }
    match command {
        Command::SilenceNew => Some(new(app, now)),
        Command::SilenceEdit => Some(edit(app, now)),
        Command::SilenceExtend => Some(extend(app, now)),
        Command::SilenceEnd => Some(expire(app, now)),
        Command::Mark => Some(mark(app)),
        Command::Filter => Some(begin_filter(app)),
        Command::Open => detail(app),
        Command::Back => clear(app),
        _ => None,
    }
}

/// A key while the filter is written.
pub(crate) fn filter_key(app: &mut App, stroke: Stroke) -> Effects {
    if let Some(Layer::Silences(list)) = app.desk.layers.last_mut() {
        match stroke {
            Stroke::Asks(Command::MenuChoose) => list.filtering = false,
            Stroke::Asks(Command::MenuCancel) => {
                list.filtering = false;
                list.filter = TextBuffer::default();
            }
            Stroke::Asks(_) => {}
            Stroke::Types(key) => drop(list.filter.key(key)),
        }
    }
    Vec::new()
}

fn begin_filter(app: &mut App) -> Effects {
    if let Some(Layer::Silences(list)) = app.desk.layers.last_mut() {
        list.filtering = true;
    }
    Vec::new()
}

/// Esc takes the marks first, then the filter; then it leaves.
fn clear(app: &mut App) -> Option<Effects> {
    let Some(Layer::Silences(list)) = app.desk.layers.last_mut() else { return None };
    if !list.marked.is_empty() {
        list.marked.clear();
    } else if !list.filter.is_empty() {
        list.filter = TextBuffer::default();
    } else {
        return None;
    }
    Some(Vec::new())
}

fn mark(app: &mut App) -> Effects {
    if let Some(Layer::Silences(list)) = app.desk.layers.last_mut()
        && let Some(id) = list.cursor.selected().cloned()
        && !list.marked.remove(&id)
    {
        list.marked.insert(id);
    }
    go(app, Motion::Down(1));
    Vec::new()
}

fn detail(app: &mut App) -> Option<Effects> {
    let Some(Layer::Silences(list)) = app.desk.layers.last() else { return Some(Vec::new()) };
    let id = list.cursor.selected()?.clone();
    app.desk.layers.push(Layer::SilenceDetail { id, scroll: 0 });
    Some(Vec::new())
}

/// What an act is about, here or in the detail.
fn meant(app: &App) -> Vec<SilenceId> {
    match app.desk.top_layer() {
        Some(Layer::Silences(list)) => list.meant(),
        Some(Layer::SilenceDetail { id, .. }) => vec![id.clone()],
        _ => Vec::new(),
    }
}

fn new(app: &mut App, now: Time) -> Effects {
    let form = SilenceForm::new(&app.world, app.world.silence_sources(), &[]);
    silencing::show(app, now, form)
}

fn edit(app: &mut App, now: Time) -> Effects {
    let ids = meant(app);
    let [id] = &ids[..] else {
        let many = || app.then("one at a time is edited;", Command::Back, "takes the marks");
        let why = if ids.is_empty() { "no silence is selected".to_owned() } else { many() };
        app.desk.say_bad(now, why);
        return Vec::new();
    };
    let Some(row) = app.world.silence_row(id, now) else {
        app.desk.say_bad(now, "that silence has gone; nothing was done");
        return Vec::new();
    };
    if !app.world.silence_sources().contains(&row.source) {
        app.desk.say_bad(now, format!("silences of {} are read-only here", row.source));
        return Vec::new();
    }
    let form = SilenceForm::edit(&app.world, row.source.clone(), &row.silence, row.is_over());
    silencing::show(app, now, form)
}

fn extend(app: &mut App, now: Time) -> Effects {
    let plan = app.world.plan_extend(&meant(app), Later::Usual, now);
    if plan.items.is_empty() {
        app.desk.say_bad(now, plan.refused.into_iter().next().unwrap_or_else(|| "no silence is selected".into()));
    } else {
        app.desk.layers.push(Layer::Extend(plan));
    }
    Vec::new()
}

fn expire(app: &mut App, now: Time) -> Effects {
    let plan = app.world.plan_expire(&meant(app), now);
    if plan.items.is_empty() {
        app.desk.say_bad(now, plan.refused.into_iter().next().unwrap_or_else(|| "no silence is selected".into()));
    } else {
        app.desk.layers.push(Layer::Expire(plan));
    }
    Vec::new()
}

/// The confirmation of an extension or an end: a yes does it, anything else leaves.
pub(crate) fn confirm(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let Some(layer) = app.desk.layers.pop() else { return Vec::new() };
    if stroke != Stroke::Asks(Command::QuestionYes) {
        app.desk.say_good(now, "nothing was changed");
        return Vec::new();
    }
    if let Err(why) = app.world.may_write() {
        app.desk.say_bad(now, why);
        return Vec::new();
    }
    match &layer {
        Layer::Extend(plan) => {
            let effects = app.world.extend_silences(now, plan);
            began(app, plan.items.len());
            effects
        }
        Layer::Expire(plan) => confirm_expire(app, now, plan),
        _ => Vec::new(),
    }
}

/// Several at once are a batch, whose ends are shown.
fn began(app: &mut App, silences: usize) {
    unmark(app);
    if let Some(batch) = app.world.bulk.last().filter(|_| silences > 1) {
        app.desk.layers.push(Layer::Batch { id: batch.id.clone(), scroll: 0 });
    }
}

/// Alerts that would page again and were not in the plan make it another plan.
fn confirm_expire(app: &mut App, now: Time, plan: &crate::app::world::silences::ExpirePlan) -> Effects {
    let ids: Vec<SilenceId> = plan.items.iter().map(|(n, s)| (n.clone(), s.id.clone())).collect();
    let fresh = app.world.plan_expire(&ids, now);
    if &fresh == plan || fresh.frees == plan.frees {
        let effects = app.world.expire_silences(now, &fresh);
        began(app, fresh.items.len());
        return effects;
    }
    app.desk.layers.push(Layer::Expire(fresh));
    app.desk.say_bad(now, "what pages again changed meanwhile: read it again");
    Vec::new()
}

fn unmark(app: &mut App) {
    for layer in &mut app.desk.layers {
        if let Layer::Silences(list) = layer {
            list.marked.clear();
        }
    }
}
