//! A declaration that is half written: kept as it is typed, so that it is there again when the terminal was lost. Only what
//! a person changed is kept; what was proposed is proposed anew.

use std::collections::BTreeMap;

use crate::{
    app::{
        App,
        desk::text::TextBuffer,
        effect::{Effect, Effects},
        world::incidents::Seed,
    },
    config::keymap::Command,
    domain::Time,
};

use super::{
    super::layer::Layer,
    form::{Form, Input, What},
};

const NAME: &str = "declare:";
const BACK: &str = "your half-written declaration is back";

/// Under which name the journal keeps what is written in a form; none for one that is not kept.
fn key(form: &Form) -> Option<String> {
    let What::Declare(Seed { alerts, slos, entries }) = &form.what else { return None };
    let first = alerts.first().map(ToString::to_string);
    let first = first.or_else(|| slos.first().map(ToString::to_string)).or_else(|| entries.first().cloned());
    Some(format!("{NAME}{}:{}", alerts.len() + slos.len() + entries.len(), first.unwrap_or_default()))
}

/// Whether a draft is a declaration's.
pub(crate) fn is_one(key: &str) -> bool {
    key.starts_with(NAME)
}

/// What was changed, by the names of the fields; empty where nothing was.
fn written(form: &Form) -> String {
    let changed = form.fields.iter().zip(&form.proposed).filter(|(field, proposed)| field.value() != proposed.as_str());
    let changed: BTreeMap<&str, &str> = changed.map(|(field, _)| (field.name, field.value())).collect();
    if changed.is_empty() { String::new() } else { serde_json::to_string(&changed).unwrap_or_default() }
}

/// A line each time that something was written: the later word on a field holds.
fn fill(form: &mut Form, draft: &str) {
    for line in draft.lines() {
        let Ok(words) = serde_json::from_str::<BTreeMap<String, String>>(line) else { continue };
        for field in &mut form.fields {
            let Some(word) = words.get(field.name) else { continue };
            match &mut field.input {
                Input::Text(text) => *text = TextBuffer::new(word),
                Input::Choice { words, place } => *place = words.iter().position(|w| w == word).unwrap_or(*place),
            }
        }
    }
}

/// Puts the form of a declaration before a person, with what was written in it before.
pub(super) fn open(app: &mut App, mut form: Form) -> Effects {
    let Some(key) = key(&form) else { return Vec::new() };
    let draft = app.desk.drafts.text(&key).to_owned();
    fill(&mut form, &draft);
    if !draft.is_empty() {
        app.desk.say_good(app.now, BACK);
    }
    app.desk.layers.push(Layer::Tell(Box::new(form)));
    if app.desk.drafts.is_read(&key) { Vec::new() } else { vec![Effect::LoadDraft { key }] }
}

/// Keeps what is written in the form that is open.
pub(super) fn save(app: &mut App) -> Effects {
    let Some(Layer::Tell(form)) = app.desk.layers.last() else { return Vec::new() };
    let Some(key) = key(form) else { return Vec::new() };
    let text = written(form);
    if app.desk.drafts.text(&key) == text {
        return Vec::new();
    }
    app.desk.drafts.write(&key, &text);
    if app.desk.drafts.is_read(&key) { vec![Effect::SaveDraft { key, text }] } else { Vec::new() }
}

/// Who leaves finds it again.
pub(super) fn leave(app: &mut App, now: Time, form: &Form) {
    if key(form).is_some() && !written(form).is_empty() {
        app.desk.say_good(now, app.then("kept as a draft;", Command::Incident, "brings it back"));
    }
}

/// It was declared: nothing of it is half written any more.
pub(super) fn done(app: &mut App, form: &Form) -> Effects {
    let Some(key) = key(form) else { return Vec::new() };
    if app.desk.drafts.text(&key).is_empty() {
        return Vec::new();
    }
    app.desk.drafts.write(&key, "");
    if app.desk.drafts.is_read(&key) { vec![Effect::SaveDraft { key, text: String::new() }] } else { Vec::new() }
}

/// A draft from before the terminal died; what was typed while it was read holds.
pub(crate) fn came(app: &mut App, now: Time, key: &str, before: &str) -> Effects {
    let Some(text) = app.desk.drafts.came(key, before).map(str::to_owned) else { return Vec::new() };
    let mine = |form: &Form| self::key(form).as_deref() == Some(key);
    if let Some(Layer::Tell(form)) = app.desk.layers.last_mut()
        && mine(form)
        && !before.is_empty()
    {
        fill(form, &text);
        app.desk.say_good(now, BACK);
    }
    save(app)
}
