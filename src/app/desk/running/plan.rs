//! One command before it runs: the inputs, the line as it will run, and what must be typed.

use std::collections::BTreeMap;

use crate::{
    app::{App, effect::Effects, world::World},
    config::keymap::{Command as Asked, KeyCode},
    domain::{
        Time,
        action::{
            Action, Command, Target,
            command::{self, Unfilled},
        },
        text::SafeText,
    },
};

use super::{Layer, PAGE, Sheet, Stroke, TextBuffer, start};

/// How long a command of a runbook may take.
const SCRIPT_TIMEOUT: chrono::Duration = chrono::Duration::minutes(10);
/// Bytes of its output that are kept.
const SCRIPT_OUTPUT: usize = 64 * 1024;

/// What is going to run.
#[derive(Clone, Debug)]
pub enum What {
    Action(Box<Action>),
    /// A command of a runbook, for a shell.
    Script {
        name: SafeText,
        shell: &'static str,
        text: String,
    },
}

/// The plan of one command.
#[derive(Clone, Debug)]
pub struct PlanForm {
    pub what: What,
    /// At least one; it runs on each of them.
    pub targets: Vec<Target>,
    /// One for each input; where its name must be typed, a last one for that.
    pub fields: Vec<TextBuffer>,
    pub focus: usize,
    pub scroll: usize,
}

/// What would run: a command for each that can have it, and why the others cannot.
#[derive(Clone, Debug, Default)]
pub struct Lot {
    pub ready: Vec<(Target, Command)>,
    pub left_out: Vec<(Target, String)>,
}

impl PlanForm {
    pub fn new(what: What, targets: Vec<Target>) -> Self {
        let mut fields = Vec::new();
        if let What::Action(action) = &what {
            let first = |i: &crate::domain::action::Input| i.default.clone().or_else(|| i.choices.first().cloned());
            fields.extend(action.inputs.iter().map(|i| TextBuffer::new(&first(i).unwrap_or_default())));
            if action.dangerous {
                fields.push(TextBuffer::default());
            }
        }
        Self { what, targets, fields, focus: 0, scroll: 0 }
    }

    pub fn name(&self) -> SafeText {
        match &self.what {
            What::Action(action) => action.name.clone(),
            What::Script { name, .. } => name.clone(),
        }
    }

    pub fn action(&self) -> Option<&Action> {
        match &self.what {
            What::Action(action) => Some(action),
            What::Script { .. } => None,
        }
    }

    /// What must be typed, and what was.
    pub fn word(&self) -> Option<(SafeText, &TextBuffer)> {
        let action = self.action().filter(|a| a.dangerous)?;
        Some((action.name.clone(), self.fields.last()?))
    }

    /// What it runs on, on one line.
    pub fn on(&self) -> String {
        on(&self.targets)
    }

    /// What is written for each input.
    pub fn inputs(&self) -> BTreeMap<String, String> {
        let written = self.fields.iter().map(|f| f.as_str().to_owned());
        let inputs = self.action().map(|a| &a.inputs[..]).unwrap_or_default();
        inputs.iter().map(|i| i.name.clone()).zip(written).collect()
    }

    /// The commands as they stand.
    ///
    /// # Errors
    /// Why none can be run yet, in words.
    pub fn lot(&self, world: &World, now: Time) -> Result<Lot, String> {
        let mut lot = Lot::default();
        for target in &self.targets {
            match self.command(target, world, now) {
                Ok(command) => lot.ready.push((target.clone(), command)),
                Err(why) => lot.left_out.push((target.clone(), why)),
            }
        }
        match lot.left_out.first() {
            Some((_, why)) if lot.ready.is_empty() => Err(why.clone()),
            _ => Ok(lot),
        }
    }

    fn command(&self, target: &Target, world: &World, now: Time) -> Result<Command, String> {
        match &self.what {
            What::Action(action) if self.targets.len() > 1 && !world.suits(action, target, now) => {
                Err("it is not for this one".into())
            }
            What::Action(action) => world.command_of_action(action, target, &self.inputs()),
            What::Script { shell, text, .. } => {
                let argv = command::script(shell, text, target).map_err(|why: Unfilled| world.why_unfilled(&why))?;
                Ok(world.guarded(Command {
                    argv,
                    env: Vec::new(),
                    hidden_env: Vec::new(),
                    cwd: None,
                    timeout: SCRIPT_TIMEOUT,
                    output_max: SCRIPT_OUTPUT,
                    doubts: Vec::new(),
                }))
            }
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        if let Some(field) = self.fields.get_mut(self.focus) {
            field.insert(text);
        }
    }

    fn step(&mut self, by: usize) {
        if !self.fields.is_empty() {
            self.focus = (self.focus + by) % self.fields.len();
        }
    }

    /// The next choice of the input that has the keys.
    fn turn(&mut self, forward: bool) -> bool {
        let Some(input) = self.action().and_then(|a| a.inputs.get(self.focus)) else { return false };
        let Some(last) = input.choices.len().checked_sub(1) else { return false };
        let choices = input.choices.clone();
        let Some(field) = self.fields.get_mut(self.focus) else { return false };
        let at = choices.iter().position(|c| c == field.as_str());
        let next = match (at, forward) {
            (Some(at), true) => (at + 1) % (last + 1),
            (Some(at), false) => at.checked_sub(1).unwrap_or(last),
            (None, _) => 0,
        };
        *field = TextBuffer::new(&choices[next]);
        true
    }
}

pub(super) fn key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let Some(Layer::Action(sheet)) = app.desk.layers.last_mut() else { return Vec::new() };
    let Sheet::Plan(form) = sheet.as_mut() else { return Vec::new() };
    let last = form.fields.len().saturating_sub(1);
    match stroke {
        Stroke::Asks(Asked::FormCancel) => {
            app.desk.layers.pop();
            app.desk.say_good(now, "nothing was run");
        }
        Stroke::Asks(Asked::FormSend) if form.focus < last => form.step(1),
        Stroke::Asks(Asked::FormSend) => return run(app, now),
        Stroke::Asks(Asked::FormNext | Asked::FormDown) => form.step(1),
        Stroke::Asks(Asked::FormPrevious | Asked::FormUp) => form.step(last.max(1)),
        Stroke::Asks(Asked::FormPageDown) => form.scroll = (form.scroll + PAGE).min(10_000),
        Stroke::Asks(Asked::FormPageUp) => form.scroll = form.scroll.saturating_sub(PAGE),
        Stroke::Asks(_) => {}
        Stroke::Types(key) if key.code == KeyCode::Left && form.turn(false) => {}
        Stroke::Types(key) if key.code == KeyCode::Right && form.turn(true) => {}
        Stroke::Types(key) => drop(form.fields.get_mut(form.focus).map(|field| field.key(key))),
    }
    Vec::new()
}

fn run(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Action(sheet)) = app.desk.layers.last() else { return Vec::new() };
    let Sheet::Plan(form) = sheet.as_ref() else { return Vec::new() };
    let form = form.clone();
    let refused = match (form.lot(&app.world, now), form.word()) {
        (Err(why), _) => why,
        (Ok(_), Some((word, typed))) if typed.as_str().trim() != word.raw() => {
            app.then(&format!("type `{}` to run it;", word.line()), Asked::FormCancel, "leaves")
        }
        (Ok(lot), _) => {
            app.desk.layers.pop();
            return start(app, now, &form, lot);
        }
    };
    app.desk.say_bad(now, refused);
    Vec::new()
}

/// What several are called together.
pub(super) fn on(targets: &[Target]) -> String {
    match targets {
        [one] => one.name(),
        many => format!("{} alerts", many.len()),
    }
}

impl super::ActionMenu {
    /// What it is about, on one line.
    pub fn on(&self) -> String {
        on(&self.targets)
    }
}
