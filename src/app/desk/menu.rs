//! Help and palette: one table of commands, the same that dispatches them; typing narrows, Enter runs.

use crate::{
    app::{App, effect::Effects},
    config::keymap::{Command, Key, KeyCode},
    domain::Time,
};

use super::{
    act,
    layer::{Layer, Menu, MenuKind},
    text::{TextBuffer, Typed},
};

pub(crate) fn open(app: &mut App, kind: MenuKind) -> Effects {
    let menu = Menu { kind, text: TextBuffer::default(), place: 0, top: 0, found: find("") };
    app.desk.layers.push(Layer::Menu(menu));
    Vec::new()
}

/// Commands whose name or sentence holds every word that was typed.
fn find(text: &str) -> Vec<Command> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let holds = |c: &Command| {
        let hay = format!("{} {}", c.name(), c.help()).to_lowercase();
        words.iter().all(|w| hay.contains(w.as_str()))
    };
    let mut found: Vec<Command> = Command::ALL.iter().copied().filter(holds).collect();
    let starts =
        |c: &Command| words.first().is_some_and(|w| c.name().split('.').any(|part| part.starts_with(w.as_str())));
    found.sort_by_key(|c| !starts(c));
    found
}

pub(crate) fn narrow(app: &mut App) -> Effects {
    if let Some(Layer::Menu(menu)) = app.desk.layers.last_mut() {
        menu.found = find(menu.text.as_str());
        menu.place = 0;
        menu.top = 0;
    }
    Vec::new()
}

pub(crate) fn key(app: &mut App, now: Time, key: Key) -> Effects {
    let Some(Layer::Menu(menu)) = app.desk.layers.last_mut() else { return Vec::new() };
    let last = menu.found.len().saturating_sub(1);
    match key.code {
        KeyCode::Esc => {
            app.desk.layers.pop();
        }
        KeyCode::Char('?') if menu.kind == MenuKind::Help && menu.text.is_empty() => {
            app.desk.layers.pop();
        }
        KeyCode::Enter => return run(app, now),
        KeyCode::Down | KeyCode::Tab => menu.place = (menu.place + 1).min(last),
        KeyCode::Up | KeyCode::BackTab => menu.place = menu.place.saturating_sub(1),
        KeyCode::PageDown => menu.place = (menu.place + 10).min(last),
        KeyCode::PageUp => menu.place = menu.place.saturating_sub(10),
        _ => {
            if menu.text.key(key) == Typed::Changed {
                return narrow(app);
            }
        }
    }
    Vec::new()
}

fn run(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Menu(menu)) = app.desk.layers.pop() else { return Vec::new() };
    match menu.found.get(menu.place) {
        Some(command) => act::run(app, now, *command),
        None => {
            app.desk.say_bad(now, format!("no command is called `{}`", menu.text.as_str()));
            Vec::new()
        }
    }
}
