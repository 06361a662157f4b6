//! The form of an ack: reason, length, break conditions. It is sent only as it was read.

use chrono::Duration;

use crate::{
    app::{App, effect::Effects, world::World, world::ops::AckAsked, world::plan::AckPlan},
    config::keymap::{Key, KeyCode},
    domain::{
        Time,
        alert::AlertId,
        contract::{AckTerms, BreakOn, condition},
        duration,
    },
};

use super::{
    layer::Layer,
    text::{TextBuffer, Typed},
};

/// The field that has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Reason,
    Lasts,
    BreaksOn,
}

impl Field {
    fn next(self) -> Self {
        match self {
            Self::Reason => Self::Lasts,
            Self::Lasts => Self::BreaksOn,
            Self::BreaksOn => Self::Reason,
        }
    }

    fn previous(self) -> Self {
        self.next().next()
    }
}

/// An ack being written, and its plan as what is written makes it.
#[derive(Clone, Debug)]
pub struct AckForm {
    pub plan: AckPlan,
    pub reason: TextBuffer,
    pub lasts: TextBuffer,
    pub breaks_on: TextBuffer,
    pub field: Field,
    /// Why it cannot be sent as it is written.
    pub error: Option<String>,
}

impl AckForm {
    pub fn new(plan: AckPlan, terms: &AckTerms) -> Self {
        Self {
            lasts: TextBuffer::new(&duration::prometheus(terms.lasts.num_seconds())),
            breaks_on: TextBuffer::new(&condition::text(&terms.breaks_on)),
            reason: TextBuffer::default(),
            field: Field::Reason,
            error: None,
            plan,
        }
    }

    /// The field that has the keys.
    pub(crate) fn text(&mut self) -> &mut TextBuffer {
        match self.field {
            Field::Reason => &mut self.reason,
            Field::Lasts => &mut self.lasts,
            Field::BreaksOn => &mut self.breaks_on,
        }
    }

    fn terms(&self) -> Result<AckTerms, String> {
        let lasts = lasts(self.lasts.as_str())?;
        Ok(AckTerms { lasts, breaks_on: BreakOn::read_all(self.breaks_on.as_str())? })
    }
}

/// How long an ack lasts, as a person writes it.
///
/// # Errors
/// Where it is no duration from a minute to a year.
pub fn lasts(text: &str) -> Result<Duration, String> {
    let lasts = duration::parse(text.trim())?;
    let within = (Duration::minutes(1)..=Duration::days(365)).contains(&lasts);
    if within { Ok(lasts) } else { Err(format!("`{text}` is too short or too long; an ack lasts 1m to 365d")) }
}

pub(crate) fn open(app: &mut App, now: Time, id: &AlertId) {
    let terms = app.world.ack.terms();
    match app.world.plan_ack(id, now, &terms) {
        Ok(plan) => app.desk.layers.push(Layer::Ack(Box::new(AckForm::new(plan, &terms)))),
        Err(why) => app.desk.say_bad(now, why),
    }
}

pub(crate) fn key(app: &mut App, now: Time, key: Key) -> Effects {
    let Some(Layer::Ack(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    match key.code {
        KeyCode::Esc => drop(app.desk.layers.pop()),
        KeyCode::Enter => return send(app, now),
        KeyCode::Tab | KeyCode::Down => form.field = form.field.next(),
        KeyCode::BackTab | KeyCode::Up => form.field = form.field.previous(),
        _ => {
            if form.text().key(key) == Typed::Changed {
                written(&app.world, now, form);
            }
        }
    }
    Vec::new()
}

pub(crate) fn paste(app: &mut App, now: Time, text: &str) -> Effects {
    if let Some(Layer::Ack(form)) = app.desk.layers.last_mut() {
        form.text().insert(text);
        written(&app.world, now, form);
    }
    Vec::new()
}

/// What is written changes what is planned; where it means nothing the last plan stays, with the reason.
fn written(world: &World, now: Time, form: &mut AckForm) {
    if form.field == Field::Reason {
        return;
    }
    let terms = form.terms();
    form.error = terms.as_ref().err().cloned();
    // An alert that has gone meanwhile is told when it is sent.
    if let Some(plan) = terms.ok().and_then(|terms| world.plan_ack(&form.plan.alert, now, &terms).ok()) {
        form.plan = plan;
    }
}

fn send(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Ack(mut form)) = app.desk.layers.pop() else { return Vec::new() };
    let terms = match form.terms() {
        Ok(terms) => terms,
        Err(why) => {
            form.error = Some(why);
            return back(app, form);
        }
    };
    // The plan was made when the form was written: what it says must still be true when it is sent.
    match app.world.plan_ack(&form.plan.alert, now, &terms) {
        Ok(plan) if plan.void.is_some() => {
            form.error = plan.void;
            back(app, form)
        }
        Ok(plan) if plan.reads_like(&form.plan) => app.world.ack(now, &plan, form.reason.as_str().trim()),
        Ok(plan) => {
            app.desk.say_bad(now, "the plan changed while you wrote: read it again, Enter sends it");
            form.plan = plan;
            back(app, form)
        }
        Err(why) => {
            app.desk.say_bad(now, why);
            Vec::new()
        }
    }
}

fn back(app: &mut App, form: Box<AckForm>) -> Effects {
    app.desk.layers.push(Layer::Ack(form));
    Vec::new()
}

/// The journal did not take an ack: its form is before its writer again, unless something else is by now.
pub(crate) fn refused(app: &mut App, now: Time, asked: AckAsked) {
    if app.desk.top_layer().is_some_and(Layer::takes_text) {
        return;
    }
    if let Ok(plan) = app.world.plan_ack_unwritten(&asked.alert, now, &asked.terms) {
        let form = AckForm { reason: TextBuffer::new(&asked.reason), ..AckForm::new(plan, &asked.terms) };
        app.desk.layers.push(Layer::Ack(Box::new(form)));
    }
}
