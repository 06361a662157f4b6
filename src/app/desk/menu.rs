//! Help and palette: one table of commands, the same that dispatches them; typing narrows, Enter runs.

use crate::{
    app::{App, effect::Effects},
    config::keymap::{Command, Context, Key, KeyCode, Match},
    domain::Time,
};

use super::{
    act,
    fuzzy::rank,
    here,
    layer::{Layer, Menu, MenuKind},
    strokes::{self, Stroke},
    text::{TextBuffer, Typed},
};

/// A name says more of a command than the words about it.
const NAMED: i32 = 2;
/// The word is what it is called, in the footer or behind the dot of its name.
const CALLED: i32 = 10_000;
/// A word somewhere in its sentence.
const MENTIONED: i32 = 8;
/// So many of the last commands stand first.
const RECENT: usize = 20;

pub(crate) fn open(app: &mut App, kind: MenuKind) -> Effects {
    let mut menu = Menu { kind, text: TextBuffer::default(), place: 0, top: 0, found: Vec::new() };
    menu.found = find(app, kind, "");
    app.desk.layers.push(Layer::Menu(menu));
    Vec::new()
}

/// The commands that the text stands for, the best first; of no text all: what was run last, or what works here.
fn find(app: &App, kind: MenuKind, text: &str) -> Vec<Command> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() {
        return all(app, kind);
    }
    let rank = |c: Command| words.iter().map(|w| score(w, c)).sum::<Option<i32>>();
    let mut found: Vec<(i32, Command)> = Command::ALL.iter().filter_map(|c| Some((rank(*c)?, *c))).collect();
    let here = app.desk.context();
    let elsewhere = |command: Command| !command.works_in(here);
    found.sort_by_key(|(rank, c)| (is_of_a_form(*c) && elsewhere(*c), -rank, elsewhere(*c)));
    found.into_iter().map(|(_, c)| c).collect()
}

fn all(app: &App, kind: MenuKind) -> Vec<Command> {
    let recent = &app.desk.recent;
    let here = app.desk.context();
    let mut all: Vec<Command> = Command::ALL.to_vec();
    match kind {
        MenuKind::Palette => all.sort_by_key(|c| recent.iter().position(|r| r == c).unwrap_or(usize::MAX)),
        MenuKind::Help => all.sort_by_key(|c| nearness(*c, here)),
    }
    all
}

/// What is this place's own first, then what works everywhere, then what works in other places.
fn nearness(command: Command, here: Context) -> u8 {
    match (command.places().contains(&here), command.works_in(here)) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 2,
    }
}

/// Whether it is a command of forms and small lists alone, which nobody runs by its name.
fn is_of_a_form(command: Command) -> bool {
    !command.places().is_empty() && command.places().iter().all(|place| place.is_closed())
}

/// How well one word stands for a command.
fn score(word: &str, command: Command) -> Option<i32> {
    let name = rank(word, command.name()).map(|r| r * NAMED);
    let label = rank(word, command.label());
    let help = command.help().to_lowercase();
    let mentioned = help.contains(&word.to_lowercase()).then_some(MENTIONED);
    let called = is_called(word, command).then_some(CALLED);
    [name, label, mentioned, called].into_iter().flatten().max()
}

fn is_called(word: &str, command: Command) -> bool {
    let behind_the_dot = command.name().rsplit('.').next().unwrap_or_default();
    [command.label(), behind_the_dot].iter().any(|called| called.eq_ignore_ascii_case(word))
}

pub(crate) fn narrow(app: &mut App) -> Effects {
    let Some(Layer::Menu(menu)) = app.desk.layers.last() else { return Vec::new() };
    let found = find(app, menu.kind, menu.text.as_str());
    if let Some(Layer::Menu(menu)) = app.desk.layers.last_mut() {
        (menu.found, menu.place, menu.top) = (found, 0, 0);
    }
    Vec::new()
}

pub(crate) fn key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let closes = matches!(stroke, Stroke::Types(key) if is_help_again(app, key));
    let Some(Layer::Menu(menu)) = app.desk.layers.last_mut() else { return Vec::new() };
    if let Some(to) = strokes::step(stroke, menu.place, menu.found.len()) {
        menu.place = to;
        return Vec::new();
    }
    match stroke {
        Stroke::Asks(Command::MenuCancel) => drop(app.desk.layers.pop()),
        Stroke::Types(_) if closes => drop(app.desk.layers.pop()),
        Stroke::Asks(Command::MenuChoose) => return run(app, now),
        Stroke::Asks(Command::MenuTake) => menu.place = (menu.place + 1).min(menu.found.len().saturating_sub(1)),
        Stroke::Asks(_) => {}
        Stroke::Types(key) => {
            if menu.text.key(key) == Typed::Changed {
                return narrow(app);
            }
        }
    }
    Vec::new()
}

/// Whether a key that opens the help was pressed in it, where no word can begin with it.
fn is_help_again(app: &App, key: Key) -> bool {
    let Some(Layer::Menu(menu)) = app.desk.layers.last() else { return false };
    let mark = matches!(key.code, KeyCode::Char(c) if !c.is_alphanumeric());
    let opens = || app.keymap.lookup(app.desk.context(), &[key]) == Match::Command(Command::Help);
    menu.kind == MenuKind::Help && menu.text.is_empty() && mark && opens()
}

/// Runs what is selected, or says why that cannot run here.
pub(super) fn run(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Menu(menu)) = app.desk.layers.pop() else { return Vec::new() };
    let Some(command) = menu.found.get(menu.place).copied() else {
        app.desk.say_bad(now, format!("no command is called `{}`", menu.text.as_str()));
        return Vec::new();
    };
    app.desk.recent.retain(|c| *c != command);
    app.desk.recent.insert(0, command);
    app.desk.recent.truncate(RECENT);
    match here::why_not(app, command) {
        Some(why) => {
            app.desk.say_bad(now, format!("{}: {why}", command.name()));
            Vec::new()
        }
        None => act::run(app, now, command),
    }
}
