//! The layers about many acts: the plan, the batch, the way back, the log. Nothing is sent before its plan was on the screen.

use crate::{
    app::{
        App,
        effect::{Effect, Effects},
        msg::DeedsFor,
        world::{
            World,
            bulk::{BulkPlan, Doing},
            undo,
        },
    },
    config::keymap::Command,
    domain::{Time, deed::Deed, entry::Kind, op::Covered, text::SafeText},
};

use super::{
    forms,
    layer::{BulkForm, Layer, Log},
    layout::Pane,
    strokes::{self, Stroke},
    terms::{Field, Terms},
    text::Typed,
    view::LineKey,
};

/// How far back the log reads.
const LOG_REACH: chrono::Duration = chrono::Duration::days(7);
/// Lines that a page key moves by.
const PAGE: usize = 10;

/// The alerts that a command is about where some are marked, or a whole group is selected.
pub(super) fn marked(app: &App) -> Vec<Covered> {
    if app.desk.focus != Pane::Alerts || !app.desk.layers.is_empty() {
        return Vec::new();
    }
    let marked = app.desk.marked(&app.world);
    if marked.is_empty() { app.desk.selected_several(&app.world) } else { marked }
}

/// Acks what is marked, else what is selected.
pub(crate) fn ack(app: &mut App, now: Time) -> Effects {
    let chosen = marked(app);
    if chosen.is_empty() {
        return forms::open_ack(app, now);
    }
    let terms = app.world.ack.terms();
    let of_one_line =
        app.desk.marked_count(&app.world) == 0 && matches!(app.desk.alerts.selected(), Some(LineKey::Twins(_)));
    let plan = match of_one_line {
        true => app.world.plan_ack_tales(&chosen, now, &terms),
        false => app.world.plan_ack_all(&chosen, now, &terms),
    };
    open(app, now, plan, Terms::new(&terms))
}

/// Takes back the acks of what is marked, else of what is selected.
pub(crate) fn unack(app: &mut App, now: Time) -> Effects {
    let chosen = marked(app);
    if chosen.is_empty() {
        return forms::open_unack(app, now);
    }
    let plan = app.world.plan_unack_all(&chosen, now);
    open(app, now, plan, Terms::default())
}

fn open(app: &mut App, now: Time, plan: Result<BulkPlan, String>, mut terms: Terms) -> Effects {
    match plan {
        Ok(plan) => {
            terms.keeps = plan.kept_there();
            app.desk.layers.push(Layer::Bulk(Box::new(BulkForm { plan, terms, scroll: 0 })));
        }
        Err(why) => app.desk.say_bad(now, why),
    }
    Vec::new()
}

/// How the last batch goes.
pub(crate) fn open_batch(app: &mut App, now: Time) -> Effects {
    match app.world.bulk.last() {
        Some(batch) => app.desk.layers.push(Layer::Batch { id: batch.id.clone(), scroll: 0 }),
        None => app.desk.say_bad(now, "nothing was done to many alerts since the start"),
    }
    Vec::new()
}

/// Asks the journal what was done: for `u` and for `@`.
pub(crate) fn look_back(app: &mut App, now: Time, wanted: DeedsFor) -> Effects {
    if wanted == DeedsFor::Undo
        && let Err(why) = app.world.may_write()
    {
        app.desk.say_bad(now, why);
        return Vec::new();
    }
    let reach = if wanted == DeedsFor::Undo { undo::REACH } else { LOG_REACH };
    vec![Effect::Deeds { since: now - reach, wanted }]
}

/// The journal answered.
pub(crate) fn deeds_came(app: &mut App, now: Time, wanted: DeedsFor, deeds: Result<Vec<Deed>, SafeText>) {
    // Somebody who went on to write is not interrupted.
    if app.desk.top_layer().is_some_and(|l| l.takes_text() || l.is_of_many()) {
        return;
    }
    match (wanted, deeds) {
        (_, Err(why)) => app.desk.say_bad(now, format!("what was done cannot be read: {}", why.line())),
        (DeedsFor::Undo, Ok(mut deeds)) => {
            // A file is mended in the file.
            deeds.retain(|d| !matches!(d, Deed::Kept(entry) if entry.kind == Kind::ConfigChanged));
            match app.world.plan_undo(&deeds, now) {
                Ok(plan) => app.desk.layers.push(Layer::Undo { plan, scroll: 0 }),
                Err(why) => app.desk.say_bad(now, why),
            }
        }
        (DeedsFor::Log, Ok(deeds)) => app.desk.layers.push(Layer::Log(Log { deeds, place: 0, open: false })),
    }
}

/// A key for one of these layers.
pub(crate) fn key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let effects = dispatch(app, now, stroke);
    // A way down into nothing would have to be gone back.
    let shown = usize::from(app.desk.height).saturating_sub(10);
    let most = lines(app).saturating_sub(shown);
    if let Some(scroll) = app.desk.layers.last_mut().and_then(scrolled) {
        *scroll = (*scroll).min(most);
    }
    effects
}

fn scrolled(layer: &mut Layer) -> Option<&mut usize> {
    match layer {
        Layer::Bulk(form) => Some(&mut form.scroll),
        Layer::Batch { scroll, .. } | Layer::Undo { scroll, .. } => Some(scroll),
        _ => None,
    }
}

/// About how many lines the topmost layer has.
fn lines(app: &App) -> usize {
    match app.desk.layers.last() {
        Some(Layer::Bulk(form)) => {
            let plan = &form.plan;
            2 * plan.parts.len() + plan.left_out.len() + plan.also().len() + 10
        }
        Some(Layer::Batch { id, .. }) => app.world.bulk.get(id).map_or(0, |b| b.items.len() + 3),
        Some(Layer::Undo { plan, .. }) => 2 * (plan.steps.len() + plan.cannot.len()) + 4,
        _ => 0,
    }
}

fn dispatch(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    match app.desk.layers.last_mut() {
        Some(Layer::Bulk(form)) if form.plan.doing == Doing::Ack => ack_key(app, now, stroke),
        Some(Layer::Bulk(_)) => unack_key(app, now, stroke),
        Some(Layer::Batch { .. }) => batch_key(app, now, stroke),
        Some(Layer::Undo { .. }) => undo_key(app, now, stroke),
        Some(Layer::Log(_)) => log_key(app, now, stroke),
        _ => Vec::new(),
    }
}

/// Pasted text is what is being written, and nothing else.
pub(crate) fn paste(app: &mut App, now: Time, text: &str) -> Effects {
    match app.desk.layers.last_mut() {
        Some(Layer::Bulk(form)) if form.plan.doing == Doing::Ack => {
            form.terms.text().insert(text);
            written(&app.world, now, form);
        }
        _ => app.desk.say_bad(now, "pasted text was ignored: there is nothing to write here"),
    }
    Vec::new()
}

fn ack_key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let Some(Layer::Bulk(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    match stroke {
        Stroke::Asks(Command::FormCancel) => drop(app.desk.layers.pop()),
        Stroke::Asks(Command::FormSend) => return send(app, now),
        Stroke::Asks(Command::FormNext) => form.terms.step(true),
        Stroke::Asks(Command::FormPrevious) => form.terms.step(false),
        Stroke::Asks(_) => drop(scroll(&mut form.scroll, stroke)),
        Stroke::Types(key) => {
            if form.terms.text().key(key) == Typed::Changed {
                written(&app.world, now, form);
            }
        }
    }
    Vec::new()
}

/// What is written changes what is planned; where it means nothing the last plan stays, with the reason.
fn written(world: &World, now: Time, form: &mut BulkForm) {
    if form.terms.field == Field::Reason {
        return;
    }
    if let Some(terms) = form.terms.read(now, &world.silencing.rules.zone) {
        world.on_terms(&mut form.plan, now, &terms);
    }
}

fn unack_key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    if stroke == Stroke::Asks(Command::QuestionYes) {
        return send(app, now);
    }
    let scrolled = app.desk.layers.last_mut().and_then(scrolled).is_some_and(|at| scroll(at, stroke));
    if !scrolled {
        leave(app, now);
    }
    Vec::new()
}

fn leave(app: &mut App, now: Time) {
    app.desk.layers.pop();
    app.desk.say_good(now, "nothing was changed");
}

fn send(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Bulk(mut form)) = app.desk.layers.pop() else { return Vec::new() };
    if form.plan.doing == Doing::Ack {
        let Some(terms) = form.terms.read(now, &app.world.silencing.rules.zone) else {
            app.desk.layers.push(Layer::Bulk(form));
            return Vec::new();
        };
        // An end that was written stands still while time passes; what a source planned is sent as it was planned.
        (form.plan.lasts, form.plan.until) = (terms.lasts, now + terms.lasts);
    }
    if let Err(why) = app.world.may_write() {
        app.desk.say_bad(now, why);
        return Vec::new();
    }
    if form.plan.is_empty() {
        app.desk.say_bad(now, "there is nothing left to do; nothing was sent");
        return Vec::new();
    }
    if let Err(why) = confirmed(&app.world, &form, now) {
        app.desk.layers.push(Layer::Bulk(form));
        app.desk.say_bad(now, why);
        return Vec::new();
    }
    match app.world.send_plan(now, &form.plan, form.terms.reason()) {
        Ok(effects) => {
            app.desk.marks.clear();
            began(app, now);
            effects
        }
        Err(plan) => {
            form.plan = *plan;
            let yes = if form.plan.doing == Doing::Ack { Command::FormSend } else { Command::QuestionYes };
            app.desk.layers.push(Layer::Bulk(form));
            app.desk.say_bad(now, app.then("the plan changed while you read: read it again,", yes, "sends it"));
            Vec::new()
        }
    }
}

/// Whether every source that keeps acks itself said what it will do.
fn confirmed(world: &World, form: &BulkForm, now: Time) -> Result<(), String> {
    form.plan.requests().try_for_each(|request| {
        super::requests::still_ahead(request, now)?;
        world.plans.confirm(request)
    })
}

/// The batch that just began is shown.
fn began(app: &mut App, now: Time) {
    if let Some(batch) = app.world.bulk.last() {
        app.desk.layers.push(Layer::Batch { id: batch.id.clone(), scroll: 0 });
    }
    app.desk.follow(&app.world, now);
}

fn batch_key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let Some(Layer::Batch { id, scroll: at }) = app.desk.layers.last_mut() else { return Vec::new() };
    match stroke {
        Stroke::Asks(Command::BatchRetry) => {
            let id = id.clone();
            let refused = app.world.bulk.get(&id).is_some_and(|b| b.count().refused > 0);
            if !refused {
                app.desk.say_good(now, "nothing was refused");
                return Vec::new();
            }
            return app.world.retry_refused(now, &id);
        }
        Stroke::Asks(Command::Quit) => return super::running::quit(app, now),
        Stroke::Asks(Command::Back | Command::Open | Command::Batch) => drop(app.desk.layers.pop()),
        _ => drop(scroll(at, stroke)),
    }
    Vec::new()
}

fn undo_key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    if stroke == Stroke::Asks(Command::QuestionYes) {
        return take_back(app, now);
    }
    let scrolled = app.desk.layers.last_mut().and_then(scrolled).is_some_and(|at| scroll(at, stroke));
    if !scrolled {
        leave(app, now);
    }
    Vec::new()
}

fn take_back(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Undo { plan, .. }) = app.desk.layers.pop() else { return Vec::new() };
    if plan.steps.is_empty() {
        app.desk.say_bad(now, "nothing of it can be taken back; nothing was sent");
        return Vec::new();
    }
    match app.world.may_write() {
        Ok(()) => {
            let effects = app.world.undo(now, plan);
            began(app, now);
            effects
        }
        Err(why) => {
            app.desk.say_bad(now, why);
            Vec::new()
        }
    }
}

fn log_key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let Some(Layer::Log(log)) = app.desk.layers.last_mut() else { return Vec::new() };
    if let Some(to) = strokes::step(stroke, log.place, log.deeds.len()) {
        log.place = to;
        return Vec::new();
    }
    match stroke {
        Stroke::Asks(Command::Open) => log.open = !log.open && !log.deeds.is_empty(),
        Stroke::Asks(Command::Back) if log.open => log.open = false,
        Stroke::Asks(Command::Quit) => return super::running::quit(app, now),
        Stroke::Asks(Command::Back | Command::Sent) => drop(app.desk.layers.pop()),
        Stroke::Asks(Command::Copy) => return copy(app, now),
        _ => {}
    }
    Vec::new()
}

/// Copies the line of the selected act.
fn copy(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Log(log)) = app.desk.layers.last() else { return Vec::new() };
    match log.deeds.get(log.place) {
        Some(Deed::Sent(sent)) => {
            let line = app.world.command_of(&sent.intent);
            vec![Effect::Copy(line)]
        }
        _ => {
            app.desk.say_bad(now, "nothing was sent for it, so there is no line to copy");
            Vec::new()
        }
    }
}

/// Whether it scrolls; how far it can is not known here.
fn scroll(at: &mut usize, stroke: Stroke) -> bool {
    const MOST: usize = 100_000;
    let Stroke::Asks(asked) = stroke else { return false };
    *at = match asked {
        Command::Down | Command::FormDown => *at + 1,
        Command::Up | Command::FormUp => at.saturating_sub(1),
        Command::PageDown | Command::FormPageDown => *at + PAGE,
        Command::PageUp | Command::FormPageUp => at.saturating_sub(PAGE),
        Command::Top => 0,
        Command::Bottom => MOST,
        _ => return false,
    }
    .min(MOST);
    true
}
