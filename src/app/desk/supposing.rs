//! What if, and the questions to the source of the budget that is open. Decides nothing and sends nothing.

use crate::{
    app::{App, effect::Effects, world::inquiry::Question},
    config::keymap::Command,
    domain::{
        Time, duration,
        slo::{
            Objective, SloId, Window,
            whatif::{Outage, WhatIf},
        },
    },
};

use super::{layer::Layer, strokes::Stroke, text::TextBuffer};

/// Seconds before the cursor that are drilled into where nothing is marked.
const HOUR: i64 = 3_600;

/// What is supposed; an empty field leaves things as they are.
#[derive(Clone, Debug)]
pub struct Supposition {
    pub id: SloId,
    /// Objective, window, outage.
    pub fields: [TextBuffer; 3],
    /// Which of them has the keys.
    pub focus: usize,
}

/// The names of the fields.
pub const FIELDS: [&str; 3] = ["objective %", "window", "outage"];

impl Supposition {
    /// What is written, as changes.
    ///
    /// # Errors
    /// In words, for the first field that cannot be read.
    pub fn changes(&self) -> Result<WhatIf, String> {
        let text = |i: usize| Some(self.fields[i].as_str().trim()).filter(|t| !t.is_empty());
        let window = text(1).map(duration::parse).transpose()?;
        Ok(WhatIf {
            objective: text(0).map(Objective::percent).transpose()?,
            window: window.map(|w| Window::rolling(w.num_seconds().clamp(HOUR, 400 * 24 * HOUR))),
            outage: text(2).map(Outage::parse).transpose()?,
            ..WhatIf::default()
        })
    }

    fn step(&mut self, by: usize) {
        self.focus = (self.focus + by) % FIELDS.len();
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.fields[self.focus].insert(text);
    }
}

/// The budget that is open, else the selected one's.
fn opened(app: &App) -> Option<SloId> {
    match app.desk.layers.last()? {
        Layer::Slo { id, .. } => Some(id.clone()),
        _ => None,
    }
}

fn none_open(app: &mut App, now: Time) -> Effects {
    let (pane, opens) = (app.key_of(Command::PaneBudgets), app.key_of(Command::Open));
    app.desk.say_bad(now, format!("open a budget first ({pane}, {opens}): this key is about it"));
    Vec::new()
}

pub(crate) fn open(app: &mut App, now: Time) -> Effects {
    let Some(id) = opened(app) else { return none_open(app, now) };
    if let Some(row) = app.world.budgets.get(&id) {
        let objective = TextBuffer::new(row.slo.objective.as_percent());
        let window =
            if row.slo.window.is_rolling() { duration::prometheus(row.slo.window.seconds()) } else { String::new() };
        let fields = [objective, TextBuffer::new(&window), TextBuffer::default()];
        app.desk.layers.push(Layer::Suppose(Box::new(Supposition { id, fields, focus: 0 })));
    }
    Vec::new()
}

pub(crate) fn key(app: &mut App, stroke: Stroke) -> Effects {
    let Some(Layer::Suppose(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    match stroke {
        Stroke::Asks(Command::FormCancel) => drop(app.desk.layers.pop()),
        Stroke::Asks(Command::FormSend | Command::FormNext | Command::FormDown) => form.step(1),
        Stroke::Asks(Command::FormPrevious | Command::FormUp) => form.step(FIELDS.len() - 1),
        Stroke::Asks(_) => {}
        Stroke::Types(key) => drop(form.fields[form.focus].key(key)),
    }
    Vec::new()
}

/// Every number with its formula.
pub(crate) fn explain(app: &mut App, now: Time) -> Effects {
    let Some(id) = opened(app) else { return none_open(app, now) };
    ask(app, Question::Queries(id))
}

/// Which part of the traffic spent it: between mark and cursor, else in the hour before the cursor.
pub(crate) fn drill(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Slo { id, sight, .. }) = app.desk.layers.last() else { return none_open(app, now) };
    let head = app.world.budgets.head(id).unwrap_or(now);
    let at = sight.at(head).timestamp();
    let marked = sight.marked(head).map(|(from, to)| (from.timestamp(), to.timestamp())).filter(|(from, to)| from < to);
    let question = Question::Drill(id.clone(), marked.unwrap_or((at - HOUR, at)));
    ask(app, question)
}

fn ask(app: &mut App, question: Question) -> Effects {
    let effect = app.world.inquire(question.clone());
    app.desk.layers.push(Layer::Inquiry { question, scroll: 0 });
    effect.into_iter().collect()
}
