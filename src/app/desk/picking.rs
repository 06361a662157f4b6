//! A small menu over what is before a person: which of its texts to copy, or which of its links to open. A letter takes one.

use crate::{
    app::{
        App,
        effect::{Effect, Effects},
    },
    config::keymap::{Command, Key, KeyCode},
    domain::Time,
};

use super::{
    layer::Layer,
    strokes::{self, Stroke},
};

/// What is done with the one that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    Copy,
    Open,
}

#[derive(Clone, Debug)]
pub struct Pick {
    pub does: Does,
    /// What it is about, in a few words.
    pub of: String,
    pub items: Vec<Item>,
    pub place: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub key: char,
    pub label: String,
    pub text: String,
}

impl Item {
    pub fn new(key: char, label: &str, text: impl Into<String>) -> Self {
        Self { key, label: label.to_owned(), text: text.into() }
    }
}

/// Opens the menu; the only link there is opens without one.
pub(crate) fn open(app: &mut App, does: Does, of: String, items: Vec<Item>) -> Effects {
    if let ([one], Does::Open) = (&items[..], does) {
        return vec![Effect::OpenLink(one.text.clone())];
    }
    app.desk.layers.push(Layer::Pick(Box::new(Pick { does, of, items, place: 0 })));
    Vec::new()
}

/// A letter takes its line, whatever else it means elsewhere; none where no line has it.
pub(crate) fn letter(app: &mut App, now: Time, key: Key) -> Option<Effects> {
    let Some(Layer::Pick(pick)) = app.desk.layers.last_mut() else { return None };
    let KeyCode::Char(c) = key.code else { return None };
    let plain = !key.ctrl && !key.alt && app.desk.pending.is_empty();
    pick.place = pick.items.iter().position(|item| item.key == c).filter(|_| plain)?;
    Some(take(app, now))
}

/// The key that opened the menu takes what is selected, as Enter does.
pub(crate) fn key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let Some(Layer::Pick(pick)) = app.desk.layers.last_mut() else { return Vec::new() };
    let len = pick.items.len();
    if let Some(to) = strokes::step(stroke, pick.place, len) {
        pick.place = to;
        return Vec::new();
    }
    let Stroke::Asks(asked) = stroke else { return Vec::new() };
    match (asked, pick.does) {
        (Command::Back, _) => drop(app.desk.layers.pop()),
        (Command::PaneNext, _) => pick.place = (pick.place + 1).min(len.saturating_sub(1)),
        (Command::PanePrevious, _) => pick.place = pick.place.saturating_sub(1),
        (Command::Open, _) | (Command::Copy, Does::Copy) | (Command::OpenLink, Does::Open) => return take(app, now),
        _ => {}
    }
    Vec::new()
}

fn take(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Pick(pick)) = app.desk.layers.pop() else { return Vec::new() };
    match (pick.items.into_iter().nth(pick.place), pick.does) {
        (Some(item), Does::Copy) => vec![Effect::Copy(item.text)],
        (Some(item), Does::Open) => vec![Effect::OpenLink(item.text)],
        (None, _) => {
            app.desk.say_bad(now, "there is nothing to take");
            Vec::new()
        }
    }
}
