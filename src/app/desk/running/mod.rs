//! Actions before a person: the menu of them, the plan of one, and what it says while it runs. Runs nothing itself.

mod many;
mod plan;

use crate::{
    app::{
        App,
        effect::{Effect, Effects},
        msg::ActionMsg,
        world::actions::{Run, Set},
    },
    config::keymap::{Command as Asked, Context},
    domain::{
        Time,
        action::{Target, command},
        duration,
        op::{BatchId, OpId},
    },
};

pub use self::{
    many::SetSight,
    plan::{Lot, PlanForm, What},
};
use super::{
    forms,
    layer::Layer,
    layout::Pane,
    strokes::{self, Stroke},
    text::{TextBuffer, Typed},
};

/// A second quit within this leaves though something runs.
const MEANT: chrono::Duration = chrono::Duration::seconds(10);
/// A page, where nobody knows how high the window is.
const PAGE: usize = 10;

/// One of the layers of actions.
#[derive(Clone, Debug)]
pub enum Sheet {
    Menu(ActionMenu),
    Plan(PlanForm),
    Run(RunSight),
    Set(SetSight),
}

impl Sheet {
    /// Whether it asks before something is run.
    pub fn is_plan(&self) -> bool {
        matches!(self, Self::Plan(_))
    }

    /// Where its keys are pressed.
    pub fn place(&self) -> Context {
        match self {
            Self::Menu(_) => Context::Menu,
            Self::Plan(_) => Context::Form,
            Self::Run(_) | Self::Set(_) => Context::Run,
        }
    }
}

/// What can be run here, and what ran of late; typing narrows.
#[derive(Clone, Debug)]
pub struct ActionMenu {
    /// What is before the person; several where several are marked.
    pub targets: Vec<Target>,
    pub text: TextBuffer,
    pub place: usize,
    all: Vec<Item>,
    /// Those that fit what was typed.
    pub items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// By its place in the configuration.
    Action(usize),
    Run(OpId),
    Set(BatchId),
}

/// What one run says; its end is followed unless somebody looks above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSight {
    pub op: OpId,
    /// The first line that is seen.
    pub top: Option<usize>,
}

pub(crate) fn open(app: &mut App, now: Time) -> Effects {
    if app.world.read_only {
        app.desk.say_bad(now, "actions are off: this cockpit is read-only");
        return Vec::new();
    }
    let (marked, gone) = many::targets(app);
    if gone > 0 {
        let was = if gone == 1 {
            "1 marked alert has gone: it is".into()
        } else {
            format!("{gone} marked alerts have gone: they are")
        };
        app.desk.say_bad(now, format!("{was} left out"));
    }
    if !marked.is_empty() {
        return open_on(app, now, marked);
    }
    let Some(target) = target(app) else {
        return forms::no_alert(app, now);
    };
    open_on(app, now, vec![target])
}

/// The menu of what can be run on these.
pub(crate) fn open_on(app: &mut App, now: Time, targets: Vec<Target>) -> Effects {
    let world = &app.world;
    let fits = |a| targets.iter().any(|target| world.suits(a, target, now));
    let configured = world.actions.configured.iter().enumerate();
    let actions = configured.filter(|(_, a)| fits(a)).map(|(i, _)| Item::Action(i));
    let sets = world.actions.sets.iter().rev().map(|s| Item::Set(s.id.clone()));
    let alone = world.actions.runs.iter().rev().filter(|r| r.set.is_none());
    let all: Vec<Item> = actions.chain(sets).chain(alone.map(|r| Item::Run(r.order.op.clone()))).collect();
    if all.is_empty() {
        let some = !app.world.actions.configured.is_empty();
        let why = if some {
            format!("no action is for {}", plan::on(&targets))
        } else {
            "no action is configured: each is an [[action]] of the configuration, as config/default.toml shows".into()
        };
        app.desk.say_bad(now, why);
        return Vec::new();
    }
    let menu = ActionMenu { targets, text: TextBuffer::default(), place: 0, items: all.clone(), all };
    app.desk.layers.push(Layer::Action(Box::new(Sheet::Menu(menu))));
    Vec::new()
}

/// What is before the person; none where an alert was meant and has gone.
fn target(app: &App) -> Option<Target> {
    let user = &app.world.user;
    if let Some(id) = forms::subject_alert(app) {
        return app.world.target_of(&id);
    }
    if let Some(Layer::Incident(opened)) = app.desk.top_layer() {
        let title = app.world.incidents.all.get(&opened.id).map(|i| i.title.clone());
        return Some(Target::of_incident(opened.id.subject(), opened.id.as_str(), title, user));
    }
    let slo = match app.desk.top_layer() {
        Some(Layer::Slo { id, .. }) => Some(id),
        None if app.desk.focus == Pane::Budgets => app.desk.budgets.selected(),
        None if app.desk.focus == Pane::Alerts && app.desk.alerts.is_lost() => return None,
        _ => None,
    };
    Some(match slo {
        Some(id) => Target::of_slo(id.as_str(), app.world.budgets.get(id).map(|r| r.slo.title.clone()), user),
        None => Target::of_watch(user),
    })
}

pub(crate) fn key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    match app.desk.layers.last_mut() {
        Some(Layer::Action(sheet)) => match sheet.as_mut() {
            Sheet::Menu(_) => menu_key(app, now, stroke),
            Sheet::Plan(_) => plan::key(app, now, stroke),
            Sheet::Run(_) => run_key(app, now, stroke),
            Sheet::Set(_) => many::key(app, now, stroke),
        },
        _ => Vec::new(),
    }
}

pub(crate) fn paste(app: &mut App, text: &str) -> Effects {
    let Some(Layer::Action(sheet)) = app.desk.layers.last_mut() else { return Vec::new() };
    match sheet.as_mut() {
        Sheet::Menu(menu) => {
            menu.text.insert(text);
            narrow(app);
        }
        Sheet::Plan(form) => form.paste(text),
        Sheet::Run(_) | Sheet::Set(_) => {}
    }
    Vec::new()
}

fn menu_key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let Some(menu) = menu(app) else { return Vec::new() };
    let len = menu.items.len();
    if let Some(to) = strokes::step(stroke, menu.place, len) {
        menu.place = to;
        return Vec::new();
    }
    match stroke {
        Stroke::Asks(Asked::MenuCancel) => drop(app.desk.layers.pop()),
        Stroke::Asks(Asked::MenuChoose) => return choose(app, now),
        Stroke::Asks(Asked::MenuTake) => menu.place = (menu.place + 1).min(len.saturating_sub(1)),
        Stroke::Types(key) if menu.text.key(key) == Typed::Changed => narrow(app),
        _ => {}
    }
    Vec::new()
}

fn menu(app: &mut App) -> Option<&mut ActionMenu> {
    match app.desk.layers.last_mut()? {
        Layer::Action(sheet) => match sheet.as_mut() {
            Sheet::Menu(menu) => Some(menu),
            _ => None,
        },
        _ => None,
    }
}

fn narrow(app: &mut App) {
    let App { world, desk, .. } = app;
    let Some(Layer::Action(sheet)) = desk.layers.last_mut() else { return };
    let Sheet::Menu(menu) = sheet.as_mut() else { return };
    let typed = menu.text.as_str().to_lowercase();
    let hay = |item: &Item| match item {
        Item::Action(i) => {
            world.actions.configured.get(*i).map(|a| format!("{} {}", a.name.line(), a.description.line()))
        }
        Item::Run(op) => world.actions.run(op).map(Run::name),
        Item::Set(id) => world.actions.set(id).map(Set::name),
    };
    let fits = |item: &&Item| hay(item).is_some_and(|h| holds(&h.to_lowercase(), &typed));
    menu.items = menu.all.iter().filter(fits).cloned().collect();
    menu.place = 0;
}

/// Whether all letters stand in it, in this order.
fn holds(hay: &str, typed: &str) -> bool {
    let mut letters = hay.chars();
    typed.chars().filter(|c| !c.is_whitespace()).all(|c| letters.any(|h| h == c))
}

fn choose(app: &mut App, now: Time) -> Effects {
    let Some(menu) = menu(app) else { return Vec::new() };
    let targets = menu.targets.clone();
    let Some(item) = menu.items.get(menu.place).cloned() else { return Vec::new() };
    match item {
        Item::Run(op) => {
            app.desk.layers.pop();
            show(app, op);
        }
        Item::Set(id) => {
            app.desk.layers.pop();
            many::show(app, id);
        }
        Item::Action(index) => return plan_action(app, now, index, targets),
    }
    Vec::new()
}

/// The plan of one; where it asks for nothing and wants no question it is run. On several it always asks.
fn plan_action(app: &mut App, now: Time, index: usize, targets: Vec<Target>) -> Effects {
    let Some(action) = app.world.actions.configured.get(index).cloned() else { return Vec::new() };
    let at_once = !action.confirm && !action.dangerous && action.inputs.is_empty() && targets.len() == 1;
    let form = PlanForm::new(What::Action(Box::new(action)), targets);
    match form.lot(&app.world, now) {
        Ok(lot) if at_once => {
            app.desk.layers.pop();
            return start(app, now, &form, lot);
        }
        Err(why) if form.fields.is_empty() => {
            app.desk.say_bad(now, format!("{} cannot be run: {why}", form.name().line()));
        }
        _ => {
            app.desk.layers.pop();
            app.desk.layers.push(Layer::Action(Box::new(Sheet::Plan(form))));
        }
    }
    Vec::new()
}

/// Writes it down and shows what comes of it.
fn start(app: &mut App, now: Time, form: &PlanForm, mut lot: Lot) -> Effects {
    if let Err(why) = app.world.may_write() {
        app.desk.say_bad(now, why);
        return Vec::new();
    }
    if form.targets.len() > 1 {
        return many::start(app, now, form, lot);
    }
    let Some((target, command)) = lot.ready.pop() else { return Vec::new() };
    let (op, effects) = app.world.start_action(now, form.name(), &target, command);
    show(app, op);
    effects
}

fn show(app: &mut App, op: OpId) {
    app.desk.layers.push(Layer::Action(Box::new(Sheet::Run(RunSight { op, top: None }))));
}

/// Asks before a command of a runbook is run.
pub(crate) fn plan_script(app: &mut App, (shell, text): (&'static str, String), name: &str, target: Target) {
    let what = What::Script { name: name.into(), shell, text };
    app.desk.layers.push(Layer::Action(Box::new(Sheet::Plan(PlanForm::new(what, vec![target])))));
}

fn run_key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let height = usize::from(app.desk.height).saturating_sub(10).max(1);
    let Some(Layer::Action(sheet)) = app.desk.layers.last_mut() else { return Vec::new() };
    let Sheet::Run(sight) = sheet.as_mut() else { return Vec::new() };
    let run = app.world.actions.run(&sight.op);
    let lines = run.and_then(Run::output).map_or(0, |o| o.lines().len());
    let end = lines.saturating_sub(height);
    let from = sight.top.unwrap_or(end);
    let to = |at: usize| if at >= end { None } else { Some(at) };
    let Stroke::Asks(asked) = stroke else { return Vec::new() };
    match asked {
        Asked::Quit => return quit(app, now),
        Asked::Back => drop(app.desk.layers.pop()),
        Asked::Down => sight.top = to(from + 1),
        Asked::Up => sight.top = to(from.saturating_sub(1)),
        Asked::PageDown => sight.top = to(from + height / 2),
        Asked::PageUp => sight.top = to(from.saturating_sub(height / 2)),
        Asked::Top => sight.top = to(0),
        Asked::Bottom => sight.top = None,
        Asked::RunStop => return stop(app, now),
        Asked::Copy => return copy(app, |run| run.output().map(|o| o.text(usize::MAX)).unwrap_or_default()),
        Asked::RunCommand => return copy(app, |run| command::line(&run.order.command.argv)),
        _ => {}
    }
    Vec::new()
}

fn shown(app: &App) -> Option<&OpId> {
    match app.desk.layers.last()? {
        Layer::Action(sheet) => match sheet.as_ref() {
            Sheet::Run(sight) => Some(&sight.op),
            _ => None,
        },
        _ => None,
    }
}

fn stop(app: &mut App, now: Time) -> Effects {
    let Some(op) = shown(app).cloned() else { return Vec::new() };
    if app.world.actions.run(&op).is_none_or(Run::is_over) {
        app.desk.say_bad(now, "it has ended already");
    }
    app.world.stop_action(&op)
}

fn copy(app: &App, what: impl Fn(&Run) -> String) -> Effects {
    let Some(text) = shown(app).and_then(|op| app.world.actions.run(op)).map(what) else { return Vec::new() };
    vec![Effect::Copy(text)]
}

/// Something came of a command: one that is not before the person is told of when it ends.
pub(crate) fn told(app: &mut App, now: Time, op: &OpId, msg: ActionMsg) -> Effects {
    let (effects, told) = app.world.action_told(now, op, msg);
    if let Some(told) = told.filter(|_| shown(app) != Some(op) && !many::shows(app, op)) {
        app.desk.say(now, told);
    }
    effects
}

/// Leaves; where something runs it asks first, and says what happens to it.
pub(crate) fn quit(app: &mut App, now: Time) -> Effects {
    let running: Vec<&Run> = app.world.actions.running().collect();
    let meant = app.desk.leaving.is_some_and(|asked| now - asked < MEANT);
    let [first, more @ ..] = &running[..] else { return vec![Effect::Quit] };
    if meant {
        return vec![Effect::Quit];
    }
    let others = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    let ran = duration::short(now - first.asked_at);
    let said = format!("{}{others} runs ({ran}): the same key again stops it and leaves", first.name());
    app.desk.leaving = Some(now);
    app.desk.say_bad(now, said);
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_narrow_in_their_order() {
        assert!(holds("restart pods", "rspod") && holds("restart pods", "") && holds("restart pods", "re po"));
        assert!(!holds("restart pods", "pr"));
    }
}
