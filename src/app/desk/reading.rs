//! A runbook before a person: block by block, steps ticked, commands run after they were shown.

use crate::{
    app::{
        App,
        effect::{Effect, Effects},
    },
    config::keymap::Command,
    domain::{
        Time,
        entry::Subject,
        runbook::{Block, Runbook},
    },
};

use super::{
    cursor::Motion,
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
    /// Rows of it that are above the screen, where it is taller than that; never more than are, as it is drawn.
    pub within: usize,
}

/// Rows of the screen that are not the runbook's.
const AROUND: u16 = 5;
/// Columns that are not its text.
const BESIDE: u16 = 6;

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

/// A command of the runbook's own; none for those that mean the same everywhere.
pub(crate) fn run(app: &mut App, now: Time, command: Command) -> Option<Effects> {
    match command {
        Command::RunbookNext => Some(next_step(app)),
        Command::Mark | Command::Open => Some(act(app, now)),
        Command::Actions => Some(start(app, now)),
        Command::Note => Some(note(app, now)),
        Command::RunbookCopy => Some(copy(app, now)),
        Command::Refresh => Some(app.world.reread_runbook()),
        Command::PageDown => Some(walk(app, true, (page(app) / 2, PAGE))),
        Command::PageUp => Some(walk(app, false, (page(app) / 2, PAGE))),
        _ => None,
    }
}

fn page(app: &App) -> usize {
    usize::from(app.desk.height.saturating_sub(AROUND)).max(2)
}

/// A motion that is no page.
pub(crate) fn go_by(app: &mut App, motion: Motion) {
    match motion {
        Motion::Down(n) => walk(app, true, (n, n)),
        Motion::Up(n) => walk(app, false, (n, n)),
        Motion::Top => walk(app, false, (usize::MAX, usize::MAX)),
        Motion::Bottom => walk(app, true, (usize::MAX, usize::MAX)),
    };
}

/// By rows within a block that is taller than the screen, else by blocks; one that is entered from below shows its end.
fn walk(app: &mut App, down: bool, (rows, blocks): (usize, usize)) -> Effects {
    let Some(book) = book(app) else { return Vec::new() };
    let Some(Layer::Runbook(mut reading)) = app.desk.layers.last().cloned() else { return Vec::new() };
    let below = |at: usize| book.blocks.get(at).map_or(0, |block| hidden(app, block));
    let last = book.blocks.len().saturating_sub(1);
    match down {
        true if reading.within < below(reading.at) && rows < usize::MAX => {
            reading.within = (reading.within + rows).min(below(reading.at));
        }
        true if reading.at < last => {
            let to = reading.at.saturating_add(blocks).min(last);
            // A page does not leap over what no screen holds at once.
            let tall = (reading.at + 1..to).find(|at| below(*at) > 0).filter(|_| blocks < usize::MAX);
            reading.at = tall.unwrap_or(to);
            reading.within = if blocks == usize::MAX { below(reading.at) } else { 0 };
        }
        true => reading.within = below(reading.at),
        false if reading.within > 0 && rows < usize::MAX => reading.within = reading.within.saturating_sub(rows),
        false if reading.at > 0 => {
            let to = reading.at.saturating_sub(blocks);
            let tall = (to + 1..reading.at).rev().find(|at| below(*at) > 0).filter(|_| blocks < usize::MAX);
            reading.at = tall.unwrap_or(to);
            reading.within = if blocks == usize::MAX { 0 } else { below(reading.at) };
        }
        false => reading.within = 0,
    }
    go(app, reading);
    Vec::new()
}

fn go(app: &mut App, to: Reading) {
    if let Some(Layer::Runbook(reading)) = app.desk.layers.last_mut() {
        *reading = to;
    }
}

/// How many rows of a block the screen has no room for; 0 for one that fits. Rather too many than too few.
fn hidden(app: &App, block: &Block) -> usize {
    let room = usize::from(app.desk.height.saturating_sub(AROUND)).max(1);
    let columns = |indent: usize| usize::from(app.desk.width.saturating_sub(BESIDE)).saturating_sub(indent * 2).max(10);
    let rows = match block {
        Block::Code(code) => code.text.shown().split('\n').count() + 1,
        Block::Text { text, indent } => rows(text.shown(), columns(*indent)) + 1,
        Block::Item(item) => rows(item.text.shown(), columns(item.indent + 4)),
        Block::Heading { .. } | Block::Rule => 1,
    };
    rows.saturating_sub(room)
}

/// Into how many rows a text is broken at its words; letters beyond ASCII count twice.
fn rows(text: &str, columns: usize) -> usize {
    let wide = |word: &str| word.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let of_line = |line: &str| {
        let (mut rows, mut used) = (1, 0);
        for word in line.split_inclusive(' ').map(wide) {
            if used + word > columns && used > 0 {
                (rows, used) = (rows + 1, 0);
            }
            rows += word / (columns + 1);
            used += word % (columns + 1);
        }
        rows
    };
    text.split('\n').map(of_line).sum()
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
    if let Some(at) = next {
        go(app, Reading { at, within: 0 });
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
        Some(Block::Code(_)) => start(app, now),
        _ => {
            app.desk.say_bad(
                now,
                app.then("no step and no command is here:", Command::RunbookNext, "goes to the next one"),
            );
            Vec::new()
        }
    }
}

fn start(app: &mut App, now: Time) -> Effects {
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
    let text = TextBuffer::default();
    let mut form = NoteForm { subject, also: Vec::new(), title, text, corrects: None, there: None };
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
    vec![Effect::Copy(text.raw().to_owned())]
}
