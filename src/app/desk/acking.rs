//! The form of an ack: reason, length, break conditions. It is sent only as it was read.

use crate::{
    app::{App, effect::Effects, world::World, world::ops::AckAsked, world::plan::AckPlan},
    config::keymap::Command,
    domain::{Time, alert::AlertId, contract::AckTerms, held::Needs},
};

use super::{
    layer::Layer,
    strokes::Stroke,
    terms::{Field, Terms},
    text::{TextBuffer, Typed},
};

/// An ack being written, and its plan as what is written makes it.
#[derive(Clone, Debug)]
pub struct AckForm {
    pub plan: AckPlan,
    pub terms: Terms,
    /// Lines of the plan that are passed, where the screen is too low for all of it.
    pub scroll: usize,
}

/// Lines of a step, and steps beyond which no plan of one alert is long.
const STEP: usize = 3;
const MOST: usize = 60;

impl AckForm {
    pub fn new(plan: AckPlan, terms: &AckTerms) -> Self {
        let mut terms = Terms::new(terms);
        terms.keeps = plan.request.as_ref().map(|request| request.until.is_some());
        Self { plan, terms, scroll: 0 }
    }
}

pub(crate) fn open(app: &mut App, now: Time, id: &AlertId) {
    let terms = app.world.ack.terms();
    match app.world.plan_ack(id, now, &terms) {
        Ok(plan) => app.desk.layers.push(Layer::Ack(Box::new(AckForm::new(plan, &terms)))),
        Err(why) => app.desk.say_bad(now, why),
    }
}

pub(crate) fn key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let Some(Layer::Ack(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    match stroke {
        Stroke::Asks(Command::FormCancel) => drop(app.desk.layers.pop()),
        Stroke::Asks(Command::FormSend) => return send(app, now),
        Stroke::Asks(Command::FormNext | Command::FormDown) => form.terms.step(true),
        Stroke::Asks(Command::FormPrevious | Command::FormUp) => form.terms.step(false),
        Stroke::Asks(Command::FormPageDown) => form.scroll = (form.scroll + STEP).min(MOST),
        Stroke::Asks(Command::FormPageUp) => form.scroll = form.scroll.saturating_sub(STEP),
        Stroke::Asks(_) => {}
        Stroke::Types(key) => {
            if form.terms.text().key(key) == Typed::Changed {
                written(&app.world, now, form);
            }
        }
    }
    Vec::new()
}

pub(crate) fn paste(app: &mut App, now: Time, text: &str) -> Effects {
    if let Some(Layer::Ack(form)) = app.desk.layers.last_mut() {
        form.terms.text().insert(text);
        written(&app.world, now, form);
    }
    Vec::new()
}

/// What is written changes what is planned; where it means nothing the last plan stays, with the reason.
fn written(world: &World, now: Time, form: &mut AckForm) {
    if form.terms.field == Field::Reason {
        return;
    }
    let terms = form.terms.read(now, &world.silencing.rules.zone);
    // An alert that has gone meanwhile is told when it is sent.
    if let Some(plan) = terms.and_then(|terms| world.plan_ack(&form.plan.alert, now, &terms).ok()) {
        form.plan = plan;
    }
}

fn send(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Ack(mut form)) = app.desk.layers.pop() else { return Vec::new() };
    let Some(terms) = form.terms.read(now, &app.world.silencing.rules.zone) else { return back(app, form) };
    // The plan was made when the form was written: what it says must still be true when it is sent.
    match app.world.plan_ack(&form.plan.alert, now, &terms) {
        Ok(plan) if plan.void.is_some() => {
            form.terms.error = plan.void;
            back(app, form)
        }
        Ok(plan) if plan.reads_like(&form.plan) && plan.request.is_some() => ask(app, now, form),
        Ok(plan) if plan.reads_like(&form.plan) => app.world.ack(now, &plan, form.terms.reason()),
        Ok(plan) => {
            app.desk.say_bad(
                now,
                app.then("the plan changed while you wrote: read it again,", Command::FormSend, "sends it"),
            );
            form.plan = plan;
            back(app, form)
        }
        Err(why) => {
            app.desk.say_bad(now, why);
            Vec::new()
        }
    }
}

/// What its source keeps is sent as the source planned it.
fn ask(app: &mut App, now: Time, mut form: Box<AckForm>) -> Effects {
    let Some(request) = form.plan.request.clone() else { return Vec::new() };
    let must = app.world.way(&request.alert.source, request.verb).is_ok_and(|w| w.text == Needs::Must);
    let stands = super::requests::still_ahead(&request, now).and_then(|()| app.world.plans.confirm(&request));
    if must && form.terms.reason().is_empty() {
        form.terms.error = Some(format!("{} wants a reason", request.alert.source));
        return back(app, form);
    }
    match stands {
        Ok(()) => app.world.ack(now, &form.plan, form.terms.reason()),
        Err(why) => {
            app.desk.say_bad(now, why);
            back(app, form)
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
        let mut form = AckForm::new(plan, &asked.terms);
        form.terms.reason = TextBuffer::new(&asked.reason);
        app.desk.layers.push(Layer::Ack(Box::new(form)));
    }
}
