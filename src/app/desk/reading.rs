//! A runbook before a person: block by block, steps ticked, commands run after they were shown.

use crate::{
    app::{
        App,
        effect::{Effect, Effects},
    },
    config::keymap::{Key, KeyCode},
    domain::{
        Time,
        entry::Subject,
        runbook::{Block, Runbook},
    },
};

use super::{
    forms,
    layer::{Layer, NoteForm},
    running,
    text::TextBuffer,
};

/// Blocks that a page key goes over.
const PAGE: usize = 8;

/// Where in the runbook a person is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The block.
    pub at: usize,
}

pub(crate) fn open(app: &mut App, now: Time) -> Effects {
    let Some(id) = forms::subject_alert(app) else { return forms::no_alert(app, now) };
    match app.world.open_runbook(&id) {
        Ok(effects) => {
            app.desk.layers.push(Layer::Runbook(Reading::default()));
            effects
        }
        Err(why) => {
            app.desk.say_bad(now, why);
            Vec::new()
        }
    }
}

/// The keys that mean something here; none for those that mean the same everywhere.
pub(crate) fn key(app: &mut App, now: Time, key: Key) -> Option<Effects> {
    let plain = !key.ctrl && !key.alt;
    let step = |app: &mut App, to: &dyn Fn(usize, usize) -> usize| {
        let last = book(app).map_or(0, |b| b.blocks.len().saturating_sub(1));
        if let Some(Layer::Runbook(reading)) = app.desk.layers.last_mut() {
            reading.at = to(reading.at, last).min(last);
        }
        Some(Vec::new())
    };
    match key.code {
        KeyCode::Char('j') | KeyCode::Down if plain => step(app, &|at, _| at + 1),
        KeyCode::Char('k') | KeyCode::Up if plain => step(app, &|at, _| at.saturating_sub(1)),
        KeyCode::Char('d') if key.ctrl => step(app, &|at, _| at + PAGE),
        KeyCode::Char('u') if key.ctrl => step(app, &|at, _| at.saturating_sub(PAGE)),
        KeyCode::PageDown => step(app, &|at, _| at + PAGE),
        KeyCode::PageUp => step(app, &|at, _| at.saturating_sub(PAGE)),
        KeyCode::Char('g') | KeyCode::Home if plain => step(app, &|_, _| 0),
        KeyCode::Char('G') | KeyCode::End if plain => step(app, &|_, last| last),
        KeyCode::Tab => Some(next_step(app)),
        KeyCode::Char(' ') | KeyCode::Enter => Some(act(app, now)),
        KeyCode::Char('x') if plain => Some(run(app, now)),
        KeyCode::Char('n') if plain => Some(note(app, now)),
        KeyCode::Char('y') if plain => Some(copy(app, now)),
        KeyCode::Char('r') if plain => Some(app.world.reread_runbook()),
        _ => None,
    }
}

fn book(app: &App) -> Option<&Runbook> {
    app.world.runbooks.opened.as_ref()?.read().map(|r| r.runbook.as_ref())
}

fn at(app: &App) -> usize {
    match app.desk.layers.last() {
        Some(Layer::Runbook(reading)) => reading.at,
        _ => 0,
    }
}

fn block(app: &App) -> Option<Block> {
    book(app)?.blocks.get(at(app)).cloned()
}

/// To the next step or command, from the last to the first.
fn next_step(app: &mut App) -> Effects {
    let from = at(app);
    let stops = |b: &Block| match b {
        Block::Item(item) => item.is_step(),
        Block::Code(code) => code.script.is_some(),
        _ => false,
    };
    let Some(book) = book(app) else { return Vec::new() };
    let all: Vec<usize> = book.blocks.iter().enumerate().filter(|(_, b)| stops(b)).map(|(i, _)| i).collect();
    let next = all.iter().find(|i| **i > from).or_else(|| all.first()).copied();
    if let (Some(next), Some(Layer::Runbook(reading))) = (next, app.desk.layers.last_mut()) {
        reading.at = next;
    }
    Vec::new()
}

/// A step is ticked; a command is shown, to be run.
fn act(app: &mut App, now: Time) -> Effects {
    match block(app) {
        Some(Block::Item(item)) if item.is_step() => match app.world.may_write() {
            Ok(()) => app.world.tick(now, &item),
            Err(why) => {
                app.desk.say_bad(now, why);
                Vec::new()
            }
        },
        Some(Block::Code(_)) => run(app, now),
        _ => {
            app.desk.say_bad(now, "no step and no command is here: Tab goes to the next one");
            Vec::new()
        }
    }
}

fn run(app: &mut App, now: Time) -> Effects {
    if app.world.read_only {
        app.desk.say_bad(now, "commands are off: this cockpit is read-only");
        return Vec::new();
    }
    let Some(opened) = app.world.runbooks.opened.clone() else { return Vec::new() };
    let Some(target) = app.world.target_of(&opened.alert) else {
        app.desk.say_bad(now, "the alert of this runbook has gone; y copies the command");
        return Vec::new();
    };
    match block(app) {
        Some(Block::Code(code)) => match code.script {
            Some(script) => {
                let place = opened.read().map(|r| r.place.clone()).unwrap_or_default();
                let file = place.rsplit('/').next().unwrap_or_default();
                running::plan_script(app, script, &format!("runbook {file}"), target);
                Vec::new()
            }
            None => {
                app.desk.say_bad(now, "this is no command for a shell; y copies it");
                Vec::new()
            }
        },
        _ => running::open_on(app, now, vec![target]),
    }
}

/// A note that begins with the step it is at.
fn note(app: &mut App, _: Time) -> Effects {
    let Some(opened) = app.world.runbooks.opened.clone() else { return Vec::new() };
    let step = match block(app) {
        Some(Block::Item(item)) => format!("at \"{}\": ", item.text.line().chars().take(80).collect::<String>()),
        _ => String::new(),
    };
    let subject = Subject::alert(&opened.alert);
    let title = Some(opened.title);
    let mut form = NoteForm { subject, also: Vec::new(), title, text: TextBuffer::default(), corrects: None };
    let key = form.draft_key();
    let draft = app.desk.drafts.text(&key).to_owned();
    form.text = TextBuffer::new(if draft.is_empty() { &step } else { &draft });
    // A draft that is still being read comes before it, and not in its place.
    app.desk.drafts.write(&key, form.text.as_str());
    app.desk.layers.push(Layer::Note(form));
    if app.desk.drafts.is_read(&key) { Vec::new() } else { vec![Effect::LoadDraft { key }] }
}

/// The block before the person; where nothing could be read, the link.
fn copy(app: &mut App, now: Time) -> Effects {
    let text = match (block(app), &app.world.runbooks.opened) {
        (Some(Block::Heading { text, .. } | Block::Text { text, .. }), _) => Some(text),
        (Some(Block::Item(item)), _) => Some(item.text),
        (Some(Block::Code(code)), _) => Some(code.text),
        (None, Some(opened)) => opened.link.clone(),
        _ => None,
    };
    let Some(text) = text else {
        app.desk.say_bad(now, "there is nothing to copy here");
        return Vec::new();
    };
    app.desk.say_good(now, "copied");
    vec![Effect::Copy(text.raw().to_owned())]
}
