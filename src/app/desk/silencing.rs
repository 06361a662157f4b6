//! The keys of the form of a silence; what it mutes stands beside them while one writes.
//!
//! The usual way is short: `s`, the comment, Enter. Nothing is sent whose preview was not on the screen.

use std::collections::BTreeSet;

use crate::{
    app::{App, effect::Effects, world::silences::SilencePlan},
    config::keymap::{Command, Key, KeyCode},
    domain::{
        Time, alert::AlertId, cover, label::Labels, matcher::Matcher, silence::exact_matchers, source::SourceName,
    },
};

use super::{
    layer::Layer,
    silence_form::{Field, SilenceForm, next_op},
    strokes::Stroke,
    text::{TextBuffer, Typed},
    view::LineKey,
};

/// The form for the alerts that are marked, or for the one that is before the person.
pub(crate) fn open(app: &mut App, now: Time) -> Effects {
    let ids: Vec<AlertId> = match super::many::marked(app) {
        marked if marked.is_empty() => super::forms::subject_alert(app).into_iter().collect(),
        marked => marked.into_iter().map(|c| c.alert).collect(),
    };
    let Some(first) = ids.first() else { return super::forms::no_alert(app, now) };
    match on_all(app, first, &ids) {
        Ok(form) => show(app, now, form),
        Err(why) => {
            app.desk.say_bad(now, why);
            Vec::new()
        }
    }
}

/// A form on what these alerts have in common. What it mutes beside them stands in its preview.
///
/// # Errors
/// Why no single silence can be made for them.
fn on_all(app: &App, first: &AlertId, ids: &[AlertId]) -> Result<SilenceForm, String> {
    if ids.len() > 1
        && app.desk.marked_count(&app.world) == 0
        && matches!(app.desk.alerts.selected(), Some(LineKey::Twins(_)))
    {
        return on_tales(app, ids);
    }
    let source = &first.source;
    if ids.iter().any(|id| &id.source != source) {
        return Err("the marked alerts are of several sources; a silence is made at one: mark those of one".into());
    }
    if !app.world.source(source).is_some_and(|s| s.about.can.silences) {
        return Err(format!("silences of {source} cannot be written here"));
    }
    let rows: Vec<&Labels> = ids.iter().filter_map(|id| app.world.board.get(id)).map(|r| &r.alert.labels).collect();
    match rows[..] {
        [] => Err("that alert has gone; nothing was done".into()),
        [labels] => Ok(SilenceForm::new(&app.world, vec![source.clone()], &exact_matchers(labels))),
        _ => Ok(SilenceForm::new(&app.world, vec![source.clone()], &in_common(&rows))),
    }
}

/// A form for an alert that several sources tell: the same silence on each that can be read and written.
///
/// # Errors
/// Why none of them can have one.
fn on_tales(app: &App, ids: &[AlertId]) -> Result<SilenceForm, String> {
    let (mut sources, mut left_out): (Vec<SourceName>, Vec<String>) = (Vec::new(), Vec::new());
    for source in ids.iter().map(|id| &id.source).collect::<BTreeSet<_>>() {
        match app.world.source(source) {
            Some(s) if !s.about.can.silences => left_out.push(format!("silences of {source} cannot be written here")),
            Some(s) if !s.is_blind() => sources.push(source.clone()),
            _ => left_out.push(format!("{source} cannot be read now, so nothing is sent there")),
        }
    }
    let told = ids.iter().filter(|id| sources.contains(&id.source)).filter_map(|id| app.world.board.get(id));
    let rows: Vec<&Labels> = told.map(|row| &row.alert.labels).collect();
    if sources.is_empty() || rows.is_empty() {
        return Err(left_out.join("; "));
    }
    let matchers = if let [labels] = rows[..] { exact_matchers(labels) } else { in_common(&rows) };
    let also = sources.split_off(1);
    Ok(SilenceForm { also, left_out, ..SilenceForm::new(&app.world, sources, &matchers) })
}

/// The most values a label of several alerts is asked for; with more, the label is left out.
const VALUES_MAX: usize = 20;

/// Labels that all of them have: one value as `=`, a few as an anchored alternation.
fn in_common(all: &[&Labels]) -> Vec<Matcher> {
    let Some(first) = all.first() else { return Vec::new() };
    let everywhere = |name: &str| all.iter().all(|l| !l.value(name).is_empty());
    let names: Vec<&str> = first.iter().map(|(n, _)| n.raw()).filter(|n| everywhere(n)).collect();
    let few = |name: &&str| all.iter().map(|l| l.value(name)).collect::<BTreeSet<_>>().len() <= VALUES_MAX;
    let names: Vec<&str> = names.into_iter().filter(few).collect();
    let cut = |l: &&Labels| names.iter().map(|n| (*n, l.value(n))).collect::<Labels>();
    let cut: Vec<Labels> = all.iter().map(cut).collect();
    cover::together(&cut.iter().collect::<Vec<_>>())
}

/// Opens a form, unless nothing may be written at all.
pub(crate) fn show(app: &mut App, now: Time, form: SilenceForm) -> Effects {
    match app.world.may_write() {
        Err(why) => app.desk.say_bad(now, why),
        Ok(()) if form.sources.is_empty() => app.desk.say_bad(now, "no source here lets silences be written"),
        Ok(()) => {
            app.desk.layers.push(Layer::Silence(Box::new(form)));
            follow(app);
            return ask(app);
        }
    }
    Vec::new()
}

/// What is written is judged anew: something changed, here or at a source.
pub(crate) fn follow(app: &mut App) {
    let (world, now) = (&app.world, app.now);
    if let Some(Layer::Silence(form)) = app.desk.layers.last_mut() {
        form.view = form.look(world, now);
    }
}

/// Asks the sources of metrics, once for each set of matchers; not at every letter of one.
fn ask(app: &mut App) -> Effects {
    let Some(Layer::Silence(form)) = app.desk.layers.last() else { return Vec::new() };
    let Ok(matchers) = form.matchers() else { return Vec::new() };
    app.world.ask_beyond(matchers).into_iter().collect()
}

pub(crate) fn key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let Some(Layer::Silence(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    match (stroke, form.typed.is_some()) {
        (Stroke::Asks(Command::FormCancel), true) => form.typed = None,
        (Stroke::Asks(Command::FormCancel), false) => drop(app.desk.layers.pop()),
        (Stroke::Asks(Command::FormSend), _) => return enter(app, now),
        (Stroke::Asks(Command::FormPageDown), _) => {
            form.scroll = (form.scroll + 3).min(form.view.preview.mutes.len());
        }
        (Stroke::Asks(Command::FormPageUp), _) => form.scroll = form.scroll.saturating_sub(3),
        (Stroke::Types(key), true) => drop(form.buffer().map(|b| b.key(key))),
        (Stroke::Asks(_), true) => {}
        (Stroke::Asks(asked), false) => return asked_of(app, now, asked),
        (Stroke::Types(Key { code: KeyCode::Char(digit), alt: true, .. }), false) => return template(app, now, digit),
        (Stroke::Types(key), false) if is_typed(form, key) => return Vec::new(),
        (Stroke::Types(_), false) => {}
    }
    ask(app)
}

fn asked_of(app: &mut App, now: Time, asked: Command) -> Effects {
    let Some(Layer::Silence(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    match asked {
        Command::FormDown | Command::FormNext => form.step(1),
        Command::FormUp | Command::FormPrevious => form.step(-1),
        Command::FormAsText => return turn(app, now),
        Command::FormOperator => {
            let line = if let Field::Line(i) = form.focus { form.lines.get_mut(i) } else { None };
            line.into_iter().for_each(|l| l.op = next_op(l.op));
        }
        _ => {}
    }
    ask(app)
}

/// Whether the key changed a text; whoever types is not asked about at every letter.
fn is_typed(form: &mut SilenceForm, key: Key) -> bool {
    match (form.focus, key.code) {
        (Field::Line(i), KeyCode::Char(' ')) => {
            form.lines.get_mut(i).into_iter().for_each(|l| l.on = !l.on);
            false
        }
        (Field::Source, KeyCode::Right | KeyCode::Char(' ')) => {
            form.source = (form.source + 1) % form.sources.len().max(1);
            false
        }
        (Field::Source, KeyCode::Left) => {
            form.source = (form.source + form.sources.len().max(1) - 1) % form.sources.len().max(1);
            false
        }
        _ => form.buffer().is_some_and(|b| b.key(key) != Typed::Ignored),
    }
}

fn turn(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Silence(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    if let Err(why) = form.turn() {
        app.desk.say_bad(now, why.lines().last().unwrap_or_default().trim().to_owned());
    }
    ask(app)
}

fn template(app: &mut App, now: Time, digit: char) -> Effects {
    let number = digit.to_digit(10).map_or(0, |d| d as usize).saturating_sub(1);
    let Some(Layer::Silence(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    match form.use_template(&app.world, number) {
        Some(name) => {
            let said = app.then(&format!("template {name}: read what it mutes,"), Command::FormSend, "sends it");
            app.desk.say_good(now, said);
        }
        None => app.desk.say_bad(now, format!("there is no template {digit}; each is a [[silence_template]]")),
    }
    ask(app)
}

fn enter(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Silence(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    if form.focus == Field::Add && !form.add.is_empty() {
        if let Err(why) = form.add_line() {
            app.desk.say_bad(now, why.lines().last().unwrap_or_default().trim().to_owned());
        }
        return ask(app);
    }
    let view = form.look(&app.world, now);
    let seen = std::mem::replace(&mut form.view, view);
    match form.view.plan.clone() {
        Err(why) => app.desk.say_bad(now, why.lines().last().unwrap_or_default().trim().to_owned()),
        Ok(_) if form.view.preview.mutes != seen.preview.mutes => {
            let said = app.then("what it mutes changed while you wrote: read it again,", Command::FormSend, "sends it");
            app.desk.say_bad(now, said);
        }
        Ok(plan) => {
            let plans: Vec<SilencePlan> = std::iter::once(plan).chain(form.view.also.clone()).collect();
            return confirm(app, now, &plans);
        }
    }
    Vec::new()
}

/// A broad silence asks for the number of alerts that it mutes; any other goes.
fn confirm(app: &mut App, now: Time, plans: &[SilencePlan]) -> Effects {
    let Some(Layer::Silence(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    let mutes = form.view.preview.mutes.len();
    match &mut form.typed {
        _ if form.view.preview.objections.is_empty() => {}
        None => {
            form.typed = Some(TextBuffer::default());
            return ask(app);
        }
        Some(typed) if typed.as_str().trim() != mutes.to_string() => {
            *typed = TextBuffer::default();
            app.desk.say_bad(now, format!("that is not the number of alerts; it mutes {mutes} now"));
            return Vec::new();
        }
        Some(_) => {}
    }
    app.desk.layers.pop();
    app.world.put_silences(now, plans)
}
